"""Joins a document that was read anew with what people did to the reading before: their tasks stay, the rest is new."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tracker.rules.plan_text.drafts import PlanDraft, SectionDraft, TaskDraft

Touched = Callable[[TaskDraft], bool]


@dataclass(frozen=True)
class Reread:
    """What a second reading brought: the draft, and by number which tasks stayed, changed, came and went."""

    draft: PlanDraft
    kept: tuple[str, ...]
    changed: tuple[str, ...]
    added: tuple[str, ...]
    gone: tuple[str, ...]


def join(old: PlanDraft, fresh: PlanDraft, touched: Touched) -> Reread:
    """Join two readings of one document; a task keeps its key where it stands on its lines with its number."""
    joining = _Joining(old, touched)
    sections = tuple(joining.section(section) for section in fresh.sections)
    sections = joining.with_left_over(sections)
    draft = replace(fresh, sections=tuple(section for section in sections if section.tasks))
    return Reread(
        draft,
        tuple(task.number for task in old.tasks if touched(task)),
        tuple(joining.changed),
        tuple(joining.added),
        tuple(task.number for task in joining.untouched.values()),
    )


class _Joining:
    """Walks through a new reading and puts each task of the old one into its place."""

    def __init__(self, old: PlanDraft, touched: Touched) -> None:
        """Take the old reading apart into what people did and what only the reader did."""
        self.old = old
        self.by_hand = [task for task in old.tasks if touched(task)]
        self.untouched = {task.key: task for task in old.tasks if not touched(task)}
        self.placed: set[str] = set()
        self.changed: list[str] = []
        self.added: list[str] = []
        self.next_key = 1 + max((_leading_number(task.key) for task in old.tasks), default=0)

    def section(self, section: SectionDraft) -> SectionDraft:
        """Return a section of the new reading with the tasks that people worked on in their places."""
        found: list[TaskDraft] = []
        for task in section.tasks:
            standing = [hand for hand in self.by_hand if _stands_for(hand, task)]
            if standing:
                found += [hand for hand in standing if hand.key not in self.placed]
                self.placed.update(hand.key for hand in standing)
            else:
                found.append(self._anew(task))
        return replace(section, tasks=tuple(found))

    def _anew(self, task: TaskDraft) -> TaskDraft:
        same = next((old for old in self.untouched.values() if _same_place(old, task)), None)
        if same is None:
            same = next((old for old in self.untouched.values() if _overlap(old, task)), None)
        if same is None:
            self.added.append(task.number)
            self.next_key += 1
            return replace(task, key=str(self.next_key - 1))
        del self.untouched[same.key]
        named = replace(task, key=same.key)
        if _content(named) != _content(same):
            self.changed.append(task.number)
        return named

    def with_left_over(self, sections: Sequence[SectionDraft]) -> tuple[SectionDraft, ...]:
        """Put what people did and no line asks for any more behind the task it stood behind."""
        left = [task for task in self.by_hand if task.key not in self.placed]
        if not left:
            return tuple(sections)
        order = [task.key for task in self.old.tasks]
        for task in left:
            before = set(order[: order.index(task.key)])
            sections = _inserted(sections, task, before)
        return tuple(sections)


def _inserted(sections: Sequence[SectionDraft], task: TaskDraft, before: set[str]) -> tuple[SectionDraft, ...]:
    """Put a task behind the last one that stood before it, or first of all."""
    places = [
        (at, place)
        for at, section in enumerate(sections)
        for place, other in enumerate(section.tasks)
        if other.key in before
    ]
    at, place = places[-1] if places else (0, -1)
    if not sections:
        return (SectionDraft("", "", task.line_from, (task,)),)
    tasks = sections[at].tasks
    wider = replace(sections[at], tasks=(*tasks[: place + 1], task, *tasks[place + 1 :]))
    return (*sections[:at], wider, *sections[at + 1 :])


def _stands_for(hand: TaskDraft, task: TaskDraft) -> bool:
    """Tell whether what a person worked on is what a line says: the same lines, and on one line the same number."""
    if not _overlap(hand, task):
        return False
    shared_line = hand.line_from == hand.line_to == task.line_from == task.line_to
    numbered_by_person = "number" in hand.evidence
    return not shared_line or numbered_by_person or hand.number.split("-")[0] == task.number.split("-")[0]


def _same_place(old: TaskDraft, task: TaskDraft) -> bool:
    return old.number == task.number and _overlap(old, task)


def _overlap(old: TaskDraft, task: TaskDraft) -> bool:
    return old.line_from > 0 and old.line_from <= task.line_to and task.line_from <= old.line_to


def _content(task: TaskDraft) -> object:
    return (task.number, task.kind, task.text, task.parties, task.proposed, task.deadline)


def _leading_number(key: str) -> int:
    head = key.split(".")[0]
    return int(head) if head.isdecimal() else 0
