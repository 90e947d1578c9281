"""Words the day's letter to one person from the notices that are due to them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any

from tracker.people.queries import Contact
from tracker.rules.escalation import Rung, Target, Trigger
from tracker.rules.notices import DEFAULT_PLAN, NoticeKind, NoticePlan, step_text
from tracker.rules.sentences import day_and_weekday, short_weekday, together
from tracker.rules.words import SOURCE, say

SHORT = 60
"""Characters of a task's text in a letter; the full text is behind the link."""


class Group(StrEnum):
    """The parts of a letter, in the order in which they stand there."""

    OVERDUE = "overdue"
    NEAR = "near"
    COMING = "coming"
    PERIODIC = "periodic"
    EARLY = "early"
    UNSIGNED = "unsigned"
    ESCALATED = "escalated"


GROUP_TEXT: dict[Group, str] = {
    Group.OVERDUE: say("已逾期"),
    Group.NEAR: say("本月到期"),
    Group.COMING: say("下月及以后到期"),
    Group.PERIODIC: say("持续推进，本期应报"),
    Group.EARLY: say("期限早于发布，待督办人员确定"),
    Group.UNSIGNED: say("待签收"),
    Group.ESCALATED: say("请您督促"),
}
LISTED = (Group.OVERDUE, Group.NEAR, Group.COMING, Group.PERIODIC, Group.EARLY)
"""The parts that name task by task; the others count them per unit."""

BUDGETED = (Group.NEAR, Group.COMING, Group.PERIODIC, Group.EARLY)
"""What can wait for another day; what is overdue cannot."""


@dataclass(frozen=True)
class DueNotice:
    """One notice to one person about one assignment; `step_day` is the day it should have gone out.

    `unit` is the recipient's, `owing` the one that owes the task; `anchor` is the day the notice counts from.
    `language` is the recipient's; `kept`: overdue since before it was published, by a supervisor's decision.
    """

    user_id: int
    account: str
    name: str
    unit_id: int
    unit: str
    assignment_id: int
    owing_id: int
    owing: str
    number: str
    position: int
    text: str
    plan_id: int
    doc_number: str
    plan_title: str
    due_on: date | None
    issued_on: date
    kind: str
    step: str
    step_day: date
    anchor: date
    language: str = SOURCE
    kept: bool = False

    def group(self, day: date) -> Group:
        """Tell in which part of a letter of `day` the notice stands."""
        if self.kind == NoticeKind.ESCALATION:
            unsigned = self.rung.trigger is Trigger.UNSIGNED
            own = Group.UNSIGNED if unsigned else Group.OVERDUE
            return own if self.rung.target is Target.HANDLER else Group.ESCALATED
        if self.kind == NoticeKind.PERIODIC or self.due_on is None:
            return Group.PERIODIC
        if self.due_on < self.issued_on and not self.kept:
            return Group.EARLY
        if self.due_on < day:
            return Group.OVERDUE
        same_month = (self.due_on.year, self.due_on.month) == (day.year, day.month)
        return Group.NEAR if same_month else Group.COMING

    @property
    def rung(self) -> Rung:
        """The rung of an escalation."""
        return Rung.named(self.step)


def in_letter_order(notices: Iterable[DueNotice], day: date) -> list[DueNotice]:
    """Sort a person's notices: overdue, near, coming and the rest; in each the earliest due first."""
    order = list(Group)
    return sorted(
        notices,
        key=lambda n: (
            order.index(n.group(day)),
            n.owing_id if n.kind == NoticeKind.ESCALATION else 0,
            n.due_on or date.max,
            n.doc_number,
            n.position,
        ),
    )


def within(notices: Sequence[DueNotice], day: date, budget: int) -> list[DueNotice]:
    """Keep what one letter may name: everything overdue or escalated, and at most `budget` of what can wait."""
    kept, left = [], budget
    for notice in notices:
        if notice.group(day) in BUDGETED:
            left -= 1
            if left < 0:
                continue
        kept.append(notice)
    return kept


def reason(notices: Sequence[DueNotice], day: date, plans: Mapping[int, NoticePlan] | None = None) -> str:
    """Say which notices a letter carries; 补发 marks those whose own day has passed."""
    counts = Counter(_words(notice, day, plans or {}) for notice in notices)
    return together(say("{words} {count}项", words=words, count=count) for words, count in counts.items())


def _words(notice: DueNotice, day: date, plans: Mapping[int, NoticePlan]) -> str:
    words = notice_words(notice.kind, notice.step, plans.get(notice.plan_id, DEFAULT_PLAN))
    return say("{words}（补发）", words=words) if notice.step_day < day else words


def notice_words(kind: str, step: str, plan: NoticePlan = DEFAULT_PLAN) -> str:
    """Word why one assignment was named, as letters and timelines do."""
    if kind == NoticeKind.ESCALATION:
        return Rung.named(step).text
    if kind == NoticeKind.PERIODIC:
        return say("本期报告期末前{amount}个工作日", amount=int(step.rpartition("_")[2]))
    return step_text(step, plan)


