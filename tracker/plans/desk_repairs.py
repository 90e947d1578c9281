"""What a person's work on an import leaves on its plan: settled notes, and what changed deadlines said before."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from tracker.audit import operations as audit
from tracker.db import db
from tracker.plans import changes
from tracker.plans.anomalies import LONGEST
from tracker.plans.changes import Changed
from tracker.plans.creation import key_of, needs_choice
from tracker.plans.models import Anomaly, ImportChange, PlanImport, Task
from tracker.plans.settings import EarlyChoice
from tracker.rules.permissions import Actor
from tracker.rules.plan_text import editing
from tracker.rules.plan_text.drafts import PlanDraft, TaskDraft
from tracker.rules.plan_text.editing import BY_PERSON, CONFIRMED
from tracker.rules.plans import AnomalyState, Early

HEAD_FIELDS = ("doc_number", "title", "issuer", "issued_on")
OF_DEADLINES = ("unreadable_deadline", "no_deadline")
REPAIRED = ("head_incomplete", "due_before_issue", "no_parties", *OF_DEADLINES)
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


Choices = Mapping[str, EarlyChoice]
"""What a person decided about tasks due before their document was issued, by the keys of the tasks."""


def left(import_id: int, draft: PlanDraft, early: Choices) -> Left:
    """Count the notes of an import that are open, without those that its repairs settle. One query."""
    found = [note for note in _notes(import_id) if _is_open(note) and not _settled(note, draft, early)]
    return Left(len(found), sum(note.severity == "warning" for note in found))


def close(
    actor: Actor, at: datetime, found: PlanImport, draft: PlanDraft, early: Choices, codes: Collection[str] = REPAIRED
) -> None:
    """Close the notes that a person's work settled, in the name of who did it, otherwise of the actor.

    What was closed so before says what was done since; what a person decided about a note itself stays.
    """
    settled = [note for note in _notes(found.id) if note.code in codes and _settled(note, draft, early)]
    settled = [note for note in settled if _is_open(note) or note.decision.startswith(_by(note.decided_by))]
    steps = _steps(found.id) if settled else []
    for note in settled:
        tasks = _tasks(note, draft)
        step = _step(note, tasks, steps)
        who, when = (step.actor_name, step.at) if step else (actor.name, at)
        state, words = _decision(step, who, [early[key] for task in tasks if (key := key_of(task)) in early])
        if (note.state, note.decision, note.decided_at) != (state, words, when):
            note.state, note.decision, note.decided_by, note.decided_at = state, words, who, when
            audit.record(actor, at, "decide_anomaly", "anomaly", note.id, f"第{note.line_from}行：{words}"[:1000])


def _by(who: str) -> str:
    return f"导入时已由{who}"


def _decision(step: ImportChange | None, who: str, early: Iterable[EarlyChoice]) -> tuple[AnomalyState, str]:
    """Return as what a note is closed by a step, and with which words."""
    if step is None or step.field != "early":
        return AnomalyState.PATCHED, f"{_by(who)}补填"
    moved = any(one.choice is Early.MOVED for one in early)
    words = f"{_by(who)}选定：{step.after}；理由：{step.reason}"
    return AnomalyState.PATCHED if moved else AnomalyState.ACCEPTED, words[:LONGEST]


def _notes(import_id: int) -> list[Anomaly]:
    return list(db.session.scalars(select(Anomaly).where(Anomaly.import_id == import_id).order_by(Anomaly.id)))


def _is_open(note: Anomaly) -> bool:
    return note.state == AnomalyState.OPEN


def _settled(note: Anomaly, draft: PlanDraft, early: Choices) -> bool:
    """Tell whether what a note says no longer holds for the draft, or was decided about."""
    if note.code not in REPAIRED:
        return False
    if note.code == "head_incomplete":
        return all(getattr(draft.head, field) for field in HEAD_FIELDS)
    tasks = _tasks(note, draft)
    if note.code == "due_before_issue":
        return bool(tasks) and all(key_of(task) in early or not needs_choice(task, draft.head) for task in tasks)
    answered = _has_parties if note.code == "no_parties" else _has_deadline
    return bool(tasks) and all(task.withdrawn or answered(task) for task in tasks)


def _tasks(note: Anomaly, draft: PlanDraft) -> list[TaskDraft]:
    """Return the tasks that a note speaks of, or what they were split into."""
    numbers = set(json.loads(note.tasks))
    return [task for task in draft.tasks if _stem(task, numbers)]


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
    "due_before_issue": ("deadline", "early"),
    "no_parties": (*editing.PARTY_FIELDS, "proposed"),
    **dict.fromkeys(OF_DEADLINES, ("deadline",)),
}


def _step(note: Anomaly, tasks: Iterable[TaskDraft], steps: Iterable[ImportChange]) -> ImportChange | None:
    """Return what was done last to what a note speaks of."""
    fields, numbers = _FIELDS_OF[note.code], {*json.loads(note.tasks), *(task.number for task in tasks), ""}
    last = [step for step in steps if step.field in fields and step.task_number in numbers]
    return last[-1] if last else None


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
