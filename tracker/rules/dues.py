"""Reads the due day that a supervisor types or a spreadsheet holds: a month, a day, or nothing."""

import re
from datetime import date

from tracker.rules.deadlines import DeadlineKind, DeadlineSpec
from tracker.rules.words import say

YEARS = range(1990, 2101)
NO_DUE = say("无截止日")
HOW = say("应写成 2021-06（按月末计）或 2021-06-30 的形式")

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


class DueRefused(ValueError):
    """A due day that cannot be read; the message says how to write it."""


def read_due(text: str) -> DeadlineSpec:
    """Read "2021-06" as its last day or "2021-06-30" as itself; raise DueRefused for anything else."""
    if month := _MONTH.fullmatch(text):
        year, number = int(month[1]), int(month[2])
        _require(text, year in YEARS and 1 <= number <= 12)
        return DeadlineSpec(DeadlineKind.MONTH, text, f"{year}年{number}月")
    parts = _DAY.fullmatch(text)
    try:
        day = date(int(parts[1]), int(parts[2]), int(parts[3])) if parts else None
    except ValueError:
        day = None
    if day is None:
        raise _refused(text)
    _require(text, day.year in YEARS)
    return DeadlineSpec(DeadlineKind.DATE, text, f"{day.year}年{day.month}月{day.day}日")


def read_due_or_none(text: str) -> DeadlineSpec:
    """Read a due day, or none at all where nothing is written."""
    return read_due(text) if text else DeadlineSpec(DeadlineKind.NONE, None, NO_DUE)


def _require(text: str, sound: bool) -> None:
    if not sound:
        raise _refused(text)


def _refused(text: str) -> DueRefused:
    shown = say("“{text}”", text=text[:20]) if text else say("空白")
    return DueRefused(
        say(
            "完成时限{shown}读不懂：{how}，年份 {years} 到 {years2}。",
            shown=shown,
            how=HOW,
            years=YEARS[0],
            years2=YEARS[-1],
        )
    )
