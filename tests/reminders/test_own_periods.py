"""How often a task without a due day is asked for: as it says itself, else as the plan's rules say."""

from datetime import date

import pytest
from flask import Flask

from tests.putuo import publish_putuo
from tracker.plans.settings import EarlyChoice
from tracker.reminders.standing import situation, standing
from tracker.rules.notices import NoticeKind, Period, latest_period_notice, period_end, period_start
from tracker.rules.plans import Early, ReportEvery
from tracker.workdays import queries as workdays


@pytest.mark.parametrize(
    ("every", "first", "last"),
    [
        (ReportEvery.MONTH, date(2024, 5, 1), date(2024, 5, 31)),
        (ReportEvery.QUARTER, date(2024, 4, 1), date(2024, 6, 30)),
        (ReportEvery.YEAR, date(2024, 1, 1), date(2024, 12, 31)),
        (Period.QUARTER, date(2024, 4, 1), date(2024, 6, 30)),
    ],
)
def test_a_period_has_its_first_and_last_day(every: Period | ReportEvery, first: date, last: date) -> None:
    assert period_end(date(2024, 5, 15), every) == last
    assert period_start(last, every) == first


def test_a_year_is_asked_for_at_its_end() -> None:
    def working(day: date) -> bool:
        return day.weekday() < 5

    assert latest_period_notice(date(2024, 2, 22), date(2024, 9, 30), working, ReportEvery.YEAR) is None
    asked = latest_period_notice(date(2024, 2, 22), date(2024, 12, 31), working, ReportEvery.YEAR)
    assert asked
    assert asked[0] == date(2024, 12, 31)


def undated(day: date) -> set[str]:
    """Return how often those are reported on of which a report is asked for on a day."""
    found = standing(day, situation(workdays.calendar()))
    asked = (row for row in found if row.kind == NoticeKind.PERIODIC and row.issued_on == date(2024, 2, 22))
    return {row.every for row in asked}


def test_a_task_that_says_so_itself_is_asked_for_in_its_own_period(seeded: Flask) -> None:
    publish_putuo(report_every={"24": ReportEvery.YEAR, "25": ReportEvery.MONTH})
    assert {"", "month"} <= undated(date(2024, 6, 28))
    assert "year" not in undated(date(2024, 6, 28))
    assert "year" in undated(date(2024, 12, 31))


def test_nothing_is_said_of_a_due_day_before_the_issue_until_it_is_decided(seeded: Flask) -> None:
    publish_putuo(early={"58": EarlyChoice(Early.MOVED, "顺延", date(2024, 9, 30))})
    assert "silent" not in undated(date(2024, 6, 28))
    dates = situation(workdays.calendar()).dates
    assert {row.every for row in dates if row.due_on is None} == {"", "silent"}
