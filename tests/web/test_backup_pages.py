"""The page of backups: one is made by a button, listed with its check, and never sent to a browser."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests.client import Client
from tests.web.conftest import Visitor
from tracker import works
from tracker.audit.models import AuditEntry
from tracker.backups import archives, databases, operations
from tracker.backups.databases import BackupRefused
from tracker.db import db
from tracker.web.backups.views import size_words


@pytest.fixture
def admin(visitor: Visitor) -> Client:
    """The administrator at the browser."""
    return visitor("admin")


def press(browser: Client, app: Flask) -> str:
    """Ask for a backup, let the worker do it, and return the page of the work."""
    answer = browser.submit(browser.form("/admin/backups", "/backups"))
    assert answer.status_code == 303
    with app.app_context():
        works.work_off(app.config, "test", lambda: False)
    return browser.get(answer.location).text


def test_a_button_makes_one_and_puts_it_on_record(admin: Client, seeded: Flask) -> None:
    assert "还没有备份过" in admin.get("/admin/backups").text
    done = press(admin, seeded)
    [kept] = operations.kept(seeded.config["TRACKER_DATA_DIR"])
    assert "已完成" in done
    assert kept.sha256 in done
    shown = admin.get("/admin/backups").text
    for words in (kept.name, "做成时已校验", kept.sha256[:16], "最近一份好的备份"):
        assert words in shown
    file = seeded.config["TRACKER_DATA_DIR"] / "backups" / kept.name
    assert archives.verify(file).counts["task"] == 28
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "back_up")).one()
    assert (entry.account, kept.sha256 in entry.detail) == ("admin", True)


def test_no_backup_can_be_fetched(admin: Client, seeded: Flask) -> None:
    press(admin, seeded)
    [kept] = operations.kept(seeded.config["TRACKER_DATA_DIR"])
    for address in (f"/admin/backups/{kept.name}", f"/backups/{kept.name}", f"/static/../backups/{kept.name}"):
        assert admin.get(address).status_code == 404


def test_another_file_in_the_folder_is_not_called_checked(admin: Client, seeded: Flask) -> None:
    folder = operations.next_file(seeded.config["TRACKER_DATA_DIR"]).parent
    (folder / "copied.tar").write_bytes(b"x" * 2000)
    (folder / "note.txt").write_bytes(b"x")
    shown = admin.get("/admin/backups").text
    assert "copied.tar" in shown
    assert "未校验" in shown
    assert "note.txt" not in shown


def test_two_at_once_are_refused_in_words(admin: Client, seeded: Flask) -> None:
    with operations._alone(seeded.config["TRACKER_DATA_DIR"]):
        shown = press(admin, seeded)
    assert "未完成" in shown
    assert "另一份备份正在进行" in shown
    assert operations.kept(seeded.config["TRACKER_DATA_DIR"]) == []


def test_what_is_missing_on_the_server_is_said(admin: Client, seeded: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise BackupRefused("服务器上没有 pg_dump：请安装。")

    monkeypatch.setattr(databases, "copy_to", refuse)
    assert "服务器上没有 pg_dump" in press(admin, seeded)


def test_a_full_disk_is_said(admin: Client, seeded: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(databases, "copy_to", fill)
    assert "磁盘已满" in press(admin, seeded)


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 字节"), (1023, "1023 字节"), (1536, "1.5 KB"), (5 << 30, "5.0 GB"), (9 << 50, "9216.0 TB")],
)
def test_sizes_are_worded(size: int, words: str) -> None:
    assert size_words(size) == words
