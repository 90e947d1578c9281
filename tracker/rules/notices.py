"""On which days the notices of a task go out: before its due day, after it, and once per report period."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import count

from tracker.rules.calendar import (
    IsWorking,
    next_working_day,
    previous_working_day,
    quarter_end,
    shifted_month,
    working_days_before,
)
from tracker.rules.plans import ReportEvery
from tracker.rules.words import Words, say

__all__ = [
    "DEFAULT_PLAN",
    "PUBLICATION",
    "Notice",
    "NoticeKind",
    "NoticePlan",
    "NoticeStep",
    "Period",
    "Shift",
    "Unit",
    "crowded_months",
    "in_order",
    "latest_notice",
    "latest_period_notice",
    "notice_days",
    "period_end",
    "period_start",
    "step_text",
]


class NoticeKind(StrEnum):
    """Why a letter names an assignment."""

    DUE = "due"
    PERIODIC = "periodic"
    ESCALATION = "escalation"
    URGE = "urge"


class Unit(StrEnum):
    """What the distance of a notice from the due day is counted in."""

    MONTH_STARTS = "month_starts"
    DAYS = "days"
    WORKDAYS = "workdays"
    QUARTER_ENDS = "quarter_ends"


class Shift(StrEnum):
    """Where a notice goes that falls on a day off."""

    PREVIOUS = "previous"
    NEXT = "next"


class Period(StrEnum):
    """How often 持续推进 is reported on."""

    NONE = "none"
    MONTH = "month"
    QUARTER = "quarter"


UNIT_TEXT: dict[Unit, str] = {
    Unit.MONTH_STARTS: say("个月月初"),
    Unit.DAYS: say("天"),
    Unit.WORKDAYS: say("个工作日"),
    Unit.QUARTER_ENDS: say("个季度末"),
}
SHIFT_TEXT: dict[Shift, str] = {Shift.PREVIOUS: say("提前到上一个工作日"), Shift.NEXT: say("推后到下一个工作日")}
PERIOD_TEXT: dict[Period, str] = {Period.NONE: say("不要求"), Period.MONTH: say("每月"), Period.QUARTER: say("每季度")}


@dataclass(frozen=True)
class NoticeStep:
    """One offset: so many units from the due day, negative before it."""

    unit: Unit
    amount: int

    @property
    def name(self) -> str:
        """The word by which the record knows the step."""
        if self.unit is Unit.MONTH_STARTS and self.amount in (0, -1):
            return "month_before" if self.amount else "due_month"
        return f"{self.unit}_{'after' if self.amount > 0 else 'before'}_{abs(self.amount)}"


@dataclass(frozen=True)
class NoticePlan:
    """How a plan reminds; every value is a setting of the plan.

    After the last overdue step a task is named again every `repeat_days` (0: never), gathered on one weekday
    (1 Monday … 5 Friday, 0: the very day). A month that holds more than `crowded_percent` of the plan's dated tasks
    gets check points at the ends of the quarters before it (X3-12). 持续推进 is reported on every `period`.
    `daily_budget` is how many tasks that are not yet overdue one person's letter of a day names, the rest following on
    the next days; `urge_hours` the pause between two 催办.
    """

    steps: tuple[NoticeStep, ...]
    shift: Shift = Shift.PREVIOUS
    repeat_days: int = 7
    repeat_weekday: int = 1
    crowded_percent: int = 50
    period: Period = Period.QUARTER
    daily_budget: int = 20
    urge_hours: int = 24


DEFAULT_PLAN = NoticePlan(
    (
        NoticeStep(Unit.MONTH_STARTS, -1),
        NoticeStep(Unit.MONTH_STARTS, 0),
        NoticeStep(Unit.DAYS, -7),
        NoticeStep(Unit.WORKDAYS, -3),
        NoticeStep(Unit.WORKDAYS, -1),
        NoticeStep(Unit.DAYS, 1),
        NoticeStep(Unit.DAYS, 3),
        NoticeStep(Unit.DAYS, 7),
    )
)
"""Requirements, features 18 and 19."""

PERIOD_STEPS = (NoticeStep(Unit.WORKDAYS, -5), NoticeStep(Unit.WORKDAYS, -1))
"""When the report of a period is asked for: the fifth last and the last working day of it."""

CROWDED_FROM = 10
"""A month with fewer tasks than this is never crowded, whatever its share."""

PUBLICATION = "publication"
"""The one notice that stands for all that would have gone out before the plan was published."""


@dataclass(frozen=True)
class Notice:
    """A step and the day it falls on."""

    step: str
    day: date


def notice_days(
    due_on: date,
    published_on: date,
    is_working: IsWorking,
    until: date,
    plan: NoticePlan = DEFAULT_PLAN,
    crowded: bool = False,
    kept: bool = False,
) -> list[Notice]:
    """List the notices up to a day in order, one a day at most: of two on one day the later step stands.

    What was due before it was published gets the one notice of publication and no other (X1-07, X3-01), unless it is
    `kept`: overdue by a supervisor's decision.
    """
    first = next_working_day(published_on, is_working)
    if due_on < published_on and not kept:
        return [Notice(PUBLICATION, first)] if first <= until else []
    nominal = list(_ladder(due_on, is_working, until, plan, crowded))
    by_day = {notice.day: notice for notice in nominal if notice.day >= published_on}
    if any(notice.day < published_on for notice in nominal) and first <= until:
        by_day[first] = Notice(PUBLICATION, first)
    return [by_day[day] for day in sorted(by_day)]


def latest_notice(
    due_on: date,
    published_on: date,
    day: date,
    is_working: IsWorking,
    plan: NoticePlan = DEFAULT_PLAN,
    crowded: bool = False,
    kept: bool = False,
) -> Notice | None:
    """Give the notice that stands on a day; those before it are superseded. None before the first."""
    notices = notice_days(due_on, published_on, is_working, day, plan, crowded, kept)
    return notices[-1] if notices else None


def _ladder(due_on: date, is_working: IsWorking, until: date, plan: NoticePlan, crowded: bool) -> Iterator[Notice]:
    """Walk the steps as if the plan had always been published."""
    for step in (*(_checkpoints() if crowded else ()), *in_order(plan.steps)):
        if (day := _day_of(step, due_on, is_working, plan.shift)) <= until:
            yield Notice(step.name, day)
    if plan.repeat_days:
        yield from _repeats(due_on, is_working, until, plan)


def in_order(steps: Iterable[NoticeStep]) -> list[NoticeStep]:
    """Sort steps by how late they are: of two on one day the nearer to the due day, or the later after it, stands."""
    days = {Unit.MONTH_STARTS: 31, Unit.QUARTER_ENDS: 92, Unit.DAYS: 1, Unit.WORKDAYS: 1}
    # The first of the due month lies some 30 days before its end.
    return sorted(steps, key=lambda step: step.amount * days[step.unit] - 30 * (step.unit is Unit.MONTH_STARTS))


def _checkpoints() -> tuple[NoticeStep, ...]:
    return tuple(NoticeStep(Unit.QUARTER_ENDS, amount) for amount in (-3, -2, -1))


def _repeats(due_on: date, is_working: IsWorking, until: date, plan: NoticePlan) -> Iterator[Notice]:
    """Walk the repeats after the last overdue step; a day off moves them forward, so that weeks stay apart."""
    last = max((_nominal_day(step, due_on, is_working) for step in plan.steps if step.amount > 0), default=due_on)
    for amount in count(plan.repeat_days, plan.repeat_days):
        nominal = last + timedelta(days=amount)
        if plan.repeat_weekday:
            nominal += timedelta(days=(plan.repeat_weekday - nominal.isoweekday()) % 7)
        if nominal > until or (day := next_working_day(nominal, is_working)) > until:
            return
        yield Notice(f"{Unit.DAYS}_after_{(nominal - due_on).days}", day)


def _day_of(step: NoticeStep, due_on: date, is_working: IsWorking, shift: Shift) -> date:
    """Give the working day of a step.

    An overdue notice never reaches back to the due day, when nothing is overdue yet; one before the due day never
    moves past it.
    """
    nominal = _nominal_day(step, due_on, is_working)
    earlier, later = previous_working_day(nominal, is_working), next_working_day(nominal, is_working)
    if step.amount > 0:
        return earlier if shift is Shift.PREVIOUS and earlier > due_on else later
    return later if shift is Shift.NEXT and later <= due_on else earlier


def _nominal_day(step: NoticeStep, due_on: date, is_working: IsWorking) -> date:
    if step.unit is Unit.WORKDAYS:
        return _workdays_away(due_on, step.amount, is_working)
    if step.unit is Unit.MONTH_STARTS:
        return shifted_month(due_on, step.amount)
    if step.unit is Unit.QUARTER_ENDS:
        return quarter_end(shifted_month(due_on, 3 * step.amount))
    return due_on + timedelta(days=step.amount)


def _workdays_away(day: date, amount: int, is_working: IsWorking) -> date:
    if amount <= 0:
        return working_days_before(day, -amount, is_working)
    for _ in range(amount):
        day = next_working_day(day + timedelta(days=1), is_working)
    return day


# ---- crowded months


def crowded_months(dues: Iterable[date], plan: NoticePlan = DEFAULT_PLAN) -> frozenset[tuple[int, int]]:
    """Return the months (year, month) that hold more than the plan's share of its dated tasks."""
    counts = Counter((due.year, due.month) for due in dues)
    total = sum(counts.values())
    return frozenset(
        month
        for month, number in counts.items()
        if number >= CROWDED_FROM and number * 100 > total * plan.crowded_percent
    )


