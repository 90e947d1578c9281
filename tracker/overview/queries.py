"""The to-do tabs and the leader's figures, for any day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, literal_column, or_, select

from tracker.assignments import dues
from tracker.assignments.models import Assignment
from tracker.assignments.queries import EXTENDED, anyone, of, state_at, visible
from tracker.assignments.reviewing import reviewable
from tracker.assignments.state import STATUSES
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans.freezes import FINAL
from tracker.plans.models import Plan, Task
from tracker.reminders.models import Urge
from tracker.reminders.queries import REMINDED
from tracker.reports.models import Report
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Actor, Role
from tracker.rules.reports import ReportState
from tracker.rules.status import Status
from tracker.rules.words import say


@dataclass(frozen=True)
class Figures:
    """How many assignments were due, done, overdue and near on a day."""

    total: int
    due: int
    completed: int
    overdue: int
    near: int


NOTHING: Mapping[str, Any] = {}


def figures(actor: Actor, plan: Plan, day: date) -> Figures:
    """Return the figures of the districts' assignments within the person's scope. One roll-up query."""
    state = state_at(day)
    then = dues.of(state)
    # Whatever counts and is not completed is still owed, which is quicker to tell than one of four statuses.
    done, due = state.status == Status.COMPLETED, then.on < day
    # The calendar ends, and a question about its last day must not.
    horizon = day + min(timedelta(days=plan.near_days), date.max - day)
    near = and_(state.status != Status.COMPLETED, then.on.between(day, horizon))
    sums = (func.count(case((wanted, 1))) for wanted in (due, done, and_(due, done), near))
    statement = then.apply(state.apply(select(func.count(), *sums).select_from(Assignment))).where(
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


_OPEN = Assignment.plan_id.not_in(FINAL)
"""What may still be worked on: nothing of a plan whose scores are final."""

_OWN = and_(
    Assignment.unit_id == bindparam("actor_unit"), _reporting(), or_(Assignment.status == Status.COMPLETED, _OPEN)
)
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
    original_due_on: date | None
    filed_on: date | None


_FILED = (
    select(func.max(Report.filed_on))
    .where(Report.assignment_id == Assignment.id, Report.state.not_in([ReportState.DRAFT, ReportState.RECALLED]))
    .correlate(Assignment)
    .scalar_subquery()
)
"""The day of the last report, looked up for the rows of a page only."""


def todo_list(*wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return a SELECT of the columns of TodoRow, joined to task, plan and unit: overdue, near, the rest."""
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
            Assignment.original_due_on,
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


def todo_rows(
    statement: Select[*tuple[Any, ...]], actor: Actor, limit: int, offset: int, more: Mapping[str, Any] = NOTHING
) -> list[TodoRow]:
    """Return a page of what `todo_list` selects; `more` is what its conditions ask for beside the person."""
    values = {**of(actor), **more, "most": limit, "skipped": offset}
    return [TodoRow._make((*row[:8], STATUSES[row[8]], *row[9:])) for row in db.session.execute(statement, values)]


_TODO = {tab: todo_list(_OWN, Assignment.status.in_(statuses)) for tab, (_, statuses) in TODO_TABS.items()}


_URGED = and_(_OWN, Assignment.status.in_(sorted(REMINDED)), exists().where(Urge.assignment_id == Assignment.id))
_TODO[URGED_TAB] = todo_list(_URGED)
_URGED_COUNT = select(func.count()).where(_URGED)


def urged_count(actor: Actor) -> int:
    """Return how much of what the unit owes was urged and still waits for it."""
    return db.session.scalar(_URGED_COUNT, of(actor)) or 0


def todo(actor: Actor, tab: str, limit: int, offset: int) -> list[TodoRow]:
    """Return the unit's assignments under a tab: overdue, near, the rest. One query."""
    return todo_rows(_TODO[tab], actor, limit, offset)


@cache
def _waiting(role: Role) -> ColumnElement[bool]:
    # Written out, because SQLite uses the partial index of what waits for the very same words only.
    return and_(Assignment.status == literal_column(f"'{Status.UNDER_REVIEW}'"), _OPEN, reviewable(anyone(role)))


@cache
def _review_queue(role: Role) -> Select[*tuple[Any, ...]]:
    return todo_list(_waiting(role))


@cache
def _review_count(role: Role) -> Select[int]:
    return select(func.count()).where(_waiting(role))


def review_queue(actor: Actor, limit: int, offset: int) -> list[TodoRow]:
    """Return what waits for the person's review, the earliest due first. One query."""
    return todo_rows(_review_queue(actor.role), actor, limit, offset)


def review_count(actor: Actor) -> int:
    """Return how much waits for the person's review."""
    return db.session.scalar(_review_count(actor.role), of(actor)) or 0
