"""A unit's own appraisal: a draft that may lack anything, handed in with everything, taken back while it is open."""

from decimal import Decimal

import pytest
from flask import Flask

from tests.appraisal.acts import COMPILER, DAY, begin, sheet, the_year, unit
from tests.assignments.acts import moment, person
from tracker.appraisal import own
from tracker.appraisal.own import Overtaken, OwnPoints, OwnRefused, Written
from tracker.db import transaction
from tracker.rules.appraisal.steps import Stage
from tracker.rules.permissions import Forbidden
from tracker.rules.status import MoveRefused

OFFICE = "songjiang-bangongshi"


@pytest.fixture
def begun(seeded: Flask) -> Flask:
    """The demo with a year of appraisal that has just begun."""
    begin()
    return seeded


def everything(seen: int = 0, **fields: object) -> Written:
    found = sheet("办公室")
    points = {each.item.code: OwnPoints(each.item.points, "已完成") for each in own.items(found)}
    points |= fields.pop("points", {})  # type: ignore[operator]
    values = {"summary": "全年总结", "city_material": "无", "seen": seen or found.unit.version, **fields}
    return Written(**values, points=points)  # type: ignore[arg-type]


def save(written: Written, account: str = OFFICE) -> None:
    with transaction():
        own.save(person(account), moment(DAY), the_year().id, unit("办公室"), written)


def submit(written: Written) -> None:
    with transaction():
        own.submit(person(OFFICE), moment(DAY), the_year().id, unit("办公室"), written)


def test_the_items_are_those_of_the_own_sheet_and_of_the_team(begun: Flask) -> None:
    codes = [each.item.code for each in own.items(sheet("办公室"))]
    assert codes == [*(f"W1-{n}" for n in range(1, 7)), *(f"T-{n}" for n in range(1, 7))]


def test_a_draft_may_lack_anything_and_says_nothing_is_handed_in(begun: Flask) -> None:
    save(Written("", "", sheet("办公室").unit.version, {"W1-1": OwnPoints(Decimal("9.25"), "值班记录缺一次")}))
    found = sheet("办公室")
    assert {code: (row.points, row.note) for code, row in found.self_scores.items()} == {
        "W1-1": (Decimal("9.25"), "值班记录缺一次")
    }
    assert "办公室" in own.missing(the_year().id)
    save(Written("", "", found.unit.version))
    assert sheet("办公室").self_scores == {}


@pytest.mark.parametrize(
    ("fields", "name", "words"),
    [
        ({"points": {"W1-1": OwnPoints(None)}}, "points-W1-1", "自评分"),
        ({"points": {"W1-1": OwnPoints(Decimal("9.5"), "")}}, "note-W1-1", "理由"),
        ({"points": {"W1-1": OwnPoints(Decimal("10.01"), "多")}}, "points-W1-1", "0 与 10"),
        ({"points": {"W1-1": OwnPoints(None, "写了说明")}}, "points-W1-1", "先填自评分"),
        ({"points": {"W1-1": OwnPoints(Decimal(9), "字" * 512)}}, "note-W1-1", "现有 512 字"),
        ({"summary": ""}, "summary", "总结"),
        ({"city_material": ""}, "city_material", "无"),
        ({"summary": "字" * 5001}, "summary", "现有 5001 字"),
    ],
)
def test_what_is_missing_or_too_much_is_said_at_its_field(
    begun: Flask, fields: dict[str, object], name: str, words: str
) -> None:
    with pytest.raises(OwnRefused) as refused:
        submit(everything(**fields))
    assert words in refused.value.problems[name]
    assert list(refused.value.problems) == [name]
    assert sheet("办公室").self_scores == {}


def test_what_is_handed_in_stands_until_it_is_taken_back(begun: Flask) -> None:
    submit(everything())
    assert "办公室" not in own.missing(the_year().id)
    assert len(own.missing(the_year().id)) == 10
    with pytest.raises(MoveRefused, match="先撤回"):
        save(everything())
    with transaction():
        own.recall(person(OFFICE), moment(DAY), the_year().id, unit("办公室"))
    assert "办公室" in own.missing(the_year().id)
    assert sheet("办公室").unit.summary == "全年总结"


def test_the_second_who_saves_is_told_even_where_only_points_changed(begun: Flask) -> None:
    seen = sheet("办公室").unit.version
    save(everything(seen))
    save(everything(points={"W1-1": OwnPoints(Decimal(9), "改")}))
    with pytest.raises(Overtaken):
        save(everything(seen + 1))
    assert sheet("办公室").self_scores["W1-1"].points == 9


def test_nobody_else_writes_it_and_nobody_once_it_is_compiled(begun: Flask) -> None:
    with pytest.raises(Forbidden):
        save(everything(), COMPILER)
    submit(everything())
    with transaction():
        the_year().stage = Stage.COMPILED
    with pytest.raises(MoveRefused, match="已经汇总"), transaction():
        own.recall(person(OFFICE), moment(DAY), the_year().id, unit("办公室"))
