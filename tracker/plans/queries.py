"""Plans, their tasks with parties, milestones, anomalies and source lines."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select

from tracker import clock
from tracker.db import db, holding
from tracker.people.models import Organization
from tracker.plans.changes import Changed
from tracker.plans.models import (
    Anomaly,
    Milestone,
    Plan,
    PlanState,
    Responsibility,
    Section,
    Task,
    TaskChange,
)
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.words import say


class UnknownPlan(LookupError):
    """No such plan; the message says what to do."""


class NoPlan(UnknownPlan):
    """No plan is published yet."""


class UnscoredPlan(UnknownPlan):
    """A plan without scores was asked for its scores; its progress is what there is to see."""

    def __init__(self, plan_id: int, doc_number: str) -> None:
        """Name the plan."""
        super().__init__(say("{plan} 不计分，只看完成情况。请看它的办理进度。", plan=doc_number))
        self.plan_id, self.doc_number = plan_id, doc_number


@dataclass(frozen=True)
class PlanRow:
    """A line of the list of plans; `tasks` are those that bind, `withdrawn` those that no longer do."""

    id: int
    doc_number: str
    title: str
    issuer: str
    issued_on: date
    state: str
    tasks: int
    withdrawn: int


@dataclass(frozen=True)
class TaskRow:
    """A task in its plan's list; `parties` are as printed, in order; one on no line of the document was added."""

    id: int
    number: str
    section: str
    text: str
    due_on: date | None
    deadline_raw: str
    parties: str
    line_from: int
    withdrawn_on: date | None
    corrected: bool
    moved: bool


def plan_rows() -> list[PlanRow]:
    """Return every plan with the number of its tasks that bind, and of those that were withdrawn."""
    rows = db.session.execute(
        select(
            Plan.id,
            Plan.doc_number,
            Plan.title,
            Plan.issuer,
            Plan.issued_on,
            Plan.state,
            func.count(case((Task.withdrawn_on.is_(None), Task.id))).label("tasks"),
            func.count(Task.withdrawn_on).label("withdrawn"),
        )
        .outerjoin(Task, Task.plan_id == Plan.id)
        .group_by(Plan.id)
        .order_by(Plan.issued_on.desc(), Plan.id)
    )
    return [PlanRow(**row._mapping) for row in rows]


def withdrawn(plan_id: int, day: date) -> int:
    """Return how many of a plan's tasks no longer bind on a day."""
    gone = select(func.count(Task.id)).where(Task.plan_id == plan_id, Task.withdrawn_on <= day)
    return db.session.scalar(gone) or 0


def published(plan_id: int | None = None, *before: ColumnElement[Any]) -> Plan:
    """Return the published plan asked for, or the usual one; raise UnknownPlan, or NoPlan where there is none at all.

    Usual is the newest whose period is running; else the first. A bureau's own plan is it only where there is no other.
    `before` is what the plans are ordered by before that; it may speak of Plan and, as Organization, of its issuer.
    """
    plan = db.session.scalar(_one(plan_id, *before))
    if plan is None and plan_id is not None:
        raise UnknownPlan(say("没有编号为 {number} 的已发布方案，请从方案列表中另选。", number=plan_id))
    if plan is None:
        raise NoPlan("没有已发布的方案。请先用 tracker plans import FILE --publish 导入并发布。")
    return plan


def scored(plan_id: int | None = None) -> Plan:
    """Return the same of the plans that are scored; raise UnscoredPlan for one that knows completion only (R3-06)."""
    plan = usual_scored() if plan_id is None else None
    return require_scored(plan or published(plan_id))


def usual_scored(*among: ColumnElement[bool]) -> Plan | None:
    """Return the usual one of the scored plans of which `among` holds; it may speak of the issuer as Organization."""
    return db.session.scalar(_one(None).where(Plan.scored, *among))


def require_scored(plan: Plan) -> Plan:
    """Return a plan that is scored; raise UnscoredPlan for one that is not."""
    if not plan.scored:
        raise UnscoredPlan(plan.id, plan.doc_number)
    return plan


def _one(plan_id: int | None, *before: ColumnElement[Any]) -> Select[Plan]:
    wanted = select(Plan).where(Plan.state == PlanState.PUBLISHED).limit(1)
    if plan_id is not None:
        return wanted.where(Plan.id == plan_id)
    today = clock.today()
    running = and_(Plan.period_from <= today, Plan.period_to >= today)
    own = Organization.kind == OrganizationKind.DISTRICT_BUREAU
    return wanted.join(Organization, Organization.id == Plan.issuer_id).order_by(
        *before, case((own, 1), else_=0), case((running, 0), else_=1), case((running, Plan.issued_on)).desc(), Plan.id
    )


def known(plan_id: int) -> Plan:
    """Return a plan, published or not; raise UnknownPlan."""
    plan = db.session.get(Plan, plan_id)
    if plan is None:
        raise UnknownPlan(say("没有编号为 {number} 的方案，请从方案列表中另选。", number=plan_id))
    return plan


def get(actor: Actor, plan_id: int) -> Plan | None:
    """Return a plan the actor may see."""
    require(actor, Action.VIEW_PLANS)
    return db.session.get(Plan, plan_id)


def task(actor: Actor, task_id: int) -> Task | None:
    """Return a task the actor may see."""
    require(actor, Action.VIEW_PLANS)
    return db.session.get(Task, task_id)


