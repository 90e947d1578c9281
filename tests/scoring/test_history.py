"""The events of the record, folded up to any day, are the facts that the database finds for that day."""

from datetime import date, timedelta

import pytest
from flask import Flask

from tests import factories as make
from tests.assignments.acts import moment, owed, person, take, the_plan, unit_id
from tests.scoring.random_history import lived
from tests.scoring.recompute import scores
from tests.scoring.test_must_show import REVIEWER
from tests.scoring.test_recompute import board, exported
from tracker.assignments import dues
from tracker.assignments.operations import change_status
from tracker.db import db, transaction
from tracker.plans.models import Plan
from tracker.rules import scoring
from tracker.rules.permissions import SYSTEM
from tracker.rules.status import Move
from tracker.scoring import facts, ledger, record
from tracker.scoring.comparison import compare
from tracker.scoring.queries import counted_on, rule_of, scoreboard


@pytest.mark.parametrize("seed", range(3))
def test_the_history_folded_to_any_day_is_what_the_database_says_of_it(app: Flask, seed: int) -> None:
    course, days = lived(seed)
    for plan in course.plans:
        history = record.of(plan)
        for number in range(-1, (days[-1] - days[0]).days + 20):
            day = days[0] + timedelta(days=number)
            folded, counted = history.on(day), counted_on(plan, day)
            assert history.counted_on(day) == counted
            rule = rule_of(plan, counted)
            assert folded.rule == rule, day
            expected, entries = facts.of(plan, rule, counted), ledger.entries(plan.id, counted)
            for district in course.districts:
                assert folded.facts(district.id) == expected.get(district.id, []), (day, district.id)
                assert folded.entries(district.id) == entries.get(district.id, []), (day, district.id)


@pytest.mark.parametrize("seed", range(2))
def test_the_board_of_any_day_is_the_sum_of_the_lines_of_the_history(app: Flask, seed: int) -> None:
    course, days = lived(seed + 10)
    for plan in course.plans:
        history = record.of(plan)
        for day in [days[0], *days[10:], days[-1] + timedelta(days=30)]:
            folded, counted = history.on(day), history.counted_on(day)
            for standing in scoreboard(plan, day):
                unit = standing.district_id
                lines = scoring.explain(folded.rule, folded.facts(unit), counted, folded.entries(unit))
                assert sum(line.points for line in lines) == standing.points.score, (day, unit)
                assert scoring.tally(folded.rule, folded.facts(unit), counted).missed == standing.tally.missed


def test_a_day_that_was_set_where_there_was_none_becomes_the_original_one_when_it_is_moved(app: Flask) -> None:
    with transaction():
        owed = make.make_assignment(task_id=make.make_task(due_on=None).id)
        make.make_status_change(assignment_id=owed.id)
        plan = db.session.get_one(Plan, owed.plan_id)
    for day, due_on in ((10, 20), (15, 30)):
        with transaction():
            dues.move(SYSTEM, moment(date(2021, 3, day)), owed, date(2021, 3, due_on))
    for day, due_on, original in ((9, None, None), (10, 20, None), (14, 20, None), (15, 30, 20)):
        asked = date(2021, 3, day)
        expected = tuple(date(2021, 3, number) if number else None for number in (due_on, original))
        (found,) = facts.of(plan, rule_of(plan, asked), asked)[owed.district_id or 0]
        assert (found.due_on, found.original_due_on) == expected, day
        assert record.of(plan).facts(asked, owed.district_id or 0) == [found]


def test_the_order_of_entry_decides_where_the_clock_ran_backwards(seeded: Flask) -> None:
    """A training day goes on past midnight: it is signed for and asked for late in the evening, accepted after it."""
    seven = owed("7", "songjiang")
    steps = (
        ("songjiang-clerk", Move.ACKNOWLEDGE, 23),
        ("songjiang-clerk", Move.SUBMIT, 23),
        (REVIEWER, Move.ACCEPT, 0),
    )
    for account, move, hour in steps:
        with transaction():
            change_status(person(account), moment("2021-02-20", hour), seven, move)
    found = [event.move for event in record.of(the_plan()).events if event.item and event.item.id == seven]
    assert found == [Move.DISPATCH, *(move for _, move, _ in steps)]
    day, songjiang = date(2021, 3, 5), unit_id("songjiang")
    assert scores(exported(the_plan()), day.isoformat()) == board(the_plan(), day)
    compared = compare(SYSTEM, the_plan(), songjiang, date(2021, 2, 15), day)
    assert board(the_plan(), day)[str(songjiang)] == 19
    assert compared.start + sum(row.points for row in compared.movements) == compared.after.points.score == 19


def test_what_happens_to_different_things_keeps_the_order_of_its_times(seeded: Flask) -> None:
    take("huangpu-clerk", Move.ACKNOWLEDGE, "2021-02-20", owed("7", "huangpu"))
    with transaction():
        change_status(person("songjiang-clerk"), moment("2021-02-20", 9), owed("7", "songjiang"), Move.ACKNOWLEDGE)
    found = [
        event.item.unit_id for event in record.of(the_plan()).events if event.day == date(2021, 2, 20) and event.item
    ]
    assert found == [unit_id("songjiang"), unit_id("huangpu")]


def test_one_districts_history_is_that_of_all_without_the_others(app: Flask) -> None:
    course, days = lived(7)
    plan, district = course.plans[0], course.districts[1]
    alone, together = record.of(plan, district.id), record.of(plan)
    assert alone.districts == {district.id: district.name}
    assert set(together.districts) == {unit.id for unit in course.districts}
    for day in days:
        assert alone.facts(day, district.id) == together.facts(day, district.id)
