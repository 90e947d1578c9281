"""A backup is one moment, whole or not there, and comes back as it was; what is damaged or in the way is refused."""

import hashlib
import io
import os
import random
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select, table, text

from tests.assignments.acts import complete, moment, owed, person, the_plan
from tests.conftest import Databases, Ran, running, settings
from tests.makers import make_comment
from tests.web.conftest import PDF
from tracker import clock
from tracker.assignments.models import Comment
from tracker.audit import operations as audit
from tracker.audit.models import AuditEntry
from tracker.backups import archives, databases, operations
from tracker.backups.archives import BackupDamaged
from tracker.backups.databases import BackupRefused
from tracker.db import db, transaction
from tracker.reports import operations as reports
from tracker.reports.operations import Content, Upload
from tracker.scoring import queries as scores
from tracker.storage import keep, path_of

DAY = date(2021, 7, 1)
Cli = Callable[..., Ran]
SCHEME = "schemes/another-year/scheme.txt"


@pytest.fixture
def data_dir(seeded: Flask) -> Path:
    """The data directory of an installation where something happened, with a piece of evidence."""
    folder: Path = seeded.config["TRACKER_DATA_DIR"]
    complete("7", "songjiang", "reviewer-xingfazhixing", "2021-02-25")
    with transaction():
        kept = keep(folder, io.BytesIO(PDF), 1000)
        seven = owed("8", "songjiang")
        content = Content("已落实。")
        take = {"token": "form", "version": 0, "uploads": [Upload("佐证.pdf", kept)]}
        db.session.execute(text("UPDATE assignment SET status = 'in_progress' WHERE id = :id"), {"id": seven})
        reports.file(person("songjiang-clerk"), moment("2021-02-25"), seven, content, **take)
    scheme = folder / SCHEME
    scheme.parent.mkdir(parents=True)
    scheme.write_text("方案", encoding="utf-8")
    return folder


@pytest.fixture
def backup(data_dir: Path, tmp_path: Path) -> Path:
    """A backup of that installation."""
    return operations.make(data_dir, tmp_path / "b.tar").path


