"""Files 本期无变化 for several assignments at once: a progress report that says so, with the progress as it stands."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from tracker.assignments.models import Assignment
from tracker.assignments.queries import visible
from tracker.db import db
from tracker.plans import freezes
from tracker.plans.models import Task
from tracker.reports import operations
from tracker.reports.models import Report
from tracker.reports.operations import Content
from tracker.rules.permissions import Action, Actor, Forbidden, require
from tracker.rules.reports import ReportState
from tracker.rules.status import STATUS_TEXT, WORKING, Status
from tracker.rules.words import say

TEXT = "本期无变化。"
"""What such a report says; it is a document, and stays Chinese."""

MOST = 100


class UnchangedRefused(ValueError):
    """None or too many were ticked."""


@dataclass(frozen=True)
class Item:
    """A ticked assignment; `left_out` says why nothing is filed for it, and is empty where it is."""

    id: int
    number: str
    text: str
    due_on: date | None
    progress: int
    left_out: str


def preview(actor: Actor, ids: Collection[int]) -> list[Item]:
    """Return what would be filed, the earliest due first; a foreign assignment answers like a missing one."""
    require(actor, Action.HANDLE)
    wanted = _checked(ids)
    rows = db.session.execute(
        select(Assignment, Task.number, Task.text)
        .join(Task, Task.id == Assignment.task_id)
        .where(Assignment.id.in_(wanted), visible(actor))
        .order_by(Assignment.due_on.is_(None), Assignment.due_on, Assignment.task_id, Assignment.id)
    ).all()
    if len(rows) != len(wanted):
        raise NoResultFound
    if any(row.Assignment.unit_id != actor.unit_id for row in rows):
        raise Forbidden(say("只有承办单位的经办人可以填报此事项。"))
    drafts = set(
        db.session.scalars(
            select(Report.assignment_id).where(Report.assignment_id.in_(wanted), Report.state == ReportState.DRAFT)
        )
    )
    sealed = freezes.sealed()
    return [_item(row.Assignment, row.number, row.text, drafts, sealed) for row in rows]


def _checked(ids: Collection[int]) -> list[int]:
    wanted = sorted(set(ids))
    if not wanted:
        raise UnchangedRefused(say("请先勾选本期没有变化的事项。"))
    if len(wanted) > MOST:
        raise UnchangedRefused(say("一次最多填 {most} 项，您选了 {n} 项。请分批填报。", most=MOST, n=len(wanted)))
    return wanted


def _item(assignment: Assignment, number: str, text: str, drafts: set[int], sealed: frozenset[int]) -> Item:
    reason = ""
    if assignment.status not in WORKING:
        reason = say("当前状态为“{status}”，不能填报。", status=STATUS_TEXT[Status(assignment.status)])
    elif assignment.plan_id in sealed:
        reason = say("方案得分已定稿封存，不能再填报。")
    elif assignment.id in drafts:
        reason = say("已有没报送的草稿，请打开填报后报送。")
    return Item(assignment.id, number, text, assignment.due_on, assignment.progress, reason)


def file(actor: Actor, at: datetime, ids: Collection[int], token: str) -> list[Item]:
    """File what may be filed and return all of it; a second click with the same token files nothing more."""
    items = preview(actor, ids)
    for item in items:
        if not item.left_out:
            content = Content(TEXT, progress=item.progress)
            operations.file(actor, at, item.id, content, token=f"{token}-{item.id}", version=0)
    return items
