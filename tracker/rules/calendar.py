"""Tell when a task is overdue, and on which days its notices go out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import count

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

__all__ = [
    "NOTICE_STEPS",
    "PUBLICATION",
    "WEEKLY_FROM",
    "DeadlineKind",
    "DeadlineSpec",
    "IsWorking",
    "Notice",
    "NoticeStep",
    "Unit",
    "Window",
    "days_overdue",
    "exact_date",
    "last_day",
    "latest_notice",
    "month_end",
    "notice_days",
    "previous_working_day",
    "read_deadline",
    "read_window",
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
        raise DayRefused(f"日期“{text}”不对，应写成 2021-03-01 的形式。") from None
    if day.year not in YEARS:
        raise DayRefused(f"日期“{text}”超出范围：年份应在 {YEARS[0]} 到 {YEARS[-1]} 之间。")
    return day


def days_overdue(due_on: date | None, day: date, done_on: date | None = None) -> int:
    """Count the days past the due day; 0 on the due day itself, without a due day, and once the task is done."""
    if due_on is None or day <= due_on or (done_on is not None and done_on <= day):
        return 0
    return (day - due_on).days


# ---- working days


def previous_working_day(day: date, is_working: IsWorking) -> date:
    """Give the day itself if people work on it, otherwise the last working day before it."""
    return _nearest_working_day(day, is_working, -1)


def working_days_before(day: date, n: int, is_working: IsWorking) -> date:
    """Give the n-th working day before a day, the day itself not counted."""
    for _ in range(n):
        day = previous_working_day(day - timedelta(days=1), is_working)
    return day


def working_days_between(a: date, b: date, is_working: IsWorking) -> int:
    """Count the working days after a, up to b inclusive: what remains on the evening of a; 0 when b is not later."""
    return sum(is_working(a + timedelta(days=offset)) for offset in range(1, (b - a).days + 1))


def _nearest_working_day(day: date, is_working: IsWorking, direction: int) -> date:
    for offset in range(LONGEST_HOLIDAY):
        if is_working(candidate := day + timedelta(days=direction * offset)):
            return candidate
    raise ValueError(f"no working day within {LONGEST_HOLIDAY} days of {day}")


# ---- notices


class Unit(StrEnum):
    """What the distance of a notice from the due day is counted in."""

    MONTH_STARTS = "month_starts"
    DAYS = "days"
    WORKDAYS = "workdays"


@dataclass(frozen=True)
class NoticeStep:
    """One rung of the ladder: so many units from the due day, negative before it."""

    name: str
    unit: Unit
    amount: int


NOTICE_STEPS = (
    NoticeStep("month_before", Unit.MONTH_STARTS, -1),
    NoticeStep("due_month", Unit.MONTH_STARTS, 0),
    NoticeStep("days_before_7", Unit.DAYS, -7),
    NoticeStep("workdays_before_3", Unit.WORKDAYS, -3),
    NoticeStep("workdays_before_1", Unit.WORKDAYS, -1),
    NoticeStep("days_after_1", Unit.DAYS, 1),
    NoticeStep("days_after_3", Unit.DAYS, 3),
    NoticeStep("days_after_7", Unit.DAYS, 7),
)
WEEKLY_FROM = 14
"""After the last step an overdue task is named again every seven days: days_after_14, days_after_21 …"""

PUBLICATION = "publication"
"""The one notice that stands for all that would have gone out before the plan was published."""


@dataclass(frozen=True)
class Notice:
    """A step of the ladder and the day it falls on."""

    step: str
    day: date


def notice_days(due_on: date, published_on: date, is_working: IsWorking, until: date) -> list[Notice]:
    """List the notices up to a day in order, one a day at most: of two on one day the later step stands."""
    nominal = list(_ladder(due_on, is_working, until))
    by_day = {notice.day: notice for notice in nominal if notice.day >= published_on}
    missed = any(notice.day < published_on for notice in nominal)
    if missed and published_on <= until:
        by_day[published_on] = Notice(PUBLICATION, published_on)
    return [by_day[day] for day in sorted(by_day)]


def latest_notice(due_on: date, published_on: date, day: date, is_working: IsWorking) -> Notice | None:
    """Give the notice that stands on a day; those before it are superseded. None before the first."""
    notices = notice_days(due_on, published_on, is_working, day)
    return notices[-1] if notices else None


def _ladder(due_on: date, is_working: IsWorking, until: date) -> Iterator[Notice]:
    """Walk the steps as if the plan had always been published."""
    for step in NOTICE_STEPS:
        if (day := _day_of(step, due_on, is_working)) <= until:
            yield Notice(step.name, day)
    for amount in count(WEEKLY_FROM, 7):
        step = NoticeStep(f"days_after_{amount}", Unit.DAYS, amount)
        if (until - due_on).days < amount - LONGEST_HOLIDAY or (day := _day_of(step, due_on, is_working)) > until:
            return
        yield Notice(step.name, day)


def _day_of(step: NoticeStep, due_on: date, is_working: IsWorking) -> date:
    """Give the working day of a step: a day off gives way to the day before it.

    An overdue notice never reaches back to the due day, when nothing is overdue yet: it waits for the next working day.
    """
    if step.unit is Unit.WORKDAYS:
        return working_days_before(due_on, -step.amount, is_working)
    if step.unit is Unit.MONTH_STARTS:
        return previous_working_day(_month_start(due_on, step.amount), is_working)
    nominal = due_on + timedelta(days=step.amount)
    day = previous_working_day(nominal, is_working)
    if step.amount > 0 and day <= due_on:
        return _nearest_working_day(nominal, is_working, +1)
    return day


def _month_start(day: date, months: int) -> date:
    """Give the first day of the month so many months away."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
