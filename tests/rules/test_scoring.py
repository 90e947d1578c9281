"""The score's arithmetic: 未能完成的，每项任务扣1分，扣完为止."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.score_terms import Rule
from tracker.rules.scoring import (
    Entry,
    Fact,
    Outcome,
    PointsRefused,
    Tally,
    explain,
    is_late,
    is_missed,
    points,
    ranks,
    read_points,
    tally,
)
from tracker.rules.status import EXCLUDED, Status

RULE = Rule(Decimal(20), Decimal(1))
DUE = date(2021, 2, 28)
NEXT_DAY = date(2021, 3, 1)


def fact(status: Status = Status.PENDING, due_on: date | None = DUE, completed_on: date | None = None) -> Fact:
    """Return a task in a state."""
    return Fact("7", "任务", due_on, status, completed_on)


def missing(missed: int, late: int = 0, **more: Any) -> Tally:
    """Return the tally of a district that missed some tasks and did some late."""
    return Tally(total=99, due=99, completed=0, completed_due=0, missed=missed, late=late, **more)


def rules() -> st.SearchStrategy[Rule]:
    """Return rules as a plan can hold them: points with two places."""
    amount = st.decimals(0, 9999, places=2, allow_nan=False, allow_infinity=False)
    return st.builds(Rule, base=amount, per_miss=amount, late_counts=st.booleans())


def fact_lists(day: date) -> st.SearchStrategy[list[Fact]]:
    """Return a district's facts as they can stand on `day`: what is completed was completed by then."""
    near = st.integers(-60, 60).map(lambda number: day + timedelta(days=number))
    past = st.integers(-60, 0).map(lambda number: day + timedelta(days=number))
    due = st.none() | near
    completed = st.builds(fact, status=st.just(Status.COMPLETED), due_on=due, completed_on=past)
    others = st.builds(fact, status=st.sampled_from(sorted(set(Status) - {Status.COMPLETED})), due_on=due)
    return st.lists(completed | others, max_size=40)


DAY = date(2021, 6, 24)


@pytest.mark.parametrize(
    ("missed", "raw", "deducted", "score"),
    [(0, 0, 0, 20), (2, 2, 2, 18), (19, 19, 19, 1), (20, 20, 20, 0), (21, 21, 20, 0), (28, 28, 20, 0)],
)
def test_each_miss_costs_a_point_until_none_is_left(missed: int, raw: int, deducted: int, score: int) -> None:
    found = points(RULE, missing(missed))
    assert (found.raw_deduction, found.deducted, found.score) == (raw, deducted, score)


@pytest.mark.parametrize(("late_counts", "score"), [(False, 18), (True, 15)])
def test_what_is_done_late_costs_points_only_where_the_plan_says_so(late_counts: bool, score: int) -> None:
    assert points(Rule(Decimal(20), Decimal(1), late_counts), missing(2, late=3)).score == score


@pytest.mark.parametrize(
    ("per_miss", "missed", "score"), [("0.5", 3, "18.5"), ("0.25", 3, "19.25"), ("2.5", 9, "0"), ("0", 28, "20")]
)
def test_fractions_of_a_point_stay_exact(per_miss: str, missed: int, score: str) -> None:
    assert points(Rule(Decimal(20), Decimal(per_miss)), missing(missed)).score == Decimal(score)


@given(rule=rules(), missed=st.integers(0, 500), late=st.integers(0, 500))
def test_a_score_is_never_below_zero_nor_above_the_full_points(rule: Rule, missed: int, late: int) -> None:
    found = points(rule, missing(missed, late))
    assert 0 <= found.score <= rule.base
    assert found.deducted == min(found.raw_deduction, rule.base)
    assert found.score == rule.base - found.deducted


@given(rule=rules(), missed=st.integers(0, 100), late=st.integers(0, 100))
def test_one_more_miss_never_raises_a_score(rule: Rule, missed: int, late: int) -> None:
    assert points(rule, missing(missed + 1, late)).score <= points(rule, missing(missed, late)).score


@pytest.mark.parametrize(
    ("found", "day", "missed"),
    [
        (fact(), DUE, False),
        (fact(), NEXT_DAY, True),
        (fact(Status.IN_PROGRESS), NEXT_DAY, True),
        (fact(Status.UNDER_REVIEW), NEXT_DAY, True),
        (fact(Status.RETURNED), NEXT_DAY, True),
        (fact(Status.COMPLETED, completed_on=NEXT_DAY), NEXT_DAY, False),
        (fact(Status.EXEMPT), NEXT_DAY, False),
        (fact(Status.WITHDRAWN), NEXT_DAY, False),
        (fact(due_on=None), NEXT_DAY, False),
    ],
)
def test_missed_is_what_was_applicable_and_due_before_the_day_and_not_accepted(
    found: Fact, day: date, missed: bool
) -> None:
    assert is_missed(found, day) is missed


