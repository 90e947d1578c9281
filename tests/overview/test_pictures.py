"""Matrix and figures on any day of a random history, and what each role sees of them."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask

from tests.assignments.acts import OWNER, complete, owed, person, take, the_plan, unit_id
from tests.assignments.walk import Walk, all_days, begun
from tracker.db import transaction
from tracker.overview.matrix import Matrix, Part, matrix
from tracker.overview.queries import (
    TODO_TABS,
    figures,
    review_count,
    review_queue,
    todo,
    todo_counts,
)
from tracker.plans.models import Plan
from tracker.rules.permissions import SYSTEM
from tracker.rules.scoring import Fact
from tracker.rules.status import EXCLUDED, Light, Move, Status, light

REVIEWER = "reviewer-xingfazhixing"
DAY = date(2021, 3, 1)


@pytest.fixture
def walk(app: Flask) -> Callable[[int], Walk]:
    """Begin a walk by the number of its dice."""
    return begun


def lights(plan: Plan, day: date) -> dict[int, Light]:
    """Return the light of every assignment in the matrix of a day."""
    return {
        cell.assignment_id: cell.light
        for row in matrix(SYSTEM, plan, day, Part(rows_each=100, columns_each=100)).rows
        for cell in row.cells
        if cell is not None
    }


def overdue_by_task(shown: Matrix) -> dict[str, int]:
    """Return how much of each task is overdue, by its number, where anything is."""
    late = {row.number: shown.by_task[row.task_id].get(Light.OVERDUE, 0) for row in shown.rows}
    return {number: count for number, count in late.items() if count}


def overdue_by_unit(shown: Matrix) -> dict[str, int]:
    """Return how much of what each unit owes is overdue, by its name."""
    return {unit.short_name: shown.by_unit.get(unit.id, {}).get(Light.OVERDUE, 0) for unit in shown.units}


def expected(facts: list[Fact], day: date, near_days: int) -> dict[int, Light]:
    """Return the same by the rules."""
    return {fact.assignment_id: light(fact.status, fact.due_on, fact.completed_on, day, near_days) for fact in facts}


@pytest.mark.parametrize("seed", range(30, 32))
def test_on_every_day_of_a_random_history_the_pictures_are_those_of_the_rules(
    walk: Callable[[int], Walk], seed: int
) -> None:
    course = walk(seed)
    days = list(course.days())
    for day in all_days(days):
        for plan in course.plans:
            facts = course.facts(day, plan)
            shown = matrix(SYSTEM, plan, day, Part(rows_each=100, columns_each=100))
            assert lights(plan, day) == expected(facts, day, plan.near_days), day
            late = [fact for fact in facts if lights(plan, day)[fact.assignment_id] is Light.OVERDUE]
            assert sum(overdue_by_task(shown).values()) == sum(overdue_by_unit(shown).values()) == len(late)

            found = figures(SYSTEM, plan, day)
            counted = [fact for fact in facts if fact.status not in EXCLUDED]
            assert (found.total, found.overdue) == (len(counted), len(late)), day
            assert found.completed == sum(fact.status is Status.COMPLETED for fact in counted)
            assert found.due == sum(bool(fact.due_on and fact.due_on < day) for fact in counted)
            assert found.near == sum(state is Light.NEAR for state in lights(plan, day).values())


def test_the_matrix_of_the_plan_has_28_rows_and_16_columns(seeded: Flask) -> None:
    shown = matrix(SYSTEM, the_plan(), DAY, Part())
    assert [row.number for row in shown.rows] == [str(number) for number in range(1, 29)]
    assert [unit.short_name for unit in shown.units][:2] == ["黄浦", "徐汇"]
    assert all(len(row.cells) == 16 for row in shown.rows)
    assert overdue_by_task(shown) == {"7": 16, "8": 16}
    assert (shown.row_total, shown.unit_total) == (28, 16)
    assert set(overdue_by_unit(shown).values()) == {2}


@pytest.mark.parametrize(
    ("account", "columns", "rows"),
    [
        ("supervisor", 16, 28),
        ("leader", 16, 28),
        ("songjiang-clerk", 1, 28),
        ("songjiang-lead", 1, 28),
        (REVIEWER, 16, 1),
        ("reviewer-cujinfazhi", 16, 15),
        ("songjiang-office1", 0, 0),
        ("auditor", 0, 0),
    ],
)
def test_each_role_sees_its_own_part_of_the_matrix(seeded: Flask, account: str, columns: int, rows: int) -> None:
    shown = matrix(person(account), the_plan(), DAY, Part())
    cells = [cell for row in shown.rows for cell in row.cells if cell]
    assert len({row.task_id for row in shown.rows if any(row.cells)}) == rows
    assert len(cells) == columns * rows


def test_the_figures_of_the_plan(seeded: Flask) -> None:
    complete("7", "songjiang", REVIEWER, "2021-02-25")
    for day, numbers in (
        (date(2021, 2, 28), (448, 0, 1, 0, 31)),
        (date(2021, 3, 1), (448, 32, 1, 31, 0)),
        (date(2021, 3, 24), (448, 32, 1, 31, 96)),
        (date(2021, 2, 9), (0, 0, 0, 0, 0)),
    ):
        found = figures(SYSTEM, the_plan(), day)
        assert (found.total, found.due, found.completed, found.overdue, found.near) == numbers, day


# ---- what there is to do


def counts(account: str) -> dict[str, int]:
    """Return the numbers on someone's tabs."""
    return todo_counts(person(account))


