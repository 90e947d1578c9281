"""Check the deadlines of the tasks against the calendar and against the day of issue."""

import re
from collections.abc import Iterator

from tracker.rules.calendar import DeadlineKind
from tracker.rules.plan_text.checks.kinds import Lines, deadline_line, problem
from tracker.rules.plan_text.drafts import PlanDraft, Problem
from tracker.rules.plan_text.source import Source

SHORT_NOTICE = 31
"""Days: with fewer left, the reminder a month ahead is already past."""

WITHOUT_DAY = frozenset({DeadlineKind.ONGOING, DeadlineKind.RELATIVE})


def missing(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report tasks whose deadline is absent, unreadable or without a year."""
    if not any(task.deadline.raw for task in draft.tasks):
        lines = Lines(draft.tasks[0].line_from, draft.tasks[-1].line_to)
        yield problem("no_deadline", lines, f"全部{len(draft.tasks)}项", tuple(task.number for task in draft.tasks))
        return
    for task in draft.tasks:
        if task.deadline.due_on is None and task.deadline.kind not in WITHOUT_DAY:
            code = "unreadable_deadline" if task.deadline.raw else "no_deadline"
            yield problem(code, deadline_line(task), task.deadline.raw, (task.number,))


def spaces(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report deadlines printed with spaces inside ("2021 年 3 月")."""
    for task in draft.tasks:
        raw, value = task.deadline.raw, task.deadline.value
        if value and re.search(r"\s", raw):
            yield problem("spaces_in_deadline", deadline_line(task), raw, (task.number,), value=value)


def before_issue(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report tasks that were due before the document existed."""
    issued_on = draft.head.issued_on
    for task in draft.tasks:
        due_on = task.deadline.due_on
        if issued_on and due_on and due_on < issued_on:
            found = f"{task.deadline.raw}；印发日期{issued_on}"
            yield problem("due_before_issue", deadline_line(task), found, (task.number,))


def short_notice(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report tasks due so soon after publication that the first reminders are already past."""
    published_on = draft.head.published_on
    for task in draft.tasks:
        due_on = task.deadline.due_on
        if published_on and due_on and 0 <= (due_on - published_on).days < SHORT_NOTICE:
            found = f"{task.deadline.raw}；距印发{(due_on - published_on).days}天"
            yield problem("short_notice", deadline_line(task), found, (task.number,))
