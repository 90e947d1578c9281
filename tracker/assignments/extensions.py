"""Requests for a later due day: a district's lead asks by the due day, a supervisor decides by the due day.

What is decided in time moves no past day: until the old due day nothing was overdue under either day, so the lists and
scores of the days before stay as they were.
"""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from tracker.assignments import dues
from tracker.assignments.about import about
from tracker.assignments.models import Assignment, Extension
from tracker.assignments.operations import require_supervisor
from tracker.assignments.queries import within
from tracker.audit import operations as audit
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans import freezes
from tracker.plans.models import Task
from tracker.rules.calendar import YEARS
from tracker.rules.permissions import Action, Actor, Forbidden, require
from tracker.rules.status import LIVE, MoveRefused, RequestState, Status
from tracker.rules.words import say

LONGEST = 500


class ExtensionRefused(ValueError):
    """A request or an answer that cannot be stored as it is; `field` names what to correct."""

    def __init__(self, message: str, field: str) -> None:
        """Keep the message and the field it belongs to."""
        super().__init__(message)
        self.field = field


class Row(NamedTuple):
    """A line of the list of requests."""

    id: int
    assignment_id: int
    number: str
    text: str
    unit: str
    old_due_on: date
    new_due_on: date
    due_on: date | None
    reason: str
    progress: str
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    answer: str


def of(assignment_id: int) -> list[Extension]:
    """Return an assignment's requests, the newest first."""
    return list(
        db.session.scalars(
            select(Extension).where(Extension.assignment_id == assignment_id).order_by(Extension.id.desc())
        )
    )


def get(extension_id: int) -> Extension | None:
    """Return a request."""
    return db.session.get(Extension, extension_id)


def counts() -> dict[RequestState, int]:
    """Return how many requests stand in each state."""
    rows = db.session.execute(select(Extension.state, func.count()).group_by(Extension.state))
    found = {RequestState(state): number for state, number in rows}
    return {state: found.get(state, 0) for state in RequestState}


