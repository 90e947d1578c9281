"""The auditor's pages: what is on record is found, exported, verified and printed; what was refused is on record."""

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from tests import tables
from tests.assignments.acts import ZONE, person
from tests.audit.acts import ACT, OBJECT, calls
from tests.client import Client
from tests.web.conftest import CLERK, Visitor, token
from tracker import clock
from tracker.audit import heads
from tracker.audit.models import AuditEntry
from tracker.audit.operations import Outcome, record
from tracker.db import db, transaction
from tracker.plans.models import Task
from tracker.web import refusals
from tracker.web.audit import digest
from tracker.web.audit.words import ACT_TEXT, OBJECT_TEXT


@pytest.fixture
def auditor(visitor: Visitor) -> Client:
    """The auditor at the browser."""
    return visitor("auditor")


def note(number: int = 1, day: str = "2021-06-20", hour: int = 10, account: str = CLERK, **fields: Any) -> None:
    """Put so many acts of a person on record."""
    at = datetime.fromisoformat(f"{day}T{hour:02}:00:00").replace(tzinfo=ZONE)
    act, object_type, object_id = (fields.pop(name, default) for name, default in DEFAULTS.items())
    with transaction():
        for each in range(number):
            detail = fields.get("detail", f"第 {each} 次")
            record(person(account), at, act, object_type, object_id, **{**fields, "detail": detail})


DEFAULTS: dict[str, Any] = {"act": "file_report", "object_type": "report", "object_id": 5}


def numbers(page: str) -> list[int]:
    """The numbers of the entries of a page."""
    return [int(row["编号"]) for row in tables.rows(page) if "编号" in row]


def refused() -> list[tuple[str, str, int | None, str]]:
    """The refusals of a clerk."""
    db.session.rollback()
    found = select(AuditEntry.act, AuditEntry.object_type, AuditEntry.object_id, AuditEntry.detail)
    found = found.where(AuditEntry.outcome == "refused", AuditEntry.account == CLERK).order_by(AuditEntry.number)
    return [tuple(row) for row in db.session.execute(found)]


# ---- words


def test_every_act_and_object_in_the_code_has_a_word() -> None:
    found = list(calls())
    assert len(found) > 40
    for call in found:
        assert call.words(ACT) <= set(ACT_TEXT), call.where
        assert call.words(OBJECT) <= set(OBJECT_TEXT), call.where


# ---- search


def test_entries_are_found_by_what_they_are(auditor: Client) -> None:
    task = db.session.scalars(select(Task).where(Task.number == "7")).one().id
    unit = person("huangpu-clerk").unit_id
    note(detail="关于任务", about_task=task)
    note(account="huangpu-clerk", act="urge", object_type="assignment", object_id=9)
    note(account="admin", act="disable_user", object_type="user", about_unit=unit)
    note(day="2021-06-21", outcome=Outcome.REFUSED)
    first = db.session.scalar(select(AuditEntry.number).where(AuditEntry.detail == "关于任务"))
    assert first
    for query, expected in (
        (f"person={CLERK}&act=file_report", [first + 3, first]),
        (f"person={person(CLERK).name}&act=file_report", [first + 3, first]),
        ("unit=黄浦&to=2021-06-20", [first + 2, first + 1]),
        ("task=7", [first]),
        ("task=77", []),
        ("unit=无此单位", []),
        ("object=assignment&id=9", [first + 1]),
        ("from=2021-06-20&to=2021-06-20", [first + 2, first + 1, first]),
        ("outcome=refused", [first + 3]),
        ("act=unheard_of&from=2021-06-21&to=2021-06-21", [first + 3]),
    ):
        page = auditor.get(f"/admin/audit?{query}").text
        assert numbers(page) == expected, query
    assert "没有这个单位" in auditor.get("/admin/audit?unit=无此单位").text
    assert "没有符合条件的记录" in auditor.get("/admin/audit?task=77").text


@pytest.mark.parametrize(
    "query", ["from=yesterday", "to=2021-02-30", "from=2021-03-02&to=2021-03-01", "id=x", "before=x"]
)
def test_what_cannot_be_read_is_refused_in_words(auditor: Client, query: str) -> None:
    answer = auditor.get(f"/admin/audit?{query}")
    assert answer.status_code == 400
    assert "错误 400" in answer.text


def test_pages_follow_one_another_by_number(auditor: Client) -> None:
    note(230)
    address, pages = "/admin/audit?act=file_report", []
    while address:
        page = auditor.get(address).text
        pages.append(numbers(page))
        address = link(page, "较早的")
    assert [len(page) for page in pages] == [100, 100, 30]
    shown = [number for page in pages for number in page]
    assert shown == sorted(shown, reverse=True)
    back = link(auditor.get(f"/admin/audit?act=file_report&before={pages[1][-1]}").text, "较新的")
    assert numbers(auditor.get(back).text) == pages[1]
    assert numbers(auditor.get(link(auditor.get(back).text, "较新的")).text) == pages[0]
    assert link(auditor.get("/admin/audit?act=file_report").text, "较新的") == ""


def link(page: str, label: str) -> str:
    """Where a link of the pager leads."""
    before, found, _ = page.partition(f">{label}</a>")
    return before.rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&") if found else ""


# ---- export


