"""Reads the record: searched, by day, and the whole chain verified."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, or_, select

from tracker.audit import heads, stored
from tracker.audit.chain import Head
from tracker.audit.heads import Outside
from tracker.audit.models import AuditEntry, AuditHead, Outcome
from tracker.audit.verification import Verdict, judge
from tracker.db import db

PAGE_SIZE = 100
DONE, REFUSED = Outcome.DONE.value, Outcome.REFUSED.value


class EntryRow(NamedTuple):
    """An entry as pages show it."""

    number: int
    at: datetime
    day: date
    account: str
    name: str
    role: str
    unit: str
    act: str
    outcome: str
    object_type: str
    object_id: int | None
    about_unit_id: int | None
    about_task_id: int | None
    detail: str
    address: str
    request_id: str
    hash: str


@dataclass(frozen=True)
class Wanted:
    """Which entries are asked for; None where it does not matter. `units` and `tasks` are ids, none known: nothing."""

    person: str | None = None
    units: Sequence[int] | None = None
    tasks: Sequence[int] | None = None
    act: str | None = None
    outcome: str | None = None
    object_type: str | None = None
    object_id: int | None = None
    first: date | None = None
    last: date | None = None

    @property
    def any(self) -> bool:
        """Whether anything is asked at all."""
        return any(getattr(self, field.name) is not None for field in fields(self))


_COLUMNS = [getattr(AuditEntry, name) for name in EntryRow._fields]


def entries(wanted: Wanted, limit: int, before: int | None = None, after: int | None = None) -> list[EntryRow]:
    """Return the newest entries with a number below `before`, or the oldest above `after`; newest first."""
    statement = select(*_COLUMNS).where(*_conditions(wanted)).limit(limit)
    if after is not None:
        found = db.session.execute(statement.where(AuditEntry.number > after).order_by(AuditEntry.number))
        return [EntryRow(*row) for row in found][::-1]
    if before is not None:
        statement = statement.where(AuditEntry.number < before)
    return [EntryRow(*row) for row in db.session.execute(statement.order_by(AuditEntry.number.desc()))]


def count(wanted: Wanted) -> int:
    """Return how many entries there are."""
    return db.session.scalar(select(func.count()).select_from(AuditEntry).where(*_conditions(wanted))) or 0


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.person is not None:
        found.append(or_(AuditEntry.account == wanted.person.casefold(), AuditEntry.name == wanted.person))
    if wanted.units is not None:
        of_unit = or_(AuditEntry.unit_id.in_(wanted.units), AuditEntry.about_unit_id.in_(wanted.units))
        found.append(of_unit if wanted.units else false())
    if wanted.tasks is not None:
        the_task = and_(AuditEntry.object_type == "task", AuditEntry.object_id.in_(wanted.tasks))
        found.append(or_(AuditEntry.about_task_id.in_(wanted.tasks), the_task) if wanted.tasks else false())
    for name in ("act", "outcome", "object_type", "object_id"):
        if getattr(wanted, name) is not None:
            found.append(getattr(AuditEntry, name) == getattr(wanted, name))
    if wanted.first is not None:
        found.append(AuditEntry.day >= wanted.first)
    if wanted.last is not None:
        found.append(AuditEntry.day <= wanted.last)
    return found


# ---- a day


class Sum(NamedTuple):
    """How often a person did one thing."""

    account: str
    name: str
    unit: str
    act: str
    outcome: str
    number: int


def sums(day: date) -> list[Sum]:
    """Return how often each person did each act on a day."""
    columns = (AuditEntry.account, AuditEntry.name, AuditEntry.unit, AuditEntry.act, AuditEntry.outcome)
    found = select(*columns, func.count()).where(AuditEntry.day == day).group_by(*columns).order_by(*columns)
    return [Sum(*row) for row in db.session.execute(found)]


def of_day(day: date, limit: int, acts: Sequence[str] = (), outcome: str = "") -> list[EntryRow]:
    """Return a day's first entries, or those of some acts or one outcome among them; oldest first."""
    statement = select(*_COLUMNS).where(AuditEntry.day == day).order_by(AuditEntry.number).limit(limit)
    if acts:
        statement = statement.where(AuditEntry.act.in_(acts))
    if outcome:
        statement = statement.where(AuditEntry.outcome == outcome)
    return [EntryRow(*row) for row in db.session.execute(statement)]


class Attempt(NamedTuple):
    """What somebody did or tried lately."""

    act: str
    outcome: str
    detail: str
    at: datetime


def latest_of(account: str, number: int) -> list[Attempt]:
    """Return the newest entries of an account."""
    own = select(AuditEntry.act, AuditEntry.outcome, AuditEntry.detail, AuditEntry.at).where(
        AuditEntry.account == account
    )
    return [Attempt(*row) for row in db.session.execute(own.order_by(AuditEntry.number.desc()).limit(number))]


# ---- the chain


def head() -> Head | None:
    """Return the end of the chain as the database has it."""
    found = db.session.execute(_HEAD).one_or_none()
    return Head(*found) if found else None


_HEAD: Select[int, str] = select(AuditHead.number, AuditHead.hash)


def verify() -> Verdict:
    """Verify the whole chain as it stands at this moment; what the session read before is let go."""
    # Read first: a head that is written while the walk goes on must not be newer than what the walk sees.
    kept = heads.outside()
    db.session.rollback()
    options = {"isolation_level": "REPEATABLE READ"} if db.engine.dialect.name == "postgresql" else {}
    try:
        return verified(db.session.connection(execution_options=options), kept)
    finally:
        db.session.rollback()


def verified(connection: Connection, kept: Outside) -> Verdict:
    """Verify the chain as a connection sees it."""
    found = connection.execute(_HEAD).one_or_none()
    return judge(lambda: stored.rows(connection), Head(*found) if found else None, kept)
