"""Adds tasks to a published plan, corrects and withdraws them, each change on record with its reason.

What the units owe because of it is `assignments.changes`' matter, which calls these.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select

from tracker.audit import operations as audit
from tracker.db import db
from tracker.people import queries as people
from tracker.people.models import Group
from tracker.people.queries import Directory
from tracker.plans import freezes
from tracker.plans.models import PartyRole, Plan, PlanState, Responsibility, Task, TaskChange
from tracker.plans.operations import StaleText
from tracker.rules.deadlines import DeadlineSpec
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.status import MoveRefused
from tracker.rules.words import say

LONGEST_TEXT = 2000
LONGEST_REASON = 500
LARGEST_NUMBER = 9999


class Changed(StrEnum):
    """What was done to a task."""

    ADDED = "added"
    TEXT = "text"
    DUE = "due"
    UNIT = "unit"
    WITHDRAWN = "withdrawn"
    EARLY = "early"
    SPLIT = "split"
    MERGED = "merged"


CHANGED_TEXT: dict[Changed, str] = {
    Changed.ADDED: say("增补任务"),
    Changed.TEXT: say("更正文字"),
    Changed.DUE: say("调整时限"),
    Changed.UNIT: say("增加承办单位"),
    Changed.WITHDRAWN: say("撤下任务"),
    Changed.EARLY: say("到期早于印发的处理"),
    Changed.SPLIT: say("拆分任务"),
    Changed.MERGED: say("合并任务"),
}


class ChangeRefused(ValueError):
    """A change that cannot be stored as it is; `field` names what to correct."""

    def __init__(self, message: str, field: str) -> None:
        """Keep the message and the field it belongs to."""
        super().__init__(message)
        self.field = field


class NumberTaken(MoveRefused):
    """A task of this number is in the plan already."""


@dataclass(frozen=True)
class NewTask:
    """A task to be added: number, text, due day, and the names of units or groups that are to do it."""

    number: str
    text: str
    due: DeadlineSpec
    units: tuple[str, ...] = field(default=())


def open_plan(plan_id: int) -> Plan:
    """Return a published plan whose scores are not final, locked against other changes; raise MoveRefused."""
    plan = db.session.get_one(Plan, plan_id, with_for_update=True)
    require_changeable(plan)
    return plan


def require_changeable(plan: Plan) -> None:
    """Raise MoveRefused unless the plan is published and its scores are not final."""
    if plan.state != PlanState.PUBLISHED:
        raise MoveRefused(
            say("{doc_number} 尚未发布：请改正文件后重新导入，发布之后才需要增补和更正。", doc_number=plan.doc_number)
        )
    if freezes.is_frozen(plan.id):
        raise MoveRefused(freezes.FROZEN)


def open_task(task_id: int) -> Task:
    """Return a task that may change, locked against other changes; raise MoveRefused."""
    task = db.session.get_one(Task, task_id, with_for_update=True)
    # Shared, not alone: who files a report holds an assignment already and asks for the plan as well.
    freezes.require_open(task.plan_id)
    require_changeable(db.session.get_one(Plan, task.plan_id))
    if task.withdrawn_on is not None:
        raise MoveRefused(
            say(
                "第{number}项已于 {withdrawn_on} 撤下，不能再改动。", number=task.number, withdrawn_on=task.withdrawn_on
            )
        )
    return task


def number_read(text: str) -> str:
    """Return a task's number; raise ChangeRefused for anything but 1, 2, 3 ….."""
    plain = text.isascii() and text.isdigit() and not text.startswith("0") and len(text) <= len(str(LARGEST_NUMBER))
    if not plain:
        raise ChangeRefused(
            say("序号应是 1 到 {largest_number} 的整数，例如 29。", largest_number=LARGEST_NUMBER), "number"
        )
    return text


def text_read(text: str) -> str:
    """Return a task's text; raise ChangeRefused where there is none or too much of it."""
    found = text.strip()
    if not found:
        raise ChangeRefused(say("请写明任务内容。"), "text")
    if len(found) > LONGEST_TEXT:
        raise ChangeRefused(
            say("任务内容最多 {longest_text} 字，现在有 {n} 字，请精简。", longest_text=LONGEST_TEXT, n=len(found)),
            "text",
        )
    return found


def reason_read(text: str) -> str:
    """Return the reason of a change; raise ChangeRefused where there is none or too much of it."""
    found = text.strip()
    if not found:
        raise ChangeRefused(say("请写明理由：它与改动前后的内容一起留存，日后可查。"), "reason")
    if len(found) > LONGEST_REASON:
        raise ChangeRefused(
            say("理由最多 {longest_reason} 字，现在有 {n} 字，请精简。", longest_reason=LONGEST_REASON, n=len(found)),
            "reason",
        )
    return found


def require_future(due_on: date | None, day: date) -> None:
    """Raise ChangeRefused for a due day that has passed: every unit would be overdue at once."""
    if due_on is not None and due_on < day:
        raise ChangeRefused(
            say(
                "完成时限 {due_on} 早于今天（{day}），各单位一交办就已逾期。请改为今天或以后。", due_on=due_on, day=day
            ),
            "due",
        )


def taken_numbers(plan_id: int) -> set[str]:
    """Return the numbers of a plan's tasks, also of those that were withdrawn."""
    return set(db.session.scalars(select(Task.number).where(Task.plan_id == plan_id)))


