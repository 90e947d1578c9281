"""The check page: every form does its step and leads on; what is refused comes back with what was typed."""

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.assignments.acts import the_plan
from tests.client import Client, FormReader
from tests.import_texts import FIRST, LINES, now, opened, task
from tests.web.conftest import Visitor, follow
from tracker.db import db, transaction
from tracker.plans.models import PlanImport
from tracker.rules.plans import ImportState


@pytest.fixture
def number(seeded: Flask) -> int:
    """The number of an open import."""
    return opened()


@pytest.fixture
def supervisor(visitor: Visitor) -> Client:
    """The supervisor at the browser."""
    return visitor("supervisor")


def page(number: int, key: str = "") -> str:
    return f"/plans/import/{number}/check" + (f"?task={key}" if key else "")


def send(browser: Client, number: int, key: str, act: str = "", /, **fields: Any) -> TestResponse:
    """Fill in a form of a task's page and send it."""
    address = f"/tasks/{key}{f'/{act}' if act else ''}?"
    return browser.submit(browser.form(page(number, key), address), **fields)


def test_the_first_page_shows_the_first_doubtful_task_beside_its_lines(supervisor: Client, number: int) -> None:
    shown = supervisor.get(page(number)).text
    assert "第2项" in shown
    assert "按“纯文本，逐项写明责任部门和完成时间”识别出 6 项任务，序号 1–6 连续。" in shown
    assert "3 处需人工核对" in shown
    assert '<mark class="m-deadline"><b>时限</b>9月</mark>' in shown
    assert "看不准。" in shown
    assert "读作 2024-09，按月末计，至2024年9月30日 星期一" in shown
    assert "确认，看下一处（1/3）" in shown


def test_confirming_leads_to_the_next_doubt_until_there_is_none(supervisor: Client, number: int) -> None:
    for key, following in (("2", "5"), ("5", "6")):
        response = send(supervisor, number, key, intent="next")
        assert response.status_code == 303
        assert response.location.endswith(f"?task={following}#task")
    last = follow(supervisor, send(supervisor, number, "6", intent="next"))
    assert "没有待核对的了。" in last
    assert f"/plans/import/{number}/units" in last


def test_one_doubt_can_be_confirmed_alone(supervisor: Client, number: int) -> None:
    shown = follow(supervisor, send(supervisor, number, "2", intent="confirm-deadline"))
    assert "已确认 1 处。" in shown
    assert "第2项" in shown


def test_changed_fields_are_saved_together(supervisor: Client, number: int) -> None:
    shown = follow(supervisor, send(supervisor, number, "1", text="新写的任务。", deadline="2024-07", intent="save"))
    assert "已保存：任务内容、完成时限。" in shown
    assert ">人工填写" in shown
    assert "原文写明：由人填写" not in shown
    assert task(number, "1").text == "新写的任务。"


def test_saving_and_confirming_are_one_press(supervisor: Client, number: int) -> None:
    shown = follow(supervisor, send(supervisor, number, "2", text="新写的任务。", intent="next"))
    assert "已保存：任务内容；已确认 1 处。" in shown


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"text": " "}, "请写明任务内容。"),
        ({"text": "长" * 5001}, "最多 5000 字"),
        ({"number": "2"}, "已有第2项"),
        ({"number": ""}, "请填写序号。"),
        ({"deadline": "改天"}, "读不成日期"),
        ({"responsible": "科" * 2001}, "最多 2000 字"),
        ({"kind": "other"}, "Not a valid choice|无效|有效"),
    ],
)
def test_what_cannot_be_comes_back_with_what_was_typed(
    supervisor: Client, number: int, fields: dict[str, str], told: str
) -> None:
    response = send(supervisor, number, "1", **fields, lead="我写的单位", intent="save")
    assert response.status_code == 422
    assert re.search(told, response.text)
    assert "我写的单位" in response.text
    assert 'class="error-summary"' in response.text
    assert task(number, "1").number == "1"


def test_two_people_at_one_task_see_both_sides(supervisor: Client, visitor: Visitor, number: int) -> None:
    form = supervisor.form(page(number, "1"), "/tasks/1?")
    other = visitor("supervisor")
    other.submit(other.form(page(number, "1"), "/tasks/1?"), text="别人写的。", intent="save")
    response = supervisor.submit(form, text="我写的。", intent="save")
    assert response.status_code == 409
    assert "别人写的。" in response.text
    assert "我写的。" in response.text
    assert "以我的内容为准，再次保存" in response.text
    assert task(number, "1").text == "别人写的。"
    again = supervisor.submit(resent(response, number), intent="save")
    assert again.status_code == 303
    assert task(number, "1").text == "我写的。"


