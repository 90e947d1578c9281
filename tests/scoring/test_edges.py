"""At the edges the board, the lines, the history, the sheet and the recount still say the same of a district."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import complete, moment, owed, take, the_plan, unit_id
from tests.makers import make_score_rule
from tests.scoring.random_history import Shape, lived
from tests.scoring.recompute import scores
from tests.scoring.test_deductions import decide, deduct, object_to
from tests.scoring.test_evaluations import PUBLISHED, begin, judge, judge_rest, publish, said
from tests.scoring.test_must_show import REVIEWER, standing
from tests.scoring.test_recompute import board, exported
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.rules import scoring
from tracker.rules.evaluation import Verdict
from tracker.rules.permissions import SYSTEM
from tracker.rules.score_terms import OfficesCondition
from tracker.rules.scoring import Outcome
from tracker.rules.status import Move
from tracker.scoring import comparison, facts, queries, record, sheet_content
from tracker.scoring.operations import LineKey
from tracker.scoring.queries import scoreboard

LATER = "2021-10-25"


def score(day: str) -> Decimal:
    """Return the score of 松江 on a day, on which whatever counts it agrees; or the test fails."""
    plan, unit, on = the_plan(), unit_id("songjiang"), date.fromisoformat(day)
    found = queries.explained(plan, unit, on)
    known = facts.of(plan, found.rule, on, unit)[unit]
    score = found.standing.points.score
    tally = found.standing.tally
    assert replace(scoring.tally(found.rule, known, on), entered=tally.entered) == tally
    assert sum(line.points for line in found.lines) == score
    assert record.of(plan, unit).facts(on, unit) == known
    assert scores(exported(plan), day) == board(plan, on)
    assert comparison.compare(SYSTEM, plan, unit, date(2021, 2, 11), on).after == found.standing
    (sheet,) = sheet_content.content(plan, on, unit)["districts"]
    assert sheet_content.total(sheet["lines"]) == score
    return score


def lines(assignment_id: int, day: str) -> list[tuple[Outcome, Decimal]]:
    """Return the lines of a task of 松江 with their points."""
    found = queries.explained(the_plan(), unit_id("songjiang"), date.fromisoformat(day)).lines
    return [(line.outcome, line.points) for line in found if line.fact and line.fact.assignment_id == assignment_id]


def raise_base(points: int = 40) -> None:
    """Let the item have so many points that no cap hides one."""
    with transaction():
        make_score_rule(
            plan_id=the_plan().id, number=2, day=date(2021, 2, 11), at=moment("2021-02-11"), base_points=Decimal(points)
        )


def evaluate(number: str, verdict: Verdict) -> None:
    """Publish the results of an evaluation that judges one task of 松江 so, all others as the record says."""
    begin()
    judge(said(number, verdict, "现场核查"))
    judge_rest()
    publish()


# ---- withdrawn


def test_what_is_withdrawn_costs_nothing_though_the_evaluation_judged_it_not_done(seeded: Flask) -> None:
    raise_base()
    seven = owed("7", "songjiang")
    take("supervisor", Move.EXEMPT, "2021-02-20", seven, "该区没有这项职能")
    evaluate("7", Verdict.NOT_DONE)
    assert lines(seven, PUBLISHED) == [(Outcome.MISSED, -1)]
    before, due = score(PUBLISHED), standing(PUBLISHED).tally.due
    take("supervisor", Move.WITHDRAW, LATER, seven, "任务撤销")
    assert lines(seven, LATER) == [(Outcome.EXCLUDED, 0)]
    assert (score(LATER), standing(LATER).tally.due) == (before + 1, due - 1)
    assert score(PUBLISHED) == before


# ---- nothing but 不适用


@pytest.mark.parametrize("offices", [OfficesCondition.NONE, OfficesCondition.ALL])
def test_a_district_for_which_nothing_applies_keeps_its_place_and_what_was_entered(
    seeded: Flask, offices: OfficesCondition
) -> None:
    with transaction():
        make_score_rule(
            plan_id=the_plan().id, number=2, day=date(2021, 2, 11), at=moment("2021-02-11"), offices_condition=offices
        )
    deduct("2", day="2021-02-14")
    for id_ in db.session.scalars(select(Assignment.id).where(Assignment.unit_id == unit_id("songjiang"))).all():
        take("supervisor", Move.EXEMPT, "2021-02-15", id_, "该区没有这项职能")
    assert score("2021-03-05") == 18
    found = standing("2021-03-05")
    assert (found.tally.due, found.tally.total, found.rank) == (0, 0, 1)
    known = queries.explained(the_plan(), unit_id("songjiang"), date(2021, 3, 5)).lines
    assert sum(line.outcome is Outcome.EXCLUDED for line in known) == 28
    assert len(scoreboard(the_plan(), date(2021, 3, 5))) == len(queries.draft(the_plan(), date(2021, 3, 5))) == 16
    deduct("1", day="2021-03-06")
    assert score("2021-03-06") == 17


# ---- an upheld appeal


def uphold(assignment_id: int) -> None:
    """Let 松江's appeal against a missed task be upheld on 10 March."""
    decide(object_to(LineKey(assignment_id=assignment_id)), granted=True)


