"""Notices that stand on a day and were not yet given to their people, and the record of the runs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from tracker.assignments import closures
from tracker.assignments.models import Assignment, DueChange, StatusChange
from tracker.assignments.queries import state_at
from tracker.assignments.state import State
from tracker.db import db
from tracker.people.models import Organization, User
from tracker.people.queries import serving
from tracker.plans.freezes import FINAL
from tracker.plans.models import PartyRole, Plan, PlanState, Task
from tracker.reminders import pauses
from tracker.reminders.digest import DueNotice
from tracker.reminders.models import Lease, Notice, ReminderRun
from tracker.reminders.pauses import is_paused
from tracker.reminders.recipients import recipient_of
from tracker.reminders.standing import EVERY, KEPT, NEVER, Standing
from tracker.reports.models import Report
from tracker.rules.calendar import IsWorking, previous_working_day
from tracker.rules.escalation import Rung, Target, rung_day
from tracker.rules.notices import NoticeKind
from tracker.rules.organizations import OrganizationKind
from tracker.rules.plans import Early
from tracker.rules.reports import ReportState
from tracker.rules.status import LIVE, Move, Status
from tracker.workdays.queries import Calendar

REMINDED = LIVE - {Status.UNDER_REVIEW}
"""Statuses in which the next step is the unit's own; what lies with a reviewer is silent."""

HEARD = (ReportState.FILED, ReportState.ACCEPTED)
"""Reports that are in: one that was returned or recalled is not."""

DUTY = "scheduler"
"""The name of the lease that the working scheduler holds."""

WorkingOf = Callable[[int], IsWorking]
"""From a plan to its working days."""

BATCH = 500
"""People whose letters are planned in one transaction: memory and locks stay small whatever the number of people."""


@dataclass(frozen=True)
class People:
    """The accounts with ids after `after`, up to `until`; where a district is given, only its own people."""

    after: int
    until: int
    district_id: int | None = None


def batches(day: date, size: int = BATCH, district_id: int | None = None) -> list[People]:
    """Cut everybody who can get letters on a day, or those of one district, into batches, in the order of their ids."""
    somewhere = [] if district_id is None else [_of_district(Organization, district_id)]
    ranked = (
        select(User.id, func.row_number().over(order_by=User.id).label("place"))
        .join(Organization, Organization.id == User.unit_id)
        .where(serving(day), *somewhere)
        .subquery()
    )
    last = db.session.scalar(select(func.max(ranked.c.id))) or 0
    full = select(ranked.c.id).where(ranked.c.place % size == 0, ranked.c.id < last).order_by(ranked.c.id)
    bounds = [0, *db.session.scalars(full), last]
    return [People(after, until, district_id) for after, until in pairwise(bounds) if until]


def people_count(day: date, district_id: int | None = None) -> int:
    """Return how many people can get letters on a day, everywhere or in one district."""
    somewhere = [] if district_id is None else [_of_district(Organization, district_id)]
    counted = select(func.count(User.id)).join(Organization, Organization.id == User.unit_id)
    return db.session.scalar(counted.where(serving(day), *somewhere)) or 0


def _of_district(unit: type[Organization], district_id: int) -> ColumnElement[bool]:
    """The condition that a unit is a district bureau or one of its 司法所."""
    return or_(unit.id == district_id, unit.parent_id == district_id)


def goes_out(day: date, calendar: Calendar, assume_runs: bool = False) -> bool:
    """Tell whether letters go out on a day: on a day off only where the working day before it was slept through.

    `assume_runs` is for looking ahead, when the runs of the days between are still to come.
    """
    if calendar.is_working(day):
        return True
    before = previous_working_day(day, calendar.is_working)
    since = select(func.count()).select_from(ReminderRun).where(ReminderRun.day >= before, ReminderRun.day < day)
    return not assume_runs and not db.session.scalar(since)


@dataclass(frozen=True)
class TaskLabel:
    """How a letter names a task."""

    number: str
    position: int
    text: str
    doc_number: str
    plan_title: str


def labels() -> dict[int, TaskLabel]:
    """Return the tasks of every published plan by id. One query."""
    rows = db.session.execute(
        select(Task.id, Task.number, Task.position, Task.text, Plan.doc_number, Plan.title)
        .join(Plan, Plan.id == Task.plan_id)
        .where(Plan.state == PlanState.PUBLISHED)
    )
    return {row.id: TaskLabel(row.number, row.position, row.text, row.doc_number, row.title) for row in rows}


