"""What leaders watch of everybody's assignments: what falls due this week, and what is returned again and again."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from tracker.assignments.models import Assignment
from tracker.assignments.queries import anyone, of, visible
from tracker.assignments.state import PRESENT
from tracker.db import db, holding
from tracker.overview.queries import TodoRow, todo_list, todo_rows
from tracker.plans.models import Plan, PlanState, Task
from tracker.reports.models import Report, Review
from tracker.rules.calendar import week_of
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Actor, Role
from tracker.rules.reports import AGAIN_AND_AGAIN, Decision
from tracker.rules.status import WORKING
from tracker.rules.words import say

WEEK, RETURNS = "week", "returns"

TABS: dict[str, tuple[str, frozenset[Role]]] = {
    WEEK: (say("本周到期"), frozenset({Role.LEADER})),
    RETURNS: (say("连续退回"), frozenset({Role.LEADER, Role.SUPERVISOR})),
}
"""The word in the address, the label, and who watches it."""


@dataclass(frozen=True)
class Watch:
    """What a watched list is restricted to."""

    district_id: int | None = None
    text: str = ""


class Returned(NamedTuple):
    """How often in a row an assignment was returned; when, by whom and why the last time."""

    times: int
    day: date
    by: str
    reason: str


def tabs_of(actor: Actor) -> dict[str, str]:
    """Return the tabs that the person's role has: word and label."""
    return {word: label for word, (label, roles) in TABS.items() if actor.role in roles}


# ---- what is watched

_DISTRICTS_AND_OFFICES = Assignment.level != OrganizationKind.JUSTICE_OFFICE
"""司法所 answer to their district, and are nobody's business above it."""


def _accepted_since() -> ColumnElement[bool]:
    later, accepted = aliased(Report), aliased(Review)
    return exists().where(
        later.assignment_id == Report.assignment_id,
        accepted.report_id == later.id,
        accepted.decision == Decision.ACCEPT,
        accepted.id > Review.id,
    )


def _returned(*wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return a SELECT of what rules.reports.returned_in_a_row counts; a test holds the two against each other."""
    return (
        select(Report.assignment_id, func.count().label("times"), func.max(Review.id).label("last"))
        .join(Review, Review.report_id == Report.id)
        .where(Review.decision == Decision.RETURN, ~_accepted_since(), *wanted)
        .group_by(Report.assignment_id)
    )


_AGAIN_AND_AGAIN = _returned().having(func.count() >= AGAIN_AND_AGAIN).subquery()

_CONDITIONS: dict[str, ColumnElement[bool]] = {
    WEEK: and_(
        PRESENT.live, Assignment.due_on.between(bindparam("monday", type_=Date), bindparam("sunday", type_=Date))
    ),
    # What is under review waits for the reviewer, and what was recalled for the unit again.
    RETURNS: and_(Assignment.status.in_(sorted(WORKING)), Assignment.id.in_(select(_AGAIN_AND_AGAIN.c.assignment_id))),
}


def _conditions(role: Role, tab: str, used: frozenset[str]) -> list[ColumnElement[bool]]:
    """Return the conditions on a SELECT that joins task and plan."""
    found = [_CONDITIONS[tab], _DISTRICTS_AND_OFFICES, Plan.state == PlanState.PUBLISHED, visible(anyone(role))]
    if "district_id" in used:
        found.append(Assignment.district_id == bindparam("district_id"))
    if "text" in used:
        found.append(Task.text.like(bindparam("text"), escape="/"))
    return found


def _used(wanted: Watch) -> frozenset[str]:
    return frozenset(name for name, value in vars(wanted).items() if value not in (None, ""))


def _values(actor: Actor, day: date, wanted: Watch) -> dict[str, Any]:
    monday, sunday = week_of(day)
    text = holding(wanted.text)
    return {**of(actor), "monday": monday, "sunday": sunday, "district_id": wanted.district_id, "text": text}


@cache
def _rows(role: Role, tab: str, used: frozenset[str]) -> Select[*tuple[Any, ...]]:
    return todo_list(*_conditions(role, tab, used))


@cache
def _count(role: Role, tab: str, used: frozenset[str]) -> Select[int]:
    return (
        select(func.count())
        .select_from(Assignment)
        .join(Task, Task.id == Assignment.task_id)
        .join(Plan, Plan.id == Assignment.plan_id)
        .where(*_conditions(role, tab, used))
    )


@cache
def _counts(role: Role, tabs: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    return select(*(_count(role, tab, frozenset()).scalar_subquery() for tab in tabs))


def counts(actor: Actor, day: date) -> dict[str, int]:
    """Return how many rows each tab of the role has. One query, or none where the role has no tab."""
    tabs = tuple(tabs_of(actor))
    if not tabs:
        return {}
    return dict(
        zip(tabs, db.session.execute(_counts(actor.role, tabs), _values(actor, day, Watch())).one(), strict=True)
    )


def count(actor: Actor, tab: str, day: date, wanted: Watch) -> int:
    """Return how many rows a tab has under its filters. One query."""
    return db.session.scalar(_count(actor.role, tab, _used(wanted)), _values(actor, day, wanted)) or 0


def rows(actor: Actor, tab: str, day: date, wanted: Watch, limit: int, offset: int) -> list[TodoRow]:
    """Return a page of a tab, the earliest due first. One query."""
    return todo_rows(_rows(actor.role, tab, _used(wanted)), actor, limit, offset, _values(actor, day, wanted))


def returns(assignment_ids: Collection[int]) -> dict[int, Returned]:
    """Return how often each assignment was returned in a row, and the last reason. One query."""
    each = _returned(Report.assignment_id.in_(sorted(assignment_ids))).subquery()
    statement = select(each.c.assignment_id, each.c.times, Review.day, Review.reviewer_name, Review.reason)
    found: Iterable[Any] = db.session.execute(statement.join(Review, Review.id == each.c.last))
    return {id_: Returned(*told) for id_, *told in found}


@cache
def _next_due(role: Role) -> Select[date | None]:
    return (
        select(func.min(Assignment.due_on))
        .join(Plan, and_(Plan.id == Assignment.plan_id, Plan.state == PlanState.PUBLISHED))
        .where(PRESENT.live, _DISTRICTS_AND_OFFICES, visible(anyone(role)), Assignment.due_on > bindparam("sunday"))
    )


def next_due(actor: Actor, day: date) -> date | None:
    """Return the first day after this week on which something falls due. One query."""
    return db.session.scalar(_next_due(actor.role), {**of(actor), "sunday": week_of(day)[1]})
