"""The matrix: a page of tasks by units with their lights, the lights of the whole, and one cell looked at closely."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, select

from tracker.assignments import dues
from tracker.assignments.models import Assignment
from tracker.assignments.queries import anyone, of, state_at, visible
from tracker.assignments.state import PAST, PRESENT, STATUSES, State
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans.models import Plan, Section, Task
from tracker.reports.models import Report
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Actor, Role
from tracker.rules.reports import ReportState
from tracker.rules.status import Light, Status, light

ROWS, COLUMNS = 30, 20
"""Tasks and units of one page."""

Lights = dict[int, Counter[Light]]
"""How many assignments of each task, or of each unit, have which light."""


class Extent(Enum):
    """Whose assignments a matrix shows: those of every district, of one, or of one with the 司法所 below it."""

    ALL = "all"
    ONE = "one"
    OPENED = "opened"


@dataclass(frozen=True)
class Part:
    """The part of a plan's matrix that is looked at; `page` counts tasks, `columns` units, both from 1."""

    extent: Extent = Extent.ALL
    district_id: int | None = None
    page: int = 1
    columns: int = 1
    rows_each: int = ROWS
    columns_each: int = COLUMNS


class Cell(NamedTuple):
    """One task in one unit: its light and the assignment behind it."""

    assignment_id: int
    light: Light


@dataclass(frozen=True)
class MatrixRow:
    """One task with a cell for each unit of the page, None where it owes nothing."""

    task_id: int
    number: str
    text: str
    section: str
    due_on: date | None
    cells: list[Cell | None]


class MatrixUnit(NamedTuple):
    """A column of the matrix."""

    id: int
    name: str
    short_name: str


@dataclass(frozen=True)
class Matrix:
    """A page of tasks × units, how many there are of both, and the lights of all of them."""

    units: list[MatrixUnit]
    rows: list[MatrixRow]
    unit_total: int
    row_total: int
    by_task: Lights
    by_unit: Lights


def matrix(actor: Actor, plan: Plan, day: date, part: Part) -> Matrix:
    """Return a page of the matrix on `day`, as far as the person may see it. Seven queries.

    The lights of a task are those in all units of the extent, and those of a unit in all tasks, whatever the page.
    """
    values = {**of(actor), "plan": plan.id, "district": part.district_id}
    unit_total = db.session.scalar(_unit_count(actor.role, part.extent), values) or 0
    page = {"most": part.columns_each, "skipped": _skipped(part.columns, part.columns_each, unit_total)}
    units = [MatrixUnit(*row) for row in db.session.execute(_units(actor.role, part.extent), {**values, **page})]
    state = state_at(day)
    by_task = _lights(actor, plan, day, state, part)
    by_unit = _lights(actor, plan, day, state, part, [unit.id for unit in units])
    page = {"most": part.rows_each, "skipped": _skipped(part.page, part.rows_each, len(by_task))}
    tasks = db.session.execute(_TASKS, {"tasks": list(by_task), **page}).all()
    cells = _cells(actor, plan, day, state, part, [task.id for task in tasks], [unit.id for unit in units])
    empty = [None] * len(units)
    rows = [
        MatrixRow(task.id, task.number, task.text, task.section or "", task.due_on, cells.get(task.id, [*empty]))
        for task in tasks
    ]
    return Matrix(units, rows, unit_total, len(by_task), by_task, by_unit)


