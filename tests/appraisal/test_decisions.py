"""The leading group decides what the scheme leaves open; points follow, and earlier decisions stay."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.appraisal.acts import COMPILER, DAY, HEAD, begin, put, sheet, the_year
from tests.appraisal.result_acts import compile_year, complete, decide
from tests.assignments.acts import person
from tracker.appraisal import decisions
from tracker.appraisal.decisions import Decided, DecisionRefused, Overtaken
from tracker.appraisal.queries import UnknownAppraisal
from tracker.audit.models import AuditEntry
from tracker.db import db
from tracker.rules.permissions import Forbidden


@pytest.fixture
def begun(seeded: Flask) -> Flask:
    """The demo with a year of appraisal that has just begun."""
    begin()
    return seeded


def matter(subject: str, account: str = HEAD) -> Decided:
    listed = decisions.matters(person(account), the_year().id, date.fromisoformat(DAY))
    return next(each for each in listed if each.matter.subject == subject)


def test_the_unit_concerned_sees_what_either_cap_would_leave(begun: Flask) -> None:
    effect = matter("cap:W6-4.1").effects[0]
    assert effect.unit == "促进法治科"
    assert {value: str(points) for value, points in effect.items.items()} == {"20": "0", "10": "10"}
    assert effect.totals["10"] - effect.totals["20"] == 10
    assert matter("cap:W6-4.1", "songjiang-cujinfazhi").effects == (effect,)
    assert matter("cap:W6-4.1", "songjiang-bangongshi").effects == ()


def test_a_cap_that_is_decided_changes_the_points(begun: Flask) -> None:
    decide("cap:W6-4.1", "10")
    assert sheet("促进法治科").results["W6-4"].points == 10
    decide("cap:W6-4.1", "20", seen=matter("cap:W6-4.1").seen)
    assert sheet("促进法治科").results["W6-4"].points == 0
    assert [row.value for row in matter("cap:W6-4.1").decisions] == ["20", "10"]


def test_a_split_sheet_and_a_clause_switched_on_count(begun: Flask) -> None:
    decide("split:W5", "yes")
    complete()
    assert sum(each.item.points or 0 for each in sheet("秘书科").year.work) == 38
    assert sum(each.item.points or 0 for each in sheet("普法科").year.work) == 22
    decide("enable:T-3.4", "yes")
    put("办公室", "T-3.4")
    assert sheet("办公室").year.team_points == 19.5


def test_a_total_ends_at_zero_where_that_is_decided(begun: Flask) -> None:
    put("办公室", "X-1.1", points="10", count=10)
    below = matter("floor").effects[0]
    assert (below.unit, below.totals["yes"]) == ("办公室", 0)
    assert sheet("办公室").year.total == below.totals["no"] < 0
    decide("floor", "yes")
    assert sheet("办公室").year.total == 0


def test_the_second_of_two_people_is_told(begun: Flask) -> None:
    first = decide("note:47", "noted", reason="并列的由领导小组投票")
    with pytest.raises(Overtaken, match="没有保存"):
        decide("note:47", "asked")
    decide("note:47", "asked", seen=first)
    assert matter("note:47").is_open


@pytest.mark.parametrize(("value", "reason", "field"), [("15", "商定", "value"), ("10", " ", "reason")])
def test_a_decision_needs_a_value_that_is_asked_and_a_reason(begun: Flask, value: str, reason: str, field: str) -> None:
    with pytest.raises(DecisionRefused) as refused:
        decide("cap:W6-4.1", value, reason=reason)
    assert list(refused.value.problems) == [field]


def test_the_leading_group_alone_decides_until_it_approves(begun: Flask) -> None:
    with pytest.raises(Forbidden):
        decide("floor", "yes", account=COMPILER)
    with pytest.raises(UnknownAppraisal):
        decide("cap:W1-1.1", "1")
    complete()
    compile_year()
    decide("floor", "yes")
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last
    assert (last.act, last.object_type, last.object_id) == ("decide_appraisal", "appraisal", the_year().id)
