"""Sentences that several rooms make: the names of weekdays and months, and several sentences in one."""

from collections.abc import Iterable
from datetime import date
from functools import reduce

from tracker.rules.words import say

WEEKDAY_TEXT = (say("星期一"), say("星期二"), say("星期三"), say("星期四"), say("星期五"), say("星期六"), say("星期日"))
SHORT_WEEKDAY_TEXT = (say("周一"), say("周二"), say("周三"), say("周四"), say("周五"), say("周六"), say("周日"))
"""From Monday on."""

MONTH_TEXT = (
    *(say("1 月"), say("2 月"), say("3 月"), say("4 月"), say("5 月"), say("6 月")),
    *(say("7 月"), say("8 月"), say("9 月"), say("10 月"), say("11 月"), say("12 月")),
)


def together(sentences: Iterable[str]) -> str:
    """Return several sentences as one, between semicolons; a single one as it is."""
    found = list(sentences)
    return reduce(lambda first, rest: say("{first}；{rest}", first=first, rest=rest), found) if found else ""


def short_weekday(day: date) -> str:
    """Return the short name of a day's weekday."""
    return SHORT_WEEKDAY_TEXT[day.weekday()]


def day_and_weekday(day: date) -> str:
    """Return a day with the short name of its weekday."""
    return say("{day:long}（{weekday}）", day=day, weekday=short_weekday(day))
