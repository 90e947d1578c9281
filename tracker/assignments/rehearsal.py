"""Publishes an import as if in earnest, to count what would come of it, and lets nothing of it stay."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from tracker.assignments import publication
from tracker.assignments.models import Assignment, TaskReviewer
from tracker.db import db, undone_unless
from tracker.people import queries as people
from tracker.people.models import Organization
from tracker.plans import desk_blockers, desk_record, provenance
from tracker.plans.models import Plan, Task
from tracker.rules.calendar import IsWorking, next_working_day, working_days_between
from tracker.rules.notices import DEFAULT_PLAN
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.plan_text.editing import BY_PERSON
from tracker.rules.plans import Early
from tracker.rules.words import say
from tracker.workdays import queries as workdays

SHOWN_UNITS = 300


@dataclass(frozen=True)
class Load:
    """What one unit would owe; `served` tells whether anybody there could sign for it."""

    unit_id: int
    name: str
    level: str
    items: int
    first_due: date | None
    served: bool


@dataclass(frozen=True)
class LevelLoad:
    """The units of one kind together."""

    level: str
    units: int
    items: int
    first_due: date | None
    unserved: int


@dataclass(frozen=True)
class MonthLoad:
    """What falls due in one month."""

    month: date
    numbers: tuple[str, ...]
    items: int


@dataclass(frozen=True)
class DueLine:
    """One wording of a deadline: what it comes to, and the tasks that have it; `working_day` where it is a day off."""

    raw: str
    due_on: date
    words: str
    numbers: tuple[str, ...]
    next_working: date | None


@dataclass(frozen=True)
class Facts:
    """What would come of publishing an import now."""

    plan_id: int
    tasks: int
    items: int
    loads: tuple[Load, ...]
    months: tuple[MonthLoad, ...]
    dues: tuple[DueLine, ...]
    undated: tuple[str, ...]
    nobody: tuple[str, ...]
    """Tasks that no unit would get."""
    unreviewed: tuple[str, ...]
    """Tasks with districts' assignments that no office would review."""
    new_units: tuple[str, ...]

    @property
    def levels(self) -> list[LevelLoad]:
        """The loads by kind of unit."""
        kinds = dict.fromkeys(load.level for load in self.loads)
        return [_together(kind, [load for load in self.loads if load.level == kind]) for kind in kinds]

    @property
    def unserved(self) -> list[Load]:
        """The units in which nobody could sign for anything."""
        return [load for load in self.loads if not load.served]

    @property
    def crowded(self) -> MonthLoad | None:
        """The month in which most of the dated tasks fall due (X3-12), if there is one."""
        dated = sum(len(month.numbers) for month in self.months)
        limit = DEFAULT_PLAN.crowded_percent
        most = [month for month in self.months if len(month.numbers) > 1 and len(month.numbers) * 100 > dated * limit]
        return most[0] if most else None


def _together(kind: str, loads: list[Load]) -> LevelLoad:
    dues = [load.first_due for load in loads if load.first_due is not None]
    unserved = sum(not load.served for load in loads)
    return LevelLoad(kind, len(loads), sum(load.items for load in loads), min(dues, default=None), unserved)


@contextmanager
def rehearsed(actor: Actor, at: datetime, import_id: int) -> Iterator[Facts]:
    """Publish an import and give what came of it; behind the block it has not happened. The caller holds a transaction.

    Raise ImportClosed, PublicationRefused where not even a plan to look at can be made, or PlanRefused.
    """
    require(actor, Action.EDIT_PLAN)
    found = desk_record.held(actor, import_id)
    now = desk_blockers.of(found, at.date())
    if not now.rehearsable:
        raise publication.PublicationRefused(now.blockers)
    with undone_unless(False):
        made, plan = publication.stored(actor, at, found, now)
        publication.hand_out(actor, at, plan, now)
        yield facts(plan, at.date(), made.units)


