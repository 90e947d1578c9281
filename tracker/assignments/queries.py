"""Assignments within a person's scope, as they stand or stood on any day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, false, func, or_, select, true
from sqlalchemy.orm import aliased

from tracker.assignments import dues
from tracker.assignments.dues import Due
from tracker.assignments.models import Assignment, StatusChange, TaskReviewer
from tracker.assignments.state import LATEST, PAST, PRESENT, STATUSES, State, past
from tracker.db import db, holding
from tracker.people.models import Organization
from tracker.plans.models import Plan, PlanState, Section, Task
from tracker.plans.queries import DUE_MOVED
from tracker.rules.organizations import BELOW_A_DISTRICT, OrganizationKind
from tracker.rules.permissions import Action, Actor, Role, Scope, may
from tracker.rules.status import Status


def latest_day() -> date | None:
    """Return the day of the newest change of any assignment."""
    return db.session.scalar(LATEST)


def state_at(day: date) -> State:
    """Return the state on `day`: the rows themselves when nothing happened after it, else the history."""
    latest = latest_day()
    return PRESENT if latest is None or latest <= day else past(day)


def visible(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that the person may see an assignment."""
    return within(actor, Action.VIEW_ASSIGNMENTS)


def within(actor: Actor, action: Action) -> ColumnElement[bool]:
    """Return the condition that an assignment lies within the person's scope of an action; lists and checks use it."""
    match actor.reach(action):
        case Scope.ALL:
            return true()
        case Scope.DISTRICT:
            return Assignment.district_id == actor.district_id
        case Scope.BELOW:
            return and_(Assignment.district_id == actor.district_id, Assignment.level.in_(BELOW_A_DISTRICT))
        case Scope.UNIT | Scope.SELF:
            return Assignment.unit_id == actor.unit_id
        case Scope.OFFICE:
            named = select(TaskReviewer.task_id).where(TaskReviewer.office_id == actor.unit_id)
            return or_(Assignment.unit_id == actor.unit_id, Assignment.task_id.in_(named), owner_reviews_others(actor))
        case Scope.NONE:
            return false()


# Aliases, so that the condition also stands in a SELECT that joins the plan and the unit themselves.
_issued, _issuer = aliased(Plan), aliased(Organization)
OF_A_BUREAU = (
    select(_issued.id)
    .join(_issuer, _issuer.id == _issued.issuer_id)
    .where(_issuer.kind == OrganizationKind.DISTRICT_BUREAU)
)
"""The plans that a district's bureau issued to its own sections and 司法所."""


def owner_reviews_others(actor: Actor) -> ColumnElement[bool]:
    """Say that the plan's owner reviews what the other units of its house owe; its own is the counter reviewer's.

    In a city's plan these are the city's offices; in a district's own plan whoever was given a task.
    """
    # An alias, so that the condition also stands in a SELECT that joins the plan itself.
    plan = aliased(Plan)
    owned = select(plan.id).where(plan.owner_id == actor.unit_id)
    countered = select(plan.id).where(plan.counter_reviewer_id == actor.unit_id, plan.owner_id == Assignment.unit_id)
    return and_(
        or_(Assignment.level == OrganizationKind.CITY_OFFICE, Assignment.plan_id.in_(OF_A_BUREAU)),
        Assignment.unit_id != actor.unit_id,
        or_(Assignment.plan_id.in_(owned), Assignment.plan_id.in_(countered)),
    )


def is_handler(actor: Actor, unit_id: int) -> bool:
    """Tell whether the person handles what this unit owes."""
    return may(actor, Action.HANDLE) and actor.unit_id == unit_id


@dataclass(frozen=True)
class Detail:
    """One assignment with its task, unit and plan, for its page."""

    id: int
    version: int
    plan_id: int
    plan_number: str
    near_days: int
    task_id: int
    task_number: str
    text: str
    section: str
    acceptance: str
    deadline_raw: str
    line_from: int
    line_to: int
    unit_id: int
    unit: str
    district_id: int | None
    level: str
    due_on: date | None
    issued_on: date
    status: Status
    completed_on: date | None
    progress: int
    review_levels: int
    original_due_on: date | None
    signed_off_on: date | None
    signed_off_by: str
    closed_on: date | None
    closed_by: str
    of_a_bureau: bool
    moved: bool

    @property
    def lead_decides(self) -> bool:
        """Whether the district's lead concludes; of a bureau's own plan its owner does."""
        return self.level in BELOW_A_DISTRICT and not self.of_a_bureau


