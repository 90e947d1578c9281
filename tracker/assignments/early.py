"""What becomes of a task that was due before its document was issued: a supervisor's word, once (X3-01)."""

from datetime import date, datetime

from sqlalchemy import select

from tracker.assignments import dues, operations
from tracker.assignments.models import Assignment
from tracker.db import db
from tracker.plans import changes
from tracker.plans.changes import Changed, ChangeRefused
from tracker.plans.models import Task
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.plans import Early
from tracker.rules.status import LIVE, MoveRefused, Status
from tracker.rules.words import say

CHOICE_TEXT: dict[Early, str] = {
    Early.RECORDED: say("已完成补录"),
    Early.MOVED: say("顺延"),
    Early.KEPT: say("照常逾期"),
}


def decide(
    actor: Actor, at: datetime, task_id: int, version: int, choice: Early, due_on: date | None, reason: str
) -> int:
    """Decide on a task; what was decided holds from the day of `at` on, the days before it stay as they were.

    Return of how many assignments. Raise ChangeRefused, MoveRefused or StaleText.
    """
    require(actor, Action.EDIT_PLAN)
    task = changes.open_task(task_id)
    words = changes.reason_read(reason)
    changes.require_version(task, version, CHOICE_TEXT.get(choice, ""))
    if task.early != Early.UNDECIDED:
        raise MoveRefused(say("第{number}项没有待决定的时限：它不早于印发日期，或者已经作过决定。", number=task.number))
    if choice not in CHOICE_TEXT:
        raise ChangeRefused(say("请选择怎样处理。"), "choice")
    printed, after = task.due_on, CHOICE_TEXT[choice]
    owed = _owed(task)
    if choice is Early.RECORDED and any(row.status == Status.UNDER_REVIEW for row in owed):
        raise MoveRefused(say("第{number}项有单位已经申请办结，请先审核，再决定是否补录。", number=task.number))
    if choice is Early.MOVED:
        task.due_on = _later(due_on, at.date())
        after = f"{after}至 {task.due_on}"
    for assignment in owed:
        if task.due_on is not None and assignment.due_on is None:
            dues.move(actor, at, assignment, task.due_on)
    if choice is Early.RECORDED:
        operations.record_done(actor, at, task, words)
    task.early = choice
    before = f"完成时限 {printed}，早于印发日期"
    changes.note(actor, at, task, Changed.EARLY, before, f"{after}（涉及 {len(owed)} 个责任事项）", words)
    db.session.flush()  # a lost race shows here, not at commit
    return len(owed)


def _later(due_on: date | None, day: date) -> date:
    if due_on is None:
        raise ChangeRefused(say("顺延的，请写明新的完成时限，例如 2024-09。"), "due")
    changes.require_future(due_on, day)
    return due_on


def _owed(task: Task) -> list[Assignment]:
    owed = select(Assignment).where(Assignment.task_id == task.id, Assignment.status.in_(sorted(LIVE)))
    return list(db.session.scalars(owed.order_by(Assignment.id).with_for_update()))
