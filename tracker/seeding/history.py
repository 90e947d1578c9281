"""Invents a history up to the business day, through the same operations people use, so that the demo is alive.

Everything is drawn from each task and unit, so that every installation shows the same picture. A marker makes every
page say that it is invented.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import aliased

from tracker.assignments import operations as assignments
from tracker.assignments.models import Assignment, StatusChange, TaskReviewer
from tracker.db import db
from tracker.people import operations as people
from tracker.people import queries
from tracker.people.models import Organization, User
from tracker.plans.models import Plan, Task
from tracker.reports import operations as reports
from tracker.reports.operations import Content
from tracker.rules.calendar import previous_working_day
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Actor, Role
from tracker.rules.reports import Decision, ReportKind, Situation
from tracker.rules.status import Move, Status
from tracker.seeding.accounts import BUREAU
from tracker.seeding.appraisals import add_year
from tracker.seeding.rounds import add_round
from tracker.workdays import arrangements

MARKER = "demo_history"

DONE = (
    "已召开部署会，明确分工和时间表，相关司法所均已启动。",
    "已与街道乡镇会商，形成书面意见，正按意见落实。",
    "已完成摸底，列出问题清单，逐项整改中。",
    "制度文本已印发，各所按新要求运行一个月，情况平稳。",
)
NEXT = (
    "收集各所落实材料，月底前汇总。",
    "对进度靠后的街镇实地指导。",
    "完善台账，准备申请办结。",
)
RETURNS = (
    "缺少各司法所落实情况的佐证，请补充后再报。",
    "未说明街道乡镇的配合意见，请补充。",
    "完成情况过于笼统，请对照办结标准逐条说明。",
)


class HistoryRefused(ValueError):
    """A database that must not be mixed with invented records; the message says what to do."""


@dataclass(frozen=True)
class Duty:
    """One assignment with what its invented course depends on."""

    id: int
    number: str
    due_on: date
    issued_on: date
    level: str
    unit_id: int
    unit: str
    slug: str
    district_slug: str
    reviewer_id: int


@dataclass(frozen=True)
class Step:
    """Something a person did on a day."""

    day: date
    duty: Duty
    kind: str
    progress: int = 0


def add_history(at: datetime) -> int:
    """Add invented steps up to the day of `at`, once; return how many."""
    if queries.marker(MARKER):
        return 0
    if not queries.has_demo_accounts():
        raise HistoryRefused("虚构办理记录要有演示账号：请同时加上 --demo。")
    if db.session.scalar(select(StatusChange.id).where(StatusChange.move != Move.DISPATCH).limit(1)):
        raise HistoryRefused("数据库中已有真实的办理记录，不能再混入虚构记录。请换一个新的数据库（TRACKER_DATA_DIR）。")
    steps = [step for duty in _duties() for step in _course(duty, at.date()) if step.day <= at.date()]
    steps.sort(key=lambda step: (step.day, step.duty.id))
    cast = _Cast()
    for step in steps:
        _take(step, cast, at)
    add_round(at)
    add_year(at)
    people.set_marker(MARKER, at.date().isoformat())
    return len(steps)


def _duties() -> list[Duty]:
    district, issuer = aliased(Organization), aliased(Organization)
    first = select(TaskReviewer.office_id).where(TaskReviewer.task_id == Task.id, TaskReviewer.position == 1)
    rows = db.session.execute(
        select(
            Assignment.id,
            Task.number,
            Assignment.due_on,
            Assignment.issued_on,
            Assignment.level,
            Organization.id,
            Organization.name,
            Organization.slug,
            district.slug,
            first.scalar_subquery(),
        )
        .join(Task, Task.id == Assignment.task_id)
        .join(Plan, Plan.id == Assignment.plan_id)
        .join(Organization, Organization.id == Assignment.unit_id)
        .outerjoin(district, district.id == Assignment.district_id)
        .join(issuer, issuer.id == Plan.issuer_id)
        .where(Assignment.status == Status.PENDING, Assignment.due_on.is_not(None), issuer.slug == BUREAU)
        .order_by(Assignment.id)
    )
    return [Duty(*values) for values in rows.all()]


def _course(duty: Duty, today: date) -> Iterator[Step]:
    """Yield the steps of one assignment: signed for, worked on, asked for, now and then returned, accepted."""
    dice = Random(f"{duty.number}/{duty.slug}")  # nosec B311 # invented, and the same each time
    # Some units are slower than others, as in life; the share is drawn from the unit's own name.
    slack = Random(duty.district_slug or duty.slug).uniform(0.02, 0.22)  # nosec B311 # the same each time
    signed_on = _workday(duty.issued_on + timedelta(days=dice.randint(2, 12)))
    if dice.random() < slack / 3:
        return
    yield Step(signed_on, duty, "sign")
    if duty.level == OrganizationKind.JUSTICE_OFFICE and dice.random() < 0.3:
        return
    if duty.due_on > today + timedelta(days=45) and dice.random() < 0.6:
        return
    middle = _workday(duty.due_on - timedelta(days=dice.randint(14, 25)))
    if middle > signed_on and duty.level != OrganizationKind.JUSTICE_OFFICE:
        yield Step(middle, duty, "report", dice.choice((30, 40, 60)))
    if dice.random() < slack:
        return
    late = dice.random() < slack
    asked_on = max(
        signed_on, _workday(duty.due_on + timedelta(days=dice.randint(3, 20) if late else -dice.randint(2, 9)))
    )
    yield Step(asked_on, duty, "ask", 100)
    if dice.random() < 0.08:
        returned_on = _workday(asked_on + timedelta(days=1))
        yield Step(returned_on, duty, "return")
        asked_on = _workday(returned_on + timedelta(days=2))
        yield Step(asked_on, duty, "ask", 100)
    yield Step(_workday(asked_on + timedelta(days=dice.randint(1, 2))), duty, "accept")


def _workday(day: date) -> date:
    return previous_working_day(day + timedelta(days=1), arrangements.is_working)


class _Cast:
    """The demo accounts in their parts; units without one are played by a nameless clerk."""

    def __init__(self) -> None:
        """Look the accounts up once."""
        users = db.session.scalars(select(User).where(User.demo, User.active))
        self._by_part = {(user.unit_id, user.role): queries.actor_of(user) for user in users}
        offices = queries.of_kind(OrganizationKind.CITY_OFFICE)
        self._supervisor = next(actor for actor in self._by_part.values() if actor.role is Role.SUPERVISOR)
        self._counter = next(
            self._by_part[office.id, Role.REVIEWER] for office in offices if office.slug == "bangongshi"
        )
        self._districts = {unit.slug: unit.id for unit in queries.districts()}

    def handler(self, duty: Duty) -> Actor:
        """Return who files for the unit."""
        role = {
            OrganizationKind.DISTRICT_BUREAU: Role.CLERK,
            OrganizationKind.CITY_OFFICE: Role.REVIEWER,
            OrganizationKind.JUSTICE_OFFICE: Role.OFFICE,
        }[OrganizationKind(duty.level)]
        nameless = Actor(
            None, "", f"{duty.unit}经办（演示）", role, duty.unit_id, self._districts.get(duty.district_slug)
        )
        return self._by_part.get((duty.unit_id, role), nameless)

    def reviewer(self, duty: Duty) -> Actor:
        """Return who reviews: the first-listed office, the district's lead, or another office for an office."""
        if duty.level == OrganizationKind.JUSTICE_OFFICE:
            return self._by_part[self._districts[duty.district_slug], Role.LEAD]
        if duty.level == OrganizationKind.DISTRICT_BUREAU:
            return self._by_part[duty.reviewer_id, Role.REVIEWER]
        return self._counter if duty.unit_id == self._supervisor.unit_id else self._supervisor


