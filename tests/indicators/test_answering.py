"""What a unit types is kept blank by blank, never over another's, checked before it is handed in, corrected later."""

from decimal import Decimal

import pytest
from flask import Flask

from tests.indicators.acts import close, correct, explain, fill, open_round, recall, sheet, stored, submit, type_in
from tracker.indicators import queries
from tracker.indicators.answering import NotReady
from tracker.indicators.models import AnswerChange
from tracker.indicators.queries import UnknownRound
from tracker.rules.indicators.rounds import Progress, Source
from tracker.rules.indicators.values import State, ValueRefused
from tracker.rules.permissions import Forbidden
from tracker.rules.status import MoveRefused


def test_what_is_typed_is_kept_with_who_and_when(seeded: Flask) -> None:
    number = open_round()
    outcome = type_in(number, {"I007": "3", "I008": "是", "I020": "4.5"})
    assert outcome.stored == {"I007": 1, "I008": 1, "I020": 1}
    held = sheet(number).held["I007"]
    assert (held.value.number, held.version, held.source) == (Decimal(3), 1, Source.FORM)
    assert held.by == "松江经办（演示）"


def test_empty_zero_and_not_applicable_are_three_values(seeded: Flask) -> None:
    number = open_round()
    type_in(number, {"I007": "0", "I011": "不适用", "I012": "5"})
    type_in(number, {"I012": ""})
    held = sheet(number).held
    assert held["I007"].value.is_zero
    assert held["I011"].value.state is State.NOT_APPLICABLE
    assert held["I012"].value.state is State.EMPTY
    assert "I014" not in held


def test_a_wrong_blank_keeps_no_other_from_being_stored(seeded: Flask) -> None:
    number = open_round()
    outcome = type_in(number, {"I007": "三个", "I011": "2"})
    assert outcome.stored == {"I011": 1}
    assert "请只填数字" in outcome.refused["I007"]


def test_nobody_overwrites_what_they_have_not_seen(seeded: Flask) -> None:
    number = open_round()
    type_in(number, {"I007": "3"})
    outcome = type_in(number, {"I007": "5", "I011": "1"}, seen={"I007": 0})
    assert outcome.stored == {"I011": 1}
    assert (outcome.stale["I007"].theirs, outcome.stale["I007"].mine) == ("3", "5")
    assert sheet(number).held["I007"].value.number == 3


def test_two_who_type_the_same_do_not_disagree(seeded: Flask) -> None:
    number = open_round()
    type_in(number, {"I007": "3"})
    outcome = type_in(number, {"I007": "３"}, seen={"I007": 0})
    assert (outcome.stored, outcome.stale) == ({}, {})


def test_every_change_is_on_record_with_both_values(seeded: Flask) -> None:
    number = open_round()
    for text in ("3", "5", ""):
        type_in(number, {"I007": text})
    found = queries.changes(sheet(number).id, "I007")
    assert [(each.before, each.after) for each in found] == [("5", ""), ("3", "5"), ("", "3")]


def test_handing_in_names_what_is_missing(seeded: Flask) -> None:
    number = open_round()
    type_in(number, {"I007": "3"})
    with pytest.raises(NotReady) as refused:
        submit(number)
    assert len(refused.value.sheet.unanswered) > 100
    assert sheet(number).progress() is Progress.FILLING


def test_a_blocking_check_cannot_be_explained_away(seeded: Flask) -> None:
    number = open_round()
    fill(number)
    type_in(number, {"I034a": "3", "I034b": "4"})
    explain(number, "part_of_34", "就是这样")
    with pytest.raises(NotReady):
        submit(number)
    type_in(number, {"I034b": "2"})
    submit(number)
    assert sheet(number).progress() is Progress.SUBMITTED


def test_an_explanation_holds_for_the_figures_it_was_written_for(seeded: Flask) -> None:
    number = open_round()
    fill(number)
    posts = sheet(number).held["I082a"].value.number or Decimal(0)
    type_in(number, {"I083": str(posts + 1)})
    assert [each.name for each in sheet(number).open_objections] == ["posts_filled"]
    explain(number, "posts_filled", "含跨年度招录人员。")
    assert sheet(number).open_objections == ()
    type_in(number, {"I083": str(posts + 2)})
    assert [each.name for each in sheet(number).open_objections] == ["posts_filled"]
    with pytest.raises(MoveRefused, match="现在没有问题"):
        explain(number, "part_of_34", "没有问题也说明")


def test_what_is_handed_in_is_locked_until_it_is_taken_back(seeded: Flask) -> None:
    number = open_round()
    fill(number)
    with pytest.raises(Forbidden):
        submit(number, account="songjiang-clerk")
    submit(number)
    with pytest.raises(MoveRefused, match="已于 2021年6月21日 上报"):
        type_in(number, {"I007": "9"})
    recall(number)
    type_in(number, {"I007": "9"})
    assert sheet(number).held["I007"].value.number == 9


@pytest.mark.parametrize("account", ["huangpu-lead", "songjiang-office1"])
def test_nobody_hands_in_for_another_district(seeded: Flask, account: str) -> None:
    number = open_round()
    with pytest.raises((UnknownRound, Forbidden)):
        submit(number, account=account)
    with pytest.raises((UnknownRound, Forbidden)):
        sheet(number, account=account)


def test_corrections_after_the_end_keep_both_values_and_the_reason(seeded: Flask) -> None:
    number = open_round()
    fill(number)
    submit(number)
    before = sheet(number).held["I007"].value.number
    with pytest.raises(MoveRefused, match="还没有结束"):
        correct(number, "I007", "77", "漏报")
    close(number, missing=15)
    with pytest.raises(MoveRefused, match="已于 2021年7月1日 结束"):
        type_in(number, {"I007": "77"})
    with pytest.raises(MoveRefused, match="理由"):
        correct(number, "I007", "77", " ")
    with pytest.raises(ValueRefused):
        correct(number, "I007", "七", "漏报")
    correct(number, "I007", "77", "区局来函：漏报。")
    ((change, unit),) = queries.corrections(number)
    assert (change.before, change.after) == (f"{before:.0f}", "77")
    assert (change.reason, unit) == ("区局来函：漏报。", "松江区司法局")
    with pytest.raises(MoveRefused, match="刚被他人更正过"):
        correct(number, "I007", "78", "再次更正", seen=1)
    assert stored(AnswerChange) == len(sheet(number).held) + 1
