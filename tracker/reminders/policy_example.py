"""Shows on which days a policy would remind of one task and whom it would tell, as an example for its editors."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from tracker.reminders.policy import Policy
from tracker.rules.calendar import IsWorking
from tracker.rules.escalation import TARGET_TEXT, Target, Trigger, schedule
from tracker.rules.notices import PUBLICATION, crowded_months, notice_days, step_text
from tracker.rules.words import say

HORIZON = timedelta(days=500)
"""How far after its anchor anything of a policy can lie: 250 working days, or 366 days and a holiday."""

REPEATS_SHOWN = 2


class Sort(IntEnum):
    """What happens on a line of the example, in the order of lines of one day."""

    DISPATCH = 0
    NOTICE = 1
    DUE = 2
    RUNG = 3


@dataclass(frozen=True, order=True)
class Line:
    """One line of the example: a day, what happens, and who is told."""

    day: date
    sort: Sort
    text: str
    told: str = ""


@dataclass(frozen=True)
class Example:
    """What a task goes through that is due on the plan's most common day and on which nobody does anything."""

    due_on: date
    tasks: int
    lines: tuple[Line, ...]
    goes_on: str
    crowded: bool
    late_from_the_start: bool


def example(policy: Policy, dues: Iterable[date], published_on: date, is_working: IsWorking) -> Example | None:
    """Work the example out for the due day that most of a plan's tasks have; None where no task has any."""
    counts = Counter(dues)
    if not counts:
        return None
    due_on, tasks = min(counts.items(), key=lambda item: (-item[1], item[0]))
    crowded = (due_on.year, due_on.month) in crowded_months(counts.elements(), policy.notices)
    own = policy.working(is_working)
    late = due_on < published_on
    lines = [
        Line(published_on, Sort.DISPATCH, say("交办")),
        Line(due_on, Sort.DUE, say("到期")),
        *_notices(policy, due_on, published_on, own, crowded),
    ]
    if not late:
        lines += [*_rungs(policy, Trigger.UNSIGNED, published_on, own), *_rungs(policy, Trigger.OVERDUE, due_on, own)]
    return Example(due_on, tasks, tuple(sorted(lines)), "" if late else _goes_on(policy), crowded, late)


def _notices(policy: Policy, due_on: date, published_on: date, is_working: IsWorking, crowded: bool) -> list[Line]:
    notices = policy.notices
    named = {step.name for step in notices.steps}
    until = max(due_on, published_on) + HORIZON
    found = notice_days(due_on, published_on, is_working, until, notices, crowded)
    repeats = [notice for notice in found if notice.day > due_on and notice.step not in {PUBLICATION, *named}]
    hidden = set(repeats[REPEATS_SHOWN:])
    handler = TARGET_TEXT[Target.HANDLER]
    return [
        Line(notice.day, Sort.NOTICE, step_text(notice.step, notices), handler)
        for notice in found
        if notice not in hidden
    ]


def _rungs(policy: Policy, trigger: Trigger, anchor: date, is_working: IsWorking) -> list[Line]:
    steps = schedule(policy.ladder, trigger, anchor, is_working, anchor + HORIZON)
    return [Line(step.day, Sort.RUNG, step.rung.text, TARGET_TEXT[step.rung.target]) for step in steps]


def _goes_on(policy: Policy) -> str:
    days = policy.notices.repeat_days
    return say("此后每 {days} 天一次，直到上报。", days=days) if days else ""


def crowded_words(policy: Policy, dues: Iterable[date]) -> list[str]:
    """Name the months that are crowded now, with their share of the plan's dated tasks."""
    days = list(dues)
    counts = Counter((day.year, day.month) for day in days)
    return [
        say("{day:month}（{counts}/{n} 项）", day=date(year, month, 1), counts=counts[year, month], n=len(days))
        for year, month in sorted(crowded_months(days, policy.notices))
    ]