def _take(step: Step, cast: _Cast, at: datetime) -> None:
    duty, dice = step.duty, Random(f"{step.day}/{step.duty.id}")  # nosec B311 # the same each time
    moment = datetime.combine(step.day, time(dice.randint(9, 16), dice.randint(0, 59)), at.tzinfo)
    if step.kind == "sign":
        assignments.change_status(cast.handler(duty), moment, duty.id, Move.ACKNOWLEDGE)
    elif step.kind in ("report", "ask"):
        reports.file(
            cast.handler(duty),
            moment,
            duty.id,
            _content(step, dice),
            token=f"demo-{duty.id}-{step.day}-{step.kind}",
            version=0,
            uploads=[],
        )
    elif step.kind == "return":
        reports.review(cast.reviewer(duty), moment, duty.id, Decision.RETURN, dice.choice(RETURNS))
    else:
        reports.review(cast.reviewer(duty), moment, duty.id, Decision.ACCEPT, "")


def _content(step: Step, dice: Random) -> Content:
    asked = step.kind == "ask"
    hard = not asked and dice.random() < 0.1
    return Content(
        done=("对照办结标准逐条落实，工作已承接并正常运行。" if asked else dice.choice(DONE)) + "（演示数据）",
        problems="个别街镇配合力度不够。（演示数据）" if hard else "",
        next_steps="" if asked else dice.choice(NEXT) + "（演示数据）",
        situation=Situation.DIFFICULT if hard else Situation.SMOOTH,
        help_needed="希望市局与街道协调人员安排。（演示数据）" if hard else "",
        progress=100 if asked else step.progress,
        kind=ReportKind.COMPLETION if asked else ReportKind.PROGRESS,
    )