def facts(plan: Plan, today: date, made: tuple[int, ...] = ()) -> Facts:
    """Count what a published plan handed out. Seven queries."""
    calendar = workdays.calendar()
    tasks = list(db.session.scalars(select(Task).where(Task.plan_id == plan.id).order_by(Task.position)))
    binding = [task for task in tasks if task.withdrawn_on is None]
    counted = dict(
        db.session.execute(
            select(Assignment.task_id, func.count()).where(Assignment.plan_id == plan.id).group_by(Assignment.task_id)
        ).all()
    )
    loads = _loads(plan, today)
    return Facts(
        plan_id=plan.id,
        tasks=len(binding),
        items=sum(counted.values()),
        loads=loads,
        months=tuple(_months(binding, counted)),
        dues=tuple(_dues(binding, today, calendar.is_working)),
        undated=tuple(task.number for task in binding if _due_on(task) is None),
        nobody=tuple(task.number for task in binding if not counted.get(task.id)),
        unreviewed=tuple(_unreviewed(plan, binding)),
        new_units=tuple(people.unit_names(made).values()) if made else (),
    )


def _loads(plan: Plan, today: date) -> tuple[Load, ...]:
    rows = db.session.execute(
        select(Assignment.unit_id, Organization.name, Assignment.level, func.count(), func.min(Assignment.due_on))
        .join(Organization, Organization.id == Assignment.unit_id)
        .where(Assignment.plan_id == plan.id)
        .group_by(Assignment.unit_id, Organization.name, Assignment.level, Organization.position)
        .order_by(Assignment.level, Organization.position, Assignment.unit_id)
    ).all()
    served = people.handlers([row[0] for row in rows], today)
    return tuple(Load(*row, row[0] in served) for row in rows)


def _due_on(task: Task) -> date | None:
    """Return the day on which a task falls due, as long as nobody has to decide about it first."""
    return None if task.early == Early.UNDECIDED else task.due_on


def _months(tasks: list[Task], counted: dict[int, int]) -> Iterator[MonthLoad]:
    by_month: dict[date, list[Task]] = {}
    for task in tasks:
        if (due_on := _due_on(task)) is not None:
            by_month.setdefault(due_on.replace(day=1), []).append(task)
    for month in sorted(by_month):
        due = by_month[month]
        yield MonthLoad(month, tuple(task.number for task in due), sum(counted.get(task.id, 0) for task in due))


def _dues(tasks: list[Task], today: date, is_working: IsWorking) -> Iterator[DueLine]:
    by_due: dict[tuple[date, str, bool], list[str]] = {}
    for task in tasks:
        if (due_on := _due_on(task)) is not None:
            by_due.setdefault((due_on, task.deadline_raw, _is_by_person(task)), []).append(task.number)
    for (due_on, raw, by_person), numbers in sorted(by_due.items()):
        later = None if is_working(due_on) else next_working_day(due_on, is_working)
        yield DueLine(raw, due_on, due_words(due_on, raw, today, is_working, by_person), tuple(numbers), later)


def _is_by_person(task: Task) -> bool:
    """Tell whether a person settled the day, so that the document's wording is not where it comes from."""
    deadline = provenance.evidence_of(task).get("deadline")
    return task.early == Early.MOVED or (deadline is not None and deadline.rule == BY_PERSON.rule)


def due_words(due_on: date, raw: str, today: date, is_working: Callable[[date], bool], by_person: bool = False) -> str:
    """Say which day a deadline means, how much time is left, and how the document words it (F17)."""
    origin = say("原文：{raw}", raw=raw) if raw else say("文件没有写明，导入时填写")
    if raw and by_person:
        origin = say("由人改定，原文：{raw}", raw=raw)
    if due_on < today:
        return say("截至 {due_on:long} {due_on:weekday}，已过；{origin}", due_on=due_on, origin=origin)
    left = working_days_between(today, due_on, is_working)
    return say(
        "截至 {due_on:long} {due_on:weekday}，剩余 {left} 个工作日；{origin}",
        due_on=due_on,
        left=left,
        origin=origin,
    )


def _unreviewed(plan: Plan, tasks: list[Task]) -> Iterator[str]:
    """Yield the tasks that districts owe and no office reviews."""
    reviewed = set(
        db.session.scalars(select(TaskReviewer.task_id).join(Task).where(Task.plan_id == plan.id).distinct())
    )
    owed = set(
        db.session.scalars(
            select(Assignment.task_id).where(Assignment.plan_id == plan.id, Assignment.level == "district_bureau")
        )
    )
    yield from (task.number for task in tasks if task.id in owed and task.id not in reviewed)
