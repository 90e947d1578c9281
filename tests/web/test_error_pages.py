"""Error pages: in words, with the request's number, and with what was typed where the form cannot be drawn again."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask, render_template

from tests.assignments.acts import owed, unit_id
from tests.client import Client
from tests.web.conftest import Visitor, token
from tracker.db import db
from tracker.reports.models import Report
from tracker.web.failures import PAGES

HIDDEN = "\u202e"


@pytest.mark.parametrize("code", sorted(PAGES))
def test_an_error_page_says_what_why_the_next_step_and_whom_to_ask(app: Flask, code: int) -> None:
    with app.test_request_context("/"):
        page = render_template(f"errors/{code}.html", detail="", request_id="abc123", kept=())
    assert f"错误 {code}" in page
    for part in ("发生了什么", "您可以", "问谁", "请求编号", "abc123"):
        assert part in page
    assert "<table" not in page
    assert re.search(r'<a class="btn btn-primary" href="/', page)


def report_form(clerk: Client, seven: int) -> dict[str, str]:
    """Return the fields of the report form as a browser sends them."""
    return dict(clerk.form(f"/assignments/{seven}/report").fields)


def test_what_was_typed_is_shown_to_be_copied_without_its_invisible_sign(clerk: Client, seven: int) -> None:
    fields = report_form(clerk, seven)
    done = f"已落实<b>两所</b>编制{HIDDEN}。\n第二行 & 第三行"
    answer = clerk.post(f"/assignments/{seven}/report", data={**fields, "done": done, "intent": "progress"})
    assert answer.status_code == 422
    assert "您刚才填写的文字" in answer.text
    assert "readonly>\n已落实&lt;b&gt;两所&lt;/b&gt;编制。\n第二行 &amp; 第三行" in answer.text
    assert HIDDEN not in answer.text
    assert db.session.query(Report).count() == 0


def test_an_english_text_is_kept_but_no_number_and_no_key(clerk: Client, seven: int) -> None:
    fields = report_form(clerk, seven)
    answer = clerk.post(
        f"/assignments/{seven}/report",
        data={**fields, "done": f"Two posts are filled.{HIDDEN}", "progress": "60", "other": "2021-06-24"},
    )
    kept = answer.text.split('id="kept-title"')[1]
    assert "Two posts are filled." in kept
    assert kept.count("<textarea") == 1
    assert fields["csrf_token"] not in kept


def test_a_page_open_too_long_loses_nothing_either(clerk: Client, seven: int) -> None:
    answer = clerk.post(f"/assignments/{seven}/report", data={"done": "已落实编制。", "csrf_token": "old"})
    assert answer.status_code == 400
    assert "已落实编制。</textarea>" in answer.text


def test_no_password_is_ever_shown(clerk: Client) -> None:
    secret = f"新的 password 密码{HIDDEN}"
    data = {"csrf_token": token(clerk), "old": secret, "new": secret, "again": secret, "note": f"说明文字{HIDDEN}"}
    answer = clerk.post("/account/password", data=data)
    assert answer.status_code == 422
    assert "kept-title" not in answer.text
    other = clerk.post("/account", data={**data, "password": secret, "code": secret})
    assert "说明文字" in other.text
    assert "新的 password" not in other.text


def test_a_form_from_another_site_is_not_shown(clerk: Client) -> None:
    answer = clerk.post("/account", data={"display": "别人的文字"}, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 400
    assert "别人的文字" not in answer.text


def test_an_act_that_the_state_of_things_forbids_is_not_laid_on_a_colleague(
    visitor: Visitor, seeded: Flask, on_day: Callable[[str], date]
) -> None:
    on_day("2021-03-05")
    lead, address = visitor("songjiang-lead"), f"/scores/{unit_id('songjiang')}"
    form = lead.form(address, f"{address}/appeals")
    for _ in "ab":
        answer = lead.submit(form, line=f"task:{owed('7', 'songjiang')}", reason="已按期完成")
    assert answer.status_code == 409
    assert "现在不能这样办" in answer.text
    assert "这一行已经提出过异议，请等待裁定结果。" in answer.text
    assert "已按期完成</textarea>" in answer.text
    assert "另一位同事" not in answer.text
