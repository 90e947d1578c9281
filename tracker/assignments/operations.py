"""Hands tasks out to units, and takes each step of the status loop on record."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, insert, literal, select

from tracker.assignments import queries, reviewing
from tracker.assignments.about import about
from tracker.assignments.models import Assignment, StatusChange, TaskReviewer
from tracker.audit import operations as audit
from tracker.db import FOREVER, db
from tracker.people import queries as people
from tracker.people.models import Organization
from tracker.people.queries import Member
from tracker.plans import changes, freezes
from tracker.plans import operations as plans
from tracker.plans.changes import Changed
from tracker.plans.models import PartyRole, Plan, PlanState, Responsibility, Task
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action, Actor, Forbidden, may, require
from tracker.rules.plans import Early
from tracker.rules.status import LIVE, TRANSITIONS, Duty, Move, MoveRefused, Outdated, Status, next_status
from tracker.rules.words import say

Parties = dict[int, list[Responsibility]]

OWN_UNIT = say("这是您本单位的事项，须回避：请由其他单位的督办人员处理。")
SIGNED = say("区局负责人已经审签，不能再次审签或退回。如需修改，请联系审核处室退回。")
UNSIGNED = say("区局负责人尚未审签，市局还不能审核。请等待区局审签。")


def publish(actor: Actor, at: datetime, plan: Plan) -> int:
    """Publish a plan: one assignment per task and unit, each dispatched; return how many."""
    plans.mark_published(actor, at, plan)
    tasks = list(db.session.scalars(select(Task).where(Task.plan_id == plan.id).order_by(Task.position)))
    number = hand_out(actor, at, plan, tasks)
    if not number:
        raise plans.PlanRefused(say("{plan} 没有可交办的单位，不能发布。请先核对责任部门。", plan=plan.doc_number))
    audit.record(actor, at, "dispatch", "plan", plan.id, f"{number}")
    return number


def hand_out(actor: Actor, at: datetime, plan: Plan, tasks: list[Task]) -> int:
    """Hand tasks of a published plan out to the units behind their parties, and name reviewers; return how many."""
    require(actor, Action.EDIT_PLAN)
    parties = _parties(plan)
    recipients = _recipients(parties, at)
    binding = [task for task in tasks if task.withdrawn_on is None]
    rows = [
        _row(plan, task.id, _due_at_first(task), member, at, role)
        for task in binding
        for member, role in _units(parties.get(task.id, []), recipients).values()
    ]
    if not rows:
        return 0
    db.session.execute(insert(Assignment), rows)
    _add_reviewers(plan, binding, parties, at.date())
    _dispatch(actor, at, plan)
    for task in binding:
        if task.early == Early.RECORDED:
            record_done(actor, at, task, changes.reason_of(task.id, Changed.EARLY))
    return len(rows)


def _due_at_first(task: Task) -> date | None:
    """Return the due day that a task is handed out with: none as long as nobody decided about one that had passed."""
    return None if task.early == Early.UNDECIDED else task.due_on


def hand_to(actor: Actor, at: datetime, plan: Plan, task: Task, unit: Organization) -> None:
    """Hand a task to one more unit from the day of `at` on; it must not have the task yet."""
    require(actor, Action.EDIT_PLAN)
    db.session.execute(insert(Assignment), [_row(plan, task.id, task.due_on, people.member(unit.id), at)])
    _dispatch(actor, at, plan)


def hand_rows(actor: Actor, at: datetime, plan: Plan, rows: list[dict[str, Any]]) -> None:
    """Hand out what a caller has put together, one row per task and unit, and begin its history."""
    if rows:
        db.session.execute(insert(Assignment), [{**row, "status": Status.PENDING} for row in rows])
        _dispatch(actor, at, plan)


def join_unit(actor: Actor, at: datetime, plan: Plan, unit: Organization) -> int:
    """Hand a unit that joined after publication what its group still owes from the day of `at`; return how much.

    What was due before is not its debt: it would be overdue, and a district would lose points, the day it joins.
    """
    require(actor, Action.EDIT_PLAN)
    if plan.state != PlanState.PUBLISHED:
        raise plans.PlanRefused(say("{plan} 尚未发布，发布时会交办到届时的全部成员。", plan=plan.doc_number))
    freezes.require_open(plan.id)
    member, parties = people.member(unit.id), _parties(plan)
    recipients = _recipients(parties, at)
    owed = {
        task_id: units[unit.id][1]
        for task_id, named in parties.items()
        if unit.id in (units := _units(named, recipients))
    }
    have = set(db.session.scalars(select(Assignment.task_id).where(Assignment.unit_id == unit.id)))
    standing = select(Task).where(Task.plan_id == plan.id, Task.withdrawn_on.is_(None))
    dues = {task.id: _due_at_first(task) for task in db.session.scalars(standing)}
    rows = [
        _row(plan, task_id, due_on, member, at, role)
        for task_id, role in owed.items()
        if task_id in dues and task_id not in have and ((due_on := dues[task_id]) is None or due_on >= at.date())
    ]
    if not rows:
        raise plans.PlanRefused(
            say("{name} 在本方案中没有新的责任事项：已全部交办，或不属于任何责任部门。", name=unit.name)
        )
    db.session.execute(insert(Assignment), rows)
    _dispatch(actor, at, plan)
    audit.record(actor, at, "join_unit", "organization", unit.id, f"{plan.doc_number} {len(rows)}", about_unit=unit.id)
    return len(rows)


def leave_unit(actor: Actor, at: datetime, plan: Plan, unit: Organization, reason: str) -> int:
    """Withdraw everything a unit still owes, because it left; what it completed stays. Return how much."""
    owed = select(Assignment.id).where(
        Assignment.plan_id == plan.id, Assignment.unit_id == unit.id, Assignment.status.in_(sorted(LIVE))
    )
    ids = list(db.session.scalars(owed.order_by(Assignment.id)))
    if not ids:
        raise plans.PlanRefused(say("{name} 在本方案中没有未办结的事项。", name=unit.name))
    for id_ in ids:
        change_status(actor, at, id_, Move.WITHDRAW, reason)
    return len(ids)


def _row(
    plan: Plan,
    task_id: int,
    due_on: date | None,
    member: Member,
    at: datetime,
    role: str = PartyRole.RESPONSIBLE,
) -> dict[str, Any]:
    return {
        "plan_id": plan.id,
        "task_id": task_id,
        "unit_id": member.id,
        "district_id": member.district_id,
        "level": member.kind,
        "role": role,
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
                else [people.member(people.standing_in(party.organization_id or 0, at.date()))]
            )
    return found


def _units(
    parties: list[Responsibility], recipients: dict[tuple[int | None, int | None], list[Member]]
) -> dict[int, tuple[Member, str]]:
    """Return the units of one task with their part, each once: a lead stays lead where its group is named too (X3-08).

    A unit named itself goes before a group that holds it, so that the part is the one printed beside its name.
    """
    found: dict[int, tuple[Member, str]] = {}
    for party in sorted(parties, key=lambda party: (_PARTS.index(party.role), party.group_id is not None)):
        for member in recipients[(party.organization_id, party.group_id)]:
            found.setdefault(member.id, (member, party.role))
    return found


_PARTS = [PartyRole.LEAD.value, PartyRole.RESPONSIBLE.value, PartyRole.COOPERATING.value]


def _add_reviewers(plan: Plan, tasks: list[Task], parties: Parties, day: date) -> None:
    """Let the named city offices review a task; where none is named, the plan's owner (X1: tasks 15, 17, 18, 21)."""
    offices = set(db.session.scalars(select(Organization.id).where(Organization.kind == OrganizationKind.CITY_OFFICE)))
    for task in tasks:
        named = [party.organization_id for party in parties.get(task.id, []) if party.organization_id in offices]
        reviewers = named or ([plan.owner_id] if plan.owner_id else [])
        for position, office_id in enumerate(dict.fromkeys(people.standing_in(id_, day) for id_ in reviewers), 1):
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


