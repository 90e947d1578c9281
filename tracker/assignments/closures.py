"""Whose completion finishes a task: its leads' where it has any, else what its plan says of all, any or the first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, and_, case, exists, func, select

from tracker.assignments import dues
from tracker.assignments.models import Assignment
from tracker.assignments.state import PRESENT, STATUSES, State
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans.models import PartyRole, Plan, PlanYear, Task
from tracker.rules.plans import Closing
from tracker.rules.status import Light, Status, light
from tracker.rules.words import say

ROLE_TEXT: dict[PartyRole, str] = {
    PartyRole.LEAD: say("牵头"),
    PartyRole.RESPONSIBLE: say("责任"),
    PartyRole.COOPERATING: say("协办"),
}
CLOSING_TEXT: dict[Closing, str] = {
    Closing.ALL: say("全部责任单位办结"),
    Closing.ANY: say("任一责任单位办结"),
    Closing.FIRST: say("首列责任单位办结"),
}
BY_LEAD = say("牵头单位办结")

WORST_FIRST = (Light.OVERDUE, Light.NEAR, Light.NORMAL, Light.NOT_STARTED)


@dataclass(frozen=True)
class Part:
    """What one or several units owe of a task alike: their part, their light, and the lowest id among them."""

    role: str
    light: Light
    due_on: date | None
    first_id: int


def deciding(parts: Iterable[Part], closing: str) -> list[Part]:
    """Return the parts on which it depends whether the task is done: the leads', else those of whom the plan asks.

    Who only cooperates decides where nobody else is named. The first is the unit that was handed the task first:
    they are handed out in the document's order.
    """
    counted = [part for part in parts if part.light is not Light.EXCLUDED]
    for role in (PartyRole.LEAD, PartyRole.RESPONSIBLE, PartyRole.COOPERATING):
        if asked := [part for part in counted if part.role == role]:
            one = role is not PartyRole.LEAD and closing == Closing.FIRST
            return [min(asked, key=lambda part: part.first_id)] if one else asked
    return []


def is_done(asked: Sequence[Part], closing: str) -> bool:
    """Tell whether the parts that decide finish the task."""
    done = [part.light in (Light.DONE, Light.DONE_LATE) for part in asked]
    by_any = closing == Closing.ANY and all(part.role != PartyRole.LEAD for part in asked)
    return any(done) if by_any else bool(done) and all(done)


def standing(asked: Sequence[Part], closing: str) -> Light:
    """Return the light of the task: the worst of what is open among those who decide, the best where any one will do.

    Of what is done, late is late as soon as one of them was.
    """
    if not asked:
        return Light.EXCLUDED
    lights = [part.light for part in asked]
    if is_done(asked, closing):
        done = [shown for shown in lights if shown in (Light.DONE, Light.DONE_LATE)]
        late = any if closing != Closing.ANY else all
        return Light.DONE_LATE if late(shown is Light.DONE_LATE for shown in done) else Light.DONE
    still_open = [shown for shown in WORST_FIRST if shown in lights]
    by_any = closing == Closing.ANY and all(part.role != PartyRole.LEAD for part in asked)
    return still_open[-1 if by_any else 0]


def led_to_the_end(day: date) -> Select[int]:
    """Return the SELECT of the tasks whose leads, all that count, had completed them by a day."""
    done = and_(Assignment.status == Status.COMPLETED, Assignment.completed_on <= day)
    return (
        select(Assignment.task_id)
        .where(Assignment.role == PartyRole.LEAD, Assignment.status.not_in([Status.EXEMPT, Status.WITHDRAWN]))
        .group_by(Assignment.task_id)
        .having(func.sum(case((done, 0), else_=1)) == 0)
    )


# ---- one task


class Owed(NamedTuple):
    """What one unit owes of a task on a day."""

    id: int
    unit_id: int
    unit: str
    role: PartyRole
    status: Status
    light: Light
    due_on: date | None


@dataclass(frozen=True)
class Closure:
    """Who leads a task, whose completion finishes it, and how far its units are; nobody owes it where `units` is 0."""

    leads: list[str]
    rule: str
    done: bool
    completed: int
    units: int


MOST = 60
"""Units told beside a lead's own part; more than that nobody looks through."""

