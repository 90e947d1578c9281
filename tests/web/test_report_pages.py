"""The report form in the browser: what is refused, what is kept, and that nothing is stored by halves."""

import errno
import hashlib
import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.assignments.acts import moment, person
from tests.client import Client, FormReader
from tests.web.conftest import CLERK, PDF, Visitor, file, follow, status, token
from tracker import storage
from tracker.db import db, transaction
from tracker.people import operations as people
from tracker.people.queries import user_by_account
from tracker.reports.models import Evidence, Report
from tracker.rules.permissions import SYSTEM, Role
from tracker.rules.status import Status
from tracker.storage import path_of


def count(table: type[Report] | type[Evidence]) -> int:
    """Return how many rows a table has."""
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def stored(app: Flask) -> list[Path]:
    """Return every file in the store, also half ones."""
    return [path for path in (app.config["TRACKER_DATA_DIR"] / "evidence").rglob("*") if path.is_file()]


# ---- filing


def test_progress_is_filed_and_shown(clerk: Client, send: Callable[..., TestResponse], seven: int) -> None:
    response = send("progress", progress="40", done="- 已**落实**", next_steps="走访")
    assert (response.status_code, response.location) == (303, f"/assignments/{seven}")
    page = follow(clerk, response)
    assert "进展已报送" in page
    assert "<li>已<strong>落实</strong></li>" in page
    assert "进度 40%" in page
    assert "走访" in clerk.get(f"/assignments/{seven}/report").text


def test_a_draft_may_be_empty_and_is_there_again(clerk: Client, send: Callable[..., TestResponse], seven: int) -> None:
    response = send("draft", done="", problems="写了一半")
    assert response.location == f"/assignments/{seven}/report"
    assert "写了一半" in clerk.get(f"/assignments/{seven}/report").text
    assert "写了一半" not in clerk.get(f"/assignments/{seven}").text


def test_pressing_a_button_twice_files_once(clerk: Client, seven: int) -> None:
    form = clerk.form(f"/assignments/{seven}/report")
    answers = [clerk.submit(form, intent="completion", done="已落实。", files=file("a.pdf")) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303] * 3
    assert (count(Report), count(Evidence)) == (1, 1)
    assert status(seven) is Status.UNDER_REVIEW


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"done": ""}, "请写明完成情况"),
        ({"done": "   "}, "请写明完成情况"),
        ({"done": "字" * 4001}, "最多 4000 字"),
        ({"done": "[" * 201}, "方括号过多"),
        ({"progress": ""}, "0 到 100 的整数"),
        ({"progress": "101"}, "0 到 100 的整数"),
        ({"progress": "-1"}, "0 到 100 的整数"),
        ({"progress": "abc"}, "整数"),
        ({"situation": "nonsense"}, "不是有效的选择"),
        ({"situation": None}, "请选择总体情况"),
        ({"situation": "difficult"}, "请写明困难和需要的支持"),
    ],
)
def test_what_cannot_be_filed_is_said_at_its_field_and_the_text_stays(
    send: Callable[..., TestResponse], seven: int, fields: dict[str, str | None], words: str
) -> None:
    response = send("progress", problems="我写的问题", **fields)
    assert response.status_code == 422
    assert words in response.text
    assert "我写的问题" in response.text
    assert count(Report) == 0


@pytest.mark.parametrize("intent", ["", "delete", "Progress", None])
def test_a_button_that_does_not_exist_is_refused(send: Callable[..., TestResponse], intent: Any) -> None:
    assert send(intent).status_code == 400
    assert count(Report) == 0


def test_progress_below_the_last_is_refused(send: Callable[..., TestResponse]) -> None:
    send("progress", progress="40")
    response = send("progress", progress="39")
    assert response.status_code == 422
    assert "进度应在上次的 40 与 100 之间" in response.text


def test_what_is_not_signed_for_or_under_review_has_no_form(
    clerk: Client, send: Callable[..., TestResponse], seven: int
) -> None:
    send("completion")
    response = clerk.get(f"/assignments/{seven}/report")
    assert response.status_code == 409
    assert "等待审核结果或撤回" in response.text


