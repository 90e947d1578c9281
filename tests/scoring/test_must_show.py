"""The numbers that the 28-task plan must show, day by day."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from tests.assignments.acts import complete, owed, person, take, the_plan, unit_id
from tracker.db import db, transaction
from tracker.plans.models import Plan
from tracker.rules.permissions import SYSTEM, Forbidden
from tracker.rules.scoring import Outcome, explain, tally
from tracker.rules.status import Move
from tracker.scoring import facts
from tracker.scoring.forecasts import Forecast, UnknownTasks, forecast
from tracker.scoring.queries import (
    Explanation,
    Standing,
    UnknownDistrict,
    explanation,
    missed_numbers,
    rule_of,
    scoreboard,
)

REVIEWER = "reviewer-xingfazhixing"


def standing(day: str, slug: str = "songjiang") -> Standing:
    """Return a district's place on the board of a day."""
    wanted = unit_id(slug)
    return next(found for found in scoreboard(the_plan(), date.fromisoformat(day)) if found.district_id == wanted)


def score(day: str, slug: str = "songjiang") -> Decimal:
    """Return a district's score on a day."""
    return standing(day, slug).points.score


@pytest.mark.parametrize(
    ("day", "raw", "points"),
    [
        ("2021-02-10", 0, 20),
        ("2021-02-28", 0, 20),
        ("2021-03-01", 2, 18),
        ("2021-03-31", 2, 18),
        ("2021-04-01", 8, 12),
        ("2021-05-01", 12, 8),
        ("2021-06-01", 16, 4),
        ("2021-07-01", 20, 0),
        ("2021-08-01", 23, 0),
        ("2021-10-01", 28, 0),
        ("2030-01-01", 28, 0),
    ],
)
def test_every_district_that_does_nothing_has_this_score(seeded: Flask, day: str, raw: int, points: int) -> None:
    board = scoreboard(the_plan(), date.fromisoformat(day))
    assert len(board) == 16
    assert {(found.rank, found.points.raw_deduction, found.points.score) for found in board} == {(1, raw, points)}
    assert {found.points.deducted for found in board} == {min(raw, 20)}
    assert {(found.tally.total, found.tally.due, found.tally.missed) for found in board} == {(28, raw, raw)}


def test_before_its_publication_the_plan_has_no_board(seeded: Flask) -> None:
    assert scoreboard(the_plan(), date(2021, 2, 9)) == []


def test_the_board_names_the_districts_in_their_usual_order_where_they_are_equal(seeded: Flask) -> None:
    names = [found.short_name for found in scoreboard(the_plan(), date(2021, 3, 1))]
    assert names[:3] == ["黄浦", "徐汇", "长宁"]
    assert (names[12], names[-1]) == ("松江", "崇明")


def test_an_accepted_task_gives_its_point_back_from_that_day_and_not_before(seeded: Flask) -> None:
    complete("7", "songjiang", REVIEWER, "2021-03-05")
    assert (score("2021-03-05"), score("2021-03-04"), score("2021-03-01")) == (19, 18, 18)
    assert (score("2021-03-05", "huangpu"), score("2021-04-01")) == (18, 13)
    board = scoreboard(the_plan(), date(2021, 3, 5))
    assert [found.rank for found in board] == [1] + [2] * 15
    assert board[0].short_name == "松江"


def test_asking_for_completion_is_not_yet_completion(seeded: Flask) -> None:
    seven = owed("7", "songjiang")
    take("songjiang-clerk", Move.ACKNOWLEDGE, "2021-02-20", seven)
    take("songjiang-clerk", Move.SUBMIT, "2021-02-25", seven)
    assert (score("2021-02-28"), score("2021-03-01")) == (20, 18)


def test_a_reopened_task_is_missed_again_from_that_day_only(seeded: Flask) -> None:
    seven = complete("7", "songjiang", REVIEWER, "2021-02-25")
    take("supervisor", Move.REOPEN, "2021-03-10", seven, "抽查发现未落实")
    assert [score(day) for day in ("2021-03-01", "2021-03-09", "2021-03-10", "2021-03-11")] == [19, 19, 18, 18]


