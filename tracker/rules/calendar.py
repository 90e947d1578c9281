"""Tell when a task is overdue, and count in working days, months and quarters."""

from collections.abc import Callable
from datetime import date, timedelta

from tracker.rules.deadlines import (
    DeadlineKind,
    DeadlineSpec,
    Window,
    exact_date,
    last_day,
    month_end,
    read_deadline,
    read_window,
)
from tracker.rules.words import say

__all__ = [
    "DeadlineKind",
    "DeadlineSpec",
    "IsWorking",
    "Window",
    "asked_day",
    "days_overdue",
    "exact_date",
    "foreseen_on",
    "last_day",
    "month_end",
    "next_working_day",
    "previous_working_day",
    "quarter_end",
    "read_deadline",
    "read_window",
    "shifted_month",
    "week_of",
    "working_days_before",
    "working_days_between",
]

IsWorking = Callable[[date], bool]

LONGEST_HOLIDAY = 60
"""More days off than this in a row are a broken calendar, not a holiday."""


YEARS = range(2000, 2101)
"""The years for which anything can be asked."""


class DayRefused(ValueError):
    """A day that cannot be asked for; the message says how to write it."""


def asked_day(text: str) -> date:
    """Read the ISO date that somebody asks for, on the command line or in an address; raise DayRefused."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise DayRefused(say("日期“{text}”不对，应写成 2021-03-01 的形式。", text=text)) from None
    if day.year not in YEARS:
        raise DayRefused(
            say(
                "日期“{text}”超出范围：年份应在 {years} 到 {years2} 之间。", text=text, years=YEARS[0], years2=YEARS[-1]
            )
        )
    return day


def days_overdue(due_on: date | None, day: date, done_on: date | None = None) -> int:
    """Count the days past the due day; 0 on the due day itself, without a due day, and once the task is done."""
    if due_on is None or day <= due_on or (done_on is not None and done_on <= day):
        return 0
    return (day - due_on).days


def foreseen_on(day: date, today: date) -> str:
    """Return what to say of a day that is still to come: nobody knows what will be done until then."""
    if day <= today:
        return ""
    return say("{day:long}还没有到：这是推算，假定从今天（{today:long}）起没有新的进展", day=day, today=today)


# ---- working days


def previous_working_day(day: date, is_working: IsWorking) -> date:
    """Give the day itself if people work on it, otherwise the last working day before it."""
    return _nearest_working_day(day, is_working, -1)


def next_working_day(day: date, is_working: IsWorking) -> date:
    """Give the day itself if people work on it, otherwise the first working day after it."""
    return _nearest_working_day(day, is_working, +1)


def working_days_before(day: date, n: int, is_working: IsWorking) -> date:
    """Give the n-th working day before a day, the day itself not counted."""
    for _ in range(n):
        day = previous_working_day(day - timedelta(days=1), is_working)
    return day


def working_days_between(a: date, b: date, is_working: IsWorking) -> int:
    """Count the working days after a, up to b inclusive: what remains on the evening of a; 0 when b is not later."""
    return sum(is_working(a + timedelta(days=offset)) for offset in range(1, (b - a).days + 1))


def _nearest_working_day(day: date, is_working: IsWorking, direction: int) -> date:
    # Quiet days and an arrangement that came later can add up to more than either may have alone.
    for offset in range(3 * LONGEST_HOLIDAY):
        if is_working(candidate := day + timedelta(days=direction * offset)):
            return candidate
    raise ValueError(f"no working day within {3 * LONGEST_HOLIDAY} days of {day}")


# ---- weeks, months and quarters


def week_of(day: date) -> tuple[date, date]:
    """Give the Monday and the Sunday of the week in which a day lies."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def shifted_month(day: date, months: int) -> date:
    """Give the first day of the month so many months away."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def quarter_end(day: date) -> date:
    """Give the last day of the quarter in which a day lies."""
    return shifted_month(day, 3 - (day.month - 1) % 3) - timedelta(days=1)