@pytest.mark.parametrize(
    ("completed_on", "due_on", "late"), [(DUE, DUE, False), (NEXT_DAY, DUE, True), (NEXT_DAY, None, False)]
)
def test_late_is_what_was_accepted_after_its_due_day(completed_on: date, due_on: date | None, late: bool) -> None:
    assert is_late(fact(Status.COMPLETED, due_on, completed_on)) is late


def test_a_tally_counts_each_fact_in_its_place() -> None:
    found = tally(
        RULE,
        [
            fact(),
            fact(Status.UNDER_REVIEW),
            fact(Status.COMPLETED, completed_on=DUE),
            fact(Status.COMPLETED, completed_on=NEXT_DAY),
            fact(Status.COMPLETED, due_on=date(2021, 9, 30), completed_on=NEXT_DAY),
            fact(due_on=NEXT_DAY),
            fact(due_on=None),
            fact(Status.EXEMPT),
            fact(Status.WITHDRAWN),
        ],
        NEXT_DAY,
    )
    assert (found.total, found.due, found.missed) == (7, 4, 2)
    assert (found.completed, found.completed_due, found.late) == (3, 2, 1)


@pytest.mark.parametrize(
    ("found", "outcome", "cost", "words"),
    [
        (fact(Status.RETURNED), Outcome.MISSED, -1, "截至 2021-03-01 未办结（退回修改）"),
        (fact(Status.COMPLETED, completed_on=DUE), Outcome.DONE, 0, "2021-02-28 按期办结"),
        (fact(Status.COMPLETED, completed_on=NEXT_DAY), Outcome.LATE, 0, "2021-03-01 逾期后办结"),
        (fact(Status.EXEMPT), Outcome.EXCLUDED, 0, "不适用，不计"),
        (fact(Status.WITHDRAWN), Outcome.EXCLUDED, 0, "已撤销，不计"),
        (fact(due_on=NEXT_DAY), Outcome.NOT_DUE, 0, "未到期"),
        (fact(due_on=None), Outcome.NOT_DUE, 0, "持续推进，无截止日"),
    ],
)
def test_each_line_says_what_it_cost_and_why(found: Fact, outcome: Outcome, cost: int, words: str) -> None:
    base, line = explain(RULE, [found], NEXT_DAY)
    assert (base.outcome, base.points) == (Outcome.BASE, 20)
    assert (line.outcome, line.points, line.reason, line.fact) == (outcome, cost, words, found)


def test_the_cap_is_a_line_of_its_own() -> None:
    lines = explain(RULE, [fact(due_on=None), *[fact()] * 28], NEXT_DAY)
    cap = lines[-2]
    assert [line.outcome for line in lines[:-2]] == [Outcome.BASE] + [Outcome.MISSED] * 28
    assert (cap.outcome, cap.points, cap.reason) == (Outcome.CAP, 8, "扣完为止：应扣 28 分，封顶 20 分")
    assert lines[-1].outcome is Outcome.NOT_DUE
    assert [line.outcome for line in explain(RULE, [fact()] * 20, NEXT_DAY)] == [Outcome.BASE] + [Outcome.MISSED] * 20


@given(rule=rules(), facts=fact_lists(DAY))
def test_the_lines_of_an_explanation_add_up_to_the_score(rule: Rule, facts: list[Fact]) -> None:
    counted = tally(RULE, facts, DAY)
    found = points(rule, counted)
    assert sum(line.points for line in explain(rule, facts, DAY)) == found.score


@given(rule=rules(), facts=fact_lists(DAY))
def test_an_explanation_has_the_same_numbers_as_the_tally(rule: Rule, facts: list[Fact]) -> None:
    lines = [line for line in explain(rule, facts, DAY) if line.fact]
    counted = tally(RULE, facts, DAY)

    assert Counter(line.fact for line in lines) == Counter(facts)
    assert sum(line.outcome is Outcome.MISSED for line in lines) == counted.missed
    assert sum(line.outcome is Outcome.LATE for line in lines) == counted.late
    assert sum(line.outcome in (Outcome.LATE, Outcome.DONE) for line in lines) == counted.completed
    assert sum(line.outcome is Outcome.EXCLUDED for line in lines) == len(facts) - counted.total
    assert counted.due == counted.completed_due + counted.missed