class StaleAssignment(Outdated):
    """The assignment changed after the person saw it; what they decided on may no longer be what stands."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(say("您打开页面之后，这个事项又有了新的办理。请看过最新内容再决定，您填写的文字还在。"))


def change_status(
    actor: Actor, at: datetime, assignment_id: int, move: Move, reason: str = "", seen: int | None = None
) -> Assignment:
    """Take one step of the loop; `seen` is the version the person decided on.

    Raise Forbidden, MoveRefused, StaleAssignment, or StaleDataError where another was faster.
    """
    assignment = db.session.get_one(Assignment, assignment_id, with_for_update=True)
    _require_duty(actor, assignment, move)
    if move is Move.RECORD:
        raise MoveRefused(say("补录办结只在任务页上对整项任务作出。"))
    if seen is not None and assignment.version != seen:
        raise StaleAssignment
    next_status(Status(assignment.status), move, reason)  # refuses what the loop does not allow
    _require_turn(actor, assignment, move)
    if move is Move.REOPEN:
        _require_in_use(assignment, at.date())
    return _step(actor, at, assignment, move, reason)


def withdraw_task(actor: Actor, at: datetime, task_id: int, reason: str) -> int:
    """Withdraw what every unit still owes of a task, the supervisor's own unit as any other; return how much."""
    require(actor, Action.EDIT_PLAN)
    return _step_all(actor, at, task_id, Move.WITHDRAW, reason)


