"""Any past day can be asked for, and answers what it answered when it was today."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import complete, owed, take
from tests.assignments.walk import LENGTH, Walk, all_days, begun
from tracker.assignments.districts import office_shares
from tracker.assignments.models import Assignment, StatusChange
from tracker.assignments.queries import Filter, count, rows, state_at
from tracker.db import FOREVER, db, transaction
from tracker.rules.permissions import SYSTEM
from tracker.rules.status import EXCLUDED, LIVE, Move, Status

SEEDS = range(3)
Picture = dict[int, tuple[Status, date | None]]


@pytest.fixture
def walk(app: Flask) -> Callable[[int], Walk]:
    """Begin a walk by the number of its dice."""
    return begun


def picture(day: date) -> Picture:
    """Return status and day of completion of every assignment on a day, as the lists show them."""
    return {row.id: (row.status, row.completed_on) for row in rows(SYSTEM, state_at(day), day, Filter())}


def remembered(walk: Walk, day: date) -> Picture:
    """Return the same from the second record."""
    facts = [fact for plan in walk.plans for fact in walk.facts(day, plan)]
    return {fact.assignment_id: (fact.status, fact.completed_on) for fact in facts}


def restricted(day: date) -> dict[str, Any]:
    """Return what the filters find on a day."""
    state = state_at(day)
    overdue = Filter(overdue=True)
    return {
        "overdue": [row.id for row in rows(SYSTEM, state, day, overdue)],
        "number of overdue": count(SYSTEM, state, day, overdue),
        **{status: count(SYSTEM, state, day, Filter(statuses=(status,))) for status in Status},
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_answers_afterwards_what_it_answered_when_it_was_today(walk: Callable[[int], Walk], seed: int) -> None:
    course = walk(seed)
    then: dict[date, tuple[Picture, dict[str, Any]]] = {}
    for day in course.days():
        assert state_at(day).join is None
        then[day] = picture(day), restricted(day)
    course.day += timedelta(days=1)
    with transaction():
        while state_at(max(then)).join is None:
            course.step()
    for day, answer in then.items():
        assert state_at(day).join is not None
        assert (picture(day), restricted(day)) == answer, day


@pytest.mark.parametrize("seed", SEEDS)
def test_every_day_of_a_random_history_is_as_it_was_remembered(walk: Callable[[int], Walk], seed: int) -> None:
    course = walk(seed)
    days = list(course.days())
    for day in all_days(days):
        expected = remembered(course, day)
        assert picture(day) == expected, day
        live = [id_ for id_, (status, _) in expected.items() if status in LIVE]
        late = {id_ for id_ in live if (due := course.owed[id_].due_on) and due < day}
        assert set(restricted(day)["overdue"]) == late, day
        assert restricted(day)["number of overdue"] == len(late), day


def test_the_periods_of_a_random_history_cover_each_day_once(walk: Callable[[int], Walk]) -> None:
    course = walk(0)
    assert len(list(course.days())) == LENGTH
    assert {status for owed in course.owed.values() for _, status, _ in owed.states} == set(Status)
    for assignment in db.session.scalars(select(Assignment)):
        history = db.session.scalars(
            select(StatusChange).where(StatusChange.assignment_id == assignment.id).order_by(StatusChange.id)
        ).all()
        assert history[0].day == assignment.issued_on
        assert [step.until_day for step in history] == [*(step.day for step in history[1:]), FOREVER]
        assert [step.from_status for step in history] == ["", *(step.to_status for step in history[:-1])]
        assert assignment.status == history[-1].to_status
        assert assignment.completed_on == (history[-1].day if assignment.status == Status.COMPLETED else None)


def test_two_steps_of_one_day_leave_the_last_for_that_day(seeded: Flask) -> None:
    seven = owed("7", "songjiang")
    complete("7", "songjiang", "reviewer-xingfazhixing", "2021-03-05")
    take("supervisor", Move.REOPEN, "2021-03-05", seven, "同日发现有误")
    take("supervisor", Move.EXEMPT, "2021-03-06", seven, "不适用")
    assert picture(date(2021, 3, 4))[seven] == (Status.PENDING, None)
    assert picture(date(2021, 3, 5))[seven] == (Status.IN_PROGRESS, None)
    assert picture(date(2021, 3, 6))[seven] == (Status.EXEMPT, None)


def test_before_its_publication_a_plan_owes_nothing(seeded: Flask) -> None:
    assert picture(date(2021, 2, 9)) == {}
    assert len(picture(date(2021, 2, 10))) == 448 + 40 + 27 * 28


def test_the_share_of_the_justice_offices_is_replayed_too(seeded: Flask) -> None:
    office = owed("7", "songjiang-yueyang")
    task, district = db.session.execute(
        select(Assignment.task_id, Assignment.district_id).where(Assignment.id == office)
    ).one()
    take("songjiang-office1", Move.ACKNOWLEDGE, "2021-03-02", office)
    take("songjiang-office1", Move.SUBMIT, "2021-03-03", office)
    take("songjiang-lead", Move.ACCEPT, "2021-03-04", office)
    take("supervisor", Move.EXEMPT, "2021-03-05", owed("7", "songjiang-jiuting"), "正在撤并")
    shares = {day: office_shares(state_at(date(2021, 3, day)), task)[district] for day in (3, 4, 5)}
    assert shares == {3: (0, 17), 4: (1, 17), 5: (1, 16)}


def test_what_is_excluded_is_not_owed_but_still_listed(seeded: Flask) -> None:
    seven = owed("7", "songjiang")
    take("supervisor", Move.EXEMPT, "2021-03-02", seven, "不适用")
    day = date(2021, 3, 2)
    assert picture(day)[seven][0] in EXCLUDED
    assert seven not in [row.id for row in rows(SYSTEM, state_at(day), day, Filter(overdue=True))]
