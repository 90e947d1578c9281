"""What would change if tasks were accepted, or the rule read otherwise."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.test_scoring import DUE, RULE, fact, fact_lists, rules
from tracker.rules import scoring
from tracker.rules.evaluation import Share, Verdict, evaluated, with_offices
from tracker.rules.forecasts import REASON_TEXT, Reason, accepted, horizon, other_reading, savings
from tracker.rules.score_terms import Procedure, Rule
from tracker.rules.scoring import Fact
from tracker.rules.status import Status

DAY = date(2021, 6, 24)
END = date(2021, 10, 31)


def task(number: str, due_on: date | None, status: Status = Status.IN_PROGRESS, **more: Any) -> Fact:
    """Return a numbered task."""
    return replace(fact(status, due_on), number=number, **more)


@pytest.mark.parametrize(
    ("day", "ends", "until"),
    [
        ("2021-06-24", "2021-10-31", "2021-10-31"),
        ("2021-10-31", "2021-10-31", "2021-10-31"),
        ("2021-11-01", "2021-10-31", "2021-12-31"),
        ("2021-06-24", None, "2021-06-30"),
        ("2021-07-01", None, "2021-09-30"),
        ("2024-02-29", None, "2024-03-31"),
    ],
)
def test_a_forecast_looks_to_the_end_of_the_evaluation_or_of_the_quarter(
    day: str, ends: str | None, until: str
) -> None:
    procedure = Procedure(evaluation_to=date.fromisoformat(ends) if ends else None)
    assert horizon(procedure, date.fromisoformat(day)) == date.fromisoformat(until)


@pytest.mark.parametrize(
    ("base", "cap", "this", "other"),
    [(20, None, 20, 10), (20, 20, 20, 10), (20, 10, 10, 20), (30, None, 30, 20)],
)
def test_an_unclear_cap_has_two_readings(base: int, cap: int | None, this: int, other: int) -> None:
    rule = Rule(Decimal(base), Decimal(1), cap=None if cap is None else Decimal(cap))
    read = other_reading(rule)
    assert read is not None
    assert (rule.most, read.most) == (this, other)


def test_where_nothing_would_be_left_there_is_one_reading_only() -> None:
    assert other_reading(Rule(Decimal(10), Decimal(1))) is None


def test_the_readings_differ_only_where_the_smaller_cap_is_reached() -> None:
    read = other_reading(RULE)
    assert read is not None
    for missed, scores in ((9, (11, 11)), (10, (10, 10)), (11, (9, 10)), (28, (0, 10))):
        tally = scoring.tally(RULE, [task(str(n), DUE) for n in range(missed)], DAY)
        assert (scoring.points(RULE, tally).score, scoring.points(read, tally).score) == scores


def test_what_saves_most_comes_first_and_then_what_is_due_soonest() -> None:
    known = [
        task("1", END + timedelta(days=1)),
        task("2", date(2021, 9, 30)),
        task("3", date(2021, 3, 31)),
        task("4", None),
        task("5", date(2021, 2, 28), Status.COMPLETED, completed_on=DUE),
        task("6", date(2021, 2, 28), Status.EXEMPT),
    ]
    found = savings(RULE, known, DAY, END)
    assert [(row.fact.number, row.points, row.days_left) for row in found] == [
        ("3", 1, -85),
        ("2", 1, 98),
        ("1", 0, 130),
        ("4", 0, None),
    ]
    assert [row.why for row in found] == [None, None, Reason.NOT_DUE, Reason.ENDLESS]


def test_beyond_the_cap_a_single_task_saves_nothing_and_says_so_but_comes_before_what_costs_nothing() -> None:
    known = [task("0", END), *(task(str(n), DUE) for n in range(1, 23))]
    found = savings(RULE, known, DAY, END)
    assert {row.points for row in found} == {0}
    assert [row.why for row in found] == [Reason.CAPPED] * 22 + [Reason.NOT_DUE]


def test_a_point_that_came_back_is_not_saved_once_more() -> None:
    (row,) = savings(RULE, [task("1", DUE, excused=True)], DAY, END)
    assert (row.points, row.why) == (0, Reason.GIVEN_BACK)


def test_where_late_counts_only_what_is_still_in_time_saves_a_point() -> None:
    strict = replace(RULE, late_counts=True)
    found = savings(strict, [task("1", DUE), task("2", date(2021, 6, 30))], DAY, END)
    assert [(row.fact.number, row.points, row.why) for row in found] == [
        ("2", 1, None),
        ("1", 0, Reason.LATE_COUNTS),
    ]


def test_what_the_evaluation_judged_not_done_is_not_saved_by_being_finished_later() -> None:
    judged = evaluated(task("1", DUE), Verdict.NOT_DONE, "现场不符", DAY)
    (row,) = savings(RULE, [judged], DAY, END)
    assert (row.points, row.why, row.told) == (0, Reason.JUDGED, REASON_TEXT[Reason.JUDGED])
    assert accepted(judged, DAY, END) is judged


@pytest.mark.parametrize("status", [Status.IN_PROGRESS, Status.UNDER_REVIEW, Status.COMPLETED])
def test_while_too_few_offices_have_done_it_accepting_a_task_alone_saves_nothing_and_says_so(status: Status) -> None:
    done_on = DUE if status is Status.COMPLETED else None
    waiting = with_offices(task("1", DUE, status, completed_on=done_on), Share(1, 3, None), 100)
    (row,) = savings(RULE, [waiting], DAY, END)
    assert (row.points, row.why) == (0, Reason.HELD)
    assert row.told == "单独办结这一项还不够，得分不变：司法所办结 1/3，未达到 100%"
    assert accepted(waiting, DAY, END) is waiting
    enough = with_offices(task("1", DUE), Share(3, 3, DUE), 100)
    assert savings(RULE, [enough], DAY, END)[0].points == 1


def test_every_reason_has_its_words() -> None:
    assert set(REASON_TEXT) == set(Reason)


@given(rules(), fact_lists(DAY), st.integers(0, 200))
def test_accepting_a_task_never_costs_points(rule: Rule, known: list[Fact], ahead: int) -> None:
    by = DAY + timedelta(days=ahead)
    found = savings(rule, known, DAY, by)
    assert all(row.points >= 0 for row in found)
    assert all((row.why is None) == bool(row.points) for row in found)


@given(fact_lists(DAY), st.integers(0, 200))
def test_with_everything_accepted_by_a_day_nothing_is_missed_then(known: list[Fact], ahead: int) -> None:
    by = DAY + timedelta(days=ahead)
    assert scoring.tally(RULE, [accepted(one, DAY, by) for one in known], by).missed == 0
