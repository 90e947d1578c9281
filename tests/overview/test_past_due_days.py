"""A day that has passed shows the due days it had: no later extension and no task that was moved changes its lists."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import moment, owed, person, the_plan, unit_id
from tracker.assignments import changes, extensions
from tracker.assignments import queries as assignments
from tracker.assignments.queries import Filter, state_at
from tracker.db import db, transaction
from tracker.overview import dashboard, ledger, matrix, queries
from tracker.overview.ledger import GROUPS, SORTS, Wanted
from tracker.overview.matrix import Part
from tracker.plans.models import Task
from tracker.rules.dues import read_due
from tracker.rules.permissions import SYSTEM
from tracker.rules.status import Light, RequestState

DAY = date(2021, 2, 25)
DUE, LATER = date(2021, 2, 28), date(2021, 4, 30)
FEBRUARY = date(2021, 2, 1)
EVERYTHING = 2_000

WANTED = [
    Wanted(),
    Wanted(month=FEBRUARY),
    Wanted(due_by=DUE),
    Wanted(due_from=LATER),
    Wanted(lights=(Light.NEAR,)),
    Wanted(lights=(Light.OVERDUE,)),
]


def extend(number: str = "7", day: str = "2021-02-26", due_on: date = LATER) -> int:
    """Put off what Songjiang owes of a task."""
    assignment_id = owed(number, "songjiang")
    with transaction():
        asked = extensions.ask(person("songjiang-lead"), moment(day), assignment_id, due_on, "人员调整", "四个所已完成")
        extensions.decide(person("supervisor"), moment(day), asked.id, RequestState.GRANTED, "同意")
    return assignment_id


def move_the_task() -> int:
    """Move the due day of task 7 for everybody."""
    task = db.session.scalars(select(Task).where(Task.number == "7")).one()
    with transaction():
        changes.move_due(
            person("supervisor"), moment("2021-02-26"), task.id, task.version, read_due("2021-04-30"), "依据通知"
        )
    return owed("7", "songjiang")


def lists(day: date) -> list[Any]:
    """Return what every list, count and light says of a day."""
    db.session.expire_all()
    state, plan = state_at(day), the_plan()
    found: list[Any] = [
        assignments.rows(SYSTEM, state, day, Filter(overdue=overdue), sort)
        for sort in assignments.SORTS
        for overdue in (False, True)
    ]
    for wanted in WANTED:
        found += [ledger.rows(SYSTEM, state, day, wanted, sort, "", EVERYTHING) for sort in SORTS]
        found += [ledger.rows(SYSTEM, state, day, wanted, "due", group, EVERYTHING) for group in GROUPS]
        found.append(ledger.light_counts(SYSTEM, state, day, wanted))
        found.append(ledger.overdue_count(SYSTEM, state, day, wanted))
        found.append(ledger.group_counts(SYSTEM, state, day, wanted, "month", [202102, 202103, 202104]))
    shown = matrix.matrix(SYSTEM, plan, day, Part())
    found += [shown.by_task, shown.by_unit, [row.cells for row in shown.rows]]
    found += [dashboard.progress(SYSTEM, plan, state, day), dashboard.coming(SYSTEM, plan, state, day)]
    found += [queries.figures(SYSTEM, plan, day), matrix.glance(SYSTEM, owed("7", "songjiang"), day)]
    return found


@pytest.mark.parametrize("move", [extend, move_the_task])
def test_no_list_of_a_past_day_changes_when_a_due_day_is_moved_after_it(seeded: Flask, move: Callable[[], int]) -> None:
    before = lists(DAY)
    moved = move()
    assert lists(DAY) == before
    assert told(moved, DAY) == (DUE, None, 0)


def told(assignment_id: int, day: date) -> tuple[Any, ...]:
    """Return due day, first due day and number of extensions as a list of a day tells them."""
    rows = assignments.rows(SYSTEM, state_at(day), day, Filter(unit_id=unit_id("songjiang")))
    (row,) = [row for row in rows if row.id == assignment_id]
    return row.due_on, row.original_due_on, row.extensions


def test_from_the_day_of_the_answer_on_the_new_day_stands_everywhere(seeded: Flask) -> None:
    seven, eight = extend(), extend("8", "2021-02-28")
    day = date(2021, 2, 26)
    assert (told(seven, day), told(eight, day)) == ((LATER, DUE, 1), (DUE, None, 0))
    glance = matrix.glance(SYSTEM, seven, day)
    assert glance
    assert (glance.due_on, glance.original_due_on, glance.extensions) == (LATER, DUE, 1)


def test_two_extensions_give_three_answers(seeded: Flask) -> None:
    seven, last = extend(), date(2021, 6, 30)
    extend("7", "2021-03-10", last)
    assert told(seven, DAY) == (DUE, None, 0)
    assert told(seven, date(2021, 2, 26)) == told(seven, date(2021, 3, 9)) == (LATER, DUE, 1)
    assert told(seven, date(2021, 3, 10)) == (last, DUE, 2)
