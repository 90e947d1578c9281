"""How each plan reminds: its own policy where it has one, else the defaults of the rules."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from tracker.db import db
from tracker.reminders.models import EscalationRung, QuietPeriod, ReminderOffset, ReminderPolicy
from tracker.rules.calendar import IsWorking
from tracker.rules.escalation import DEFAULT_LADDER, Rung, Target, Trigger
from tracker.rules.notices import DEFAULT_PLAN, NoticePlan, NoticeStep, Period, Shift, Unit


@dataclass(frozen=True)
class Quiet:
    """Days on which a plan sends nothing, both ends included, and why."""

    first_day: date
    last_day: date
    reason: str


@dataclass(frozen=True)
class Policy:
    """A plan's notices, its ladder and its quiet days; `version` 0 says that nobody has changed the defaults."""

    notices: NoticePlan = DEFAULT_PLAN
    ladder: tuple[Rung, ...] = DEFAULT_LADDER
    quiet: tuple[Quiet, ...] = ()
    version: int = 0

    def is_quiet(self, day: date) -> bool:
        """Tell whether the plan sends nothing on a day."""
        return any(quiet.first_day <= day <= quiet.last_day for quiet in self.quiet)

    def working(self, is_working: IsWorking) -> IsWorking:
        """Return the plan's own working days: those of the calendar less its quiet days."""
        return (lambda day: is_working(day) and not self.is_quiet(day)) if self.quiet else is_working


DEFAULT_POLICY = Policy()


@dataclass
class _Parts:
    """The rows of one plan's policy, gathered table by table."""

    row: ReminderPolicy
    steps: list[NoticeStep] = field(default_factory=list)
    ladder: list[Rung] = field(default_factory=list)
    quiet: list[Quiet] = field(default_factory=list)


def policy_of(plan_id: int) -> Policy:
    """Return one plan's policy."""
    return policies().get(plan_id, DEFAULT_POLICY)


def policies() -> dict[int, Policy]:
    """Return the policies that differ from the defaults, by plan. Four queries."""
    parts = {row.plan_id: _Parts(row) for row in db.session.scalars(select(ReminderPolicy))}
    # PostgreSQL shows each query what is committed by then: rows of a policy that appeared meanwhile wait their turn.
    for offset in db.session.scalars(select(ReminderOffset).order_by(ReminderOffset.id)):
        if known := parts.get(offset.plan_id):
            known.steps.append(NoticeStep(Unit(offset.unit), offset.amount))
    rungs = select(EscalationRung).order_by(EscalationRung.trigger, EscalationRung.workdays, EscalationRung.id)
    for rung in db.session.scalars(rungs):
        if known := parts.get(rung.plan_id):
            known.ladder.append(Rung(Trigger(rung.trigger), rung.workdays, Target(rung.target)))
    for quiet in db.session.scalars(select(QuietPeriod).order_by(QuietPeriod.first_day)):
        if known := parts.get(quiet.plan_id):
            known.quiet.append(Quiet(quiet.first_day, quiet.last_day, quiet.reason))
    return {plan_id: _policy(found) for plan_id, found in parts.items()}


def _policy(parts: _Parts) -> Policy:
    row = parts.row
    notices = NoticePlan(
        tuple(parts.steps),
        Shift(row.shift),
        row.repeat_days,
        row.repeat_weekday,
        row.crowded_percent,
        Period(row.period),
        row.daily_budget,
        row.urge_hours,
    )
    return Policy(notices, tuple(parts.ladder), tuple(parts.quiet), row.version)
