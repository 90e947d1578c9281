"""Why a district's score differs between two days: what happened in between, in order, and what each moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from tracker.plans.models import Plan
from tracker.rules import scoring
from tracker.rules.evaluation import VERDICT_TEXT, Verdict
from tracker.rules.permissions import Actor
from tracker.rules.score_history import Course, Event, History, Kind
from tracker.rules.score_terms import FIRST_VERSION
from tracker.rules.scoring import Fact, Tally
from tracker.rules.status import MOVE_TEXT, Move
from tracker.rules.words import say
from tracker.scoring import queries, record
from tracker.scoring.queries import Standing


@dataclass(frozen=True)
class Movement:
    """One event between the two days.

    `line` is by how much it changed the lines of the score, `points` by how much the score: less where a cap held.
    """

    day: date
    at: datetime | None
    what: str
    by: str
    reason: str
    number: str
    text: str
    assignment_id: int
    line: Decimal
    points: Decimal
    score: Decimal


@dataclass(frozen=True)
class Comparison:
    """A district on two days (no standing before it owed anything), and what happened in between."""

    first: date
    last: date
    before: Standing | None
    after: Standing
    start: Decimal
    movements: list[Movement]
    frozen_on: date | None = None

    @property
    def change(self) -> Decimal:
        """By how much the score changed."""
        return self.after.points.score - self.start

    @property
    def moving(self) -> list[Movement]:
        """The events that changed a line of the score."""
        return [movement for movement in self.movements if movement.line or movement.points]


def compare(actor: Actor, plan: Plan, district_id: int, first: date, last: date) -> Comparison:
    """Compare a district's scores of two days, in either order; raise UnknownDistrict outside the person's scope."""
    queries.require_district(actor, district_id)
    first, last = min(first, last), max(first, last)
    after = queries.standing(plan, last, district_id)
    before = next((row for row in queries.scoreboard(plan, first) if row.district_id == district_id), None)
    history = record.of(plan, district_id)
    replay = _Replay(history, district_id, history.counted_on(first))
    start = replay.score
    movements = list(replay.until(history.counted_on(last)))
    return Comparison(first, last, before, after, start, movements, history.frozen_on)


class _Replay:
    """A district's score while one event after another happens."""

    def __init__(self, history: History, district_id: int, day: date) -> None:
        self.history, self.district_id, self.day = history, district_id, day
        self.course: Course = history.on(day)
        self._count()

    def _count(self) -> None:
        self.facts = {fact.assignment_id: fact for fact in self.course.facts(self.district_id)}
        self.charged = {id_ for id_, fact in self.facts.items() if self._costs(fact)}
        self.entered = sum((entry.points for entry in self.course.entries(self.district_id)), scoring.ZERO)

    def _costs(self, fact: Fact) -> bool:
        return not fact.excused and scoring.is_charged(self.course.rule, fact, self.day)

    @property
    def score(self) -> Decimal:
        tally = Tally(0, 0, 0, 0, missed=len(self.charged), late=0, entered=self.entered)
        return scoring.points(self.course.rule, tally).score

    @property
    def lines(self) -> Decimal:
        """What the lines come to before any cap."""
        rule = self.course.rule
        return rule.base - rule.per_miss * len(self.charged) - self.entered

    def until(self, last: date) -> Iterator[Movement]:
        """Let everything happen up to the end of a day; a due day that passed counts from the next morning."""
        events = self.history.between(self.day, last)
        for day in self._days(events, last):
            yield from self._morning(day)
            for event in events:
                if event.day == day:
                    yield from self._one(event)

    def _days(self, events: list[Event], last: date) -> list[date]:
        """Return the days on which anything can change."""
        dues = {item.first_due_on for item in self.history.items} | {event.due_on for event in self.history.events}
        mornings = {due + timedelta(days=1) for due in dues if due is not None and due < last}
        return sorted(day for day in mornings | {event.day for event in events} if self.day < day <= last)

    def _morning(self, day: date) -> Iterator[Movement]:
        self.day = day
        for id_, fact in self.facts.items():
            if id_ in self.charged or not self._costs(fact):
                continue
            score, lines = self.score, self.lines
            self.charged.add(id_)
            what = say("{due} 到期，未办结", due=fact.due_on)
            task = (fact.number, fact.text, fact.assignment_id)
            yield Movement(day, None, what, "", "", *task, *self._since(score, lines))

    def _one(self, event: Event) -> Iterator[Movement]:
        score, lines = self.score, self.lines
        self.course.apply(event)
        self._count()
        item = event.item
        task = (item.number, item.text, item.id) if item else ("", "", 0)
        what = _what(event, self.facts.get(item.id) if item else None)
        moved = Movement(event.day, event.at, what, event.actor, event.reason, *task, *self._since(score, lines))
        # Whatever the 司法所 do is the district's affair until it moves the district's score.
        if item is None or not item.is_office or moved.line:
            yield moved

    def _since(self, score: Decimal, lines: Decimal) -> tuple[Decimal, Decimal, Decimal]:
        """Return by how much the lines and the score changed, and the score there is now."""
        return self.lines - lines, self.score - score, self.score


def _what(event: Event, fact: Fact | None) -> str:
    """Return what happened in words; `fact` is the district's task as it stands after it."""
    match event.kind:
        case Kind.STEP:
            return _step(event, fact)
        case Kind.DUE:
            return _due(event)
        case Kind.DISTRICT:
            return say("{unit}：随区局合并划归另一区", unit=event.item.unit if event.item else "")
        case Kind.DEDUCTION:
            return say("登记扣分")
        case Kind.REVERSAL:
            return say("异议成立，退回所扣的分")
        case Kind.VERDICT:
            return say("评估认定“{verdict}”", verdict=VERDICT_TEXT[event.verdict or Verdict.NOT_DONE])
        case Kind.PUBLISHED:
            return say("评估结果公布")
        case Kind.FROZEN:
            return say("得分定稿封存")
        case Kind.RULE:
            return _rule(event)


def _step(event: Event, fact: Fact | None) -> str:
    move = MOVE_TEXT[event.move or Move.DISPATCH]
    if event.item is not None and event.item.is_office:
        return say("{unit}：{move}", unit=event.item.unit, move=move)
    if fact is not None and event.move is Move.ACCEPT and scoring.is_late(fact):
        return say("{move}（逾期后办结）", move=move)
    return move


def _due(event: Event) -> str:
    if event.old_due_on is None:
        return say("完成时限定为 {due}", due=event.due_on)
    if event.is_extension:
        return say("批准延期：{old} → {due}", old=event.old_due_on, due=event.due_on)
    return say("完成时限改为 {due}，原为 {old}", old=event.old_due_on, due=event.due_on)


def _rule(event: Event) -> str:
    number = event.rule.number if event.rule else FIRST_VERSION
    return say("方案自带的评分规则") if number == FIRST_VERSION else say("评分规则改为第 {n} 版", n=number)
