"""How far a plan has come by completion alone: its tasks, and what each unit owes, on any day."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, case, func, null, or_, select

from tracker.assignments import closures, dues
from tracker.assignments.closures import Part
from tracker.assignments.models import Assignment
from tracker.assignments.queries import anyone, of, state_at, visible
from tracker.assignments.state import PAST, PRESENT, STATUSES
from tracker.db import db
from tracker.overview.terms import Term, term
from tracker.people.models import Organization
from tracker.plans import queries as plans
from tracker.plans.models import Plan, PlanState, Section, Task
from tracker.rules.organizations import BELOW_A_DISTRICT, OrganizationKind
from tracker.rules.permissions import Actor, Role
from tracker.rules.status import EXCLUDED, Light, Status, light
from tracker.rules.words import say


class Standing(StrEnum):
    """How a task, or what a unit owes of it, stands; each has exactly one."""

    DONE = "done"
    OVERDUE = "overdue"
    NEAR = "near"
    NORMAL = "normal"
    ONGOING = "ongoing"
    REQUIREMENT = "requirement"
    EARLY = "early"


STANDING_TEXT: dict[Standing, str] = {
    Standing.DONE: say("已办结"),
    Standing.OVERDUE: say("逾期"),
    Standing.NEAR: say("临期"),
    Standing.NORMAL: say("正常"),
    Standing.ONGOING: say("持续推进"),
    Standing.REQUIREMENT: say("要求"),
    Standing.EARLY: say("到期早于印发"),
}

Tally = Counter[Standing]


@dataclass(frozen=True)
class TaskLine:
    """One task on the day: its standing, and how many of its units have completed their part."""

    id: int
    number: str
    text: str
    section_id: int | None
    section: str
    due_on: date | None
    deadline_raw: str
    standing: Standing
    late: bool
    units: int
    completed: int


@dataclass(frozen=True)
class UnitLine:
    """What one unit owes on the day, by standing."""

    id: int
    name: str
    tally: Tally

    @property
    def owed(self) -> int:
        """How much counts for the unit at all."""
        return self.tally.total()

    @property
    def share(self) -> int:
        """The per cent that it has completed, rounded down, so that 100 means all of it."""
        return self.tally[Standing.DONE] * 100 // self.owed


@dataclass(frozen=True)
class Progress:
    """A plan on a day."""

    tasks: list[TaskLine]
    units: list[UnitLine]
    tally: Tally = field(default_factory=Counter)

    @property
    def share(self) -> int:
        """The per cent of the tasks that are done, rounded down."""
        return self.tally[Standing.DONE] * 100 // len(self.tasks) if self.tasks else 0

    def by_section(self) -> list[tuple[int | None, str, Tally]]:
        """Return the tasks' standings by chapter, in the document's order."""
        found: dict[tuple[int | None, str], Tally] = {}
        for task in self.tasks:
            found.setdefault((task.section_id, task.section), Counter())[task.standing] += 1
        return [(*key, tally) for key, tally in found.items()]

    def by_month(self) -> list[tuple[date | None, Tally]]:
        """Return the tasks' standings by the month in which they are due; what has no due day comes last."""
        found: dict[date | None, Tally] = {}
        for task in self.tasks:
            found.setdefault(task.due_on and task.due_on.replace(day=1), Counter())[task.standing] += 1
        return sorted(found.items(), key=lambda item: item[0] or date.max)


def progress(actor: Actor, plan: Plan, day: date) -> Progress:
    """Return how the plan stands on a day, as far as the person may see it. Five queries at any size.

    Whose part of a task decides is asked of all its units, seen or not: a task is not done for the one and open for
    the other.
    """
    present = (state := state_at(day)).join is None
    values = {**of(actor), "plan": plan.id, "state_day": state.day, "day": day}
    shown = cache(lambda status, due_on, late: _light(status, due_on, late, day, plan.near_days))
    parts: dict[int, list[tuple[Part, int]]] = {}
    for task_id, role, status, due_on, late, number, first in db.session.execute(_parts(present), values):
        parts.setdefault(task_id, []).append((Part(role, shown(status, due_on, late), due_on, first), number))
    tasks = _tasks(plan, parts, set(db.session.scalars(_seen(actor.role, present), values)), values)
    tallies: dict[tuple[int, str], Tally] = {}
    for unit_id, name, term_, status, due_on, late, number in db.session.execute(_units(actor.role, present), values):
        standing = _standing(shown(status, due_on, late), term_)
        tallies.setdefault((unit_id, name), Counter())[standing] += number
    units = [UnitLine(*key, tally) for key, tally in tallies.items()]
    return Progress(tasks, units, Counter(task.standing for task in tasks))


def _light(status: str, due_on: date | None, late: int, day: date, near_days: int) -> Light:
    return Light.DONE_LATE if late else light(STATUSES[status], due_on, None, day, near_days)