@given(rule=rules(), facts=fact_lists(DAY))
def test_the_lines_that_move_points_stand_first(rule: Rule, facts: list[Fact]) -> None:
    moving = [bool(line.points) for line in explain(rule, facts, DAY)[1:]]
    assert moving == sorted(moving, reverse=True)


@given(facts=fact_lists(DAY))
def test_what_is_excluded_changes_nothing(facts: list[Fact]) -> None:
    assert tally(RULE, facts, DAY) == tally(RULE, [each for each in facts if each.status not in EXCLUDED], DAY)


@pytest.mark.parametrize(
    ("scores", "places"),
    [
        ([20, 20, 20, 18], [1, 1, 1, 4]),
        ([18, 20, 19], [3, 1, 2]),
        ([0, 20, 0, 20, 5], [4, 1, 4, 1, 3]),
        ([7], [1]),
        ([], []),
    ],
)
def test_equal_scores_share_a_rank_and_the_next_is_skipped(scores: list[int], places: list[int]) -> None:
    assert ranks([Decimal(score) for score in scores]) == places


def test_equal_amounts_are_equal_however_they_are_written() -> None:
    assert ranks([Decimal("18.50"), Decimal("18.5"), Decimal(18)]) == [1, 1, 3]


@given(st.lists(st.decimals(0, 20, places=2), max_size=30))
def test_a_rank_is_one_more_than_the_number_of_better_scores(scores: list[Decimal]) -> None:
    assert ranks(scores) == [1 + sum(other > score for other in scores) for score in scores]


# ---- what is entered by hand, and what an upheld appeal gives back


def test_entered_points_come_off_and_nothing_below_zero() -> None:
    assert points(RULE, missing(2, entered=Decimal("1.5"))).score == Decimal("16.5")
    found = points(RULE, missing(2, entered=Decimal(40)))
    assert (found.raw_deduction, found.deducted, found.score) == (42, 20, 0)


def test_an_upheld_appeal_gives_the_point_of_a_missed_task_back_and_only_while_it_is_missed() -> None:
    excused = replace(fact(), excused=True)
    assert tally(RULE, [excused, fact()], NEXT_DAY).excused == 1
    assert points(RULE, tally(RULE, [excused, fact()], NEXT_DAY)).score == 19
    done = replace(excused, status=Status.COMPLETED, completed_on=DUE)
    assert points(RULE, tally(RULE, [done, fact()], NEXT_DAY)).score == 19
    lines = explain(RULE, [excused], NEXT_DAY)
    assert [(line.outcome, line.points) for line in lines] == [
        (Outcome.BASE, 20),
        (Outcome.MISSED, -1),
        (Outcome.EXCUSED, 1),
    ]


def test_entered_lines_stand_in_the_explanation_with_their_reason_and_add_up() -> None:
    entries = [
        Entry(1, Decimal(10), "材料不实", DAY, "督办员"),
        Entry(2, Decimal(-10), "异议成立", DAY, "督办员"),
        Entry(3, Decimal("0.5"), "报送迟延", DAY, "督办员"),
    ]
    lines = explain(RULE, [fact()], NEXT_DAY, entries)
    assert [line.reason for line in lines if line.entry] == ["材料不实", "异议成立", "报送迟延"]
    counted = replace(tally(RULE, [fact()], NEXT_DAY), entered=sum((entry.points for entry in entries), Decimal(0)))
    assert sum(line.points for line in lines) == points(RULE, counted).score == Decimal("18.5")


@pytest.mark.parametrize(("typed", "read"), [("1", "1"), ("0.5", "0.5"), (" 10 ", "10"), ("2.50", "2.5")])
def test_half_points_up_to_ten_can_be_entered(typed: str, read: str) -> None:
    assert read_points(typed) == Decimal(read)


@pytest.mark.parametrize(
    "typed", ["", "0", "-1", "11", "10.5", "0.1", "1,5", "1e1", "NaN", "Infinity", "１", "+1", "1_0", "1 0", "."]
)
def test_other_points_are_refused_and_the_message_says_which_can_be_entered(typed: str) -> None:
    with pytest.raises(PointsRefused, match=r"0.5 到 10"):
        read_points(typed)
