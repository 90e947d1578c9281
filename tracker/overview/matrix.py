"""What the matrix shows beside its cells: how many of each task have which light, and one cell looked at closely."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, select

from tracker.assignments.models import Assignment
from tracker.assignments.queries import anyone, of, state_at, visible
from tracker.assignments.state import PAST, PRESENT, STATUSES
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans.models import Plan, Task
from tracker.reports.models import Report
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Actor, Role
from tracker.rules.reports import ReportState
from tracker.rules.status import Light, Status, light


def task_lights(actor: Actor, plan: Plan, day: date) -> dict[int, Counter[Light]]:
    """Return how many districts' assignments of each task have which light on `day`, on whatever page they stand."""
    state = state_at(day)
    values = {**of(actor), "plan": plan.id, "state_day": state.day}
    found: dict[int, Counter[Light]] = {}
    for task_id, status, due_on, late, number in db.session.execute(
        _lights_statement(actor.role, state.join is None), values
    ):
        shown = light(STATUSES[status], due_on, None, day, plan.near_days)
        found.setdefault(task_id, Counter())[Light.DONE_LATE if late else shown] += number
    return found


@cache
def _lights_statement(role: Role, present: bool) -> Select[*tuple[Any, ...]]:
    state = PRESENT if present else PAST
    late = and_(state.status == Status.COMPLETED, state.completed_on > Assignment.due_on)
    each = (
        state.apply(
            select(
                Assignment.task_id,
                state.status.label("status"),
                Assignment.due_on,
                case((late, 1), else_=0).label("late"),
            ).select_from(Assignment)
        )
        .where(
            Assignment.plan_id == bindparam("plan"),
            Assignment.level == OrganizationKind.DISTRICT_BUREAU,
            visible(anyone(role)),
        )
        .subquery()
    )
    return select(*each.c, func.count()).group_by(*each.c)


@dataclass(frozen=True)
class Glance:
    """One assignment on a day, and the newest report that was filed by then."""

    id: int
    number: str
    text: str
    unit: str
    due_on: date | None
    near_days: int
    status: Status
    completed_on: date | None
    progress: int
    report: "LastReport | None"


@dataclass(frozen=True)
class LastReport:
    """What was reported last, by whom and when."""

    id: int
    kind: str
    situation: str
    done: str
    author: str
    filed_at: datetime


def glance(actor: Actor, assignment_id: int, day: date) -> Glance | None:
    """Return an assignment in the person's scope as it stood on `day`; None also where it was not issued yet."""
    state = state_at(day)
    row = db.session.execute(
        state.apply(
            select(
                Assignment.id,
                Task.number,
                Task.text,
                Organization.name,
                Assignment.due_on,
                Plan.near_days,
                state.status,
                state.completed_on,
                Assignment.progress,
            ).select_from(Assignment)
        )
        .join(Task, Task.id == Assignment.task_id)
        .join(Plan, Plan.id == Assignment.plan_id)
        .join(Organization, Organization.id == Assignment.unit_id)
        .where(Assignment.id == assignment_id, visible(actor))
    ).one_or_none()
    return None if row is None else Glance(*row[:6], STATUSES[row[6]], *row[7:], _last_report(assignment_id, day))


def _last_report(assignment_id: int, day: date) -> LastReport | None:
    row = db.session.execute(
        select(
            Report.id,
            Report.kind,
            Report.situation,
            Report.done,
            Report.author_name.label("author"),
            Report.filed_at,
        )
        .where(Report.assignment_id == assignment_id, Report.state != ReportState.DRAFT, Report.filed_on <= day)
        .order_by(Report.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else LastReport(**row._mapping)