def notices(
    day: date, standing: Sequence[Standing], tasks: Mapping[int, TaskLabel], people: People, working: WorkingOf
) -> list[DueNotice]:
    """Return every notice that stands on `day` and that its person, one of `people`, has not had, by person.

    One query for each sort of recipient, one for what was given, one for the newest day on record. What stands is
    held against the rows here: a join with it would make the database look at every assignment for each batch.
    """
    state, found = state_at(day), []
    for target in Target:
        standing_of = by_dates(row for row in standing if row.target == target)
        if standing_of:
            for row in db.session.execute(_addressed(day, target, state, people)):
                found += [_notice(row, one, tasks[row.task_id]) for one in spoken(row, standing_of, day, working)]
    had = _had(people, {row.step for row in standing})
    wanted = [notice for notice in found if given(notice) not in had]
    return sorted(wanted, key=lambda notice: notice.user_id)


ByDates = Mapping[tuple[int, date, date, str], list[Standing]]
"""What stands by plan, due day, day of dispatch and how often it is reported on."""


def by_dates(standing: Iterable[Standing]) -> ByDates:
    """Return what stands by what rows of `owed` have in common."""
    found: dict[tuple[int, date, date, str], list[Standing]] = {}
    for row in standing:
        found.setdefault((row.plan_id, row.due_on, row.issued_on, row.every), []).append(row)
    return found


def spoken(row: Any, standing: ByDates, day: date, working: WorkingOf) -> Iterator[Standing]:
    """Yield what stands on `day` and speaks of an assignment, given as a row of `owed`.

    What came back to the unit after a rung's clock began starts that clock anew: nobody is told that a unit is silent
    about what lay with a reviewer, was done, or was paused.
    """
    for one in standing.get((row.plan_id, row.due_on or NEVER, row.issued_on, row.every), ()):
        begun = begun_anew(one, row)
        if begun is not None:
            later = rung_day(Rung.named(one.step), begun, working(row.plan_id))
            if later > day:
                continue
            one = replace(one, anchor=begun, step_day=later, since=begun + timedelta(days=1))
        if row.led_done and is_about_overdue(one, row.due_on, day):
            continue
        signed = one.unsigned and row.status != Status.PENDING
        heard = row.heard_on is not None and row.heard_on >= one.since
        if not signed and not heard:
            yield one


def begun_anew(one: Standing, row: Any) -> date | None:
    """Return the day from which a rung counts instead: a return, a reopening, the end of a pause, a decision."""
    if one.kind != NoticeKind.ESCALATION:
        return None
    later = [day for day in (row.back_on, row.resumed_on, row.kept_on) if day is not None and day > one.anchor]
    return max(later, default=None)


def is_about_overdue(one: Standing, due_on: date | None, day: date) -> bool:
    """Tell whether what stands says that something is overdue, or would say so by `day`."""
    if one.kind == NoticeKind.ESCALATION:
        return not one.unsigned
    return one.kind == NoticeKind.DUE and due_on is not None and due_on < day


def given(notice: DueNotice) -> tuple[int, int, date, str, str]:
    """Return what tells a notice from every other, as its unique key does."""
    return notice.user_id, notice.assignment_id, notice.anchor, notice.kind, notice.step


def _had(people: People, steps: Set[str]) -> set[tuple[int, int, date, str, str]]:
    """Return which notices some people were given; only of the steps that stand, so that it does not grow for years."""
    rows = db.session.execute(
        select(Notice.user_id, Notice.assignment_id, Notice.due_on, Notice.kind, Notice.step).where(
            Notice.user_id > people.after, Notice.user_id <= people.until, Notice.step.in_(sorted(steps))
        )
    )
    return set(rows)


def _notice(row: Any, one: Standing, task: TaskLabel) -> DueNotice:
    return DueNotice(
        user_id=row.user_id,
        account=row.account,
        name=row.name,
        unit_id=row.own_id,
        unit=row.own,
        assignment_id=row.assignment_id,
        owing_id=row.unit_id,
        owing=row.unit,
        number=task.number,
        position=task.position,
        text=task.text,
        plan_id=row.plan_id,
        doc_number=task.doc_number,
        plan_title=task.plan_title,
        due_on=row.due_on,
        issued_on=row.issued_on,
        kind=one.kind,
        step=one.step,
        step_day=one.step_day,
        anchor=one.anchor,
        language=row.language,
        kept=row.every == KEPT,
    )