@pytest.mark.parametrize("move", [Move.EXEMPT, Move.WITHDRAW])
def test_what_is_exempt_or_withdrawn_leaves_the_denominator_from_that_day(seeded: Flask, move: Move) -> None:
    take("supervisor", move, "2021-03-03", owed("7", "songjiang"), "该区没有这项职能")
    before, after = standing("2021-03-02"), standing("2021-03-03")
    assert (before.points.score, before.tally.total, before.tally.due) == (18, 28, 2)
    assert (after.points.score, after.tally.total, after.tally.due) == (19, 27, 1)


def test_late_is_shown_and_costs_nothing_unless_the_plan_says_so(seeded: Flask) -> None:
    complete("7", "songjiang", REVIEWER, "2021-03-05")
    assert (standing("2021-03-05").tally.late, score("2021-03-05")) == (1, 19)
    with transaction():
        the_plan().late_counts = True
    assert (standing("2021-03-05").tally.late, score("2021-03-05")) == (1, 18)


def test_only_the_districts_own_tasks_count(seeded: Flask) -> None:
    office = owed("7", "songjiang-yueyang")
    take("songjiang-office1", Move.ACKNOWLEDGE, "2021-02-20", office)
    take("songjiang-office1", Move.SUBMIT, "2021-02-20", office)
    take("songjiang-lead", Move.ACCEPT, "2021-02-20", office)
    assert score("2021-03-01") == 18


def test_the_missed_tasks_are_named_in_the_order_of_the_plan(seeded: Flask) -> None:
    complete("6", "songjiang", "reviewer-cujinfazhi", "2021-03-05")
    missed = missed_numbers(the_plan(), date(2021, 4, 1))
    assert missed[unit_id("songjiang")] == ["1", "3", "7", "8", "9", "10", "23"]
    assert missed[unit_id("huangpu")] == ["1", "3", "6", "7", "8", "9", "10", "23"]
    assert missed_numbers(the_plan(), date(2021, 2, 28)) == {}


# ---- the explanation


