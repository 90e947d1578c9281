"""A district's explanation and what to do first, as people see them."""

import csv
import io
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from tests import tables
from tests.assignments.acts import complete, owed, take, unit_id
from tests.large_plan import add_tasks
from tests.scoring.test_deductions import decide, freeze, object_to
from tests.scoring.test_must_show import REVIEWER
from tests.web.conftest import Visitor
from tracker.rules.status import Move
from tracker.scoring.operations import LineKey


@pytest.fixture
def songjiang(seeded: Flask, on_day: Callable[[str], date]) -> str:
    """Songjiang's page in the first days of March: one task is missed, one was done late, one does not apply."""
    complete("7", "songjiang", REVIEWER, "2021-03-04")
    take("supervisor", Move.EXEMPT, "2021-03-02", owed("9", "songjiang"), "该区没有这项职能")
    on_day("2021-03-05")
    return f"/scores/{unit_id('songjiang')}"


def page(visitor: Visitor, address: str, account: str = "songjiang-clerk") -> str:
    """Return a page."""
    answer = visitor(account).get(address)
    assert answer.status_code == 200
    text: str = answer.get_data(as_text=True)
    return text


def test_the_three_numbers_stand_together(visitor: Visitor, songjiang: str) -> None:
    text = page(visitor, songjiang)
    for number in ("1 / 2", "1 / 1", ">19<"):
        assert number in text
    assert "办结 / 应办结" in text
    assert "扣分（应扣 / 实扣）" in text
    assert "满分 20 分，第 1 名" in text


def test_what_costs_nothing_is_listed_by_reason_with_numbers_and_persons(visitor: Visitor, songjiang: str) -> None:
    text = page(visitor, songjiang)
    groups = [row for row in tables.rows(text) if len(row) == 1]
    assert ["".join(row.values()) for row in groups] == [
        "逾期后办结，不扣分1 项",
        "不适用，不计1 项",
        "未到期25 项",
    ]
    late = next(row for row in tables.rows(text) if row.get("任务", "").startswith("第7项"))
    assert "2021-03-04 逾期后办结" in late["依据"]
    assert "审核通过 · 刑罚执行处审核员（演示）" in late["依据"]
    exempt = next(row for row in tables.rows(text) if row.get("任务", "").startswith("第9项"))
    assert "认定不适用 · 督办员（演示）" in exempt["依据"]
    assert "该区没有这项职能" in exempt["依据"]


def test_a_lost_point_shows_rule_quote_source_and_course(visitor: Visitor, songjiang: str) -> None:
    lost = next(row for row in tables.rows(page(visitor, songjiang)) if row.get("任务", "").startswith("第8项"))
    for part in (
        "截至 2021-03-05 未办结",
        "没有填报。",
        "missed-task/1",
        "每项任务扣 1 分，扣完为止",
        "第 114–118 行",
        "交办",
    ):
        assert part in lost["依据"]
    assert lost["得分"] == "−1"


def test_both_readings_of_the_cap_are_told(visitor: Visitor, songjiang: str) -> None:
    assert "最多扣 20 分”计，得 19 分；若理解为最多扣 10 分，得 19 分。" in page(visitor, songjiang)
    late = page(visitor, f"{songjiang}?on=2021-11-01")
    assert "最多扣 20 分”计，得 0 分；若理解为最多扣 10 分，得 10 分。" in late


def test_an_appeal_stands_on_its_line(visitor: Visitor, songjiang: str) -> None:
    decide(object_to(LineKey(assignment_id=owed("8", "songjiang"))), granted=True)
    text = page(visitor, f"{songjiang}?on=2021-03-10")
    eight = [row for row in tables.rows(text) if row.get("任务", "").startswith("第8项")]
    assert [row["得分"] for row in eight] == ["−1", "+1"]
    assert all("裁定异议成立" in row["依据"] and "经核对属实" in row["依据"] for row in eight)


def test_a_large_plan_says_of_each_line_only_the_result_until_asked(visitor: Visitor, songjiang: str) -> None:
    add_tasks()
    short, full = page(visitor, songjiang), page(visitor, f"{songjiang}?full=1")
    assert "<details class=" not in short.partition("<tbody>")[2]
    assert "列出每项的经过、人员和佐证" in short
    assert full.count('<details class="story">') == 89
    assert len(short.encode()) < 50_000


