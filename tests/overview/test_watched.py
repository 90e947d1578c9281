"""What leaders watch: the week of the business day, and returns in a row, in SQL as in the rules."""

import itertools
from datetime import date

import pytest
from flask import Flask

from tests.assignments.acts import moment, owed, person, take
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.overview import watched
from tracker.overview.watched import RETURNS, WEEK, Watch
from tracker.reports import operations
from tracker.reports.operations import Content
from tracker.rules.calendar import week_of
from tracker.rules.reports import Decision, ReportKind, returned_in_a_row
from tracker.rules.status import Move

DAY = date(2021, 6, 24)
ACCEPT, RETURN = Decision.ACCEPT, Decision.RETURN
EVERYTHING = 5000
numbers = itertools.count()


def decide(assignment_id: int, *decisions: Decision, day: str = "2021-03-05", account: str = "songjiang-clerk") -> None:
    """File a completion report and decide on it, so often; what was accepted is taken up again."""
    for decision in decisions:
        ask(assignment_id, day, account)
        with transaction():
            operations.review(person("supervisor"), moment(day), assignment_id, decision, "材料不全")
        if decision is ACCEPT:
            with transaction():
                operations.reopen(person("supervisor"), moment(day), assignment_id, "复查不符")


def ask(assignment_id: int, day: str = "2021-03-05", account: str = "songjiang-clerk") -> None:
    """File a completion report."""
    content = Content(kind=ReportKind.COMPLETION, done="已完成。", progress=100)
    with transaction():
        operations.file(person(account), moment(day), assignment_id, content, token=f"t{next(numbers)}", version=0)


def listed(tab: str, account: str = "leader", day: date = DAY, **wanted: object) -> list[int]:
    """The assignments of a tab, whose count must be the same."""
    watch = Watch(**wanted)  # type: ignore[arg-type]
    found = [row.id for row in watched.rows(person(account), tab, day, watch, EVERYTHING, 0)]
    assert watched.count(person(account), tab, day, watch) == len(found)
    return found


@pytest.fixture
def seven(seeded: Flask) -> int:
    """What Songjiang owes of task 7, signed for."""
    found = owed("7", "songjiang")
    take("songjiang-clerk", Move.ACKNOWLEDGE, "2021-02-20", found)
    return found


@pytest.mark.parametrize(
    ("day", "monday", "sunday"),
    [
        ("2021-06-21", "2021-06-21", "2021-06-27"),
        ("2021-06-27", "2021-06-21", "2021-06-27"),
        ("2021-01-01", "2020-12-28", "2021-01-03"),
    ],
)
def test_a_week_runs_from_monday_to_sunday(day: str, monday: str, sunday: str) -> None:
    assert week_of(date.fromisoformat(day)) == (date.fromisoformat(monday), date.fromisoformat(sunday))


@pytest.mark.parametrize(
    "decisions",
    [(), (RETURN,), (RETURN, RETURN), (RETURN, RETURN, RETURN), (RETURN, ACCEPT, RETURN), (ACCEPT, RETURN, RETURN)],
)
def test_returns_in_a_row_are_those_of_the_rules(seven: int, decisions: tuple[Decision, ...]) -> None:
    decide(seven, *decisions)
    times = returned_in_a_row(reversed(decisions))
    assert listed(RETURNS) == ([seven] if times >= 2 else [])
    assert watched.returns([seven])[seven].times == times if times else watched.returns([seven]) == {}


def test_what_was_returned_twice_and_waits_for_the_reviewer_is_not_listed(seven: int) -> None:
    decide(seven, RETURN, RETURN)
    ask(seven)
    assert listed(RETURNS) == []
    with transaction():
        operations.recall(person("songjiang-clerk"), moment("2021-03-05"), seven)
    assert listed(RETURNS) == [seven]


def test_the_last_reason_stands_beside_what_was_returned(seven: int) -> None:
    decide(seven, RETURN, RETURN)
    told = watched.returns([seven])[seven]
    assert (told.times, told.reason, told.day, told.by) == (2, "材料不全", date(2021, 3, 5), person("supervisor").name)


def test_the_week_holds_what_falls_due_in_it_and_is_not_completed(seven: int) -> None:
    june = [row.id for row in watched.rows(person("leader"), WEEK, date(2021, 6, 28), Watch(), EVERYTHING, 0)]
    rows = [db.session.get_one(Assignment, id_) for id_ in june]
    assert {row.due_on for row in rows} == {date(2021, 6, 30)}
    assert "justice_office" not in {row.level for row in rows}
    assert listed(WEEK) == []
    first = june[0]
    with transaction():
        db.session.get_one(Assignment, first).due_on = DAY
    assert listed(WEEK) == [first]
    assert listed(WEEK, day=date(2021, 6, 20)) == []


def test_a_completed_one_is_no_longer_due(seven: int) -> None:
    day = date(2021, 2, 24)
    assert seven in listed(WEEK, day=day)
    ask(seven, "2021-02-23")
    assert seven in listed(WEEK, day=day)
    with transaction():
        operations.review(person("supervisor"), moment("2021-02-24"), seven, ACCEPT, "")
    assert seven not in listed(WEEK, day=day)


def test_a_watched_list_is_filtered_by_district_and_word(seven: int) -> None:
    day = date(2021, 2, 24)
    row = db.session.get_one(Assignment, seven)
    found = listed(WEEK, day=day, district_id=row.district_id)
    assert len(found) == 2
    assert listed(WEEK, day=day, district_id=row.district_id, text="社区矫正") == [seven]
    assert listed(WEEK, day=day, text="%") == []


def test_pages_of_a_watched_list_add_up_to_it(seven: int) -> None:
    day, leader = date(2021, 2, 24), person("leader")
    pages = [row.id for skip in range(0, 60, 7) for row in watched.rows(leader, WEEK, day, Watch(), 7, skip)]
    assert pages == listed(WEEK, day=day)


def test_only_who_watches_has_the_tabs(seeded: Flask) -> None:
    tabs = {account: list(watched.tabs_of(person(account))) for account in ("leader", "supervisor", "admin")}
    assert tabs == {"leader": [WEEK, RETURNS], "supervisor": [RETURNS], "admin": []}
    assert watched.counts(person("songjiang-clerk"), DAY) == {}


def test_the_next_due_day_comes_after_the_week(seeded: Flask) -> None:
    assert watched.next_due(person("leader"), DAY) == date(2021, 6, 30)
    assert watched.next_due(person("leader"), date(2021, 6, 29)) == date(2021, 7, 31)
    assert watched.next_due(person("leader"), date(2099, 1, 1)) is None
