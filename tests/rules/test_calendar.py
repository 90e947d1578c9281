"""Facts about overdue days and working days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.rules import calendar
from tracker.rules.calendar import days_overdue
from tracker.workdays.arrangements import is_working

DAYS = st.dates(date(2019, 1, 1), date(2026, 12, 31))
DAY = timedelta(days=1)


def weekdays_only(day: date) -> bool:
    return day.weekday() < 5


# ---- overdue


@given(DAYS)
def test_a_task_is_never_overdue_on_its_due_day_and_always_on_the_day_after(due_on: date) -> None:
    assert days_overdue(due_on, due_on) == 0
    assert days_overdue(due_on, due_on + DAY) == 1


@given(DAYS, DAYS)
def test_overdue_grows_by_one_a_day(due_on: date, day: date) -> None:
    assert days_overdue(due_on, day) == max(0, (day - due_on).days)


@given(DAYS, DAYS, st.integers(0, 400))
def test_a_task_done_by_the_day_asked_for_is_not_overdue(due_on: date, done_on: date, later: int) -> None:
    assert days_overdue(due_on, done_on + later * DAY, done_on) == 0


def test_a_task_done_late_was_overdue_before_it_was_done() -> None:
    assert days_overdue(date(2021, 3, 31), date(2021, 4, 5), done_on=date(2021, 4, 6)) == 5


def test_a_task_without_a_due_day_is_never_overdue() -> None:
    assert days_overdue(None, date(2099, 1, 1)) == 0


# ---- working days


def test_a_saturday_made_a_working_day_is_one() -> None:
    assert calendar.previous_working_day(date(2021, 2, 21), is_working) == date(2021, 2, 20)


def test_the_working_day_before_the_spring_festival_lies_before_the_whole_holiday() -> None:
    assert calendar.previous_working_day(date(2021, 2, 17), is_working) == date(2021, 2, 10)


@given(DAYS, st.integers(1, 30))
def test_exactly_n_working_days_lie_between_a_day_and_the_nth_before_it(day: date, n: int) -> None:
    before = calendar.working_days_before(day, n, weekdays_only)

    assert weekdays_only(before)
    assert calendar.working_days_between(before - DAY, day - DAY, weekdays_only) == n


def test_the_due_day_counts_among_the_days_that_remain() -> None:
    assert calendar.working_days_between(date(2021, 3, 15), date(2021, 3, 31), is_working) == 12
    assert calendar.working_days_between(date(2021, 3, 31), date(2021, 3, 31), is_working) == 0
    assert calendar.working_days_between(date(2021, 4, 1), date(2021, 3, 31), is_working) == 0


def test_a_calendar_without_working_days_is_refused_rather_than_searched_for_ever() -> None:
    with pytest.raises(ValueError, match="no working day"):
        calendar.previous_working_day(date(2021, 2, 1), lambda day: False)
