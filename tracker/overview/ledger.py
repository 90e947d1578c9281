"""The ledger: assignments in a person's scope by light, in any order and group, as they stand or stood on any day."""

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    extract,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from tracker.assignments import dues, queries
from tracker.assignments.dues import Due
from tracker.assignments.models import Assignment, TaskReviewer
from tracker.assignments.queries import DISTRICT, Filter, Row, anyone, as_row, listed, of, visible
from tracker.assignments.state import PAST, PRESENT, State
from tracker.db import db, holding
from tracker.overview.terms import term
from tracker.people.models import Organization
from tracker.plans.models import Plan, PlanState, Section, Task
from tracker.reminders.models import Urge
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Actor, Role
from tracker.rules.status import EXCLUDED, Light, Status

MOST_CHOICES = 200
"""Choices of a drop-down list; more than that nobody looks through."""


@dataclass(frozen=True)
class Wanted:
    """What the ledger is restricted to. `office_id` is the lead office, `month` the due month, `term` one of Term.

    `due_from`, `due_by` and `done_by` bound the due day and the day of completion, and belong to what they allow.
    """

    plan_id: int | None = None
    unit_id: int | None = None
    district_id: int | None = None
    task_id: int | None = None
    office_id: int | None = None
    section_id: int | None = None
    level: str = ""
    lights: tuple[Light, ...] = ()
    status: Status | None = None
    month: date | None = None
    due_from: date | None = None
    due_by: date | None = None
    done_by: date | None = None
    term: str = ""
    text: str = ""


class Line(NamedTuple):
    """A row of the ledger; the key and the name of its group are None where the list has none, or none for it."""

    row: Row
    key: int | None
    name: str | None


class _DaysAfter(FunctionElement[date]):
    """A day so many days after another one, which every database says in its own way."""

    type = Date()
    inherit_cache = True


@compiles(_DaysAfter, "sqlite")
def _on_sqlite(element: _DaysAfter, compiler: SQLCompiler, **kwargs: Any) -> str:
    day, days = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"date({day}, {days} || ' days')"


@compiles(_DaysAfter, "postgresql")
def _on_postgresql(element: _DaysAfter, compiler: SQLCompiler, **kwargs: Any) -> str:
    day, days = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"(CAST({day} AS DATE) + {days})"


_DAY = bindparam("day", type_=Date)


def _light(state: State) -> ColumnElement[str]:
    """Return rules.status.light as SQL; a test holds the two against each other."""
    due_on = dues.of(state).on
    return case(
        (state.status.in_(sorted(EXCLUDED)), Light.EXCLUDED.value),
        (and_(state.status == Status.COMPLETED, state.completed_on > due_on), Light.DONE_LATE.value),
        (state.status == Status.COMPLETED, Light.DONE.value),
        (due_on < _DAY, Light.OVERDUE.value),
        (due_on <= _DaysAfter(_DAY, Plan.near_days), Light.NEAR.value),
        (state.status == Status.PENDING, Light.NOT_STARTED.value),
        else_=Light.NORMAL.value,
    )


# ---- lead offices

_reviewer, _office = aliased(TaskReviewer), aliased(Organization)


def _first_of(task: Any) -> ColumnElement[int]:
    """Return the place of the first office that a task names: 牵头处室."""
    other = aliased(TaskReviewer)
    return select(func.min(other.position)).where(other.task_id == task).scalar_subquery()


_LEADS = (
    select(_reviewer.task_id, _office.name)
    .join(_office, _office.id == _reviewer.office_id)
    .where(
        _reviewer.task_id.in_(bindparam("tasks", expanding=True)),
        _reviewer.position == _first_of(_reviewer.task_id),
    )
)


def lead_offices(task_ids: Iterable[int]) -> dict[int, str]:
    """Return for each task the name of its lead office. One query."""
    rows = db.session.execute(_LEADS, {"tasks": sorted(set(task_ids))})
    return dict(rows.all())


_OFFICE_CHOICES = (
    select(Organization.id, Organization.name)
    .where(Organization.id.in_(select(TaskReviewer.office_id)))
    .order_by(Organization.position, Organization.id)
    .limit(MOST_CHOICES)
)


def office_choices(plan_id: int | None = None) -> list[tuple[int, str]]:
    """Return the offices that tasks name, of a plan or of any. One query."""
    named = _OFFICE_CHOICES
    if plan_id is not None:
        of_plan = select(TaskReviewer.office_id).join(Task, Task.id == TaskReviewer.task_id)
        named = named.where(Organization.id.in_(of_plan.where(Task.plan_id == plan_id)))
    return [(id_, name) for id_, name in db.session.execute(named)]


class Chapter(NamedTuple):
    """A section of a published plan, or a plan without sections."""

    plan_id: int
    plan: str
    section_id: int | None
    title: str | None


