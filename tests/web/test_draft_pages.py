"""While a report is being written: the page saves it, takes files one by one, shows how the text will look."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.client import Client
from tests.web.conftest import PDF, file
from tracker.audit.models import AuditEntry
from tracker.db import db
from tracker.reports.models import Evidence, Report


@pytest.fixture
def save(clerk: Client, seven: int) -> Callable[..., TestResponse]:
    """Open the form once, and let the page save it: save(done="…"); what it answers is sent along next time."""
    form = clerk.form(f"/assignments/{seven}/report")

    def send(**fields: Any) -> TestResponse:
        response = clerk.post(f"{form.action}/draft", data={**form.fields, **fields})
        if response.status_code == 200:
            form.fields.update(token=response.json["token"], version=str(response.json["version"]))
        return response

    return send


def draft() -> Report:
    """Return the only report."""
    return db.session.scalars(select(Report)).one()


def test_what_is_typed_is_saved_and_the_page_is_told_when(save: Callable[..., TestResponse], seven: int) -> None:
    response = save(done="写到一半", progress="20")
    assert response.status_code == 200
    assert re.fullmatch(r"已自动保存 \d\d:\d\d:\d\d", response.json["words"])
    assert (draft().done, draft().progress, draft().state) == ("写到一半", 20, "draft")


def test_saving_again_continues_from_the_answer_and_is_on_record_once(save: Callable[..., TestResponse]) -> None:
    for done in ("一", "一二", "一二三"):
        assert save(done=done).status_code == 200
    assert draft().done == "一二三"
    wanted = select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "save_report")
    assert db.session.scalar(wanted) == 1


@pytest.mark.parametrize("progress", ["", "abc", "101", "-3"])
def test_a_progress_that_is_half_typed_keeps_no_text_from_being_saved(
    save: Callable[..., TestResponse], progress: str
) -> None:
    response = save(done="写到一半", progress=progress)
    assert response.status_code == 200
    assert "完成进度须在 0 与 100 之间，暂未保存" in response.json["words"]
    assert (draft().done, draft().progress) == ("写到一半", 0)


def test_a_text_that_is_too_long_is_not_saved_and_the_page_says_so(save: Callable[..., TestResponse]) -> None:
    response = save(done="字" * 4001)
    assert response.status_code == 422
    assert "文字过长：最多 4000 字" in response.json["words"]


@pytest.mark.parametrize("wrong", [{"token": ""}, {"token": "x" * 65}, {"version": "one"}])
def test_a_made_up_form_is_refused(save: Callable[..., TestResponse], wrong: dict[str, str]) -> None:
    assert save(done="一", **wrong).status_code == 400


def test_where_somebody_saved_meanwhile_both_texts_come_back(
    save: Callable[..., TestResponse], send: Callable[..., TestResponse]
) -> None:
    send("draft", done="同事写的")
    response = save(done="我写的")
    assert response.status_code == 409
    for words in ("同事写的", "我写的", "保留我的内容", "采用已保存的内容"):
        assert words in response.json["html"]
    assert draft().done == "同事写的"


def test_ones_own_text_is_kept_by_continuing_from_the_one_that_stands(
    save: Callable[..., TestResponse], send: Callable[..., TestResponse]
) -> None:
    send("draft", done="同事写的")
    html = save(done="我写的").json["html"]
    names = {name: found[1] for name in ("token", "version") if (found := re.search(f'data-{name}="([^"]+)"', html))}
    assert save(done="我写的", **names).status_code == 200
    assert draft().done == "我写的"


def test_what_is_under_review_is_not_saved(
    save: Callable[..., TestResponse], send: Callable[..., TestResponse]
) -> None:
    send("completion")
    response = save(done="还想写")
    assert response.status_code == 409
    assert "等待审核结果或撤回" in response.json["words"]


# ---- files


@pytest.fixture
def attach(clerk: Client, seven: int) -> Callable[..., TestResponse]:
    """Send one file as the page does."""
    form = clerk.form(f"/assignments/{seven}/report")

    def send(name: str, content: bytes = PDF) -> TestResponse:
        sent = {"csrf_token": form.fields["csrf_token"], "file": file(name, content)}
        return clerk.post(f"{form.action}/files", data=sent)

    return send


def test_a_file_is_taken_into_the_draft_and_leaves_its_text_alone(
    save: Callable[..., TestResponse], attach: Callable[..., TestResponse]
) -> None:
    save(done="一")
    version = draft().version
    response = attach("证明.pdf")
    assert response.status_code == 201
    assert "类型与内容相符" in response.json["words"]
    assert "证明.pdf" in response.json["html"]
    assert draft().version == version
    assert save(done="一二").status_code == 200


def test_a_file_has_no_place_before_there_is_a_draft(attach: Callable[..., TestResponse]) -> None:
    response = attach("证明.pdf")
    assert response.status_code == 409
    assert "草稿还没有保存" in response.json["words"]


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("a.exe", b"MZ\x90", 415, "只接受 pdf"),
        ("a.pdf", b"MZ\x90\x00\x03", 415, "内容与扩展名 .pdf 不符"),
        ("a.pdf", b"", 422, "是空文件"),
    ],
)
def test_a_file_that_is_not_taken_is_told_why(
    save: Callable[..., TestResponse],
    attach: Callable[..., TestResponse],
    name: str,
    content: bytes,
    code: int,
    words: str,
) -> None:
    save(done="一")
    response = attach(name, content)
    assert response.status_code == code
    assert words in response.json["words"]
    assert db.session.scalars(select(Evidence)).all() == []


def test_a_file_too_large_is_refused(
    save: Callable[..., TestResponse], attach: Callable[..., TestResponse], seeded: Flask
) -> None:
    save(done="一")
    seeded.config["TRACKER_MAX_UPLOAD_MB"] = 0
    assert attach("a.pdf").status_code == 413


# ---- preview and the last report


def test_the_preview_shows_the_text_and_keeps_the_form(clerk: Client, seven: int) -> None:
    form = clerk.form(f"/assignments/{seven}/report")
    response = clerk.post(f"{form.action}/preview", data={**form.fields, "done": "- 已**落实**", "progress": "35"})
    assert response.status_code == 200
    assert "<li>已<strong>落实</strong></li>" in response.text
    assert "- 已**落实**</textarea>" in response.text
    assert 'value="35"' in response.text
    assert db.session.scalars(select(Report)).all() == []


def test_a_text_that_cannot_be_shown_is_said_at_its_field(clerk: Client, seven: int) -> None:
    form = clerk.form(f"/assignments/{seven}/report")
    response = clerk.post(f"{form.action}/preview", data={**form.fields, "done": "[" * 201})
    assert response.status_code == 422
    assert "方括号过多" in response.text


def test_the_last_report_fills_what_is_still_empty(
    send: Callable[..., TestResponse], clerk: Client, seven: int
) -> None:
    send("progress", done="上月的情况", problems="上月的问题", progress="30")
    response = send("copy", done="本月的情况", progress="30")
    assert response.location == f"/assignments/{seven}/report"
    wanted = select(Report.done, Report.problems, Report.progress).where(Report.state == "draft")
    assert db.session.execute(wanted).one() == ("本月的情况", "上月的问题", 30)


def test_there_is_nothing_to_copy_for_the_first_report(clerk: Client, seven: int) -> None:
    page = clerk.get(f"/assignments/{seven}/report").text
    assert "复制上期" not in page
    assert "这是第一次填报" in page
