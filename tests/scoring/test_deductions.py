"""What is entered by hand, objected to, given back and frozen; past days keep what they showed."""

import json
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.assignments.acts import complete, moment, owed, person, take, the_plan, unit_id
from tests.makers import make_appeal
from tests.scoring.test_must_show import REVIEWER, score, standing
from tracker.assignments import closing, extensions
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.rules.permissions import Forbidden
from tracker.rules.scoring import Outcome
from tracker.rules.status import Move, MoveRefused
from tracker.scoring import operations, queries, sheets, verification
from tracker.scoring.models import Appeal, Deduction, Freeze
from tracker.scoring.operations import EntryRefused, LineKey
from tracker.scoring.queries import UnknownDistrict


def deduct(points: str, day: str = "2021-03-05", slug: str = "songjiang", reason: str = "材料不实") -> Deduction:
    """Let the supervisor take points off."""
    with transaction():
        return operations.deduct(person("supervisor"), moment(day), the_plan(), unit_id(slug), Decimal(points), reason)


def object_to(key: LineKey, day: str = "2021-03-08", account: str = "songjiang-lead") -> Appeal:
    """Let the district object to a line."""
    with transaction():
        return operations.appeal(person(account), moment(day), the_plan(), unit_id("songjiang"), key, "已按期完成")


def decide(appeal: Appeal, granted: bool, day: str = "2021-03-10", account: str = "supervisor2") -> Appeal:
    """Let a supervisor decide who had no part in the line."""
    with transaction():
        return operations.decide(person(account), moment(day), unit_id("songjiang"), appeal.id, granted, "经核对属实")


def test_entered_points_count_from_their_day_on_and_for_their_district_only(seeded: Flask) -> None:
    deduct("1.5")
    assert [score("2021-03-04"), score("2021-03-05"), score("2021-04-01")] == [18, Decimal("16.5"), Decimal("10.5")]
    assert score("2021-03-05", "huangpu") == 18
    assert standing("2021-03-05").rank == 16


def test_however_much_is_entered_a_score_stays_between_nothing_and_the_full_points(seeded: Flask) -> None:
    for _ in range(4):
        deduct("10")
    found = standing("2021-03-05").points
    assert (found.raw_deduction, found.deducted, found.score) == (42, 20, 0)


def test_the_explanation_holds_the_entered_line_and_adds_up(seeded: Flask) -> None:
    deduct("1.5")
    found = queries.explanation(person("songjiang-clerk"), the_plan(), unit_id("songjiang"), date(2021, 3, 5))
    entered = [line for line in found.lines if line.outcome is Outcome.ENTERED]
    assert [(line.points, line.reason, line.entry and line.entry.by) for line in entered] == [
        (Decimal("-1.5"), "材料不实", "督办员（演示）")
    ]
    assert sum(line.points for line in found.lines) == found.standing.points.score


def test_an_upheld_appeal_gives_the_point_back_from_the_day_of_the_decision(seeded: Flask) -> None:
    appeal = object_to(LineKey(assignment_id=owed("7", "songjiang")))
    assert score("2021-03-09") == 18
    decide(appeal, granted=True)
    assert [score("2021-03-09"), score("2021-03-10")] == [18, 19]
    lines = queries.explanation(person("songjiang-lead"), the_plan(), unit_id("songjiang"), date(2021, 3, 10)).lines
    of_seven = [(line.outcome, line.points) for line in lines if line.fact and line.fact.number == "7"]
    assert of_seven == [(Outcome.MISSED, -1), (Outcome.EXCUSED, 1)]


def test_what_came_back_is_not_given_twice_when_the_task_is_done_after_all(seeded: Flask) -> None:
    decide(object_to(LineKey(assignment_id=owed("7", "songjiang"))), granted=True)
    complete("7", "songjiang", REVIEWER, "2021-03-12")
    assert [score("2021-03-11"), score("2021-03-12")] == [19, 19]


def test_an_upheld_appeal_against_an_entry_is_another_line_and_the_first_one_stays(seeded: Flask) -> None:
    entry = deduct("2")
    decide(object_to(LineKey(deduction_id=entry.id)), granted=True)
    assert [score("2021-03-05"), score("2021-03-09"), score("2021-03-10")] == [16, 16, 18]
    kept = db.session.scalars(select(Deduction.points).order_by(Deduction.id)).all()
    assert kept == [2, -2]