CAME_BACK = (Move.RETURN, Move.REOPEN, Move.CORRECT, Move.RECHECK)
"""The steps after which a unit has in hand again what a reviewer had, or what was completed."""


def back_on(day: date) -> ScalarSelect[Any]:
    """Return the last day, up to `day`, on which an assignment came back to its unit from a reviewer or a closure."""
    return (
        select(func.max(StatusChange.day))
        .where(
            StatusChange.assignment_id == Assignment.id,
            StatusChange.move.in_(CAME_BACK),
            StatusChange.day <= day,
        )
        .correlate(Assignment)
        .scalar_subquery()
    )


def kept_on(day: date) -> ColumnElement[date | None]:
    """Return the last day, up to `day`, on which a due day that had passed was made to count (X3-01)."""
    decided = select(func.max(DueChange.day)).where(DueChange.assignment_id == Assignment.id, DueChange.day <= day)
    return case((Task.early == Early.KEPT, decided.correlate(Assignment).scalar_subquery()), else_=None)


def led_done(day: date) -> ColumnElement[bool]:
    """The condition that a task is done by its leads while another unit's part is open: nobody is chased for that."""
    return and_(Assignment.role != PartyRole.LEAD, Assignment.task_id.in_(closures.led_to_the_end(day)))


def owed(day: date, state: State) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of what units still owe on a day and are reminded of, with the last day a report came in."""
    heard = (
        select(func.max(Report.filed_on))
        .where(Report.assignment_id == Assignment.id, Report.state.in_(HEARD), Report.filed_on <= day)
        .scalar_subquery()
    )
    back, resumed = back_on(day), pauses.resumed_on(day)
    statement: Select[*tuple[Any, ...]] = (
        select(
            Assignment.id.label("assignment_id"),
            Assignment.unit_id,
            Organization.name.label("unit"),
            Assignment.level,
            Assignment.district_id,
            Assignment.task_id,
            Assignment.plan_id,
            Assignment.due_on,
            Assignment.issued_on,
            EVERY.label("every"),
            state.status.label("status"),
            heard.label("heard_on"),
            back.label("back_on"),
            resumed.label("resumed_on"),
            kept_on(day).label("kept_on"),
            led_done(day).label("led_done"),
        )
        .select_from(Assignment)
        .join(Plan, and_(Plan.id == Assignment.plan_id, Plan.state == PlanState.PUBLISHED))
        .join(Task, Task.id == Assignment.task_id)
        .join(Organization, Organization.id == Assignment.unit_id)
        .where(
            or_(Assignment.level != OrganizationKind.JUSTICE_OFFICE, Plan.offices_report),
            Organization.valid_from <= day,
            Organization.valid_until > day,
            state.status.in_(sorted(REMINDED)),
            Assignment.plan_id.not_in(FINAL),
            ~is_paused(day),
        )
    )
    return state.apply(statement)


def _addressed(day: date, target: Target, state: State, people: People) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of what is owed, joined to the people of one sort who may hear of it."""
    own = aliased(Organization)
    somewhere = [] if people.district_id is None else [_of_district(own, people.district_id)]
    return (
        owed(day, state)
        .add_columns(
            *(User.id.label("user_id"), User.account, User.name, User.language),
            *(User.unit_id.label("own_id"), own.name.label("own")),
        )
        .join(User, recipient_of(target))
        .join(own, own.id == User.unit_id)
        .where(
            serving(day),
            own.valid_from <= day,
            own.valid_until > day,
            User.id > people.after,
            User.id <= people.until,
            *somewhere,
        )
    )


def last_run() -> ReminderRun | None:
    """Return the latest business day whose letters were planned."""
    return db.session.scalars(select(ReminderRun).order_by(ReminderRun.day.desc()).limit(1)).one_or_none()


@dataclass(frozen=True)
class Heartbeat:
    """The last sign of life of the working scheduler (UTC), and which process it is."""

    holder: str
    beat_at: datetime


def heartbeat() -> Heartbeat | None:
    """Return the last heartbeat; None where no scheduler has ever worked."""
    row = db.session.execute(select(Lease.holder, Lease.beat_at).where(Lease.name == DUTY)).one_or_none()
    return None if row is None else Heartbeat(row.holder, row.beat_at)
