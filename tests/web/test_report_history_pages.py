"""One report under its own address: its text and files, what happened to it, what others say differently."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.assignments.acts import owed, take
from tests.assignments.two_levels import ask_for_closure, ask_for_two_levels, sign
from tests.client import Client
from tests.web.conftest import CLERK, REVIEWER, file, same_page
from tracker.db import db
from tracker.reports.models import Report
from tracker.rules.status import Move

Visitor = Callable[[str], Client]
Send = Callable[..., TestResponse]

PLACES = ("/reports/{}", "/reports/{}/history")


def numbers() -> list[int]:
    """Return all reports, the first on top."""
    return list(db.session.scalars(select(Report.id).order_by(Report.id)))


def test_a_report_has_a_page_of_its_own_with_text_files_and_decision(visitor: Visitor, send: Send, seven: int) -> None:
    send("completion", done="**已落实**", problems="经费不足", files=file("佐证.pdf"))
    reviewer = visitor(REVIEWER)
    reviewer.submit(reviewer.form(f"/assignments/{seven}", "review"), decision="return", reason="缺签章页")
    (number,) = numbers()
    for address in (f"/reports/{number}", f"/assignments/{seven}/reports/{number}"):
        page = visitor(CLERK).get(address).text
        for told in ("<strong>已落实</strong>", "经费不足", "佐证.pdf", "缺签章页", "已退回"):
            assert told in page
    assert f'href="/reports/{number}"' in reviewer.get(f"/assignments/{seven}").text


def test_a_report_is_not_found_under_another_assignment(visitor: Visitor, send: Send, seven: int) -> None:
    send("progress")
    (number,) = numbers()
    browser = visitor(CLERK)
    other = owed("4", "songjiang")
    answers = [
        same_page(browser.get(f"/assignments/{assignment}/reports/{report}"))
        for assignment, report in ((other, number), (seven, 2_000_000), (2_000_000, number))
    ]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 404


@pytest.mark.parametrize("account", ["huangpu-clerk", "huangpu-lead", "putuo-office1", "reviewer-mishu"])
@pytest.mark.parametrize("place", PLACES)
def test_a_foreign_report_answers_like_a_missing_one(visitor: Visitor, send: Send, account: str, place: str) -> None:
    send("progress")
    browser = visitor(account)
    answers = [same_page(browser.get(place.format(number))) for number in (numbers()[0], 2_000_000)]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


@pytest.mark.parametrize("place", PLACES)
def test_a_draft_is_the_units_own_business(visitor: Visitor, send: Send, place: str) -> None:
    send("draft", done="还没想好")
    address = place.format(numbers()[0])
    assert "还没想好" in visitor(CLERK).get(address).text or "草稿" in visitor(CLERK).get(address).text
    for account in ("supervisor", REVIEWER, "leader", "admin"):
        assert visitor(account).get(address).status_code == 404


def test_a_reader_of_drafts_sees_them_only_in_the_own_history(visitor: Visitor, send: Send) -> None:
    send("progress", done="第一份")
    send("draft", done="秘密的第二份")
    address = f"/reports/{numbers()[0]}/history"
    assert "秘密的第二份" in visitor(CLERK).get(address).text
    assert "秘密的第二份" not in visitor("supervisor").get(address).text


def course(page: str) -> list[str]:
    """Return what the page says was done, in its order."""
    part = page.split('id="course-title"')[1].split("</ol>")[0]
    return [line.split("</b> ")[1].split("</p>")[0] for line in part.split("<li ")[1:]]


def test_the_history_tells_saving_filing_recalling_returning_and_accepting(
    visitor: Visitor, clerk: Client, send: Send, seven: int
) -> None:
    send("draft", done="第一稿")
    send("completion", done="第一稿")
    clerk.submit(clerk.form(f"/assignments/{seven}", "recall"))
    send("completion", done="第二稿")
    reviewer = visitor(REVIEWER)
    reviewer.submit(reviewer.form(f"/assignments/{seven}", "review"), decision="return", reason="缺附件")
    send("completion", done="第三稿")
    reviewer.submit(reviewer.form(f"/assignments/{seven}", "review"), decision="accept")
    told = [course(reviewer.get(f"/reports/{number}/history").text) for number in numbers()]
    assert told == [
        ["保存草稿", "报送", "撤回申请"],
        ["报送", "退回"],
        ["报送", "审核通过"],
    ]
    page = reviewer.get(f"/reports/{numbers()[1]}/history").text
    assert "缺附件" in page
    for text in ("第一稿", "第二稿", "第三稿"):
        assert text in page


def test_the_history_tells_the_word_of_the_lead(seeded: Flask, visitor: Visitor) -> None:
    ask_for_two_levels()
    seven = owed("7", "songjiang")
    take(CLERK, Move.ACKNOWLEDGE, "2021-02-20", seven)
    report = ask_for_closure(seven)
    sign(seven, why="情况属实")
    page = visitor(REVIEWER).get(f"/reports/{report.id}/history").text
    assert course(page) == ["报送", "区局审签，报市局审核"]
    assert "情况属实" in page


def test_the_history_shows_before_and_after_of_what_differs(visitor: Visitor, send: Send) -> None:
    send("progress", done="刚起步", progress=20)
    send("progress", done="过半<b>了</b>", progress=60, files=file("名单.pdf"))
    send("progress", done="过半<b>了</b>", progress=60, next_steps="走访")
    page = visitor("supervisor").get(f"/reports/{numbers()[1]}/history").text
    for told in ("刚起步", "过半&lt;b&gt;了&lt;/b&gt;", "20%", "60%", "名单.pdf（第 1 版）", "这是第一份填报"):
        assert told in page
    newest = page.split("<article")[1]
    assert "佐证材料" in newest
    assert "完成情况" not in newest


def test_a_history_costs_the_same_however_many_reports(
    visitor: Visitor, send: Send, query_count: Callable[..., object]
) -> None:
    supervisor = visitor("supervisor")
    asked = []
    for _ in range(3):
        send("progress")
        address = f"/reports/{numbers()[0]}/history"
        supervisor.get(address)
        with query_count() as queries:  # type: ignore[attr-defined]
            supervisor.get(address)
        asked.append(len(queries.statements))
    assert asked == [asked[0]] * 3
