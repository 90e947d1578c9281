"""Facts about overdue days, working days and the days of notices."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.rules import calendar
from tracker.rules.calendar import Notice, days_overdue, latest_notice, notice_days
from tracker.workdays import is_working

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


# ---- notices


def test_the_ladder_of_a_month_in_quiet_times() -> None:
    notices = notice_days(date(2021, 6, 30), date(2021, 2, 10), is_working, until=date(2021, 7, 31))

    assert notices == [
        Notice("month_before", date(2021, 4, 30)),  # 1 May is a holiday.
        Notice("due_month", date(2021, 6, 1)),
        Notice("days_before_7", date(2021, 6, 23)),
        Notice("workdays_before_3", date(2021, 6, 25)),
        Notice("workdays_before_1", date(2021, 6, 29)),
        Notice("days_after_1", date(2021, 7, 1)),
        Notice("days_after_3", date(2021, 7, 2)),  # 3 July is a Saturday.
        Notice("days_after_7", date(2021, 7, 7)),
        Notice("days_after_14", date(2021, 7, 14)),
        Notice("days_after_21", date(2021, 7, 21)),
        Notice("days_after_28", date(2021, 7, 28)),
    ]


def test_x1_07_a_short_window_gets_one_notice_at_publication_and_none_from_the_past() -> None:
    notices = notice_days(date(2021, 2, 28), date(2021, 2, 10), is_working, until=date(2021, 2, 28))

    assert notices == [
        Notice("publication", date(2021, 2, 10)),
        Notice("days_before_7", date(2021, 2, 20)),  # The 21st is a Sunday, the 20th a working Saturday.
        Notice("workdays_before_3", date(2021, 2, 24)),
        Notice("workdays_before_1", date(2021, 2, 26)),
    ]


def test_a_plan_published_in_good_time_has_no_notice_at_publication() -> None:
    notices = notice_days(date(2021, 9, 30), date(2021, 2, 10), is_working, until=date(2021, 9, 1))

    assert [notice.step for notice in notices] == ["month_before", "due_month"]


def test_an_overdue_notice_waits_for_the_holiday_to_end_rather_than_come_on_the_due_day() -> None:
    notices = notice_days(date(2021, 4, 30), date(2021, 2, 10), is_working, until=date(2021, 5, 10))

    assert notices[-2:] == [Notice("days_after_3", date(2021, 5, 6)), Notice("days_after_7", date(2021, 5, 7))]
    assert "days_after_1" not in [notice.step for notice in notices]


def test_the_latest_notice_is_the_one_that_stands() -> None:
    due_on, published_on = date(2021, 6, 30), date(2021, 2, 10)

    assert latest_notice(due_on, published_on, date(2021, 6, 24), is_working) == Notice(
        "days_before_7", date(2021, 6, 23)
    )
    assert latest_notice(due_on, published_on, date(2021, 3, 1), is_working) is None


@given(DAYS, DAYS, st.integers(0, 500))
def test_a_notice_falls_on_a_working_day_unless_it_is_the_publication(due: date, published: date, more: int) -> None:
    for notice in notice_days(due, published, is_working, until=due + more * DAY):
        assert notice.step == "publication" or is_working(notice.day)


@given(DAYS, DAYS, st.integers(-60, 500))
def test_notices_are_in_order_one_a_day_and_never_before_publication_or_after_the_day_asked_for(
    due: date, published: date, more: int
) -> None:
    until = due + more * DAY
    days = [notice.day for notice in notice_days(due, published, is_working, until)]

    assert days == sorted(set(days))
    assert all(published <= day <= until for day in days)


@given(DAYS, DAYS, st.integers(1, 500))
def test_a_notice_speaks_of_overdue_exactly_when_the_task_is(due: date, published: date, more: int) -> None:
    for notice in notice_days(due, published, is_working, until=due + more * DAY):
        if notice.step != "publication":
            assert notice.step.startswith("days_after") == (days_overdue(due, notice.day) > 0)


@settings(deadline=None, max_examples=50)
@given(DAYS, DAYS, st.integers(-60, 60))
def test_the_notice_that_stands_on_a_day_does_not_depend_on_what_follows(due: date, published: date, more: int) -> None:
    all_notices = notice_days(due, published, is_working, until=due + 90 * DAY)
    day = due + more * DAY

    expected = [notice for notice in all_notices if notice.day <= day]
    assert latest_notice(due, published, day, is_working) == (expected[-1] if expected else None)
