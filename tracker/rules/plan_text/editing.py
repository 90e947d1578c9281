"""Work on a draft as a person does: correct a field, split, merge, withdraw, add; each step gives a new draft."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tracker.rules.deadlines import DeadlineKind, DeadlineSpec, read_deadline
from tracker.rules.plan_text.drafts import (
    Certainty,
    DocumentHead,
    Evidence,
    PartyDraft,
    PlanDraft,
    Role,
    SectionDraft,
    TaskDraft,
    TaskKind,
)
from tracker.rules.plan_text.units import read_parties
from tracker.rules.words import say

BY_PERSON = Evidence("person", Certainty.CERTAIN)
"""A field that a person wrote."""

CONFIRMED = "confirmed"
"""The rule of a field that a person found right as it was read."""

LONGEST_TEXT = 5_000
LONGEST_NUMBER = 20
LONGEST_LIST = 2_000
MOST_PARTS = 20
PARTY_FIELDS = tuple(role.value for role in Role)


class EditRefused(ValueError):
    """A step that cannot be taken as asked; `field` names what to correct."""

    def __init__(self, message: str, field: str) -> None:
        """Keep the message and the field it belongs to."""
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Doubt:
    """A field of a task that a person has to look at."""

    key: str
    number: str
    field: str
    evidence: Evidence


def keyed(draft: PlanDraft) -> PlanDraft:
    """Give every task a key by which it is known from now on."""
    numbers = iter(range(1, len(draft.tasks) + 1))
    return _map_tasks(draft, lambda task: [replace(task, key=str(next(numbers)))])


def task_of(draft: PlanDraft, key: str) -> TaskDraft:
    """Return the task with a key; raise EditRefused where it is gone."""
    found = next((task for task in draft.tasks if task.key == key), None)
    if found is None:
        raise EditRefused(say("这项任务已不在清单里，可能刚被合并或拆分。"), "key")
    return found


def doubts(draft: PlanDraft) -> Iterator[Doubt]:
    """Give, in the order of the document, each field that only a person can decide."""
    for task in draft.tasks:
        for field, evidence in task.evidence.items():
            if evidence.certainty is Certainty.DOUBTFUL and not task.withdrawn:
                yield Doubt(task.key, task.number, field, evidence)


def confirm(draft: PlanDraft, key: str, field: str) -> PlanDraft:
    """Take a field as it was read; proposed units become responsible ones."""
    task = task_of(draft, key)
    if field not in task.evidence:
        raise EditRefused(say("没有需要确认的这一项，请刷新页面。"), "field")
    if field == "proposed":
        return put(draft, _adopted(task))
    seen = replace(task.evidence[field], rule=CONFIRMED, certainty=Certainty.CERTAIN, why="")
    return put(draft, replace(task, evidence={**task.evidence, field: seen}))


def _adopted(task: TaskDraft) -> TaskDraft:
    kept = {field: evidence for field, evidence in task.evidence.items() if field != "proposed"}
    spans = task.evidence["proposed"].spans
    roles = {party.role.value: Evidence(CONFIRMED, Certainty.CERTAIN, spans) for party in task.proposed}
    return replace(task, parties=_joined(task.parties, task.proposed), proposed=(), evidence={**kept, **roles})


def dismiss_proposed(draft: PlanDraft, key: str) -> PlanDraft:
    """Let go of the units that were only proposed."""
    task = task_of(draft, key)
    kept = {field: evidence for field, evidence in task.evidence.items() if field != "proposed"}
    return put(draft, replace(task, proposed=(), evidence=kept))


def edit_text(draft: PlanDraft, key: str, text: str) -> PlanDraft:
    """Write a task's text anew."""
    return put(draft, _by_person(replace(task_of(draft, key), text=_text(text, "text")), "text"))


def edit_number(draft: PlanDraft, key: str, number: str) -> PlanDraft:
    """Give a task another number; raise EditRefused where another task has it."""
    wanted = number.strip()
    if not wanted or len(wanted) > LONGEST_NUMBER:
        raise EditRefused(say("序号应有 1 到 {most} 个字，例如 12 或 12-1。", most=LONGEST_NUMBER), "number")
    if any(task.number == wanted and task.key != key for task in draft.tasks):
        raise EditRefused(say("已有第{number}项，请换一个没有用过的序号。", number=wanted), "number")
    return put(draft, replace(task_of(draft, key), number=wanted))


