"""Words the day's letter to one person from the notices that are due to them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from tracker.rules.calendar import PUBLICATION

SHORT = 60
"""Characters of a task's text in a letter; the full text is behind the link."""

WEEKDAYS = "一二三四五六日"


class Group(StrEnum):
    """The parts of a letter, in the order in which they stand there."""

    OVERDUE = "overdue"
    NEAR = "near"
    COMING = "coming"


GROUP_TEXT: dict[Group, str] = {
    Group.OVERDUE: "已逾期",
    Group.NEAR: "本月到期",
    Group.COMING: "下月及以后到期",
}

STEP_TEXT: dict[str, str] = {
    PUBLICATION: "发布后首次提醒",
    "month_before": "到期前一个月",
    "due_month": "到期当月",
    "days_before_7": "到期前7天",
    "workdays_before_3": "到期前3个工作日",
    "workdays_before_1": "到期前1个工作日",
    "days_after_1": "逾期1天",
    "days_after_3": "逾期3天",
    "days_after_7": "逾期7天",
}
WEEKLY_TEXT = "逾期每周"


@dataclass(frozen=True)
class DueNotice:
    """One notice to one person about one assignment; `step_day` is the day it should have gone out."""

    user_id: int
    account: str
    name: str
    unit: str
    assignment_id: int
    number: str
    position: int
    text: str
    doc_number: str
    plan_title: str
    due_on: date
    step: str
    step_day: date

    def group(self, day: date) -> Group:
        """Tell in which part of a letter of `day` the notice stands."""
        if self.due_on < day:
            return Group.OVERDUE
        same_month = (self.due_on.year, self.due_on.month) == (day.year, day.month)
        return Group.NEAR if same_month else Group.COMING


def in_letter_order(notices: Sequence[DueNotice], day: date) -> list[DueNotice]:
    """Sort a person's notices: overdue, near, coming; in each the earliest due first."""
    order = list(Group)
    return sorted(notices, key=lambda n: (order.index(n.group(day)), n.due_on, n.doc_number, n.position))


def reason(notices: Sequence[DueNotice], day: date) -> str:
    """Say which notices a letter carries; 补发 marks those whose own day has passed."""
    counts = Counter(
        STEP_TEXT.get(notice.step, WEEKLY_TEXT) + ("（补发）" if notice.step_day < day else "") for notice in notices
    )
    return "；".join(f"{words} {count}项" for words, count in counts.items())


def context(notices: Sequence[DueNotice], day: date, base_url: str = "") -> dict[str, Any]:
    """Return what the templates in mail/digest arrange; `notices` are one person's, in letter order."""
    plans = {notice.doc_number: notice.plan_title for notice in notices}
    return {
        "unit": notices[0].unit,
        "name": notices[0].name,
        "date_words": f"{day.month}月{day.day}日",
        "day_words": f"{day.year}年{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）",
        "count": len(notices),
        "plans": [{"doc_number": number, "title": title} for number, title in plans.items()],
        "groups": [
            _group(group, notices, day, base_url) for group in Group if any(n.group(day) is group for n in notices)
        ],
        "todo_link": f"{base_url}/todo",
    }


def _group(group: Group, notices: Sequence[DueNotice], day: date, base_url: str) -> dict[str, Any]:
    return {
        "title": GROUP_TEXT[group],
        "urgent": group is Group.OVERDUE,
        "rows": [_row(notice, day, base_url) for notice in notices if notice.group(day) is group],
    }


def _row(notice: DueNotice, day: date, base_url: str) -> dict[str, str]:
    return {
        "number": notice.number,
        "doc_number": notice.doc_number,
        "text": shortened(notice.text),
        "due": due_words(notice.due_on, day),
        "distance": distance_words(notice.due_on, day),
        "link": f"{base_url}/assignments/{notice.assignment_id}",
    }


def shortened(text: str) -> str:
    """Return the first sentence of a text where it fits, otherwise its beginning."""
    sentence = " ".join(text.split()).partition("。")[0]
    return sentence if len(sentence) <= SHORT else f"{sentence[: SHORT - 1]}…"


def due_words(due_on: date, day: date) -> str:
    """Word a due day; the year is said only where it is not the letter's."""
    year = f"{due_on.year}年" if due_on.year != day.year else ""
    return f"截至{year}{due_on.month}月{due_on.day}日 周{WEEKDAYS[due_on.weekday()]}"


def distance_words(due_on: date, day: date) -> str:
    """Word the days between a day and the due day."""
    left = (due_on - day).days
    if left < 0:
        return f"已逾期{-left}天"
    return f"还剩{left}天" if left else "今天到期"