def get(actor: Actor, assignment_id: int) -> Detail | None:
    """Return an assignment in the person's scope; a foreign one answers like a missing one."""
    row = db.session.execute(_detail(actor.role), {**of(actor), "id": assignment_id}).one_or_none()
    return None if row is None else Detail(**{**row._mapping, "status": Status(row.status)})


@cache
def _detail(role: Role) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Assignment.id,
            Assignment.version,
            Assignment.plan_id,
            Plan.doc_number.label("plan_number"),
            Plan.near_days,
            Assignment.task_id,
            Task.number.label("task_number"),
            Task.text,
            Section.title.label("section"),
            Task.acceptance,
            Task.deadline_raw,
            Task.line_from,
            Task.line_to,
            Assignment.unit_id,
            Organization.name.label("unit"),
            Assignment.district_id,
            Assignment.level,
            Assignment.due_on,
            Assignment.issued_on,
            Assignment.status,
            Assignment.completed_on,
            Assignment.progress,
            Plan.review_levels,
            Assignment.original_due_on,
            Assignment.signed_off_on,
            Assignment.signed_off_by,
            Assignment.closed_on,
            Assignment.closed_by,
            Assignment.plan_id.in_(OF_A_BUREAU).label("of_a_bureau"),
            and_(DUE_MOVED, Assignment.due_on == Task.due_on).label("moved"),
        )
        .join(Task, Task.id == Assignment.task_id)
        .outerjoin(Section, Section.id == Task.section_id)
        .join(Plan, Plan.id == Assignment.plan_id)
        .join(Organization, Organization.id == Assignment.unit_id)
        .where(Assignment.id == bindparam("id"), visible(anyone(role)))
    )


@dataclass(frozen=True)
class Filter:
    """What a list of assignments is restricted to."""

    plan_id: int | None = None
    unit_id: int | None = None
    district_id: int | None = None
    task_id: int | None = None
    level: str = ""
    statuses: tuple[Status, ...] = ()
    overdue: bool = False
    text: str = ""


class Row(NamedTuple):
    """A line of a list of assignments."""

    id: int
    plan_id: int
    plan: str
    near_days: int
    task_id: int
    number: str
    text: str
    unit_id: int
    unit: str
    district_id: int | None
    district: str | None
    level: str
    due_on: date | None
    due_text: str
    status: Status
    completed_on: date | None
    progress: int
    closed_on: date | None
    original_due_on: date | None
    extensions: int


def _sorts(due: Due) -> dict[str, tuple[Any, ...]]:
    return {
        "due": (due.on, Assignment.id),
        "-due": (due.on.desc(), Assignment.id.desc()),
        "task": (Assignment.task_id, Assignment.id),
        "unit": (Assignment.unit_id, due.on, Assignment.id),
    }


SORTS = _sorts(dues.PRESENT)
"""How lists of assignments can be sorted, by the word in the address."""

DISTRICT = aliased(Organization)
"""The district of an assignment, where a list joins it."""

EXTENDED = dues.PRESENT.extensions
"""How often the due day was put off."""


def anyone(role: Role) -> Actor:
    """Return a stand-in for everybody of a role, with which a SELECT is prepared once; `of` fills it in."""
    return Actor(None, "", "", role, bindparam("actor_unit"), bindparam("actor_district"))  # type: ignore[arg-type]


def of(actor: Actor) -> dict[str, int | None]:
    """Return what a SELECT prepared for anyone needs to know of the person."""
    return {"actor_unit": actor.unit_id, "actor_district": actor.district_id}


def _conditions(role: Role, state: State, used: frozenset[str]) -> list[ColumnElement[bool]]:
    """Return the conditions of a list that joins the plan."""
    shown = or_(Assignment.level != OrganizationKind.JUSTICE_OFFICE, Plan.offices_report)
    return [shown, *_matching(role, state, used)]


def _matching(role: Role, state: State, used: frozenset[str]) -> list[ColumnElement[bool]]:
    """Return the conditions on the assignment: the scope of a role, and the parts of the filter that are used."""
    found = [visible(anyone(role))]
    found += [getattr(Assignment, name) == bindparam(name) for name in EXACT if name in used]
    if "overdue" in used:
        found += [dues.passed(state, bindparam("day", type_=Date)), state.live]
    if "statuses" in used:
        found.append(state.status.in_(bindparam("statuses", expanding=True)))
    if "text" in used:
        found.append(Task.text.like(bindparam("text"), escape="/"))
    return found


EXACT = ("plan_id", "unit_id", "district_id", "task_id", "level")
"""The parts of a filter that a column must equal."""


