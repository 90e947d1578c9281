"""Steps of the loop in the database: one after the other, never two at once, never back in time."""

import threading
from contextlib import suppress
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm.exc import StaleDataError

from tests.assignments.acts import complete, moment, owed, person, take
from tracker.assignments.models import Assignment, StatusChange
from tracker.assignments.operations import change_status
from tracker.assignments.queries import changes
from tracker.db import FOREVER, db, transaction
from tracker.rules.permissions import Actor
from tracker.rules.status import Move, MoveRefused, Status

CLERK, REVIEWER = "songjiang-clerk", "reviewer-xingfazhixing"
PEOPLE = 6


@pytest.fixture
def seven(seeded: Flask) -> int:
    """What Songjiang owes of task 7."""
    return owed("7", "songjiang")


def status_of(assignment_id: int) -> Status:
    """Return the present status."""
    db.session.rollback()
    return Status(db.session.get_one(Assignment, assignment_id, populate_existing=True).status)


def at_once(app: Flask, assignment_id: int, steps: list[tuple[Actor, Move]]) -> list[type[Exception] | None]:
    """Let several people take a step at one moment; return what each met."""
    begin = threading.Barrier(len(steps))
    met: list[type[Exception] | None] = []

    def act(actor: Actor, move: Move) -> None:
        with app.app_context():
            begin.wait(timeout=30)
            try:
                with transaction():
                    change_status(actor, moment("2021-03-01"), assignment_id, move, "理由")
                met.append(None)
            except (MoveRefused, StaleDataError) as refused:
                met.append(type(refused))

    people = [threading.Thread(target=act, args=step) for step in steps]
    for each in people:
        each.start()
    for each in people:
        each.join(timeout=60)
    assert len(met) == len(steps)
    return met


def test_of_several_who_sign_at_once_one_succeeds(seven: int, seeded: Flask) -> None:
    met = at_once(seeded, seven, [(person(CLERK), Move.ACKNOWLEDGE)] * PEOPLE)
    assert met.count(None) == 1
    assert status_of(seven) is Status.IN_PROGRESS
    assert len(changes(seven)) == 2


def test_of_two_who_accept_and_return_at_once_one_decides(seven: int, seeded: Flask) -> None:
    take(CLERK, Move.ACKNOWLEDGE, "2021-03-01", seven)
    take(CLERK, Move.SUBMIT, "2021-03-01", seven)
    met = at_once(seeded, seven, [(person(REVIEWER), Move.ACCEPT), (person("supervisor"), Move.RETURN)] * 3)
    assert met.count(None) == 1
    assert status_of(seven) in (Status.COMPLETED, Status.RETURNED)
    assert [change.to_status for change in changes(seven)].count(status_of(seven)) == 1


def test_an_unknown_assignment_takes_no_step(seeded: Flask) -> None:
    with pytest.raises(NoResultFound), transaction():
        change_status(person("supervisor"), moment("2021-03-01"), 10**6, Move.EXEMPT, "理由")


def test_the_business_day_cannot_go_back_behind_the_last_step(seven: int) -> None:
    take(CLERK, Move.ACKNOWLEDGE, "2021-03-05", seven)
    with pytest.raises(MoveRefused, match="业务日期 2021-03-04 早于该事项最近一次办理（2021-03-05）"):
        take(CLERK, Move.SUBMIT, "2021-03-04", seven)
    assert status_of(seven) is Status.IN_PROGRESS
    take(CLERK, Move.SUBMIT, "2021-03-05", seven)
    assert status_of(seven) is Status.UNDER_REVIEW


def test_a_step_before_the_dispatch_is_refused(seven: int) -> None:
    with pytest.raises(MoveRefused, match="早于该事项最近一次办理（2021-02-10）"):
        take(CLERK, Move.ACKNOWLEDGE, "2021-02-09", seven)


def test_the_periods_of_a_history_touch_each_other_and_the_last_is_open(seven: int) -> None:
    complete("7", "songjiang", REVIEWER, "2021-03-05")
    take("supervisor", Move.REOPEN, "2021-03-09", seven, "材料有误")
    take(CLERK, Move.SUBMIT, "2021-03-10", seven)
    take(REVIEWER, Move.RETURN, "2021-03-10", seven, "仍缺附件")
    history = list(reversed(changes(seven)))

    assert history[0].day == date(2021, 2, 10)
    assert [change.until_day for change in history] == [change.day for change in history[1:]] + [FOREVER]
    assert [change.from_status for change in history] == ["", *(change.to_status for change in history[:-1])]
    assert history[-1].to_status == status_of(seven) == Status.RETURNED


def test_the_day_of_completion_is_that_of_the_acceptance_and_goes_with_it(seven: int) -> None:
    complete("7", "songjiang", REVIEWER, "2021-03-05")
    assert db.session.get_one(Assignment, seven).completed_on == date(2021, 3, 5)
    take("supervisor", Move.REOPEN, "2021-03-09", seven, "材料有误")
    assert db.session.get_one(Assignment, seven, populate_existing=True).completed_on is None


@pytest.mark.parametrize("status", [Status.EXEMPT, Status.WITHDRAWN])
def test_what_is_excluded_stays_listed_with_its_reason(seven: int, status: Status) -> None:
    move = Move.EXEMPT if status is Status.EXEMPT else Move.WITHDRAW
    take("supervisor", move, "2021-03-02", seven, "该区没有这项职能")
    assert status_of(seven) is status
    assert changes(seven)[0].reason == "该区没有这项职能"


def test_a_refused_step_leaves_the_history_as_it_was(seven: int) -> None:
    before = [(change.id, change.until_day) for change in changes(seven)]
    for move in (Move.SUBMIT, Move.ACCEPT, Move.REOPEN):
        with suppress(MoveRefused, PermissionError):
            take("supervisor", move, "2021-03-02", seven, "理由")
    assert [(change.id, change.until_day) for change in changes(seven)] == before
    assert len(db.session.scalars(select(StatusChange).where(StatusChange.assignment_id == seven)).all()) == 1
