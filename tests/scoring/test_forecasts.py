"""What to do first, and what a district's score would be by a later day."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from tests.assignments.acts import complete, moment, owed, person, take, the_plan, unit_id
from tests.assignments.test_extensions import ask, decide
from tests.makers import make_evaluation, make_evaluation_result, make_score_rule
from tests.scoring.test_deductions import deduct, freeze
from tests.scoring.test_must_show import REVIEWER, score, standing
from tracker.db import transaction
from tracker.rules.evaluation import Verdict
from tracker.rules.forecasts import Reason
from tracker.rules.permissions import SYSTEM, Forbidden
from tracker.rules.score_terms import OfficesCondition
from tracker.rules.status import Move, Status
from tracker.scoring import forecasts, queries
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


def test_what_was_foreseen_on_a_past_day_stands_when_a_due_day_is_moved_after_it(seeded: Flask) -> None:
    nine = owed("9", "songjiang")
    before = foreseen(date(2021, 4, 1), "7"), outlook(by=date(2021, 4, 1))
    decide(ask(nine, date(2021, 4, 30), day="2021-03-06"), day="2021-03-07")
    assert (foreseen(date(2021, 4, 1), "7"), outlook(by=date(2021, 4, 1))) == before


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


def test_a_forecast_comes_true_where_the_offices_have_not_done_their_share(seeded: Flask) -> None:
    with transaction():
        make_score_rule(plan_id=the_plan().id, number=2, day=date(2021, 2, 11), offices_condition=OfficesCondition.ALL)
    found = foreseen(date(2021, 4, 1), "7")
    assert found.after.points == found.before.points
    seven = next(row for row in outlook(by=date(2021, 4, 1)).savings if row.fact.number == "7")
    assert (seven.points, seven.why) == (0, Reason.HELD)
    assert "司法所办结 0/" in seven.told
    complete("7", "songjiang", REVIEWER, "2021-03-20")
    assert standing("2021-04-01").points == found.after.points


def test_the_draft_ranking_waits_for_the_offices_too(seeded: Flask) -> None:
    seven = owed("7", "songjiang")
    take("songjiang-clerk", Move.ACKNOWLEDGE, "2021-03-05", seven)
    take("songjiang-clerk", Move.SUBMIT, "2021-03-05", seven)
    for number, offices, points in ((2, OfficesCondition.NONE, 19), (3, OfficesCondition.ALL, 18)):
        with transaction():
            make_score_rule(plan_id=the_plan().id, number=number, day=MARCH, offices_condition=offices)
        board = queries.draft(the_plan(), MARCH)
        assert queries.standing_in(board, unit_id("songjiang")).points.score == points


def test_what_was_published_as_not_done_is_not_foretold_to_come_back(seeded: Flask) -> None:
    seven = complete("7", "songjiang", REVIEWER, "2021-02-25")
    with transaction():
        make_score_rule(plan_id=the_plan().id, number=2, day=date(2021, 2, 11), base_points=Decimal(40))
        make_evaluation(plan_id=the_plan().id, published_on=date(2021, 10, 11), published_at=moment("2021-10-11"))
        make_evaluation_result(
            plan_id=the_plan().id, assignment_id=seven, verdict=Verdict.NOT_DONE, overrides=Status.COMPLETED
        )
    day, end = date(2021, 10, 12), date(2021, 12, 31)
    (row,) = [row for row in outlook(day, end).savings if row.fact.number == "7"]
    assert (row.points, row.why) == (0, Reason.JUDGED)
    found = forecasts.forecast(SYSTEM, the_plan(), unit_id("songjiang"), day, ["7"], end)
    assert found.after.points == found.before.points
    take("supervisor", Move.REOPEN, "2021-10-13", seven, "重办")
    take("songjiang-clerk", Move.SUBMIT, "2021-10-14", seven)
    take(REVIEWER, Move.ACCEPT, "2021-10-15", seven)
    assert score("2021-12-31") == found.after.points.score


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
