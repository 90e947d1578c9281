"""Plans the day's letters and queues them, one letter per person and day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import delete, insert, select

from tracker import clock, i18n, letters
from tracker.db import db, insert_once
from tracker.outbox import operations as outbox
from tracker.outbox import queries as waiting
from tracker.outbox.models import Message, MessageState
from tracker.outbox.operations import Letter
from tracker.people import queries as people_queries
from tracker.people.queries import Contact
from tracker.reminders import digest, preferences, queries
from tracker.reminders.addressing import by_every_way
from tracker.reminders.digest import DueNotice
from tracker.reminders.models import Notice, ReminderRun
from tracker.reminders.preferences import DEFAULT_WISH, Way, Wish
from tracker.reminders.queries import People, TaskLabel, WorkingOf
from tracker.reminders.standing import Standing, situation, standing
from tracker.rules.notices import DEFAULT_PLAN, NoticeKind, NoticePlan
from tracker.workdays import queries as workdays

KIND = "digest"
TEMPLATE = "digest"


@dataclass(frozen=True)
class Planned:
    """A letter of the day before it is worded; its notices are in the order of the letter.

    `waiting` counts the tasks that were left for another day; `ways` are the channels, the first one on record.
    """

    key: str
    recipient: str
    ways: tuple[Way, ...]
    subject: str
    reason: str
    day: date
    notices: tuple[DueNotice, ...]
    waiting: int
    hour: int

    @property
    def channel(self) -> str:
        """The first channel the letter takes."""
        return self.ways[0].channel

    @property
    def language(self) -> str:
        """The language of its one reader."""
        return self.notices[0].language

    @property
    def tasks(self) -> list[dict[str, str]]:
        """The tasks that the letter names one by one, with the part of the letter they stand in."""
        grouped = [(notice.number, notice.group(self.day)) for notice in self.notices]
        return [{"number": number, "group": group.value} for number, group in grouped if group in digest.LISTED]

    def as_json(self) -> dict[str, Any]:
        """Return what the command line prints."""
        names = ("key", "recipient", "channel", "subject", "reason", "tasks")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Run:
    """What one day's planning starts from; empty `standing` means that nothing goes out."""

    day: date
    working: WorkingOf
    standing: list[Standing] = field(default_factory=list)
    tasks: dict[int, TaskLabel] = field(default_factory=dict)
    plans: dict[int, NoticePlan] = field(default_factory=dict)
    batches: list[People] = field(default_factory=list)

    def budget(self, notices: Sequence[DueNotice]) -> int:
        """Return how many tasks that can wait one letter names: the largest number any of its plans allows."""
        return max(self.plans.get(notice.plan_id, DEFAULT_PLAN).daily_budget for notice in notices)


def prepare(day: date, assume_runs: bool = False) -> Run:
    """Work out what stands on a day, before any person; nothing on a day off that was not slept into."""
    calendar = workdays.calendar()
    found = situation(calendar)
    if not queries.goes_out(day, calendar, assume_runs):
        return Run(day, found.working)
    rows = standing(day, found)
    if not rows:
        return Run(day, found.working)
    plans = {plan_id: policy.notices for plan_id, policy in found.policies.items()}
    return Run(day, found.working, rows, queries.labels(), plans, queries.batches(day))


def plan_reminders(day: date, assume_runs: bool = False) -> list[Planned]:
    """Return the letters that `day` still owes, writing nothing; who has a letter of that day waits for the next."""
    run = prepare(day, assume_runs)
    return [letter for people in run.batches for letter in planned(run, people)]


def planned(run: Run, people: People) -> list[Planned]:
    """Return the letters that the day still owes to some people, writing nothing."""
    served = waiting.keys_of(KIND, run.day)
    notices = queries.notices(run.day, run.standing, run.tasks, people, run.working)
    wishes = preferences.wishes({notice.user_id for notice in notices})
    found = (
        _planned(run, list(theirs), wishes.get(user_id, DEFAULT_WISH))
        for user_id, theirs in groupby(notices, key=lambda notice: notice.user_id)
    )
    return [letter for letter in found if letter is not None and letter.key not in served]