def test_the_tabs_follow_an_assignment_through_its_loop(seeded: Flask) -> None:
    clerk, seven = "songjiang-clerk", owed("7", "songjiang")
    assert counts(clerk) == {"receipt": 28, "open": 0, "returned": 0, "submitted": 0, "done": 0}
    take(clerk, Move.ACKNOWLEDGE, "2021-03-01", seven)
    assert (counts(clerk)["receipt"], counts(clerk)["open"]) == (27, 1)
    take(clerk, Move.SUBMIT, "2021-03-01", seven)
    assert (counts(clerk)["submitted"], review_count(person(REVIEWER))) == (1, 1)
    take(REVIEWER, Move.RETURN, "2021-03-01", seven, "缺附件")
    assert (counts(clerk)["returned"], review_count(person(REVIEWER))) == (1, 0)
    take(clerk, Move.SUBMIT, "2021-03-02", seven)
    take(REVIEWER, Move.ACCEPT, "2021-03-02", seven)
    assert counts(clerk) == {"receipt": 27, "open": 0, "returned": 0, "submitted": 0, "done": 1}


def test_a_tab_lists_what_it_counts_the_earliest_due_first(seeded: Flask) -> None:
    clerk = person("songjiang-clerk")
    rows = todo(clerk, "receipt", 100, 0)
    assert [row.number for row in rows][:4] == ["7", "8", "1", "3"]
    assert [row.due_on for row in rows] == sorted(row.due_on for row in rows if row.due_on)
    assert todo(clerk, "receipt", 10, 20) == rows[20:]
    assert {tab: len(todo(clerk, tab, 100, 0)) for tab in TODO_TABS} == todo_counts(clerk)


def test_everyone_has_only_the_own_units_work(seeded: Flask) -> None:
    assert {row.unit for row in todo(person("songjiang-clerk"), "receipt", 100, 0)} == {"松江区司法局"}
    assert {row.unit for row in todo(person("songjiang-office1"), "receipt", 100, 0)} == {"岳阳街道司法所"}
    assert len(todo(person("reviewer-cujinfazhi"), "receipt", 100, 0)) == 11


def test_what_waits_for_review_is_listed_for_those_who_may_review_it(seeded: Flask) -> None:
    for account, unit in (("songjiang-clerk", "songjiang"), ("songjiang-office1", "songjiang-yueyang")):
        take(account, Move.ACKNOWLEDGE, "2021-03-01", owed("7", unit))
        take(account, Move.SUBMIT, "2021-03-01", owed("7", unit))
    take("reviewer-cujinfazhi", Move.ACKNOWLEDGE, "2021-03-01", owed("6", OWNER))
    take("reviewer-cujinfazhi", Move.SUBMIT, "2021-03-01", owed("6", OWNER))
    waiting = {
        account: {row.unit for row in review_queue(person(account), 100, 0)}
        for account in (
            "supervisor", REVIEWER, "reviewer-mishu", "songjiang-lead", "huangpu-lead", "reviewer-bangongshi",
            "reviewer-cujinfazhi", "songjiang-clerk",
        )
    }  # fmt: skip
    assert waiting == {
        "supervisor": {"松江区司法局", "岳阳街道司法所"},
        REVIEWER: {"松江区司法局"},
        "reviewer-mishu": set(),
        "songjiang-lead": {"岳阳街道司法所"},
        "huangpu-lead": set(),
        "reviewer-bangongshi": {"市局促进法治处"},
        "reviewer-cujinfazhi": set(),
        "songjiang-clerk": set(),
    }


def test_where_the_justice_offices_do_not_report_they_have_nothing_to_do(seeded: Flask) -> None:
    with transaction():
        the_plan().offices_report = False
    assert counts("songjiang-office1")["receipt"] == 0
    assert todo(person("songjiang-office1"), "receipt", 100, 0) == []
    assert counts("songjiang-clerk")["receipt"] == 28


def test_a_day_before_its_first_belongs_to_no_district(seeded: Flask) -> None:
    day = date(2021, 2, 10) - timedelta(days=1)
    assert lights(the_plan(), day) == {}
    assert unit_id("songjiang")