def test_from_the_freeze_on_every_day_shows_the_final_score(visitor: Visitor, songjiang: str) -> None:
    freeze("2021-03-05")
    for address, words in (
        (f"{songjiang}?on=2021-06-24", ("得分已于 2021年3月5日 定稿封存", "截至 2021年3月5日", "20 − 1 = 19 分")),
        ("/scores?on=2021-06-24", ("定稿以后的日子都显示 2021年3月5日 的定稿得分，2021年6月24日 也是。",)),
        ("/scores/draft?on=2021-06-24", ("下面就是定稿的名次和得分",)),
        (f"{songjiang}/forecast?on=2021-06-24", ("得分已于 2021年3月5日 定稿，不再变动，不能测算。",)),
    ):
        text = page(visitor, address, "supervisor")
        assert all(word in text for word in words), address
    assert "定稿以后的日子" not in page(visitor, "/scores?on=2021-03-04", "supervisor")


def test_the_file_holds_every_line_with_persons_and_the_rule(visitor: Visitor, songjiang: str) -> None:
    text = visitor("songjiang-lead").get(f"{songjiang}?format=csv").get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    heads = next(row for row in rows if row and row[0] == "序号")
    seven = dict(zip(heads, next(row for row in rows if row and row[0] == "7"), strict=True))
    assert (seven["规则"], seven["依据"]) == ("missed-task/1", "2021-03-04 刑罚执行处审核员（演示） 审核通过")
    assert "逾期后办结不扣分" in seven["未计入"]


def test_the_printed_page_holds_the_tasks_that_cost_nothing_as_well(visitor: Visitor, songjiang: str) -> None:
    text = page(visitor, f"{songjiang}?print=1")
    assert "办结 1/应办结 2；应扣 1，实扣 1；得分 19，第 1 名" in text
    assert "该区没有这项职能" in text
    assert len(tables.rows(text)) == 30


# ---- what to do first


def test_the_page_looks_to_the_end_of_the_evaluation_unless_told_otherwise(visitor: Visitor, songjiang: str) -> None:
    text = page(visitor, f"{songjiang}/forecast")
    assert 'name="by" value="2021-10-31"' in text
    assert "扣分已经封顶：" in text
    sooner = page(visitor, f"{songjiang}/forecast?by=2021-03-31")
    assert 'name="by" value="2021-03-31"' in sooner
    assert "扣分已经封顶：" not in sooner


def test_the_ticked_tasks_give_the_new_deduction_score_and_rank(visitor: Visitor, songjiang: str) -> None:
    text = page(visitor, f"{songjiang}/forecast?by=2021-04-01&complete=8&complete=1")
    assert "若第 8、1 项在 2021年4月1日 前审核通过，扣分由 6 降为 4，得分由 14 升为 16，名次由第 1 变为第 1。" in text
    sides = {row["情形"]: row for row in tables.rows(text) if "情形" in row}
    assert sides["到 2021-04-01，办结所选"]["扣分（应扣 / 实扣）"] == "4 / 4"
    assert sides["现在（截至 2021-03-05）"]["办结 / 应办结"] == "1 / 2"


def test_a_task_that_saves_nothing_says_why(visitor: Visitor, songjiang: str) -> None:
    text = page(visitor, f"{songjiang}/forecast?by=2021-03-31&complete=28")
    assert "应扣由 1 变为 1，得分仍为 19，仍是第 1 名。" in text
    row = next(row for row in tables.rows(text) if row.get("任务", "").startswith("第28项"))
    assert row["能挽回"] == "0 分到那一天还没有到期，不扣分"


def test_a_day_or_a_task_that_cannot_be_read_is_told(visitor: Visitor, songjiang: str) -> None:
    browser = visitor("songjiang-clerk")
    assert browser.get(f"{songjiang}/forecast?by=tomorrow").status_code == 400
    answer = browser.get(f"{songjiang}/forecast?complete=77&complete=x")
    assert answer.status_code == 200
    assert "本方案没有第 77、x 项任务" in answer.get_data(as_text=True)


@pytest.mark.parametrize("account", ["huangpu-lead", "huangpu-clerk"])
def test_a_foreign_district_answers_like_a_missing_one(visitor: Visitor, songjiang: str, account: str) -> None:
    browser = visitor(account)
    foreign, missing = browser.get(f"{songjiang}/forecast"), browser.get("/scores/2000000/forecast")
    assert (foreign.status_code, missing.status_code) == (404, 404)


def test_when_everything_is_done_the_page_says_so(visitor: Visitor, songjiang: str) -> None:
    for number in range(1, 29):
        if number not in (7, 9):
            take("supervisor", Move.EXEMPT, "2021-03-05", owed(str(number), "songjiang"), "不适用")
    assert "没有还要办的任务" in page(visitor, f"{songjiang}/forecast")
