"""What an administrator should know of an account before doing something about it."""

from dataclasses import dataclass
from datetime import date, datetime

from tracker import clock
from tracker.assignments import queries as assignments
from tracker.assignments.queries import Filter
from tracker.people import attempts, factors, sessions
from tracker.people import queries as people
from tracker.people.account_lists import AccountRow
from tracker.people.queries import HANDLING_ROLES, Person
from tracker.people.sessions import Opened
from tracker.rules.permissions import Actor
from tracker.rules.status import Status

OPEN = (Status.PENDING, Status.IN_PROGRESS, Status.UNDER_REVIEW, Status.RETURNED)
"""In which states somebody of the unit has something to do, or will have should it come back."""


@dataclass(frozen=True)
class Work:
    """How much waits for the account's unit, and who else handles it."""

    waiting: int
    others: list[Person]


@dataclass(frozen=True)
class Facts:
    """Until when the account is locked, where and how it signs in, and the unit's work, where the role handles any."""

    locked_until: datetime | None
    sessions: list[Opened]
    factor: bool
    work: Work | None


def facts(actor: Actor, account: AccountRow, day: date) -> Facts:
    """Return what is known; people who handle something cost three queries more."""
    now = clock.utc()
    return Facts(
        attempts.locked_until(account.account, now),
        sessions.of_user(account.id, now),
        factors.is_on(account.id),
        _work(actor, account, day),
    )


def _work(actor: Actor, account: AccountRow, day: date) -> Work | None:
    if account.role not in HANDLING_ROLES:
        return None
    wanted = Filter(unit_id=account.unit_id, statuses=OPEN)
    waiting = assignments.count(actor, assignments.state_at(day), day, wanted)
    handlers = people.handlers([account.unit_id], day).get(account.unit_id, [])
    return Work(waiting, [person for person in handlers if person.id != account.id])
