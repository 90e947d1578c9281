"""What a unit says it has reached of the quantities that its task names."""

from decimal import Decimal

import pytest
from flask import Flask

from tests.assignments.acts import moment, owed, person
from tests.import_makers import make_task_target
from tracker.assignments import targets
from tracker.assignments.models import Assignment
from tracker.assignments.targets import TargetRefused, amount_read
from tracker.db import db, transaction
from tracker.rules.permissions import Forbidden

CLERK = "songjiang-clerk"


@pytest.fixture
def seven(seeded: Flask) -> int:
    """What Songjiang owes of task 7, which asks for two sessions and names a frequency."""
    found = owed("7", "songjiang")
    with transaction():
        task_id = db.session.get_one(Assignment, found).task_id
        make_task_target(task_id=task_id, position=1)
        make_task_target(task_id=task_id, position=2, raw="每季度", amount=None, unit="", per="季度")
    return found


def reached(assignment_id: int) -> list[targets.Reached]:
    db.session.expire_all()
    return targets.of_assignment(assignment_id, db.session.get_one(Assignment, assignment_id).task_id)


def say(assignment_id: int, amount: str, account: str = CLERK, place: int = 0) -> None:
    target_id = reached(assignment_id)[place].target.id
    with transaction():
        targets.reach(person(account), moment("2021-03-01"), assignment_id, target_id, amount, "")


def test_it_is_met_once_the_amount_is_reached_and_every_word_stays(seven: int) -> None:
    assert reached(seven)[0].met is None
    say(seven, "1")
    assert reached(seven)[0].met is False
    say(seven, "2")
    assert reached(seven)[0].met is True
    assert [value.amount for value in reached(seven)[0].said] == [Decimal(2), Decimal(1)]


def test_a_mere_frequency_has_no_threshold(seven: int) -> None:
    say(seven, "3", place=1)
    assert reached(seven)[1].met is None


@pytest.mark.parametrize(
    "typed", ["", "-1", "两", "1.234", "NaN", "1e9", "1e11", "+1", "12345678901", "Infinity", "１"]
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(TargetRefused):
        amount_read(typed)


def test_only_the_units_own_people_say_what_it_reached(seven: int) -> None:
    for account in ("supervisor", "huangpu-clerk", "songjiang-lead"):
        with pytest.raises(Forbidden):
            say(seven, "2", account)