@pytest.fixture
def elsewhere(databases: Databases, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Open an installation with an empty database of its own: with elsewhere() as app."""
    made: list[str] = []

    @contextmanager
    def opened() -> Iterator[Flask]:
        made.append(databases.create(f"elsewhere_{request.node.name.partition('[')[0][:24]}"))
        with running(made[-1], tmp_path / "elsewhere") as app:
            yield app
            db.session.remove()

    yield opened
    for address in made:
        databases.drop(address)


def digests() -> dict[str, str]:
    """Return a digest of every row of every table, whatever their order."""
    found = {}
    with db.engine.connect() as connection:
        for name in sorted(inspect(connection).get_table_names()):
            rows = sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"'))))
            found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if "backup" in path.name or path.suffix in (".tar", ".sha256"))


# ---- there and back


def test_what_comes_back_is_what_went_in(data_dir: Path, backup: Path, elsewhere: Any) -> None:
    before, ranking = digests(), scores.scoreboard(the_plan(), DAY)
    [kept] = [path for path in (data_dir / "evidence").rglob("*") if path.is_file()]
    db.session.remove()
    with elsewhere() as app:
        there: Path = app.config["TRACKER_DATA_DIR"]
        operations.restore(there, backup)
        assert digests() == before
        assert len(ranking) == 16
        assert scores.scoreboard(the_plan(), DAY) == ranking
        assert path_of(there, kept.name).read_bytes() == PDF
        assert (there / SCHEME).read_text(encoding="utf-8") == "方案"
        for head in archives.HEADS:
            assert (there / head).is_file() == (data_dir / head).is_file()
            if (data_dir / head).is_file():
                assert (there / head).read_bytes() == (data_dir / head).read_bytes()
        with transaction():
            operations.note_restored(person("admin"), clock.now(), backup, archives.verify(backup))
        assert operations.last() is not None


def test_a_backup_taken_while_others_write_is_one_moment(
    seeded: Flask, data_dir: Path, tmp_path: Path, elsewhere: Any
) -> None:
    stop, written = threading.Event(), []
    assignment = owed("7", "songjiang")

    def write() -> None:
        while not stop.is_set():
            with seeded.app_context(), transaction():
                make_comment(assignment_id=assignment)
                audit.record(person("supervisor"), clock.now(), "remark", "assignment", assignment)
            written.append(1)

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        while len(written) < 5:
            stop.wait(0.01)
        made = operations.make(data_dir, tmp_path / "b.tar")
        during = len(written)
        while len(written) < during + 5:
            stop.wait(0.01)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    db.session.remove()
    with elsewhere() as app:
        operations.restore(app.config["TRACKER_DATA_DIR"], made.path)
        remarks = db.session.scalar(select(func.count()).where(AuditEntry.act == "remark"))
        assert 5 <= count(Comment) == remarks < len(written)
        newest = db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).one()
        head = db.session.execute(text("SELECT number, hash FROM audit_head")).one()
        assert (newest.number, newest.hash) == tuple(head)


def test_the_command_line_makes_one_and_takes_it_back(
    cli: Cli, data_dir: Path, tmp_path: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "b.tar"
    ran = cli("backup", file)
    assert (ran.code, "已备份并校验" in ran.out) == (0, True), ran.err
    assert "最近一份做于" in cli("check").out
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).one()
    assert (entry.act, "b.tar" in entry.detail) == ("back_up", True)
    again = cli("backup", file)
    assert (again.code, "没有覆盖" in again.err) == (1, True)
    address = databases.create("cli_restored")
    try:
        monkeypatch.setenv("TRACKER_DATABASE_URL", address)
        monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path / "restored"))
        assert cli("restore", file).code == 0
        occupied = cli("restore", file)
        assert (occupied.code, "已有内容" in occupied.err) == (1, True)
        assert "plans" in cli("plans", "--help").out
    finally:
        db.session.remove()
        databases.drop(address)


# ---- damaged, foreign, newer


def test_any_byte_that_differs_is_found(backup: Path) -> None:
    content, manifest = backup.read_bytes(), archives.verify(backup)
    with tarfile.open(backup) as archive:
        members = [(member.offset, member.offset_data, member.size) for member in archive]
    chance = random.Random(4)
    for number in range(120):
        head, data, size = chance.choice(members)
        in_data = number % 4 and size
        at = chance.randrange(data, data + size) if in_data else chance.randrange(head, data)
        backup.write_bytes(content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :])
        try:
            found = archives.verify(backup)
        except BackupDamaged:
            continue
        # A header holds a few bytes that mean nothing; everything else of it is summed up.
        assert not in_data
        assert found == manifest


@pytest.mark.parametrize("keep", [0, 1, 511, 512, 100_000, -1025, -10_240, -12_000])
def test_a_file_that_was_cut_off_is_refused(backup: Path, keep: int) -> None:
    content = backup.read_bytes()
    if keep < 0 and not content[keep:].strip(b"\0"):
        keep = len(content.rstrip(b"\0")) - 1
    backup.write_bytes(content[:keep])
    with pytest.raises(BackupDamaged):
        archives.verify(backup)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("../evil", tarfile.REGTYPE),
        ("/etc/passwd", tarfile.REGTYPE),
        ("evidence/../../evil", tarfile.REGTYPE),
        ("evidence/ab", tarfile.SYMTYPE),
        ("database.sqlite3", tarfile.SYMTYPE),
        ("manifest.json", tarfile.LNKTYPE),
        ("audit.head", tarfile.FIFOTYPE),
    ],
)
def test_nothing_leaves_the_folder(tmp_path: Path, name: str, kind: bytes) -> None:
    wicked = tmp_path / "w.tar"
    with tarfile.open(wicked, "w") as archive:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "/etc/passwd"
        archive.addfile(member, io.BytesIO())
    with pytest.raises(BackupDamaged, match="不认识"):
        archives.verify(wicked)


@pytest.mark.parametrize("content", [b"", b"x" * 5000, b"PK\x03\x04" + bytes(600), b"\0" * 10240])
def test_what_is_no_backup_is_refused(cli: Cli, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "b.tar"
    file.write_bytes(content)
    ran = cli("restore", file)
    assert ran.code == 1
    assert "备份" in ran.err
    assert "Traceback" not in ran.err


def test_a_newer_programs_backup_is_refused(backup: Path, elsewhere: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    db.session.remove()
    assert not databases.is_known("ffff")
    assert databases.is_known(archives.verify(backup).revision)
    monkeypatch.setattr(databases, "is_known", lambda _: False)
    with elsewhere() as app, pytest.raises(BackupRefused, match="先升级程序"):
        operations.restore(app.config["TRACKER_DATA_DIR"], backup)


def test_another_kind_of_database_is_refused(backup: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "kind", lambda: "other")
    with pytest.raises(BackupRefused, match="同一种"):
        operations.restore(data_dir, backup)


def test_an_occupied_target_is_refused_and_left_alone(backup: Path, data_dir: Path, elsewhere: Any) -> None:
    before = digests()
    with pytest.raises(BackupRefused, match="已有内容"):
        operations.restore(data_dir, backup)
    assert digests() == before
    db.session.remove()
    with elsewhere() as app:
        there: Path = app.config["TRACKER_DATA_DIR"]
        (there / "evidence" / "ab").mkdir(parents=True)
        (there / "evidence" / "ab" / "x").write_text("kept")
        (there / SCHEME).parent.mkdir(parents=True)
        (there / SCHEME).write_text("kept")
        with pytest.raises(BackupRefused, match="evidence、schemes"):
            operations.restore(there, backup)
        assert databases.is_empty()
        assert (there / "evidence" / "ab" / "x").read_text() == "kept"


# ---- whole or not at all


def test_a_full_disk_leaves_nothing_half(database_url: str, data_dir: Path, tmp_path: Path) -> None:
    target = tmp_path / "full"
    target.mkdir()
    db.session.remove()
    command = f'ulimit -f 200; exec "{sys.executable}" -m tracker backup "{target / "b.tar"}"'
    environment = {**os.environ, **settings(database_url, data_dir)}
    done = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "磁盘" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(target.iterdir()) == []


def test_two_at_once_are_one_too_many(data_dir: Path, tmp_path: Path) -> None:
    with operations._alone(data_dir), pytest.raises(BackupRefused, match="正在进行"):
        operations.make(data_dir, tmp_path / "b.tar")
    assert left(tmp_path) == []
    operations.make(data_dir, tmp_path / "b.tar")


def test_nothing_is_overwritten_and_folders_are_not_invented(data_dir: Path, backup: Path, tmp_path: Path) -> None:
    content = backup.read_bytes()
    with pytest.raises(BackupRefused, match="没有覆盖"):
        operations.make(data_dir, backup)
    assert backup.read_bytes() == content
    with pytest.raises(BackupRefused, match="不存在"):
        operations.make(data_dir, tmp_path / "missing" / "b.tar")


def test_what_a_killed_backup_left_is_removed_by_the_next(data_dir: Path) -> None:
    target = operations.next_file(data_dir)
    stale = target.parent / ".backup-killed"
    stale.mkdir()
    (stale / "part").write_bytes(b"x")
    operations.make(data_dir, target)
    assert left(target.parent) == [target.name, f"{target.name}.sha256"]
    assert [backup.name for backup in operations.kept(data_dir)] == [target.name]


def test_the_note_beside_a_backup_is_its_sha256(backup: Path) -> None:
    digest, name = backup.with_name("b.tar.sha256").read_text().split()
    assert (digest, name) == (hashlib.sha256(backup.read_bytes()).hexdigest(), "b.tar")


def test_an_old_backup_is_said_to_be_old(cli: Cli, seeded: Flask) -> None:
    assert "没有备份过" in cli("check").out
    with transaction():
        operations.people.set_marker(operations.LAST, (clock.utc() - timedelta(days=3)).isoformat())
    assert "3 天前" in cli("check").out


def test_the_counts_are_those_of_the_rows(backup: Path) -> None:
    manifest = archives.verify(backup)
    assert manifest.counts["task"] == 28
    with db.engine.connect() as connection:
        assert manifest.counts == {
            name: connection.scalar(select(func.count()).select_from(table(name)))
            for name in inspect(connection).get_table_names()
            if name != "alembic_version"
        }


def test_a_restore_that_does_not_add_up_is_not_used(
    backup: Path, elsewhere: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = databases.load_from

    def short(source: Path) -> databases.Copied:
        copied = load(source)
        return databases.Copied(copied.revision, {**copied.counts, "task": 27})

    monkeypatch.setattr(databases, "load_from", short)
    db.session.remove()
    with elsewhere() as app, pytest.raises(BackupRefused, match="不符"):
        operations.restore(app.config["TRACKER_DATA_DIR"], backup)
    assert not list(Path(app.config["TRACKER_DATA_DIR"]).glob(".restore-*"))