_PLACE = case({role.value: place for place, role in enumerate(PartyRole)}, value=Assignment.role)


def of(task_id: int, closing: str, state: State, day: date, near_days: int) -> Closure:
    """Return how a task stands on a day by the parts of its units. One query, and one for the leads if it has any."""
    due = dues.of(state)
    late = case((and_(state.status == Status.COMPLETED, state.completed_on > due.on), 1), else_=0)
    one = select(
        Assignment.id, Assignment.role, state.status.label("status"), due.on.label("due_on"), late.label("late")
    )
    of_task = due.apply(state.apply(one.select_from(Assignment))).where(Assignment.task_id == task_id, state.counted)
    each = of_task.subquery()
    key = (each.c.role, each.c.status, each.c.due_on, each.c.late)
    parts, units, completed = [], 0, 0
    for role, status, due_on, was_late, number, first in db.session.execute(
        select(*key, func.count(), func.min(each.c.id)).group_by(*key)
    ):
        known = STATUSES[status]
        parts.append(
            Part(role, Light.DONE_LATE if was_late else light(known, due_on, None, day, near_days), due_on, first)
        )
        units, completed = units + number, completed + number * (known is Status.COMPLETED)
    asked = deciding(parts, closing)
    led = any(part.role == PartyRole.LEAD for part in asked)
    rule = BY_LEAD if led else CLOSING_TEXT[Closing(closing)]
    return Closure(_leads(task_id, state) if led else [], rule, is_done(asked, closing), completed, units)


def _leads(task_id: int, state: State) -> list[str]:
    found = select(Organization.name).select_from(Assignment).join(Organization, Organization.id == Assignment.unit_id)
    led = found.where(Assignment.task_id == task_id, Assignment.role == PartyRole.LEAD, state.counted)
    return list(db.session.scalars(state.apply(led).order_by(Assignment.id)))


def others(task_id: int, unit_id: int, day: date, near_days: int) -> list[Owed]:
    """Return what the units beside one owe of a task now, the leads first and no more than MOST. One query."""
    found = (
        select(
            Assignment.id,
            Assignment.unit_id,
            Organization.name,
            Assignment.role,
            Assignment.status,
            Assignment.due_on,
            Assignment.completed_on,
        )
        .join(Organization, Organization.id == Assignment.unit_id)
        .where(Assignment.task_id == task_id, Assignment.unit_id != unit_id, PRESENT.counted)
        .order_by(_PLACE, Assignment.id)
        .limit(MOST)
    )
    return [
        Owed(
            row.id,
            row.unit_id,
            row.name,
            PartyRole(row.role),
            STATUSES[row.status],
            light(STATUSES[row.status], row.due_on, row.completed_on, day, near_days),
            row.due_on,
        )
        for row in db.session.execute(found)
    ]


def still_open(owed: Iterable[Owed]) -> list[Owed]:
    """Return what is not completed yet."""
    return [one for one in owed if one.light in WORST_FIRST]


class Terms(NamedTuple):
    """What an assignment's part, plan and task say of how it is finished."""

    role: PartyRole
    closing: str
    kind: str
    early: str
    report_every: str
    years: bool


def terms_of(assignment_id: int) -> Terms:
    """Return the part of an assignment's unit, how its plan closes, its task's own terms, if the plan has years."""
    in_years = exists().where(PlanYear.plan_id == Assignment.plan_id)
    found = (
        select(Assignment.role, Plan.closing, Task.kind, Task.early, Task.report_every, in_years)
        .join(Plan, Plan.id == Assignment.plan_id)
        .join(Task, Task.id == Assignment.task_id)
        .where(Assignment.id == assignment_id)
    )
    role, closing, kind, early, every, yearly = db.session.execute(found).one()
    return Terms(PartyRole(role), closing, kind, early, every, bool(yearly))