def test_a_refused_appeal_changes_nothing_and_can_be_followed_by_another(seeded: Flask) -> None:
    key = LineKey(assignment_id=owed("7", "songjiang"))
    decide(object_to(key), granted=False)
    assert score("2021-03-10") == 18
    object_to(key, "2021-03-11")
    with pytest.raises(MoveRefused, match="已经提出过异议"):
        object_to(key, "2021-03-12")


def test_a_decided_appeal_stays_decided(seeded: Flask) -> None:
    appeal = object_to(LineKey(assignment_id=owed("7", "songjiang")))
    decide(appeal, granted=False)
    with pytest.raises(MoveRefused, match="已由督办员乙（演示）裁定"):
        decide(appeal, granted=True)


def test_only_a_line_that_costs_points_can_be_objected_to(seeded: Flask) -> None:
    for key in (
        LineKey(),
        LineKey(deduction_id=4711),
        LineKey(assignment_id=owed("8", "songjiang")),
        LineKey(assignment_id=owed("7", "huangpu")),
    ):
        with pytest.raises(EntryRefused, match="请选择要提出异议的扣分行"):
            object_to(key, "2021-02-20")


def test_only_the_districts_own_lead_objects_and_only_the_supervisor_deducts_and_decides(seeded: Flask) -> None:
    key = LineKey(assignment_id=owed("7", "songjiang"))
    with pytest.raises(UnknownDistrict):
        object_to(key, account="huangpu-lead")
    with pytest.raises(Forbidden):
        object_to(key, account="songjiang-clerk")
    appeal = object_to(key)
    for account in ("songjiang-lead", "leader", "admin", "auditor"):
        with pytest.raises(Forbidden), transaction():
            operations.decide(person(account), moment("2021-03-10"), unit_id("songjiang"), appeal.id, True, "好")
        with pytest.raises(Forbidden), transaction():
            operations.deduct(person(account), moment("2021-03-10"), the_plan(), unit_id("songjiang"), Decimal(1), "好")


@pytest.mark.parametrize(("reason", "message"), [("  ", "请写明理由"), ("长" * 501, "最多 500 个字")])
def test_a_deduction_needs_a_reason_that_fits(seeded: Flask, reason: str, message: str) -> None:
    with pytest.raises(EntryRefused, match=message):
        deduct("1", reason=reason)
    assert db.session.scalar(select(Deduction.id)) is None


# ---- the frozen sheet


def freeze(day: str = "2021-03-20") -> Freeze:
    """Let the supervisor make the scores final."""
    with transaction():
        return operations.freeze(person("supervisor"), moment(day), the_plan(), "演练定稿")


def test_the_frozen_sheet_holds_every_district_line_by_line_with_its_hash(seeded: Flask) -> None:
    deduct("1.5")
    found = freeze()
    content = json.loads(found.sheet)
    assert len(content["districts"]) == 16
    songjiang = next(entry for entry in content["districts"] if entry["district"] == "松江区司法局")
    assert songjiang["score"] == "16.5"
    assert sum(Decimal(line["points"]) for line in songjiang["lines"]) == Decimal("16.5")
    assert sheets.digest(found.sheet) == found.sha256
    assert sheets.sheet(the_plan(), found.day, "演练定稿") == found.sheet


def test_after_the_freeze_nothing_more_is_entered_objected_to_or_frozen(seeded: Flask) -> None:
    freeze()
    with pytest.raises(MoveRefused, match="定稿封存"):
        deduct("1", "2021-03-21")
    with pytest.raises(MoveRefused, match="定稿封存"):
        object_to(LineKey(assignment_id=owed("7", "songjiang")), "2021-03-21")
    with pytest.raises(MoveRefused, match="定稿封存"):
        freeze("2021-03-21")


def test_an_undecided_appeal_holds_the_freeze_up(seeded: Flask) -> None:
    object_to(LineKey(assignment_id=owed("7", "songjiang")))
    with pytest.raises(MoveRefused, match="还有异议没有裁定"):
        freeze()


def test_the_replay_agrees_and_notices_a_sheet_that_was_altered(seeded: Flask) -> None:
    complete("7", "songjiang", REVIEWER, "2021-03-05")
    deduct("0.5", "2021-03-06")
    frozen = freeze()
    auditor, day = person("auditor"), frozen.day
    found = verification.replay(auditor, the_plan(), day)
    assert found.agrees
    assert {check.frozen for check in found.checks} == {Decimal(18), Decimal("18.5")}
    with transaction():
        db.session.get_one(Freeze, frozen.id).sheet = frozen.sheet.replace('"18.5"', '"20"')
    again = verification.replay(auditor, the_plan(), day)
    assert not again.agrees
    assert [check.district for check in again.checks if not check.agrees] == ["松江区司法局"]
    assert not again.intact


