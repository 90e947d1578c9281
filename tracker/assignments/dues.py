"""The due days of an assignment: the first one and every change of it stay on record, and every day knows its own."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, func, null, select
from sqlalchemy.orm import aliased

from tracker.assignments.models import Assignment, DueChange, Extension
from tracker.assignments.state import Selected, State
from tracker.db import db
from tracker.rules.permissions import Actor

# ---- as they stood on a day

_next, _later = aliased(DueChange), aliased(DueChange)


def _changes(*wanted: ColumnElement[bool]) -> ColumnElement[int]:
    """Return how many changes of an assignment's due day there are; only of one that was moved they are looked up."""
    found = select(func.count()).where(DueChange.assignment_id == Assignment.id, *wanted).correlate(Assignment)
    return case((Assignment.original_due_on.is_not(None), found.scalar_subquery()), else_=0)


_EXTENDED = DueChange.extension_id.is_not(None)


@dataclass(frozen=True)
class Due:
    """The due day of every assignment on a day, as columns; `apply` adds what they need to a SELECT."""

    on: SQLColumnExpression[date | None]
    original: SQLColumnExpression[date | None]
    extensions: ColumnElement[int]
    join: ColumnElement[bool] | None = None

    def apply(self, statement: Selected) -> Selected:
        """Join to a SELECT from Assignment the change that ended each one's due day of the day, if there is any."""
        return statement if self.join is None else statement.outerjoin(_next, self.join)


PRESENT = Due(Assignment.due_on, Assignment.original_due_on, _changes(_EXTENDED))


def then(day: Any) -> Due:
    """Return the due days as they were on `day`; what was first set where there was none had not been moved."""
    first = (
        select(_later.id)
        .where(_later.assignment_id == Assignment.id, _later.day > day)
        .order_by(_later.day, _later.id)
        .limit(1)
        .correlate(Assignment)
        .scalar_subquery()
    )
    by_then = DueChange.day <= day
    moved = _changes(by_then, DueChange.old_due_on.is_not(None)) > 0
    return Due(
        case((_next.id.is_not(None), _next.old_due_on), else_=Assignment.due_on),
        case((moved, Assignment.original_due_on), else_=null()),
        _changes(by_then, _EXTENDED),
        _next.id == first,
    )


def of(state: State) -> Due:
    """Return the due days that belong to a state."""
    return PRESENT if state.join is None else then(state.day)


def passed(state: State, day: Any) -> ColumnElement[bool]:
    """Say that the due day had passed on the state's day.

    The due day of now will do for any day: what is overdue on one is never put off after it. Only a day that was set
    afterwards, where there had been none, was not known yet (X3-01).
    """
    passed_now: ColumnElement[bool] = Assignment.due_on < day
    if state.join is None:
        return passed_now
    later = select(DueChange.id).where(
        DueChange.assignment_id == Assignment.id, DueChange.old_due_on.is_(None), DueChange.day > state.day
    )
    return and_(passed_now, ~later.correlate(Assignment).exists())


# ---- their changes


class Moved(NamedTuple):
    """One change of a due day; where an extension was granted, with its reason, and when and by whom it was."""

    old_due_on: date | None
    new_due_on: date | None
    at: datetime
    by: str
    extension_id: int | None
    reason: str | None


def history(assignment_id: int) -> list[Moved]:
    """Return every change of an assignment's due day, the first one first. One query."""
    rows = db.session.execute(
        select(
            DueChange.old_due_on,
            DueChange.new_due_on,
            func.coalesce(Extension.decided_at, DueChange.at),
            func.coalesce(Extension.decided_by, DueChange.actor_name),
            DueChange.extension_id,
            Extension.reason,
        )
        .outerjoin(Extension, Extension.id == DueChange.extension_id)
        .where(DueChange.assignment_id == assignment_id)
        .order_by(DueChange.id)
    )
    return [Moved._make(row) for row in rows]


def move(actor: Actor, at: datetime, assignment: Assignment, due_on: date, extension_id: int | None = None) -> None:
    """Give an assignment another due day from the day of `at` on, because of an extension or with its task.

    The callers see to it that no day that has passed changes: neither the old nor the new day lies before `at`.
    """
    db.session.add(
        DueChange(
            assignment_id=assignment.id,
            old_due_on=assignment.due_on,
            new_due_on=due_on,
            extension_id=extension_id,
            day=at.date(),
            at=at,
            actor_name=actor.name,
        )
    )
    assignment.original_due_on = assignment.original_due_on or assignment.due_on
    assignment.due_on = due_on


def carry(actor: Actor, at: datetime, old_id: int, new_id: int) -> None:
    """Let what is handed over take every change of its due day along; for the successor they count from now on."""
    changes = select(DueChange).where(DueChange.assignment_id == old_id).order_by(DueChange.day, DueChange.id)
    for change in db.session.scalars(changes).all():
        db.session.add(
            DueChange(
                assignment_id=new_id,
                old_due_on=change.old_due_on,
                new_due_on=change.new_due_on,
                extension_id=change.extension_id,
                day=at.date(),
                at=at,
                actor_name=actor.name,
            )
        )