def add_task(actor: Actor, at: datetime, plan: Plan, new: NewTask, reason: str) -> Task:
    """Add a task behind the plan's own; raise ChangeRefused, or NumberTaken. The units come from the caller."""
    require(actor, Action.EDIT_PLAN)
    number, text, words = number_read(new.number), text_read(new.text), reason_read(reason)
    if number in taken_numbers(plan.id):
        raise NumberTaken(say("本方案已有第{number}项，请换一个没有用过的序号。", number=number))
    require_future(new.due.due_on, at.date())
    position = db.session.scalar(select(func.coalesce(func.max(Task.position), 0)).where(Task.plan_id == plan.id)) or 0
    task = Task(
        plan_id=plan.id,
        position=position + 1,
        number=number,
        text=text,
        deadline_kind=new.due.kind,
        deadline_value=new.due.value or "",
        deadline_raw=new.due.raw,
        due_on=new.due.due_on,
        line_from=0,
        line_to=0,
    )
    db.session.add(task)
    db.session.flush()  # its id is needed by its parties and its record
    names = _add_parties(task, new.units, people.directory(plan.issuer_id, at.date()))
    note(actor, at, task, Changed.ADDED, "", f"{text}（{new.due.raw}；{'、'.join(names)}）", words)
    return task


def _add_parties(task: Task, asked: tuple[str, ...], directory: Directory) -> list[str]:
    if not asked:
        raise ChangeRefused(say("请填写责任单位，例如：各区局。"), "units")
    numbered = people.unit_names(directory.organizations.values()) if any(map(str.isdigit, asked)) else {}
    by_number = {str(id_): name for id_, name in numbered.items()}
    names = [by_number.get(name, name) for name in asked]
    unknown = [name for name in names if name not in directory.organizations and name not in directory.groups]
    if unknown:
        shown = [name[:30] for name in unknown]
        groups = list(directory.groups)
        raise ChangeRefused(
            say("单位库中没有：{shown}。请写单位名称，或一类单位：{groups}。", shown=shown, groups=groups), "units"
        )
    for position, name in enumerate(names, 1):
        db.session.add(
            Responsibility(
                task_id=task.id,
                position=position,
                role=PartyRole.RESPONSIBLE,
                printed_name=name,
                organization_id=directory.organizations.get(name),
                group_id=None if name in directory.organizations else directory.groups[name],
            )
        )
    db.session.flush()  # the units are looked up by what was just written
    return names


def edit_text(actor: Actor, at: datetime, task_id: int, version: int, text: str, reason: str) -> Task:
    """Correct a task's text; raise ChangeRefused, MoveRefused, or StaleText where it changed since `version`."""
    require(actor, Action.EDIT_PLAN)
    task = open_task(task_id)
    require_version(task, version, text)
    after, words = text_read(text), reason_read(reason)
    if after == task.text:
        raise ChangeRefused(say("任务内容没有改动。"), "text")
    note(actor, at, task, Changed.TEXT, task.text, after, words)
    task.text = after
    db.session.flush()  # a lost race shows here, not at commit
    return task


def require_version(task: Task, version: int, mine: str) -> None:
    """Raise StaleText where somebody changed the task since a form with `mine` was opened."""
    if task.version != version:
        raise StaleText(
            mine=mine,
            theirs=say("{text}（{due_words}）", text=task.text, due_words=_due_words(task)),
            version=task.version,
        )


def _due_words(task: Task) -> str:
    return say("完成时限 {due_on}", due_on=task.due_on) if task.due_on else say("无截止日")


def note(actor: Actor, at: datetime, task: Task, what: Changed, before: str, after: str, reason: str) -> None:
    """Put a change of a task on record, beside the task and in the audit trail."""
    db.session.add(
        TaskChange(
            task_id=task.id,
            what=what,
            before=before,
            after=after,
            reason=reason,
            day=at.date(),
            at=at,
            actor_name=actor.name,
        )
    )
    changed = f"{before} → {after}" if before else after
    detail = f"第{task.number}项：{changed}；理由：{reason}"
    audit.record(actor, at, f"task_{what}", "task", task.id, detail, about_task=task.id)


def carry_dues(task: Task, new: Task) -> None:
    """Put on record at what a task became how its due day was moved: when, by whom and why."""
    moved = select(TaskChange).where(TaskChange.task_id == task.id, TaskChange.what == Changed.DUE)
    db.session.add_all(
        TaskChange(
            task_id=new.id,
            what=change.what,
            before=change.before,
            after=change.after,
            reason=change.reason,
            day=change.day,
            at=change.at,
            actor_name=change.actor_name,
        )
        for change in db.session.scalars(moved.order_by(TaskChange.id)).all()
    )


# ---- reading


def of(task_id: int) -> list[TaskChange]:
    """Return a task's changes, the newest first."""
    return list(
        db.session.scalars(select(TaskChange).where(TaskChange.task_id == task_id).order_by(TaskChange.id.desc()))
    )


def reason_of(task_id: int, what: Changed) -> str:
    """Return the reason of the newest change of a kind; raise LookupError where there was none."""
    return next(change.reason for change in of(task_id) if change.what == what)


def original_text(task: Task, changes: list[TaskChange]) -> str:
    """Return the text that the document, or whoever added the task, gave it at first."""
    texts = [change.before for change in changes if change.what == Changed.TEXT]
    return texts[-1] if texts else task.text


def usual_group(plan_id: int) -> str:
    """Return the group that most of a plan's tasks name, in general 各区局; empty where they name none."""
    named = (
        select(Group.name)
        .join(Responsibility, Responsibility.group_id == Group.id)
        .join(Task, Task.id == Responsibility.task_id)
        .where(Task.plan_id == plan_id)
        .group_by(Group.id, Group.name)
        .order_by(func.count().desc(), Group.id)
        .limit(1)
    )
    return db.session.scalar(named) or ""
