"""What a person's work on an import leaves on its plan: settled notes, and what changed deadlines said before."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from tracker.audit import operations as audit
from tracker.db import db
from tracker.plans import changes
from tracker.plans.changes import Changed
from tracker.plans.models import Anomaly, ImportChange, PlanImport, Task
from tracker.rules.permissions import Actor
from tracker.rules.plan_text import editing
from tracker.rules.plan_text.drafts import PlanDraft, TaskDraft
from tracker.rules.plan_text.editing import BY_PERSON, CONFIRMED
from tracker.rules.plans import AnomalyState

HEAD_FIELDS = ("doc_number", "title", "issuer", "issued_on")
OF_DEADLINES = ("unreadable_deadline", "no_deadline")
REPAIRED = ("head_incomplete", "no_parties", *OF_DEADLINES)
"""The sorts of notes that a person's work on the draft can settle."""

NOT_SAID = "文件没有写明"


@dataclass(frozen=True)
class Left:
    """How many notes nobody has decided about, and how many of them need a decision."""

    number: int
    warnings: int


@dataclass(frozen=True)
class Rewording:
    """A deadline that a person wrote: what the document printed, if anything, and who changed it to what."""

    printed: str
    wording: str
    who: str


def left(import_id: int, draft: PlanDraft) -> Left:
    """Count the notes of an import that are open, without those that its repairs settle. One query."""
    found = [note for note in _open(import_id) if not _settled(note, draft)]
    return Left(len(found), sum(note.severity == "warning" for note in found))


def close(actor: Actor, at: datetime, found: PlanImport, draft: PlanDraft) -> None:
    """Close the notes that a person's work settled, in the name of who did it, otherwise of who publishes."""
    settled = [note for note in _open(found.id) if _settled(note, draft)]
    steps = _steps(found.id) if settled else []
    for note in settled:
        who, when = _who(note, steps) or (actor.name, at)
        note.state, note.decision = AnomalyState.PATCHED, f"导入时已由{who}补填"
        note.decided_by, note.decided_at = who, when
        audit.record(actor, at, "decide_anomaly", "anomaly", note.id, f"第{note.line_from}行：{note.decision}")


def _open(import_id: int) -> list[Anomaly]:
    own = select(Anomaly).where(Anomaly.import_id == import_id, Anomaly.state == AnomalyState.OPEN)
    return list(db.session.scalars(own.order_by(Anomaly.id)))


def _settled(note: Anomaly, draft: PlanDraft) -> bool:
    """Tell whether what a note says no longer holds for the draft."""
    if note.code not in REPAIRED:
        return False
    if note.code == "head_incomplete":
        return all(getattr(draft.head, field) for field in HEAD_FIELDS)
    numbers = set(json.loads(note.tasks))
    tasks = [task for task in draft.tasks if _stem(task, numbers)]
    answered = _has_parties if note.code == "no_parties" else _has_deadline
    return bool(tasks) and all(task.withdrawn or answered(task) for task in tasks)


def _stem(task: TaskDraft, numbers: Iterable[str]) -> bool:
    """Tell whether a task bears one of the numbers, or was split from one that did."""
    return task.number in numbers or ("." in task.key and task.number.rpartition("-")[0] in numbers)


def _has_parties(task: TaskDraft) -> bool:
    return bool(task.parties)


def _has_deadline(task: TaskDraft) -> bool:
    return task.deadline.due_on is not None or is_settled(task)


def is_settled(task: TaskDraft) -> bool:
    """Tell whether a person wrote a task's deadline, or found right what was read."""
    return "deadline" in task.evidence and task.evidence["deadline"].rule in (BY_PERSON.rule, CONFIRMED)


def _steps(import_id: int) -> list[ImportChange]:
    own = select(ImportChange).where(ImportChange.import_id == import_id)
    return list(db.session.scalars(own.order_by(ImportChange.id)))


_FIELDS_OF: Mapping[str, tuple[str, ...]] = {
    "head_incomplete": (*HEAD_FIELDS, "issuer"),
    "no_parties": (*editing.PARTY_FIELDS, "proposed"),
    **dict.fromkeys(OF_DEADLINES, ("deadline",)),
}


def _who(note: Anomaly, steps: Iterable[ImportChange]) -> tuple[str, datetime] | None:
    """Return who was last at what a note speaks of."""
    fields, numbers = _FIELDS_OF[note.code], {*json.loads(note.tasks), ""}
    last = [step for step in steps if step.field in fields and step.task_number in numbers]
    return (last[-1].actor_name, last[-1].at) if last else None


# ---- deadlines


def reworded(import_id: int, draft: PlanDraft) -> dict[str, Rewording]:
    """Return the deadlines that a person wrote, by the numbers of their tasks now. One query."""
    own = ImportChange.import_id == import_id, ImportChange.what == "edit"
    wanted = select(ImportChange).where(*own, ImportChange.field.in_(("deadline", "number")))
    found: dict[str, Rewording] = {}
    # What was written together with a new number is on record under the old one.
    for step in sorted(db.session.scalars(wanted), key=lambda step: (step.at, step.field == "number", step.id)):
        number = step.task_number
        if step.field == "deadline":
            printed = found[number].printed if number in found else step.before
            found[number] = Rewording(printed, step.after, step.actor_name)
        elif number in found:
            found[step.after] = found.pop(number)
    named = {task.number: _of_task(task, found) for task in draft.tasks}
    return {number: one for number, one in named.items() if one and one.printed != one.wording}


def _of_task(task: TaskDraft, found: Mapping[str, Rewording]) -> Rewording | None:
    """Return what was written about a task, or about the one that it was split from."""
    if task.number in found:
        return found[task.number]
    return found.get(task.number.rpartition("-")[0]) if "." in task.key else None


def as_printed(draft: PlanDraft, changed: Mapping[str, Rewording]) -> PlanDraft:
    """Give back to deadlines the wording of the document; the days that a person named stay."""
    for task in draft.tasks:
        if task.number in changed:
            deadline = replace(task.deadline, raw=changed[task.number].printed)
            draft = editing.put(draft, replace(task, deadline=deadline))
    return draft


def note_reworded(actor: Actor, at: datetime, plan_id: int, changed: Mapping[str, Rewording]) -> None:
    """Put on the record of each task what its deadline was before a person wrote it anew."""
    wanted = select(Task).where(Task.plan_id == plan_id, Task.number.in_(sorted(changed)))
    for task in db.session.scalars(wanted.order_by(Task.position)) if changed else ():
        one = changed[task.number]
        before, after = one.printed or NOT_SAID, one.wording or "没有时限"
        was, now = (f"“{one.printed}”" if one.printed else NOT_SAID), (f"“{one.wording}”" if one.wording else after)
        changes.note(actor, at, task, Changed.DUE, before, after, f"导入时由{was}改为{now}（{one.who}）"[:500])