# ---- 持续推进


def period_end(day: date, period: Period | ReportEvery) -> date | None:
    """Give the last day of the report period in which a day lies; None where no report is asked for."""
    if period in (Period.NONE, ReportEvery.RULES):
        return None
    if period == ReportEvery.YEAR:
        return day.replace(month=12, day=31)
    return shifted_month(day, 1) - timedelta(days=1) if period == Period.MONTH else quarter_end(day)


def period_start(end: date, period: Period | ReportEvery) -> date:
    """Give the first day of the report period that ends on a day."""
    return shifted_month(end, {ReportEvery.MONTH: 0, ReportEvery.YEAR: -11}.get(ReportEvery(period), -2))


def latest_period_notice(
    published_on: date, day: date, is_working: IsWorking, period: Period | ReportEvery
) -> tuple[date, Notice] | None:
    """Give the end of the running report period and the notice that stands in it; never one of a period that is over.

    A period that had begun to ask before the plan was published asks nothing.
    """
    end = period_end(day, period)
    if end is None:
        return None
    after = end + timedelta(days=1)
    notices = [Notice(step.name, _workdays_away(after, step.amount, is_working)) for step in PERIOD_STEPS]
    if notices[0].day < published_on:
        return None
    standing = [notice for notice in notices if notice.day <= day]
    return (end, standing[-1]) if standing else None


