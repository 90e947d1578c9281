"""The ledger's lights, orders and groups, in SQL as in the rules, for any day."""

import itertools
from datetime import date

import pytest
from flask import Flask

from tests.assignments.acts import complete, owed, person, take, the_plan, unit_id
from tracker.assignments.queries import state_at
from tracker.db import transaction
from tracker.overview.ledger import (
    GROUPS,
    SORTS,
    Wanted,
    group_counts,
    lead_offices,
    light_counts,
    overdue_count,
    rows,
)
from tracker.rules.permissions import SYSTEM
from tracker.rules.status import Light, Move, Status, light

DAY = date(2021, 6, 24)
EVERYTHING = 5000


@pytest.fixture
def busy(seeded: Flask) -> None:
    """One assignment of every light on DAY."""
    complete("7", "songjiang", "reviewer-xingfazhixing", "2021-03-05")
    complete("8", "huangpu", "supervisor", "2021-02-20")
    take("songjiang-clerk", Move.ACKNOWLEDGE, "2021-02-20", owed("5", "songjiang"))
    take("supervisor", Move.EXEMPT, "2021-03-01", owed("9", "songjiang"), "没有此类机构")


@pytest.mark.parametrize("day", [date(2021, 2, 10), date(2021, 3, 1), DAY, date(2021, 10, 1)])
def test_a_light_counted_is_the_light_shown(busy: None, day: date) -> None:
    state, shown = state_at(day), dict.fromkeys(Light, 0)
    for line in rows(SYSTEM, state, day, Wanted(), "due", "", EVERYTHING):
        row = line.row
        shown[light(row.status, row.due_on, row.completed_on, day, row.near_days)] += 1
    counts = light_counts(SYSTEM, state, day, Wanted())
    assert counts == {value: number for value, number in shown.items() if number}
    assert overdue_count(SYSTEM, state, day, Wanted(lights=(Light.OVERDUE,))) == shown[Light.OVERDUE]
    for value, number in shown.items():
        listed = rows(SYSTEM, state, day, Wanted(lights=(value,)), "due", "", EVERYTHING)
        assert len(listed) == number


def test_every_light_stands_in_the_ledger_of_a_busy_day(busy: None) -> None:
    assert set(light_counts(SYSTEM, state_at(DAY), DAY, Wanted())) == set(Light)


@pytest.mark.parametrize("near", [0, 6, 90])
def test_near_follows_the_setting_of_the_plan(seeded: Flask, near: int) -> None:
    with transaction():
        the_plan().near_days = near
    lines = rows(SYSTEM, state_at(DAY), DAY, Wanted(lights=(Light.NEAR,)), "due", "", EVERYTHING)
    assert all(line.row.due_on and 0 <= (line.row.due_on - DAY).days <= near for line in lines)
    assert bool(lines) == (near > 0)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("lights", [(), (Light.OVERDUE,)])
def test_pages_of_the_ledger_add_up_to_it(seeded: Flask, sort: str, lights: tuple[Light, ...]) -> None:
    actor, state, wanted = person("songjiang-clerk"), state_at(DAY), Wanted(lights=lights)
    whole = [line.row.id for line in rows(actor, state, DAY, wanted, sort, "", EVERYTHING)]
    pages = [
        line.row.id
        for offset in range(0, len(whole) + 100, 100)
        for line in rows(actor, state, DAY, wanted, sort, "", 100, offset)
    ]
    assert pages == whole


@pytest.mark.parametrize("group", GROUPS)
def test_groups_stand_together_and_their_numbers_add_up(seeded: Flask, group: str) -> None:
    state = state_at(DAY)
    keys = [line.key for line in rows(SYSTEM, state, DAY, Wanted(), "due", group, EVERYTHING)]
    once = list(dict.fromkeys(keys))
    changes = 1 + sum(1 for before, after in itertools.pairwise(keys) if before != after)
    assert changes == len(once)
    assert group_counts(SYSTEM, state, DAY, Wanted(), group, once) == {key: keys.count(key) for key in once}


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        (Wanted(level="district_bureau"), 448),
        (Wanted(month=date(2021, 2, 1), level="district_bureau"), 16 * 2),
        (Wanted(status=Status.PENDING), 1244),
        (Wanted(status=Status.RETURNED), 0),
        (Wanted(text="%"), 0),
        (Wanted(section_id=4711), 0),
        (Wanted(office_id=4711), 0),
    ],
)
def test_a_filter_of_the_ledger_keeps_what_it_asks_for(seeded: Flask, wanted: Wanted, number: int) -> None:
    state = state_at(DAY)
    assert len(rows(SYSTEM, state, DAY, wanted, "due", "", EVERYTHING)) == number
    assert sum(light_counts(SYSTEM, state, DAY, wanted).values()) == number


def test_the_first_office_that_a_task_names_leads_it(seeded: Flask) -> None:
    state, office = state_at(DAY), unit_id("xingfazhixing")
    lines = rows(SYSTEM, state, DAY, Wanted(office_id=office), "task", "office", EVERYTHING)
    assert {line.key for line in lines} == {office}
    names = lead_offices(line.row.task_id for line in lines)
    assert set(names.values()) == {"市局刑罚执行处"}


@pytest.mark.parametrize(
    ("account", "number"), [("auditor", 0), ("songjiang-office1", 28), ("huangpu-clerk", 28), ("supervisor", 1244)]
)
def test_the_ledger_is_as_wide_as_the_persons_scope(seeded: Flask, account: str, number: int) -> None:
    actor, state = person(account), state_at(DAY)
    assert sum(light_counts(actor, state, DAY, Wanted()).values()) == number
    assert len(rows(actor, state, DAY, Wanted(), "due", "", EVERYTHING)) == number
