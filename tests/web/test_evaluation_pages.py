"""The pages of the evaluation: the city's table of a district, all districts, the districts' own."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.assignments.acts import complete, moment, owed, person, the_plan, unit_id
from tests.client import Client, Form, FormReader
from tests.conftest import Queries
from tests.makers import make_freeze
from tests.scoring.test_must_show import score
from tests.web.conftest import Visitor, follow
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.outbox.models import Message
from tracker.scoring import evaluation_queries, evaluations
from tracker.scoring.evaluation_queries import Item
from tracker.scoring.models import Evaluation, EvaluationResult, SelfEvaluation

Day = Callable[[str], date]

OWN = "/self-evaluation"


@pytest.fixture
def place(seeded: Flask) -> str:
    """The address of the evaluation."""
    return f"/plans/{the_plan().id}/evaluation"


@pytest.fixture
def october(seeded: Flask, on_day: Day, place: str) -> str:
    """The address of 松江 on the day after the evaluation was opened."""
    complete("1", "songjiang", "supervisor", "2021-03-10")
    with transaction():
        evaluations.open_evaluation(person("supervisor"), moment("2021-10-11"), the_plan())
    on_day("2021-10-12")
    return f"{place}/{unit_id('songjiang')}"


def names(number: str) -> tuple[str, str]:
    """The controls of a task's row: its verdict and its comment."""
    id_ = owed(number, "songjiang")
    return f"t{id_}-verdict", f"t{id_}-comment"


def said(number: str, verdict: str, comment: str = "") -> dict[str, str]:
    """What a row sends."""
    return dict(zip(names(number), (verdict, comment), strict=True))


def item(number: str) -> Item:
    """What stands of a task of 松江."""
    found = evaluation_queries.district(the_plan(), unit_id("songjiang"), date(2021, 10, 12))
    assert found
    return next(one for one in found.items if one.number == number)


def sheet(browser: Client, address: str) -> Form:
    """The form of the rows as it is opened."""
    return browser.form(address, action=address.partition("?")[0])


def judge(browser: Client, address: str, intent: str = "save", **fields: str) -> str:
    """Send the rows that are given, and follow to the page that comes then."""
    return follow(browser, browser.submit(sheet(browser, address), intent=intent, **fields))


def asked_first(browser: Client, place: str) -> tuple[str, Form]:
    """Press the button that judges the rest, and return the page that asks first, with its form."""
    answer = browser.submit(browser.form(place, action=f"{place}/rest"))
    assert answer.status_code == 200
    reader = FormReader(f"{place}/rest")
    reader.feed(answer.text)
    return answer.text, next(form for form in reader.forms if form.action == f"{place}/rest")


def judge_rest(browser: Client, place: str) -> TestResponse:
    """Judge all the rest as the record says, in both steps."""
    return browser.submit(asked_first(browser, place)[1])


# ---- the city's


def test_before_october_the_page_says_when_it_begins_and_has_no_button(visitor: Visitor, place: str) -> None:
    browser = visitor("supervisor")
    page = browser.get(place).text
    assert "评估从 2021年10月1日 起进行" in page
    assert "原文：“10月份”，第 40 行。" in page
    assert f'action="{place}"' not in page
    assert "评估还没有开始，只能查看。" in browser.get(f"{place}/{unit_id('songjiang')}").text


def test_a_supervisor_begins_judges_and_publishes(visitor: Visitor, on_day: Day, place: str) -> None:
    on_day("2021-10-12")
    browser = visitor("supervisor")
    assert "请逐区认定" in follow(browser, browser.submit(browser.form(place, action=place)))
    at = f"{place}/{unit_id('songjiang')}"
    page = judge(browser, at, "rest", **said("26", "not_applicable", "本区没有司法所党员"))
    assert "已保存 28 项认定。" in page
    assert f'<a href="{at}?show=differing">1</a>' in page
    assert f'<a href="{at}?show=not_done">27</a>' in page
    assert f'action="{place}/publish"' not in page
    assert "已按记录认定 420 项。" in follow(browser, judge_rest(browser, place))
    page = follow(browser, browser.submit(browser.form(place, action=f"{place}/publish")))
    assert "给区局负责人发信 48 封" in page
    assert "区局在 2021年10月19日 以前可以提出异议" in page
    assert db.session.scalar(select(func.count()).select_from(Message).where(Message.kind == "evaluation")) == 48
    assert db.session.scalars(select(Evaluation)).one().published_on == date(2021, 10, 12)
    explained = visitor("songjiang-lead").get(f"/scores/{unit_id('songjiang')}").text
    assert "评估认定“不适用”" in explained
    assert "本区没有司法所党员" in explained


