"""The districts of assignments: which there are, and how a merger gives a 司法所's another one from a day on."""

from datetime import datetime
from functools import cache

from sqlalchemy import Integer, Select, SQLColumnExpression, bindparam, case, func, select

from tracker.assignments.models import Assignment, DistrictChange
from tracker.assignments.state import State
from tracker.db import db
from tracker.people.models import Organization
from tracker.people.trees import root_of
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Actor
from tracker.rules.status import Status


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


def choices(limit: int, plan_id: int | None = None, unit_id: int | None = None) -> list[tuple[int, str]]:
    """Return the ids and short names of the first districts that a plan binds, or that were given anything.

    For a drop-down list, in their usual order. Without a plan of the tree of `unit_id` only, where one is given:
    another city's districts stand among the own ones only for somebody who asked for its plan.
    """
    values = {"most": limit, "plan": plan_id, "unit": unit_id}
    rows = db.session.execute(_choices(plan_id is not None, unit_id is not None), values)
    return [(id_, short_name) for id_, short_name in rows]


@cache
def _choices(of_one_plan: bool, of_one_tree: bool) -> Select[int, str]:
    # One look into an index for each district. Not written as EXISTS, which PostgreSQL may turn into a join over all.
    first = select(Assignment.id).where(Assignment.district_id == Organization.id).limit(1)
    if of_one_plan:
        first = first.where(
            Assignment.plan_id == bindparam("plan"), Assignment.level == OrganizationKind.DISTRICT_BUREAU
        )
    found = (
        select(Organization.id, Organization.short_name)
        .where(
            Organization.kind == OrganizationKind.DISTRICT_BUREAU,
            first.correlate(Organization).scalar_subquery().is_not(None),
        )
        .order_by(Organization.position)
        .limit(bindparam("most"))
    )
    if of_one_tree and not of_one_plan:
        found = found.where(root_of(Organization.id) == root_of(bindparam("unit", type_=Integer)))
    return found


def office_shares(state: State, task_id: int) -> dict[int, tuple[int, int]]:
    """Return for each district how many of its 司法所 have completed the task, and how many owe it."""
    done, district = func.sum(case((state.status == Status.COMPLETED, 1), else_=0)), of(state)
    statement = (
        select(district, done, func.count())
        .select_from(Assignment)
        .where(Assignment.task_id == task_id, Assignment.level == OrganizationKind.JUSTICE_OFFICE, state.counted)
        .group_by(district)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in db.session.execute(state.apply(statement))}
