"""A year is begun, things are recorded of its units, taken back and answered; who may, and what they come to."""

from decimal import Decimal

import pytest
from flask import Flask

from tests.appraisal.acts import COMPILER, HEAD, begin, put, say_to, sheet, take_back, the_year
from tests.assignments.acts import moment, person
from tracker.appraisal import opening, queries
from tracker.appraisal.entries import EntryRefused
from tracker.appraisal.queries import UnknownAppraisal
from tracker.db import transaction
from tracker.rules.appraisal.steps import Part
from tracker.rules.permissions import Forbidden
from tracker.rules.status import MoveRefused
from tracker.seeding.appraisals import SCHEME

OFFICE = "songjiang-bangongshi"


@pytest.fixture
def begun(seeded: Flask) -> Flask:
    """The demo with a year of appraisal that has just begun."""
    begin()
    return seeded


def test_a_year_has_the_eleven_units_of_its_scheme_and_covers_its_period(begun: Flask) -> None:
    found = the_year()
    assert [unit.name for unit in queries.units(found)] == [
        *("办公室", "政治处", "执法监督科", "复议应诉科", "秘书科", "普法科", "促进法治科"),
        *("社区矫正（教育帮扶）科", "公服科", "律公科", "法律援助中心"),
    ]
    assert (found.starts_on.isoformat(), found.ends_on.isoformat()) == ("2020-12-01", "2021-11-30")
    assert queries.part_of(person(HEAD), found) is Part.LEADING
    assert queries.part_of(person(COMPILER), found) is Part.COMPILER
    assert queries.part_of(person(OFFICE), found) is Part.UNIT


def test_a_year_begins_once(begun: Flask) -> None:
    with pytest.raises(MoveRefused, match="已经按这份方案开始"), transaction():
        opening.open_appraisal(person(HEAD), moment("2021-09-02"), SCHEME)


def test_what_is_missing_among_the_bureaus_units_is_named(seeded: Flask) -> None:
    with pytest.raises(MoveRefused, match="办公室、政治处"), transaction():
        opening.open_appraisal(person(HEAD), moment("2021-09-02"), SCHEME)
    with pytest.raises(MoveRefused, match="上海市松江区司法局印发，不是本局的"), transaction():
        opening.open_appraisal(person("putuo-head"), moment("2021-09-02"), SCHEME)


def test_an_entry_counts_until_it_is_taken_back_and_both_rows_stay(begun: Flask) -> None:
    assert sheet("办公室").results["W1-3"].points == 10
    entry = put("办公室", "W1-3.1", count=2)
    assert sheet("办公室").results["W1-3"].points == 6
    undone = take_back(entry)
    found = sheet("办公室")
    assert found.results["W1-3"].points == 10
    assert [(each.row.id, each.reversal and each.reversal.id) for each in found.recorded] == [(entry, undone)]
    with pytest.raises(MoveRefused, match="已经撤销"):
        take_back(entry)


@pytest.mark.parametrize(
    ("code", "fields", "field", "words"),
    [
        ("W2-1.1", {}, "code", "适用于该科室"),
        ("W1-3.1", {"count": 0}, "count", "至少是 1"),
        ("W1-1.1", {"count": 2}, "count", "只计一次"),
        ("W1-3.1", {"note": " "}, "note", "事由"),
        ("W1-3.1", {"happened": "2020-11-30"}, "day", "考评周期"),
        ("W1-3.1", {"happened": "2021-12-01"}, "day", "2020年12月1日 至 2021年11月30日"),
        ("W1-3.1", {"happened": "2021-09-02"}, "day", "还没有到，今天是2021年9月1日"),
        ("W1-3.1", {"count": 10_000}, "count", "1 至 9999"),
        ("W1-3.1", {"place": 13}, "place", "不按名次计"),
        ("W1-3.1", {"points": "3"}, "points", "由条款定"),
        ("T-1.1", {"points": "4"}, "points", "1 与 3"),
        ("T-1.1", {}, "points", "1 与 3"),
        ("X-1.1", {"points": "4", "count": 2}, "points", "每起的分数应在 5 与 10 之间"),
        ("T-3.4", {}, "code", "停用"),
        ("F-1.1", {}, "code", "申报"),
    ],
)
def test_what_cannot_be_recorded_is_refused_beside_its_field(
    begun: Flask, code: str, fields: dict[str, object], field: str, words: str
) -> None:
    with pytest.raises(EntryRefused) as refused:
        put("办公室", code, **fields)
    assert words in refused.value.problems[field]
    assert sheet("办公室").recorded == ()


