"""The pages by which a supervisor changes published tasks, and the list of all tasks."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.assignments.acts import moment, person, the_plan
from tests.client import Client
from tests.web.conftest import Visitor, follow, token
from tracker.assignments import changes
from tracker.db import db, transaction
from tracker.plans.models import Task

WHY = "依据市局通知。"


@pytest.fixture
def supervisor(visitor: Visitor) -> Client:
    """The supervisor at the browser."""
    return visitor("supervisor")


def task(number: str) -> Task:
    return db.session.scalars(select(Task).where(Task.number == number).execution_options(populate_existing=True)).one()


def page(browser: Client, number: str = "16") -> str:
    return browser.get(f"/tasks/{task(number).id}").text


def press(browser: Client, act: str, number: str = "16", **fields: object) -> object:
    return browser.submit(browser.form(f"/tasks/{task(number).id}", f"/{act}"), **fields)


# ---- changes


def test_a_correction_shows_both_texts_who_and_why(supervisor: Client) -> None:
    before = task("16").text
    shown = follow(supervisor, press(supervisor, "edit", text="改过的文字。", reason=WHY))
    for words in ("任务（更正后）", "改过的文字。", before, "变更记录", "更正文字", WHY, person("supervisor").name):
        assert words in shown
    plan = supervisor.get(f"/plans/{the_plan().id}").text
    assert "改过的文字。" in plan
    assert "更正" in plan


def test_a_new_due_day_stands_beside_the_printed_one(supervisor: Client) -> None:
    shown = follow(supervisor, press(supervisor, "due", due="2021-08", reason=WHY))
    assert "2021年8月31日" in shown
    assert "原文“2021年6月”" in shown
    assert "2021-08-31<small" in supervisor.get(f"/plans/{the_plan().id}").text


def test_one_more_unit_is_shown_among_the_others(supervisor: Client) -> None:
    assert "市局宣传处" not in page(supervisor)
    assert "已交办到市局宣传处" in follow(supervisor, press(supervisor, "assign", unit="市局宣传处", reason=WHY))


def test_what_was_taken_off_says_so_everywhere(supervisor: Client) -> None:
    shown = follow(supervisor, press(supervisor, "archive", reason=WHY))
    assert "已于2021年6月24日撤下" in shown
    assert "/archive" not in shown
    for address in (f"/plans/{the_plan().id}", "/tasks"):
        assert "已撤下" in supervisor.get(address).text


def test_an_added_task_is_marked_as_such(supervisor: Client) -> None:
    form = supervisor.form(f"/plans/{the_plan().id}/tasks/new")
    assert form.fields["units"].strip() == "各区局"
    shown = follow(supervisor, supervisor.submit(form, number="29", text="专项检查。", due="2021-09", reason=WHY))
    assert "专项检查。" in shown
    assert "文件中没有" in shown
    assert "<figcaption>增补：" in shown
    for address in (f"/plans/{the_plan().id}", "/tasks"):
        assert "增补" in supervisor.get(address).text


@pytest.mark.parametrize(
    ("act", "fields", "said"),
    [
        ("edit", {"text": " ", "reason": WHY}, "请写明任务内容"),
        ("edit", {"text": "字" * 2001, "reason": WHY}, "最多 2000 字"),
        ("edit", {"text": "新的文字", "reason": " "}, "请写明理由"),
        ("edit", {"text": "新的文字", "reason": "字" * 501}, "最多 500 字"),
        ("due", {"due": "2021-13", "reason": WHY}, "读不懂"),
        ("due", {"due": "2021-2", "reason": WHY}, "读不懂"),
        ("due", {"due": "0021-02", "reason": WHY}, "读不懂"),
        ("due", {"due": "２０２１-０８", "reason": WHY}, "读不懂"),
        ("due", {"due": "", "reason": WHY}, "请填写完成时限"),
        ("due", {"due": "2021-05", "reason": WHY}, "早于今天"),
        ("due", {"due": "2021-06", "reason": WHY}, "没有改动"),
        ("due", {"due": "2021-08", "reason": ""}, "请写明理由"),
        ("assign", {"unit": "月球分局", "reason": WHY}, "找不到"),
        ("assign", {"unit": "", "reason": WHY}, "请填写单位名称"),
        ("archive", {"reason": ""}, "请写明理由"),
    ],
)
def test_what_is_refused_comes_back_with_what_was_typed(
    supervisor: Client, act: str, fields: dict[str, str], said: str
) -> None:
    before = task("16").version
    response = press(supervisor, act, **fields)
    assert response.status_code == 422
    assert said in response.text
    assert "error-summary" in response.text
    assert f'id="{act}" open' in response.text
    assert all(value.strip() in response.text for value in fields.values())
    assert task("16").version == before


@pytest.mark.parametrize("act", ["edit", "due", "archive"])
def test_a_stale_form_shows_both_and_takes_the_second_try(supervisor: Client, visitor: Visitor, act: str) -> None:
    fields = {"edit": {"text": "我的文字。"}, "due": {"due": "2021-08"}, "archive": {}}[act]
    form = supervisor.form(f"/tasks/{task('16').id}", f"/{act}")
    press(visitor("supervisor"), "edit", text="别人先改的。", reason=WHY)
    response = supervisor.submit(form, reason="我的理由。", **fields)
    assert response.status_code == 409
    for words in ("别人先改的。", "我的理由。", "您的内容（未保存）", *fields.values()):
        assert words in response.text
    assert task("16").text == "别人先改的。"
    newer = {**form.fields, "version": str(task("16").version), "reason": "我的理由。", **fields}
    assert supervisor.post(form.action, data=newer).status_code == 303


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("edit", {"text": "我的文字。", "reason": "我的理由。"}),
        ("due", {"due": "2021-08", "reason": "我的理由。"}),
        ("assign", {"unit": "松江区司法局", "reason": "我的理由。"}),
        ("split", {"parts": "我的一段。\n\n我的两段。", "reason": "我的理由。"}),
        ("merge", {"others": "17", "number": "16+17", "text": "我的合并。", "reason": "我的理由。"}),
        ("archive", {"reason": "我的理由。"}),
    ],
)
def test_what_was_typed_for_a_task_that_others_withdrew_can_be_copied(
    supervisor: Client, visitor: Visitor, act: str, fields: dict[str, str]
) -> None:
    form = supervisor.form(f"/tasks/{task('16').id}", f"/{act}")
    press(visitor("supervisor"), "archive", reason=WHY)
    response = supervisor.submit(form, **fields)
    assert response.status_code == 409
    left = response.text.partition('id="left"')[2].partition("</section>")[0].replace("\r\n", "\n")
    assert all(words in left for words in fields.values())


def test_a_day_that_passed_is_refused_in_words(supervisor: Client) -> None:
    assert "/due" not in page(supervisor, "7")
    data = {"csrf_token": token(supervisor), "version": "1", "due": "2021-08", "reason": WHY}
    response = supervisor.post(f"/tasks/{task('7').id}/due", data=data)
    assert response.status_code == 409
    assert "过去的日子的逾期和得分不能变" in response.text
    assert WHY in response.text.partition('id="left"')[2].partition("</section>")[0]


@pytest.mark.parametrize("version", ["", "x", "-1", "１", "9" * 30])
def test_a_form_without_a_version_is_none(supervisor: Client, version: str) -> None:
    data = {"csrf_token": token(supervisor), "version": version, "text": "x", "reason": WHY}
    assert supervisor.post(f"/tasks/{task('16').id}/edit", data=data).status_code == 400


@pytest.mark.parametrize("act", ["edit", "due", "archive", "assign"])
def test_a_task_that_is_not_there_is_not_changed(supervisor: Client, act: str) -> None:
    data = {"csrf_token": token(supervisor), "version": "1", "reason": WHY}
    assert supervisor.post(f"/tasks/2000000/{act}", data=data).status_code == 404


@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        ({"number": "0"}, 422, "序号应是"),
        ({"number": ""}, 422, "请填写序号"),
        ({"number": "1"}, 409, "已有第1项"),
        ({"text": ""}, 422, "请写明任务内容"),
        ({"due": "2021-13"}, 422, "读不懂"),
        ({"due": "2021-03"}, 422, "早于今天"),
        ({"units": ""}, 422, "请填写责任单位"),
        ({"units": "月球分局"}, 422, "单位库中没有"),
        ({"reason": ""}, 422, "请写明理由"),
    ],
)
def test_a_new_task_that_is_refused_is_not_half_there(
    supervisor: Client, fields: dict[str, str], code: int, said: str
) -> None:
    form = supervisor.form(f"/plans/{the_plan().id}/tasks/new")
    response = supervisor.submit(
        form, **{"number": "29", "text": "专项检查。", "due": "2021-09", "reason": WHY, **fields}
    )
    assert response.status_code == code
    assert said in response.text
    assert ("专项检查。" in response.text) is ("text" not in fields)
    assert len(db.session.scalars(select(Task.id)).all()) == 28


def test_a_plan_that_is_not_published_takes_no_changes(supervisor: Client, seeded: Flask) -> None:
    with transaction():
        db.session.execute(update(type(the_plan())).values(state="draft", published_on=None))
    data = {"csrf_token": token(supervisor), "version": "1", "due": "2021-08", "reason": WHY}
    assert supervisor.post(f"/tasks/{task('16').id}/due", data=data).status_code == 409
    assert "变更这项任务" not in page(supervisor)


def test_who_may_not_change_sees_what_changed_and_no_form(visitor: Visitor) -> None:
    with transaction():
        changes.edit(person("supervisor"), moment("2021-03-10"), task("16").id, 1, "改过的文字。", WHY)
    shown = page(visitor("songjiang-clerk"))
    assert WHY in shown
    assert "变更这项任务" not in shown


# ---- the list


def listed(browser: Client, **query: str) -> str:
    response = browser.get("/tasks", query_string=query)
    assert response.status_code == 200
    return response.text.split("<main")[1].split("</main>")[0]


def test_the_list_finds_words_and_sorts(supervisor: Client) -> None:
    words = task("16").text[:6]
    shown = listed(supervisor, q=words)
    assert words in shown
    assert "共 28 项" not in shown
    by_due = listed(supervisor, sort="due")
    assert by_due.index(task("7").text[:20]) < by_due.index(task("1").text[:20])
    assert f'href="/tasks/{task("28").id}"' in listed(supervisor, plan=str(the_plan().id))
    assert "没有符合条件" in listed(supervisor, plan="2000000")


@pytest.mark.parametrize("q", ["' or 1=1 --", "_", "%", "{{7*7}}", "\\", "/", "<script>alert(1)</script>"])
def test_signs_are_only_signs(supervisor: Client, q: str) -> None:
    shown = listed(supervisor, q=q)
    assert "没有符合条件的任务" in shown
    assert "49" not in shown
    assert "<script>" not in shown


@pytest.mark.parametrize(
    "query",
    [
        "sort=no;drop table task",
        "size=-1",
        "size=0",
        "size=201",
        "size=x",
        "page=99999999999999999999",
        "plan=x",
        "q=%00",
    ],
)
def test_an_address_that_cannot_be_read_is_refused(supervisor: Client, query: str) -> None:
    assert supervisor.get(f"/tasks?{query}").status_code == 400


def test_pages_hold_as_many_as_asked_and_the_last_one_stands_for_those_behind(supervisor: Client) -> None:
    shown = listed(supervisor, size="10", page="3")
    assert "第 21–28 项" in shown
    assert "第 21–28 项" in listed(supervisor, size="10", page="999")


def test_a_keyword_as_long_as_a_book_is_not_looked_for(supervisor: Client) -> None:
    response = supervisor.get("/tasks", query_string={"q": "a" * 101})
    assert response.status_code == 422
    assert "最多 100 字" in response.text
    assert supervisor.get("/tasks", query_string={"q": "a" * 100_000}).status_code == 414
