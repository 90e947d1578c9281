"""Remarks on an assignment's page: shown as written, hidden with a reason, never gone."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import owed
from tests.client import Client
from tests.web.conftest import CLERK, REVIEWER, follow, same_page, token
from tracker.assignments.models import Comment
from tracker.db import db

Visitor = Callable[[str], Client]


def say(browser: Client, assignment_id: int, body: str) -> str:
    """Add a remark through the page; return the page after it."""
    return follow(browser, browser.submit(browser.form(f"/assignments/{assignment_id}", "comments"), body=body))


def remark() -> Comment:
    """Return the one remark there is."""
    return db.session.scalars(select(Comment)).one()


def number() -> int:
    """How many remarks there are."""
    return db.session.scalar(select(func.count()).select_from(Comment)) or 0


def test_a_remark_is_shown_as_it_was_written(visitor: Visitor, seven: int) -> None:
    page = say(visitor(REVIEWER), seven, "第一行\r\n<script>alert(1)</script> **不是标记**")
    assert "第一行\n&lt;script&gt;alert(1)&lt;/script&gt; **不是标记**" in page
    assert "alert(1)</script>" not in page
    assert "第一行" in visitor(CLERK).get(f"/assignments/{seven}").text


@pytest.mark.parametrize("body", ["", " \r\n ", "长" * 1001], ids=["nothing", "blanks", "too long"])
def test_what_cannot_be_stored_is_refused_with_everything_kept(visitor: Visitor, seven: int, body: str) -> None:
    browser = visitor(CLERK)
    response = browser.submit(browser.form(f"/assignments/{seven}", "comments"), body=body)
    assert response.status_code == 422
    assert "error-summary" in response.text
    assert body.strip() in response.text
    assert number() == 0


@pytest.mark.parametrize("account", ["huangpu-clerk", "huangpu-lead", "putuo-office1", "reviewer-mishu"])
def test_a_foreign_assignment_answers_like_a_missing_one(visitor: Visitor, seven: int, account: str) -> None:
    browser = visitor(account)
    sent = {"csrf_token": token(browser), "body": "窥探"}
    answers = [same_page(browser.post(f"/assignments/{id_}/comments", data=sent)) for id_ in (seven, 2_000_000)]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    assert number() == 0


@pytest.mark.parametrize("account", ["admin", "leader", "auditor"])
def test_who_only_reads_writes_no_remark(visitor: Visitor, seven: int, account: str) -> None:
    browser = visitor(account)
    sent = {"csrf_token": token(browser), "body": "插话"}
    assert browser.post(f"/assignments/{seven}/comments", data=sent).status_code == 403
    assert "comment-body" not in browser.get(f"/assignments/{seven}", follow_redirects=True).text
    assert number() == 0


def test_a_clerk_reads_the_talk_of_its_offices_but_has_no_part_in_it(visitor: Visitor, seeded: Flask) -> None:
    office, browser = owed("7", "songjiang-yueyang"), visitor(CLERK)
    sent = {"csrf_token": token(browser), "body": "插话"}
    assert browser.post(f"/assignments/{office}/comments", data=sent).status_code == 403
    assert browser.get(f"/assignments/{office}").status_code == 200
    assert number() == 0


def test_nobody_signed_in_is_led_to_login(visitor: Visitor, seven: int) -> None:
    browser = visitor("")
    response = browser.post(f"/assignments/{seven}/comments", data={"csrf_token": token(browser), "body": "匿名"})
    assert response.status_code in (302, 401)
    assert number() == 0


def test_a_hidden_remark_is_read_by_supervisors_only_and_the_reason_by_all(visitor: Visitor, seven: int) -> None:
    say(visitor(CLERK), seven, "联系人手机写在这里")
    supervisor = visitor("supervisor")
    form = next(found for found in supervisor.forms(f"/assignments/{seven}") if found.action.endswith("/hide"))
    page = follow(supervisor, supervisor.submit(form, reason="含有<i>个人信息</i>"))
    assert "联系人手机写在这里" in page
    assert "的留言已由" in page
    for account in (CLERK, REVIEWER, "leader", "admin", "songjiang-lead"):
        page = visitor(account).get(f"/assignments/{seven}").text
        assert "联系人手机写在这里" not in page
        assert "隐藏：含有&lt;i&gt;个人信息&lt;/i&gt;" in page
    assert remark().body == "联系人手机写在这里"


def test_hiding_without_reason_and_hiding_twice_are_refused(visitor: Visitor, seven: int) -> None:
    say(visitor(CLERK), seven, "留言")
    supervisor = visitor("supervisor")
    address, sent = f"/comments/{remark().id}/hide", {"csrf_token": token(supervisor)}
    for reason, expected in ((" ", 422), ("长" * 501, 422), ("重复", 303), ("再次", 409)):
        assert supervisor.post(address, data={**sent, "reason": reason}).status_code == expected
    assert remark().hide_reason == "重复"
    assert supervisor.post("/comments/2000000/hide", data={**sent, "reason": "重复"}).status_code == 404


@pytest.mark.parametrize("account", [CLERK, "songjiang-lead", REVIEWER, "leader", "admin"])
def test_only_a_supervisor_is_offered_to_hide(visitor: Visitor, seven: int, account: str) -> None:
    say(visitor(CLERK), seven, "留言")
    browser = visitor(account)
    assert "/hide" not in browser.get(f"/assignments/{seven}").text
    sent = {"csrf_token": token(browser), "reason": "不喜欢"}
    assert browser.post(f"/comments/{remark().id}/hide", data=sent).status_code == 403
    assert remark().hidden_at is None