def _skipped(page: int, size: int, total: int) -> int:
    """Return how many stand before a page, or before the last one there is."""
    return (min(page, max(1, -(-total // size))) - 1) * size


# ---- the units


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


def _columns(role: Role, extent: Extent) -> ColumnElement[bool]:
    """Say that a unit is a column of the matrix."""
    if extent is Extent.OPENED:
        return Organization.id.in_(select(Assignment.unit_id).where(_within(role, extent)))
    one = Organization.id == bindparam("district")
    return and_(_owing(role), one) if extent is Extent.ONE else _owing(role)


@cache
def _unit_count(role: Role, extent: Extent) -> Select[int]:
    return select(func.count()).select_from(Organization).where(_columns(role, extent))


@cache
def _units(role: Role, extent: Extent) -> Select[int, str, str]:
    # The district itself stands before its sections, and these before its 司法所.
    return (
        select(Organization.id, Organization.name, Organization.short_name)
        .where(_columns(role, extent))
        .order_by(
            Organization.kind != OrganizationKind.DISTRICT_BUREAU,
            Organization.kind == OrganizationKind.JUSTICE_OFFICE,
            Organization.position,
            Organization.id,
        )
        .limit(bindparam("most"))
        .offset(bindparam("skipped"))
    )


# ---- the lights of the whole


def _within(role: Role, extent: Extent) -> ColumnElement[bool]:
    """Say that an assignment belongs to the matrix."""
    bureau = Assignment.level == OrganizationKind.DISTRICT_BUREAU
    district = Assignment.district_id == bindparam("district")
    wanted = {Extent.ALL: bureau, Extent.ONE: and_(bureau, district), Extent.OPENED: district}[extent]
    return and_(Assignment.plan_id == bindparam("plan"), wanted, visible(anyone(role)))


def _unit(extent: Extent) -> ColumnElement[Any]:
    """Return the column that says in which column of the matrix an assignment stands."""
    found = Assignment.unit_id if extent is Extent.OPENED else Assignment.district_id
    return found.expression


def task_lights(actor: Actor, plan: Plan, day: date) -> Lights:
    """Return how many districts' assignments of each task have which light on `day`. Two queries."""
    return _lights(actor, plan, day, state_at(day), Part())


def _lights(actor: Actor, plan: Plan, day: date, state: State, part: Part, units: list[int] | None = None) -> Lights:
    """Return the lights of every task, or those of the units named. One query."""
    by = "task" if units is None else "unit"
    asked = {**of(actor), "plan": plan.id, "district": part.district_id, "state_day": state.day, "units": units or []}
    found: Lights = {}
    statement = _lights_statement(actor.role, state.join is None, part.extent, by)
    for key, status, due_on, late, number in db.session.execute(statement, asked):
        shown = light(STATUSES[status], due_on, None, day, plan.near_days)
        found.setdefault(key, Counter())[Light.DONE_LATE if late else shown] += number
    return found


@cache
def _lights_statement(role: Role, present: bool, extent: Extent, by: str) -> Select[*tuple[Any, ...]]:
    state = PRESENT if present else PAST
    due, unit = dues.of(state), _unit(extent)
    late = and_(state.status == Status.COMPLETED, state.completed_on > due.on)
    one = select(
        (Assignment.task_id if by == "task" else unit).label("key"),
        state.status.label("status"),
        due.on.label("due_on"),
        case((late, 1), else_=0).label("late"),
    )
    each = due.apply(state.apply(one.select_from(Assignment))).where(_within(role, extent))
    if by == "unit":
        each = each.where(unit.in_(bindparam("units", expanding=True)))
    rows = each.subquery()
    return select(*rows.c, func.count()).group_by(*rows.c)


# ---- the cells of a page

_TASKS = (
    select(Task.id, Task.number, Task.text, Section.title.label("section"), Task.due_on)
    .outerjoin(Section, Section.id == Task.section_id)
    .where(Task.id.in_(bindparam("tasks", expanding=True)))
    .order_by(Task.position)
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)


@cache
def _cells_statement(role: Role, present: bool, extent: Extent) -> Select[*tuple[Any, ...]]:
    state = PRESENT if present else PAST
    due, unit = dues.of(state), _unit(extent)
    cells = select(Assignment.id, Assignment.task_id, unit.label("unit"), due.on, state.status, state.completed_on)
    return due.apply(state.apply(cells.select_from(Assignment))).where(
        _within(role, extent),
        Assignment.task_id.in_(bindparam("tasks", expanding=True)),
        unit.in_(bindparam("units", expanding=True)),
    )


def _cells(
    actor: Actor, plan: Plan, day: date, state: State, part: Part, tasks: list[int], units: list[int]
) -> dict[int, list[Cell | None]]:
    statement = _cells_statement(actor.role, state.join is None, part.extent)
    asked = {"plan": plan.id, "district": part.district_id, "tasks": tasks, "units": units, "state_day": state.day}
    places = {id_: place for place, id_ in enumerate(units)}
    # A task has one deadline, so that most cells of a row ask for the same light.
    shown = cache(lambda status, due_on, done_on: light(STATUSES[status], due_on, done_on, day, plan.near_days))
    found: dict[int, list[Cell | None]] = {}
    for id_, task_id, unit_id, due_on, status, completed_on in db.session.execute(statement, {**of(actor), **asked}):
        row = found.setdefault(task_id, [None] * len(units))
        row[places[unit_id]] = Cell(id_, shown(status, due_on, completed_on))
    return found


# ---- one cell


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
    extensions: int
    original_due_on: date | None
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
    due = dues.of(state)
    glanced = select(
        Assignment.id,
        Task.number,
        Task.text,
        Organization.name,
        due.on,
        Plan.near_days,
        state.status,
        state.completed_on,
        Assignment.progress,
        due.extensions,
        due.original,
    )
    row = db.session.execute(
        due.apply(state.apply(glanced.select_from(Assignment)))
        .join(Task, Task.id == Assignment.task_id)
        .join(Plan, Plan.id == Assignment.plan_id)
        .join(Organization, Organization.id == Assignment.unit_id)
        .where(Assignment.id == assignment_id, visible(actor))
    ).one_or_none()
    if row is None:
        return None
    return Glance(*(*row[:6], STATUSES[row[6]], *row[7:], _last_report(assignment_id, day)))


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
