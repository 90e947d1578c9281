"""Splits and merges tasks of a published plan: the old ones stay to be seen, and each new one tells where it came from.

What the units owe because of it is `assignments.amendments`' matter, which calls these.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from tracker.audit.operations import record
from tracker.db import db
from tracker.plans import changes
from tracker.plans.changes import Changed, ChangeRefused
from tracker.plans.models import Responsibility, Task, TaskDescent
from tracker.rules.permissions import Actor
from tracker.rules.plans import Descent
from tracker.rules.status import MoveRefused
from tracker.rules.words import say

MOST_PARTS = 20
NUMBER = re.compile(r"[1-9][0-9]{0,3}(?:[-+][1-9][0-9]{0,3}){0,4}")
"""12, 12-1 for the first part of it, 7+8 for two that became one."""

LIMIT = 20
"""Characters of a number."""


@dataclass(frozen=True)
class Relative:
    """A task that another came out of, or became."""

    id: int
    number: str
    text: str
    what: Descent
    day: date


def parts_read(text: str) -> list[str]:
    """Return the parts into which a text is divided by blank lines; raise ChangeRefused for fewer than two."""
    parts = [part.strip() for part in re.split(r"\n[ \t\u3000]*\n", text.replace("\r\n", "\n")) if part.strip()]
    if not 2 <= len(parts) <= MOST_PARTS:
        raise ChangeRefused(say("请用空行把任务内容分成 2 到 {most} 段，每段成为一项任务。", most=MOST_PARTS), "parts")
    return [changes.text_read(part) for part in parts]


def number_read(text: str) -> str:
    """Return the number of an amended task; raise ChangeRefused for anything but 12, 12-1, 7+8 and the like."""
    number = text.strip()
    if not NUMBER.fullmatch(number) or len(number) > LIMIT:
        raise ChangeRefused(say("序号应是 12、12-1、7+8 这样的写法，最多 {most} 个字。", most=LIMIT), "number")
    return number


def split(actor: Actor, at: datetime, task: Task, parts: Sequence[str], reason: str) -> list[Task]:
    """Take a task off and put its parts in its place, numbered below it; raise MoveRefused where a number is taken."""
    numbers = [f"{task.number}-{place}" for place in range(1, len(parts) + 1)]
    _require_free(task.plan_id, numbers)
    _make_room(task, len(parts))
    pieces = [
        _descendant(task, task.position + place, number, text)
        for place, (number, text) in enumerate(zip(numbers, parts, strict=True), 1)
    ]
    for piece in pieces:
        changes.carry_dues(task, piece)
    _descend(at, [task], pieces, Descent.SPLIT)
    told = "\n".join(f"{piece.number} {piece.text}" for piece in pieces)
    _take_off(actor, at, task, Changed.SPLIT, told, reason)
    record(actor, at, "split_task", "task", task.id, "、".join(numbers), about_task=task.id)
    return pieces


def merge(actor: Actor, at: datetime, tasks: Sequence[Task], number: str, text: str) -> Task:
    """Put one task behind the last of several, which the caller then takes off with `merged_into`.

    It is due when the last of those with a due day is; where none has one, neither has it.
    """
    _require_free(tasks[0].plan_id, [number])
    last = max(tasks, key=lambda task: task.position)
    _make_room(last, 1)
    whole = _descendant(last, last.position + 1, number, text)
    dated = [task for task in tasks if task.due_on is not None]
    longest = max(dated, key=lambda task: task.due_on or date.min) if dated else last
    _take_deadline(whole, longest)
    _take_lines(whole, tasks, longest)
    for task in tasks:
        if task.id != last.id:
            _copy_parties(task, whole)
    _descend(at, tasks, [whole], Descent.MERGED)
    record(actor, at, "merge_tasks", "task", whole.id, "、".join(task.number for task in tasks), about_task=whole.id)
    return whole


def _take_deadline(whole: Task, task: Task) -> None:
    """Give a task the due day of another with all that belongs to it: its wording, and who moved it."""
    whole.deadline_kind, whole.deadline_value, whole.deadline_raw = (
        task.deadline_kind,
        task.deadline_value,
        task.deadline_raw,
    )
    whole.due_on, whole.kind, whole.early, whole.report_every = task.due_on, task.kind, task.early, task.report_every
    changes.carry_dues(task, whole)


def _take_lines(whole: Task, tasks: Sequence[Task], longest: Task) -> None:
    """Let a merged task stand on the lines of all where nothing lies between them, otherwise on those of the first.

    The others' lines lead to the old tasks, and these to what became of them.
    """
    placed = sorted((task for task in tasks if task.line_from), key=lambda task: (task.line_from, task.line_to))
    if not placed:
        return
    first = placed[0]
    together = all(after.line_from <= before.line_to + 1 for before, after in pairwise(placed))
    whole.line_from = first.line_from
    whole.line_to = max(task.line_to for task in placed) if together else first.line_to
    own, of_deadline = json.loads(first.evidence), json.loads(longest.evidence)
    own.pop("deadline", None)
    told = {"deadline": of_deadline["deadline"]} if "deadline" in of_deadline else {}
    whole.evidence = json.dumps({**own, **told}, ensure_ascii=False)


def merged_into(actor: Actor, at: datetime, task: Task, whole: Task, reason: str) -> None:
    """Take a task off that became part of another."""
    _take_off(actor, at, task, Changed.MERGED, f"{whole.number} {whole.text}", reason)


def _take_off(actor: Actor, at: datetime, task: Task, what: Changed, after: str, reason: str) -> None:
    changes.note(actor, at, task, what, task.text, after, reason)
    task.withdrawn_on = at.date()
    db.session.flush()  # a lost race shows here, not at commit


def _require_free(plan_id: int, numbers: Sequence[str]) -> None:
    taken = changes.taken_numbers(plan_id).intersection(numbers)
    if taken:
        raise MoveRefused(say("本方案已有第{number}项，请换一个没有用过的序号。", number=sorted(taken)[0]))


def _make_room(task: Task, places: int) -> None:
    """Move what stands behind a task further back; in two steps, for no two tasks may share a place for a moment."""
    behind = (Task.plan_id == task.plan_id, Task.position > task.position)
    far = (db.session.scalar(select(func.max(Task.position)).where(Task.plan_id == task.plan_id)) or 0) + places
    db.session.execute(update(Task).where(*behind).values(position=Task.position + far))
    away = (Task.plan_id == task.plan_id, Task.position > far)
    db.session.execute(update(Task).where(*away).values(position=Task.position - far + places))


def _descendant(task: Task, position: int, number: str, text: str) -> Task:
    """Make a task that has everything but its number and text from another."""
    new = Task(
        plan_id=task.plan_id,
        section_id=task.section_id,
        position=position,
        number=number,
        text=text,
        deadline_kind=task.deadline_kind,
        deadline_value=task.deadline_value,
        deadline_raw=task.deadline_raw,
        due_on=task.due_on,
        line_from=task.line_from,
        line_to=task.line_to,
        acceptance=task.acceptance,
        kind=task.kind,
        early=task.early,
        report_every=task.report_every,
        evidence=task.evidence,
    )
    db.session.add(new)
    db.session.flush()  # its id is needed by its parties
    _copy_parties(task, new)
    return new


def _copy_parties(task: Task, new: Task) -> None:
    """Name the parties of a task for another too, those it names already only once."""
    theirs, held = _parties(task.id), _parties(new.id)
    have = {_meaning(party) for party in held}
    fresh = [party for party in theirs if _meaning(party) not in have]
    for place, party in enumerate(fresh, len(held) + 1):
        db.session.add(
            Responsibility(
                task_id=new.id,
                position=place,
                role=party.role,
                printed_name=party.printed_name,
                organization_id=party.organization_id,
                group_id=party.group_id,
            )
        )
    db.session.flush()  # the next copy looks up what this one wrote


def _meaning(party: Responsibility) -> tuple[str, int | None, int | None]:
    return party.role, party.organization_id, party.group_id


def _parties(task_id: int) -> list[Responsibility]:
    named = select(Responsibility).where(Responsibility.task_id == task_id).order_by(Responsibility.position)
    return list(db.session.scalars(named))


def _descend(at: datetime, old: Sequence[Task], new: Sequence[Task], what: Descent) -> None:
    db.session.add_all(
        TaskDescent(from_id=before.id, to_id=after.id, what=what, day=at.date()) for before in old for after in new
    )


# ---- reading

Column = InstrumentedAttribute[int]


def ancestors(task_id: int) -> list[Relative]:
    """Return the tasks that one came out of."""
    return _relatives(TaskDescent.from_id, TaskDescent.to_id, task_id)


def descendants(task_id: int) -> list[Relative]:
    """Return the tasks that one became."""
    return _relatives(TaskDescent.to_id, TaskDescent.from_id, task_id)


def _relatives(wanted: Column, given: Column, task_id: int) -> list[Relative]:
    rows = db.session.execute(
        select(Task.id, Task.number, Task.text, TaskDescent.what, TaskDescent.day)
        .join(TaskDescent, wanted == Task.id)
        .where(given == task_id)
        .order_by(Task.position)
    )
    return [Relative(row.id, row.number, row.text, Descent(row.what), row.day) for row in rows]
