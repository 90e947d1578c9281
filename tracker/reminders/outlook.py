"""What an assignment's people will be sent, step by step, if nothing is signed for or reported: known in advance."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from tracker.assignments.models import Assignment
from tracker.db import db
from tracker.plans.models import Plan, Task
from tracker.reminders import recipients
from tracker.reminders.pauses import resumed_on
from tracker.reminders.queries import HEARD, REMINDED, back_on, kept_on, led_done
from tracker.reminders.standing import EVERY, KEPT, Situation, situation_of
from tracker.reports.models import Report
from tracker.rules.escalation import TARGET_TEXT, Target, Trigger, schedule
from tracker.rules.notices import notice_days, step_text
from tracker.rules.plans import Early
from tracker.rules.status import Status
from tracker.workdays.queries import Calendar

AHEAD = timedelta(days=70)
"""How far beyond the due day, or beyond today, the steps are listed."""


@dataclass(frozen=True)
class Step:
    """One step ahead: its day, why, to whom (names; empty where nobody holds the post)."""

    day: date
    what: str
    target: str
    names: tuple[str, ...]
    escalation: bool


def outlook(assignment_id: int, day: date, calendar: Calendar) -> list[Step]:
    """Return the steps from `day` on, in their order; none for what is not reminded of."""
    row = db.session.execute(
        select(Assignment, Plan.issuer_id, EVERY == KEPT, led_done(day), back_on(day), resumed_on(day), kept_on(day))
        .join(Plan, Plan.id == Assignment.plan_id)
        .join(Task, Task.id == Assignment.task_id)
        .where(Assignment.id == assignment_id, Task.early != Early.UNDECIDED)
    ).one_or_none()
    if row is None or row[0].status not in REMINDED:
        return []
    assignment, issuer_id, kept, led, *dates = row
    again = [came for came in dates if came is not None]
    found = situation_of(assignment.plan_id, calendar)
    until = max(day, assignment.due_on or day) + AHEAD
    notices = _notices(assignment, kept, until, found)
    if led:
        notices = (notice for notice in notices if assignment.due_on and notice[0] <= assignment.due_on)
    rungs = _rungs(assignment, Way(kept, led), max(again, default=None), until, found)
    steps = [*notices, *rungs]
    names = _names(assignment, issuer_id, day)
    return [
        Step(at, what, TARGET_TEXT[target], tuple(names.get(target, [])), escalation)
        for at, what, target, escalation in sorted(steps, key=lambda step: step[0])
        if at >= day
    ]


Rough = tuple[date, str, Target, bool]


class Way(NamedTuple):
    """What is special about an assignment: overdue from the start by decision; its task done by the leads."""

    kept: bool
    led: bool


def _notices(assignment: Assignment, kept: bool, until: date, found: Situation) -> Iterator[Rough]:
    policy = found.policy(assignment.plan_id)
    is_working = policy.working(found.calendar.is_working)
    if assignment.due_on is None:
        return
    crowded = found.is_crowded(assignment.plan_id, assignment.due_on)
    dates = (assignment.due_on, assignment.issued_on)
    for notice in notice_days(*dates, is_working, until, policy.notices, crowded, kept):
        yield notice.day, step_text(notice.step, policy.notices), Target.HANDLER, False


def _rungs(assignment: Assignment, way: Way, again: date | None, until: date, found: Situation) -> Iterator[Rough]:
    """Walk the rungs ahead, from `again` where it came back later; a report since then stops those of overdue."""
    policy = found.policy(assignment.plan_id)
    is_working = policy.working(found.calendar.is_working)
    early = assignment.due_on is not None and assignment.due_on < assignment.issued_on
    if early and not way.kept:
        return
    ladder = [rung for rung in policy.ladder if recipients.hears(rung.target, assignment.level)]
    if assignment.status == Status.PENDING:
        anchor = max(assignment.issued_on, again or assignment.issued_on)
        for step in schedule(ladder, Trigger.UNSIGNED, anchor, is_working, until):
            yield step.day, step.rung.text, step.rung.target, True
    if assignment.due_on is not None and not way.led:
        start = assignment.issued_on if early else assignment.due_on
        anchor = max(start, again or start)
        for step in (
            () if _reported(assignment.id, anchor) else schedule(ladder, Trigger.OVERDUE, anchor, is_working, until)
        ):
            yield step.day, step.rung.text, step.rung.target, True


def _reported(assignment_id: int, due_on: date) -> bool:
    reports = select(func.count()).select_from(Report)
    since = reports.where(Report.assignment_id == assignment_id, Report.state.in_(HEARD), Report.filed_on > due_on)
    return bool(db.session.scalar(since))


def _names(assignment: Assignment, issuer_id: int, day: date) -> dict[Target, list[str]]:
    """Return the people behind each target of one assignment."""
    headed = recipients.headed_from(assignment.unit_id, assignment.district_id, assignment.level)
    led = assignment.district_id or issuer_id
    held = recipients.holders({assignment.unit_id, *headed, led}, day)
    return {
        Target.HANDLER: held.get((assignment.unit_id, Target.HANDLER), []),
        Target.SECTION_HEAD: [name for unit_id in headed for name in held.get((unit_id, Target.SECTION_HEAD), [])],
        Target.DEPUTY_HEAD: held.get((led, Target.DEPUTY_HEAD), []),
        Target.UNIT_HEAD: held.get((led, Target.UNIT_HEAD), []),
        Target.SUPERVISOR: recipients.supervisors(issuer_id, day),
    }
