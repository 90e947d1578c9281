"""Whoever has only the exported events arrives at the same scores, by other code."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests import makers
from tests.assignments.acts import complete, moment, the_plan
from tests.assignments.test_handover import merge, unit
from tests.scoring import recompute
from tests.scoring.random_history import lived
from tests.scoring.recompute import Row, scores
from tracker.assignments.models import Assignment
from tracker.assignments.operations import change_status, leave_unit
from tracker.db import db, transaction
from tracker.overview.tables import exact_csv
from tracker.plans.models import Plan, Task
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import SYSTEM
from tracker.rules.score_terms import OfficesCondition
from tracker.rules.status import Move
from tracker.scoring import events
from tracker.scoring.queries import scoreboard

DAYS = 40
TASKS = select(Task)


def exported(plan: Plan) -> list[Row]:
    """Return a plan's events as a program reads them from the file."""
    text = exact_csv(events.HEADS, events.rows(plan)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def board(plan: Plan, day: date) -> dict[str, Decimal]:
    """Return every district's score of a day by its id, as the board has it."""
    return {str(row.district_id): row.points.score for row in scoreboard(plan, day)}


def test_it_is_short_enough_to_be_read() -> None:
    assert len(Path(recompute.__file__).read_text(encoding="utf-8").splitlines()) <= 60


@pytest.mark.parametrize("seed", range(4))
def test_the_events_alone_give_every_districts_score_on_forty_random_days(app: Flask, seed: int) -> None:
    course, days = lived(seed + 20)
    rows = {plan.id: exported(plan) for plan in course.plans}
    for _ in range(DAYS):
        day = days[0] + timedelta(days=course.dice.randint(0, (days[-1] - days[0]).days + 20))
        for plan in course.plans:
            assert scores(rows[plan.id], day.isoformat()) == board(plan, day), (plan.id, day)


def test_the_seeded_plan_gives_its_own_scores(seeded: Flask) -> None:
    """Sixteen districts that do nothing: 20 points on 28 February, none on 1 October (as the plan's own tests say)."""
    plan = the_plan()
    rows = exported(plan)
    for day, points in (("2021-02-28", 20), ("2021-03-01", 18), ("2021-06-01", 4), ("2021-10-01", 0)):
        assert set(scores(rows, day).values()) == {points}, day


@pytest.mark.parametrize("done", [True, False], ids=["something_done", "nothing_done"])
def test_a_merged_district_stands_on_the_board_up_to_its_last_day(seeded: Flask, done: bool) -> None:
    if done:
        complete("7", "chongming", "reviewer-xingfazhixing", "2021-02-21")
    merge("chongming", "baoshan")
    gone, rows = str(unit("chongming").id), exported(the_plan())
    for day, stays in (("2021-06-23", True), ("2021-06-24", done), ("2021-06-25", False), ("2021-12-31", False)):
        found = board(the_plan(), date.fromisoformat(day))
        assert scores(rows, day) == found, day
        assert (gone in found) == stays, day


def test_a_district_whose_tasks_were_all_withdrawn_has_no_score(seeded: Flask) -> None:
    songjiang = unit("songjiang")
    with transaction():
        leave_unit(SYSTEM, moment("2021-03-05"), the_plan(), songjiang, "撤销")
    rows = exported(the_plan())
    for day, stays in (("2021-03-04", True), ("2021-03-05", False)):
        assert scores(rows, day) == board(the_plan(), date.fromisoformat(day))
        assert (str(songjiang.id) in scores(rows, day)) == stays


def test_two_tasks_of_one_number_are_told_apart(seeded: Flask) -> None:
    """A plan published before such were refused may hold them; each asks for its own 司法所 only."""
    plan, songjiang, by_number = (
        the_plan(),
        unit("songjiang"),
        {task.number: task for task in db.session.scalars(TASKS)},
    )
    complete("7", "songjiang", "reviewer-xingfazhixing", "2021-02-21")
    offices = select(Assignment.id).where(
        Assignment.task_id == by_number["7"].id,
        Assignment.district_id == songjiang.id,
        Assignment.level == OrganizationKind.JUSTICE_OFFICE,
    )
    with transaction():
        makers.make_score_rule(
            plan_id=plan.id, day=date(2021, 2, 22), at=moment("2021-02-22"), offices_condition=OfficesCondition.ALL
        )
        for assignment_id in db.session.scalars(offices).all():
            change_status(SYSTEM, moment("2021-02-23"), assignment_id, Move.WITHDRAW, "不要求司法所")
        by_number["8"].number = "7"
    assert scores(exported(plan), "2021-03-05") == board(plan, date(2021, 3, 5))
    assert board(plan, date(2021, 3, 5))[str(songjiang.id)] == 19
