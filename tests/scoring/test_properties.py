"""What must hold of scores whatever happens: they add up, keep to their caps, follow the record, can be replayed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests import factories as make
from tests.assignments.acts import moment
from tests.scoring.random_history import FIRST, RandomHistory, Shape
from tracker.assignments import dues
from tracker.assignments.models import Assignment
from tracker.assignments.operations import change_status, publish
from tracker.db import db, transaction
from tracker.plans.models import Plan, PlanState
from tracker.rules import scoring
from tracker.rules.permissions import SYSTEM, Actor, Role
from tracker.rules.score_history import Event, Kind
from tracker.rules.score_terms import Rule
from tracker.rules.scoring import Entry, Fact, Outcome
from tracker.rules.status import EXCLUDED, LIVE, Move, Status
from tracker.scoring import facts, ledger, record
from tracker.scoring.queries import counted_on, explained, rule_of, scoreboard

DAY = date(2021, 6, 24)
EVENTS = 2_000
LONG = Shape(plans=3, districts=4, offices=2, tasks=5, days=30, steps=(65, 75, 95))
"""A history of more than EVENTS events."""

near = st.integers(-40, 40).map(lambda number: DAY + timedelta(days=number))
past = st.integers(-40, 0).map(lambda number: DAY + timedelta(days=number))
amounts = st.integers(0, 80).map(lambda quarters: Decimal(quarters) / 4)
rules = st.builds(
    Rule, base=amounts, per_miss=amounts, late_counts=st.booleans(), cap=st.none() | amounts, quote=st.just("")
)
open_facts = st.builds(
    Fact,
    st.just("7"),
    st.just("任务"),
    st.none() | near,
    st.sampled_from(sorted(LIVE)),
    st.none(),
    excused=st.booleans(),
)
facts_of_a_day = st.one_of(
    open_facts,
    st.builds(
        Fact, st.just("8"), st.just("任务"), st.none() | near, st.just(Status.COMPLETED), past, excused=st.booleans()
    ),
    st.builds(Fact, st.just("9"), st.just("任务"), st.none() | near, st.sampled_from(sorted(EXCLUDED)), st.none()),
)
entries_of_a_day = st.lists(
    st.builds(
        Entry, st.integers(1, 99), st.integers(1, 20).map(lambda halves: Decimal(halves) / 2), *[st.just("")] * 3
    ),
    max_size=4,
)


def score(rule: Rule, known: list[Fact], entries: list[Entry] | None = None) -> Decimal:
    """Return the score that facts and entries make on DAY."""
    entered = sum((entry.points for entry in entries or []), scoring.ZERO)
    return scoring.points(rule, replace(scoring.tally(rule, known, DAY), entered=entered)).score


@settings(deadline=None)
@given(rules, st.lists(facts_of_a_day, max_size=30), entries_of_a_day)
def test_the_lines_add_up_to_the_score_and_every_cap_holds(rule: Rule, known: list[Fact], entries: list[Entry]) -> None:
    lines = scoring.explain(rule, known, DAY, entries)
    total = score(rule, known, entries)
    assert sum(line.points for line in lines) == total
    assert 0 <= total <= rule.base
    by_hand = sum((entry.points for entry in entries), scoring.ZERO)
    lost = scoring.points(rule, scoring.tally(rule, known, DAY)).deducted
    assert lost <= min(rule.base, rule.base if rule.cap is None else rule.cap)
    assert total >= rule.base - lost - by_hand
    assert len([line for line in lines if line.fact and line.outcome is not Outcome.EXCUSED]) == len(known)


@settings(deadline=None)
@given(rules, st.lists(facts_of_a_day, max_size=20), open_facts, past, entries_of_a_day)
def test_a_completion_more_never_lowers_a_score(
    rule: Rule, others: list[Fact], task: Fact, done_on: date, entries: list[Entry]
) -> None:
    done = replace(task, status=Status.COMPLETED, completed_on=done_on)
    assert score(rule, [*others, done], entries) >= score(rule, [*others, task], entries)


@pytest.mark.parametrize("seed", range(2))
def test_an_acceptance_more_lowers_no_score_of_its_day_whatever_the_history(app: Flask, seed: int) -> None:
    course = RandomHistory(Random(seed + 60))
    days = list(course.days())
    for plan in course.plans:
        history = record.of(plan)
        items = {item.id: item for item in history.items}
        for day in days[::4]:
            before, after = history.on(day), history.on(day)
            for fact_of in [fact for unit in course.districts for fact in before.facts(unit.id)]:
                if fact_of.status in LIVE:
                    item = items[fact_of.assignment_id]
                    after.apply(Event(Kind.STEP, day, item=item, move=Move.ACCEPT, status=Status.COMPLETED))
            for unit in course.districts:
                then, now = (
                    scoring.points(one.rule, scoring.tally(one.rule, one.facts(unit.id), day)).score
                    for one in (before, after)
                )
                assert now >= then, (day, unit.id)


# ---- the order of unrelated events


def twins(dice: Random) -> list[tuple[Assignment, Assignment]]:
    """Publish two plans that differ in nothing but their number; return their assignments side by side."""
    units = [make.make_organization() for _ in range(3)]
    dues_on = [FIRST + timedelta(days=dice.randint(0, 20)) for _ in range(6)]
    found = []
    for _ in "ab":
        plan = make.make_plan(state=PlanState.DRAFT, late_counts=True, base_points=Decimal(4))
        for due_on in dues_on:
            task = make.make_task(plan_id=plan.id, due_on=due_on)
            for unit in units:
                make.make_responsibility(task_id=task.id, organization_id=unit.id)
        publish(SYSTEM, moment(FIRST), plan)
        wanted = (
            select(Assignment).where(Assignment.plan_id == plan.id).order_by(Assignment.task_id, Assignment.unit_id)
        )
        found.append(db.session.scalars(wanted).all())
    return list(zip(*found, strict=True))


def play(day: date, assignment: Assignment, act: str) -> None:
    """Let one thing happen to an assignment."""
    at = moment(day)
    if act == "extend":
        if assignment.status in LIVE and assignment.due_on and assignment.due_on >= day:
            dues.move(SYSTEM, at, assignment, assignment.due_on + timedelta(days=3))
        return
    handler = Actor(None, "", "经办", Role.CLERK, assignment.unit_id, assignment.district_id)
    chain = {Status.PENDING: Move.ACKNOWLEDGE, Status.IN_PROGRESS: Move.SUBMIT, Status.UNDER_REVIEW: Move.ACCEPT}
    move = chain.get(Status(assignment.status), Move.REOPEN)
    change_status(SYSTEM if move in (Move.ACCEPT, Move.REOPEN) else handler, at, assignment.id, move, "理由")


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_what_happens_to_different_tasks_on_a_day_does_not_matter(app: Flask, seed: int) -> None:
    dice = Random(seed)
    with transaction():
        pairs = twins(dice)
    one, other = (db.session.get_one(Plan, assignment.plan_id) for assignment in pairs[0])
    for number in range(14):
        day = FIRST + timedelta(days=number)
        # Each task has its own acts in their own order; which task comes first is another matter.
        acts = {place: dice.choices(["step", "step", "extend"], k=2) for place in dice.sample(range(len(pairs)), 5)}
        orders = [[(place, act) for place, each in acts.items() for act in each], _mixed(dice, acts)]
        with transaction():
            for side, order in enumerate(orders):
                for place, act in order:
                    play(day, pairs[place][side], act)
    for number in range(0, 25, 3):
        day = FIRST + timedelta(days=number)
        assert _anonymous(one, day) == _anonymous(other, day), day


def _mixed(dice: Random, acts: dict[int, list[str]]) -> list[tuple[int, str]]:
    left = {place: list(each) for place, each in acts.items()}
    order = []
    while any(left.values()):
        place = dice.choice([place for place, each in left.items() if each])
        order.append((place, left[place].pop(0)))
    return order


def _anonymous(plan: Plan, day: date) -> list[Any]:
    board = [(row.district_id, row.rank, row.tally, row.points) for row in scoreboard(plan, day)]
    lines = [
        (unit, [(line.outcome, line.points, line.reason) for line in explained(plan, unit, day).lines])
        for unit, *_ in board
    ]
    return [board, lines]


# ---- the replay


def answers(plan: Plan, day: date, district_id: int | None) -> list[Any]:
    """Return what the board of a day says, every line behind it, and a district's explanation as its page has it."""
    counted = counted_on(plan, day)
    rule, entries = rule_of(plan, counted), ledger.entries(plan.id, counted)
    lines = {
        unit: scoring.explain(rule, known, counted, entries.get(unit, []))
        for unit, known in sorted(facts.of(plan, rule, counted).items())
    }
    board = scoreboard(plan, day)
    stands = district_id is not None and any(row.district_id == district_id for row in board)
    return [board, lines, explained(plan, district_id, day) if stands and district_id else None]


def test_every_day_of_two_thousand_events_answers_at_the_end_what_it_answered_then(app: Flask) -> None:
    course = RandomHistory(Random(2021), LONG)
    then: dict[tuple[date, int, int], list[Any]] = {}
    for day in course.days():
        for plan in course.plans:
            district = course.dice.choice(course.districts)
            then[day, plan.id, district.id] = answers(plan, day, district.id)
    assert course.events >= EVENTS
    assert len(course.frozen) == 1
    for (day, plan_id, district_id), answer in then.items():
        assert answers(db.session.get_one(Plan, plan_id), day, district_id) == answer, (day, plan_id)
