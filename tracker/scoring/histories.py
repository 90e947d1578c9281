"""Whether the history of each assignment holds together, and ends in what the assignment itself says."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Date, Function, Over, String, and_, case, func, or_, select

from tracker.assignments.models import Assignment, StatusChange
from tracker.db import FOREVER, db
from tracker.people.models import Organization
from tracker.plans.models import Task
from tracker.rules.score_sheets import Difference
from tracker.rules.status import MOVE_TEXT, STATUS_TEXT, Status
from tracker.rules.words import Words, say


def differences(plan_id: int) -> list[Difference]:
    """Name every assignment of a plan, of whatever level, whose steps do not follow on each other or on it. One query.

    Lists of today read the assignments, those of past days the steps; both must say the same.
    """
    return [
        Difference(say("{unit} 第{number}项", unit=row.unit, number=row.number), what)
        for row in db.session.execute(_broken(plan_id))
        for what in _wrong(row)
    ]


def _broken(plan_id: int) -> Any:
    """Return the steps that do not fit the one before, the one after, or, the last ones, the assignment."""
    steps = (
        select(
            StatusChange.assignment_id,
            StatusChange.day,
            StatusChange.move,
            StatusChange.from_status,
            StatusChange.to_status,
            StatusChange.until_day,
            _beside(func.lag(StatusChange.to_status, 1, "", type_=String())).label("before"),
            _beside(func.lead(StatusChange.day, 1, FOREVER, type_=Date())).label("next_day"),
            case(
                (StatusChange.to_status == Status.COMPLETED, func.coalesce(StatusChange.done_on, StatusChange.day))
            ).label("done_on"),
            _beside(func.lead(StatusChange.id)).is_(None).label("is_last"),
        )
        .join(Assignment, Assignment.id == StatusChange.assignment_id)
        .where(Assignment.plan_id == plan_id)
        .subquery()
    )
    apart = or_(steps.c.until_day != steps.c.next_day, steps.c.from_status != steps.c.before)
    other = or_(Assignment.status != steps.c.to_status, Assignment.completed_on.is_distinct_from(steps.c.done_on))
    return (
        select(
            Organization.name.label("unit"),
            Task.number,
            Assignment.status,
            Assignment.completed_on,
            steps,
        )
        .join(steps, steps.c.assignment_id == Assignment.id)
        .join(Task, Task.id == Assignment.task_id)
        .join(Organization, Organization.id == Assignment.unit_id)
        .where(or_(apart, and_(steps.c.is_last, other)))
        .order_by(Task.position, Assignment.id, steps.c.day)
    )


def _beside(found: Function[Any]) -> Over[Any]:
    """Look from a step at those of the same assignment."""
    return found.over(partition_by=StatusChange.assignment_id, order_by=StatusChange.id)


def _wrong(row: Any) -> Iterator[Words]:
    if row.from_status != row.before:
        yield say("{day} 的“{move}”与前一次办理不衔接", day=row.day, move=MOVE_TEXT[row.move])
    if row.until_day != row.next_day:
        yield say("{day} 的“{move}”与后一次办理不衔接", day=row.day, move=MOVE_TEXT[row.move])
    if not row.is_last:
        return
    if row.status != row.to_status:
        yield say(
            "状态“{status}”与最近一次办理之后的“{then}”不符",
            status=STATUS_TEXT[row.status],
            then=STATUS_TEXT[row.to_status],
        )
    if row.completed_on != row.done_on:
        yield say(
            "办结日“{day}”与最近一次办理的“{then}”不符",
            day=row.completed_on or say("（无）"),
            then=row.done_on or say("（无）"),
        )
