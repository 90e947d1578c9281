"""A plan's record as events in their order; folded up to a day, they give what every score of that day rests on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from tracker.rules.evaluation import Share, Verdict, evaluated, share, with_offices
from tracker.rules.organizations import OrganizationKind
from tracker.rules.score_terms import Rule
from tracker.rules.scoring import Entry, Fact
from tracker.rules.status import EXCLUDED, Move, Status


class Kind(StrEnum):
    """What an event is; of two at the same moment, the one listed first here comes first."""

    RULE = "rule"
    STEP = "step"
    DUE = "due"
    DISTRICT = "district"
    DEDUCTION = "deduction"
    REVERSAL = "reversal"
    VERDICT = "verdict"
    PUBLISHED = "published"
    FROZEN = "frozen"


ORDER = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Item:
    """What a district, or one of its 司法所, owes of a task; `place` is the task's in its plan.

    It was handed out to be done by `first_due_on`; `original_due_on` is what counts as such once it was moved. What a
    司法所 owes belongs at first to the district named, and after a merger to another.
    """

    id: int
    place: int
    task_id: int
    number: str
    text: str
    line_from: int
    line_to: int
    unit_id: int
    unit: str
    district_id: int
    district: str
    level: str
    first_due_on: date | None
    original_due_on: date | None

    @property
    def is_office(self) -> bool:
        """Whether it is a 司法所's."""
        return self.level == OrganizationKind.JUSTICE_OFFICE


@dataclass(frozen=True)
class Event:
    """Something that may move a score; what does not belong to its kind is empty.

    `at` is empty for the rule that came with the plan. `key` tells events of one moment apart: the number of its row.
    """

    kind: Kind
    day: date
    at: datetime | None = None
    key: int = 0
    actor: str = ""
    reason: str = ""
    district_id: int = 0
    item: Item | None = None
    move: Move | None = None
    from_status: Status | None = None
    status: Status | None = None
    done_on: date | None = None
    old_due_on: date | None = None
    due_on: date | None = None
    is_extension: bool = False
    entry: Entry | None = None
    rule: Rule | None = None
    verdict: Verdict | None = None

    @property
    def series(self) -> tuple[date, Kind, int]:
        """What it is one of: the steps of an item on a day, say."""
        return (self.day, self.kind, self.item.id if self.item else 0)


def in_order(events: Iterable[Event]) -> list[Event]:
    """Return events by day and by time.

    Those of one series stand in the order in which they were entered, though the clock ran backwards in between (it was
    set, or a training day went on past midnight): the later one counts as no earlier.
    """
    latest: dict[tuple[date, Kind, int], float] = {}
    placed: list[tuple[tuple[date, float, int, int], Event]] = []
    for event in sorted(events, key=lambda event: event.key):
        time = event.at.timestamp() if event.at else 0.0
        latest[event.series] = max(time, latest.get(event.series, 0.0))
        placed.append(((event.day, latest[event.series], ORDER[event.kind], event.key), event))
    return [event for _, event in sorted(placed, key=lambda entry: entry[0])]


@dataclass
class _Stand:
    """How an item stands after some of its events."""

    item: Item
    status: Status
    completed_on: date | None
    due_on: date | None
    district_id: int
    accepted_on: date | None = None
    moved: bool = False
    extensions: int = 0
    upheld: Event | None = None
    verdict: Event | None = None

    def step(self, event: Event) -> None:
        if self.upheld and self.accepted_on and self.accepted_on >= self.upheld.day < event.day:
            self.upheld = None  # What was accepted since and is taken back is another miss.
        self.status = event.status or self.status
        done = self.status is Status.COMPLETED
        self.accepted_on, self.completed_on = (event.day, event.done_on or event.day) if done else (None, None)

    def move_due(self, event: Event) -> None:
        self.due_on = event.due_on
        self.moved = self.moved or event.old_due_on is not None
        self.extensions += event.is_extension

    @property
    def fact(self) -> Fact:
        item = self.item
        return Fact(
            item.number,
            item.text,
            self.due_on,
            self.status,
            self.completed_on,
            item.id,
            item.line_from,
            item.line_to,
            self.upheld is not None,
            item.original_due_on if self.moved else None,
            self.extensions,
        )


