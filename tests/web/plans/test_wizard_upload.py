"""An upload becomes an import, or a page that says what to do; a refusal stores nothing."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.assignments.acts import person
from tests.client import Client
from tests.import_texts import TEXT, opened
from tests.web.conftest import Visitor, follow
from tracker.db import db
from tracker.plans import desk_queries
from tracker.plans.models import ImportChange, PlanImport
from tracker.rules.plan_text.document import document_json
from tracker.rules.plan_text.keeping import restore
from tracker.storage import path_of

SAMPLES = Path(__file__).parents[2] / "golden" / "plans"
SEEDS = Path(__file__).parents[3] / "seeds" / "plans"


@pytest.fixture
def supervisor(visitor: Visitor) -> Client:
    """The supervisor at the browser."""
    return visitor("supervisor")


def upload(browser: Client, content: bytes = b"", name: str = "", text: str = "") -> TestResponse:
    form = next(form for form in browser.forms("/plans/import") if form.action == "/plans/import")
    sent: dict[str, Any] = {"file": (io.BytesIO(content), name)} if name else {}
    return browser.submit(form, text=text, **sent)


def stored() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(PlanImport)) or 0


@pytest.mark.parametrize(
    ("path", "tasks"),
    [
        (SEEDS / "putuo-2024-1.txt", 89),
        (SAMPLES / "s09_fazhi_docx_table_9.docx", 9),
        (SAMPLES / "s11_renju_xlsx_10.xlsx", 10),
    ],
)
def test_a_file_is_kept_read_and_led_to_its_check(supervisor: Client, seeded: Flask, path: Path, tasks: int) -> None:
    response = upload(supervisor, path.read_bytes(), path.name)
    assert f"已读取“{path.name}”" in follow(supervisor, response)
    row = db.session.scalars(select(PlanImport)).one()
    found = desk_queries.get(person("supervisor"), row.id)
    assert found
    assert len(found.draft.tasks) == tasks
    kept = path_of(seeded.config["TRACKER_DATA_DIR"], row.file_sha256)
    assert kept.read_bytes() == path.read_bytes()
    assert db.session.scalars(select(ImportChange.what)).all() == ["open"]


def test_pasted_text_will_do(supervisor: Client) -> None:
    shown = follow(supervisor, upload(supervisor, text=TEXT.replace("\n", "\r\n")))
    assert "识别出 6 项任务" in shown


@pytest.mark.parametrize(
    ("name", "content", "status", "told"),
    [
        ("a.txt", b"", 422, "空文件"),
        ("a.exe", b"MZ\x90\x00\x03", 415, "暂不能读取"),
        ("a.docx", b"PK\x03\x04broken", 422, "损坏"),
        ("a.txt", "今天天气很好。".encode(), 422, "没有找到任务"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, 422, "损坏|LibreOffice"),
        ("\u202etxt.a", b"x", 422, "文件名"),
    ],
)
def test_what_cannot_be_read_says_what_to_do_and_stores_nothing(
    supervisor: Client, name: str, content: bytes, status: int, told: str
) -> None:
    response = upload(supervisor, content, name, text="我粘贴的文字")
    assert response.status_code == status
    assert any(word in response.text for word in told.split("|"))
    assert "我粘贴的文字" in response.text
    assert stored() == 0


def test_nothing_chosen_is_said(supervisor: Client) -> None:
    response = upload(supervisor)
    assert response.status_code == 422
    assert "请选择文件，或把方案全文粘贴到文本框里。" in response.text


def test_a_file_that_is_too_large_is_refused(supervisor: Client, seeded: Flask) -> None:
    seeded.config["TRACKER_MAX_UPLOAD_MB"] = 0
    response = upload(supervisor, TEXT.encode(), "a.txt")
    assert response.status_code == 413
    assert "超过 0 MB" in response.text
    assert stored() == 0


def test_a_pasted_text_has_its_limit(supervisor: Client) -> None:
    assert upload(supervisor, text="a" * 300_001).status_code == 413


def test_the_same_file_leads_to_the_import_it_has(supervisor: Client) -> None:
    upload(supervisor, TEXT.encode(), "a.txt")
    response = upload(supervisor, TEXT.encode(), "b.txt")
    assert response.status_code == 409
    number = db.session.scalars(select(PlanImport.id)).one()
    assert f'href="/plans/import/{number}"' in response.text
    assert stored() == 1


def test_a_published_document_leads_to_its_plan(supervisor: Client) -> None:
    response = upload(supervisor, (SEEDS / "shanghai-2021-11.txt").read_bytes(), "a.txt")
    assert response.status_code == 409
    assert "打开这份方案" in response.text
    assert stored() == 0


def test_a_virus_is_not_kept(supervisor: Client, seeded: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    seeded.config["TRACKER_CLAMD"] = "127.0.0.1:1"
    monkeypatch.setattr("tracker.scanning.virus", lambda *_: "Eicar")
    response = upload(supervisor, TEXT.encode(), "a.txt")
    assert response.status_code == 422
    assert "Eicar" in response.text
    assert stored() == 0


def test_open_imports_are_listed_and_dropped_with_a_question(supervisor: Client, seeded: Flask) -> None:
    number = opened()
    shown = supervisor.get("/plans/import").text
    assert "2024年法治工作任务分解" in shown
    assert "data-confirm=" in shown
    done = supervisor.submit(supervisor.form("/plans/import", f"/{number}/drop"))
    assert "已放弃" in follow(supervisor, done)
    assert "正在导入" not in supervisor.get("/plans/import").text
    assert "只能查看" in supervisor.get(f"/plans/import/{number}/check").text


def test_what_somebody_just_worked_on_is_not_dropped_unseen(supervisor: Client, seeded: Flask) -> None:
    number = opened()
    drop = supervisor.form("/plans/import", f"/{number}/drop")
    supervisor.submit(
        supervisor.form(f"/plans/import/{number}/check?task=1", "/tasks/1?"), text="刚改。", intent="save"
    )
    response = supervisor.submit(drop)
    assert response.status_code == 409
    assert "刚刚处理过" in response.text


def test_the_menu_has_it_for_supervisors_alone(visitor: Visitor) -> None:
    assert 'href="/plans/import"' in visitor("supervisor").get("/plans").text
    for account in ("leader", "admin", "songjiang-clerk"):
        assert 'href="/plans/import"' not in visitor(account).get("/plans").text


@pytest.mark.parametrize(
    "path",
    [
        SEEDS / "putuo-2024-1.txt",
        SEEDS / "beijing-2022-42.txt",
        SAMPLES / "s09_fazhi_docx_table_9.docx",
        SAMPLES / "s12_yingshang_xlsx_9.xlsx",
    ],
    ids=lambda path: path.stem,
)
def test_the_wizard_and_the_command_read_the_same(
    supervisor: Client, seeded: Flask, cli: Callable[..., Any], path: Path
) -> None:
    upload(supervisor, path.read_bytes(), path.name)
    held = db.session.scalars(select(PlanImport)).one()
    assert document_json(restore(held.draft)) == cli("plans", "read", path, "--json").json