def test_the_rest_is_judged_only_after_a_page_that_says_how_many_in_which_district(
    visitor: Visitor, october: str, place: str
) -> None:
    browser = visitor("supervisor")
    page, form = asked_first(browser, place)
    assert "下面 16 个区还没有认定的 448 项" in page
    assert f'<a href="{october}?show=open">28</a>' in page
    assert db.session.scalars(select(EvaluationResult)).all() == []
    judge(browser, october, **said("2", "done", "现场看过"))
    answer = browser.submit(form)
    assert answer.status_code == 409
    assert "内容已被他人更新" in answer.text
    assert "这次没有认定" in answer.text
    assert "已按记录认定 447 项。" in follow(browser, judge_rest(browser, place))


def test_an_unjudged_task_says_so_and_names_what_the_record_says(visitor: Visitor, october: str) -> None:
    page = visitor("supervisor").get(october).text
    assert page.count("未认定</span>") == 28
    assert page.count('<option value="">按记录：完成</option>') == 1
    assert page.count('<option value="">按记录：未完成</option>') == 27


def test_saving_without_a_choice_judges_nothing(visitor: Visitor, october: str) -> None:
    assert "没有改动，不用保存。" in judge(visitor("supervisor"), october)
    assert db.session.scalars(select(EvaluationResult)).all() == []


def test_a_difference_without_a_reason_is_refused_at_its_row_with_everything_kept(
    visitor: Visitor, october: str
) -> None:
    browser = visitor("supervisor")
    fields = {**said("1", "not_done"), **said("2", "done", "现场看过")}
    response = browser.submit(sheet(browser, october), intent="save", **fields)
    page = response.text
    assert response.status_code == 422
    control = names("1")[1]
    assert f'<a href="#{control}">第1项说明：与记录（完成）不同，请写明理由。</a>' in page
    assert f'id="{control}-error"' in page
    assert 'value="现场看过"' in page
    assert re.search(rf'name="{names("1")[0]}".*?<option value="not_done" selected>', page)
    assert db.session.scalars(select(EvaluationResult)).all() == []


def test_of_two_supervisors_the_slower_sees_both_and_can_save_knowingly(visitor: Visitor, october: str) -> None:
    slow, fast = visitor("supervisor"), visitor("supervisor")
    opened = sheet(slow, october)
    judge(fast, october, **said("3", "done", "快的人写的"))
    response = slow.submit(opened, intent="save", **said("3", "not_applicable", "慢的人写的"), **said("4", "not_done"))
    page = response.text
    assert response.status_code == 409
    for words in ("完成：快的人写的", "不适用：慢的人写的", 'value="慢的人写的"'):
        assert words in re.sub(r"</?mark>", "", page)
    assert item("3").city.comment == "快的人写的"
    assert item("4").city.verdict is None
    token = re.search(rf'name="t{owed("3", "songjiang")}-seen" value="([^"]*)"', page)
    assert token
    again = {**said("3", "not_applicable", "慢的人写的"), f"t{owed('3', 'songjiang')}-seen": token[1]}
    assert slow.submit(opened, intent="save", **again, **said("4", "not_done")).status_code == 303
    assert (item("3").city.comment, item("4").city.verdict) == ("慢的人写的", "not_done")


@pytest.mark.parametrize(("show", "rows"), [("", 28), ("open", 26), ("differing", 1), ("done", 1), ("not_done", 1)])
def test_a_figure_leads_to_its_rows_and_saving_there_leaves_the_others(
    visitor: Visitor, october: str, show: str, rows: int
) -> None:
    browser = visitor("supervisor")
    judge(browser, october, **said("2", "done", "看过"), **said("3", "not_done"))
    page = browser.get(f"{october}?show={show}").text
    assert page.count('data-l="任务"') == rows
    judge(browser, f"{october}?show=differing", **said("2", "not_done"))
    assert (item("2").city.verdict, item("3").city.verdict) == ("not_done", "not_done")


@pytest.mark.parametrize("address", ["/plans/2000000/evaluation", "/plans/2000000/evaluation/2"])
def test_a_plan_that_is_not_there_is_not_found(visitor: Visitor, october: str, address: str) -> None:
    assert visitor("supervisor").get(address).status_code == 404


