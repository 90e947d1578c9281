"""The due days of an assignment: the first one and every change of it stay on record."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from tracker.assignments.models import Assignment, DueChange, Extension
from tracker.db import db
from tracker.rules.permissions import Actor


class Moved(NamedTuple):
    """One change of a due day; a reason is there where an extension was granted."""

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
            DueChange.at,
            DueChange.actor_name,
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
