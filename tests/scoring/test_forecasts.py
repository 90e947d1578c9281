"""What to do first, and what a district's score would be by a later day."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from tests.assignments.acts import complete, person, take, the_plan, unit_id
from tests.scoring.test_deductions import deduct, freeze
from tests.scoring.test_must_show import REVIEWER, score, standing
from tracker.rules.forecasts import Reason
from tracker.rules.permissions import SYSTEM, Forbidden
from tracker.rules.status import Move
from tracker.scoring import forecasts
from tracker.scoring.forecasts import Forecast, ForecastRefused, Outlook
from tracker.scoring.queries import UnknownDistrict

MARCH, END = date(2021, 3, 5), date(2021, 10, 31)


def outlook(day: date = MARCH, by: date = END, account: str = "songjiang-clerk", slug: str = "songjiang") -> Outlook:
    """Return the list of what to do first, as someone."""
    return forecasts.outlook(person(account), the_plan(), unit_id(slug), day, by)


def foreseen(by: date | None, *numbers: str) -> Forecast:
    """Return a forecast of Songjiang made on 5 March."""
    return forecasts.forecast(SYSTEM, the_plan(), unit_id("songjiang"), MARCH, numbers, by)


def test_what_falls_due_until_then_is_part_of_the_forecast(seeded: Flask) -> None:
    found = foreseen(date(2021, 4, 1), "7", "1")
    assert (found.before.points.raw_deduction, found.after.points.raw_deduction) == (8, 6)
    assert (found.before.tally.due, found.before.tally.completed_due) == (8, 0)
    assert (found.after.tally.due, found.after.tally.completed_due) == (8, 2)
    assert (found.by, found.after.rank, found.before.rank) == (date(2021, 4, 1), 1, 1)


def test_a_day_that_has_passed_is_taken_for_the_day_of_the_question(seeded: Flask) -> None:
    assert foreseen(date(2021, 1, 1), "7") == foreseen(None, "7") == foreseen(MARCH, "7")


def test_a_forecast_for_a_later_day_comes_true(seeded: Flask) -> None:
    found = foreseen(date(2021, 4, 1), "7")
    complete("7", "songjiang", REVIEWER, "2021-03-20")
    assert standing("2021-04-01").points == found.after.points
    assert standing("2021-04-01").tally.completed == found.after.tally.completed


def test_the_list_names_every_open_task_the_missed_ones_first(seeded: Flask) -> None:
    complete("7", "songjiang", REVIEWER, "2021-03-01")
    found = outlook(by=date(2021, 4, 1))
    assert len(found.savings) == 27
    assert [(row.fact.number, row.points, row.days_left) for row in found.savings][:3] == [
        ("8", Decimal(1), -5),
        ("1", Decimal(1), 26),
        ("3", Decimal(1), 26),
    ]
    assert {row.why for row in found.savings if not row.points} == {Reason.NOT_DUE}
    assert sum(row.points for row in found.savings) == found.forecast.before.points.raw_deduction


def test_beyond_the_cap_the_list_says_so(seeded: Flask) -> None:
    found = outlook(by=END)
    assert found.forecast.before.points.raw_deduction - found.forecast.before.points.deducted == 8
    assert {(row.points, row.why) for row in found.savings} == {(Decimal(0), Reason.CAPPED)}
    (almost,) = [forecasts.forecast(SYSTEM, the_plan(), unit_id("songjiang"), MARCH, map(str, range(1, 10)), END)]
    assert (almost.before.points.score, almost.after.points.score) == (0, 1)


def test_what_was_entered_by_hand_stays_in_the_forecast(seeded: Flask) -> None:
    deduct("1.5")
    found = foreseen(None, "7", "8")
    assert (found.before.points.score, found.after.points.score) == (Decimal("16.5"), Decimal("18.5"))
    assert outlook(by=MARCH).now.points.score == score("2021-03-05")


def test_what_is_exempt_is_not_on_the_list(seeded: Flask) -> None:
    row = outlook().savings[0]
    take("supervisor", Move.EXEMPT, "2021-03-05", row.fact.assignment_id, "该区没有这项职能")
    assert row.fact.number not in {row.fact.number for row in outlook().savings}


def test_once_scores_are_final_nothing_is_foretold(seeded: Flask) -> None:
    freeze("2021-03-20")
    for day in (date(2021, 3, 20), date(2021, 6, 24)):
        with pytest.raises(ForecastRefused, match="得分已于 2021年3月20日 定稿"):
            outlook(day)
        with pytest.raises(ForecastRefused, match="定稿"):
            forecasts.forecast(SYSTEM, the_plan(), unit_id("songjiang"), day, ["7"])
    assert outlook(date(2021, 3, 19)).savings


def test_a_district_looks_ahead_for_itself_alone(seeded: Flask) -> None:
    assert outlook(account="songjiang-lead").savings
    assert outlook(account="supervisor", slug="huangpu").savings
    with pytest.raises(UnknownDistrict):
        outlook(account="huangpu-clerk")
    with pytest.raises(Forbidden):
        outlook(account="reviewer-mishu")
    with pytest.raises(UnknownDistrict):
        outlook(account="supervisor", slug="mishu")
