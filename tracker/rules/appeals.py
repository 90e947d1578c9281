"""Until when a district may object to a line of its score, and by when the answer is due: working days, counted."""

from dataclasses import dataclass
from datetime import date, timedelta

from tracker.rules.calendar import (
    IsWorking,
    next_working_day,
    working_days_before,
    working_days_between,
)
from tracker.rules.words import say


def window(published_on: date, days: int, is_working: IsWorking) -> date:
    """Return the last day of a window of so many working days after a day, that day itself not counted."""
    return working_days_after(published_on, days, is_working)


def answer_by(day: date, answer_days: int, is_working: IsWorking) -> date:
    """Return the last day on which what was asked on `day` is answered in time."""
    return working_days_after(day, answer_days, is_working)


def working_days_after(day: date, n: int, is_working: IsWorking) -> date:
    """Give the n-th working day after a day, the day itself not counted."""
    for _ in range(n):
        day = next_working_day(day + timedelta(days=1), is_working)
    return day


def closes_on(published_on: date | None, arose_on: date | None, days: int, is_working: IsWorking) -> date | None:
    """Return the last day for an objection to a line; None while the evaluation is not published.

    What arose after the publication could not be objected to before, so that its days count from then.
    """
    if published_on is None:
        return None
    return window(max(published_on, arose_on or published_on), days, is_working)


@dataclass(frozen=True)
class Clock:
    """By when an open objection is to be answered, and how many working days are left, or over."""

    answer_by: date
    left: int
    over: int
    past: bool = False

    @property
    def told(self) -> str:
        """The clock in words."""
        if self.over:
            return say("应于 {day} 前答复（已超 {n} 个工作日）", day=self.answer_by, n=self.over)
        if self.left:
            return say("应于 {day} 前答复（剩 {n} 个工作日）", day=self.answer_by, n=self.left)
        if self.past:
            return say("应于 {day} 前答复（期限已过）", day=self.answer_by)
        return say("应于 {day} 前答复（今天是最后一天）", day=self.answer_by)


def clock_on(by: date, day: date, is_working: IsWorking) -> Clock:
    """Return how the clock of an objection stands on `day`; days off after the last one are not counted."""
    left, over = working_days_between(day, by, is_working), working_days_between(by, day, is_working)
    return Clock(by, left, over, past=day > by)


def reminder_days(by: date, is_working: IsWorking) -> tuple[date, date]:
    """Return the two days on which whoever is to answer is reminded: one working day before, one after."""
    return working_days_before(by, 1, is_working), working_days_after(by, 1, is_working)


def due_reminders(by: date, since: date, day: date, is_working: IsWorking) -> bool:
    """Tell whether a day of `reminder_days` lies after `since`, the last day of letters, and not after `day`."""
    return any(since < reminder <= day for reminder in reminder_days(by, is_working))
