"""Which notices and rungs stand on a day, for each plan, due day and day of dispatch: arithmetic before any person."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, select

from tracker.assignments.models import Assignment
from tracker.db import FOREVER, db
from tracker.plans.models import Plan, PlanState, Task
from tracker.reminders.policy import DEFAULT_POLICY, Policy, policies, policy_of
from tracker.rules.calendar import IsWorking
from tracker.rules.escalation import Target, Trigger, schedule
from tracker.rules.notices import (
    Notice,
    NoticeKind,
    crowded_months,
    latest_notice,
    latest_period_notice,
    period_start,
)
from tracker.rules.plans import Early, ReportEvery
from tracker.workdays.queries import Calendar

NEVER = FOREVER
"""Stands for a due day that 持续推进 does not have, so that one comparison finds its rows."""


@dataclass(frozen=True)
class Standing:
    """A notice that stands on a day for every assignment of a plan with this due day and day of dispatch.

    `anchor` is the day it counts from; a report filed on or after `since` silences it; `unsigned` asks for one that
    was not signed for.
    """

    plan_id: int
    due_on: date
    issued_on: date
    kind: str
    step: str
    step_day: date
    anchor: date
    target: str
    since: date
    unsigned: bool
    every: str = ""


SILENT = "silent"
"""Stands for how often a task is reported on whose due day had passed before its document was issued: nothing is
said of it until a supervisor has decided (X3-01)."""

KEPT = "kept"
"""Stands for the same of a task that is overdue by a supervisor's decision, and reminded of like any other."""

EVERY = case(
    (Task.early == Early.UNDECIDED, SILENT),
    (Assignment.due_on.is_(None), Task.report_every),
    (Task.early == Early.KEPT, KEPT),
    else_="",
)
"""How often what has no due day is reported on, where its task says so itself; needs the task beside the assignment."""


@dataclass(frozen=True)
class Dates:
    """The days that the assignments of a plan have in common, and how often they are reported on (EVERY)."""

    plan_id: int
    due_on: date | None
    issued_on: date
    every: str = ""


@dataclass(frozen=True)
class Situation:
    """What the standing notices of a day are worked out from: policies, calendar, crowded months, dates in use."""

    policies: dict[int, Policy]
    calendar: Calendar
    crowded: dict[int, frozenset[tuple[int, int]]]
    dates: tuple[Dates, ...]

    def policy(self, plan_id: int) -> Policy:
        """Return the plan's policy."""
        return self.policies.get(plan_id, DEFAULT_POLICY)

    def working(self, plan_id: int) -> IsWorking:
        """Return the plan's own working days."""
        return self.policy(plan_id).working(self.calendar.is_working)

    def is_crowded(self, plan_id: int, due_on: date) -> bool:
        """Tell whether a plan has most of its tasks due in this month."""
        return (due_on.year, due_on.month) in self.crowded.get(plan_id, frozenset())


def situation(calendar: Calendar) -> Situation:
    """Read what is needed of every published plan. Six queries."""
    found = policies()
    dues: dict[int, list[date]] = defaultdict(list)
    for plan, due_on in db.session.execute(select(Task.plan_id, Task.due_on).where(Task.due_on.is_not(None))):
        dues[plan] += [due_on] if due_on else []
    dates = (
        select(Assignment.plan_id, Assignment.due_on, Assignment.issued_on, EVERY)
        .join(Plan, Plan.id == Assignment.plan_id)
        .join(Task, Task.id == Assignment.task_id)
        .where(Plan.state == PlanState.PUBLISHED)
        .distinct()
    )
    return Situation(
        found,
        calendar,
        {plan: crowded_months(days, found.get(plan, DEFAULT_POLICY).notices) for plan, days in dues.items()},
        tuple(Dates(*row) for row in db.session.execute(dates)),
    )


def situation_of(plan_id: int, calendar: Calendar) -> Situation:
    """Read what is needed of one plan, for looking ahead; its dates are left out. Five queries."""
    policy = policy_of(plan_id)
    dues = db.session.scalars(select(Task.due_on).where(Task.plan_id == plan_id, Task.due_on.is_not(None)))
    crowded = crowded_months([due_on for due_on in dues if due_on], policy.notices)
    return Situation({plan_id: policy}, calendar, {plan_id: crowded}, ())


def standing(day: date, found: Situation) -> list[Standing]:
    """Return every notice and rung that stands on a day; a plan in its quiet days has none."""
    return [
        row
        for dates in found.dates
        if dates.every != SILENT and not found.policy(dates.plan_id).is_quiet(day)
        for row in (*_notices(dates, day, found), *_rungs(dates, day, found))
    ]


def _notices(dates: Dates, day: date, found: Situation) -> Iterator[Standing]:
    policy = found.policy(dates.plan_id)
    is_working = found.working(dates.plan_id)
    if dates.due_on is not None:
        crowded = found.is_crowded(dates.plan_id, dates.due_on)
        notice = latest_notice(
            dates.due_on, dates.issued_on, day, is_working, policy.notices, crowded, dates.every == KEPT
        )
        if notice:
            yield _row(dates, NoticeKind.DUE, notice, dates.due_on, Target.HANDLER)
        return
    period = ReportEvery(dates.every) if dates.every else policy.notices.period
    if standing_period := latest_period_notice(dates.issued_on, day, is_working, period):
        end, notice = standing_period
        since = period_start(end, period)
        yield _row(dates, NoticeKind.PERIODIC, notice, end, Target.HANDLER, since)


def rungs_until(last: date, found: Situation) -> list[Standing]:
    """Return the rungs that are reached up to a day."""
    return [row for dates in found.dates if dates.every != SILENT for row in _rungs(dates, last, found)]


def _rungs(dates: Dates, day: date, found: Situation) -> Iterator[Standing]:
    """Walk the rungs that are reached; what was due before it was published waits for a supervisor's word (X3-01).

    Where that word is that it is overdue, nobody is told of silence that is older than the publication.
    """
    early = dates.due_on is not None and dates.due_on < dates.issued_on
    if early and dates.every != KEPT:
        return
    policy = found.policy(dates.plan_id)
    is_working = found.working(dates.plan_id)
    for trigger, anchor in (
        (Trigger.UNSIGNED, dates.issued_on),
        (Trigger.OVERDUE, dates.issued_on if early else dates.due_on),
    ):
        if anchor is None:
            continue
        unsigned = trigger is Trigger.UNSIGNED
        since = NEVER if unsigned else anchor + timedelta(days=1)
        for step in schedule(policy.ladder, trigger, anchor, is_working, day):
            notice = Notice(step.rung.name, step.day)
            yield _row(dates, NoticeKind.ESCALATION, notice, anchor, step.rung.target, since, unsigned)


def _row(
    dates: Dates,
    kind: NoticeKind,
    notice: Notice,
    anchor: date,
    target: Target,
    since: date = NEVER,
    unsigned: bool = False,
) -> Standing:
    return Standing(
        dates.plan_id,
        dates.due_on or NEVER,
        dates.issued_on,
        kind.value,
        notice.step,
        notice.day,
        anchor,
        target.value,
        since,
        unsigned,
        dates.every,
    )
