"""The matrix of tasks and districts, the to-do tabs, and the leader's figures, for any day."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, literal_column, select

from tracker.assignments.models import Assignment
from tracker.assignments.queries import EXTENDED, anyone, of, state_at, visible
from tracker.assignments.reviewing import reviewable
from tracker.assignments.state import PAST, PRESENT, STATUSES
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans.models import Plan, Section, Task
from tracker.reminders.models import Urge
from tracker.reminders.queries import REMINDED
from tracker.reports.models import Report
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Actor, Role
from tracker.rules.reports import ReportState
from tracker.rules.status import Light, Status, light
from tracker.rules.words import say


class Cell(NamedTuple):
    """One task in one district: its light and the assignment behind it."""

    assignment_id: int
    light: Light


@dataclass(frozen=True)
class MatrixRow:
    """One task with a cell for each district of the page (None where it owes nothing), and its overdue count."""

    task_id: int
    number: str
    text: str
    section: str
    due_on: date | None
    cells: list[Cell | None]
    overdue: int


@dataclass(frozen=True)
class District:
    """A column of the matrix; `overdue` counts the rows shown."""

    id: int
    name: str
    short_name: str
    overdue: int


@dataclass(frozen=True)
class Matrix:
    """Tasks × districts with totals on both edges."""

    districts: list[District]
    rows: list[MatrixRow]
    overdue: int
    district_total: int


@dataclass(frozen=True)
class Figures:
    """How many assignments were due, done, overdue and near on a day."""

    total: int
    due: int
    completed: int
    overdue: int
    near: int


MATRIX_COLUMNS = 20


def matrix(actor: Actor, plan: Plan, day: date, page: int = 1) -> Matrix:
    """Return the matrix on `day`, as far as the person may see it; districts page by MATRIX_COLUMNS. Four queries."""
    values = {**of(actor), "plan": plan.id}
    total = db.session.scalar(_district_count(actor.role), values) or 0
    page = min(page, max(1, -(-total // MATRIX_COLUMNS)))
    units = db.session.execute(_districts(actor.role), {**values, "skipped": (page - 1) * MATRIX_COLUMNS}).all()
    columns = {unit.id: place for place, unit in enumerate(units)}
    cells = _cells(actor, plan, day, columns)
    rows = [
        MatrixRow(
            task.id,
            task.number,
            task.text,
            task.section or "",
            task.due_on,
            cells.get(task.id, [None] * len(units)),
            sum(1 for cell in cells.get(task.id, []) if cell and cell.light is Light.OVERDUE),
        )
        for task in db.session.execute(_TASKS, {"plan": plan.id})
        if task.id in cells
    ]
    districts = [
        District(
            unit.id,
            unit.name,
            unit.short_name,
            sum(1 for row in rows if (cell := row.cells[place]) and cell.light is Light.OVERDUE),
        )
        for place, unit in enumerate(units)
    ]
    return Matrix(districts, rows, sum(row.overdue for row in rows), total)


def _owing(role: Role) -> ColumnElement[bool]:
    """Say that a district owes anything; one look into the roll-up index for each, however many the assignments.

    Not written as EXISTS, which PostgreSQL may turn into a join over all assignments.
    """
    first = (
        select(Assignment.id)
        .where(
            Assignment.plan_id == bindparam("plan"),
            Assignment.level == OrganizationKind.DISTRICT_BUREAU,
            Assignment.district_id == Organization.id,
            visible(anyone(role)),
        )
        .limit(1)
    )
    return and_(Organization.kind == OrganizationKind.DISTRICT_BUREAU, first.scalar_subquery().is_not(None))


@cache
def _district_count(role: Role) -> Select[int]:
    return select(func.count()).select_from(Organization).where(_owing(role))


@cache
def _districts(role: Role) -> Select[int, str, str]:
    return (
        select(Organization.id, Organization.name, Organization.short_name)
        .where(_owing(role))
        .order_by(Organization.position)
        .limit(MATRIX_COLUMNS)
        .offset(bindparam("skipped"))
    )


_TASKS = (
    select(Task.id, Task.number, Task.text, Section.title.label("section"), Task.due_on)
    .outerjoin(Section, Section.id == Task.section_id)
    .where(Task.plan_id == bindparam("plan"))
    .order_by(Task.position)
)


@cache
def _cells_statement(role: Role, present: bool) -> Select[*tuple[Any, ...]]:
    state = PRESENT if present else PAST
    cells = select(
        Assignment.id, Assignment.task_id, Assignment.district_id, Assignment.due_on, state.status, state.completed_on
    )
    return state.apply(cells.select_from(Assignment)).where(
        Assignment.plan_id == bindparam("plan"),
        Assignment.level == OrganizationKind.DISTRICT_BUREAU,
        Assignment.district_id.in_(bindparam("districts", expanding=True)),
        visible(anyone(role)),
    )


def _cells(actor: Actor, plan: Plan, day: date, columns: dict[int, int]) -> dict[int, list[Cell | None]]:
    state = state_at(day)
    statement = _cells_statement(actor.role, state.join is None)
    values = {**of(actor), "plan": plan.id, "districts": list(columns), "state_day": state.day}
    # A task has one deadline, so that most cells of a row ask for the same light.
    shown = cache(lambda status, due_on, done_on: light(STATUSES[status], due_on, done_on, day, plan.near_days))
    found: dict[int, list[Cell | None]] = {}
    for id_, task_id, district_id, due_on, status, completed_on in db.session.execute(statement, values):
        row = found.setdefault(task_id, [None] * len(columns))
        row[columns[district_id or 0]] = Cell(id_, shown(status, due_on, completed_on))
    return found


def figures(actor: Actor, plan: Plan, day: date) -> Figures:
    """Return the figures of the districts' assignments within the person's scope. One roll-up query."""
    state = state_at(day)
    # Whatever counts and is not completed is still owed, which is quicker to tell than one of four statuses.
    done, due = state.status == Status.COMPLETED, Assignment.due_on < day
    # The calendar ends, and a question about its last day must not.
    horizon = day + min(timedelta(days=plan.near_days), date.max - day)
    near = and_(state.status != Status.COMPLETED, Assignment.due_on.between(day, horizon))
    sums = (func.count(case((wanted, 1))) for wanted in (due, done, and_(due, done), near))
    statement = state.apply(select(func.count(), *sums).select_from(Assignment)).where(
        Assignment.plan_id == plan.id,
        Assignment.level == OrganizationKind.DISTRICT_BUREAU,
        state.counted,
        visible(actor),
    )
    total, owed, completed, completed_due, soon = tuple(db.session.execute(statement).one())
    return Figures(total, owed, completed, owed - completed_due, soon)


TODO_TABS: dict[str, tuple[str, tuple[Status, ...]]] = {
    "receipt": (say("待签收"), (Status.PENDING,)),
    "open": (say("待填报"), (Status.IN_PROGRESS,)),
    "returned": (say("退回修改"), (Status.RETURNED,)),
    "submitted": (say("等待审核"), (Status.UNDER_REVIEW,)),
    "done": (say("已办"), (Status.COMPLETED,)),
}
"""The tabs of what a unit has to do: address word, label, statuses."""

URGED_TAB = "urged"
"""The tab of what was urged, whatever its status."""


def _reporting() -> ColumnElement[bool]:
    silent = select(Plan.id).where(Plan.offices_report.is_(False))
    return ~and_(Assignment.level == OrganizationKind.JUSTICE_OFFICE, Assignment.plan_id.in_(silent))


_OWN = and_(Assignment.unit_id == bindparam("actor_unit"), _reporting())
_TODO_COUNTS = select(Assignment.status, func.count()).where(_OWN).group_by(Assignment.status)
"""Lists are prepared once: to put a SELECT together takes longer than to run it."""


def todo_counts(actor: Actor) -> dict[str, int]:
    """Return how many of the unit's assignments stand under each tab. One query."""
    by_status = {STATUSES[status]: count for status, count in db.session.execute(_TODO_COUNTS, of(actor))}
    return {tab: sum(by_status.get(status, 0) for status in statuses) for tab, (_, statuses) in TODO_TABS.items()}


