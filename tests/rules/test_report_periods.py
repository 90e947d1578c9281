"""Facts about 持续推进: asked for at the end of each report period, never overdue."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.test_notices import DAYS, ISSUED, calendars
from tracker.rules.notices import PERIOD_STEPS, Notice, Period, latest_period_notice, period_end, period_start
from tracker.workdays.arrangements import is_working
from tracker.workdays.queries import Calendar


@pytest.mark.parametrize(
    ("day", "month", "quarter"),
    [
        (date(2021, 3, 31), date(2021, 3, 31), date(2021, 3, 31)),
        (date(2021, 4, 1), date(2021, 4, 30), date(2021, 6, 30)),
        (date(2024, 2, 1), date(2024, 2, 29), date(2024, 3, 31)),
        (date(2021, 12, 15), date(2021, 12, 31), date(2021, 12, 31)),
    ],
)
def test_a_report_period_ends_with_the_month_or_the_quarter(day: date, month: date, quarter: date) -> None:
    assert period_end(day, Period.MONTH) == month
    assert period_end(day, Period.QUARTER) == quarter
    assert period_end(day, Period.NONE) is None


@pytest.mark.parametrize(
    ("day", "period", "standing"),
    [
        (date(2021, 3, 24), Period.QUARTER, None),
        (date(2021, 3, 25), Period.QUARTER, (date(2021, 3, 31), Notice("workdays_before_5", date(2021, 3, 25)))),
        (date(2021, 3, 30), Period.QUARTER, (date(2021, 3, 31), Notice("workdays_before_5", date(2021, 3, 25)))),
        (date(2021, 3, 31), Period.QUARTER, (date(2021, 3, 31), Notice("workdays_before_1", date(2021, 3, 31)))),
        (date(2021, 4, 1), Period.QUARTER, None),
        (date(2021, 4, 30), Period.QUARTER, None),
        (date(2021, 4, 30), Period.MONTH, (date(2021, 4, 30), Notice("workdays_before_1", date(2021, 4, 30)))),
        (date(2021, 9, 28), Period.MONTH, (date(2021, 9, 30), Notice("workdays_before_5", date(2021, 9, 26)))),
        (date(2021, 3, 31), Period.NONE, None),
    ],
)
def test_the_report_of_a_period_is_asked_for_at_its_end(
    day: date, period: Period, standing: tuple[date, Notice] | None
) -> None:
    assert latest_period_notice(ISSUED, day, is_working, period) == standing


@pytest.mark.parametrize(
    ("published_on", "asked"), [(date(2021, 3, 25), True), (date(2021, 3, 26), False), (date(2021, 3, 31), False)]
)
def test_a_period_that_had_begun_to_ask_before_publication_asks_nothing(published_on: date, asked: bool) -> None:
    assert (latest_period_notice(published_on, date(2021, 3, 31), is_working, Period.QUARTER) is not None) is asked
    assert latest_period_notice(published_on, date(2021, 6, 30), is_working, Period.QUARTER) is not None


@given(DAYS, calendars(), st.sampled_from([Period.MONTH, Period.QUARTER]))
def test_what_is_reported_on_for_ever_is_asked_for_within_its_period_and_never_overdue(
    day: date, calendar: Calendar, period: Period
) -> None:
    standing = latest_period_notice(date(2019, 1, 1), day, calendar.is_working, period)
    if standing is None:
        return
    end, notice = standing
    assert notice.step in {step.name for step in PERIOD_STEPS}
    assert notice.day <= day <= end
    assert period_start(end, period) <= day
    assert calendar.is_working(notice.day)
