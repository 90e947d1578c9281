"""What is sent after a session ran out is kept for the same person, and never sent again by itself."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from werkzeug.test import TestResponse

from tests.client import Client, Form
from tests.web.conftest import CLERK, PDF, Visitor, follow, status
from tracker import clock
from tracker.assignments.models import Comment
from tracker.db import db, transaction
from tracker.people import held
from tracker.people.held import LARGEST, MOST
from tracker.people.models import HeldForm, LoginSession
from tracker.reports.models import Evidence, Report
from tracker.rules.status import Status

NOTICE = "您有内容在登录失效后提交，没有丢失"


def run_out() -> None:
    """End every session, as if nobody had touched a page for hours."""
    with transaction():
        db.session.execute(delete(LoginSession))


def kept() -> int:
    """Return how many forms are kept."""
    return db.session.scalar(select(func.count()).select_from(HeldForm)) or 0


def kept_id() -> int:
    """Return the number of the only form that is kept."""
    return db.session.scalars(select(HeldForm.id)).one()


@pytest.fixture
def lost(clerk: Client, seven: int) -> Callable[..., TestResponse]:
    """Fill in the report form, let the session run out, press a button."""

    def press(intent: str = "progress", **fields: object) -> TestResponse:
        form = clerk.form(f"/assignments/{seven}/report")
        run_out()
        return clerk.submit(form, intent=intent, **{"done": "写了一个小时的文字", **fields})

    return press


def button(browser: Client, held_id: int, action: str) -> Form:
    """Return one of the buttons of the page of a kept form."""
    return browser.form(f"/held/{held_id}", f"/held/{held_id}/{action}")


# ---- keeping


def test_a_report_sent_after_the_session_ran_out_is_kept_and_the_page_says_so(
    lost: Callable[..., TestResponse], seven: int
) -> None:
    response = lost(next_steps="下一步的文字")
    assert response.status_code == 401
    assert "您写的文字已由系统保留" in response.text
    assert (kept(), status(seven)) == (1, Status.IN_PROGRESS)
    stored = db.session.scalars(select(HeldForm)).one()
    assert stored.page == f"/assignments/{seven}/report"
    assert "写了一个小时" not in stored.fields


def test_what_the_page_saves_by_itself_is_kept_as_its_form(clerk: Client, seven: int) -> None:
    form = clerk.form(f"/assignments/{seven}/report")
    run_out()
    assert clerk.post(f"{form.action}/draft", data={**form.fields, "done": "写到一半"}).status_code == 401
    assert clerk.post(f"{form.action}/draft", data={**form.fields, "done": "写到一半多"}).status_code == 401
    assert [row.page for row in db.session.scalars(select(HeldForm))] == [form.action]


def test_files_are_not_kept(lost: Callable[..., TestResponse]) -> None:
    lost(files=(io.BytesIO(PDF), "证明材料.pdf"))
    assert (kept(), db.session.scalars(select(Evidence)).all()) == (1, [])


def test_nothing_is_kept_of_a_visitor_whom_the_cookie_does_not_name(
    visitor: Visitor, clerk: Client, seven: int
) -> None:
    form = clerk.form(f"/assignments/{seven}/report")
    response = visitor("").submit(form, intent="progress", done="谁写的")
    assert (response.status_code, kept()) == (401, 0)
    assert "已由系统保留" not in response.text


def test_nothing_is_kept_after_signing_out(clerk: Client, seven: int) -> None:
    form = clerk.form(f"/assignments/{seven}/report")
    clerk.logout()
    assert (clerk.submit(form, intent="progress", done="文字").status_code, kept()) == (401, 0)


@pytest.mark.parametrize("secret", ["", "forged", None])
def test_a_form_without_the_secret_of_this_browser_is_not_kept(
    lost: Callable[..., TestResponse], secret: str | None
) -> None:
    assert lost(csrf_token=secret).status_code == 401
    assert kept() == 0


def test_a_form_of_another_site_is_not_kept(clerk: Client, seven: int) -> None:
    form = clerk.form(f"/assignments/{seven}/report")
    run_out()
    response = clerk.post(form.action, data={**form.fields, "done": "x"}, headers={"Origin": "https://evil.example"})
    assert (response.status_code, kept()) == (400, 0)


def test_passwords_are_not_kept(clerk: Client) -> None:
    form = clerk.form("/account/password")
    run_out()
    assert clerk.submit(form, old="a", new="b", again="b").status_code == 401
    assert kept() == 0


def test_a_mere_button_is_not_kept(clerk: Client, seven: int) -> None:
    form = clerk.form(f"/assignments/{seven}", "/logout")
    run_out()
    clerk.post(f"/assignments/{seven}/sign", data=form.fields)
    assert kept() == 0


@pytest.mark.parametrize("done", ["字" * LARGEST, "一\x01二"])
def test_a_form_beyond_the_limit_or_with_signs_nobody_types_is_not_kept(
    lost: Callable[..., TestResponse], done: str
) -> None:
    assert lost(done=done).status_code == 401
    assert kept() == 0


def test_of_many_forms_the_last_ones_are_kept_and_one_for_each_page(clerk: Client, seven: int) -> None:
    token = clerk.form(f"/assignments/{seven}/report").fields["csrf_token"]
    run_out()
    for number in [*range(1, MOST + 4), MOST + 3]:
        clerk.post(f"/assignments/{number}/comments", data={"csrf_token": token, "body": f"第{number}条"})
    pages = db.session.scalars(select(HeldForm.page).order_by(HeldForm.id)).all()
    assert pages == [f"/assignments/{number}/comments" for number in range(4, MOST + 4)]


# ---- coming back


def test_the_next_page_after_the_login_leads_to_what_was_kept(lost: Callable[..., TestResponse], clerk: Client) -> None:
    lost()
    clerk.login(CLERK)
    assert NOTICE in clerk.get("/todo").text
    page = clerk.get(f"/held/{kept_id()}").text
    assert "写了一个小时的文字" in page
    assert NOTICE not in page


def test_nobody_else_sees_it(lost: Callable[..., TestResponse], visitor: Visitor) -> None:
    lost()
    other = visitor("supervisor")
    assert NOTICE not in other.get("/overdue").text
    number = kept_id()
    assert other.get(f"/held/{number}").status_code == 404
    token = other.form("/help", "/logout").fields["csrf_token"]
    for action in ("restore", "discard"):
        assert other.post(f"/held/{number}/{action}", data={"csrf_token": token}).status_code == 404
    assert kept() == 1


def test_put_back_it_is_a_draft_and_nothing_is_filed(
    lost: Callable[..., TestResponse], clerk: Client, seven: int
) -> None:
    lost("completion", progress="60")
    clerk.login(CLERK)
    response = clerk.submit(button(clerk, kept_id(), "restore"))
    assert response.location == f"/assignments/{seven}/report"
    assert "写了一个小时的文字" in follow(clerk, response)
    report = db.session.scalars(select(Report)).one()
    assert (report.state, report.progress, kept(), status(seven)) == ("draft", 60, 0, Status.IN_PROGRESS)


def test_a_newer_draft_is_shown_beside_it_and_both_stay(
    lost: Callable[..., TestResponse], clerk: Client, seven: int
) -> None:
    lost()
    clerk.login(CLERK)
    clerk.submit(clerk.form(f"/assignments/{seven}/report"), intent="draft", done="后来写的文字")
    response = clerk.submit(button(clerk, kept_id(), "restore"))
    assert response.status_code == 409
    assert "写了一个小时的文字" in response.text
    assert "后来写的文字" in response.text
    assert ([report.done for report in db.session.scalars(select(Report))], kept()) == (["后来写的文字"], 1)


def test_a_remark_is_put_back_into_its_form(clerk: Client, seven: int) -> None:
    form = clerk.form(f"/assignments/{seven}", "/comments")
    run_out()
    clerk.submit(form, body="请看附件第二页")
    clerk.login(CLERK)
    response = clerk.submit(button(clerk, kept_id(), "restore"))
    assert response.status_code == 200
    assert "请看附件第二页</textarea>" in response.text
    assert (kept(), db.session.scalars(select(Comment)).all()) == (0, [])


def test_what_has_no_form_to_go_back_to_leads_to_the_nearest_page(visitor: Visitor) -> None:
    supervisor = visitor("supervisor")
    token = supervisor.form("/help", "/logout").fields["csrf_token"]
    run_out()
    supervisor.post("/tasks/3/edit", data={"csrf_token": token, "text": "改过的文字", "reason": "原文有误"})
    supervisor.login("supervisor")
    page = supervisor.get(f"/held/{kept_id()}").text
    assert "改过的文字" in page
    assert 'href="/tasks/3"' in page
    token = supervisor.form("/help", "/logout").fields["csrf_token"]
    assert supervisor.post(f"/held/{kept_id()}/restore", data={"csrf_token": token}).status_code == 404


def test_it_can_be_thrown_away(lost: Callable[..., TestResponse], clerk: Client) -> None:
    lost()
    clerk.login(CLERK)
    assert clerk.submit(button(clerk, kept_id(), "discard")).status_code == 303
    assert kept() == 0


def test_after_a_week_it_is_gone(lost: Callable[..., TestResponse], clerk: Client, seeded: Flask) -> None:
    lost()
    with transaction():
        db.session.execute(update(HeldForm).values(held_at=clock.utc() - held.KEPT_FOR))
    clerk.login(CLERK)
    assert clerk.get(f"/held/{kept_id()}").status_code == 404
    assert NOTICE not in clerk.get("/todo").text
    with transaction():
        held.purge(clock.utc())
    assert kept() == 0