class TodoRow(NamedTuple):
    """A line of the to-do list; the lead offices are looked up for the page."""

    id: int
    task_id: int
    number: str
    text: str
    unit: str
    due_on: date | None
    due_text: str
    near_days: int
    status: Status
    completed_on: date | None
    progress: int
    closed_on: date | None
    extensions: int
    filed_on: date | None


_FILED = (
    select(func.max(Report.filed_on))
    .where(Report.assignment_id == Assignment.id, Report.state.not_in([ReportState.DRAFT, ReportState.RECALLED]))
    .correlate(Assignment)
    .scalar_subquery()
)
"""The day of the last report, looked up for the rows of a page only."""


def _todo_list(*wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Assignment.id,
            Assignment.task_id,
            Task.number,
            Task.text,
            Organization.name,
            Assignment.due_on,
            Task.deadline_raw,
            Plan.near_days,
            Assignment.status,
            Assignment.completed_on,
            Assignment.progress,
            Assignment.closed_on,
            EXTENDED,
            _FILED,
        )
        .join(Task, Task.id == Assignment.task_id)
        .join(Plan, Plan.id == Assignment.plan_id)
        .join(Organization, Organization.id == Assignment.unit_id)
        .where(*wanted)
        .order_by(Assignment.due_on.is_(None), Assignment.due_on, Assignment.task_id, Assignment.id)
        .limit(bindparam("most"))
        .offset(bindparam("skipped"))
    )