@dataclass
class Course:
    """A plan after some of its events, of which `apply` takes one more; `rule` is the one that holds."""

    rule: Rule
    _stands: dict[int, _Stand] = field(default_factory=dict)
    _entries: list[tuple[int, Entry]] = field(default_factory=list)
    frozen_on: date | None = None

    def apply(self, event: Event) -> None:
        """Let one more event have happened."""
        if event.item is not None:
            self._of_item(event.item, event)
        elif event.entry is not None:
            self._entries.append((event.district_id, event.entry))
        elif event.rule is not None and event.rule.number >= self.rule.number:
            self.rule = event.rule
        elif event.kind is Kind.FROZEN:
            self.frozen_on = event.day

    def _of_item(self, item: Item, event: Event) -> None:
        stand = self._stands.get(item.id)
        if stand is None:
            stand = self._stands[item.id] = _Stand(item, Status.PENDING, None, item.first_due_on, item.district_id)
        if event.kind is Kind.STEP:
            stand.step(event)
        elif event.kind is Kind.DUE:
            stand.move_due(event)
        elif event.kind is Kind.DISTRICT:
            stand.district_id = event.district_id
        elif event.kind is Kind.REVERSAL:
            stand.upheld = event
        elif event.kind is Kind.VERDICT:
            stand.verdict = event

    def facts(self, district_id: int) -> list[Fact]:
        """Return a district's tasks as they stand, in the plan's order."""
        shares = self._shares(district_id) if self.rule.needed else {}
        own = [
            stand
            for stand in self._stands.values()
            if stand.item.district_id == district_id and not stand.item.is_office
        ]
        own.sort(key=lambda stand: stand.item.place)
        return [self._fact(stand, shares.get(stand.item.task_id)) for stand in own]

    def _fact(self, stand: _Stand, offices: Share | None) -> Fact:
        fact = stand.fact if offices is None else with_offices(stand.fact, offices, self.rule.needed)
        said = stand.verdict
        if said is None or said.verdict is None:
            return fact
        appealed = stand.upheld and stand.upheld.at
        upheld_since = bool(appealed and said.at and appealed > said.at)
        return evaluated(fact, said.verdict, said.reason, said.day, upheld_since)

    def _shares(self, district_id: int) -> dict[int, Share]:
        days: dict[int, list[date | None]] = {}
        for stand in self._stands.values():
            item = stand.item
            if item.is_office and stand.district_id == district_id and stand.status not in EXCLUDED:
                days.setdefault(item.task_id, []).append(stand.completed_on)
        return {task_id: share(done_on, self.rule.needed) for task_id, done_on in days.items()}

    def entries(self, district_id: int) -> list[Entry]:
        """Return what was entered for a district, the earliest first."""
        return sorted((entry for id_, entry in self._entries if id_ == district_id), key=lambda entry: entry.id)


class History:
    """A plan's items and events; `on` folds the events up to a day."""

    def __init__(self, rule: Rule, items: Sequence[Item], events: Iterable[Event]) -> None:
        """Keep the plan's own rule, the items, and the events in their order."""
        self.rule, self.items = rule, items
        self.events = in_order(events)
        frozen = [event.day for event in self.events if event.kind is Kind.FROZEN]
        self.frozen_on = frozen[0] if frozen else None

    @property
    def districts(self) -> dict[int, str]:
        """The names of the districts that ever owed anything of their own, by their ids."""
        return {item.district_id: item.district for item in self.items if not item.is_office}

    def counted_on(self, day: date) -> date:
        """Return the day whose scores are shown for `day`: from the freeze on, that of the freeze."""
        return day if self.frozen_on is None else min(day, self.frozen_on)

    def on(self, day: date) -> Course:
        """Return the plan as it stood at the end of a day."""
        course = Course(self.rule)
        for event in self.events:
            if event.day > self.counted_on(day):
                break
            course.apply(event)
        return course

    def between(self, first: date, last: date) -> list[Event]:
        """Return the events after the day `first`, up to the day `last`."""
        return [event for event in self.events if first < event.day <= last]

    def facts(self, day: date, district_id: int) -> list[Fact]:
        """Return a district's tasks as they stood at the end of a day, in the plan's order."""
        return self.on(day).facts(district_id)
