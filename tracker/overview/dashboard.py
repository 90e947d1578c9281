"""What a leader sees of a plan in ten seconds: how it comes along month by month, and what is due next."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select

from tracker.assignments import dues
from tracker.assignments.models import Assignment
from tracker.assignments.queries import visible
from tracker.assignments.state import State
from tracker.db import db
from tracker.plans.models import Plan, Task
from tracker.rules.calendar import shifted_month
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Actor
from tracker.rules.status import Status

LONGEST = 36
"""How many months are shown at most; a plan with a task due in ten years still has a chart."""


class Month(NamedTuple):
    """How much falls due in a month, and by its end; how much was completed by then, None in a month still to come."""

    first: date
    falling: int
    due: int
    completed: int | None

    @property
    def last(self) -> date:
        """The last day of the month."""
        return shifted_month(self.first, 1) - timedelta(days=1)


@dataclass(frozen=True)
class Progress:
    """The districts' assignments of a plan, month by month."""

    total: int
    months: list[Month]


class ComingTask(NamedTuple):
    """A task that falls due soon: of how many districts, and how many of them have completed it."""

    id: int
    number: str
    text: str
    due_on: date
    total: int
    completed: int


def _counted(actor: Actor, plan: Plan, state: State) -> ColumnElement[bool]:
    return and_(
        Assignment.plan_id == plan.id,
        Assignment.level == OrganizationKind.DISTRICT_BUREAU,
        state.counted,
        visible(actor),
    )


def progress(actor: Actor, plan: Plan, state: State, day: date) -> Progress:
    """Return what is due and what is done by the end of each month, from the plan's issue on. One query."""
    done_on = case((state.status == Status.COMPLETED, state.completed_on)).label("done_on")
    then = dues.of(state)
    parts = select(then.on.label("due_on"), done_on).select_from(Assignment)
    each = then.apply(state.apply(parts)).where(_counted(actor, plan, state)).subquery()
    statement = select(each.c.due_on, each.c.done_on, func.count()).group_by(each.c.due_on, each.c.done_on)
    due, done, total = Counter[date](), Counter[date](), 0
    for due_on, completed_on, number in db.session.execute(statement):
        total += number
        if due_on:
            due[month_of(due_on)] += number
        if completed_on:
            done[month_of(completed_on)] += number
    return Progress(total, _months(plan, due, done, day))


def _months(plan: Plan, due: Counter[date], done: Counter[date], day: date) -> list[Month]:
    if not due and not done:
        return []
    first = min([month_of(plan.published_on or day), *due, *done])
    last = max([*due, *done])
    found: list[Month] = []
    sums = [0, 0]
    month = first
    while month <= last and len(found) < LONGEST:
        sums = [sums[0] + due[month], sums[1] + done[month]]
        found.append(Month(month, due[month], sums[0], sums[1] if month <= day else None))
        month = shifted_month(month, 1)
    return found


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def coming(actor: Actor, plan: Plan, state: State, day: date) -> list[ComingTask]:
    """Return the tasks due this month and next, the earliest first. One query."""
    first, then = month_of(day), dues.of(state)
    done = func.count(case((state.status == Status.COMPLETED, 1)))
    parts = select(Task.id, Task.number, Task.text, then.on, func.count(), done).select_from(Assignment)
    statement = (
        then.apply(state.apply(parts))
        .join(Task, Task.id == Assignment.task_id)
        .where(
            _counted(actor, plan, state),
            then.on >= first,
            then.on < shifted_month(first, 2),
        )
        .group_by(Task.id, Task.number, Task.text, Task.position, then.on)
        .order_by(then.on, Task.position)
    )
    return [ComingTask._make(row) for row in db.session.execute(statement)]
