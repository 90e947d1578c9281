"""Plans the day's letters and queues them, one letter per person and day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import insert

from tracker import letters
from tracker.db import db
from tracker.outbox import operations as outbox
from tracker.outbox import queries as waiting
from tracker.outbox.operations import Letter
from tracker.reminders import digest, queries
from tracker.reminders.digest import DueNotice
from tracker.reminders.models import Notice

KIND = "digest"
TEMPLATE = "digest"


@dataclass(frozen=True)
class Planned:
    """A letter of the day before it is worded; its notices are in the order of the letter."""

    key: str
    recipient: str
    channel: str
    subject: str
    reason: str
    tasks: list[dict[str, str]]
    day: date
    notices: tuple[DueNotice, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what the command line prints."""
        names = ("key", "recipient", "channel", "subject", "reason", "tasks")
        return {name: getattr(self, name) for name in names}


def plan_reminders(day: date) -> list[Planned]:
    """Return the letters that `day` still owes, writing nothing; who has a letter of that day waits for the next."""
    served = waiting.keys_of(KIND, day)
    people = groupby(queries.due_notices(day), key=lambda notice: notice.user_id)
    planned = (_planned(digest.in_letter_order(list(notices), day), day) for _, notices in people)
    return [letter for letter in planned if letter.key not in served]


def queue_reminders(at: datetime, day: date, base_url: str) -> list[Planned]:
    """Queue the letters that `day` owes with their notices on record; return those that were queued.

    Links begin with `base_url`. Letters and notices stand or fall together with the caller's transaction.
    """
    planned = plan_reminders(day)
    ids = outbox.enqueue_all([_worded(letter, base_url) for letter in planned], at)
    queued = [letter for letter in planned if letter.key in ids]
    rows = list(_rows(queued, ids))
    if rows:
        db.session.execute(insert(Notice), rows)
    return queued


def _planned(notices: Sequence[DueNotice], day: date) -> Planned:
    account = notices[0].account
    return Planned(
        key=f"{KIND}:{day}:{account}",
        recipient=account,
        channel="email",
        subject=letters.subject(TEMPLATE, digest.context(notices, day)),
        reason=digest.reason(notices, day),
        tasks=[{"number": notice.number, "group": notice.group(day).value} for notice in notices],
        day=day,
        notices=tuple(notices),
    )


def _worded(planned: Planned, base_url: str) -> Letter:
    body = letters.body(TEMPLATE, digest.context(planned.notices, planned.day, base_url))
    return Letter(
        key=planned.key,
        kind=KIND,
        channel=planned.channel,
        recipient=planned.recipient,
        subject=planned.subject,
        text=body.text,
        html=body.html,
        reason=planned.reason,
        day=planned.day,
    )


def _rows(queued: Sequence[Planned], ids: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Yield the notices to put on record; a clash of their unique key undoes the whole run, for the next to do."""
    for letter in queued:
        for notice in letter.notices:
            yield {
                "user_id": notice.user_id,
                "assignment_id": notice.assignment_id,
                "due_on": notice.due_on,
                "step": notice.step,
                "day": letter.day,
                "message_id": ids[letter.key],
            }
