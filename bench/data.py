"""Makes the databases that are measured: the real plan in 16 districts, and in many more that are made up.

Rows are made inside the database (INSERT … SELECT), so that 44,800 assignments with their history take seconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import flask_migrate
from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    String,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)

from tracker.app import create_app
from tracker.assignments.models import Assignment, StatusChange
from tracker.db import FOREVER, db, transaction
from tracker.people.models import Organization, User
from tracker.plans.models import Plan, Task
from tracker.reports.models import Report
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Role
from tracker.rules.reports import ReportKind, ReportState, Situation
from tracker.rules.status import Move, Status
from tracker.seeding import seed_all

TODAY = date(2021, 6, 24)
PAST = date(2021, 5, 14)
"""A day on which the state has to be read from the history."""

ZONE = ZoneInfo("Asia/Shanghai")
SECRET = "a-secret-that-only-the-benchmark-knows"
FIRST_POSITION = 10_000
REPORTS = 3
SIDES = 20

SHARES: dict[Status, range] = {
    Status.PENDING: range(1),
    Status.IN_PROGRESS: range(1, 5),
    Status.RETURNED: range(5, 6),
    Status.UNDER_REVIEW: range(6, 7),
    Status.COMPLETED: range(7, SIDES),
}
"""What a throw of the dice means for a task that is due; the others are only signed for, or not even that."""

STEPS: tuple[tuple[Move, Status, Status, frozenset[Status]], ...] = (
    (Move.DISPATCH, Status.PENDING, Status.PENDING, frozenset(SHARES)),
    (Move.ACKNOWLEDGE, Status.PENDING, Status.IN_PROGRESS, frozenset(SHARES) - {Status.PENDING}),
    (
        Move.SUBMIT,
        Status.IN_PROGRESS,
        Status.UNDER_REVIEW,
        frozenset({Status.UNDER_REVIEW, Status.RETURNED, Status.COMPLETED}),
    ),
    (Move.RETURN, Status.UNDER_REVIEW, Status.RETURNED, frozenset({Status.RETURNED})),
    (Move.ACCEPT, Status.UNDER_REVIEW, Status.COMPLETED, frozenset({Status.COMPLETED})),
)
"""Each step of the loop, from where to where, and the statuses whose history contains it."""


@dataclass(frozen=True)
class Course:
    """When a task's assignments are signed for, sent to review and decided."""

    task_id: int
    due_on: date | None
    issued_on: date

    @property
    def is_due(self) -> bool:
        """Whether anything may have been decided by TODAY."""
        return self.due_on is not None and self.due_on < TODAY

    def day_of(self, move: Move) -> date:
        """Return the day of a step."""
        signed = self.issued_on + timedelta(days=7)
        asked = max(signed, (self.due_on or TODAY) - timedelta(days=5))
        if move in (Move.RETURN, Move.ACCEPT):
            return min(TODAY, asked + timedelta(days=2))
        return {Move.DISPATCH: self.issued_on, Move.ACKNOWLEDGE: signed}.get(move, asked)


def settings(address: str, data_dir: Path) -> dict[str, str]:
    """Return the environment of the application that is measured."""
    return {
        "TRACKER_ENV": "test",
        "TRACKER_DATABASE_URL": address,
        "TRACKER_DATA_DIR": str(data_dir),
        "TRACKER_SECRET_KEY": SECRET,
        "TRACKER_TODAY": TODAY.isoformat(),
    }


def build(address: str, data_dir: Path, districts: int) -> None:
    """Make a database of the real plan in so many districts, from the first migration on."""
    with create_app(settings(address, data_dir)).app_context():
        flask_migrate.upgrade()
        with transaction():
            seed_all(datetime.combine(TODAY, time(9), ZONE), demo=True)
            grow(districts)
        _tidy()
        db.session.remove()
        db.engine.dispose()


def _tidy() -> None:
    """Leave the database as its own housekeeping would: PostgreSQL vacuums by itself, but only after a minute."""
    engine = db.engine
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    else:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def grow(districts: int, reports: int = REPORTS) -> None:
    """Add made-up districts until there are so many, then give every district a history up to TODAY."""
    plan = db.session.scalars(select(Plan).order_by(Plan.id).limit(1)).one()
    issued_on = plan.published_on or plan.issued_on
    tasks = db.session.execute(select(Task.id, Task.due_on).where(Task.plan_id == plan.id)).all()
    courses = [Course(task.id, task.due_on, issued_on) for task in tasks]
    _add_districts(plan, districts)
    _add_assignments(plan.id, courses)
    _add_history(courses)
    for number in range(1, reports + 1):
        _add_reports(number, number == reports)


def _add_districts(plan: Plan, districts: int) -> None:
    present = select(func.count()).where(Organization.kind == OrganizationKind.DISTRICT_BUREAU)
    missing = districts - (db.session.scalar(present) or 0)
    if missing <= 0:
        return
    units = [
        {
            "parent_id": plan.issuer_id,
            "kind": OrganizationKind.DISTRICT_BUREAU,
            "slug": f"bench-{number}",
            "name": f"测试第{number}区司法局",
            "short_name": f"测{number}",
            "position": FIRST_POSITION + number,
            "phone": "021-00000000",
        }
        for number in range(1, missing + 1)
    ]
    db.session.execute(insert(Organization), units)
    unit = select(
        literal("clerk-") + Organization.slug,
        Organization.short_name + literal("经办"),
        literal(Role.CLERK.value),
        Organization.id,
        literal("no password belongs to this"),
        literal(datetime.combine(TODAY, time(9), ZONE), User.created_at.type),
        literal(datetime.combine(TODAY, time(9), ZONE), User.password_set_at.type),
        *(literal(value, column.type) for column, value in USER_DEFAULTS.items()),
    ).where(Organization.position > FIRST_POSITION)
    names = ["account", "name", "role", "unit_id", "password_hash", "created_at", "password_set_at"]
    db.session.execute(insert(User).from_select([*names, *(column.key for column in USER_DEFAULTS)], unit))