def _planned(run: Run, notices: list[DueNotice], wish: Wish) -> Planned | None:
    """Plan one person's letter; None where they did not wish to hear of anything in it."""
    wanted = [notice for notice in notices if wish.before_due or not _optional(notice, run.day)]
    if not wanted:
        return None
    ordered = digest.in_letter_order(wanted, run.day)
    kept = digest.within(ordered, run.day, run.budget(ordered))
    with i18n.speaking(kept[0].language):
        subject = letters.subject(TEMPLATE, digest.context(kept, run.day))
    return Planned(
        key=f"{KIND}:{run.day}:{kept[0].account}",
        recipient=kept[0].account,
        ways=wish.ways,
        subject=subject,
        reason=digest.reason(kept, run.day, run.plans),
        day=run.day,
        notices=tuple(kept),
        waiting=len(ordered) - len(kept),
        hour=wish.hour,
    )


def _optional(notice: DueNotice, day: date) -> bool:
    """Tell whether a person may do without a notice: everything but what is overdue or escalated."""
    return notice.kind != NoticeKind.ESCALATION and notice.group(day) is not digest.Group.OVERDUE


def queue_reminders(run: Run, at: datetime, base_url: str, people: People) -> list[Planned]:
    """Queue the letters that the day owes to some people with their notices on record; return those queued.

    Links begin with `base_url`. Letters and notices stand or fall together with the caller's transaction.
    """
    _forget_what_was_not_needed(people)
    wanted = planned(run, people)
    contacts = _contacts(wanted)
    ids = outbox.enqueue_all([worded for letter in wanted for worded in _worded(letter, at, base_url, contacts)], at)
    queued = [letter for letter in wanted if letter.key in ids]
    rows = list(_rows(queued, ids))
    if rows:
        db.session.execute(insert(Notice), rows)
    return queued


def _forget_what_was_not_needed(people: People) -> None:
    """Take the notices of letters that were never sent, because nothing was open then, off the record.

    What came back to its unit since then is owed again.
    """
    void = select(Message.id).where(Message.state == MessageState.VOID)
    db.session.execute(
        delete(Notice)
        .where(Notice.user_id > people.after, Notice.user_id <= people.until, Notice.message_id.in_(void))
        .execution_options(synchronize_session=False)
    )


def note_run(at: datetime, day: date, letters_queued: int) -> None:
    """Put on record that a day's letters were planned."""
    insert_once(ReminderRun, {"day": day, "at": at, "letters": letters_queued})


def _contacts(wanted: Sequence[Planned]) -> dict[int, Contact]:
    """Return whom to call about the units that others are told of."""
    told = {notice.owing_id for letter in wanted for notice in letter.notices if notice.kind == NoticeKind.ESCALATION}
    return people_queries.contacts(told) if told else {}


def _worded(planned: Planned, at: datetime, base_url: str, contacts: Mapping[int, Contact]) -> Iterator[Letter]:
    """Word a letter once and return it for every channel."""
    context = digest.context(planned.notices, planned.day, base_url, contacts, planned.waiting)
    with i18n.speaking(planned.language):
        body = letters.body(TEMPLATE, context)
    # The outbox counts real moments, which a fixed business day does not shift.
    wait = preferences.not_before(planned.day, planned.hour, at) - at
    letter = Letter(
        key=planned.key,
        kind=KIND,
        channel="",
        recipient=planned.recipient,
        unit_id=planned.notices[0].unit_id,
        subject=planned.subject,
        text=body.text,
        html=body.html,
        reason=planned.reason,
        day=planned.day,
        not_before=clock.utc() + wait if wait else None,
    )
    return by_every_way(letter, planned.ways)


def _rows(queued: Sequence[Planned], ids: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Yield the notices to put on record; a clash of their unique key undoes the whole batch, for the next run."""
    for letter in queued:
        for notice in letter.notices:
            yield {
                "kind": notice.kind,
                "user_id": notice.user_id,
                "assignment_id": notice.assignment_id,
                "due_on": notice.anchor,
                "step": notice.step,
                "day": letter.day,
                "message_id": ids[letter.key],
            }
