"""Carries a change of a published task through to the units that owe it: handed out, moved, withdrawn."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from tracker.assignments import dues, operations
from tracker.assignments.models import Assignment
from tracker.db import LARGEST_ID, db
from tracker.people import queries as people
from tracker.people.models import Organization
from tracker.people.queries import UnknownUnit
from tracker.plans import changes
from tracker.plans.changes import Changed, ChangeRefused, NewTask
from tracker.plans.models import Plan, Task
from tracker.rules.deadlines import DeadlineSpec
from tracker.rules.dues import NO_DUE
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.status import LIVE, MoveRefused

PASSED = (
    "完成时限 {due} 已过，不能再改：过去的日子的逾期和得分不能变。"
    "个别单位确需更晚完成的，应在到期前申请延期；对扣分有不同意见的，由区局负责人提出异议。"
)


def create(actor: Actor, at: datetime, plan_id: int, new: NewTask, reason: str) -> Task:
    """Add a task to a published plan and hand it out. Raise ChangeRefused or MoveRefused."""
    require(actor, Action.EDIT_PLAN)
    return _add(actor, at, changes.open_plan(plan_id), [new], reason)[0]


def create_many(actor: Actor, at: datetime, plan_id: int, new: Sequence[NewTask], reason: str) -> list[Task]:
    """Add tasks to a published plan and hand them out, all or none. Raise ChangeRefused or MoveRefused."""
    require(actor, Action.EDIT_PLAN)
    return _add(actor, at, changes.open_plan(plan_id), new, reason)


def _add(actor: Actor, at: datetime, plan: Plan, new: Sequence[NewTask], reason: str) -> list[Task]:
    added = [changes.add_task(actor, at, plan, task, reason) for task in new]
    operations.hand_out(actor, at, plan, added)
    ids = [task.id for task in added]
    owed = set(db.session.scalars(select(Assignment.task_id).where(Assignment.task_id.in_(ids))))
    idle = "、".join(f"第{task.number}项" for task in added if task.id not in owed)
    if idle:
        raise ChangeRefused(f"{idle}的责任单位目前没有成员，无处交办。请核对单位库，或直接写明单位名称。", "units")
    return added


def edit(actor: Actor, at: datetime, task_id: int, version: int, text: str, reason: str) -> Task:
    """Correct a task's text. Raise ChangeRefused, MoveRefused or StaleText."""
    return changes.edit_text(actor, at, task_id, version, text, reason)


def move_due(actor: Actor, at: datetime, task_id: int, version: int, due: DeadlineSpec, reason: str) -> int:
    """Move the day by which a task is due, and that of everybody who still owes it; return of how many.

    What passed stays as it is. Who has got a later day of their own keeps it, unless the new one is later still.
    Raise ChangeRefused, MoveRefused or StaleText.
    """
    require(actor, Action.EDIT_PLAN)
    task, new = changes.open_task(task_id), due.due_on
    changes.require_version(task, version, f"完成时限 {new}")
    if task.due_on is not None and task.due_on < at.date():
        raise MoveRefused(PASSED.format(due=task.due_on))
    words = changes.reason_read(reason)
    changes.require_future(new, at.date())
    if new is None or new == task.due_on:
        raise ChangeRefused("完成时限与现在的相同，没有改动。", "due")
    moved = [row for row in _owed(task_id) if _moves(row, task.due_on, new, at.date())]
    for assignment in moved:
        dues.move(actor, at, assignment, new)
    after = f"{new}（涉及 {len(moved)} 个责任事项）"
    changes.note(actor, at, task, Changed.DUE, str(task.due_on or NO_DUE), after, words)
    task.due_on = new
    db.session.flush()  # a lost race shows here, not at commit
    return len(moved)


def _owed(task_id: int) -> list[Assignment]:
    owed = select(Assignment).where(Assignment.task_id == task_id, Assignment.status.in_(sorted(LIVE)))
    return list(db.session.scalars(owed.order_by(Assignment.id).with_for_update()))


def _moves(assignment: Assignment, old: date | None, new: date, day: date) -> bool:
    """Tell whether the new day is the assignment's as well; a later day of its own is not taken back."""
    due_on = assignment.due_on
    if due_on is None:
        return True
    own = old is not None and due_on > old
    return day <= due_on < new if own else day <= due_on


def archive(actor: Actor, at: datetime, task_id: int, version: int, reason: str) -> int:
    """Take a task off a published plan: what is still owed is withdrawn, what was completed stays. Return how many.

    Raise ChangeRefused, MoveRefused or StaleText.
    """
    require(actor, Action.EDIT_PLAN)
    task = changes.open_task(task_id)
    changes.require_version(task, version, "撤下这项任务")
    words = changes.reason_read(reason)
    withdrawn = operations.withdraw_task(actor, at, task_id, words)
    changes.note(actor, at, task, Changed.WITHDRAWN, "", f"撤销 {withdrawn} 个责任事项", words)
    task.withdrawn_on = at.date()
    db.session.flush()  # a lost race shows here, not at commit
    return withdrawn


def assign(actor: Actor, at: datetime, task_id: int, unit: str, reason: str) -> Organization:
    """Hand a task to one more unit, by number or name, from the day of `at` on. Raise ChangeRefused or MoveRefused."""
    require(actor, Action.EDIT_PLAN)
    task = changes.open_task(task_id)
    words, found = changes.reason_read(reason), _unit(unit.strip(), at.date())
    if task.due_on is not None and task.due_on < at.date():
        raise MoveRefused(f"完成时限 {task.due_on} 已过，现在交办一开始就逾期。确需交办的，请另外增补一项任务。")
    has = select(Assignment.id).where(Assignment.task_id == task_id, Assignment.unit_id == found.id)
    if db.session.scalar(has) is not None:
        raise MoveRefused(f"{found.name}已经承办第{task.number}项，不用再次交办。")
    operations.hand_to(actor, at, db.session.get_one(Plan, task.plan_id), task, found)
    changes.note(actor, at, task, Changed.UNIT, "", found.name, words)
    return found


def _unit(named: str, day: date) -> Organization:
    if not named:
        raise ChangeRefused("请填写单位名称，全称、简称都可以。", "unit")
    try:
        found = _numbered(named) or people.find_unit(named[:100])
    except UnknownUnit as unknown:
        raise ChangeRefused(str(unknown), "unit") from None
    if not found.valid_from <= day < found.valid_until:
        raise ChangeRefused(f"{found.name}在 {day} 不在用，不能交办。请填写承接它职责的单位。", "unit")
    return found


def _numbered(named: str) -> Organization | None:
    plain = named.isascii() and named.isdigit() and len(named) <= len(str(LARGEST_ID)) and int(named) <= LARGEST_ID
    return people.unit(int(named)) if plain else None
