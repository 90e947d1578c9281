"""An entry stands or falls with its act, is chained in order, and cannot be altered where it lies."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from tests.assignments.acts import moment
from tests.conftest import Queries
from tests.factories import make_marker
from tests.makers import make_audit_head
from tracker import jobs
from tracker.audit import chain, heads, operations, origin, queries
from tracker.audit.models import AuditEntry, AuditHead
from tracker.audit.operations import Outcome, record
from tracker.audit.verification import Wrong
from tracker.db import db, transaction
from tracker.people.models import Marker
from tracker.rules.permissions import SYSTEM

NOW = moment("2021-06-24")
Cli = Callable[..., Any]


def note(act: str = "login", **fields: Any) -> None:
    """Put one act on record, in a transaction of its own."""
    with transaction():
        record(SYSTEM, NOW, act, "user", 1, **fields)


def stored() -> list[AuditEntry]:
    """Every entry by number."""
    db.session.expire_all()
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.number)))


@pytest.fixture
def folder(app: Flask) -> Path:
    found: Path = app.config["TRACKER_DATA_DIR"]
    return found


def test_entries_are_numbered_without_gaps_in_the_order_of_the_acts(app: Flask) -> None:
    with transaction():
        for act in ("login", "logout"):
            record(SYSTEM, NOW, act, "user", 1, "说明", about_unit=2, about_task=3)
    note(outcome=Outcome.REFUSED)
    entries = stored()
    assert [(row.number, row.id, row.act) for row in entries] == [(1, 1, "login"), (2, 2, "logout"), (3, 3, "login")]
    assert (entries[0].about_unit_id, entries[0].about_task_id, entries[0].outcome) == (2, 3, "done")
    assert entries[2].outcome == "refused"
    assert len({row.hash for row in entries}) == 3
    assert queries.head() == (3, entries[-1].hash)
    verdict = queries.verify()
    assert (verdict.finding, verdict.entries, verdict.notes) == (None, 3, ())


def test_an_act_that_is_rolled_back_leaves_no_entry(app: Flask) -> None:
    def fail() -> None:
        with transaction():
            record(SYSTEM, NOW, "login", "user", 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    note("logout")
    assert [row.act for row in stored()] == ["logout"]


def test_an_entry_outside_any_transaction_goes_with_none(app: Flask) -> None:
    record(SYSTEM, NOW, "login", "user", 1)
    db.session.execute(text("SELECT 1"))
    note("logout")
    assert [row.act for row in stored()] == ["logout"]


def test_an_act_whose_entry_cannot_be_written_is_rolled_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def act() -> None:
        with transaction():
            make_marker(name="the act")
            record(SYSTEM, NOW, "login", "user", 1)

    note()
    monkeypatch.setattr(operations.chain, "seal", lambda *_: None)
    with pytest.raises(DatabaseError):
        act()
    monkeypatch.undo()
    assert db.session.scalar(select(Marker.value).where(Marker.name == "the act")) is None
    assert len(stored()) == 1


def test_many_entries_of_one_transaction_are_written_at_once(
    app: Flask, query_count: Callable[[], AbstractContextManager[Queries]]
) -> None:
    note()
    with query_count() as counted, transaction():
        for number in range(2000):
            record(SYSTEM, NOW, "send_letter", "message", number)
    assert len([each for each in counted.statements if "audit" in each]) == 3
    assert queries.verify().entries == 2001


def test_writers_at_the_same_time_make_one_chain(app: Flask) -> None:
    note()

    def work() -> None:
        with app.app_context():
            for _ in range(15):
                note()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = queries.verify()
    assert (verdict.finding, verdict.entries) == (None, 61)


def test_two_that_begin_the_chain_at_once_make_one(app: Flask) -> None:
    barrier = threading.Barrier(2)

    def work() -> None:
        with app.app_context():
            barrier.wait()
            note()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (queries.verify().finding, len(stored())) == (None, 2)


def test_where_an_act_came_from_is_on_record(app: Flask, cli: Cli) -> None:
    origin.come_from("192.0.2.7" + "0" * 60, "abc")
    note()
    assert (stored()[0].address, stored()[0].request_id) == ("192.0.2.7" + "0" * 36, "abc")
    origin.come_from("")
    cli("seed")
    assert {row.address for row in stored()[1:]} == {"cli"}


# ---- the database refuses


CHANGES = [
    "UPDATE audit_entry SET detail = 'x'",
    "UPDATE audit_entry SET detail = 'x' WHERE number = 1",
    "DELETE FROM audit_entry WHERE number = 2",
    "DELETE FROM audit_entry",
    "UPDATE audit_head SET number = number - 1",
    "UPDATE audit_head SET hash = 'x'",
    "DELETE FROM audit_head",
]
OF_SQLITE = [
    "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE number = 1",
    "REPLACE INTO audit_head VALUES (1, 0, '')",
    "UPDATE OR REPLACE audit_entry SET number = 2 WHERE number = 1",
    "INSERT OR REPLACE INTO audit_entry (number, at, day, account, name, role, unit, act, outcome, object_type, detail,"
    " address, request_id, hash) SELECT number, at, day, account, name, role, unit, act, outcome, object_type, 'x',"
    " address, request_id, hash FROM audit_entry WHERE number = 2",
]
OF_POSTGRESQL = [
    "TRUNCATE audit_entry",
    "TRUNCATE audit_head",
    "INSERT INTO audit_entry SELECT * FROM audit_entry ON CONFLICT (number) DO UPDATE SET detail = 'x'",
    "SET LOCAL session_replication_role = replica; DELETE FROM audit_entry",
]


def try_to(change: str, recursive_triggers: str) -> None:
    """Run a statement that the database must refuse."""
    with transaction():
        if recursive_triggers:
            db.session.execute(text(f"PRAGMA recursive_triggers={recursive_triggers}"))
        db.session.execute(text(change))


def test_the_database_refuses_every_change(app: Flask) -> None:
    for _ in range(3):
        note()
    before = [row.hash for row in stored()]
    sqlite = db.engine.dialect.name == "sqlite"
    for change in CHANGES + (OF_SQLITE if sqlite else OF_POSTGRESQL):
        for pragma in ("ON", "OFF") if sqlite else ("",):
            with pytest.raises(IntegrityError, match="append-only"):
                try_to(change, pragma)
    assert [row.hash for row in stored()] == before
    assert queries.verify().finding is None


# ---- what was there before the chain


def test_the_first_entry_vouches_for_those_from_before_the_chain(app: Flask, cli: Cli) -> None:
    flask_migrate.downgrade(revision="0002")
    with db.engine.begin() as connection:
        for number in (1, 2, 5):
            connection.execute(
                text(
                    "INSERT INTO audit_entry (id, at, day, account, act, object_type, object_id, detail)"
                    " VALUES (:id, :at, :day, 'admin', 'login', 'user', 1, '')"
                ),
                {"id": number, "at": "2021-06-24 02:00:00", "day": date(2021, 6, 24).isoformat()},
            )
    assert cli("db", "upgrade").code == 0
    note()
    assert [row.act for row in stored()] == ["login"] * 3 + [chain.CHAIN_BEGINS, "upgrade_database", "login"]
    assert [row.id for row in stored()] == [1, 2, 5, 6, 7, 8]
    verdict = queries.verify()
    assert (verdict.finding, verdict.entries, verdict.early) == (None, 6, 3)


def test_a_new_database_begins_with_its_first_act(app: Flask) -> None:
    note()
    assert [row.act for row in stored()] == ["login"]


def test_a_head_that_was_never_used_begins_the_chain(app: Flask) -> None:
    with transaction():
        make_audit_head()
    note()
    assert (queries.verify().finding, db.session.scalar(select(AuditHead.number))) == (None, 1)


# ---- the head outside


def test_the_newest_head_lies_beside_the_data(folder: Path) -> None:
    for _ in range(3):
        note()
    (line,) = (folder / heads.LATEST).read_text("ascii").splitlines()
    assert line.split() == ["head", "000000000003", stored()[-1].hash]


def test_a_head_that_cannot_be_kept_stops_nobody(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads.configure(folder / "that is not there")
    note()
    heads.configure(folder)
    assert "could not be kept" in caplog.text
    assert len(stored()) == 1


def test_a_slower_process_does_not_set_the_head_back(folder: Path) -> None:
    for _ in range(3):
        note()
    hashes = [row.hash for row in stored()]
    heads.note({1: hashes[0], 2: hashes[1]}, chain.Head(2, hashes[1]))
    assert (folder / heads.LATEST).read_text("ascii").split()[1] == "000000000003"
    assert queries.verify().finding is None


def test_a_chain_that_no_longer_continues_its_head_is_remembered(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        note()
    (folder / heads.LATEST).write_text(f"head 000000000003 {'a' * 64}\n", "ascii")
    for _ in range(3):
        note()
    assert "does not continue" in caplog.text
    finding = queries.verify().finding
    assert finding
    assert (finding.wrong, finding.number) == (Wrong.OUTSIDE, 3)


def test_what_cannot_be_read_of_the_heads_is_said(folder: Path) -> None:
    note()
    (folder / heads.KEPT).write_text("no head\n", "ascii")
    (folder / heads.LATEST).unlink()
    notes = queries.verify().notes
    assert "audit.heads：no head" in notes[0]
    assert "audit.head：" in notes[1]


def test_the_day_is_kept_once_until_something_happens(app: Flask, folder: Path) -> None:
    keep = jobs.JOBS["audit"].run
    assert keep(app.config, lambda: False) == "还没有审计记录"
    note()
    for _ in range(2):
        assert keep(app.config, lambda: False).startswith("第 1 条，")
    lines = (folder / heads.KEPT).read_text("ascii").splitlines()
    assert lines == [f"2021-06-24 000000000001 {stored()[0].hash}"]


# ---- the command line


def test_the_command_tells_a_sound_chain_from_a_damaged_one(app: Flask, cli: Cli, folder: Path) -> None:
    assert cli("audit", "head").code == 1
    note()
    note()
    sound = cli("audit", "verify")
    assert (sound.code, sound.out) == (0, f"完整：共 2 条，最新一条的校验值 {stored()[-1].hash}\n")
    assert cli("audit", "verify", "--json").json["head"] == cli("audit", "head", "--json").json
    (folder / heads.LATEST).write_text(f"head 000000000007 {'a' * 64}\n", "ascii")
    damaged = cli("audit", "verify", "--json")
    assert damaged.code == 1
    assert "第 3 条起的末尾被截去" in damaged.err
    assert '"kind": "cut"' in damaged.out


def test_the_check_of_the_installation_looks_at_the_end_of_the_chain(app: Flask, cli: Cli, folder: Path) -> None:
    note()
    assert "正常\t审计记录\t1 条，链头与库外留存的一致" in cli("check").out
    (folder / heads.LATEST).write_text(f"head 000000000007 {'a' * 64}\n", "ascii")
    assert "注意\t审计记录" in cli("check").out


def test_no_key_is_kept_in_the_database_or_shown(app: Flask, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "the-key-of-the-audit-chain-and-nothing-else"
    monkeypatch.setenv("TRACKER_AUDIT_KEY", key)
    cli("seed")
    said = cli("audit", "verify")
    assert key not in said.out + said.err + cli("check").out
    assert said.code == 0
    monkeypatch.setenv("TRACKER_AUDIT_KEY", "short")
    assert "TRACKER_AUDIT_KEY" in cli("check").err
    assert "short" not in cli("check").err
