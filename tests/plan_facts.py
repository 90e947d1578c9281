"""Say what the reader found in a plan: of each task its beginning, its units by role, its deadline."""

from typing import NamedTuple

from tracker.rules.plan_text.drafts import PlanDraft, Role


class Fact(NamedTuple):
    """What a task comes to: its beginning, its units by role, its deadline."""

    text: str
    lead: str = ""
    responsible: str = ""
    cooperating: str = ""
    due: str = ""


def facts(draft: PlanDraft, length: int = 6) -> list[Fact]:
    """Give what a draft says of each task."""
    return [
        Fact(
            task.text[:length],
            *("、".join(party.printed for party in task.of_role(role)) for role in Role),
            task.deadline.value or task.deadline.kind.value.replace("none", ""),
        )
        for task in draft.tasks
    ]
