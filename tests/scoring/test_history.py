"""The events of the record, folded up to any day, are the facts that the database finds for that day."""

from datetime import date, timedelta

import pytest
from flask import Flask

from tests import factories as make
from tests.assignments.acts import moment
from tests.scoring.random_history import lived
from tracker.assignments import dues
from tracker.db import db, transaction
from tracker.plans.models import Plan
from tracker.rules import scoring
from tracker.rules.permissions import SYSTEM
from tracker.scoring import facts, ledger, record
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


def test_one_districts_history_is_that_of_all_without_the_others(app: Flask) -> None:
    course, days = lived(7)
    plan, district = course.plans[0], course.districts[1]
    alone, together = record.of(plan, district.id), record.of(plan)
    assert alone.districts == {district.id: district.name}
    assert set(together.districts) == {unit.id for unit in course.districts}
    for day in days:
        assert alone.facts(day, district.id) == together.facts(day, district.id)