def _todo_rows(statement: Select[*tuple[Any, ...]], actor: Actor, limit: int, offset: int) -> list[TodoRow]:
    values = {**of(actor), "most": limit, "skipped": offset}
    return [TodoRow._make((*row[:8], STATUSES[row[8]], *row[9:])) for row in db.session.execute(statement, values)]


_TODO = {tab: _todo_list(_OWN, Assignment.status.in_(statuses)) for tab, (_, statuses) in TODO_TABS.items()}


_URGED = and_(_OWN, Assignment.status.in_(sorted(REMINDED)), exists().where(Urge.assignment_id == Assignment.id))
_TODO[URGED_TAB] = _todo_list(_URGED)
_URGED_COUNT = select(func.count()).where(_URGED)


def urged_count(actor: Actor) -> int:
    """Return how much of what the unit owes was urged and still waits for it."""
    return db.session.scalar(_URGED_COUNT, of(actor)) or 0


def todo(actor: Actor, tab: str, limit: int, offset: int) -> list[TodoRow]:
    """Return the unit's assignments under a tab: overdue, near, the rest. One query."""
    return _todo_rows(_TODO[tab], actor, limit, offset)


@cache
def _waiting(role: Role) -> ColumnElement[bool]:
    # Written out, because SQLite uses the partial index of what waits for the very same words only.
    return and_(Assignment.status == literal_column(f"'{Status.UNDER_REVIEW}'"), reviewable(anyone(role)))


@cache
def _review_queue(role: Role) -> Select[*tuple[Any, ...]]:
    return _todo_list(_waiting(role))


@cache
def _review_count(role: Role) -> Select[int]:
    return select(func.count()).where(_waiting(role))


def review_queue(actor: Actor, limit: int, offset: int) -> list[TodoRow]:
    """Return what waits for the person's review, the earliest due first. One query."""
    return _todo_rows(_review_queue(actor.role), actor, limit, offset)


def review_count(actor: Actor) -> int:
    """Return how much waits for the person's review."""
    return db.session.scalar(_review_count(actor.role), of(actor)) or 0
