"""The roll-up that the database does is the tally that the rules do, in any state and on any day."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from flask import Flask

from tests import factories as make
from tests.assignments.walk import FIRST, Walk, all_days, begun
from tracker.assignments.models import Assignment
from tracker.assignments.queries import state_at
from tracker.db import db, transaction
from tracker.plans.models import Plan
from tracker.rules import scoring
from tracker.rules.permissions import SYSTEM
from tracker.rules.scoring import Fact, Tally
from tracker.rules.status import Status
from tracker.scoring import facts
from tracker.scoring.queries import explanation, missed_numbers, rule_of, scoreboard

Board = dict[int, Tally]


@pytest.fixture
def walk(app: Flask) -> Callable[[int], Walk]:
    """Begin a walk by the number of its dice."""
    return begun


def stood(plan: Plan, district_id: int, day: date) -> list[Fact]:
    """Return a district's tasks as they stood on a day."""
    return facts.of(plan, rule_of(plan, day), day, district_id).get(district_id, [])


def board(plan: Plan, day: date) -> Board:
    """Return the tally of each district by the database."""
    return {standing.district_id: standing.tally for standing in scoreboard(plan, day)}


def by_the_rules(walk: Walk, plan: Plan, day: date) -> Board:
    """Return the tally of each district by the rules, from the second record."""
    known = {unit.id: walk.facts(day, plan, unit.id) for unit in walk.units}
    return {
        unit_id: scoring.tally(rule_of(plan, day), found, day)
        for unit_id, found in known.items()
        if any(fact.status is not Status.WITHDRAWN for fact in found)
    }


@pytest.mark.parametrize("seed", range(10, 12))
def test_on_every_day_of_a_random_history_the_roll_up_is_the_tally(walk: Callable[[int], Walk], seed: int) -> None:
    course = walk(seed)
    then: dict[tuple[date, int], Board] = {}
    for day in course.days():
        for plan in course.plans:
            then[day, plan.id] = board(plan, day)
            assert then[day, plan.id] == by_the_rules(course, plan, day), day
    for day in all_days(sorted({day for day, _ in then})):
        for plan in course.plans:
            assert board(plan, day) == by_the_rules(course, plan, day), day
            assert board(plan, day) == then.get((day, plan.id), board(plan, day)), day


@pytest.mark.parametrize("seed", range(20, 21))
def test_on_every_day_of_a_random_history_the_points_are_explained(walk: Callable[[int], Walk], seed: int) -> None:
    course = walk(seed)
    days = list(course.days())
    with transaction():
        course.plans[0].late_counts = True
    for day in days:
        for plan in course.plans:
            missed = missed_numbers(plan, day)
            for standing in scoreboard(plan, day):
                found = explanation(SYSTEM, plan, standing.district_id, day)
                lost = [line.fact.number for line in found.lines if line.fact and line.outcome == "missed"]
                assert sum(line.points for line in found.lines) == standing.points.score
                assert sorted(lost) == sorted(missed.get(standing.district_id, []))
                assert found.standing == standing


def random_states(dice: Random, plan: Plan, districts: int, tasks: int) -> None:
    """Put a plan's assignments into random states, without any history."""
    units = [make.make_organization() for _ in range(districts)]
    for _ in range(tasks):
        task = make.make_task(
            plan_id=plan.id, due_on=dice.choice([None, FIRST + timedelta(days=dice.randint(-20, 20))])
        )
        for unit in units:
            status = dice.choice(list(Status))
            completed = FIRST + timedelta(days=dice.randint(-30, 0)) if status is Status.COMPLETED else None
            make.make_assignment(
                task_id=task.id, unit_id=unit.id, status=status, completed_on=completed, issued_on=date(2021, 1, 29)
            )


@pytest.mark.parametrize("seed", range(5))
def test_in_any_state_the_roll_up_is_the_tally(app: Flask, seed: int) -> None:
    dice = Random(seed)
    with transaction():
        late_counts = dice.random() < 0.5
        plan = make.make_plan(
            late_counts=late_counts, base_points=Decimal(dice.randint(0, 9)), points_per_miss=Decimal("0.75")
        )
        random_states(dice, plan, districts=6, tasks=9)
    for number in (0, 1, 5, 19, 20, 21, 300):
        day = FIRST + timedelta(days=number)
        assert state_at(day).join is None
        for standing in scoreboard(plan, day):
            known = stood(plan, standing.district_id, day)
            assert standing.tally == scoring.tally(rule_of(plan, day), known, day)
            assert standing.points == scoring.points(rule_of(plan, day), standing.tally)


@pytest.mark.parametrize("seed", range(3))
def test_the_facts_are_what_the_rows_say(app: Flask, seed: int) -> None:
    with transaction():
        plan = make.make_plan()
        random_states(Random(seed), plan, districts=3, tasks=6)
    for district_id in {row.district_id for row in db.session.query(Assignment)}:
        rows = db.session.query(Assignment).filter_by(district_id=district_id).order_by(Assignment.task_id)
        expected = [(row.id, row.status, row.due_on, row.completed_on) for row in rows]
        found = stood(plan, district_id or 0, FIRST)
        assert [(fact.assignment_id, fact.status, fact.due_on, fact.completed_on) for fact in found] == expected