def context(
    notices: Sequence[DueNotice],
    day: date,
    base_url: str = "",
    contacts: Mapping[int, Contact] | None = None,
    waiting: int = 0,
) -> dict[str, Any]:
    """Return what the templates in mail/digest arrange; `notices` are one person's, in letter order.

    `waiting` tasks that are not overdue follow on other days; `contacts` are those of the units that owe.
    """
    plans = {notice.doc_number: notice.plan_title for notice in notices}
    parts: dict[Group, list[DueNotice]] = {group: [] for group in Group}
    for notice in notices:
        parts[notice.group(day)].append(notice)
    grouped = {group: _once(part) for group, part in parts.items()}
    listed = sum(len(grouped[group]) for group in LISTED)
    return {
        "date_words": _month_day(day),
        "day_words": day_and_weekday(day),
        "count": listed,
        "waiting": waiting,
        "plans": [{"doc_number": number, "title": title} for number, title in plans.items()],
        "counts": [{"title": _title(group, found), "count": len(found)} for group, found in grouped.items() if found],
        "groups": [_group(group, grouped[group], day, base_url) for group in LISTED if grouped[group]],
        "unsigned": _unsigned(grouped[Group.UNSIGNED], base_url),
        "escalated": _escalated(grouped[Group.ESCALATED], day, base_url, contacts or {}),
        "todo_link": f"{base_url}/todo",
        "settings_link": f"{base_url}/settings/reminders",
    }


def _once(notices: Iterable[DueNotice]) -> list[DueNotice]:
    """Name an assignment once, however many notices to its own people speak of it."""
    found: dict[tuple[int, str], DueNotice] = {}
    for notice in notices:
        told = notice.kind == NoticeKind.ESCALATION and notice.rung.target is not Target.HANDLER
        found.setdefault((notice.assignment_id, notice.step if told else ""), notice)
    return list(found.values())


def _title(group: Group, notices: Sequence[DueNotice]) -> str:
    """Name a part as the subject does; what is escalated is counted in units as well."""
    units = len({notice.owing_id for notice in notices})
    title = GROUP_TEXT[group]
    return say("{title}{units}个单位", title=title, units=units) if group is Group.ESCALATED else title


def _group(group: Group, notices: Sequence[DueNotice], day: date, base_url: str) -> dict[str, Any]:
    return {
        "title": GROUP_TEXT[group],
        "urgent": group is Group.OVERDUE,
        "rows": [_row(group, notice, day, base_url) for notice in notices],
    }


def _row(group: Group, notice: DueNotice, day: date, base_url: str) -> dict[str, str]:
    due = notice.due_on or notice.anchor
    return {
        "number": notice.number,
        "doc_number": notice.doc_number,
        "text": shortened(notice.text),
        "due": due_words(due, day),
        "distance": say("早于发布") if group is Group.EARLY else distance_words(due, day),
        "link": f"{base_url}/assignments/{notice.assignment_id}",
    }


def _unsigned(notices: Sequence[DueNotice], base_url: str) -> dict[str, Any] | None:
    """Say in one line what a person has not signed for, whatever its number."""
    if not notices:
        return None
    return {
        "count": len(notices),
        "since": _month_day(min(notice.issued_on for notice in notices)),
        "link": f"{base_url}/todo",
    }


def _escalated(
    notices: Sequence[DueNotice], day: date, base_url: str, contacts: Mapping[int, Contact]
) -> dict[str, Any] | None:
    """Say in one line per unit and rung what its people are silent about."""
    if not notices:
        return None
    rows = []
    for (owing_id, owing, step), found in groupby(
        sorted(notices, key=lambda n: (n.owing_id, n.step, n.doc_number, n.position)),
        key=lambda n: (n.owing_id, n.owing, n.step),
    ):
        rows.append(_escalated_row(owing_id, owing, step, list(found), day, base_url, contacts.get(owing_id)))
    return {"title": GROUP_TEXT[Group.ESCALATED], "units": len({n.owing_id for n in notices}), "rows": rows}


def _escalated_row(
    owing_id: int,
    owing: str,
    step: str,
    notices: Sequence[DueNotice],
    day: date,
    base_url: str,
    contact: Contact | None,
) -> dict[str, Any]:
    rung = notices[0].rung
    overdue = rung.trigger is Trigger.OVERDUE
    longest = (day - min(notice.anchor for notice in notices)).days
    since = _month_day(min(notice.issued_on for notice in notices))
    return {
        "unit": owing,
        "what": rung.text,
        "count": len(notices),
        "numbers": in_runs([notice.number for notice in notices]),
        "longest": say("最长已逾期{longest}天", longest=longest) if overdue else say("{since}交办", since=since),
        "contact": f"{contact.name} {contact.phone}".strip() if contact else say("未登记承办人"),
        "link": f"{base_url}/overdue?unit={owing_id}" if overdue else f"{base_url}/matrix",
    }


def in_runs(numbers: Sequence[str]) -> str:
    """Word task numbers, three or more in a row as 3—7."""
    runs: list[list[str]] = []
    for number in numbers:
        follows = runs and number.isdecimal() and runs[-1][-1].isdecimal() and int(number) == int(runs[-1][-1]) + 1
        if follows:
            runs[-1].append(number)
        else:
            runs.append([number])
    words = [[f"{run[0]}—{run[-1]}"] if len(run) > 2 else run for run in runs]
    return say("{each}", each=[word for run in words for word in run])


def shortened(text: str) -> str:
    """Return the first sentence of a text where it fits, otherwise its beginning."""
    sentence = " ".join(text.split()).partition("。")[0]
    return sentence if len(sentence) <= SHORT else f"{sentence[: SHORT - 1]}…"


def due_words(due_on: date, day: date) -> str:
    """Word a due day; the year is said only where it is not the letter's."""
    weekday = short_weekday(due_on)
    if due_on.year == day.year:
        return say("截至{day:short} {weekday}", day=due_on, weekday=weekday)
    return say("截至{day:long} {weekday}", day=due_on, weekday=weekday)


def distance_words(due_on: date, day: date) -> str:
    """Word the days between a day and the due day."""
    left = (due_on - day).days
    if left < 0:
        return say("已逾期{days}天", days=-left)
    return say("还剩{days}天", days=left) if left else say("今天到期")


def _month_day(day: date) -> str:
    return say("{day:short}", day=day)
