"""What kind of term a task has on a day: a due day, none, or one that had passed before its document was issued."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, or_, select

from tracker.plans.changes import Changed
from tracker.plans.models import Task, TaskChange
from tracker.rules.plan_text.drafts import TaskKind
from tracker.rules.plans import Early
from tracker.rules.words import say


class Term(StrEnum):
    """Whether there is a day by which a task is to be done, and if not, why."""

    DATED = "dated"
    ONGOING = "ongoing"
    REQUIREMENT = "requirement"
    EARLY = "early"


TERM_TEXT: dict[Term, str] = {
    Term.DATED: say("有完成时限"),
    Term.ONGOING: say("持续推进"),
    Term.REQUIREMENT: say("要求"),
    Term.EARLY: say("到期早于印发"),
}


def term(due_on: SQLColumnExpression[date | None], day: Any) -> ColumnElement[str]:
    """Return the kind of term on a day, as a column of a SELECT that joins the task; `due_on` is the day's own."""
    decided_later = (
        select(TaskChange.id)
        .where(TaskChange.task_id == Task.id, TaskChange.what == Changed.EARLY, TaskChange.day > day)
        .correlate(Task)
        .exists()
    )
    undecided = or_(Task.early == Early.UNDECIDED, and_(Task.early != Early.NONE, decided_later))
    return case(
        (undecided, Term.EARLY.value),
        (due_on.is_not(None), Term.DATED.value),
        (Task.kind == TaskKind.REQUIREMENT, Term.REQUIREMENT.value),
        else_=Term.ONGOING.value,
    )