def explained(day: str, account: str = "songjiang-clerk", slug: str = "songjiang") -> Explanation:
    """Return the explanation as someone."""
    return explanation(person(account), the_plan(), unit_id(slug), date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2021-02-28", "2021-03-01", "2021-04-01", "2021-07-01", "2021-10-01"])
def test_the_lines_add_up_to_the_score_of_the_board(seeded: Flask, day: str) -> None:
    complete("7", "songjiang", REVIEWER, "2021-03-05")
    found = explained(day)
    assert sum(line.points for line in found.lines) == score(day) == found.standing.points.score
    assert len([line for line in found.lines if line.fact]) == 28


def test_each_lost_point_names_task_day_and_lines_of_the_source(seeded: Flask) -> None:
    found = explained("2021-03-01")
    lost = [line for line in found.lines if line.outcome is Outcome.MISSED]
    assert [(line.fact.number, line.fact.due_on, line.points) for line in lost if line.fact] == [
        ("7", date(2021, 2, 28), -1),
        ("8", date(2021, 2, 28), -1),
    ]
    assert all(line.fact.line_from < line.fact.line_to and line.fact.assignment_id for line in lost if line.fact)
    assert "扣完为止" in found.rule.quote
    assert "第 134 行" in found.rule.source


def test_the_cap_gives_back_what_was_taken_beyond_the_full_points(seeded: Flask) -> None:
    (cap,) = [line for line in explained("2021-10-01").lines if line.outcome is Outcome.CAP]
    assert cap.points == 8


@pytest.mark.parametrize(
    ("account", "sees"),
    [
        ("supervisor", True),
        ("leader", True),
        ("admin", True),
        ("songjiang-lead", True),
        ("songjiang-office1", True),
        ("huangpu-clerk", False),
        ("putuo-office1", False),
    ],
)
def test_a_districts_points_are_explained_to_the_city_and_to_the_district(
    seeded: Flask, account: str, sees: bool
) -> None:
    if sees:
        assert explained("2021-03-01", account).standing.points.score == 18
    else:
        with pytest.raises(UnknownDistrict):
            explained("2021-03-01", account)


@pytest.mark.parametrize("account", ["reviewer-mishu", "auditor"])
def test_some_roles_are_shown_no_explanation_at_all(seeded: Flask, account: str) -> None:
    with pytest.raises(Forbidden):
        explained("2021-03-01", account)


@pytest.mark.parametrize("slug", ["mishu", "shanghai", "songjiang-yueyang"])
def test_what_is_no_district_has_no_score(seeded: Flask, slug: str) -> None:
    with pytest.raises(UnknownDistrict, match="没有承担本方案的任务"):
        explained("2021-03-01", "supervisor", slug)


# ---- the forecast


def foreseen(day: str, *numbers: str) -> Forecast:
    """Return what a district's standing would be with some tasks accepted."""
    return forecast(SYSTEM, the_plan(), unit_id("songjiang"), date.fromisoformat(day), numbers)


@pytest.mark.parametrize(
    ("day", "numbers", "before", "after"),
    [
        ("2021-03-01", ("7",), 18, 19),
        ("2021-03-01", ("7", "8"), 18, 20),
        ("2021-03-01", ("7", "7"), 18, 19),
        ("2021-03-01", ("28",), 18, 18),
        ("2021-07-01", ("7",), 0, 1),
        ("2021-10-01", ("7",), 0, 0),
        ("2021-10-01", tuple(str(number) for number in range(1, 12)), 0, 3),
    ],
)
def test_a_forecast_says_what_the_score_would_be(
    seeded: Flask, day: str, numbers: tuple[str, ...], before: int, after: int
) -> None:
    found = foreseen(day, *numbers)
    assert (found.before.points.score, found.after.points.score) == (before, after)
    assert score(day) == before


def test_a_forecast_tells_the_rank_as_well(seeded: Flask) -> None:
    complete("7", "huangpu", REVIEWER, "2021-03-01")
    found = foreseen("2021-03-01", "7", "8")
    assert (found.before.rank, found.after.rank) == (2, 1)


def test_a_forecast_comes_true(seeded: Flask) -> None:
    found = foreseen("2021-03-05", "7")
    complete("7", "songjiang", REVIEWER, "2021-03-05")
    assert standing("2021-03-05") == found.after


def test_a_forecast_never_costs_points(seeded: Flask) -> None:
    take("supervisor", Move.EXEMPT, "2021-03-01", owed("7", "songjiang"), "不适用")
    with transaction():
        the_plan().late_counts = True
    for number in range(1, 29):
        found = foreseen("2021-04-01", str(number))
        assert found.after.points.score >= found.before.points.score, number
    assert foreseen("2021-04-01", "7").after == foreseen("2021-04-01", "7").before


@pytest.mark.parametrize("numbers", [("29",), ("7", "x"), ("",), ("0",), ("７",)])
def test_a_forecast_of_a_task_that_is_not_there_is_refused(seeded: Flask, numbers: tuple[str, ...]) -> None:
    with pytest.raises(UnknownTasks, match="本方案没有第"):
        foreseen("2021-03-01", *numbers)


def test_the_facts_give_the_same_numbers_as_the_board(seeded: Flask) -> None:
    complete("7", "songjiang", REVIEWER, "2021-03-05")
    take("supervisor", Move.EXEMPT, "2021-03-06", owed("8", "songjiang"), "不适用")
    plan = db.session.get_one(Plan, the_plan().id)
    for day in (date(2021, 3, 1), date(2021, 3, 5), date(2021, 3, 6), date(2021, 10, 1)):
        for found in scoreboard(plan, day):
            known = facts.of(plan, rule_of(plan, day), day)[found.district_id]
            assert tally(rule_of(plan, day), known, day) == found.tally
            assert sum(line.points for line in explain(rule_of(plan, day), known, day)) == found.points.score