_CHAPTERS = (
    select(Plan.id, Plan.doc_number, Section.id, Section.title)
    .outerjoin(Section, Section.plan_id == Plan.id)
    .where(Plan.state == PlanState.PUBLISHED)
    .order_by(Plan.issued_on.desc(), Plan.id, Section.position)
    .limit(MOST_CHOICES)
)


def chapters() -> list[Chapter]:
    """Return the published plans with their sections, the newest plan first. One query."""
    return [Chapter._make(row) for row in db.session.execute(_CHAPTERS)]


# ---- orders and groups

_last_urged = select(func.max(Urge.at)).where(Urge.assignment_id == Assignment.id, Urge.day <= _DAY).scalar_subquery()


def _sorts(due: Due) -> dict[str, tuple[Any, ...]]:
    never = due.on.is_(None)
    return {
        "due": (never, due.on, Assignment.id),
        "-due": (never, due.on.desc(), Assignment.id.desc()),
        "unit": (Assignment.unit_id, never, due.on, Assignment.id),
        "-unit": (Assignment.unit_id.desc(), never, due.on, Assignment.id),
        "task": (Assignment.task_id, Assignment.id),
        "-task": (Assignment.task_id.desc(), Assignment.id),
        "urged": (_last_urged.is_not(None), _last_urged, Assignment.id),
        "-urged": (_last_urged.is_(None), _last_urged.desc(), Assignment.id),
    }


SORTS = _sorts(dues.PRESENT)
"""How the ledger can be sorted, by the word in the address; days late are the order of the due day."""

OF_DUE_ONES = {"due": (Assignment.due_on, Assignment.id), "-due": (Assignment.due_on.desc(), Assignment.id.desc())}
"""The same for what is overdue and so has a due day, the same on every day: the index of what is owed gives it."""


class _Grouping(NamedTuple):
    """What groups rows: the key, its name, and the order of groups."""

    key: Any
    name: Any
    order: tuple[Any, ...]


_NO_GROUPS = _Grouping(null(), null(), ())


def _groups(due: Due) -> dict[str, _Grouping]:
    month = cast(extract("year", due.on) * 100 + extract("month", due.on), Integer)
    return {
        "district": _Grouping(
            Assignment.district_id,
            DISTRICT.name,
            (Assignment.district_id.is_not(None), DISTRICT.position, Assignment.district_id),
        ),
        "office": _Grouping(_office.id, _office.name, (_office.id.is_(None), _office.position, _office.id)),
        "month": _Grouping(month, null(), (due.on.is_(None), month)),
    }


GROUPS = _groups(dues.PRESENT)
"""How the ledger can be grouped, by the word in the address: 区, 处室, 月份 (as 202106)."""


# ---- lists

EXACT = ("plan_id", "unit_id", "district_id", "task_id", "level")


def _used(wanted: Wanted) -> frozenset[str]:
    return frozenset(name for name, value in vars(wanted).items() if value not in (None, "", ()))


def _conditions(role: Role, state: State, used: frozenset[str], overdue_only: bool) -> list[ColumnElement[bool]]:
    """Return the conditions on a SELECT that joins task and plan."""
    shown = or_(Assignment.level != OrganizationKind.JUSTICE_OFFICE, Plan.offices_report)
    found = [shown, visible(anyone(role))]
    found += [getattr(Assignment, name) == bindparam(name) for name in EXACT if name in used]
    if overdue_only:
        found += [dues.passed(state, _DAY), state.live]
    elif "lights" in used:
        found.append(_light(state).in_(bindparam("lights", expanding=True)))
    if "office_id" in used:
        led = aliased(TaskReviewer)
        named = select(led.task_id).where(
            led.office_id == bindparam("office_id"), led.position == _first_of(led.task_id)
        )
        found.append(Assignment.task_id.in_(named))
    if "section_id" in used:
        found.append(Task.section_id == bindparam("section_id"))
    if "status" in used:
        found.append(state.status == bindparam("status"))
    if "month" in used:
        found.append(dues.of(state).on.between(bindparam("month", type_=Date), bindparam("month_end", type_=Date)))
    if "term" in used:
        found.append(term(dues.of(state).on, _DAY) == bindparam("term"))
    if "text" in used:
        found.append(Task.text.like(bindparam("text"), escape="/"))
    return found + _bounds(state, used)


def _bounds(state: State, used: frozenset[str]) -> list[ColumnElement[bool]]:
    due_on = dues.of(state).on
    bounds = {
        "due_from": due_on >= bindparam("due_from", type_=Date),
        "due_by": due_on <= bindparam("due_by", type_=Date),
        "done_by": state.completed_on <= bindparam("done_by", type_=Date),
    }
    return [condition for name, condition in bounds.items() if name in used]


def _values(actor: Actor, state: State, day: date, wanted: Wanted) -> dict[str, Any]:
    month = wanted.month
    return {
        **vars(wanted),
        **of(actor),
        "lights": list(wanted.lights),
        "month_end": month.replace(day=monthrange(month.year, month.month)[1]) if month else None,
        "text": holding(wanted.text),
        "day": day,
        "state_day": state.day,
    }