def test_every_act_is_on_record(seeded: Flask) -> None:
    decide(object_to(LineKey(assignment_id=owed("7", "songjiang"))), granted=True)
    deduct("1", "2021-03-11")
    freeze()
    acts = db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.number)).all()
    assert [act for act in acts if act in ("appeal", "decide_appeal", "deduct", "freeze_scores")] == [
        "appeal",
        "decide_appeal",
        "deduct",
        "freeze_scores",
    ]


# ---- the draft ranking


def test_the_draft_ranking_takes_what_is_under_review_as_accepted_that_day(seeded: Flask) -> None:
    seven = owed("7", "songjiang")
    take("songjiang-clerk", Move.ACKNOWLEDGE, "2021-03-02", seven)
    take("songjiang-clerk", Move.SUBMIT, "2021-03-02", seven)
    board = {found.short_name: found for found in queries.draft(the_plan(), date(2021, 3, 5))}
    assert (board["松江"].rank, board["松江"].points.score, board["松江"].tally.late) == (1, 19, 1)
    assert (board["黄浦"].rank, board["黄浦"].points.score) == (2, 18)
    assert score("2021-03-05") == 18


def test_of_two_appeals_against_one_line_the_second_is_refused_by_the_database_itself(seeded: Flask) -> None:
    entry = deduct("5")
    first = object_to(LineKey(deduction_id=entry.id))
    decide(first, granted=True)
    with pytest.raises(IntegrityError), transaction():
        make_appeal(plan_id=first.plan_id, district_id=first.district_id, deduction_id=entry.id)


def test_a_point_given_back_stays_back_when_the_task_is_done_late_and_late_counts(seeded: Flask) -> None:
    with transaction():
        the_plan().late_counts = True
    decide(object_to(LineKey(assignment_id=owed("7", "songjiang"))), granted=True)
    assert score("2021-03-11") == 19
    complete("7", "songjiang", REVIEWER, "2021-03-12")
    assert [score("2021-03-11"), score("2021-03-12")] == [19, 19]
    found = queries.explanation(person("songjiang-lead"), the_plan(), unit_id("songjiang"), date(2021, 3, 12))
    of_seven = [(line.outcome, line.points) for line in found.lines if line.fact and line.fact.number == "7"]
    assert of_seven == [(Outcome.LATE, -1), (Outcome.EXCUSED, 1)]
    assert sum(line.points for line in found.lines) == found.standing.points.score


def test_the_draft_ranking_gives_no_point_twice(seeded: Flask) -> None:
    seven = owed("7", "songjiang")
    decide(object_to(LineKey(assignment_id=seven)), granted=True)
    take("songjiang-clerk", Move.ACKNOWLEDGE, "2021-03-11", seven)
    take("songjiang-clerk", Move.SUBMIT, "2021-03-11", seven)
    draft = next(found for found in queries.draft(the_plan(), date(2021, 3, 12)) if found.short_name == "松江")
    assert draft.points.score == score("2021-03-12") == 19


def test_a_sheet_whose_ranks_or_lines_were_forged_with_its_hash_is_noticed(seeded: Flask) -> None:
    frozen = freeze()
    with transaction():
        forged = db.session.get_one(Freeze, frozen.id)
        forged.sheet = forged.sheet.replace('"rank": 1', '"rank": 2')
        forged.sha256 = sheets.digest(forged.sheet)
    found = verification.replay(person("auditor"), the_plan(), frozen.day)
    assert not found.agrees
    assert (found.intact, found.unchanged) == (False, False)


def test_after_the_freeze_nothing_is_signed_off_struck_off_or_asked_for(seeded: Flask) -> None:
    done = complete("7", "songjiang", REVIEWER, "2021-02-20")
    freeze("2021-02-21")
    with pytest.raises(MoveRefused, match="定稿封存"), transaction():
        closing.close(person("supervisor"), moment("2021-02-22"), done)
    with pytest.raises(MoveRefused, match="定稿封存"), transaction():
        extensions.ask(
            person("songjiang-lead"),
            moment("2021-02-22"),
            owed("8", "songjiang"),
            date(2021, 4, 30),
            "人员调整",
            "已过半",
        )
