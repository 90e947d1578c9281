"""Say what the reader found in a table as a person would read it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.rules.plan_text.drafts import Role, TaskDraft
from tracker.rules.plan_text.source import read_source
from tracker.rules.plan_text.tabular import read_tables


@dataclass(frozen=True)
class Fact:
    """One task as a person reads it; a name stands under the first letter of its part."""

    text: str
    lead: str = ""
    responsible: str = ""
    cooperating: str = ""
    due: str | None = None
    section: str = ""


def tasks_of(text: str, year: int | None = 2031) -> list[TaskDraft]:
    """Give the tasks of all tables of a text."""
    return [task for section in read_tables(read_source(text), year) for task in section.tasks]


def facts_of(tasks: Sequence[TaskDraft]) -> list[Fact]:
    """Give what a person reads of each task."""

    def names(task: TaskDraft, role: Role) -> str:
        return " ".join(party.printed for party in task.of_role(role))

    return [
        Fact(
            task.text,
            names(task, Role.LEAD),
            names(task, Role.RESPONSIBLE),
            names(task, Role.COOPERATING),
            task.deadline.value or (task.deadline.kind.value if task.deadline.raw else None),
            task.section,
        )
        for task in tasks
    ]
