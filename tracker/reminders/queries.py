"""Notices that stand on a day and were not yet given, people's addresses, and the scheduler's heartbeat."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CTE, Date, String, and_, column, exists, or_, select, values

from tracker import workdays
from tracker.assignments.models import Assignment
from tracker.assignments.queries import state_at
from tracker.db import db
from tracker.outbox.channels import PermanentError
from tracker.people.models import Organization, User
from tracker.people.queries import HANDLING_ROLES
from tracker.plans.models import Plan, PlanState, Task
from tracker.reminders.digest import DueNotice
from tracker.reminders.models import Lease, Notice
from tracker.rules.calendar import latest_notice
from tracker.rules.organizations import OrganizationKind
from tracker.rules.status import LIVE, Status

REMINDED = LIVE - {Status.UNDER_REVIEW}
"""Statuses in which the next step is the unit's own; what lies with a reviewer is silent."""

DUTY = "scheduler"
"""The name of the lease that the working scheduler holds."""


def due_notices(day: date) -> list[DueNotice]:
    """Return every notice that stands on `day` and that its person has not had, in the order of persons."""
    standing = _standing(day)
    if standing is None:
        return []
    state = state_at(day)
    had = exists().where(
        Notice.user_id == User.id,
        Notice.assignment_id == Assignment.id,
        Notice.due_on == Assignment.due_on,
        Notice.step == standing.c.step,
    )
    statement = (
        select(
            User.id.label("user_id"),
            User.account,
            User.name,
            Organization.name.label("unit"),
            Assignment.id.label("assignment_id"),
            Task.number,
            Task.position,
            Task.text,
            Plan.doc_number,
            Plan.title.label("plan_title"),
            Assignment.due_on,
            standing.c.step,
            standing.c.step_day,
        )
        .select_from(Assignment)
        .join(standing, and_(standing.c.due_on == Assignment.due_on, standing.c.issued_on == Assignment.issued_on))
        .join(Plan, and_(Plan.id == Assignment.plan_id, Plan.state == PlanState.PUBLISHED))
        .join(Task, Task.id == Assignment.task_id)
        .join(Organization, Organization.id == Assignment.unit_id)
        .join(User, User.unit_id == Assignment.unit_id)
        .where(
            state.status.in_(sorted(REMINDED)),
            or_(Assignment.level != OrganizationKind.JUSTICE_OFFICE, Plan.offices_report),
            Organization.valid_from <= day,
            Organization.valid_until > day,
            User.active,
            User.role.in_(HANDLING_ROLES),
            ~had,
        )
        .order_by(User.id, Assignment.due_on)
    )
    return [DueNotice(**row._mapping) for row in db.session.execute(state.apply(statement)).all()]


def _standing(day: date) -> CTE | None:
    """Return a table of the notice that stands on `day` for each due day and day of issue; None where there is none."""
    dates = (
        select(Assignment.due_on, Assignment.issued_on)
        .join(Plan, and_(Plan.id == Assignment.plan_id, Plan.state == PlanState.PUBLISHED))
        .where(Assignment.due_on.is_not(None))
        .distinct()
    )
    found = []
    for due_on, issued_on in db.session.execute(dates):
        notice = latest_notice(due_on, issued_on, day, workdays.is_working) if due_on else None
        if notice:
            found.append((due_on, issued_on, notice.step, notice.day))
    if not found:
        return None
    columns = (column("due_on", Date), column("issued_on", Date), column("step", String), column("step_day", Date))
    return values(*columns, name="standing").data(found).cte("standing")


def address_of(account: str) -> str:
    """Return where a person's mail goes now; raise PermanentError for someone who must not or cannot get any."""
    row = db.session.execute(select(User.email, User.active).where(User.account == account)).one_or_none()
    if row is None:
        raise PermanentError("收件人账号已不存在")
    if not row.active:
        raise PermanentError("收件人已停用")
    if not row.email:
        raise PermanentError("收件人没有登记电子邮箱，请在用户资料中补上")
    return str(row.email)


@dataclass(frozen=True)
class Heartbeat:
    """The last sign of life of the working scheduler (UTC), and which process it is."""

    holder: str
    beat_at: datetime


def heartbeat() -> Heartbeat | None:
    """Return the last heartbeat; None where no scheduler has ever worked."""
    row = db.session.execute(select(Lease.holder, Lease.beat_at).where(Lease.name == DUTY)).one_or_none()
    return None if row is None else Heartbeat(row.holder, row.beat_at)