def task_ids(number: str) -> list[int]:
    """Return the tasks that bear a number, in every plan."""
    return list(db.session.scalars(select(Task.id).where(Task.number == number)))


def section_title(section_id: int | None) -> str:
    """Return a section's number and title."""
    section = db.session.get(Section, section_id) if section_id else None
    return label(section.number, section.title) if section else ""


def label(number: str | None, title: str | None) -> str:
    """Return how a section is told: its number, where it has one, before its title."""
    return f"{number}、{title}" if number else (title or "")


def tasks(plan_id: int) -> list[TaskRow]:
    """Return a plan's tasks in the document's order. Two queries."""
    parties = _printed_parties(plan_id)
    rows = db.session.execute(
        select(
            Task.id,
            Task.number,
            Section.number.label("part"),
            Section.title,
            Task.text,
            Task.due_on,
            Task.deadline_raw,
            Task.line_from,
            Task.withdrawn_on,
            _was(Changed.TEXT).label("corrected"),
            DUE_MOVED.label("moved"),
        )
        .outerjoin(Section, Section.id == Task.section_id)
        .where(Task.plan_id == plan_id)
        .order_by(Task.position)
    )
    return [
        TaskRow(
            row.id,
            row.number,
            label(row.part, row.title),
            row.text,
            row.due_on,
            row.deadline_raw,
            parties.get(row.id, ""),
            row.line_from,
            row.withdrawn_on,
            row.corrected,
            row.moved,
        )
        for row in rows
    ]


def _was(what: Changed) -> ColumnElement[bool]:
    return exists().where(TaskChange.task_id == Task.id, TaskChange.what == what).correlate(Task)


DUE_MOVED = _was(Changed.DUE)
"""Says that a person moved a task's due day."""


class ListedTask(NamedTuple):
    """A line of the list of all published tasks."""

    id: int
    number: str
    text: str
    plan_id: int
    plan: str
    due_on: date | None
    deadline_raw: str
    line_from: int
    withdrawn_on: date | None


TASK_SORTS: dict[str, tuple[Any, ...]] = {
    "number": (Plan.issued_on, Plan.id, Task.position),
    "due": (Task.due_on.is_(None), Task.due_on, Plan.id, Task.position),
}
"""How the list of tasks can be sorted, by the word in the address."""


def listed_tasks(
    actor: Actor, text: str, plan_id: int | None, sort: str, limit: int, offset: int
) -> tuple[int, list[ListedTask]]:
    """Return how many tasks of published plans hold `text`, and a page of them. Two queries."""
    require(actor, Action.VIEW_PLANS)
    found = select(Task.id).join(Plan, Plan.id == Task.plan_id).where(Plan.state == PlanState.PUBLISHED)
    if plan_id is not None:
        found = found.where(Task.plan_id == plan_id)
    if text:
        found = found.where(Task.text.like(holding(text), escape="/"))
    columns = (
        Task.id,
        Task.number,
        Task.text,
        Plan.id.label("plan_id"),
        Plan.doc_number,
        Task.due_on,
        Task.deadline_raw,
        Task.line_from,
        Task.withdrawn_on,
    )
    page = found.with_only_columns(*columns).order_by(*TASK_SORTS[sort]).limit(limit).offset(offset)
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    return total, [ListedTask._make(row) for row in db.session.execute(page)]


def published_choices() -> list[tuple[int, str]]:
    """Return the published plans by id and document number, the newest first, for a drop-down list."""
    rows = db.session.execute(
        select(Plan.id, Plan.doc_number)
        .where(Plan.state == PlanState.PUBLISHED)
        .order_by(Plan.issued_on.desc(), Plan.id)
        .limit(100)
    )
    return [(id_, doc_number) for id_, doc_number in rows]


def _printed_parties(plan_id: int) -> dict[int, str]:
    names: dict[int, list[str]] = {}
    rows = db.session.execute(
        select(Responsibility.task_id, Responsibility.printed_name)
        .join(Task, Task.id == Responsibility.task_id)
        .where(Task.plan_id == plan_id)
        .order_by(Responsibility.task_id, Responsibility.position)
    )
    for row in rows:
        names.setdefault(row.task_id, []).append(row.printed_name)
    return {task_id: "、".join(printed) for task_id, printed in names.items()}


def parties(task_id: int) -> list[str]:
    """Return a task's parties as printed, in order."""
    return list(
        db.session.scalars(
            select(Responsibility.printed_name)
            .where(Responsibility.task_id == task_id)
            .order_by(Responsibility.position)
        )
    )


def milestones(plan_id: int) -> list[Milestone]:
    """Return a plan's milestones in the document's order."""
    return list(db.session.scalars(select(Milestone).where(Milestone.plan_id == plan_id).order_by(Milestone.position)))


def anomalies(plan_id: int) -> list[Anomaly]:
    """Return what a person should know about the plan's source."""
    return list(
        db.session.scalars(select(Anomaly).where(Anomaly.plan_id == plan_id).order_by(Anomaly.line_from, Anomaly.id))
    )


def owner_name(plan: Plan) -> str:
    """Return the name of the office that owns the plan."""
    owner = db.session.get(Organization, plan.owner_id) if plan.owner_id else None
    return owner.name if owner else ""