def resent(response: TestResponse, number: int) -> Any:
    reader = FormReader("")
    reader.feed(response.text)
    return next(form for form in reader.forms if form.action.startswith(f"/plans/import/{number}/tasks/1?"))


def test_a_split_is_shown_before_it_is_done(supervisor: Client, number: int) -> None:
    parts = "建成平台。\r\n\r\n投入使用。"
    shown = send(supervisor, number, "3", "split", parts=parts, intent="preview")
    assert shown.status_code == 200
    assert "<b>3-2</b> 投入使用。" in shown.text
    assert len(now(number).draft.tasks) == 6
    done = send(supervisor, number, "3", "split", parts=parts)
    assert done.location.endswith("?task=3.1#task")
    assert [found.number for found in now(number).draft.tasks][2:4] == ["3-1", "3-2"]


def test_a_split_leaves_no_gap_in_the_numbers_and_a_withdrawn_task_does(supervisor: Client, number: int) -> None:
    shown = follow(supervisor, send(supervisor, number, "3", "split", parts="建成平台。\r\n\r\n投入使用。"))
    assert "序号 1–6 连续。" in shown
    shown = follow(supervisor, send(supervisor, number, "4", "withdraw", reason="不是任务"))
    assert "序号 1–6，中间缺 4。" in shown


def test_a_text_in_one_piece_is_not_split(supervisor: Client, number: int) -> None:
    response = send(supervisor, number, "3", "split", parts="只有一段。")
    assert response.status_code == 422
    assert "请至少分成两段" in response.text
    assert "只有一段。" in response.text


def test_tasks_are_merged_by_number(supervisor: Client, number: int) -> None:
    refused = send(supervisor, number, "5", "merge", others="6")
    assert refused.status_code == 422
    assert "完成时间不同" in refused.text
    send(supervisor, number, "6", deadline="2024年10月", intent="save")
    done = send(supervisor, number, "6", "merge", others="5，")
    assert done.location.endswith("?task=5#task")
    assert len(now(number).draft.tasks) == 5


def test_a_task_is_withdrawn_with_a_reason_and_taken_back(supervisor: Client, number: int) -> None:
    assert send(supervisor, number, "4", "withdraw", reason="").status_code == 422
    shown = follow(supervisor, send(supervisor, number, "4", "withdraw", reason="是引述，不是任务"))
    assert "是引述，不是任务" in shown
    assert "识别出 5 项任务" in shown
    shown = follow(supervisor, send(supervisor, number, "4", "restore"))
    assert "识别出 6 项任务" in shown


def test_a_missed_task_is_added_and_shown(supervisor: Client, number: int) -> None:
    response = send(supervisor, number, "4", "add", number="4-1", text="漏读的任务。", line_from="14", line_to="")
    assert response.location.endswith("?task=new1#task")
    assert task(number, "new1").line_from == 14
    refused = send(supervisor, number, "4", "add", number="4-2", text="漏读的任务。", line_from="900", line_to="")
    assert refused.status_code == 422
    assert "行号应在 1 到 16 之间" in refused.text


def test_the_head_is_filled_in(supervisor: Client, number: int) -> None:
    form = supervisor.form(page(number), "/head?")
    shown = follow(supervisor, supervisor.submit(form, doc_number="示司发〔2024〕18号", issued_on="2025-01-02"))
    assert "1 项没有写年份的时限已按新的年份重算" in shown
    assert now(number).draft.head.doc_number == "示司发〔2024〕18号"
    wrong = supervisor.submit(supervisor.form(page(number), "/head?"), issued_on="1024-01-02", title="")
    assert wrong.status_code == 422
    assert "请填写标题。" in wrong.text
    assert "印发日期应在 1980 年至 2100 年之间。" in wrong.text


def test_a_number_of_a_plan_is_refused_for_the_head(supervisor: Client, number: int) -> None:
    response = supervisor.submit(supervisor.form(page(number), "/head?"), doc_number=the_plan().doc_number)
    assert response.status_code == 409
    assert "已经导入过" in response.text


def test_all_doubts_of_a_rule_are_confirmed_by_one_button(supervisor: Client, number: int) -> None:
    shown = supervisor.get(page(number)).text
    assert "全部确认（2 处）" in shown
    response = supervisor.submit(supervisor.form(page(number), "/confirm?"))
    assert "已确认 2 处。" in follow(supervisor, response)