def test_an_upheld_appeal_ends_when_what_was_accepted_since_is_taken_back(seeded: Flask) -> None:
    raise_base()
    seven = owed("7", "songjiang")
    uphold(seven)
    assert lines(seven, "2021-03-10") == [(Outcome.MISSED, -1), (Outcome.EXCUSED, 1)]
    complete("7", "songjiang", REVIEWER, "2021-03-12")
    take("supervisor", Move.REOPEN, "2021-03-20", seven, "材料不实")
    assert lines(seven, "2021-03-19") == [(Outcome.LATE, 0)]
    assert lines(seven, "2021-03-25") == [(Outcome.MISSED, -1)]
    given_back = score("2021-03-19")
    assert given_back - score("2021-03-25") == 1
    assert lines(seven, "2021-03-11") == [(Outcome.MISSED, -1), (Outcome.EXCUSED, 1)]
    assert score("2021-03-11") == given_back


def test_an_upheld_appeal_outlasts_what_happened_before_it_and_on_its_day(seeded: Flask) -> None:
    """Neither a return nor an acceptance of old ends it: it was upheld against what the task had become by then."""
    raise_base()
    seven = complete("7", "songjiang", REVIEWER, "2021-02-20")
    take("supervisor", Move.REOPEN, "2021-03-02", seven, "材料不实")
    uphold(seven)
    take("songjiang-clerk", Move.SUBMIT, "2021-03-11", seven)
    take(REVIEWER, Move.RETURN, "2021-03-12", seven, "材料不足")
    assert lines(seven, "2021-03-15") == [(Outcome.MISSED, -1), (Outcome.EXCUSED, 1)]
    assert score("2021-03-15") == score("2021-02-28") - 1


def test_an_evaluation_published_since_stands_above_an_upheld_appeal(seeded: Flask) -> None:
    raise_base()
    seven = owed("7", "songjiang")
    uphold(seven)
    complete("7", "songjiang", REVIEWER, "2021-03-12")
    evaluate("7", Verdict.NOT_DONE)
    assert lines(seven, PUBLISHED) == [(Outcome.MISSED, -1)]
    assert score("2021-10-19") - score(PUBLISHED) == 1


def test_an_appeal_upheld_after_the_publication_stands_above_the_evaluation(seeded: Flask) -> None:
    raise_base()
    seven = complete("7", "songjiang", REVIEWER, "2021-02-20")
    evaluate("7", Verdict.NOT_DONE)
    decide(object_to(LineKey(assignment_id=seven), "2021-10-21"), granted=True, day="2021-10-22", account="supervisor2")
    assert lines(seven, "2021-10-22") == [(Outcome.MISSED, -1), (Outcome.EXCUSED, 1)]
    assert score("2021-10-22") == score("2021-10-19")


# ---- whatever happens

FEW = Shape(plans=2, districts=3, offices=1, tasks=2, days=24, steps=(0, 4, 8))
"""So few tasks that of a district nothing may be left that applies, and nothing at all."""


@pytest.mark.parametrize("seed", [1013, 1014])
def test_where_little_is_owed_the_board_the_lines_and_the_recount_agree_on_any_day(app: Flask, seed: int) -> None:
    course, days = lived(seed, FEW)
    for plan in course.plans:
        rows = exported(plan)
        for number in range((days[-1] - days[0]).days + 10):
            day = days[0] + timedelta(days=number)
            assert scores(rows, day.isoformat()) == board(plan, day), (plan.id, day)
            for stands in scoreboard(plan, day):
                found = queries.explained(plan, stands.district_id, day)
                assert sum(line.points for line in found.lines) == stands.points.score, (plan.id, day)
