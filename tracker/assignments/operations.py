"""Hands tasks out to units, and takes each step of the status loop on record."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, literal, select

from tracker.assignments import queries
from tracker.assignments.models import Assignment, StatusChange, TaskReviewer
from tracker.audit import operations as audit
from tracker.db import FOREVER, db
from tracker.people import queries as people
from tracker.people.models import Organization
from tracker.people.queries import Member
from tracker.plans import operations as plans
from tracker.plans.models import Plan, PlanState, Responsibility, Task
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action, Actor, Forbidden, may, require
from tracker.rules.status import LIVE, TRANSITIONS, Duty, Move, MoveRefused, Status, next_status

Parties = dict[int, list[Responsibility]]


def publish(actor: Actor, at: datetime, plan: Plan) -> int:
    """Publish a plan: one assignment per task and unit, each dispatched; return how many."""
    plans.mark_published(actor, at, plan)
    tasks = list(db.session.scalars(select(Task).where(Task.plan_id == plan.id).order_by(Task.position)))
    parties = _parties(plan)
    recipients = _recipients(parties, at)
    rows = [
        _row(plan, task.id, task.due_on, member, at)
        for task in tasks
        for member in _units(parties.get(task.id, []), recipients).values()
    ]
    if not rows:
        raise plans.PlanRefused(f"{plan.doc_number} 没有可交办的单位，不能发布。请先核对责任部门。")
    db.session.execute(insert(Assignment), rows)
    _add_reviewers(plan, tasks, parties)
    _dispatch(actor, at, plan)
    audit.record(actor, at, "dispatch", "plan", plan.id, f"{len(rows)}")
    return len(rows)


def join_unit(actor: Actor, at: datetime, plan: Plan, unit: Organization) -> int:
    """Hand a unit that joined after publication what its group still owes from the day of `at`; return how much.

    What was due before is not its debt: it would be overdue, and a district would lose points, the day it joins.
    """
    require(actor, Action.EDIT_PLAN)
    if plan.state != PlanState.PUBLISHED:
        raise plans.PlanRefused(f"{plan.doc_number} 尚未发布，发布时会交办到届时的全部成员。")
    member, parties = people.member(unit.id), _parties(plan)
    recipients = _recipients(parties, at)
    owed = [task_id for task_id, named in parties.items() if unit.id in _units(named, recipients)]
    have = set(db.session.scalars(select(Assignment.task_id).where(Assignment.unit_id == unit.id)))
    found = db.session.execute(select(Task.id, Task.due_on).where(Task.plan_id == plan.id))
    dues = {row.id: row.due_on for row in found}
    rows = [
        _row(plan, task_id, due_on, member, at)
        for task_id in owed
        if task_id not in have and ((due_on := dues[task_id]) is None or due_on >= at.date())
    ]
    if not rows:
        raise plans.PlanRefused(f"{unit.name} 在本方案中没有新的责任事项：已全部交办，或不属于任何责任部门。")
    db.session.execute(insert(Assignment), rows)
    _dispatch(actor, at, plan)
    audit.record(actor, at, "join_unit", "organization", unit.id, f"{plan.doc_number} {len(rows)}")
    return len(rows)


def leave_unit(actor: Actor, at: datetime, plan: Plan, unit: Organization, reason: str) -> int:
    """Withdraw everything a unit still owes, because it left; what it completed stays. Return how much."""
    owed = select(Assignment.id).where(
        Assignment.plan_id == plan.id, Assignment.unit_id == unit.id, Assignment.status.in_(sorted(LIVE))
    )
    ids = list(db.session.scalars(owed.order_by(Assignment.id)))
    if not ids:
        raise plans.PlanRefused(f"{unit.name} 在本方案中没有未办结的事项。")
    for id_ in ids:
        change_status(actor, at, id_, Move.WITHDRAW, reason)
    return len(ids)


def _row(plan: Plan, task_id: int, due_on: date | None, member: Member, at: datetime) -> dict[str, Any]:
    return {
        "plan_id": plan.id,
        "task_id": task_id,
        "unit_id": member.id,
        "district_id": member.district_id,
        "level": member.kind,
        "due_on": due_on,
        "issued_on": at.date(),
        "status": Status.PENDING,
    }


def _parties(plan: Plan) -> Parties:
    found: Parties = {}
    rows = db.session.scalars(
        select(Responsibility)
        .join(Task, Task.id == Responsibility.task_id)
        .where(Task.plan_id == plan.id)
        .order_by(Responsibility.task_id, Responsibility.position)
    )
    for row in rows:
        found.setdefault(row.task_id, []).append(row)
    return found


def _recipients(parties: Parties, at: datetime) -> dict[tuple[int | None, int | None], list[Member]]:
    """Return the units behind each party; a group means its members of the day of `at`."""
    found: dict[tuple[int | None, int | None], list[Member]] = {}
    for party in (party for named in parties.values() for party in named):
        key = (party.organization_id, party.group_id)
        if key not in found:
            found[key] = (
                people.members(party.group_id, at.date())
                if party.group_id is not None
                else [people.member(party.organization_id or 0)]
            )
    return found


def _units(
    parties: list[Responsibility], recipients: dict[tuple[int | None, int | None], list[Member]]
) -> dict[int, Member]:
    """Return the units of one task, each once even where two parties mean it."""
    return {member.id: member for party in parties for member in recipients[(party.organization_id, party.group_id)]}


def _add_reviewers(plan: Plan, tasks: list[Task], parties: Parties) -> None:
    """Let the named city offices review a task; where none is named, the plan's owner (X1: tasks 15, 17, 18, 21)."""
    offices = set(db.session.scalars(select(Organization.id).where(Organization.kind == OrganizationKind.CITY_OFFICE)))
    for task in tasks:
        named = [party.organization_id for party in parties.get(task.id, []) if party.organization_id in offices]
        reviewers = named or ([plan.owner_id] if plan.owner_id else [])
        for position, office_id in enumerate(reviewers, 1):
            db.session.add(TaskReviewer(task_id=task.id, office_id=office_id, position=position))