@pytest.mark.parametrize(
    "source", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=alert(1)>"]
)
def test_hostile_text_is_harmless_on_the_page_of_whoever_reads_it(
    visitor: Visitor, send: Callable[..., TestResponse], seven: int, source: str
) -> None:
    fields = dict.fromkeys(("done", "problems", "next_steps", "help_needed"), source)
    send("progress", **fields)
    for page in (visitor("supervisor").get(f"/assignments/{seven}").text, send("draft", **fields).text):
        for running in ("<script>alert", 'href="javascript', "<img src=x"):
            assert running not in page


def test_fields_that_are_not_asked_for_change_nothing(send: Callable[..., TestResponse], seven: int) -> None:
    send("progress", state="accepted", assignment_id="1", author_name="别人", filed_on="2021-02-01", kind="completion")
    report = db.session.scalars(select(Report)).one()
    assert (report.assignment_id, report.state, report.kind) == (seven, "filed", "progress")
    assert report.author_name == person(CLERK).name
    assert str(report.filed_on) == "2021-06-24"


# ---- two people at one form


@pytest.fixture
def colleague(seeded: Flask, visitor: Visitor) -> Client:
    """A second clerk of the same district."""
    with transaction():
        people.create_user(
            SYSTEM,
            moment("2021-06-24"),
            account="colleague",
            name="同事",
            role=Role.CLERK,
            unit_id=person(CLERK).unit_id or 0,
            password="Demo-2021!tracker",
        )
    assert user_by_account("colleague")
    return visitor("colleague")


def test_a_draft_does_not_overwrite_a_colleagues_and_both_are_shown(
    clerk: Client, colleague: Client, seven: int
) -> None:
    mine, theirs = clerk.form(f"/assignments/{seven}/report"), colleague.form(f"/assignments/{seven}/report")
    clerk.submit(mine, intent="draft", done="甲写的")
    response = colleague.submit(theirs, intent="draft", done="乙写的")
    assert response.status_code == 409
    assert "甲写的" in response.text
    assert "乙写的" in response.text
    assert [report.done for report in db.session.scalars(select(Report))] == ["甲写的"]


def test_after_a_conflict_the_form_continues_from_what_stands(clerk: Client, colleague: Client, seven: int) -> None:
    mine, theirs = clerk.form(f"/assignments/{seven}/report"), colleague.form(f"/assignments/{seven}/report")
    clerk.submit(mine, intent="draft", done="甲写的")
    merged = _form_of(colleague.submit(theirs, intent="draft", done="乙写的"), theirs.action)
    assert colleague.post(theirs.action, data={**merged, "done": "合并的", "intent": "progress"}).status_code == 303
    assert [report.done for report in db.session.scalars(select(Report))] == ["合并的"]


def test_what_a_colleague_filed_first_is_shown_and_ones_own_text_can_still_be_filed(
    clerk: Client, colleague: Client, seven: int
) -> None:
    clerk.submit(clerk.form(f"/assignments/{seven}/report"), intent="draft", done="共同的草稿", progress="10")
    mine, theirs = clerk.form(f"/assignments/{seven}/report"), colleague.form(f"/assignments/{seven}/report")
    clerk.submit(mine, intent="progress", done="甲报送的", progress="30")
    response = colleague.submit(theirs, intent="progress", done="乙报送的", progress="40")
    assert response.status_code == 409
    assert "甲报送的" in response.text
    assert "乙报送的" in response.text
    again = _form_of(response, theirs.action)
    assert colleague.post(theirs.action, data={**again, "intent": "progress"}).status_code == 303
    assert [report.done for report in db.session.scalars(select(Report).order_by(Report.id))] == [
        "甲报送的",
        "乙报送的",
    ]


def _form_of(response: TestResponse, action: str) -> dict[str, Any]:
    reader = FormReader(action)
    reader.feed(response.text)
    return next(form.fields for form in reader.forms if form.action == action)


# ---- evidence


