"""A unit objects to an entry of its own; whoever leads and did not record it decides; upheld, the points come back."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.appraisal.acts import COMPILER, DAY, HEAD, begin, put, sheet, take_back, the_year
from tests.assignments.acts import moment, person, unit_id
from tests.factories import make_user
from tracker.appraisal import appeals
from tracker.appraisal.entries import EntryRefused
from tracker.appraisal.models import AppraisalAppeal
from tracker.appraisal.queries import UnknownAppraisal
from tracker.db import db, transaction
from tracker.rules.appraisal.steps import Stage
from tracker.rules.permissions import Forbidden, Role
from tracker.rules.status import MoveRefused, RequestState

OFFICE = "songjiang-bangongshi"


@pytest.fixture
def begun(seeded: Flask) -> Flask:
    """The demo with a year of appraisal that has just begun."""
    begin()
    return seeded


def appeal(entry: int, account: str = OFFICE, reason: str = "已事先请假", day: str = DAY) -> int:
    with transaction():
        return appeals.appeal(person(account), moment(day), the_year().id, entry, reason).id


def decide(id_: int, granted: bool, account: str = HEAD, answer: str = "经核对属实", day: str = "2021-09-03") -> None:
    with transaction():
        appeals.decide(person(account), moment(day), the_year().id, id_, granted, answer)


def state(id_: int) -> str:
    return db.session.scalars(select(AppraisalAppeal.state).where(AppraisalAppeal.id == id_)).one()


def test_an_upheld_objection_gives_the_points_back_and_both_rows_stay(begun: Flask) -> None:
    entry = put("办公室", "W1-3.1")
    asked = appeal(entry)
    assert (sheet("办公室").results["W1-3"].points, appeals.open_count(the_year().id)) == (8, 1)
    decide(asked, True)
    found = sheet("办公室")
    assert (found.results["W1-3"].points, appeals.open_count(the_year().id)) == (10, 0)
    (recorded,) = found.recorded
    assert recorded.reversal
    assert recorded.reversal.note == "异议成立：经核对属实"
    with pytest.raises(MoveRefused, match="已经撤销"):
        appeal(entry)


def test_a_refused_objection_leaves_the_entry_and_may_be_made_again(begun: Flask) -> None:
    entry = put("办公室", "W1-3.1")
    first = appeal(entry)
    with pytest.raises(MoveRefused, match="等待裁定"):
        appeal(entry)
    decide(first, False, answer="没有请假记录")
    assert sheet("办公室").results["W1-3"].points == 8
    with pytest.raises(MoveRefused, match="已由"):
        decide(first, True)
    second = appeal(entry, reason="补交请假单")
    assert (state(first), state(second)) == (RequestState.REFUSED, RequestState.ASKED)


def test_only_the_unit_itself_objects_and_only_the_leading_group_decides(begun: Flask) -> None:
    entry = put("办公室", "W1-3.1")
    for account in ("songjiang-lvgong", COMPILER, HEAD):
        with pytest.raises(Forbidden):
            appeal(entry, account)
    asked = appeal(entry)
    for account in (OFFICE, COMPILER):
        with pytest.raises(Forbidden):
            decide(asked, True, account)
    with pytest.raises(UnknownAppraisal):
        decide(asked, True, "putuo-head")


def test_whoever_recorded_the_entry_does_not_decide_and_is_told_who_may(begun: Flask) -> None:
    asked = appeal(put("政治处", "W2-1.1"), COMPILER)
    with pytest.raises(Forbidden, match=f"可以裁定的人：{person('songjiang-lead').name}"):
        decide(asked, True)
    with transaction():
        make_user(account="sj-deputy", name="分管领导甲", role=Role.LEAD, unit_id=unit_id("songjiang"))
    with pytest.raises(Forbidden, match="分管领导甲"):
        decide(asked, True)
    decide(asked, True, "sj-deputy")
    assert sheet("政治处").year.work_points == 60


def test_reasons_are_needed_on_both_sides(begun: Flask) -> None:
    entry = put("办公室", "W1-3.1")
    for words in (" ", "字" * 501):
        with pytest.raises(EntryRefused):
            appeal(entry, reason=words)
    asked = appeal(entry)
    with pytest.raises(EntryRefused):
        decide(asked, True, answer=" ")
    assert state(asked) == RequestState.ASKED


def test_what_was_taken_back_meanwhile_is_upheld_without_a_second_reversal(begun: Flask) -> None:
    entry = put("办公室", "W1-3.1")
    asked = appeal(entry)
    take_back(entry)
    decide(asked, True)
    assert sheet("办公室").results["W1-3"].points == 10


def test_after_the_year_is_compiled_nobody_objects(begun: Flask) -> None:
    entry = put("办公室", "W1-3.1")
    with transaction():
        the_year().stage = Stage.COMPILED
    with pytest.raises(MoveRefused, match="已经汇总，不能再提出异议"):
        appeal(entry)


def test_the_list_has_the_oldest_first_with_its_clock_and_a_unit_sees_its_own(begun: Flask) -> None:
    first, second = appeal(put("办公室", "W1-3.1")), appeal(put("办公室", "W1-3.2"))
    decided = appeal(put("律公科", "W9-1.1"), "songjiang-lvgong")
    decide(decided, False)
    found, day = the_year(), date(2021, 9, 10)
    rows = appeals.listed(person(HEAD), found, RequestState.ASKED, day, 10)
    assert [row.id for row, _ in rows] == [first, second]
    clock = rows[0][1]
    assert clock
    assert (clock.answer_by, clock.over) == (date(2021, 9, 8), 2)
    assert [row.id for row, _ in appeals.listed(person(OFFICE), found, RequestState.REFUSED, day, 10)] == []
    assert appeals.counts(person("songjiang-lvgong"), found)[RequestState.REFUSED] == 1
    with pytest.raises(UnknownAppraisal):
        appeals.entry_of(person(OFFICE), found, decided)
