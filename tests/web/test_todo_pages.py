"""The to-do list at the browser: its tabs, and 本期无变化 for several assignments at once."""

import re

import pytest
from flask import Flask

from tests import tables
from tests.assignments.acts import owed, take
from tests.client import Client
from tests.web.conftest import CLERK, Visitor, follow, same_page, token
from tracker.db import db
from tracker.reports.models import Report
from tracker.rules.status import Move


@pytest.fixture
def signed(seeded: Flask) -> list[int]:
    """Three assignments of Songjiang, signed for."""
    found = [owed(task, "songjiang") for task in ("5", "16", "22")]
    for id_ in found:
        take(CLERK, Move.ACKNOWLEDGE, "2021-02-20", id_)
    return found


def labels(page: str) -> list[str]:
    """The tabs of the page."""
    return re.findall(r">([^<>]+)<span class=\"count", page.split('class="tabs"')[1].split("</nav>")[0])


def reports() -> list[tuple[int, str, str, int]]:
    """Every report: of what, in which state, with which text and progress."""
    return [(row.assignment_id, row.state, row.done, row.progress) for row in db.session.query(Report)]


def test_each_role_has_the_tabs_of_its_work(visitor: Visitor) -> None:
    own = ["待签收", "待填报", "退回修改", "等待审核", "催办"]
    assert labels(visitor(CLERK).get("/todo").text) == [*own, "已办"]
    assert labels(visitor("reviewer-mishu").get("/todo").text) == [*own, "待我审核", "已办"]
    assert labels(visitor("songjiang-lead").get("/todo").text) == ["待审核"]
    assert labels(visitor("supervisor").get("/todo").text) == ["待审核", "连续退回", "延期申请", "异议"]
    assert labels(visitor("leader").get("/todo").text) == ["本周到期", "连续退回"]


def test_who_has_nothing_to_do_is_led_to_the_ledger(visitor: Visitor) -> None:
    page = visitor("admin").get("/todo").text
    assert "您的角色没有待办" in page
    for address in ("/overdue", "/ledger?light=near", "/ledger?status=returned"):
        assert f'href="{address}"' in page


def test_a_row_names_the_lead_office_and_the_last_report(clerk: Client, signed: list[int]) -> None:
    page = clerk.get("/todo?tab=open").text
    assert "市局督察处" in page
    form = clerk.form(f"/assignments/{signed[0]}/report")
    clerk.submit(form, intent="progress", done="已开展。")
    assert "2021-06-24" in [row["最近填报"] for row in tables.rows(clerk.get("/todo?tab=open").text)]


def test_what_will_be_filed_is_listed_before_it_is(clerk: Client, signed: list[int]) -> None:
    waiting = owed("1", "songjiang")
    answer = clerk.submit(clerk.form("/todo?tab=open", action="/todo/unchanged"), id=[*map(str, signed), str(waiting)])
    assert answer.status_code == 200
    assert "将要填报的（3 项）" in answer.text
    assert "不填的（1 项）" in answer.text
    assert "当前状态为“待签收”，不能填报。" in answer.text
    assert reports() == []


def listed(browser: Client, ids: list[int]) -> dict[str, object]:
    """Tick assignments, and return the fields of the form that files them."""
    page = browser.submit(browser.form("/todo?tab=open", action="/todo/unchanged"), id=[str(id_) for id_ in ids]).text
    own = page.split('action="/todo/unchanged/file"')[1].split("</form>")[0]
    fields = dict(re.findall(r'name="(csrf_token|token)" value="([^"]+)"', own))
    return {**fields, "id": re.findall(r'name="id" value="(\d+)"', own)}


def test_nothing_changed_is_filed_for_each_with_its_progress_as_it_stands(clerk: Client, signed: list[int]) -> None:
    clerk.submit(clerk.form(f"/assignments/{signed[0]}/report"), intent="progress", done="已开展。", progress="40")
    fields = listed(clerk, signed)
    page = follow(clerk, clerk.post("/todo/unchanged/file", data=fields))
    assert "已填报“无变化” 3 项。" in page
    assert sorted(reports())[1:] == [
        (signed[0], "filed", "本期无变化。", 40),
        (signed[1], "filed", "本期无变化。", 0),
        (signed[2], "filed", "本期无变化。", 0),
    ]
    assert clerk.post("/todo/unchanged/file", data=fields).status_code == 303
    assert len(reports()) == 4


def test_an_unfinished_report_is_left_to_whoever_writes_it(clerk: Client, signed: list[int]) -> None:
    clerk.submit(clerk.form(f"/assignments/{signed[0]}/report"), intent="draft", done="正在写。")
    page = follow(clerk, clerk.post("/todo/unchanged/file", data={**listed(clerk, signed), "id": [*map(str, signed)]}))
    assert "已填报“无变化” 2 项；1 项没有填，请逐项填报。" in page
    assert {report[:2] for report in reports()} == {
        (signed[0], "draft"),
        (signed[1], "filed"),
        (signed[2], "filed"),
    }


def test_nothing_ticked_leads_back(clerk: Client, signed: list[int]) -> None:
    answer = clerk.submit(clerk.form("/todo?tab=open", action="/todo/unchanged"))
    assert "请先勾选本期没有变化的事项。" in follow(clerk, answer)


@pytest.mark.parametrize("address", ["/todo/unchanged", "/todo/unchanged/file"])
def test_a_foreign_assignment_answers_as_a_missing_one(visitor: Visitor, signed: list[int], address: str) -> None:
    browser = visitor("huangpu-clerk")
    sent = {"csrf_token": token(browser), "token": "x" * 32}
    found, missing = (same_page(browser.post(address, data={**sent, "id": str(id_)})) for id_ in (signed[0], 2_000_000))
    assert found == missing
    assert found[0] == 404
    assert reports() == []


def test_what_is_seen_but_another_units_is_refused(clerk: Client, seeded: Flask) -> None:
    sent = {"csrf_token": token(clerk), "token": "x" * 32, "id": str(owed("7", "songjiang-yueyang"))}
    assert clerk.post("/todo/unchanged/file", data=sent).status_code == 403