def edit_kind(draft: PlanDraft, key: str, kind: TaskKind) -> PlanDraft:
    """Make a task a requirement on how to work, or the other way round."""
    return put(draft, replace(task_of(draft, key), kind=kind))


def edit_parties(draft: PlanDraft, key: str, role: Role, text: str) -> PlanDraft:
    """Name the units of one role anew, written as in a document: "，" between groups, "、" inside them."""
    if len(text) > LONGEST_LIST:
        raise EditRefused(say("单位名单最多 {most} 字，请精简。", most=LONGEST_LIST), role.value)
    task = task_of(draft, key)
    others = tuple(party for party in task.parties if party.role is not role)
    parties = _joined(others, read_parties(text.strip(), role))
    return put(draft, _by_person(replace(task, parties=_in_order(parties)), role.value))


def edit_deadline(draft: PlanDraft, key: str, wording: str, base_year: int | None) -> PlanDraft:
    """Set a deadline by its wording, as a document would print it; empty for none. Raise EditRefused if unreadable."""
    return put(draft, _by_person(replace(task_of(draft, key), deadline=_deadline(wording, base_year)), "deadline"))


def split(draft: PlanDraft, key: str, parts: Sequence[str]) -> PlanDraft:
    """Make several tasks of one: each with a part of the text, all with its units, deadline and place in the source."""
    texts = [_text(part, "parts") for part in parts if part.strip()]
    if not 2 <= len(texts) <= MOST_PARTS:
        raise EditRefused(say("请至少分成两段、至多 {most} 段，每段就是一项任务。", most=MOST_PARTS), "parts")
    task = task_of(draft, key)
    pieces = [
        _by_person(replace(task, text=text, number=f"{task.number}-{place}", key=f"{key}.{place}", targets=()), "text")
        for place, text in enumerate(texts, 1)
    ]
    taken = {other.number for other in draft.tasks if other.key != key}
    if repeated := [piece.number for piece in pieces if piece.number in taken]:
        raise EditRefused(say("已有第{number}项，不能再这样拆分。", number=repeated[0]), "parts")
    return _map_tasks(draft, lambda other: pieces if other.key == key else [other])


def merge(draft: PlanDraft, keys: Sequence[str]) -> PlanDraft:
    """Make one task of several, in place of the first: texts one below the other, units joined, its own deadline.

    Raise EditRefused where their deadlines differ: which one holds is for a person to say first.
    """
    tasks = [task for task in draft.tasks if task.key in set(keys)]
    if len(tasks) < 2:
        raise EditRefused(say("请至少选择两项任务来合并。"), "keys")
    if len({task.deadline.due_on for task in tasks}) > 1 or len({task.deadline.kind for task in tasks}) > 1:
        raise EditRefused(say("所选任务的完成时间不同，请先改成一致，再合并。"), "keys")
    first = tasks[0]
    merged = replace(
        first,
        number=_whole_again(draft, tasks) or first.number,
        text="\n".join(task.text for task in tasks),
        parties=_joined(*(task.parties for task in tasks)),
        proposed=_joined(*(task.proposed for task in tasks)),
        targets=tuple(target for task in tasks for target in task.targets),
        line_from=min(task.line_from for task in tasks),
        line_to=max(task.line_to for task in tasks),
        evidence={**_evidence_of(tasks), "text": _spanning(tasks)},
    )
    gone = {task.key for task in tasks[1:]}
    return _map_tasks(draft, lambda task: [] if task.key in gone else [merged if task.key == first.key else task])


def _whole_again(draft: PlanDraft, tasks: Sequence[TaskDraft]) -> str:
    """Return the number that tasks had as one, where they are all that was split from it; otherwise nothing."""
    old, _, piece = tasks[0].number.rpartition("-")
    if not old or not piece.isdecimal():
        return ""
    pieces = {task.key for task in draft.tasks if task.number.rpartition("-")[0] == old}
    divided = len({task.key.rpartition(".")[0] for task in tasks}) == 1 and "." in tasks[0].key
    taken = any(task.number == old for task in draft.tasks)
    return old if divided and pieces == {task.key for task in tasks} and not taken else ""


def _evidence_of(tasks: Sequence[TaskDraft]) -> dict[str, Evidence]:
    found: dict[str, Evidence] = {}
    for task in reversed(tasks):
        found |= task.evidence
    return found


