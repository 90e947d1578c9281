"""What will be escalated in the next days, unit by unit, if nothing is signed for or reported."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from tracker.assignments.models import Assignment
from tracker.assignments.queries import state_at, visible
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans.models import Plan, PlanState
from tracker.reminders import recipients
from tracker.reminders.queries import by_dates, labels, owed, spoken
from tracker.reminders.standing import rungs_until, situation
from tracker.rules.escalation import TARGET_TEXT, Rung, Target
from tracker.rules.permissions import Actor
from tracker.workdays import queries as workdays

DAYS = 30
UNITS = 40
"""Units on one page."""


@dataclass(frozen=True)
class Escalation:
    """One rung that a unit reaches on a day, with its tasks, and who will hear of it (empty: nobody holds the post)."""

    day: date
    what: str
    target: str
    names: tuple[str, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class UnitAhead:
    """A unit with what is ahead of it, by day."""

    id: int
    name: str
    steps: tuple[Escalation, ...]


def unit_count(actor: Actor) -> int:
    """Return how many units in the person's scope owe anything."""
    owing = select(func.count(func.distinct(Assignment.unit_id))).join(Plan, Plan.id == Assignment.plan_id)
    return db.session.scalar(owing.where(Plan.state == PlanState.PUBLISHED, visible(actor))) or 0


def escalations(actor: Actor, day: date, page: int) -> list[UnitAhead]:
    """Return one page of the units in the person's scope, with the rungs they reach after `day` and within DAYS."""
    units = _units(actor, page)
    found = situation(workdays.calendar())
    standing = by_dates(rungs_until(day + timedelta(days=DAYS), found))
    statement = owed(day, state_at(day)).where(Assignment.unit_id.in_(sorted(units)), visible(actor))
    statement = statement.add_columns(Plan.issuer_id)
    tasks, grouped = labels(), defaultdict(list)
    bureaus: dict[int, tuple[tuple[int, ...], int]] = {}
    issuers: dict[int, int] = {}
    for row in db.session.execute(statement):
        issuers[row.unit_id] = row.issuer_id
        headed = recipients.headed_from(row.unit_id, row.district_id, row.level)
        bureaus[row.unit_id] = (headed, row.district_id or row.issuer_id)
        for one in spoken(row, standing, day + timedelta(days=DAYS), found.working):
            if one.step_day > day and recipients.hears(Target(one.target), row.level):
                grouped[(row.unit_id, one.step_day, one.step, one.target)].append(tasks[row.task_id])
    held = recipients.holders({unit for headed, led in bureaus.values() for unit in (*headed, led)} | set(units), day)
    city = {issuer: recipients.supervisors(issuer, day) for issuer in set(issuers.values())}
    steps: dict[int, list[Escalation]] = defaultdict(list)
    for (unit_id, at, step, target), named in sorted(grouped.items(), key=lambda item: item[0]):
        among = _bureaus(unit_id, target, bureaus)
        holders = [name for bureau in among for name in held.get((bureau, Target(target)), [])]
        who = city[issuers[unit_id]] if target == Target.SUPERVISOR else holders
        numbers = tuple(task.number for task in sorted(named, key=lambda task: (task.doc_number, task.position)))
        steps[unit_id].append(Escalation(at, Rung.named(step).text, TARGET_TEXT[Target(target)], tuple(who), numbers))
    return [UnitAhead(unit_id, name, tuple(steps.get(unit_id, ()))) for unit_id, name in units.items()]


def _bureaus(unit_id: int, target: str, bureaus: dict[int, tuple[tuple[int, ...], int]]) -> tuple[int, ...]:
    """Return the units among whose people a target is found."""
    headed, led = bureaus[unit_id]
    return {Target.HANDLER: (unit_id,), Target.SECTION_HEAD: headed}.get(Target(target), (led,))


def _units(actor: Actor, page: int) -> dict[int, str]:
    owing = (
        select(Assignment.unit_id)
        .join(Plan, Plan.id == Assignment.plan_id)
        .where(Plan.state == PlanState.PUBLISHED, visible(actor))
    )
    rows = db.session.execute(
        select(Organization.id, Organization.name)
        .where(Organization.id.in_(owing))
        .order_by(Organization.kind, Organization.position, Organization.id)
        .limit(UNITS)
        .offset((page - 1) * UNITS)
    )
    return dict(iter(rows))