def test_a_unit_without_tasks_of_the_plan_is_not_found(visitor: Visitor, place: str, october: str) -> None:
    browser = visitor("supervisor")
    assert browser.get(f"{place}/{unit_id('mishu')}").status_code == 404
    assert browser.get(f"{place}/2000000").status_code == 404


def test_broken_rows_break_nothing(visitor: Visitor, october: str) -> None:
    browser, (verdict, comment) = visitor("supervisor"), names("1")
    for fields in ({verdict: "done", comment: "长" * 501}, {comment: "只有说明"}, {verdict: "perhaps"}):
        assert browser.submit(sheet(browser, october), intent="save", **fields).status_code == 422
    for fields in ({f"t{owed('2', 'songjiang')}-seen": "x"}, {"t1-verdict": "done"}):
        assert browser.submit(sheet(browser, october), intent="save", **fields).status_code == 303
    assert db.session.scalars(select(EvaluationResult)).all() == []


def test_what_people_wrote_is_shown_as_text(visitor: Visitor, october: str) -> None:
    browser = visitor("supervisor")
    page = judge(browser, october, **said("2", "done", "<script>alert(1)</script>"))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_after_a_freeze_there_is_nothing_to_send(visitor: Visitor, place: str, october: str) -> None:
    make_freeze(plan_id=the_plan().id)
    db.session.commit()
    browser = visitor("supervisor")
    for address in (place, october):
        assert 'name="intent"' not in browser.get(address).text
        assert f'action="{place}' not in browser.get(address).text
    assert "得分已定稿封存，不能再评估。" in browser.get(place).text


# ---- the districts' own


def test_before_september_the_page_says_when_and_where_that_stands(visitor: Visitor) -> None:
    page = visitor("songjiang-clerk").get(OWN).text
    assert "自评从 2021年9月1日 起填写。" in page
    assert "原文：“9月中旬前”，第 44 行。原文时限有两种理解，按较晚一日计；本系统按 2021年9月20日 计。" in page
    assert f'action="{OWN}"' not in page


def test_a_clerk_writes_the_lead_hands_in_and_takes_back(visitor: Visitor, on_day: Day) -> None:
    on_day("2021-09-15")
    clerk, lead = visitor("songjiang-clerk"), visitor("songjiang-lead")
    assert "请于 2021年9月20日 前由区局负责人上报。" in clerk.get(OWN).text
    assert "/self-evaluation/submit" not in clerk.get(OWN).text
    fields = {**said("1", "done", "材料待补"), "summary": "## 总体\n- 已完成一项"}
    page = judge(clerk, OWN, "rest", **fields)
    assert "自评已保存，还没有上报" in page
    assert "共 28 项，已填 28 项" in page
    assert 'formaction="/self-evaluation/submit"' in lead.get(OWN).text
    opened = sheet(lead, OWN)
    page = follow(lead, lead.post(f"{OWN}/submit", data=opened.fields))
    assert "松江负责人（演示）于 2021年9月15日 上报" in page
    assert "<h2>总体</h2>" in page
    page = follow(lead, lead.submit(lead.form(OWN, action="recall")))
    assert "自评已撤回" in page
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.act.like("%self_evaluation")))
    assert list(acts) == ["save_self_evaluation", "submit_self_evaluation", "recall_self_evaluation"]


def test_what_is_missing_is_said_at_every_row_and_nothing_typed_is_lost(visitor: Visitor, on_day: Day) -> None:
    on_day("2021-09-15")
    lead = visitor("songjiang-lead")
    fields = {**sheet(lead, OWN).fields, **said("1", "done", "材料待补")}
    response = lead.post(f"{OWN}/submit", data=fields)
    assert response.status_code == 422
    assert "有 28 处需要修改" in response.text
    assert '<a href="#summary">自评小结：请写自评小结。</a>' in response.text
    assert 'value="材料待补"' in response.text
    assert db.session.scalars(select(SelfEvaluation)).all() == []


def test_a_summary_that_cannot_be_shown_is_refused(visitor: Visitor, on_day: Day) -> None:
    on_day("2021-09-15")
    clerk = visitor("songjiang-clerk")
    response = clerk.submit(sheet(clerk, OWN), intent="save", summary="字" * 4001)
    assert response.status_code == 422
    assert "文字过长" in response.text
    assert "字" * 4001 in response.text


