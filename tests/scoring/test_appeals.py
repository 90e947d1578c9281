"""Objections: until when, by whom they are not answered, how they are listed, and what they hold the freeze up for."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import complete, moment, owed, person, the_plan, unit_id
from tests.assignments.two_levels import now
from tests.makers import make_evaluation, make_evaluation_result, make_score_rule
from tests.scoring.test_deductions import decide, deduct, object_to
from tests.scoring.test_must_show import REVIEWER, score
from tracker.assignments.operations import change_status
from tracker.db import db, transaction
from tracker.people.models import User
from tracker.rules.evaluation import Verdict
from tracker.rules.permissions import Forbidden, Role
from tracker.rules.scoring import Outcome
from tracker.rules.status import Move, MoveRefused, RequestState, Status
from tracker.scoring import appeals, operations, queries, readiness
from tracker.scoring.models import Appeal, EvaluationResult
from tracker.scoring.operations import LineKey

PUBLISHED = "2021-10-20"
LAST, AFTER = "2021-10-27", "2021-10-28"
"""Five working days after a Wednesday, and the day after."""


def publish(day: str = PUBLISHED) -> None:
    """Let the evaluation's results be published."""
    with transaction():
        make_evaluation(plan_id=the_plan().id, published_on=date.fromisoformat(day), published_at=moment(day))


def seven() -> LineKey:
    """The line of task 7, which Songjiang missed."""
    return LineKey(assignment_id=owed("7", "songjiang"))


def freeze(day: str) -> None:
    """Make the scores final."""
    with transaction():
        operations.freeze(person("supervisor"), moment(day), the_plan())


# ---- until when


def test_until_the_publication_one_may_always_object(seeded: Flask) -> None:
    assert appeals.window(the_plan()) is None
    assert object_to(seven(), "2021-10-19").state == RequestState.ASKED


def test_after_the_publication_one_may_object_until_the_window_closes(seeded: Flask) -> None:
    publish()
    found = appeals.window(the_plan())
    assert found
    assert found.closes_after() == date.fromisoformat(LAST)
    with pytest.raises(MoveRefused, match="到 2021年10月27日 为止"):
        object_to(seven(), AFTER)
    assert object_to(seven(), LAST).day == date.fromisoformat(LAST)


def test_the_days_are_those_of_the_version_that_held_at_the_publication(seeded: Flask) -> None:
    publish()
    with transaction():
        make_score_rule(plan_id=the_plan().id, number=2, day=date(2021, 10, 1), appeal_days=1)
        make_score_rule(plan_id=the_plan().id, number=3, day=date(2021, 10, 21), appeal_days=9)
    found = appeals.window(the_plan())
    assert found
    assert found.closes_after() == date(2021, 10, 21)


def test_what_is_entered_after_the_publication_can_be_objected_to_in_days_of_its_own(seeded: Flask) -> None:
    publish()
    entry = deduct("1", AFTER)
    assert object_to(LineKey(deduction_id=entry.id), "2021-11-04").points == 1
    late = deduct("1", AFTER)
    with pytest.raises(MoveRefused, match="到 2021年11月4日 为止"):
        object_to(LineKey(deduction_id=late.id), "2021-11-05")


def test_the_freeze_waits_for_the_answers_and_for_the_end_of_the_window(seeded: Flask) -> None:
    publish()
    with pytest.raises(MoveRefused, match="异议期到 2021年10月27日 为止"):
        freeze(LAST)
    deduct("1", "2021-10-25")
    with pytest.raises(MoveRefused, match="异议期到 2021年11月1日 为止"):
        freeze("2021-11-01")
    freeze("2021-11-02")


def test_the_freeze_waits_for_what_was_missed_since_the_publication(seeded: Flask) -> None:
    """Six tasks are due on 31 March: a Wednesday, and three working days later are holidays of 清明 and a weekend."""
    publish("2021-03-25")
    with transaction():
        make_score_rule(plan_id=the_plan().id, number=2, day=date(2021, 2, 11))
    assert appeals.open_until(the_plan(), date(2021, 3, 31)) == date(2021, 4, 1)
    missed = appeals.open_until(the_plan(), date(2021, 4, 2))
    found = appeals.window(the_plan())
    assert found
    assert missed == found.closes_after(date(2021, 4, 1))
    with pytest.raises(MoveRefused, match=f"异议期到 2021年4月{missed.day}日 为止"):
        freeze("2021-04-02")
    assert readiness.pending(the_plan(), date(2021, 4, 2)).objections_until == missed
    assert object_to(LineKey(assignment_id=owed("9", "songjiang")), missed.isoformat()).state == RequestState.ASKED


# ---- what it is about


def test_a_point_that_the_evaluation_took_can_be_objected_to_and_comes_back(seeded: Flask) -> None:
    done = complete("7", "songjiang", REVIEWER, "2021-02-20")
    before = score(PUBLISHED)
    publish()
    with transaction():
        make_evaluation_result(
            plan_id=the_plan().id,
            assignment_id=done,
            verdict=Verdict.NOT_DONE,
            comment="现场未见台账",
            overrides=Status.COMPLETED,
            day=date.fromisoformat(PUBLISHED),
        )
    key = LineKey(assignment_id=done)
    lines = queries.explanation(person("songjiang-lead"), the_plan(), unit_id("songjiang"), date(2021, 10, 21)).lines
    (line,) = [line for line in lines if line.fact and line.fact.assignment_id == done]
    assert (line.outcome, line.points, appeals.arose_on(line)) == (Outcome.MISSED, -1, None)
    decide(object_to(key, "2021-10-22"), granted=True, day="2021-10-25")
    lines = queries.explanation(person("songjiang-lead"), the_plan(), unit_id("songjiang"), date(2021, 10, 25)).lines
    of_it = [(line.outcome, line.points) for line in lines if line.fact and line.fact.assignment_id == done]
    assert of_it == [(Outcome.MISSED, -1), (Outcome.EXCUSED, 1)]
    assert score("2021-10-25") == before