def test_the_compiling_unit_is_appraised_by_the_leading_group_alone(begun: Flask) -> None:
    with pytest.raises(Forbidden, match="领导小组评定"):
        put("政治处", "W2-1.1", COMPILER)
    put("政治处", "W2-1.1", HEAD)
    assert sheet("政治处").year.work_points == 58


def test_another_unit_records_nothing_and_sees_only_itself(begun: Flask) -> None:
    with pytest.raises(Forbidden, match="负责汇总的科室"):
        put("办公室", "W1-3.1", OFFICE)
    assert sheet("办公室", OFFICE).year.work_points == 50
    with pytest.raises(UnknownAppraisal):
        sheet("律公科", OFFICE)
    with pytest.raises(UnknownAppraisal, match="保密"):
        queries.sheets(person(OFFICE), the_year().id, moment("2021-09-01").date())


def test_nobody_outside_the_bureau_sees_a_year_that_is_not_published(begun: Flask) -> None:
    for account in ("supervisor", "leader", "putuo-head"):
        assert queries.appraisals(person(account)) == []
        with pytest.raises(UnknownAppraisal):
            sheet("办公室", account)


def test_a_unit_answers_its_own_entries_alone(begun: Flask) -> None:
    entry = put("办公室", "W1-3.1")
    say_to(entry, "两人公出，已事先请假。", OFFICE)
    assert [said.text for each in sheet("办公室").recorded for said in each.answers] == ["两人公出，已事先请假。"]
    with pytest.raises(Forbidden, match="该科室自己"):
        say_to(entry, "与我科无关。", "songjiang-lvgong")


def test_a_total_entered_by_hand_replaces_the_one_before(begun: Flask) -> None:
    assert "W5-9" in sheet("普法科").year.awaits
    put("普法科", "W5-9", points="7.5")
    put("普法科", "W5-9", points="9")
    assert sheet("普法科").results["W5-9"].points == 9
    with pytest.raises(EntryRefused, match="0 至 12"):
        put("普法科", "W5-9", points="12.5")
    with pytest.raises(EntryRefused) as refused:
        put("普法科", "W5-9", points="9", count=2, place=1)
    assert list(refused.value.problems) == ["count", "place"]


def test_the_same_is_recorded_once_however_it_comes(begun: Flask) -> None:
    first = put("办公室", "W1-3.1", note="四月例会两人未到。")
    with pytest.raises(EntryRefused, match="已登记过同样的一条") as refused:
        put("办公室", "W1-3.1", note=" 四月例会两人未到。 ")
    assert list(refused.value.problems) == ["note"]
    put("办公室", "W1-3.1", note="四月例会又两人未到。")
    put("律公科", "T-2.1", note="四月例会两人未到。")
    take_back(first)
    put("办公室", "W1-3.1", note="四月例会两人未到。")
    assert sheet("办公室").results["W1-3"].points == 6


def test_the_clause_on_the_28_tasks_follows_the_citys_score_with_its_lines_of_work(begun: Flask) -> None:
    with pytest.raises(EntryRefused, match="自动带出"):
        put("促进法治科", "W6-4.1")
    found = sheet("促进法治科")
    taken = found.taken_for("W6-4.1")
    not_due_yet = {"5", "18", "28"}
    assert {each.fact.number for each in taken} == {str(n) for n in range(1, 29)} - not_due_yet
    assert {each.points for each in taken} == {Decimal(1)}
    assert "律工处、公管处" in next(each.lines for each in taken if each.fact.number == "9")
    assert found.results["W6-4"].points == 0
    assert sheet("办公室").taken == ()


def test_a_clause_counts_no_more_often_than_its_words_allow(begun: Flask) -> None:
    first = put("执法监督科", "W3-3.3")
    put("执法监督科", "W3-3.3", note="第二次")
    with pytest.raises(EntryRefused, match="最多计 2，已登记 2"):
        put("执法监督科", "W3-3.3", note="第三次")
    take_back(first)
    put("执法监督科", "W3-3.3")
    assert sheet("执法监督科").results["W3-3"].points == 26