def test_two_summaries_stand_beside_each_other(visitor: Visitor, on_day: Day) -> None:
    on_day("2021-09-15")
    clerk, lead = visitor("songjiang-clerk"), visitor("songjiang-lead")
    opened = sheet(lead, OWN)
    judge(clerk, OWN, summary="经办人写的小结。")
    response = lead.submit(opened, intent="save", summary="负责人写的小结。")
    assert response.status_code == 409
    for words in ("经办人写的小结。", "负责人写的小结。", "以我的内容为准，再次保存"):
        assert words in response.text


def test_late_is_said_in_words_to_both(visitor: Visitor, on_day: Day, place: str) -> None:
    on_day("2021-09-23")
    assert "已逾期 3 天，请尽快上报" in visitor("songjiang-clerk").get(OWN).text
    assert visitor("supervisor").get(place).text.count("尚未上报，已逾期 3 天") == 16


def test_once_the_results_are_published_nobody_is_called_late_any_more(
    visitor: Visitor, on_day: Day, place: str, october: str
) -> None:
    browser = visitor("supervisor")
    assert browser.get(place).text.count("尚未上报，已逾期 22 天") == 16
    judge_rest(browser, place)
    browser.submit(browser.form(place, action=f"{place}/publish"))
    on_day("2021-11-15")
    assert "已逾期" not in browser.get(place).text
    assert browser.get(place).text.count("没有上报") == 16
    own = visitor("songjiang-lead").get(OWN).text
    assert "已逾期" not in own
    assert "评估结果已于 2021年10月12日 公布，自评不能再填。" in own


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2021-08-31", ""),
        ("2021-09-01", "的自评请于 2021年9月20日 前上报。"),
        ("2021-09-21", "的自评已过 2021年9月20日，还没有上报。"),
    ],
)
def test_the_to_do_list_tells_of_it_within_its_time(visitor: Visitor, on_day: Day, day: str, words: str) -> None:
    on_day(day)
    for account in ("songjiang-clerk", "songjiang-lead"):
        page = visitor(account).get("/todo").text
        assert (words in page) if words else ("自评请于" not in page)
    assert "的自评" not in visitor("songjiang-office1").get("/todo").text


def test_after_the_publication_the_district_reads_the_citys_word(visitor: Visitor, place: str, october: str) -> None:
    browser = visitor("supervisor")
    judge(browser, october, **said("2", "done", "现场看过"))
    judge_rest(browser, place)
    before = visitor("songjiang-lead").get(OWN).text
    assert "现场看过" not in before
    browser.submit(browser.form(place, action=f"{place}/publish"))
    page = visitor("songjiang-lead").get(OWN).text
    assert "市局已于 2021年10月12日 公布评估结果" in page
    assert "现场看过" in page
    assert "现场看过" not in visitor("huangpu-lead").get(OWN).text


def test_the_report_on_paper_has_the_summary_and_every_task(visitor: Visitor, on_day: Day, place: str) -> None:
    on_day("2021-09-15")
    clerk = visitor("songjiang-clerk")
    judge(clerk, OWN, "rest", summary="**总体完成**")
    for browser, address in ((clerk, OWN), (visitor("supervisor"), f"{place}/{unit_id('songjiang')}")):
        page = browser.get(f"{address}?print=1").text
        assert "<h1>松江区司法局自评报告</h1>" in page
        assert "<strong>总体完成</strong>" in page
        assert page.count('<tr><td class="number">') == 28
        assert "尚未上报" in page


def test_the_pages_ask_as_often_for_a_judged_plan_as_for_a_new_one(
    visitor: Visitor, october: str, place: str, query_count: Callable[[], AbstractContextManager[Queries]]
) -> None:
    browser = visitor("supervisor")
    found = []
    for _ in range(2):
        for address in (place, october):
            browser.get(address)
            with query_count() as queries:
                browser.get(address)
            found.append(len(queries.statements))
        with transaction():
            evaluations.judge_rest(person("supervisor"), moment("2021-10-12"), the_plan())
    assert found[:2] == found[2:]


def test_the_score_of_the_day_before_stays_on_every_page(visitor: Visitor, place: str, october: str) -> None:
    before = score("2021-10-11")
    browser = visitor("supervisor")
    judge(browser, october, "rest", **said("1", "not_done", "材料为上年度的"))
    judge_rest(browser, place)
    browser.submit(browser.form(place, action=f"{place}/publish"))
    assert score("2021-10-11") == before
    assert "评估认定" not in browser.get(f"/scores/{unit_id('songjiang')}?on=2021-10-11").text
    assert "评估认定" in browser.get(f"/scores/{unit_id('songjiang')}?on=2021-10-12").text
