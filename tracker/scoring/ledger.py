"""What moves a district's score besides its tasks, as it stood on any day: entered deductions and upheld appeals."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import aliased

from tracker.assignments.models import Assignment, StatusChange
from tracker.assignments.state import State
from tracker.db import db
from tracker.plans.models import Plan
from tracker.rules.organizations import OrganizationKind
from tracker.rules.score_terms import Rule
from tracker.rules.scoring import Entry
from tracker.rules.status import Status
from tracker.scoring.models import Appeal, Deduction

_FOR_A_TASK = select(Appeal.reversal_id).where(Appeal.assignment_id.is_not(None), Appeal.reversal_id.is_not(None))
"""The lines that gave a missed task's point back: they count only while the task is missed."""


def entered(plan_id: int, day: date) -> dict[int, Decimal]:
    """Return for each district the points entered by `day`, less those given back. One query."""
    statement = (
        select(Deduction.district_id, func.sum(Deduction.points))
        .where(Deduction.plan_id == plan_id, Deduction.day <= day, Deduction.id.not_in(_FOR_A_TASK))
        .group_by(Deduction.district_id)
    )
    return dict(db.session.execute(statement).all())


def excused(plan: Plan, rule: Rule, state: State, day: date, accepting: bool, until: date) -> dict[int | None, int]:
    """Return for each district how many tasks that cost a point on `until` had it given back by `day`. One query.

    With `accepting`, what is under review counts as done on the day.
    """
    owed = state.live if not accepting else and_(state.live, state.status != Status.UNDER_REVIEW)
    charged = and_(Assignment.due_on < until, owed)
    if rule.late_counts:
        done = state.status.in_([Status.COMPLETED, Status.UNDER_REVIEW] if accepting else [Status.COMPLETED])
        charged = or_(charged, and_(done, func.coalesce(state.completed_on, day) > Assignment.due_on))
    statement = (
        state.apply(select(Assignment.district_id, func.count()).select_from(Assignment))
        .where(
            Assignment.plan_id == plan.id,
            Assignment.level == OrganizationKind.DISTRICT_BUREAU,
            charged,
            upheld_at(day).is_not(None),
        )
        .group_by(Assignment.district_id)
    )
    return dict(db.session.execute(statement).all())


def upheld_at(day: date) -> ColumnElement[datetime]:
    """Return when an appeal against an assignment's missed point was upheld; None where that holds no more on `day`.

    It holds until the task, accepted since, is taken back on a later day: done anew, corrected or reviewed again.
    """
    done = aliased(StatusChange)
    taken_back = exists().where(
        done.assignment_id == Appeal.assignment_id,
        done.to_status == Status.COMPLETED,
        done.day >= Deduction.day,
        done.until_day > Deduction.day,
        done.until_day <= day,
    )
    return (
        select(Deduction.at)
        .join(Appeal, Appeal.reversal_id == Deduction.id)
        .where(Appeal.assignment_id == Assignment.id, Deduction.day <= day, not_(taken_back))
        .correlate(Assignment)
        .scalar_subquery()
    )


def entries(plan_id: int, day: date, district_id: int | None = None) -> dict[int, list[Entry]]:
    """Return what was entered for every district, or for one, by `day`, the earliest first. One query."""
    statement = (
        select(
            Deduction.district_id,
            Deduction.id,
            Deduction.points,
            Deduction.reason,
            Deduction.day,
            Deduction.actor_name,
        )
        .where(Deduction.plan_id == plan_id, Deduction.day <= day, Deduction.id.not_in(_FOR_A_TASK))
        .order_by(Deduction.id)
    )
    if district_id is not None:
        statement = statement.where(Deduction.district_id == district_id)
    found: dict[int, list[Entry]] = {}
    for row in db.session.execute(statement):
        found.setdefault(row[0], []).append(Entry(*row[1:]))
    return found
