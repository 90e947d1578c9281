"""Carries the splitting and merging of published tasks through to the units that owe them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from tracker.assignments import dues, operations
from tracker.assignments.changes import PASSED
from tracker.assignments.models import Assignment, TaskReviewer
from tracker.db import db
from tracker.plans import amendments, changes
from tracker.plans.changes import ChangeRefused
from tracker.plans.models import PartyRole, Plan, Task
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.status import LIVE, MoveRefused
from tracker.rules.words import say

MOST_MERGED = 10


def split(actor: Actor, at: datetime, task_id: int, version: int, parts: str, reason: str) -> list[Task]:
    """Make several tasks of a published one, its text divided by blank lines.

    Who still owes it owes every part instead, with the same role and due day; what was completed stays completed.
    Raise ChangeRefused, MoveRefused or StaleText.
    """
    require(actor, Action.EDIT_PLAN)
    task = changes.open_task(task_id)
    changes.require_version(task, version, parts)
    _require_ahead(task, at.date())
    texts, words = amendments.parts_read(parts), changes.reason_read(reason)
    owed = _owed([task.id])
    pieces = amendments.split(actor, at, task, texts, words)
    _hand_on(actor, at, task.plan_id, [(piece, owed, None) for piece in pieces])
    operations.withdraw_task(actor, at, task.id, words)
    for piece in pieces:
        _copy_reviewers([task], piece)
    return pieces


def merge(
    actor: Actor, at: datetime, task_id: int, version: int, others: Sequence[str], number: str, text: str, reason: str
) -> Task:
    """Make one task of a published one and others, named by their numbers.

    It is due on the latest day that any of them has. Who owes any of them owes the one, by that day unless a later one
    of their own was granted; what was completed stays completed. Raise ChangeRefused, MoveRefused or StaleText.
    """
    require(actor, Action.EDIT_PLAN)
    task = changes.open_task(task_id)
    changes.require_version(task, version, text)
    tasks = [task, *(_other(task, other) for other in dict.fromkeys(others) if other != task.number)]
    if not 2 <= len(tasks) <= MOST_MERGED:
        raise ChangeRefused(say("请写明与哪几项合并（1 到 {most} 项），例如：8、9。", most=MOST_MERGED - 1), "others")
    for each in tasks:
        _require_ahead(each, at.date())
    named, whole_text = amendments.number_read(number), changes.text_read(text)
    words, owed = changes.reason_read(reason), _owed([each.id for each in tasks])
    whole = amendments.merge(actor, at, tasks, named, whole_text)
    _hand_on(actor, at, task.plan_id, [(whole, owed, whole.due_on)])
    for each in tasks:
        operations.withdraw_task(actor, at, each.id, words)
        amendments.merged_into(actor, at, each, whole, words)
    _copy_reviewers(tasks, whole)
    return whole


def _other(task: Task, number: str) -> Task:
    found = db.session.scalar(select(Task.id).where(Task.plan_id == task.plan_id, Task.number == number[:20]))
    if found is None:
        raise ChangeRefused(say("本方案没有第{number}项，请核对序号。", number=number[:20]), "others")
    return changes.open_task(found)


def _require_ahead(task: Task, day: date) -> None:
    """Refuse to touch what was due already: the overdue days and points of the past must stay what they were."""
    if task.due_on is not None and task.due_on < day:
        raise MoveRefused(PASSED.format(due=task.due_on))


def _owed(task_ids: Sequence[int]) -> list[Assignment]:
    owed = select(Assignment).where(Assignment.task_id.in_(task_ids), Assignment.status.in_(sorted(LIVE)))
    return list(db.session.scalars(owed.order_by(Assignment.id).with_for_update()))


Handed = tuple[Task, Sequence[Assignment], date | None]
"""A new task, what was owed of the old ones, and the due day that nobody gets less than."""


def _hand_on(actor: Actor, at: datetime, plan_id: int, handed: Sequence[Handed]) -> None:
    """Hand new tasks to whoever owed the old ones; a later day of a unit's own, once granted, is kept on record."""
    plan = db.session.get_one(Plan, plan_id)
    rows = [row for task, owed, least in handed for row in _rows(task, owed, least, at.date()).values()]
    old = {(row["task_id"], row["unit_id"]): row.pop("old_id") for row in rows}
    operations.hand_rows(actor, at, plan, rows)
    moved = {(row["task_id"], row["unit_id"]) for row in rows if row["original_due_on"] is not None}
    given = select(Assignment.id, Assignment.task_id, Assignment.unit_id)
    for id_, *key in db.session.execute(given.where(Assignment.task_id.in_({task for task, _ in moved}))).all():
        if tuple(key) in moved:
            dues.carry(actor, at, old[key[0], key[1]], id_)


def _rows(task: Task, owed: Sequence[Assignment], least: date | None, day: date) -> dict[int, dict[str, Any]]:
    """Return a row per unit; of several old assignments the higher part and the later day count."""
    rows: dict[int, dict[str, Any]] = {}
    for assignment in owed:
        row: dict[str, Any] = {
            "plan_id": task.plan_id,
            "task_id": task.id,
            "unit_id": assignment.unit_id,
            "district_id": assignment.district_id,
            "level": assignment.level,
            "role": assignment.role,
            "due_on": assignment.due_on,
            "original_due_on": assignment.original_due_on,
            "old_id": assignment.id,
            "issued_on": day,
        }
        rows[assignment.unit_id] = _joined(rows[assignment.unit_id], row) if assignment.unit_id in rows else row
    for row in rows.values():
        if least is not None and (row["due_on"] is None or row["due_on"] < least):
            row |= {"due_on": least, "original_due_on": None}
    return rows


def _joined(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    parts = list(PartyRole)
    role = min(first["role"], second["role"], key=lambda role: parts.index(PartyRole(role)))
    later = max(first, second, key=lambda row: row["due_on"] or date.min)
    return {**later, "role": role}


def _copy_reviewers(tasks: Sequence[Task], new: Task) -> None:
    """Let the offices that reviewed the old tasks review the new one."""
    ids = [task.id for task in tasks]
    reviewing = select(TaskReviewer.office_id).where(TaskReviewer.task_id.in_(ids))
    offices = db.session.scalars(reviewing.order_by(TaskReviewer.task_id, TaskReviewer.position))
    for place, office_id in enumerate(dict.fromkeys(offices), 1):
        db.session.add(TaskReviewer(task_id=new.id, office_id=office_id, position=place))