def rows(state: RequestState, limit: int, offset: int) -> list[Row]:
    """Return requests in a state: open ones by the day they must be decided by, decided ones the newest first."""
    order = (Extension.old_due_on, Extension.id) if state is RequestState.ASKED else (Extension.decided_at.desc(),)
    statement = (
        select(
            Extension.id,
            Extension.assignment_id,
            Task.number,
            Task.text,
            Organization.name,
            Extension.old_due_on,
            Extension.new_due_on,
            Assignment.due_on,
            Extension.reason,
            Extension.progress,
            Extension.asked_by,
            Extension.asked_at,
            Extension.decided_by,
            Extension.decided_at,
            Extension.answer,
        )
        .join(Assignment, Assignment.id == Extension.assignment_id)
        .join(Task, Task.id == Assignment.task_id)
        .join(Organization, Organization.id == Assignment.unit_id)
        .where(Extension.state == state)
        .order_by(*order, Extension.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [Row._make(row) for row in db.session.execute(statement)]


def may_ask(actor: Actor, assignment_id: int) -> bool:
    """Tell whether the person asks for extensions of an assignment."""
    found = select(Assignment.id).where(Assignment.id == assignment_id, within(actor, Action.ASK_EXTENSION))
    return db.session.scalar(found) is not None


def obstacle(status: Status, due_on: date | None, day: date) -> str:
    """Return why nobody can ask for an extension on a day; empty where the district's lead can."""
    if status not in LIVE:
        return say("该事项已不在办理中，不需要延期。")
    if due_on is None:
        return say("该事项持续推进、没有截止日，不需要延期。")
    if due_on < day:
        return say(
            "完成时限 {due_on} 已过，不能再申请延期。对逾期和扣分有不同意见的，请由区局负责人提出异议。", due_on=due_on
        )
    return ""


def ask(actor: Actor, at: datetime, assignment_id: int, due_on: date, reason: str, progress: str) -> Extension:
    """Ask for a later due day: why, and how far it has got. Raise Forbidden, MoveRefused or ExtensionRefused."""
    require(actor, Action.ASK_EXTENSION)
    assignment = db.session.get_one(Assignment, assignment_id, with_for_update=True)
    if not may_ask(actor, assignment_id):
        raise Forbidden(say("延期由承办单位所在区的区局负责人申请。"))
    freezes.require_open(assignment.plan_id)
    refused = obstacle(Status(assignment.status), assignment.due_on, at.date())
    if refused or assignment.due_on is None:
        raise MoveRefused(refused)
    if any(extension.state == RequestState.ASKED for extension in of(assignment_id)):
        raise MoveRefused(say("该事项已有一条延期申请等待裁定，裁定之前不能再次申请。"))
    if due_on <= assignment.due_on:
        raise ExtensionRefused(say("新的时限应晚于现在的完成时限 {due_on}。", due_on=assignment.due_on), "due")
    if due_on.year not in YEARS:
        raise ExtensionRefused(say("年份应在 {years} 到 {years2} 之间。", years=YEARS[0], years2=YEARS[-1]), "due")
    extension = Extension(
        assignment_id=assignment_id,
        old_due_on=assignment.due_on,
        new_due_on=due_on,
        reason=_written(reason, say("请写明申请延期的理由。")),
        progress=_written(progress, say("请写明现有进展：已经做了什么，还差什么。"), "progress"),
        day=at.date(),
        asked_at=at,
        asked_by=actor.name,
    )
    db.session.add(extension)
    db.session.flush()  # its id goes on record
    moved = f"{extension.old_due_on} → {due_on}：{extension.reason}；现有进展：{extension.progress}"
    audit.record(actor, at, "ask_extension", "extension", extension.id, moved, **about(assignment))
    return extension


def decide(actor: Actor, at: datetime, extension_id: int, decision: RequestState, answer: str) -> Extension:
    """Grant a request, which moves the due day, or refuse it with a reason.

    Raise Forbidden, MoveRefused or ExtensionRefused.
    """
    require(actor, Action.DECIDE_EXTENSION)
    extension = db.session.get_one(Extension, extension_id, with_for_update=True)
    assignment = db.session.get_one(Assignment, extension.assignment_id, with_for_update=True)
    require_supervisor(actor, assignment, Action.DECIDE_EXTENSION)
    if extension.state != RequestState.ASKED:
        raise MoveRefused(
            say("这条延期申请已由{decided_by}裁定，请刷新页面查看结果。", decided_by=extension.decided_by)
        )
    if decision is RequestState.GRANTED:
        freezes.require_open(assignment.plan_id)
        _move(actor, at, assignment, extension)
        extension.answer = _written(answer)
    else:
        extension.answer = _written(answer, say("驳回必须写明理由，让申请人知道原因。"))
    extension.state, extension.decided_at, extension.decided_by = decision, at, actor.name
    db.session.flush()  # a lost race shows here, not at commit
    act = "grant_extension" if decision is RequestState.GRANTED else "refuse_extension"
    moved = f"{extension.old_due_on} → {extension.new_due_on}：{extension.answer}"
    audit.record(actor, at, act, "extension", extension.id, moved, **about(assignment))
    return extension


def _move(actor: Actor, at: datetime, assignment: Assignment, extension: Extension) -> None:
    if assignment.status not in LIVE:
        raise MoveRefused(say("该事项已不在办理中，不能批准延期；可以驳回这条申请。"))
    if extension.old_due_on < at.date():
        raise MoveRefused(
            say(
                "完成时限 {old_due_on} 已过，不能再批准延期：批准会改动已经过去的日子的逾期和得分。"
                "请驳回，并告知区局对扣分提出异议。",
                old_due_on=extension.old_due_on,
            )
        )
    if assignment.due_on != extension.old_due_on:
        raise MoveRefused(
            say(
                "申请之后完成时限已改为 {due}，请驳回，由区局按新的时限重新申请。",
                due=assignment.due_on or say("无截止日"),
            )
        )
    dues.move(actor, at, assignment, extension.new_due_on, extension.id)


def _written(text: str, missing: str = "", field: str = "reason") -> str:
    found = text.strip()
    if missing and not found:
        raise ExtensionRefused(missing, field)
    if len(found) > LONGEST:
        raise ExtensionRefused(
            say("最多 {longest} 字，您写了 {found} 字，请精简。", longest=LONGEST, found=len(found)), field
        )
    return found