def _dispatch(actor: Actor, at: datetime, plan: Plan) -> None:
    """Begin the history of every assignment that has none yet."""
    columns = [
        "assignment_id",
        "move",
        "from_status",
        "to_status",
        "day",
        "until_day",
        "at",
        "actor_id",
        "actor_name",
        "reason",
    ]
    values = [
        literal(Move.DISPATCH.value),
        literal(""),
        literal(Status.PENDING.value),
        literal(at.date()),
        literal(FOREVER),
        literal(at, StatusChange.at.type),
        literal(actor.id, StatusChange.actor_id.type),
        literal(actor.name),
        literal(""),
    ]
    begun = select(StatusChange.assignment_id).where(StatusChange.assignment_id == Assignment.id)
    source = select(Assignment.id, *values).where(Assignment.plan_id == plan.id, ~begun.exists())
    db.session.execute(insert(StatusChange).from_select(columns, source))


class StaleAssignment(MoveRefused):
    """The assignment changed after the person saw it; what they decided on may no longer be what stands."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("您打开页面之后，这个事项又有了新的办理。请看过最新内容再决定，您填写的文字还在。")


def change_status(
    actor: Actor, at: datetime, assignment_id: int, move: Move, reason: str = "", seen: int | None = None
) -> Assignment:
    """Take one step of the loop; `seen` is the version the person decided on.

    Raise Forbidden, MoveRefused, StaleAssignment, or StaleDataError where another was faster.
    """
    assignment = db.session.get_one(Assignment, assignment_id, with_for_update=True)
    _require_duty(actor, assignment, TRANSITIONS[move].duty)
    if seen is not None and assignment.version != seen:
        raise StaleAssignment
    before = Status(assignment.status)
    after = next_status(before, move, reason)
    _begin_period(actor, at, assignment, move, before, after, reason.strip())
    assignment.status = after
    assignment.completed_on = at.date() if after is Status.COMPLETED else None
    db.session.flush()  # the version is compared here, so that a lost race is told at once
    audit.record(actor, at, move.value, "assignment", assignment.id, reason.strip())
    return assignment


def _begin_period(
    actor: Actor, at: datetime, assignment: Assignment, move: Move, before: Status, after: Status, reason: str
) -> None:
    current = db.session.scalars(
        select(StatusChange).where(StatusChange.assignment_id == assignment.id, StatusChange.until_day == FOREVER)
    ).one()
    day = at.date()
    if day < current.day:
        raise MoveRefused(
            f"业务日期 {day} 早于该事项最近一次办理（{current.day}），不能办理。请把业务日期设为 {current.day} 或以后。"
        )
    current.until_day = day
    db.session.flush()  # the open period must end before the next one begins
    db.session.add(
        StatusChange(
            assignment_id=assignment.id,
            move=move,
            from_status=before,
            to_status=after,
            day=day,
            at=at,
            actor_id=actor.id,
            actor_name=actor.name,
            reason=reason,
        )
    )


def _require_duty(actor: Actor, assignment: Assignment, duty: Duty) -> None:
    if duty is Duty.HANDLER and not queries.is_handler(actor, assignment.unit_id):
        raise Forbidden("只有承办单位的经办人可以办理此事项。")
    if duty is Duty.REVIEWER and not queries.is_reviewer(actor, assignment.id):
        raise Forbidden("您不是此事项的审核人：由任务列明的市局处室审核，本单位不审核自己的事项。")
    if duty is Duty.SUPERVISOR and not may(actor, Action.SUPERVISE):
        raise Forbidden("只有市局督办人员可以这样处理。")