def test_an_export_holds_what_is_filtered_and_is_on_record_itself(auditor: Client) -> None:
    note(120)
    note(detail='=HYPERLINK("http://example.invalid")')
    note(act="urge", detail="不在其中")
    sent = auditor.get("/admin/audit?act=file_report&format=csv")
    rows = list(csv.reader(io.StringIO(sent.get_data().decode("utf-8-sig"))))
    assert len(rows) == 2 + 121
    assert rows[2][10] == '\'=HYPERLINK("http://example.invalid")'
    assert len(rows[2][-1]) == 64
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(auditor.get("/admin/audit?act=file_report&format=xlsx").get_data())
    )
    assert len(book.get_sheet_by_index(0).to_python()) == 4 + 121
    exports = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "export").order_by(AuditEntry.number))
    assert [(row.account, row.detail) for row in exports] == [
        ("auditor", f"审计记录.{kind}，121 行：/admin/audit?act=file_report&format={kind}") for kind in ("csv", "xlsx")
    ]


# ---- verification


def test_verifying_tells_of_a_sound_chain_and_when_it_was_verified(auditor: Client) -> None:
    assert "没有核验过" in auditor.get("/admin/audit/verify").text
    page = auditor.get("/admin/audit/verify").text
    assert "审计记录完整" in page
    assert "完整：共" in page
    assert "没有核验过" not in page


def test_verifying_tells_of_a_damaged_chain(auditor: Client, seeded: Flask) -> None:
    folder: Path = seeded.config["TRACKER_DATA_DIR"]
    (folder / heads.LATEST).write_text(f"head 000000099999 {'a' * 64}\n", "ascii")
    page = auditor.get("/admin/audit/verify").text
    assert "审计记录不完整" in page
    assert "audit.head记到第 99999 条" in page


# ---- the day


def test_the_digest_says_what_was_out_of_the_ordinary(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    day = "2021-06-18"
    note(3, day)
    note(day=day, hour=22, act="login", object_type="user", detail="夜间")
    note(day=day, hour=9, act="login", object_type="user", detail="白天")
    note(day=day, act="export", object_type="file", detail="导出了什么")
    note(day=day, act="not_found", object_type="assignment", detail="GET /x", outcome=Outcome.REFUSED)
    page = auditor.get(f"/admin/audit/day?on={day}").text
    refusals_, logins, taken_out, everything = (
        page.split(f"<h2>{name}")[1].split("<h2>")[0] for name in ("被拒的尝试", "8 点前", "导出和下载", "全部记录")
    )
    assert "GET /x" in refusals_
    assert "夜间" in logins
    assert "白天" not in logins
    assert "导出了什么" in taken_out
    assert len(numbers(everything)) == 7
    last = db.session.scalars(select(AuditEntry).where(AuditEntry.detail == "GET /x")).one()
    assert last.hash in page
    assert "审计员签字" in page
    monkeypatch.setattr(digest, "MOST", 5)
    assert "另有 2 条没有列出" in auditor.get(f"/admin/audit/day?on={day}").text


def test_a_day_without_entries_says_so(auditor: Client) -> None:
    assert "这一天没有审计记录" in auditor.get("/admin/audit/day?on=2020-01-01").text


# ---- what doors put on record


def test_who_is_refused_is_on_record_once_a_minute(clerk: Client, seven: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        assert clerk.get("/admin/channels").status_code == 403
        assert clerk.get("/assignments/2000000").status_code == 404
    clerk.get("/nowhere/at/all")
    clerk.get("/static/nothing.css")
    assert refused() == [
        ("access_refused", "page", None, "GET /admin/channels"),
        ("not_found", "assignment", 2000000, "GET /assignments/2000000"),
    ]
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=61))
    clerk.get("/admin/channels")
    assert len(refused()) == 3


def test_a_foreign_record_is_on_record_as_a_missing_one_is(visitor: Visitor, seven: int) -> None:
    browser = visitor("putuo-office1")
    for id_ in (seven, 2_000_000):
        browser.post(f"/assignments/{id_}/sign", data={"csrf_token": token(browser)})
    found = db.session.execute(
        select(AuditEntry.act, AuditEntry.object_id, AuditEntry.detail, AuditEntry.address, AuditEntry.request_id)
        .where(AuditEntry.account == "putuo-office1", AuditEntry.outcome == "refused")
        .order_by(AuditEntry.number)
    ).all()
    assert [row[:3] for row in found] == [
        ("not_found", id_, f"POST /assignments/{id_}/sign") for id_ in (seven, 2_000_000)
    ]
    assert {row.address for row in found} == {"127.0.0.1"}
    assert all(len(row.request_id) == 12 for row in found)


def test_nobody_floods_the_record_with_refusals(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "MOST", 5)
    for number in range(12):
        clerk.get(f"/assignments/{2_000_000 + number}")
    assert len(refused()) == 5


def test_an_anonymous_refusal_is_in_the_log_alone(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    browser = visitor("")
    caplog.set_level("INFO", "tracker.web")
    sent = {"csrf_token": token(browser)}
    before = db.session.scalars(select(AuditEntry.number)).all()
    assert browser.post("/todo/acknowledge", data=sent).status_code == 401
    db.session.rollback()
    assert db.session.scalars(select(AuditEntry.number)).all() == before
    assert "anonymous POST to /todo/acknowledge refused" in caplog.text


def test_what_is_taken_out_is_on_record(visitor: Visitor) -> None:
    visitor("supervisor").get("/overdue?format=xlsx&level=district")
    row = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "export")).one()
    assert row.account == "supervisor"
    assert row.detail.startswith("逾期清单.xlsx，")
    assert row.detail.endswith("/overdue?format=xlsx&level=district")