def _values(actor: Actor, state: State, day: date, wanted: Filter) -> dict[str, Any]:
    """Return what a prepared list is filled with."""
    return {
        **{name: getattr(wanted, name) for name in EXACT},
        **of(actor),
        "day": day,
        "state_day": state.day,
        "statuses": list(wanted.statuses),
        "text": holding(wanted.text),
    }


def _used(wanted: Filter) -> frozenset[str]:
    return frozenset(
        name for name in (*EXACT, "overdue", "statuses", "text") if getattr(wanted, name) not in (None, "", (), False)
    )


def rows(
    actor: Actor,
    state: State,
    day: date,
    wanted: Filter,
    sort: str = "due",
    limit: int | None = None,
    offset: int = 0,
) -> list[Row]:
    """Return the lines of a list, in the database's order and page. One query."""
    statement = _rows_statement(actor.role, state.join is None, _used(wanted), sort, limit is not None)
    values = {**_values(actor, state, day, wanted), "most": limit, "skipped": offset}
    return [as_row(row) for row in db.session.execute(statement, values)]


def as_row(row: Sequence[Any]) -> Row:
    """Return what `listed` selects as a line."""
    return Row._make((*row[:14], STATUSES[row[14]], *row[15:]))


def listed(state: State) -> Select[*tuple[Any, ...]]:
    """Return a SELECT of the columns of Row, joined to task, plan, unit and district; `state.apply` completes it."""
    due = dues.of(state)
    return due.apply(
        select(
            Assignment.id,
            Assignment.plan_id,
            Plan.doc_number,
            Plan.near_days,
            Assignment.task_id,
            Task.number,
            Task.text,
            Assignment.unit_id,
            Organization.name,
            Assignment.district_id,
            DISTRICT.name,
            Assignment.level,
            due.on,
            Task.deadline_raw,
            state.status,
            state.completed_on,
            Assignment.progress,
            Assignment.closed_on,
            due.original,
            due.extensions,
        )
        .select_from(Assignment)
        .join(Task, Task.id == Assignment.task_id)
        .join(Plan, and_(Plan.id == Assignment.plan_id, Plan.state == PlanState.PUBLISHED))
        .join(Organization, Organization.id == Assignment.unit_id)
        .outerjoin(DISTRICT, DISTRICT.id == Assignment.district_id)
    )


@cache
def _rows_statement(
    role: Role, present: bool, used: frozenset[str], sort: str, paged: bool
) -> Select[*tuple[Any, ...]]:
    """Prepare a list once for everybody of a role: to put it together takes longer than to run it."""
    state = PRESENT if present else PAST
    statement = listed(state).where(*_conditions(role, state, used)).order_by(*_sorts(dues.of(state))[sort])
    if paged:
        statement = statement.limit(bindparam("most")).offset(bindparam("skipped"))
    return state.apply(statement)


def count(actor: Actor, state: State, day: date, wanted: Filter) -> int:
    """Return how many lines the list has."""
    statement = _count_statement(actor.role, state.join is None, _used(wanted))
    return int(db.session.scalar(statement, _values(actor, state, day, wanted)) or 0)


@cache
def _count_statement(role: Role, present: bool, used: frozenset[str]) -> Select[int]:
    """Prepare a count: of all, less those that their plan hides.

    To look at the plan of each assignment would cost four times what the count itself does; few plans hide any.
    """
    state = PRESENT if present else PAST
    found = state.apply(select(func.count()).select_from(Assignment).where(*_matching(role, state, used)))
    if "text" in used:
        found = found.join(Task, Task.id == Assignment.task_id)
    unpublished = Plan.state != PlanState.PUBLISHED
    of_plan = found.where(
        Assignment.plan_id == Plan.id,
        or_(unpublished, Assignment.level == OrganizationKind.JUSTICE_OFFICE),
    )
    hidden = select(func.coalesce(func.sum(of_plan.correlate(Plan).scalar_subquery()), 0)).where(
        or_(unpublished, Plan.offices_report.is_(False))
    )
    return select(found.scalar_subquery() - hidden.scalar_subquery())


def changes(assignment_id: int) -> list[StatusChange]:
    """Return every step of an assignment, the newest first."""
    return list(
        db.session.scalars(
            select(StatusChange).where(StatusChange.assignment_id == assignment_id).order_by(StatusChange.id.desc())
        )
    )


def reviewer_names(task_id: int) -> list[str]:
    """Return the offices that review a task, the first-listed first."""
    return list(
        db.session.scalars(
            select(Organization.name)
            .join(TaskReviewer, TaskReviewer.office_id == Organization.id)
            .where(TaskReviewer.task_id == task_id)
            .order_by(TaskReviewer.position)
        )
    )
