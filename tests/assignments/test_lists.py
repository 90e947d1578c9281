"""Lists of assignments: each person's scope, the filters, the order, the pages."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import complete, owed, person, take, the_plan, unit_id
from tracker.assignments.queries import SORTS, Filter, count, get, rows, state_at
from tracker.db import db, transaction
from tracker.plans.models import Task
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import SYSTEM
from tracker.rules.status import Move, Status

DAY = date(2021, 6, 24)
SIZES = {
    "admin": 1244,
    "supervisor": 1244,
    "leader": 1244,
    "auditor": 0,
    "songjiang-lead": 28 + 17 * 28,
    "songjiang-clerk": 28 + 17 * 28,
    "huangpu-clerk": 28,
    "songjiang-office1": 28,
    "reviewer-mishu": 16 + 1 + 27,
    "reviewer-xingfazhixing": 16 + 1 + 27,
}


def number(account: str, wanted: Filter | None = None, day: date = DAY) -> int:
    """Return how many assignments someone's list has; counted and listed must agree."""
    actor, state, found = person(account), state_at(day), wanted or Filter()
    listed = rows(actor, state, day, found)
    assert len(listed) == count(actor, state, day, found)
    return len(listed)


@pytest.mark.parametrize("account", SIZES)
def test_each_person_lists_the_assignments_in_scope(seeded: Flask, account: str) -> None:
    assert number(account) == SIZES[account]


@pytest.mark.parametrize("account", SIZES)
def test_what_is_listed_can_be_opened_and_nothing_else(seeded: Flask, account: str) -> None:
    actor = person(account)
    listed = {row.id for row in rows(actor, state_at(DAY), DAY, Filter())}
    sample = [row.id for row in rows(SYSTEM, state_at(DAY), DAY, Filter())][::31]
    assert len(sample) > 30
    assert {id_ for id_ in sample if get(actor, id_)} == listed & set(sample)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(level=OrganizationKind.DISTRICT_BUREAU), 448),
        (Filter(level=OrganizationKind.CITY_OFFICE), 40),
        (Filter(level="nonsense"), 0),
        (Filter(overdue=True, level=OrganizationKind.DISTRICT_BUREAU), 16 * 16),
        (Filter(statuses=(Status.PENDING,)), 1244),
        (Filter(statuses=(Status.COMPLETED, Status.EXEMPT)), 0),
        (Filter(text="人民调解"), 43 + 1),
        (Filter(text="%"), 0),
        (Filter(text="_"), 0),
        (Filter(text="'; drop table task --"), 0),
        (Filter(plan_id=4711), 0),
    ],
)
def test_a_filter_keeps_what_it_asks_for(seeded: Flask, wanted: Filter, expected: int) -> None:
    assert number("supervisor", wanted) == expected


def test_a_filter_by_unit_district_and_task(seeded: Flask) -> None:
    songjiang = unit_id("songjiang")
    seven = db.session.scalars(select(Task.id).where(Task.number == "7")).one()
    assert number("supervisor", Filter(unit_id=songjiang)) == 28
    assert number("supervisor", Filter(district_id=songjiang)) == 28 + 17 * 28
    assert number("supervisor", Filter(task_id=seven)) == 16 + 1 + 27
    assert number("supervisor", Filter(task_id=seven, unit_id=songjiang)) == 1
    assert number("huangpu-clerk", Filter(district_id=songjiang)) == 0


def test_what_is_completed_is_overdue_until_that_day_only(seeded: Flask) -> None:
    complete("7", "songjiang", "reviewer-xingfazhixing", "2021-03-05")
    overdue = Filter(overdue=True, unit_id=unit_id("songjiang"))
    assert [number("supervisor", overdue, date(2021, 3, day)) for day in (1, 4, 5)] == [2, 2, 1]


@pytest.mark.parametrize("sort", SORTS)
def test_pages_of_a_list_add_up_to_the_list(seeded: Flask, sort: str) -> None:
    state, wanted = state_at(DAY), Filter(overdue=True)
    whole = [row.id for row in rows(SYSTEM, state, DAY, wanted, sort)]
    pages = [
        row.id
        for offset in range(0, len(whole) + 100, 100)
        for row in rows(SYSTEM, state, DAY, wanted, sort, 100, offset)
    ]
    assert sorted(pages) == sorted(whole) == sorted(set(whole))


@pytest.mark.parametrize(
    ("sort", "attribute", "reverse"), [("due", "due_on", False), ("-due", "due_on", True), ("task", "task_id", False)]
)
def test_a_list_has_the_order_asked_for(seeded: Flask, sort: str, attribute: str, reverse: bool) -> None:
    values = [getattr(row, attribute) for row in rows(SYSTEM, state_at(DAY), DAY, Filter(overdue=True), sort)]
    assert values == sorted(values, reverse=reverse)


def test_where_the_justice_offices_do_not_report_they_are_not_listed(seeded: Flask) -> None:
    with transaction():
        the_plan().offices_report = False
    assert number("supervisor") == 448 + 40
    assert number("songjiang-office1") == 0


def test_a_row_tells_everything_a_list_needs(seeded: Flask) -> None:
    take("songjiang-clerk", Move.ACKNOWLEDGE, "2021-03-01", owed("7", "songjiang"))
    (row,) = rows(SYSTEM, state_at(DAY), DAY, Filter(unit_id=unit_id("songjiang"), statuses=(Status.IN_PROGRESS,)))
    assert (row.id, row.number, row.unit, row.district) == (owed("7", "songjiang"), "7", "松江区司法局", "松江区司法局")
    assert (row.due_on, row.due_text, row.near_days) == (date(2021, 2, 28), "2021年2月", 7)
    assert (row.status, row.completed_on, row.level) == (Status.IN_PROGRESS, None, "district_bureau")
