"""A person's work on the tasks of an import: each step is taken on its draft and put on record."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.plans.desk_queries import party_words
from tracker.plans.desk_record import Step, binding, draft_of, held, keep_steps, reason_read, unchanged
from tracker.rules.permissions import Actor
from tracker.rules.plan_text import editing
from tracker.rules.plan_text.drafts import PlanDraft, Role, TaskDraft, TaskKind
from tracker.rules.plan_text.editing import BY_PERSON, EditRefused
from tracker.rules.words import say


@dataclass(frozen=True)
class TaskEdit:
    """Every field of a task as a person wants it."""

    number: str
    kind: TaskKind
    text: str
    lead: str
    responsible: str
    cooperating: str
    deadline: str

    def of_role(self, role: Role) -> str:
        """Return the units wanted for one role."""
        return {Role.LEAD: self.lead, Role.RESPONSIBLE: self.responsible, Role.COOPERATING: self.cooperating}[role]


def edit_task(actor: Actor, at: datetime, import_id: int, key: str, seen: str, wanted: TaskEdit) -> list[str]:
    """Change the fields of a task that differ from what is wanted; return their names. Raise StaleTask, EditRefused."""
    found = held(actor, import_id)
    draft = draft_of(found)
    task = binding(draft, key, seen)
    steps: list[Step] = []
    for field, before, after, act in _differences(draft, task, wanted):
        draft = act(draft)
        steps.append(Step("edit", task.number, field, before, after))
    keep_steps(actor, at, found, draft, steps)
    return [step.field for step in steps]


Change = Callable[[PlanDraft], PlanDraft]


def _differences(draft: PlanDraft, task: TaskDraft, wanted: TaskEdit) -> Iterable[tuple[str, str, str, Change]]:
    """Yield each field that is to change: its name, what it says, what it is to say, and how it is changed."""
    key, issued_on = task.key, draft.head.issued_on
    if wanted.number.strip() != task.number:
        yield (
            "number",
            task.number,
            wanted.number.strip(),
            lambda d: _marked(editing.edit_number(d, key, wanted.number), key, "number"),
        )
    if wanted.kind is not task.kind:
        yield "kind", task.kind, wanted.kind, lambda d: _marked(editing.edit_kind(d, key, wanted.kind), key, "kind")
    if _even(wanted.text) != _even(task.text):
        yield "text", task.text, _even(wanted.text), lambda d: editing.edit_text(d, key, _even(wanted.text))
    for role in Role:
        before, after = party_words(task, role), wanted.of_role(role).strip()
        if after != before:
            yield (
                role.value,
                before,
                after,
                lambda d, role=role, after=after: editing.edit_parties(  # type: ignore[misc]
                    d, key, role, after
                ),
            )
    if (after := wanted.deadline.strip()) != task.deadline.raw:
        year = issued_on.year if issued_on else None
        yield "deadline", task.deadline.raw, after, lambda d: editing.edit_deadline(d, key, after, year)


def _even(text: str) -> str:
    """Return a text with the line ends that are kept, whatever the browser sent."""
    return text.replace("\r\n", "\n").strip()


def _marked(draft: PlanDraft, key: str, field: str) -> PlanDraft:
    """Note that a person decided a field that carries no evidence of its own."""
    task = editing.task_of(draft, key)
    return editing.put(draft, replace(task, evidence={**task.evidence, field: BY_PERSON}))


def confirm(actor: Actor, at: datetime, import_id: int, key: str, seen: str | None, fields: Sequence[str]) -> int:
    """Take fields of a task as they were read, all doubtful ones where none is named; return how many.

    Raise StaleTask where the task is not as it was `seen`; None where the caller has just changed it himself.
    """
    found = held(actor, import_id)
    draft = draft_of(found)
    task = binding(draft, key, seen)
    doubtful = [doubt.field for doubt in editing.doubts(draft) if doubt.key == key]
    steps = []
    for field in (field for field in doubtful if not fields or field in fields):
        draft, step = _confirmed(draft, task, field)
        steps.append(step)
    keep_steps(actor, at, found, draft, steps)
    return len(steps)


def _confirmed(draft: PlanDraft, task: TaskDraft, field: str) -> tuple[PlanDraft, Step]:
    return editing.confirm(draft, task.key, field), Step("confirm", task.number, field, after=said(task, field))


def confirm_rule(actor: Actor, at: datetime, import_id: int, rule: str) -> int:
    """Take every doubtful field that one rule read as it is; return how many. Each is put on record."""
    found = held(actor, import_id)
    draft, steps = draft_of(found), []
    for doubt in [doubt for doubt in editing.doubts(draft) if doubt.evidence.rule == rule]:
        draft, step = _confirmed(draft, editing.task_of(draft, doubt.key), doubt.field)
        steps.append(step)
    keep_steps(actor, at, found, draft, steps)
    return len(steps)


def dismiss(actor: Actor, at: datetime, import_id: int, key: str, seen: str | None) -> None:
    """Let go of the units that only the sentence of a task names; `seen` as in `confirm`."""
    found = held(actor, import_id)
    draft = draft_of(found)
    task = binding(draft, key, seen)
    dismissed = _marked(editing.dismiss_proposed(draft, key), key, "proposed")
    keep_steps(actor, at, found, dismissed, [Step("dismiss", task.number, "proposed", said(task, "proposed"))])


def split(actor: Actor, at: datetime, import_id: int, key: str, seen: str, parts: Sequence[str]) -> list[TaskDraft]:
    """Make several tasks of one and return them."""
    found = held(actor, import_id)
    draft = draft_of(found)
    task = binding(draft, key, seen)
    divided = editing.split(draft, key, parts)
    pieces = [piece for piece in divided.tasks if piece.key.rpartition(".")[0] == key]
    after = "\n\n".join(f"{piece.number} {piece.text}" for piece in pieces)
    keep_steps(actor, at, found, divided, [Step("split", task.number, "text", task.text, after)])
    return pieces


def merge(actor: Actor, at: datetime, import_id: int, key: str, seen: str, others: Sequence[str]) -> TaskDraft:
    """Make one task of several, in place of the first, and return it; `others` are numbers of tasks."""
    found = held(actor, import_id)
    draft = draft_of(found)
    task = binding(draft, key, seen)
    by_number = {other.number: other.key for other in draft.tasks}
    if unknown := [number for number in others if number not in by_number]:
        raise EditRefused(say("清单里没有第{unknown}项，请核对序号。", unknown=unknown[0]), "others")
    keys = {key, *(by_number[number] for number in others)}
    before = [binding(draft, other.key, None) for other in draft.tasks if other.key in keys]
    try:
        merged = editing.merge(draft, sorted(keys))
    except EditRefused as refused:
        raise EditRefused(str(refused), "others") from None
    made = editing.task_of(merged, before[0].key)
    texts = "\n\n".join(f"{each.number} {each.text}" for each in before)
    keep_steps(actor, at, found, merged, [Step("merge", task.number, "text", texts, made.number)])
    return made


def withdraw(actor: Actor, at: datetime, import_id: int, key: str, seen: str, reason: str) -> None:
    """Take a task off the list, with the reason."""
    found = held(actor, import_id)
    draft = draft_of(found)
    task = binding(draft, key, seen)
    step = Step("withdraw", task.number, before=task.text, reason=reason_read(reason))
    keep_steps(actor, at, found, editing.withdraw(draft, key, reason), [step])


def take_back(actor: Actor, at: datetime, import_id: int, key: str, seen: str) -> None:
    """Put a withdrawn task on the list again."""
    found = held(actor, import_id)
    draft = draft_of(found)
    task = unchanged(draft, key, seen)
    keep_steps(actor, at, found, editing.take_back(draft, key), [Step("take_back", task.number, before=task.withdrawn)])


def add(
    actor: Actor, at: datetime, import_id: int, after: str, number: str, text: str, lines: tuple[int, int]
) -> TaskDraft:
    """Add a task that the reader missed behind another and return it; `lines` are zeros where it stands nowhere."""
    found = held(actor, import_id)
    draft = draft_of(found)
    known = len(found.text.split("\n"))
    if lines != (0, 0) and not 1 <= lines[0] <= lines[1] <= known:
        raise EditRefused(
            say("行号应在 1 到 {known} 之间，起始行不大于结束行；原文没有的任务留空。", known=known), "line_from"
        )
    wider = editing.add(draft, after, number, _even(text), lines)
    made = next(task for task in wider.tasks if task.key not in {other.key for other in draft.tasks})
    keep_steps(actor, at, found, wider, [Step("add", made.number, "text", "", made.text)])
    return made


def said(task: TaskDraft, field: str) -> str:
    """Return what a field of a task says, as it is put on record."""
    if field == "proposed":
        return "、".join(party.name for party in task.proposed)
    if field == "deadline":
        return f"{task.deadline.raw}（{task.deadline.value or task.deadline.kind.value}）"
    if field in editing.PARTY_FIELDS:
        return party_words(task, Role(field))
    return task.text if field == "text" else ""
