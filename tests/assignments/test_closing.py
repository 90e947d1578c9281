"""销号: the supervisor's last word on what was completed; and nobody's word on their own unit."""

from datetime import date

import pytest
from flask import Flask

from tests.assignments.acts import COUNTER, OWNER, moment, owed, person, take, unit_id
from tests.assignments.two_levels import CLERK, ask_for_closure, completed, now
from tracker.assignments import closing, operations
from tracker.assignments.operations import StaleAssignment
from tracker.assignments.queries import Filter, rows, state_at
from tracker.db import transaction
from tracker.overview.timeline import events
from tracker.reports import operations as reports
from tracker.rules.permissions import SYSTEM, Forbidden
from tracker.rules.status import Move, MoveRefused, Status, status_text


def close(assignment_id: int, account: str = "supervisor", day: str = "2021-03-01", seen: int | None = None) -> None:
    """Strike an assignment off."""
    with transaction():
        closing.close(person(account), moment(day), assignment_id, seen)


def test_what_was_accepted_is_struck_off_with_day_and_name(seeded: Flask) -> None:
    seven = completed(owed("7", "songjiang"))
    close(seven)
    found = now(seven)
    assert (found.status, found.closed_on, found.closed_by) == (
        Status.COMPLETED,
        date(2021, 3, 1),
        person("supervisor").name,
    )
    assert events(seven, [])[0].what == "销号"


def test_what_is_struck_off_is_not_struck_off_again(seeded: Flask) -> None:
    seven = completed(owed("7", "songjiang"))
    close(seven)
    with pytest.raises(MoveRefused, match="不用再次销号"):
        close(seven, day="2021-03-02")
    assert now(seven).closed_on == date(2021, 3, 1)


@pytest.mark.parametrize("status", [Status.PENDING, Status.IN_PROGRESS, Status.UNDER_REVIEW, Status.EXEMPT])
def test_nothing_is_struck_off_without_an_accepted_report(seeded: Flask, status: Status) -> None:
    seven = owed("7", "songjiang")
    if status is not Status.PENDING:
        take(CLERK, Move.ACKNOWLEDGE, "2021-02-20", seven)
    if status is Status.UNDER_REVIEW:
        ask_for_closure(seven)
    if status is Status.EXEMPT:
        take("supervisor", Move.EXEMPT, "2021-02-21", seven, "不适用")
    with pytest.raises(MoveRefused, match="没有审核通过的办结报告，不能销号"):
        close(seven)
    assert now(seven).closed_on is None


@pytest.mark.parametrize(
    "account", ["admin", "leader", "auditor", "songjiang-lead", CLERK, "songjiang-office1", "reviewer-xingfazhixing"]
)
def test_nobody_but_a_supervisor_strikes_off(seeded: Flask, account: str) -> None:
    seven = completed(owed("7", "songjiang"))
    with pytest.raises(Forbidden):
        close(seven, account)
    assert now(seven).closed_on is None


def test_what_is_taken_up_again_is_no_longer_struck_off(seeded: Flask) -> None:
    seven = completed(owed("7", "songjiang"))
    close(seven)
    with transaction():
        reports.reopen(person("supervisor"), moment("2021-03-05"), seven, "核查发现未落实")
    found = now(seven)
    assert (found.status, found.closed_on, found.closed_by) == (Status.IN_PROGRESS, None, "")
    assert [event.what for event in events(seven, [])][:2] == ["重新办理", "销号"]


def test_a_page_that_is_out_of_date_strikes_nothing_off(seeded: Flask) -> None:
    seven = completed(owed("7", "songjiang"))
    with pytest.raises(StaleAssignment):
        close(seven, seen=now(seven).version - 1)
    assert now(seven).closed_on is None


def test_nothing_is_struck_off_before_it_was_completed(seeded: Flask) -> None:
    seven = completed(owed("7", "songjiang"))
    with pytest.raises(MoveRefused, match="业务日期"):
        close(seven, day="2021-02-23")


def test_a_list_of_a_past_day_says_completed_and_a_later_one_says_struck_off(seeded: Flask) -> None:
    seven = completed(owed("7", "songjiang"))
    close(seven, day="2021-03-05")
    said = []
    for day in (date(2021, 2, 23), date(2021, 3, 4), date(2021, 3, 5)):
        (row,) = [
            row for row in rows(SYSTEM, state_at(day), day, Filter(unit_id=unit_id("songjiang"))) if row.id == seven
        ]
        said.append(status_text(row.status, row.closed_on, day))
    assert said == ["待审核", "已办结", "已销号"]


@pytest.mark.parametrize("move", [Move.EXEMPT, Move.WITHDRAW, Move.REOPEN])
def test_a_supervisor_takes_no_step_on_what_the_own_unit_owes(seeded: Flask, move: Move) -> None:
    six = owed("6", OWNER)
    if move is Move.REOPEN:
        completed(six, f"reviewer-{COUNTER}", f"reviewer-{OWNER}")
    before = now(six).status
    with pytest.raises(Forbidden, match="须回避"), transaction():
        operations.change_status(person("supervisor"), moment("2021-03-01"), six, move, "理由")
    assert now(six).status == before


def test_a_supervisor_does_not_strike_off_what_the_own_unit_owes(seeded: Flask) -> None:
    six = completed(owed("6", OWNER), f"reviewer-{COUNTER}", f"reviewer-{OWNER}")
    with pytest.raises(Forbidden, match="须回避"):
        close(six)
    assert now(six).closed_on is None