def _overdue_only(wanted: Wanted) -> bool:
    return wanted.lights == (Light.OVERDUE,)


def rows(
    actor: Actor, state: State, day: date, wanted: Wanted, sort: str, group: str, limit: int, offset: int = 0
) -> list[Line]:
    """Return the lines of a list, in the database's order, groups and page. One query."""
    statement = _rows_statement(actor.role, state.join is None, _used(wanted), _overdue_only(wanted), sort, group)
    values = {**_values(actor, state, day, wanted), "most": limit, "skipped": offset}
    return [Line(as_row(row[:-2]), row[-2], row[-1]) for row in db.session.execute(statement, values)]


@cache
def _rows_statement(
    role: Role, present: bool, used: frozenset[str], overdue_only: bool, sort: str, group: str
) -> Select[*tuple[Any, ...]]:
    """Prepare a list once for everybody of a role: to put it together takes longer than to run it."""
    state = PRESENT if present else PAST
    due = dues.of(state)
    grouping, order = _groups(due).get(group, _NO_GROUPS), _sorts(due)[sort]
    if overdue_only:
        order = OF_DUE_ONES.get(sort, order)
    statement = _with_offices(listed(state), group).add_columns(grouping.key, grouping.name)
    statement = statement.where(*_conditions(role, state, used, overdue_only)).order_by(*grouping.order, *order)
    return state.apply(statement.limit(bindparam("most")).offset(bindparam("skipped")))


def _with_offices(statement: Select[*tuple[Any, ...]], group: str) -> Select[*tuple[Any, ...]]:
    """Join the lead office where rows are grouped by it."""
    if group != "office":
        return statement
    first = and_(_reviewer.task_id == Assignment.task_id, _reviewer.position == _first_of(Assignment.task_id))
    return statement.outerjoin(_reviewer, first).outerjoin(_office, _office.id == _reviewer.office_id)


def _counted(state: State, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Join what the conditions ask of a count."""
    return (
        dues.of(state)
        .apply(state.apply(statement.select_from(Assignment)))
        .join(Task, Task.id == Assignment.task_id)
        .join(Plan, and_(Plan.id == Assignment.plan_id, Plan.state == PlanState.PUBLISHED))
    )


def light_counts(actor: Actor, state: State, day: date, wanted: Wanted) -> dict[Light, int]:
    """Return how many rows each light has under the other conditions. One query."""
    every = replace(wanted, lights=())
    statement = _light_counts(actor.role, state.join is None, _used(every))
    found = db.session.execute(statement, _values(actor, state, day, every))
    return {Light(shown): number for shown, number in found}


@cache
def _light_counts(role: Role, present: bool, used: frozenset[str]) -> Select[*tuple[Any, ...]]:
    state = PRESENT if present else PAST
    lights = select(_light(state).label("light"))
    inner = _counted(state, lights).where(*_conditions(role, state, used, overdue_only=False)).subquery()
    return select(inner.c.light, func.count()).group_by(inner.c.light)


def overdue_count(actor: Actor, state: State, day: date, wanted: Wanted) -> int:
    """Return how many rows are overdue, without a look at what is not. One query."""
    if not _used(wanted) - {*EXACT, "lights", "text"}:
        same = {name: getattr(wanted, name) for name in (*EXACT, "text")}
        return queries.count(actor, state, day, Filter(**same, overdue=True))
    statement = _overdue_count(actor.role, state.join is None, _used(wanted))
    return db.session.scalar(statement, _values(actor, state, day, wanted)) or 0


@cache
def _overdue_count(role: Role, present: bool, used: frozenset[str]) -> Select[*tuple[Any, ...]]:
    state = PRESENT if present else PAST
    return _counted(state, select(func.count())).where(*_conditions(role, state, used, overdue_only=True))


def group_counts(
    actor: Actor, state: State, day: date, wanted: Wanted, group: str, keys: Collection[int | None]
) -> dict[int | None, int]:
    """Return how many rows the groups have, on whatever page they stand. One query."""
    statement = _group_counts(actor.role, state.join is None, _used(wanted), _overdue_only(wanted), group)
    values = {**_values(actor, state, day, wanted), "keys": [key for key in keys if key is not None]}
    return dict(db.session.execute(statement, values).all())


@cache
def _group_counts(
    role: Role, present: bool, used: frozenset[str], overdue_only: bool, group: str
) -> Select[*tuple[Any, ...]]:
    state = PRESENT if present else PAST
    key = _groups(dues.of(state))[group].key
    statement = _with_offices(_counted(state, select(key, func.count())), group)
    conditions = _conditions(role, state, used, overdue_only)
    of_page = or_(key.in_(bindparam("keys", expanding=True)), key.is_(None))
    return statement.where(*conditions, of_page).group_by(key)
