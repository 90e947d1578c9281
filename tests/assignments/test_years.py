"""The yearly word on what a unit owes of a plan of several years, and striking off with evidence only."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import complete, moment, owed, person, the_plan
from tests.import_makers import make_plan_year
from tracker.assignments import closing, years
from tracker.assignments.models import YearReview
from tracker.assignments.years import ReviewRefused
from tracker.db import db, transaction
from tracker.rules.permissions import SYSTEM, Forbidden
from tracker.rules.status import MoveRefused

REVIEWER = "reviewer-xingfazhixing"


@pytest.fixture
def seven(seeded: Flask) -> int:
    """What Songjiang owes of task 7, in a plan with goals for 2021 and 2022."""
    with transaction():
        for year in (2021, 2022):
            make_plan_year(plan_id=the_plan().id, year=year, name=f"{year}", baseline=year == 2021)
    return owed("7", "songjiang")


def review(
    assignment_id: int,
    verdict: str = "met",
    comment: str = "",
    day: str = "2021-10-01",
    account: str = REVIEWER,
    year: int = 2021,
) -> None:
    with transaction():
        years.review(person(account), moment(day), assignment_id, year, verdict, comment)


def test_the_newest_word_counts_and_the_earlier_ones_stay(seven: int) -> None:
    review(seven, "unmet", "缺台账")
    review(seven, "met")
    item = next(item for item in years.items(SYSTEM, the_plan().id) if item.number == "7")
    assert (item.count(2021, "met"), item.count(2021, "unmet"), item.count(2022, "met")) == (1, 0, 0)
    assert item.count(2021, "") == item.units - 1
    unit = next(unit for unit in years.units(SYSTEM, item.id) if unit.assignment_id == seven)
    assert [one.verdict for one in unit.said[2021]] == ["met", "unmet"]


def test_a_year_is_reviewed_from_its_last_quarter_on(seven: int) -> None:
    with pytest.raises(MoveRefused, match="2021年10月1日 起评定"):
        review(seven, day="2021-09-30")
    review(seven, day="2021-10-01")
    review(seven, day="2023-01-05")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"verdict": "partly"}, "comment"),
        ({"verdict": "unmet", "comment": " "}, "comment"),
        ({"verdict": "good"}, "verdict"),
        ({"year": 2025}, "year"),
        ({"comment": "长" * 501}, "comment"),
    ],
)
def test_what_says_too_little_or_nothing_known_is_refused(seven: int, fields: dict[str, str], field: str) -> None:
    with pytest.raises(ReviewRefused) as refused:
        review(seven, **fields)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert db.session.scalars(select(YearReview)).all() == []


@pytest.mark.parametrize("account", ["songjiang-clerk", "reviewer-mishu", "leader", "songjiang-lead"])
def test_only_the_tasks_reviewers_and_supervisors_judge(seven: int, account: str) -> None:
    with pytest.raises(Forbidden):
        review(seven, account=account)
    review(seven, account="supervisor")


def test_of_a_plan_with_years_nothing_is_struck_off_without_evidence(seven: int) -> None:
    complete("7", "songjiang", REVIEWER, "2021-10-08")
    with pytest.raises(MoveRefused, match="逐项销号须有佐证"), transaction():
        closing.close(person("supervisor"), moment("2021-10-09"), seven)


def test_of_a_plan_without_years_it_is(seeded: Flask) -> None:
    done = complete("7", "songjiang", REVIEWER, "2021-10-08")
    with transaction():
        closing.close(person("supervisor"), moment("2021-10-09"), done)


def test_the_years_of_a_plan_come_in_their_order(seven: int) -> None:
    assert [(one.year, one.baseline) for one in years.of_plan(the_plan().id)] == [(2021, True), (2022, False)]
    assert years.opens(2021) == date(2021, 10, 1)