def test_a_file_is_stored_listed_and_served_as_an_attachment(
    clerk: Client, send: Callable[..., TestResponse], seeded: Flask, seven: int
) -> None:
    send("progress", files=file("工作方案（定稿）.pdf"))
    evidence = db.session.scalars(select(Evidence)).one()
    assert path_of(seeded.config["TRACKER_DATA_DIR"], hashlib.sha256(PDF).hexdigest()).read_bytes() == PDF
    assert "工作方案（定稿）.pdf" in clerk.get(f"/assignments/{seven}").text
    with clerk.get(f"/evidence/{evidence.id}") as response:
        assert response.data == PDF
        assert response.mimetype == "application/octet-stream"
        assert response.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E5%B7%A5")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert "no-store" in response.headers["Cache-Control"]


def test_a_second_version_stands_beside_the_first(clerk: Client, send: Callable[..., TestResponse], seven: int) -> None:
    send("progress", files=file("a.pdf"))
    send("progress", files=file("a.pdf", PDF + b"changed"))
    page = clerk.get(f"/assignments/{seven}").text
    assert "第 1 版" in page
    assert "第 2 版" in page
    contents = set()
    for evidence in db.session.scalars(select(Evidence)):
        with clerk.get(f"/evidence/{evidence.id}") as response:
            contents.add(response.data)
    assert contents == {PDF, PDF + b"changed"}


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("a.html", b"<script>alert(1)</script>", 415, "只接受 pdf"),
        ("a.exe", b"MZ\x90", 415, "只接受 pdf"),
        ("a.pdf", b"MZ\x90\x00\x03", 415, "内容与扩展名 .pdf 不符"),
        ("a.pdf", b"", 422, "是空文件"),
        (".pdf", PDF, 422, "文件名应有名称和扩展名"),
        ("\u202efdp.exe.pdf", PDF, 422, "文件名里有会改变显示顺序的字符"),
        ("长" * 300 + ".pdf", PDF, 422, "文件名最多 120 个字符，现在有 304 个"),
        ("a.docx", b"PK\x03\x04"[:3], 415, "内容与扩展名 .docx 不符"),
        ("a.txt", b"a\x00b", 415, "内容与扩展名 .txt 不符"),
    ],
)
def test_a_file_that_is_not_taken_is_named_with_the_reason_and_nothing_is_stored(
    send: Callable[..., TestResponse], seeded: Flask, name: str, content: bytes, code: int, words: str
) -> None:
    response = send("progress", files=file(name, content))
    assert response.status_code == code
    assert words in response.text
    assert (count(Report), count(Evidence), stored(seeded)) == (0, 0, [])