def test_an_objection_keeps_what_the_line_cost_when_it_was_filed(seeded: Flask) -> None:
    entry = deduct("1.5")
    found = object_to(LineKey(deduction_id=entry.id))
    decide(found, granted=False)
    kept = db.session.get_one(Appeal, found.id)
    assert (kept.points, kept.day, kept.reason) == (Decimal("1.5"), date(2021, 3, 8), "已按期完成")
    assert (kept.answer, kept.decided_by) == ("经核对属实", "督办员乙（演示）")


# ---- who answers


def test_whoever_entered_the_points_does_not_answer_and_hears_who_may(seeded: Flask) -> None:
    found = object_to(LineKey(deduction_id=deduct("1").id))
    with pytest.raises(Forbidden, match=r"您登记了这条扣分，.*可以裁定的人：督办员乙"):
        decide(found, granted=False, account="supervisor")
    decide(found, granted=False, account="supervisor2")


def test_whoever_had_the_last_word_on_the_task_does_not_answer(seeded: Flask) -> None:
    done = complete("7", "songjiang", REVIEWER, "2021-02-20")
    with transaction():
        change_status(person("supervisor"), moment("2021-02-22"), done, Move.REOPEN, "佐证不实", now(done).version)
    found = object_to(LineKey(assignment_id=done))
    with pytest.raises(Forbidden, match="审核过这项任务的最后一份报告"):
        decide(found, granted=True, account="supervisor")
    decide(found, granted=True, account="supervisor2")


def test_whoever_judged_the_task_in_the_evaluation_does_not_answer(seeded: Flask) -> None:
    publish()
    with transaction():
        make_evaluation_result(
            plan_id=the_plan().id, assignment_id=owed("7", "songjiang"), actor_id=person("supervisor2").id
        )
    found = object_to(seven(), "2021-10-22")
    with pytest.raises(Forbidden, match="在评估中认定了这项任务"):
        decide(found, granted=True, day="2021-10-25")
    decide(found, granted=True, day="2021-10-25", account="supervisor")


def test_where_nobody_else_is_there_the_refusal_says_what_to_do(seeded: Flask) -> None:
    found = object_to(LineKey(deduction_id=deduct("1").id))
    with transaction():
        for user in db.session.scalars(select(User).where(User.role == Role.SUPERVISOR, User.account != "supervisor")):
            user.active = False
    with pytest.raises(Forbidden, match="请系统管理员增设一个督办人员账号"):
        decide(found, granted=True, account="supervisor")


def test_a_districts_own_word_bars_nobody(seeded: Flask) -> None:
    with transaction():
        make_evaluation_result(
            plan_id=the_plan().id, assignment_id=owed("7", "songjiang"), stage="self", actor_id=person("supervisor").id
        )
    decide(object_to(seven()), granted=False, account="supervisor")
    assert db.session.scalar(select(EvaluationResult.stage)) == "self"


# ---- the list


def test_open_objections_stand_by_the_day_of_their_answer_and_answered_ones_by_their_day(seeded: Flask) -> None:
    eight = object_to(LineKey(assignment_id=owed("8", "songjiang")), "2021-03-09")
    first = object_to(seven(), "2021-03-08")
    entered = object_to(LineKey(deduction_id=deduct("1").id), "2021-03-10")
    decide(entered, granted=False, day="2021-03-11")
    supervisor, day = person("supervisor"), date(2021, 3, 12)
    found = appeals.listed(supervisor, RequestState.ASKED, None, None, day)
    assert [row.id for row, _ in found] == [first.id, eight.id]
    assert [str(clock.answer_by) for _, clock in found if clock] == ["2021-03-15", "2021-03-16"]
    assert [row.id for row, _ in appeals.listed(supervisor, RequestState.ASKED, None, None, day, 1, 1)] == [eight.id]
    ((answered, no_clock),) = appeals.listed(supervisor, RequestState.REFUSED, None, None, day)
    assert (answered.text, answered.points, no_clock) == ("材料不实", 1, None)
    assert appeals.counts(supervisor, None, None) == {
        RequestState.ASKED: 2,
        RequestState.GRANTED: 0,
        RequestState.REFUSED: 1,
    }


@pytest.mark.parametrize(
    ("account", "seen"),
    [
        ("supervisor", 1),
        ("leader", 1),
        ("songjiang-lead", 1),
        ("songjiang-clerk", 1),
        ("huangpu-lead", 0),
        ("auditor", 0),
        ("reviewer-mishu", 0),
    ],
)
def test_everybody_sees_the_objections_of_whoms_scores_they_see(seeded: Flask, account: str, seen: int) -> None:
    object_to(seven())
    found = appeals.counts(person(account), the_plan().id, unit_id("songjiang"))
    assert found[RequestState.ASKED] == seen
    assert len(appeals.listed(person(account), RequestState.ASKED, None, None, date(2021, 3, 9))) == seen


def test_a_later_version_gives_later_objections_more_days_for_their_answer(seeded: Flask) -> None:
    first = object_to(seven(), "2021-03-08")
    with transaction():
        make_score_rule(plan_id=the_plan().id, number=2, day=date(2021, 3, 9), answer_days=1)
    second = object_to(LineKey(assignment_id=owed("8", "songjiang")), "2021-03-09")
    found = appeals.clocks([first, second], date(2021, 3, 9))
    assert [str(found[one.id].answer_by) for one in (first, second)] == ["2021-03-15", "2021-03-10"]