def _standing(shown: Light, term_: str) -> Standing:
    if shown in (Light.DONE, Light.DONE_LATE):
        return Standing.DONE
    if term_ != Term.DATED:
        return Standing(term_)
    return {Light.OVERDUE: Standing.OVERDUE, Light.NEAR: Standing.NEAR}.get(shown, Standing.NORMAL)


# ---- the tasks


def _tasks(
    plan: Plan, parts: dict[int, list[tuple[Part, int]]], seen: set[int], values: dict[str, Any]
) -> list[TaskLine]:
    found = []
    for row in db.session.execute(_TASKS, values):
        if row.id not in seen:
            continue
        asked = closures.deciding([part for part, _ in parts[row.id]], plan.closing)
        shown = closures.standing(asked, plan.closing)
        due_on = _due(asked, shown)
        kind = row.without if due_on is None else Term.DATED
        done = sum(number for part, number in parts[row.id] if part.light in (Light.DONE, Light.DONE_LATE))
        units = sum(number for _, number in parts[row.id])
        section = plans.label(row.part, row.title)
        texts = (row.id, row.number, row.text, row.section_id, section, due_on, row.deadline_raw)
        found.append(TaskLine(*texts, _standing(shown, kind), shown is Light.DONE_LATE, units, done))
    return found


def _due(asked: Sequence[Part], shown: Light) -> date | None:
    """Return the due day that goes with the task's light; the earliest where several units have their own."""
    same = [part.due_on for part in asked if part.due_on is not None and part.light is shown]
    return min(same or [part.due_on for part in asked if part.due_on is not None], default=None)


_DAY = bindparam("day", type_=Date)
_TASKS = (
    select(
        Task.id,
        Task.number,
        Task.text,
        Task.deadline_raw,
        Task.section_id,
        Section.number.label("part"),
        Section.title,
        term(null(), _DAY).label("without"),
    )
    .outerjoin(Section, Section.id == Task.section_id)
    .where(Task.plan_id == bindparam("plan"))
    .order_by(Task.position)
)


def _of_plan() -> ColumnElement[bool]:
    """Say that an assignment belongs to the plan and somebody reports on it."""
    shown = or_(Assignment.level != OrganizationKind.JUSTICE_OFFICE, Plan.offices_report)
    return and_(Assignment.plan_id == bindparam("plan"), Plan.state == PlanState.PUBLISHED, shown)


def _grouped(present: bool, key: Sequence[Any], *wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return a SELECT of how many assignments have the same key, status, due day and lateness."""
    state = PRESENT if present else PAST
    due = dues.of(state)
    late = case((and_(state.status == Status.COMPLETED, state.completed_on > due.on), 1), else_=0)
    columns = (*key, state.status.label("status"), due.on.label("due_on"), late.label("late"))
    one = select(*columns, Assignment.id.label("assignment_id")).select_from(Assignment)
    joined = due.apply(state.apply(one)).join(Plan, Plan.id == Assignment.plan_id)
    return joined.join(Task, Task.id == Assignment.task_id).where(
        _of_plan(), state.status.not_in(sorted(EXCLUDED)), *wanted
    )


@cache
def _parts(present: bool) -> Select[*tuple[Any, ...]]:
    each = _grouped(present, (Assignment.task_id.label("task_id"), Assignment.role.label("role"))).subquery()
    key = (each.c.task_id, each.c.role, each.c.status, each.c.due_on, each.c.late)
    return select(*key, func.count(), func.min(each.c.assignment_id)).group_by(*key)


@cache
def _seen(role: Role, present: bool) -> Select[*tuple[Any, ...]]:
    each = _grouped(present, (Assignment.task_id.label("task_id"),), visible(anyone(role))).subquery()
    return select(each.c.task_id).distinct()


# ---- the units

_ORDER = (OrganizationKind.DISTRICT_BUREAU, OrganizationKind.CITY_OFFICE, *BELOW_A_DISTRICT)
"""Whose units come first."""


@cache
def _units(role: Role, present: bool) -> Select[*tuple[Any, ...]]:
    term_ = term(dues.of(PRESENT if present else PAST).on, _DAY).label("term")
    each = _grouped(present, (Assignment.unit_id.label("unit_id"), term_), visible(anyone(role))).subquery()
    columns = (each.c.term, each.c.status, each.c.due_on, each.c.late)
    place = case({kind.value: place for place, kind in enumerate(_ORDER)}, value=Organization.kind, else_=len(_ORDER))
    unit = (place, Organization.position, each.c.unit_id, Organization.name)
    return (
        select(each.c.unit_id, Organization.name, *columns, func.count())
        .join(Organization, Organization.id == each.c.unit_id)
        .group_by(*unit, *columns)
        .order_by(*unit[:3])
    )
