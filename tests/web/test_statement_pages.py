"""The 扣分说明书 and the two steps of the freeze in the browser."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import moment, owed, person, take, the_plan, unit_id
from tests.conftest import Queries
from tests.makers import make_evaluation, make_extension
from tests.scoring.test_deductions import decide, deduct, object_to
from tests.web.conftest import Visitor
from tracker.db import db, transaction
from tracker.plans.models import Task
from tracker.rules.status import Move
from tracker.scoring import operations, sheets
from tracker.scoring.models import Freeze
from tracker.scoring.operations import LineKey
from tracker.scoring.sheet_content import first_content

Counting = Callable[[], AbstractContextManager[Queries]]


@pytest.fixture
def songjiang(seeded: Flask, on_day: Callable[[str], date]) -> str:
    """Songjiang's statement on 12 March: two tasks are missed, one of them given back, and a deduction stands."""
    seven = owed("7", "songjiang")
    take("songjiang-clerk", Move.ACKNOWLEDGE, "2021-02-20", seven)
    deduct("1.5")
    decide(object_to(LineKey(assignment_id=seven)), granted=True)
    on_day("2021-03-12")
    return f"/scores/{unit_id('songjiang')}/statement"


def text_of(page: str) -> str:
    """Return what a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def freeze(day: str = "2021-03-12") -> Freeze:
    """Let the supervisor make the scores final."""
    with transaction():
        return operations.freeze(person("supervisor"), moment(day), the_plan(), "评估已在线下完成")


def test_a_statement_says_everything_a_score_rests_on(visitor: Visitor, songjiang: str) -> None:
    page = text_of(visitor("songjiang-clerk").get(songjiang).get_data(as_text=True))
    for words in (
        "未定稿：按 2021-03-12 的记录计算",
        "截至 2021-03-12 未办结（办理中）",
        "异议成立，退回所扣的分",
        "根据社区矫正机构的委托，承担社区矫正相关工作。",
        "missed-task/1",
        "未能完成的，每项任务扣 1 分",
        "2021-03-08 松江负责人（演示） 提出：已按期完成；",
        "材料不实",
        "督办员（演示）登记于 2021-03-05",
        "松江经办（演示） 签收",
        "没有填报",
        "各行相加，得分 17.5",
        "未到期：",
    ):
        assert words in page, words


def test_the_lines_of_a_statement_add_up_to_the_score_of_the_board(visitor: Visitor, songjiang: str) -> None:
    page = visitor("supervisor").get(songjiang).get_data(as_text=True)
    table = page.split('<table class="table statement-sum">')[2].partition("</tbody>")[0]
    points = [float(each.replace("−", "-")) for each in re.findall(r'<td class="number">([^<]+)</td>', table)]
    assert sum(points) == 17.5


def test_a_frozen_statement_is_that_of_the_sheet_whatever_becomes_of_the_record(
    visitor: Visitor, songjiang: str
) -> None:
    frozen = freeze()
    with transaction():
        task = db.session.scalars(select(Task).where(Task.number == "7")).one()
        task.text = "另一项任务"
    browser = visitor("songjiang-lead")
    page = text_of(browser.get(songjiang).get_data(as_text=True))
    assert f"封存表 sha256 {frozen.sha256}" in page
    assert "督办员（演示）封存" in page
    assert "未经评估定稿：评估已在线下完成" in page
    assert "根据社区矫正机构的委托" in page
    assert "另一项任务" not in page
    earlier = text_of(browser.get(f"{songjiang}?on=2021-03-11").get_data(as_text=True))
    assert "得分后来在 2021-03-12 由督办员（演示）定稿，这里是定稿以前那一天的情况。" in earlier
    assert "未定稿" not in earlier
    assert "定稿于" in text_of(browser.get(f"{songjiang}?on=2021-06-01").get_data(as_text=True))


def test_a_sheet_of_the_first_format_still_has_a_statement(visitor: Visitor, songjiang: str) -> None:
    frozen = freeze()
    with transaction():
        frozen.sheet = json.dumps(first_content(the_plan(), frozen.day), ensure_ascii=False, sort_keys=True)
        frozen.sha256 = sheets.digest(frozen.sheet)
    page = text_of(visitor("supervisor").get(songjiang).get_data(as_text=True))
    assert "各行相加，得分 17.5" in page
    assert "根据社区矫正机构的委托" in page


def test_a_sheet_beyond_reading_is_said_to_be_so(visitor: Visitor, songjiang: str) -> None:
    frozen = freeze()
    with transaction():
        frozen.sheet = frozen.sheet[:-1]
    answer = visitor("supervisor").get(songjiang)
    assert answer.status_code == 404
    assert "封存的得分表已无法读取" in answer.get_data(as_text=True)


def test_a_district_reads_its_own_statement_and_no_other(visitor: Visitor, songjiang: str) -> None:
    lead = visitor("songjiang-lead")
    foreign, missing = lead.get(f"/scores/{unit_id('huangpu')}/statement"), lead.get("/scores/2000000/statement")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    own = lead.get("/scores/statements").get_data(as_text=True)
    assert own.count("<article") == 1
    assert "松江区司法局" in own
    assert visitor("supervisor").get("/scores/statements").get_data(as_text=True).count("<article") == 16


@pytest.mark.parametrize("address", ["?print=1", "?on=2021-02-01", "?on=x", "?plan=2000000"])
def test_a_statement_on_paper_or_of_no_day_answers_in_words(visitor: Visitor, songjiang: str, address: str) -> None:
    expected = {"?print=1": 200, "?on=2021-02-01": 404, "?on=x": 400, "?plan=2000000": 404}[address]
    assert visitor("supervisor").get(songjiang + address).status_code == expected


def test_a_statement_costs_as_many_queries_however_much_is_on_record(
    visitor: Visitor, songjiang: str, query_count: Counting
) -> None:
    browser = visitor("supervisor")
    browser.get(songjiang)
    with query_count() as before:
        browser.get(songjiang)
    for number in ("9", "10", "11"):
        take("songjiang-clerk", Move.ACKNOWLEDGE, "2021-03-12", owed(number, "songjiang"))
    with query_count() as after:
        browser.get(songjiang)
    assert len(before.statements) == len(after.statements) == 2 + 25


def test_the_freeze_shows_what_is_open_and_asks_for_a_reason_without_an_evaluation(
    visitor: Visitor, songjiang: str
) -> None:
    with transaction():
        make_extension(assignment_id=owed("9", "songjiang"))
    take("songjiang-clerk", Move.SUBMIT, "2021-03-12", owed("7", "songjiang"))
    browser = visitor("supervisor")
    page = text_of(browser.get("/scores/freeze").get_data(as_text=True))
    assert "1 条延期申请没有批复" in page
    assert "1 项区局任务待审核" in page
    assert "本方案的评估结果还没有公布" in page
    form = browser.form("/scores/freeze", "/scores/freeze")
    refused = browser.submit(form, unevaluated="只写了理由")
    assert refused.status_code == 422
    assert "请勾选确认" in refused.get_data(as_text=True)
    assert "只写了理由" in refused.get_data(as_text=True)
    refused = browser.submit(form, confirmed="y", unevaluated=" ")
    assert refused.status_code == 422
    assert "请写明为什么不等评估结果就定稿" in refused.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(Freeze)) == 0
    assert browser.submit(form, confirmed="y", unevaluated="评估已在线下完成").status_code == 303
    kept = db.session.scalars(select(Freeze)).one()
    assert json.loads(kept.sheet)["unevaluated"] == "评估已在线下完成"
    assert browser.submit(form, confirmed="y", unevaluated="再来一次").status_code == 409


def test_an_open_appeal_leaves_no_button_to_freeze(visitor: Visitor, songjiang: str) -> None:
    object_to(LineKey(assignment_id=owed("8", "songjiang")), "2021-03-12")
    page = visitor("supervisor").get("/scores/freeze").get_data(as_text=True)
    assert "1 条异议没有裁定" in page
    assert '<form class="form-narrow' not in page


def test_after_the_evaluation_and_its_window_no_reason_is_asked(
    visitor: Visitor, songjiang: str, on_day: Callable[[str], date]
) -> None:
    with transaction():
        make_evaluation(
            plan_id=the_plan().id,
            opened_on=date(2021, 3, 9),
            published_on=date(2021, 3, 10),
            published_at=moment("2021-03-10"),
            published_by="督办",
        )
    browser = visitor("supervisor")
    page = browser.get("/scores/freeze").get_data(as_text=True)
    assert "异议期到" in page
    assert '<form class="form-narrow' not in page
    on_day("2021-03-31")
    form = browser.form("/scores/freeze", "/scores/freeze")
    assert browser.submit(form).status_code == 303


def test_the_replay_names_what_differs_and_reads_files_on_request(visitor: Visitor, songjiang: str) -> None:
    freeze()
    auditor = visitor("auditor")
    page = auditor.get("/scores/replay").get_data(as_text=True)
    assert "连同佐证文件的内容核验" in page
    assert "佐证文件的内容已逐个读出核对" in auditor.get("/scores/replay?files=1").get_data(as_text=True)
    with transaction():
        task = db.session.scalars(select(Task).where(Task.number == "7")).one()
        task.text = "另一项任务"
    page = text_of(auditor.get("/scores/replay").get_data(as_text=True))
    assert "1 处不一致" in page
    assert "第7项任务：任务原文 封存为“根据社区矫正机构的委托，承担社区矫正相关工作。”，现为“另一项任务”" in page
