"""Reads a plan's record as the events that move scores: of every district, or of one."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import aliased

from tracker.assignments.models import Assignment, DistrictChange, DueChange, Extension, StatusChange
from tracker.db import FOREVER, db
from tracker.people.models import Organization
from tracker.plans.models import Plan, Task
from tracker.rules.evaluation import Stage, Verdict
from tracker.rules.organizations import OrganizationKind
from tracker.rules.score_history import Event, History, Item, Kind
from tracker.rules.scoring import Entry
from tracker.rules.status import Move, Status
from tracker.scoring import terms
from tracker.scoring.models import Appeal, Deduction, Evaluation, EvaluationResult, Freeze, ScoreRule

COUNTING = (OrganizationKind.DISTRICT_BUREAU, OrganizationKind.JUSTICE_OFFICE)
"""Whose assignments a district's score rests on."""


def of(plan: Plan, district_id: int | None = None) -> History:
    """Return the history of a plan's scores; nine queries, or ten after an evaluation, however long it is."""
    items, moved = _items(plan, district_id)
    events = [
        *_rules(plan),
        *_steps(plan, items, district_id),
        *_dues(plan, items, district_id),
        *moved,
        *_entries(plan, items, district_id),
        *_verdicts(plan, items, district_id),
        *_frozen(plan),
    ]
    return History(terms.first_rule(plan), list(items.values()), events)


def _counting(plan: Plan, district_id: int | None) -> ColumnElement[bool]:
    whole = and_(Assignment.plan_id == plan.id, Assignment.level.in_(COUNTING))
    if district_id is None:
        return whole
    left = select(DistrictChange.assignment_id).where(DistrictChange.old_district_id == district_id)
    return and_(whole, or_(Assignment.district_id == district_id, Assignment.id.in_(left)))


def _items(plan: Plan, district_id: int | None) -> tuple[dict[int, Item], list[Event]]:
    """Return the items by their ids, and what went over to another district.

    The first due day and the first district of what was moved are those where its first move began. What a district
    that has ended owed belongs to none from the day after its last.
    """
    district = aliased(Organization)
    statement = (
        select(
            Assignment.id,
            Task.position,
            Assignment.task_id,
            Task.number,
            Task.text,
            Task.line_from,
            Task.line_to,
            Assignment.unit_id,
            Organization.name,
            func.coalesce(DistrictChange.old_district_id, Assignment.district_id),
            district.name,
            Assignment.level,
            _first_due(),
            Assignment.original_due_on,
            district.valid_until,
            DistrictChange,
        )
        .join(Task, Task.id == Assignment.task_id)
        .join(Organization, Organization.id == Assignment.unit_id)
        .outerjoin(DistrictChange, DistrictChange.assignment_id == Assignment.id)
        .join(district, district.id == func.coalesce(DistrictChange.old_district_id, Assignment.district_id))
        .where(_counting(plan, district_id))
        .order_by(Task.position, Assignment.id, DistrictChange.id)
    )
    items, events = dict[int, Item](), list[Event]()
    for *told, ended, change in db.session.execute(statement):
        item = items.setdefault(told[0], Item(*told))
        if ended < FOREVER and not item.is_office:
            events.append(Event(Kind.DISTRICT, ended + timedelta(days=1), key=item.id, item=item))
        if change is not None:
            to = change.new_district_id
            events.append(Event(Kind.DISTRICT, change.day, change.at, change.id, change.actor_name, "", to, item))
    return items, events


def _first_due() -> ColumnElement[date | None]:
    moves = select(DueChange.old_due_on).where(DueChange.assignment_id == Assignment.id).correlate(Assignment)
    first = moves.order_by(DueChange.day, DueChange.id).limit(1).scalar_subquery()
    return case((moves.exists(), first), else_=Assignment.due_on)


def _rules(plan: Plan) -> Iterator[Event]:
    made = dict(db.session.execute(select(ScoreRule.number, ScoreRule.at).where(ScoreRule.plan_id == plan.id)).all())
    for version in terms.versions(plan):
        rule = version.rule
        day = rule.since or plan.issued_on
        reason = version.reason or rule.quote
        yield Event(Kind.RULE, day, made.get(rule.number), rule.number, version.by, reason, rule=rule)


def _steps(plan: Plan, items: dict[int, Item], district_id: int | None) -> Iterator[Event]:
    statement = (
        select(StatusChange)
        .join(Assignment, Assignment.id == StatusChange.assignment_id)
        .where(_counting(plan, district_id))
    )
    for step in db.session.scalars(statement):
        yield Event(
            Kind.STEP,
            step.day,
            step.at,
            step.id,
            step.actor_name,
            step.reason,
            item=items[step.assignment_id],
            move=Move(step.move),
            from_status=Status(step.from_status) if step.from_status else None,
            status=Status(step.to_status),
            done_on=step.done_on,
        )


def _dues(plan: Plan, items: dict[int, Item], district_id: int | None) -> Iterator[Event]:
    statement = (
        select(DueChange, Extension.reason)
        .join(Assignment, Assignment.id == DueChange.assignment_id)
        .outerjoin(Extension, Extension.id == DueChange.extension_id)
        .where(_counting(plan, district_id))
    )
    for change, reason in db.session.execute(statement):
        yield Event(
            Kind.DUE,
            change.day,
            change.at,
            change.id,
            change.actor_name,
            reason or "",
            item=items[change.assignment_id],
            old_due_on=change.old_due_on,
            due_on=change.new_due_on,
            is_extension=change.extension_id is not None,
        )


def _entries(plan: Plan, items: dict[int, Item], district_id: int | None) -> Iterator[Event]:
    statement = (
        select(Deduction, Appeal.id, Appeal.assignment_id)
        .outerjoin(Appeal, Appeal.reversal_id == Deduction.id)
        .where(Deduction.plan_id == plan.id, true() if district_id is None else Deduction.district_id == district_id)
    )
    for line, appeal_id, assignment_id in db.session.execute(statement):
        entry = Entry(line.id, line.points, line.reason, line.day, line.actor_name)
        kind = Kind.DEDUCTION if appeal_id is None else Kind.REVERSAL
        item = items[assignment_id] if assignment_id else None
        yield Event(kind, line.day, line.at, line.id, line.actor_name, line.reason, line.district_id, item, entry=entry)


def _verdicts(plan: Plan, items: dict[int, Item], district_id: int | None) -> Iterator[Event]:
    """Return what the evaluation's publication made of each task that the record says otherwise, then itself."""
    published = db.session.scalar(
        select(Evaluation).where(Evaluation.plan_id == plan.id, Evaluation.published_on.is_not(None))
    )
    if published is None or published.published_on is None:
        return
    day, at = published.published_on, published.published_at
    statement = (
        select(EvaluationResult)
        .join(Assignment, Assignment.id == EvaluationResult.assignment_id)
        .where(_counting(plan, district_id), EvaluationResult.stage == Stage.CITY, EvaluationResult.overrides != "")
    )
    for result in db.session.scalars(statement):
        yield Event(
            Kind.VERDICT,
            day,
            at,
            result.id,
            result.actor_name,
            result.comment,
            item=items[result.assignment_id],
            verdict=Verdict(result.verdict),
        )
    yield Event(Kind.PUBLISHED, day, at, published.id, published.published_by)


def _frozen(plan: Plan) -> Iterator[Event]:
    for found in db.session.scalars(select(Freeze).where(Freeze.plan_id == plan.id)):
        yield Event(Kind.FROZEN, found.day, found.at, found.id, found.actor_name)
