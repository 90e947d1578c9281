"""Walks the business day through a plan's year and tells who was sent what, as a page that a person can read."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from tests.reminders.test_reminders import queue
from tracker.reminders.operations import Planned
from tracker.workdays.arrangements import is_working

FIRST, LAST = date(2021, 2, 10), date(2021, 12, 31)
WEEKDAYS = "一二三四五六日"

ROLES = {
    "songjiang-clerk": "区局经办",
    "songjiang-lead": "区局负责人（科室负责人）",
    "songjiang-deputy": "区局分管领导",
    "songjiang-head": "区局主要领导",
    "songjiang-office1": "司法所经办",
    "reviewer-mishu": "市局处室（秘书处，1 项）",
    "reviewer-cujinfazhi": "市局处室（促进法治处，11 项）",
    "supervisor": "市局督办人员",
    "leader": "市局领导（分管）",
    "director": "市局主要领导",
    "admin": "系统管理员",
    "auditor": "审计员",
}
"""One account of each role, as the golden page lists them."""


def days(first: date = FIRST, last: date = LAST) -> list[date]:
    """Every day from the first to the last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def walk(each_day: Callable[[date], None] = lambda _: None, over: Iterable[date] = ()) -> list[Planned]:
    """Plan and queue every day's letters in turn; `each_day` happens before its letters."""
    sent: list[Planned] = []
    for day in over or days():
        each_day(day)
        sent += [letter for batch in queue(day) for letter in batch]
    return sent


def assert_decent(sent: list[Planned]) -> None:
    """No day off, no empty letter, one letter a person and day."""
    assert [letter.key for letter in sent if not is_working(letter.day)] == []
    assert [letter.key for letter in sent if not letter.notices] == []
    assert len({(letter.day, letter.recipient) for letter in sent}) == len(sent)


def page(title: str, sent: list[Planned]) -> str:
    """Return the letters of one account of each role, as Markdown."""
    lines = [f"# {title}", ""]
    for account, role in ROLES.items():
        theirs = [letter for letter in sent if letter.recipient == account]
        lines += [f"## {role}（{account}）：{len(theirs)} 封", ""]
        lines += [line for letter in theirs for line in _lines(letter)] + ([""] if theirs else [])
    return "\n".join(lines).rstrip() + "\n"


def _lines(letter: Planned) -> list[str]:
    head = f"- {letter.day} 周{WEEKDAYS[letter.day.weekday()]} {letter.subject.partition('：')[2]}"
    numbers = "、".join(task["number"] for task in letter.tasks)
    return [head, f"  {letter.reason}{f'；第 {numbers} 项' if numbers else ''}"]