def _spanning(tasks: Sequence[TaskDraft]) -> Evidence:
    spans = tuple(span for task in tasks if "text" in task.evidence for span in task.evidence["text"].spans)
    return replace(BY_PERSON, spans=spans)


def withdraw(draft: PlanDraft, key: str, reason: str) -> PlanDraft:
    """Take a task off the list, with the reason; it stays to be seen and binds nobody."""
    if not reason.strip():
        raise EditRefused(say("请写明撤下的理由，日后可查。"), "reason")
    return put(draft, replace(task_of(draft, key), withdrawn=reason.strip()))


def take_back(draft: PlanDraft, key: str) -> PlanDraft:
    """Put a withdrawn task on the list again."""
    return put(draft, replace(task_of(draft, key), withdrawn=""))


def add(draft: PlanDraft, after: str, number: str, text: str, lines: tuple[int, int] = (0, 0)) -> PlanDraft:
    """Add a task that the reader missed behind another; `lines` are where it stands, zeros where nowhere."""
    task_of(draft, after)
    taken = {task.key for task in draft.tasks}
    key = next(key for place in range(1, len(taken) + 2) if (key := f"new{place}") not in taken)
    section = next(section for section in draft.sections for task in section.tasks if task.key == after)
    blank = DeadlineSpec(DeadlineKind.NONE, None, "")
    title = f"{section.number}、{section.title}" if section.number else section.title
    task = TaskDraft("", title, _text(text, "text"), (), blank, *lines, evidence={"text": BY_PERSON}, key=key)
    wider = _map_tasks(draft, lambda other: [other, task] if other.key == after else [other])
    return edit_number(wider, key, number)


def edit_head(draft: PlanDraft, doc_number: str, title: str, issuer: str, issued_on: date) -> PlanDraft:
    """Write anew what the document says about itself."""
    head: DocumentHead = replace(
        draft.head, doc_number=doc_number.strip(), title=title.strip(), issuer=issuer.strip(), issued_on=issued_on
    )
    return replace(draft, head=head)


def _text(text: str, field: str) -> str:
    found = text.strip()
    if not found:
        raise EditRefused(say("请写明任务内容。"), field)
    if len(found) > LONGEST_TEXT:
        raise EditRefused(say("任务内容最多 {most} 字，现在有 {n} 字。", most=LONGEST_TEXT, n=len(found)), field)
    return found


def _deadline(wording: str, base_year: int | None) -> DeadlineSpec:
    wording = wording.strip()
    spec = read_deadline(wording, base_year)
    if wording and spec.due_on is None and spec.kind not in (DeadlineKind.ONGOING, DeadlineKind.RELATIVE):
        raise EditRefused(
            say(
                "“{wording}”读不成日期。请写 2024-06（按月末计）、2024-06-30、持续推进，或留空。", wording=wording[:60]
            ),
            "deadline",
        )
    return spec


def _by_person(task: TaskDraft, field: str) -> TaskDraft:
    spans = task.evidence[field].spans if field in task.evidence else ()
    return replace(task, evidence={**task.evidence, field: replace(BY_PERSON, spans=spans)})


def _joined(*lists: Sequence[PartyDraft]) -> tuple[PartyDraft, ...]:
    """Join lists of units, each unit once in each role, counted through."""
    found = {(party.name, party.role): party for parties in lists for party in reversed(parties)}
    kept = [party for parties in lists for party in parties if found.get((party.name, party.role)) is party]
    return tuple(replace(party, position=place) for place, party in enumerate(kept, 1))


def _in_order(parties: Sequence[PartyDraft]) -> tuple[PartyDraft, ...]:
    order = list(Role)
    ordered = sorted(parties, key=lambda party: order.index(party.role))
    return tuple(replace(party, position=place) for place, party in enumerate(ordered, 1))


def put(draft: PlanDraft, task: TaskDraft) -> PlanDraft:
    """Put a task in place of the one with its key."""
    return _map_tasks(draft, lambda other: [task if other.key == task.key else other])


def _map_tasks(draft: PlanDraft, change: Callable[[TaskDraft], Sequence[TaskDraft]]) -> PlanDraft:
    sections: list[SectionDraft] = []
    for section in draft.sections:
        tasks = tuple(new for task in section.tasks for new in change(task))
        if tasks or not section.tasks:
            sections.append(replace(section, tasks=tasks))
    return replace(draft, sections=tuple(sections))
