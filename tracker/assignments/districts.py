"""The district of a 司法所's assignment: a merger gives it another one, and every day before keeps its own."""

from datetime import datetime

from sqlalchemy import SQLColumnExpression, func, select

from tracker.assignments.models import Assignment, DistrictChange
from tracker.assignments.state import State
from tracker.db import db
from tracker.people.models import Organization
from tracker.rules.permissions import Actor


def of(state: State) -> SQLColumnExpression[int | None]:
    """Return the district for which an assignment counted on the state's day."""
    if state.join is None:
        return Assignment.district_id.expression
    old = (
        select(DistrictChange.old_district_id)
        .where(DistrictChange.assignment_id == Assignment.id, DistrictChange.day > state.day)
        .order_by(DistrictChange.day, DistrictChange.id)
        .limit(1)
        .correlate(Assignment)
        .scalar_subquery()
    )
    return func.coalesce(old, Assignment.district_id)


def move(actor: Actor, at: datetime, assignment: Assignment, into: Organization) -> None:
    """Let an assignment count for another district from the day of `at` on."""
    db.session.add(
        DistrictChange(
            assignment_id=assignment.id,
            old_district_id=assignment.district_id,
            new_district_id=into.id,
            day=at.date(),
            at=at,
            actor_name=actor.name,
        )
    )
    assignment.district_id = into.id
