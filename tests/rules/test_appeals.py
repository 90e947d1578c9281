"""Until when one may object, by when an answer is due, and when whoever is to answer is reminded."""

from datetime import date

import pytest

from tracker.rules import appeals


def weekday(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < 5


def october(day: int) -> date:
    """A day of October 2021; the 1st is a Friday, and in these tests no holiday."""
    return date(2021, 10, day)


@pytest.mark.parametrize(
    ("published", "days", "last"),
    [(15, 5, 22), (15, 0, 15), (15, 1, 18), (16, 1, 18), (17, 5, 22), (11, 5, 18)],
)
def test_a_window_counts_working_days_after_the_day_it_opens(published: int, days: int, last: int) -> None:
    assert appeals.window(october(published), days, weekday) == october(last)
    assert appeals.answer_by(october(published), days, weekday) == october(last)


def test_before_the_publication_no_window_closes() -> None:
    assert appeals.closes_on(None, october(1), 5, weekday) is None


@pytest.mark.parametrize(
    ("arose", "last"), [(None, 22), (october(1), 22), (october(15), 22), (october(18), 25), (october(20), 27)]
)
def test_what_arose_after_the_publication_has_its_own_days(arose: date | None, last: int) -> None:
    assert appeals.closes_on(october(15), arose, 5, weekday) == october(last)


@pytest.mark.parametrize(
    ("day", "left", "over", "told"),
    [
        (15, 5, 0, "应于 2021-10-22 前答复（剩 5 个工作日）"),
        (17, 5, 0, "应于 2021-10-22 前答复（剩 5 个工作日）"),
        (21, 1, 0, "应于 2021-10-22 前答复（剩 1 个工作日）"),
        (22, 0, 0, "应于 2021-10-22 前答复（今天是最后一天）"),
        (24, 0, 0, "应于 2021-10-22 前答复（期限已过）"),
        (25, 0, 1, "应于 2021-10-22 前答复（已超 1 个工作日）"),
        (29, 0, 5, "应于 2021-10-22 前答复（已超 5 个工作日）"),
    ],
)
def test_the_clock_counts_working_days_down_and_then_up(day: int, left: int, over: int, told: str) -> None:
    found = appeals.clock_on(october(22), october(day), weekday)
    assert (found.left, found.over, found.told) == (left, over, told)


def test_reminders_are_due_the_working_day_before_and_the_one_after() -> None:
    assert appeals.reminder_days(october(22), weekday) == (october(21), october(25))
    assert appeals.reminder_days(october(18), weekday) == (october(15), october(19))


@pytest.mark.parametrize(
    ("since", "day", "due"),
    [(20, 21, True), (21, 22, False), (22, 25, True), (25, 26, False), (18, 22, True), (18, 20, False), (20, 26, True)],
)
def test_a_reminder_that_was_slept_through_is_made_up_for_once(since: int, day: int, due: bool) -> None:
    assert appeals.due_reminders(october(22), october(since), october(day), weekday) is due