USER_DEFAULTS = {User.email: "", User.phone: "", User.active: True, User.demo: False, User.session_version: 1}


def _add_assignments(plan_id: int, courses: Iterable[Course]) -> None:
    """Hand every task to the made-up districts, and put every district's assignments where the dice say."""
    columns = ["plan_id", "task_id", "unit_id", "district_id", "level", "due_on", "issued_on", "status", "progress"]
    for course in courses:
        owed = select(
            literal(plan_id),
            literal(course.task_id),
            Organization.id,
            Organization.id,
            literal(OrganizationKind.DISTRICT_BUREAU.value),
            literal(course.due_on, Date),
            literal(course.issued_on, Date),
            literal(Status.PENDING.value),
            literal(0),
        ).where(Organization.position > FIRST_POSITION)
        db.session.execute(insert(Assignment).from_select(columns, owed))
        _throw(course)


def _throw(course: Course) -> None:
    dice = (Assignment.unit_id * 7 + Assignment.task_id * 3) % SIDES
    reached: dict[Status, ColumnElement[bool]] = {status: dice.in_(share) for status, share in SHARES.items()}
    if not course.is_due:
        reached = {Status.PENDING: dice < SIDES // 2, Status.IN_PROGRESS: dice >= SIDES // 2}
    done = reached.get(Status.COMPLETED)
    values = {
        "status": case(*((condition, status.value) for status, condition in reached.items())),
        "progress": case(*((condition, _progress(status)) for status, condition in reached.items())),
    }
    if done is not None:
        values["completed_on"] = case((done, literal(course.day_of(Move.ACCEPT), Date)))
    mine = [Assignment.task_id == course.task_id, Assignment.level == OrganizationKind.DISTRICT_BUREAU]
    db.session.execute(
        update(Assignment).where(*mine).values(**values), execution_options={"synchronize_session": False}
    )


def _progress(status: Status) -> int:
    return {Status.PENDING: 0, Status.IN_PROGRESS: 60, Status.RETURNED: 60}.get(status, 100)


def _add_history(courses: Iterable[Course]) -> None:
    of_districts = select(Assignment.id).where(Assignment.level == OrganizationKind.DISTRICT_BUREAU)
    unsaid = {"synchronize_session": False}
    db.session.execute(
        delete(StatusChange).where(StatusChange.assignment_id.in_(of_districts)), execution_options=unsaid
    )
    columns = ["assignment_id", "move", "from_status", "to_status", "day", "until_day", "at", "actor_name", "reason"]
    for course in courses:
        for place, (move, before, after, statuses) in enumerate(STEPS):
            day = course.day_of(move)
            step: Select[*tuple[Any, ...]] = select(
                Assignment.id,
                literal(move.value),
                literal("" if move is Move.DISPATCH else before.value),
                literal(after.value),
                literal(day, Date),
                _until(course, place),
                literal(datetime.combine(day, time(9), ZONE), StatusChange.at.type),
                literal("演示"),
                literal("材料不全" if move is Move.RETURN else ""),
            ).where(
                Assignment.task_id == course.task_id,
                Assignment.level == OrganizationKind.DISTRICT_BUREAU,
                Assignment.status.in_(statuses),
            )
            db.session.execute(insert(StatusChange).from_select(columns, step))


def _until(course: Course, place: int) -> ColumnElement[date]:
    """Return the day on which the next step of the assignment's own history ends this one."""
    later = [(statuses, course.day_of(move)) for move, _, _, statuses in STEPS[place + 1 :]]
    ends = [(Assignment.status.in_(statuses), literal(day, Date)) for statuses, day in later]
    return case(*ends, else_=literal(FOREVER, Date)) if ends else literal(FOREVER, Date)


def _add_reports(number: int, last: bool) -> None:
    """File the assignments' report of this number; the last one asks for completion where the status says so."""
    asked = Assignment.status.in_([Status.UNDER_REVIEW, Status.RETURNED, Status.COMPLETED])
    completion = case((asked, ReportKind.COMPLETION.value), else_=ReportKind.PROGRESS.value)
    decided = case(
        (Assignment.status == Status.COMPLETED, ReportState.ACCEPTED.value),
        (Assignment.status == Status.RETURNED, ReportState.RETURNED.value),
        else_=ReportState.FILED.value,
    )
    filed_at = datetime.combine(TODAY - timedelta(days=30), time(10 + number), ZONE)
    values = {
        Report.assignment_id: Assignment.id,
        Report.author_name: literal("演示经办"),
        Report.form_token: literal("bench-") + cast(Assignment.id, String) + literal(f"-{number}"),
        Report.kind: completion if last else literal(ReportKind.PROGRESS.value),
        Report.state: decided if last else literal(ReportState.FILED.value),
        Report.situation: literal(Situation.SMOOTH.value),
        Report.progress: Assignment.progress if last else literal(20 * number),
        Report.done: literal("已召开部署会，明确分工和时间表，相关司法所均已启动。"),
        Report.problems: literal(""),
        Report.next_steps: literal("下一步：收集各所落实材料，月底前汇总。"),
        Report.help_needed: literal(""),
        Report.saved_at: literal(filed_at, Report.saved_at.type),
        Report.filed_at: literal(filed_at, Report.filed_at.type),
        Report.filed_on: literal(filed_at.date(), Date),
    }
    source = select(*values.values()).where(Assignment.level == OrganizationKind.DISTRICT_BUREAU)
    db.session.execute(insert(Report).from_select([column.key for column in values], source))
