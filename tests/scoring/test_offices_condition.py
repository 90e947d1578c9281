"""Where the rule asks for the 司法所 (C-05), the board, the facts and the explanation agree on what counts as done."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from tests import factories as make
from tests.makers import make_score_rule
from tracker.db import transaction
from tracker.plans.models import Plan
from tracker.rules import scoring
from tracker.rules.organizations import OrganizationKind
from tracker.rules.score_terms import OfficesCondition
from tracker.rules.scoring import Cause, Line, Outcome
from tracker.rules.status import Status
from tracker.scoring import facts, queries
from tracker.scoring.queries import Standing

DUE, LATER = date(2021, 3, 31), date(2021, 4, 10)
EARLY, ENOUGH, LATE = date(2021, 3, 10), date(2021, 3, 20), date(2021, 4, 5)
OPEN, EXEMPT, WITHDRAWN = Status.IN_PROGRESS, Status.EXEMPT, Status.WITHDRAWN
ALL, SHARE, NONE = OfficesCondition.ALL, OfficesCondition.SHARE, OfficesCondition.NONE


@dataclass(frozen=True)
class World:
    """A plan with one task, of one district with some 司法所."""

    plan: Plan
    district_id: int
    task_id: int

    def explained(self, day: date) -> tuple[Line, Standing]:
        """Return the task's line and the district's place on the board; the parts agree, or the test fails."""
        found = queries.explained(self.plan, self.district_id, day)
        known = facts.of(self.plan, found.rule, day)[self.district_id]
        assert found.standing.tally == scoring.tally(found.rule, known, day)
        assert sum(line.points for line in found.lines) == found.standing.points.score
        assert found.standing == queries.standing(self.plan, day, self.district_id)
        (line,) = [line for line in found.lines if line.fact]
        return line, found.standing


def owe(task_id: int, unit_id: int, stands: date | Status) -> None:
    """Let a unit have done a task on a day, or stand with it in another way."""
    fields = {"status": Status.COMPLETED, "completed_on": stands} if isinstance(stands, date) else {"status": stands}
    make.make_assignment(task_id=task_id, unit_id=unit_id, **fields)


def world(
    done: date | Status,
    offices: list[date | Status],
    condition: OfficesCondition = ALL,
    share: int = 100,
    late_counts: bool = False,
) -> World:
    """Make a district that stands with its task in one way, and its 司法所 each in another."""
    with transaction():
        plan = make.make_plan()
        make_score_rule(
            plan_id=plan.id,
            offices_condition=condition,
            offices_share=share,
            late_counts=late_counts,
            day=plan.issued_on,
        )
        task = make.make_task(plan_id=plan.id, due_on=DUE)
        district = make.make_organization()
        owe(task.id, district.id, done)
        for stands in offices:
            office = make.make_organization(kind=OrganizationKind.JUSTICE_OFFICE, parent_id=district.id)
            owe(task.id, office.id, stands)
    return World(plan, district.id, task.id)


@pytest.mark.parametrize(
    ("done", "offices", "condition", "share", "outcome", "done_on"),
    [
        pytest.param(EARLY, [OPEN, OPEN], NONE, 100, Outcome.DONE, EARLY, id="no condition"),
        pytest.param(EARLY, [], ALL, 100, Outcome.DONE, EARLY, id="no offices"),
        pytest.param(ENOUGH, [EARLY, EARLY], ALL, 100, Outcome.DONE, ENOUGH, id="offices first"),
        pytest.param(EARLY, [EARLY, ENOUGH], ALL, 100, Outcome.DONE, ENOUGH, id="offices last"),
        pytest.param(EARLY, [EARLY, LATE], ALL, 100, Outcome.LATE, LATE, id="reached after the due day"),
        pytest.param(EARLY, [EARLY, OPEN], ALL, 100, Outcome.MISSED, None, id="one is missing"),
        pytest.param(OPEN, [EARLY, EARLY], ALL, 100, Outcome.MISSED, None, id="not accepted itself"),
        pytest.param(EARLY, [EARLY, EXEMPT], ALL, 100, Outcome.DONE, EARLY, id="one is exempt"),
        pytest.param(EARLY, [ENOUGH, WITHDRAWN], ALL, 100, Outcome.DONE, ENOUGH, id="one is withdrawn"),
        pytest.param(EARLY, [EXEMPT, EXEMPT], ALL, 100, Outcome.DONE, EARLY, id="all are exempt"),
        pytest.param(EARLY, [EARLY, OPEN, OPEN], SHARE, 50, Outcome.MISSED, None, id="1 of 3 is no half"),
        pytest.param(EARLY, [EARLY, ENOUGH, OPEN], SHARE, 50, Outcome.DONE, ENOUGH, id="2 of 3 is half"),
        pytest.param(EARLY, [EARLY, ENOUGH, OPEN], SHARE, 67, Outcome.MISSED, None, id="2 of 3 is no 67%"),
        pytest.param(EARLY, [EARLY, ENOUGH, LATE], SHARE, 67, Outcome.LATE, LATE, id="67% of 3 is 3"),
        pytest.param(EARLY, [EARLY, OPEN, EXEMPT], SHARE, 50, Outcome.DONE, EARLY, id="1 of 2 that count"),
        pytest.param(EARLY, [ENOUGH, OPEN], SHARE, 1, Outcome.DONE, ENOUGH, id="1% of 2 is 1"),
    ],
)
def test_a_task_counts_as_done_once_the_district_and_enough_of_its_offices_have_done_it(
    app: Flask,
    done: date | Status,
    offices: list[date | Status],
    condition: OfficesCondition,
    share: int,
    outcome: Outcome,
    done_on: date | None,
) -> None:
    line, standing = world(done, offices, condition, share).explained(LATER)
    assert line.fact
    assert (line.outcome, line.fact.completed_on) == (outcome, done_on)
    assert standing.points.score == (19 if outcome is Outcome.MISSED else 20)


@pytest.mark.parametrize(("late_counts", "points"), [(False, 0), (True, -1)])
def test_offices_that_come_after_the_due_day_make_the_task_late(app: Flask, late_counts: bool, points: int) -> None:
    line, standing = world(EARLY, [EARLY, LATE], late_counts=late_counts).explained(LATER)
    assert (line.outcome, line.points, standing.tally.late) == (Outcome.LATE, points, 1)
    assert "司法所 2021-04-05 达到 100%" in line.reason


def test_what_offices_lack_is_said_with_what_stands_on_record(app: Flask) -> None:
    line, _ = world(EARLY, [EARLY, OPEN, OPEN], SHARE, 60).explained(LATER)
    assert line.fact
    assert line.fact.judged
    assert (line.fact.judged.cause, line.fact.judged.recorded) == (Cause.OFFICES, Status.COMPLETED)
    assert line.reason == "司法所办结 1/3，未达到 60%"


def test_before_the_due_day_missing_offices_cost_nothing(app: Flask) -> None:
    line, standing = world(EARLY, [EARLY, OPEN]).explained(DUE)
    assert (line.outcome, standing.points.score, standing.tally.completed) == (Outcome.NOT_DUE, 20, 0)


def test_one_districts_offices_are_not_asked_of_another(app: Flask) -> None:
    place = world(EARLY, [EARLY, OPEN])
    with transaction():
        other = make.make_organization()
        owe(place.task_id, other.id, EARLY)
    scores = {row.district_id: row.points.score for row in queries.scoreboard(place.plan, LATER)}
    assert scores == {place.district_id: Decimal(19), other.id: Decimal(20)}


def test_on_days_before_the_condition_the_offices_did_not_matter(app: Flask) -> None:
    place = world(EARLY, [EARLY, OPEN])
    with transaction():
        make_score_rule(plan_id=place.plan.id, number=3, day=LATER)
    assert [place.explained(day)[1].points.score for day in (date(2021, 4, 9), LATER)] == [19, 20]
