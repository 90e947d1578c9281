"""Whoever has only the exported events arrives at the same scores, by other code."""

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask

from tests.assignments.acts import the_plan
from tests.scoring.random_history import lived
from tests.scoring.recompute import Row, scores
from tracker.overview.tables import exact_csv
from tracker.plans.models import Plan
from tracker.scoring import events
from tracker.scoring.queries import scoreboard

DAYS = 40


def exported(plan: Plan) -> list[Row]:
    """Return a plan's events as a program reads them from the file."""
    text = exact_csv(events.HEADS, events.rows(plan)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("seed", range(4))
def test_the_events_alone_give_every_districts_score_on_forty_random_days(app: Flask, seed: int) -> None:
    course, days = lived(seed + 20)
    rows = {plan.id: exported(plan) for plan in course.plans}
    for _ in range(DAYS):
        day = days[0] + timedelta(days=course.dice.randint(0, (days[-1] - days[0]).days + 20))
        for plan in course.plans:
            board = {str(row.district_id): row.points.score for row in scoreboard(plan, day)}
            assert scores(rows[plan.id], day.isoformat()) == board, (plan.id, day)


def test_the_seeded_plan_gives_its_own_scores(seeded: Flask) -> None:
    """Sixteen districts that do nothing: 20 points on 28 February, none on 1 October (as the plan's own tests say)."""
    plan = the_plan()
    rows = exported(plan)
    for day, points in (("2021-02-28", 20), ("2021-03-01", 18), ("2021-06-01", 4), ("2021-10-01", 0)):
        assert set(scores(rows, day).values()) == {points}, day