# ---- words


def step_text(step: str, plan: NoticePlan = DEFAULT_PLAN) -> str:
    """Word a step as letters and pages name it."""
    if step in FIXED_TEXT:
        return FIXED_TEXT[step]
    unit, _, rest = step.partition("_before_" if "_before_" in step else "_after_")
    amount = int(rest)
    if "_before_" in step:
        return say(BEFORE_TEXT[Unit(unit)].source, amount=amount)
    named = {offset.name for offset in plan.steps}
    if step not in named and plan.repeat_days:
        return say("逾期每周") if plan.repeat_days == 7 else say("逾期每{repeat_days}天", repeat_days=plan.repeat_days)
    return say(AFTER_TEXT[Unit(unit)].source, amount=amount)


FIXED_TEXT = {
    PUBLICATION: say("发布后首次提醒"),
    "month_before": say("到期前一个月"),
    "due_month": say("到期当月"),
    "days_before_0": say("到期当天"),
}
BEFORE_TEXT: dict[Unit, Words] = {
    Unit.MONTH_STARTS: say("到期前{amount}个月"),
    Unit.DAYS: say("到期前{amount}天"),
    Unit.WORKDAYS: say("到期前{amount}个工作日"),
    Unit.QUARTER_ENDS: say("季度检查点（到期前{amount}个季度末）"),
}
AFTER_TEXT: dict[Unit, Words] = {
    Unit.MONTH_STARTS: say("逾期{amount}个月月初"),
    Unit.DAYS: say("逾期{amount}天"),
    Unit.WORKDAYS: say("逾期{amount}个工作日"),
    Unit.QUARTER_ENDS: say("逾期{amount}个季度末"),
}
