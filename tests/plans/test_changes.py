"""How due days and lists of new tasks are read, and what is said of those that cannot be."""

from datetime import date

import pytest
from flask import Flask

from tests.assignments.acts import the_plan
from tracker.people.queries import Directory
from tracker.plans import freezes, imports
from tracker.plans.changes import usual_group
from tracker.plans.imports import ImportRefused, Preview, find_rows, split_units
from tracker.rules.dues import DueRefused, read_due, read_due_or_none

HEAD = ["序号", "任务", "完成时限", "责任单位"]
KNOWN = Directory({"松江区司法局": 1, "松江": 1}, {"各区局": 1})
TODAY = date(2021, 3, 10)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2021-06", date(2021, 6, 30)),
        ("2024-02", date(2024, 2, 29)),
        ("2021-06-15", date(2021, 6, 15)),
        ("1990-01", date(1990, 1, 31)),
        ("2100-12", date(2100, 12, 31)),
    ],
)
def test_a_month_means_its_last_day(written: str, day: date) -> None:
    assert read_due(written).due_on == day


@pytest.mark.parametrize(
    "written",
    [
        "2021-13",
        "2021-00",
        "2021-2",
        "0021-02",
        "1989-12",
        "2101-01",
        "２０２１-０３",
        "2021-02-30",
        "2021-06-1",
        "21-06",
        "2021/06",
        "2021年6月",
        " 2021-06",
        "2021-06\n",
        "",
        "持续推进",
        "2021-06-30T00:00",
        "9" * 5000,
        "-2021-06",
        "٢٠٢١-٠٣",
    ],
)
def test_anything_else_is_refused_with_how_to_write_it(written: str) -> None:
    with pytest.raises(DueRefused, match="2021-06"):
        read_due(written)


def test_nothing_at_all_is_no_deadline() -> None:
    assert read_due_or_none("").due_on is None


# ---- lists


def read(*rows: list[str], taken: tuple[str, ...] = ("1",), usual: str = "各区局") -> Preview:
    return imports.read(find_rows([HEAD, *rows]), KNOWN, set(taken), usual, TODAY)


def test_a_list_is_read_under_its_heads_in_whatever_order() -> None:
    table = [["due", "NO", "备注", "Title"], ["2021-06", "29", "x", "甲"], ["", "", "", ""], ["", "30", "", "乙"]]
    assert find_rows(table) == [(2, ("29", "甲", "2021-06", "")), (4, ("30", "乙", "", ""))]


def test_a_row_without_units_is_for_the_usual_ones() -> None:
    found = read(["29", "甲", "2021-06", ""], ["30", "乙", "", "松江、 松江区司法局，松江"])
    assert [task.units for task in found.tasks] == [("各区局",), ("松江", "松江区司法局")]


@pytest.mark.parametrize(
    ("rows", "taken", "said"),
    [
        ([["29", "甲", "2021-06", ""], ["29", "乙", "2021-06", ""]], False, "序号 29 重复：第 2、3 行"),
        ([["29", "甲", "2021-06", ""], ["1", "乙", "2021-06", ""]], True, "第 3 行：本方案已有第1项"),
        ([["0", "甲", "2021-06", ""]], False, "第 2 行：序号"),
        ([["29", "", "2021-06", ""]], False, "第 2 行：请写明任务内容"),
        ([["29", "甲", "6月底", ""]], False, "第 2 行：完成时限“6月底”读不懂"),
        ([["29", "甲", "2021-02", ""]], False, "第 2 行：完成时限 2021-02-28 早于今天"),
        ([["29", "甲", "2021-06", "月球分局"]], False, "第 2 行：单位库中没有：月球分局"),
    ],
)
def test_what_is_wrong_is_said_with_its_row(rows: list[list[str]], taken: bool, said: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read(*rows)
    assert said in str(refused.value)
    assert refused.value.taken is taken


def test_a_number_in_use_weighs_more_than_a_day_that_passed() -> None:
    with pytest.raises(ImportRefused) as refused:
        read(["29", "甲", "2021-02", ""], ["1", "乙", "2021-02", ""])
    assert refused.value.taken


@pytest.mark.parametrize(
    "table",
    [
        [],
        [[]],
        [["序号", "任务"]],
        [HEAD],
        [["31", "甲", "2021-06"]],
        [HEAD, *[[str(n), "x", "", ""] for n in range(2, 400)]],
    ],
)
def test_a_table_without_heads_or_tasks_or_with_too_many_is_refused(table: list[list[str]]) -> None:
    with pytest.raises(ImportRefused):
        find_rows(table)


def test_of_many_problems_the_first_are_said() -> None:
    with pytest.raises(ImportRefused) as refused:
        read(*[["x", "甲", "", ""] for _ in range(50)])
    assert len(refused.value.problems) == imports.SHOWN + 1


def test_what_excel_may_have_made_of_a_month_is_pointed_out() -> None:
    assert "第 2 行" in read(["29", "甲", "2021-06-01", ""]).warnings[0]
    assert read(["29", "甲", "2021-06", ""]).warnings == []


def test_names_are_told_apart_by_any_usual_sign() -> None:
    assert split_units(" 松江、宝山,各区局；松江\n") == ("松江", "宝山", "各区局")
    assert split_units("") == ()


def test_the_usual_group_is_the_one_most_tasks_name(seeded: Flask) -> None:
    assert usual_group(the_plan().id) == "各区局"
    assert not freezes.is_frozen(the_plan().id)
