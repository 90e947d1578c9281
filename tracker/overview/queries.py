"""The matrix of tasks and districts, the to-do tabs, and the leader's figures, for any day."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from tracker.assignments.models import Assignment
from tracker.assignments.queries import reviewable, state_at, visible
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans.models import Plan, Section, Task
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Actor
from tracker.rules.status import Light, Status, light


@dataclass(frozen=True, slots=True)
class Cell:
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
    owing = select(Assignment.district_id).where(Assignment.plan_id == plan.id, visible(actor)).distinct()
    chosen = (
        select(Organization.id, Organization.name, Organization.short_name)
        .where(Organization.kind == OrganizationKind.DISTRICT_BUREAU, Organization.id.in_(owing))
        .order_by(Organization.position)
    )
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    units = db.session.execute(chosen.limit(MATRIX_COLUMNS).offset((page - 1) * MATRIX_COLUMNS)).all()
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
        for task in _tasks(plan)
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


def _tasks(plan: Plan) -> list[Any]:
    statement = (
        select(Task.id, Task.number, Task.text, Section.title.label("section"), Task.due_on)
        .outerjoin(Section, Section.id == Task.section_id)
        .where(Task.plan_id == plan.id)
        .order_by(Task.position)
    )
    return list(db.session.execute(statement).all())


def _cells(actor: Actor, plan: Plan, day: date, columns: dict[int, int]) -> dict[int, list[Cell | None]]:
    state = state_at(day)
    statement = state.apply(
        select(
            Assignment.id,
            Assignment.task_id,
            Assignment.district_id,
            Assignment.due_on,
            state.status,
            state.completed_on,
        ).select_from(Assignment)
    ).where(
        Assignment.plan_id == plan.id,
        Assignment.level == OrganizationKind.DISTRICT_BUREAU,
        Assignment.district_id.in_(columns),
        visible(actor),
    )
    found: dict[int, list[Cell | None]] = {}
    for id_, task_id, district_id, due_on, status, completed_on in db.session.execute(statement):
        row = found.setdefault(task_id, [None] * len(columns))
        row[columns[district_id or 0]] = Cell(id_, light(Status(status), due_on, completed_on, day, plan.near_days))
    return found


def figures(actor: Actor, plan: Plan, day: date) -> Figures:
    """Return the figures of the districts' assignments within the person's scope. One roll-up query."""
    state = state_at(day)
    near = and_(state.live, Assignment.due_on >= day, Assignment.due_on <= day + timedelta(days=plan.near_days))
    sums = (Assignment.due_on < day, state.status == Status.COMPLETED, and_(state.live, Assignment.due_on < day), near)
    statement = state.apply(
        select(func.count(), *(func.coalesce(func.sum(case((wanted, 1), else_=0)), 0) for wanted in sums)).select_from(
            Assignment
        )
    ).where(
        Assignment.plan_id == plan.id,
        Assignment.level == OrganizationKind.DISTRICT_BUREAU,
        state.counted,
        visible(actor),
    )
    return Figures(*(int(value) for value in db.session.execute(statement).one()))


TODO_TABS: dict[str, tuple[str, tuple[Status, ...]]] = {
    "open": ("待填报", (Status.PENDING, Status.IN_PROGRESS)),
    "returned": ("退回修改", (Status.RETURNED,)),
    "submitted": ("等待审核", (Status.UNDER_REVIEW,)),
    "done": ("已办", (Status.COMPLETED,)),
}
"""The tabs of what a unit has to do: address word, label, statuses."""


def todo_counts(actor: Actor) -> dict[str, int]:
    """Return how many of the unit's assignments stand under each tab. One query."""
    rows = db.session.execute(
        select(Assignment.status, func.count())
        .where(Assignment.unit_id == actor.unit_id, _reporting())
        .group_by(Assignment.status)
    )
    by_status = {Status(row[0]): int(row[1]) for row in rows}
    return {tab: sum(by_status.get(status, 0) for status in statuses) for tab, (_, statuses) in TODO_TABS.items()}


def _reporting() -> ColumnElement[bool]:
    silent = select(Plan.id).where(Plan.offices_report.is_(False))
    return ~and_(Assignment.level == OrganizationKind.JUSTICE_OFFICE, Assignment.plan_id.in_(silent))


@dataclass(frozen=True, slots=True)
class TodoRow:
    """A line of the to-do list; `reviewers` and the last report are looked up for the page."""

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


def _todo_rows(wanted: list[ColumnElement[bool]], limit: int, offset: int) -> list[TodoRow]:
    statement = (
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
        )
        .join(Task, Task.id == Assignment.task_id)
        .join(Plan, Plan.id == Assignment.plan_id)
        .join(Organization, Organization.id == Assignment.unit_id)
        .where(*wanted)
        .order_by(Assignment.due_on, Assignment.task_id, Assignment.id)
        .limit(limit)
        .offset(offset)
    )
    return [TodoRow(*row[:8], *(Status(row[8]), *row[9:])) for row in db.session.execute(statement)]


def todo(actor: Actor, tab: str, limit: int, offset: int) -> list[TodoRow]:
    """Return the unit's assignments under a tab: overdue, near, the rest. One query."""
    return _todo_rows(
        [Assignment.unit_id == actor.unit_id, Assignment.status.in_(TODO_TABS[tab][1]), _reporting()], limit, offset
    )


def review_queue(actor: Actor, limit: int, offset: int) -> list[TodoRow]:
    """Return what waits for the person's review, the earliest due first. One query."""
    return _todo_rows([Assignment.status == Status.UNDER_REVIEW, reviewable(actor)], limit, offset)


def review_count(actor: Actor) -> int:
    """Return how much waits for the person's review."""
    statement = select(func.count()).where(Assignment.status == Status.UNDER_REVIEW, reviewable(actor))
    return db.session.scalar(statement) or 0