def test_a_file_beyond_the_limit_is_refused_and_not_kept(clerk: Client, seeded: Flask, seven: int) -> None:
    seeded.config["TRACKER_MAX_UPLOAD_MB"] = 1
    form = clerk.form(f"/assignments/{seven}/report")
    for size, code in (((1 << 20) + 1, 413), (1 << 20, 303)):
        content = PDF + bytes(size - len(PDF))
        upload = FileStorage(io.BytesIO(content), "a.pdf", "files", "application/pdf")
        boundary, body = encode_multipart({**form.fields, "done": "x", "intent": "progress", "files": upload})
        response = clerk.post(form.action, data=body, content_type=f"multipart/form-data; boundary={boundary}")
        assert response.status_code == code
        assert ("单个文件不能超过 1 MB" in response.text) is (code == 413)
        assert (count(Report), len(stored(seeded))) == ((0, 0) if code == 413 else (1, 1))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/cron.d/x.pdf", "x.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "img src=x onerror=alert(1).pdf"),
    ],
)
def test_a_name_is_cleaned_before_it_is_stored(
    clerk: Client, send: Callable[..., TestResponse], seven: int, sent: str, kept: str
) -> None:
    assert send("progress", files=file(sent)).status_code == 303
    assert db.session.scalars(select(Evidence.name)).one() == kept
    assert "<img src=x" not in clerk.get(f"/assignments/{seven}").text


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_on_a_full_disk_the_page_says_so_and_nothing_is_stored(
    send: Callable[..., TestResponse], seeded: Flask, seven: int, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(storage.os, "fsync", full)
    response = send("completion", files=file("a.pdf"))
    assert response.status_code == 507
    assert "存储空间已满" in response.text
    assert "错误 507" in response.text
    assert (count(Report), count(Evidence), stored(seeded)) == (0, 0, [])
    assert status(seven) is Status.IN_PROGRESS


@pytest.mark.skipif("postgresql" in os.environ.get("TRACKER_TEST_DATABASE", ""), reason="SQLite alone has a page limit")
def test_when_the_database_is_full_the_page_says_so_and_nothing_is_stored(
    send: Callable[..., TestResponse], seven: int
) -> None:
    pages = db.session.execute(text("PRAGMA page_count")).scalar()
    with db.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    responses = [send("progress", done="字" * 4000) for _ in range(12)]
    assert responses[-1].status_code == 507
    assert "存储空间已满" in responses[-1].text
    assert count(Report) == sum(response.status_code == 303 for response in responses)


def test_evidence_whose_file_is_gone_is_not_found(
    clerk: Client, send: Callable[..., TestResponse], seeded: Flask
) -> None:
    send("progress", files=file("a.pdf"))
    stored(seeded)[0].unlink()
    assert clerk.get(f"/evidence/{db.session.scalars(select(Evidence.id)).one()}").status_code == 404


def test_a_wrong_file_is_taken_out_of_a_draft(clerk: Client, send: Callable[..., TestResponse], seven: int) -> None:
    send("draft", files=file("错的.pdf"))
    send("draft", files=file("对的.pdf", PDF + b"2"))
    wrong = db.session.scalars(select(Evidence.id).order_by(Evidence.id)).first()
    response = clerk.post(f"/evidence/{wrong}/delete", data={"csrf_token": token(clerk)})
    page = follow(clerk, response)
    assert "对的.pdf" in page
    assert "错的.pdf" not in page
    assert db.session.scalars(select(Evidence.name)).all() == ["对的.pdf"]


def test_a_filed_file_stays(clerk: Client, send: Callable[..., TestResponse], seven: int) -> None:
    send("progress", files=file("a.pdf"))
    evidence = db.session.scalars(select(Evidence.id)).one()
    response = clerk.post(f"/evidence/{evidence}/delete", data={"csrf_token": token(clerk)})
    assert response.status_code == 409
    assert "已经报送的附件不能删除" in response.text
    assert count(Evidence) == 1


# ---- what comes next


def test_after_a_report_the_page_leads_to_the_next_that_waits(clerk: Client, send: Callable[..., TestResponse]) -> None:
    page = clerk.get("/todo?tab=receipt").text
    two = [int(id_) for id_ in dict.fromkeys(re.findall(r'href="/assignments/(\d+)"', page))][:2]
    clerk.post("/todo/acknowledge", data={"csrf_token": token(clerk), "id": two})
    shown = follow(clerk, send("progress", progress="40", done="已落实"))
    assert "还有 2 项待填报，下一项：" in shown
    assert any(f'href="/assignments/{id_}/report"' in shown for id_ in two)


def test_after_the_last_report_nothing_is_offered_nor_on_another_visit(
    clerk: Client, send: Callable[..., TestResponse], seven: int
) -> None:
    assert "待填报，下一项" not in follow(clerk, send("progress", progress="40", done="已落实"))
    assert "待填报，下一项" not in clerk.get(f"/assignments/{seven}").text


def test_all_that_is_wrong_is_said_at_once(clerk: Client, send: Callable[..., TestResponse], seven: int) -> None:
    send("progress", progress="40", done="已落实")
    form = clerk.form(f"/assignments/{seven}/report")
    refused = clerk.submit(form, intent="progress", progress="10", done="")
    assert refused.status_code == 422
    assert "请写明完成情况" in refused.text
    assert "进度应在上次的 40 与 100 之间" in refused.text