def test_a_line_is_corrected_and_the_page_tells_what_changed(supervisor: Client, number: int) -> None:
    send(supervisor, number, "3", text="按我的写。", intent="save")
    form = supervisor.form(f"{page(number, '1')}&line={FIRST}", "/lines?")
    assert form.fields["new"].strip() == LINES[FIRST - 1]
    new = LINES[FIRST - 1].replace("6月", "5月")
    shown = follow(supervisor, supervisor.submit(form, new=new, reason="原件印错"))
    assert f"第 {FIRST} 行已更正并重新识别。人工处理过而保留：3；读出变化：1；" in shown
    assert "已更正" in shown
    stale = supervisor.submit(form, new=new + "。", reason="原件印错")
    assert stale.status_code == 409


def test_a_correction_wants_a_reason(supervisor: Client, number: int) -> None:
    form = supervisor.form(f"{page(number, '1')}&line={FIRST}", "/lines?")
    response = supervisor.submit(form, new="1. 别的。", reason="")
    assert response.status_code == 422
    assert "请写明理由" in response.text
    assert "1. 别的。" in response.text


def test_the_history_says_who_did_what(supervisor: Client, number: int) -> None:
    send(supervisor, number, "1", text="新写的。", intent="save")
    shown = supervisor.get(f"/plans/import/{number}/history").text
    assert "新写的。" in shown
    assert "组织开展甲类培训，覆盖全部街镇。" in shown
    assert "上传并识别" in shown


def test_the_list_can_be_narrowed_to_doubts(supervisor: Client, number: int) -> None:
    shown = supervisor.get(f"/plans/import/{number}/check?list=doubtful").text
    items = shown[shown.index('class="check-list"') :]
    assert re.findall(r'href="\?task=(\d)&amp;list=doubtful">', items) == ["2", "5", "6"]


def test_more_lines_are_shown_on_demand(supervisor: Client, number: int) -> None:
    assert 'id="line-1"' not in supervisor.get(page(number, "5")).text
    assert 'id="line-1"' in supervisor.get(page(number, "5") + "&around=more").text


def test_an_import_leads_to_its_step(supervisor: Client, number: int) -> None:
    assert supervisor.get(f"/plans/import/{number}").location == f"/plans/import/{number}/check"


def test_a_finished_import_is_read_only(supervisor: Client, number: int) -> None:
    form = supervisor.form(page(number, "1"), "/tasks/1?")
    with transaction():
        row = db.session.get_one(PlanImport, number)
        row.state, row.plan_id = ImportState.PUBLISHED, the_plan().id
    response = supervisor.submit(form, text="还想改。", intent="save")
    assert response.status_code == 409
    assert "已经发布" in response.text
    shown = supervisor.get(page(number, "1")).text
    assert "只能查看" in shown
    assert "/tasks/1/split" not in shown
    assert task(number, "1").text != "还想改。"


def test_text_of_a_document_is_never_markup(supervisor: Client, number: int) -> None:
    send(supervisor, number, "1", text="<script>alert(1)</script>", intent="save")
    for address in (page(number, "1"), f"/plans/import/{number}/history"):
        shown = supervisor.get(address).text
        assert "<script>alert" not in shown
        assert "&lt;script&gt;" in shown


@pytest.mark.parametrize("key", ["99", "1.1", "new9", "x'--"])
def test_a_task_that_is_not_there_is_not_shown(supervisor: Client, number: int, key: str) -> None:
    assert supervisor.get(page(number, key)).status_code == 404
    form = supervisor.form(page(number, "1"), "/tasks/1?")
    form.action = form.action.replace("/tasks/1?", f"/tasks/{key}?")
    response = supervisor.submit(form, text="给谁？", intent="save")
    assert response.status_code == 409
    assert "已不在清单里" in response.text


def test_an_import_that_is_not_there_answers_everything_alike(supervisor: Client, number: int) -> None:
    for address in ("", "/check", "/history"):
        assert supervisor.get(f"/plans/import/2000000{address}").status_code == 404
    form = supervisor.form(page(number, "1"), "/tasks/1?")
    for address in ("/tasks/1", "/tasks/1/split", "/head", "/confirm", "/lines", "/drop"):
        form.action = f"/plans/import/2000000{address}"
        assert supervisor.submit(form, parts="a").status_code == 404, address


def test_a_draft_that_cannot_be_restored_is_told_as_such(supervisor: Client, number: int) -> None:
    with transaction():
        db.session.get_one(PlanImport, number).draft = "{}"
    response = supervisor.get(page(number))
    assert response.status_code == 409
    assert "读不出来" in response.text
    assert supervisor.get("/plans/import").status_code == 200