def record_done(actor: Actor, at: datetime, task: Task, reason: str) -> int:
    """Put on record that every unit did on its day what was due before the document was issued (X3-01)."""
    require(actor, Action.EDIT_PLAN)
    return _step_all(actor, at, task.id, Move.RECORD, reason, task.due_on)


def _step_all(actor: Actor, at: datetime, task_id: int, move: Move, reason: str, done_on: date | None = None) -> int:
    owed = select(Assignment).where(Assignment.task_id == task_id, Assignment.status.in_(sorted(LIVE)))
    found = db.session.scalars(owed.order_by(Assignment.id).with_for_update()).all()
    for assignment in found:
        _step(actor, at, assignment, move, reason, done_on)
    return len(found)


def withdraw_merged(actor: Actor, at: datetime, assignment: Assignment, reason: str) -> None:
    """Withdraw what a unit owes that is merged into another: no judgement on it, so no supervisor's duty."""
    require(actor, Action.EDIT_UNITS)
    _step(actor, at, assignment, Move.WITHDRAW, reason)


def _step(
    actor: Actor, at: datetime, assignment: Assignment, move: Move, reason: str, done_on: date | None = None
) -> Assignment:
    """Put on record a step that the person may take and the loop allows."""
    freezes.require_open(assignment.plan_id)
    before, reason = Status(assignment.status), reason.strip()
    after = next_status(before, move, reason)
    step = _begin_period(actor, at, assignment, move, before, after, reason)
    step.done_on = done_on or step.done_on
    assignment.status = after
    assignment.completed_on = (step.done_on or step.day) if after is Status.COMPLETED else None
    assignment.closed_on, assignment.closed_by = None, ""
    if move is not Move.ACCEPT:
        assignment.signed_off_on, assignment.signed_off_by = None, ""
    db.session.flush()  # the version is compared here, so that a lost race is told at once
    audit.record(actor, at, move.value, "assignment", assignment.id, reason, **about(assignment))
    return assignment


