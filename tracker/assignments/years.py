"""A reviewer's yearly word on what a unit owes of a plan of several years: how far it came in that year (R4-01).

A year is reviewed from its last quarter on, never before. The baseline year is taken stock of like the others: nothing
of it can be overdue, for a plan's items have no due day in it (X4-05).
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, exists, func, select

from tracker.assignments import reviewing
from tracker.assignments.about import about
from tracker.assignments.models import Assignment, YearReview, YearVerdict
from tracker.assignments.operations import OWN_UNIT
from tracker.assignments.queries import visible
from tracker.assignments.state import PRESENT
from tracker.audit import operations as audit
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans import freezes
from tracker.plans.models import PlanYear, Task
from tracker.rules.permissions import Action, Actor, Forbidden, may
from tracker.rules.status import MoveRefused
from tracker.rules.words import say

VERDICT_TEXT: dict[YearVerdict, str] = {
    YearVerdict.MET: say("达到"),
    YearVerdict.PARTLY: say("部分达到"),
    YearVerdict.UNMET: say("未达到"),
}
LONGEST = 500
LAST_QUARTER = 10
"""The month from which a year may be reviewed."""


class ReviewRefused(ValueError):
    """A verdict that cannot be stored; `field` names what to correct."""

    def __init__(self, message: str, field: str) -> None:
        """Keep the message and the field it belongs to."""
        super().__init__(message)
        self.field = field


def review(actor: Actor, at: datetime, assignment_id: int, year: int, verdict: str, comment: str) -> YearReview:
    """Put a verdict on record; the one before stays. Raise Forbidden, MoveRefused or ReviewRefused."""
    assignment = db.session.get_one(Assignment, assignment_id, with_for_update=True)
    if not may_review(actor, assignment_id):
        raise Forbidden(OWN_UNIT if actor.unit_id == assignment.unit_id else say("您不是此事项的审核人。"))
    freezes.require_open(assignment.plan_id)
    if year not in {known.year for known in of_plan(assignment.plan_id)}:
        raise ReviewRefused(say("请选择方案中的年度。"), "year")
    if at.date() < opens(year):
        raise MoveRefused(say("{year} 年度从 {day:long} 起评定，现在还早。", year=year, day=opens(year)))
    if verdict not in set(YearVerdict):
        raise ReviewRefused(say("请选择评定结果。"), "verdict")
    words = comment.strip()
    if not words and verdict != YearVerdict.MET:
        raise ReviewRefused(say("没有完全达到的，请写明差在哪里、怎样整改。"), "comment")
    if len(words) > LONGEST:
        raise ReviewRefused(say("说明最多 {n} 字，请精简。", n=LONGEST), "comment")
    kept = YearReview(
        assignment_id=assignment_id,
        year=year,
        verdict=verdict,
        comment=words,
        day=at.date(),
        at=at,
        actor_id=actor.id,
        actor_name=actor.name,
    )
    db.session.add(kept)
    detail = f"{year}：{VERDICT_TEXT[YearVerdict(verdict)]} {words}".strip()
    audit.record(actor, at, "review_year", "assignment", assignment_id, detail, **about(assignment))
    return kept


def opens(year: int) -> date:
    """Return the first day on which a year may be reviewed."""
    return date(year, LAST_QUARTER, 1)


def may_review(actor: Actor, assignment_id: int) -> bool:
    """Tell whether the person may judge a unit's years: the task's reviewers and supervisors, of other units."""
    return may(actor, Action.REVIEW) and reviewing.is_reviewer(actor, assignment_id)


def of_plan(plan_id: int) -> list[PlanYear]:
    """Return the years of a plan, the first one first."""
    return list(db.session.scalars(select(PlanYear).where(PlanYear.plan_id == plan_id).order_by(PlanYear.year)))


# ---- what was said

_newest = select(func.max(YearReview.id)).group_by(YearReview.assignment_id, YearReview.year)


@dataclass(frozen=True)
class Item:
    """A task of the plan: of how many units, and by year how many of them have which verdict."""

    id: int
    number: str
    text: str
    kind: str
    units: int
    verdicts: dict[int, Counter[str]]

    def count(self, year: int, verdict: str) -> int:
        """Return how many units have a verdict of a year; an empty one is none yet."""
        found = self.verdicts.get(year, Counter())
        return found[verdict] if verdict else self.units - found.total()


def items(actor: Actor, plan_id: int) -> list[Item]:
    """Return the tasks of a plan with the verdicts on their units, as far as the person may see them. Two queries."""
    owed = and_(Assignment.plan_id == plan_id, PRESENT.counted, visible(actor))
    said: dict[int, dict[int, Counter[str]]] = {}
    verdicts = (
        select(Assignment.task_id, YearReview.year, YearReview.verdict, func.count())
        .join(Assignment, Assignment.id == YearReview.assignment_id)
        .where(owed, YearReview.id.in_(_newest))
        .group_by(Assignment.task_id, YearReview.year, YearReview.verdict)
    )
    for task_id, year, verdict, number in db.session.execute(verdicts):
        said.setdefault(task_id, {}).setdefault(year, Counter())[verdict] = number
    tasks = (
        select(Task.id, Task.number, Task.text, Task.kind, func.count())
        .join(Assignment, Assignment.task_id == Task.id)
        .where(owed)
        .group_by(Task.id, Task.number, Task.text, Task.kind, Task.position)
        .order_by(Task.position)
    )
    return [Item(*row, said.get(row[0], {})) for row in db.session.execute(tasks)]


@dataclass(frozen=True)
class UnitYears:
    """What one unit owes of a task, and what was said of its years, the newest word first."""

    assignment_id: int
    unit: str
    closed: bool
    said: dict[int, list[YearReview]]


def units(actor: Actor, task_id: int) -> list[UnitYears]:
    """Return the units of a task with every word on their years. Two queries."""
    owed = and_(Assignment.task_id == task_id, PRESENT.counted, visible(actor))
    reviews = select(YearReview).join(Assignment, Assignment.id == YearReview.assignment_id).where(owed)
    said: dict[int, dict[int, list[YearReview]]] = {}
    for one in db.session.scalars(reviews.order_by(YearReview.id.desc())):
        said.setdefault(one.assignment_id, {}).setdefault(one.year, []).append(one)
    rows = (
        select(Assignment.id, Organization.name, Assignment.closed_on)
        .join(Organization, Organization.id == Assignment.unit_id)
        .where(owed)
        .order_by(Organization.position, Organization.id)
    )
    return [
        UnitYears(id_, name, closed is not None, said.get(id_, {})) for id_, name, closed in db.session.execute(rows)
    ]


def runs_for_years(plan_id: int) -> bool:
    """Tell whether a plan has goals by year, so that its items are struck off with evidence only."""
    return bool(db.session.scalar(select(exists().where(PlanYear.plan_id == plan_id))))