def _begin_period(
    actor: Actor, at: datetime, assignment: Assignment, move: Move, before: Status, after: Status, reason: str
) -> StatusChange:
    day = at.date()
    current = present_period(assignment.id, day)
    current.until_day = day
    confirmed = move is Move.ACCEPT and current.move == Move.RECHECK
    db.session.flush()  # the open period must end before the next one begins
    step = StatusChange(
        assignment_id=assignment.id,
        move=move,
        from_status=before,
        to_status=after,
        day=day,
        done_on=_first_accepted_on(assignment.id) if confirmed else None,
        at=at,
        actor_id=actor.id,
        actor_name=actor.name,
        reason=reason,
    )
    db.session.add(step)
    return step


def _first_accepted_on(assignment_id: int) -> date:
    """Return when a report was accepted that was then reviewed again: found good unchanged, it was done that day."""
    accepted = and_(StatusChange.assignment_id == assignment_id, StatusChange.to_status == Status.COMPLETED)
    last = db.session.scalars(select(StatusChange).where(accepted).order_by(StatusChange.id.desc()).limit(1)).one()
    return last.done_on or last.day


def present_period(assignment_id: int, day: date) -> StatusChange:
    """Return the step that stands; raise MoveRefused where `day` lies before it, for history is not rewritten."""
    current = db.session.scalars(
        select(StatusChange).where(StatusChange.assignment_id == assignment_id, StatusChange.until_day == FOREVER)
    ).one()
    if day < current.day:
        raise MoveRefused(
            say(
                "业务日期 {day} 早于该事项最近一次办理（{last}），不能办理。请把业务日期设为 {last} 或以后。",
                day=day,
                last=current.day,
            )
        )
    return current


def _require_duty(actor: Actor, assignment: Assignment, move: Move) -> None:
    duty = TRANSITIONS[move].duty
    if duty is Duty.HANDLER and not queries.is_handler(actor, assignment.unit_id):
        raise Forbidden(say("只有承办单位的经办人可以办理此事项。"))
    if duty is Duty.REVIEWER and not _decides(actor, assignment.id, move):
        raise Forbidden(say("您不是此事项的审核人：由任务列明的市局处室审核，本单位不审核自己的事项。"))
    if duty is Duty.SUPERVISOR:
        require_supervisor(actor, assignment)


def require_supervisor(actor: Actor, assignment: Assignment, action: Action = Action.SUPERVISE) -> None:
    """Raise Forbidden for anyone but a supervisor of another unit: nobody decides on what their own unit owes."""
    if not may(actor, action):
        raise Forbidden(say("只有市局督办人员可以这样处理。"))
    if actor.unit_id is not None and actor.unit_id == assignment.unit_id:
        raise Forbidden(OWN_UNIT)


def _decides(actor: Actor, assignment_id: int, move: Move) -> bool:
    """Tell whether the person decides on the report: who signs off may return it, but not accept it for good."""
    if reviewing.is_reviewer(actor, assignment_id):
        return True
    return move is Move.RETURN and reviewing.is_signer(actor, assignment_id)


def _require_in_use(assignment: Assignment, day: date) -> None:
    """Refuse to give back to a unit that ended what nobody there could take up."""
    unit = db.session.get_one(Organization, assignment.unit_id)
    if unit.valid_until <= day:
        raise MoveRefused(say("{name}已停用，不能重新办理。确需继续的，请另行交办给承接它职责的单位。", name=unit.name))


def _require_turn(actor: Actor, assignment: Assignment, move: Move) -> None:
    """Refuse a decision before the district's lead has signed off, and one of the district's own after it."""
    if move is Move.RECALL and assignment.signed_off_on is not None:
        raise MoveRefused(say("区局负责人已经审签，不能撤回。如需修改，请联系审核处室退回。"))
    if TRANSITIONS[move].duty is Duty.REVIEWER and not reviewing.is_turn(actor, assignment.id):
        raise MoveRefused(SIGNED if may(actor, Action.SIGN_OFF) else UNSIGNED)
