"""Whoever holds the whole database cannot tell who voted what: nothing in it depends on it (docs/ballots.md)."""

import base64
import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Connection, select, text

from tests.appraisal.acts import begin
from tests.appraisal.ballot_acts import Given, close, convene, in_the_box, make, meeting, vote
from tests.conftest import SECRET, Databases, on_postgresql, running
from tracker import sealing
from tracker.appraisal import ballot_papers
from tracker.audit.models import AuditEntry
from tracker.db import db
from tracker.outbox.models import Message
from tracker.rules.status import MoveRefused


@pytest.fixture
def begun(seeded: Flask) -> Flask:
    """The demo with a year of appraisal that has just begun."""
    begin()
    return seeded


@pytest.fixture(autouse=True)
def _configured() -> Iterator[None]:
    """Leave the key of the tests behind."""
    yield
    sealing.configure(SECRET)


def test_the_box_is_unreadable_without_the_secret_and_looks_alike_whatever_it_holds(begun: Flask) -> None:
    convene()
    slips = make(leaders=3)
    boxes = [meeting().box]
    for slip in slips.values():
        vote(slip, {"办公室": "100", "律公科": "100"})
        boxes.append(meeting().box)
    assert len({len(box) for box in boxes}) == 1
    assert len(set(boxes)) == len(boxes)
    for box in boxes:
        raw = base64.urlsafe_b64decode(box.removeprefix("v1:"))
        assert int.from_bytes(raw[1:9]) == 0, "the moment of the last vote stands in the clear"
        assert b"leaders" not in raw
    assert max(pair[0] for pair in in_the_box().values()) == 3
    sealing.configure("another-secret-that-is-long-enough")
    with pytest.raises(sealing.CannotUnseal):
        sealing.unseal(boxes[-1])
    with pytest.raises(MoveRefused, match="TRACKER_SECRET_KEY"):
        close()


def test_a_ballot_changes_nothing_but_the_box_and_that_papers_were_written(
    begun: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    convene()
    slips = make(leaders=3, each_unit=True)
    caplog.set_level("DEBUG")
    for number, (label, points) in enumerate({"局领导 2": "61.3", "公服科": "88.9", "局领导 1": "74.1"}.items(), 1):
        before, files = rows(db.session.connection()), stored(begun)
        vote(slips[label], {"办公室": points, "律公科": points})
        after = rows(db.session.connection())
        changed = {cell for cell in before.keys() | after.keys() if before.get(cell) != after.get(cell)}
        assert {(table, column) for table, _, column in changed} == {
            ("appraisal_meeting", "box"),
            ("appraisal_meeting", "version"),
            ("appraisal_paper", "used"),
            ("appraisal_paper", "version"),
        }
        assert sum(column == "used" for _, _, column in changed) == 1
        versions = {
            value for (table, _, column), value in after.items() if (table, column) == ("appraisal_paper", "version")
        }
        assert versions == {str(number + 1)}, "every paper is written with every vote"
        written = {after[cell] for cell in changed if cell[2] != "box"}
        assert written == {"True", str(meeting().version), str(number + 1)}
        assert stored(begun) == files
        assert points not in caplog.text
        assert slips[label].token not in caplog.text + "".join(after.values())
    told = " ".join(f"{entry.act} {entry.detail}" for entry in db.session.scalars(select(AuditEntry)))
    assert "issue_ballots leaders +3；units +11" in told
    assert not any(slip.token in told for slip in slips.values())
    assert db.session.scalars(select(Message)).all() == []


def rows(connection: Connection) -> dict[tuple[str, str, str], str]:
    """Return every cell of the database as text, by table, row and column."""
    found = {}
    for table in db.metadata.sorted_tables:
        key = [column.name for column in table.primary_key]
        for row in connection.execute(select(table)).mappings():
            name = "/".join(str(row[column]) for column in key)
            found.update({(table.name, name, column): str(value) for column, value in row.items()})
    return found


def stored(app: Flask) -> dict[str, bytes]:
    """Return every file of the data folder."""
    folder = Path(app.config["TRACKER_DATA_DIR"])
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


LEADING = ("局领导 1", "局领导 2", "局领导 3", "局领导 4")
SECTIONS = ("公服科", "律公科", "甲司法所", "乙司法所")
ON = ("办公室", "秘书科", "普法科")
"""On whom the sections vote, none of them on itself."""

OF_LEADERS = (("91.7", "60"), ("33.3", ""), ("100", "0"), ("", "87.6"))
OF_SECTIONS = (("55.5", "", "71.3"), ("98.1", "62.4", ""), ("0", "100", "69.9"), ("47.2", "81.8", "93.6"))
VOTES: dict[str, Given] = {
    **{
        name: dict(zip(("办公室", "律公科"), given, strict=True))
        for name, given in zip(LEADING, OF_LEADERS, strict=True)
    },
    **{name: dict(zip(ON, given, strict=True)) for name, given in zip(SECTIONS, OF_SECTIONS, strict=True)},
}
"""An odd mix, some of it abstentions."""


def exchanged(order: int) -> dict[str, Given]:
    """Return the same ballots, handed round among the voters of each bench, and cast in another order."""
    handed = {}
    for bench in (LEADING, SECTIONS):
        turned = bench[order:] + bench[:order]
        handed.update({label: VOTES[other] for label, other in zip(bench, turned, strict=True)})
    return dict(sorted(handed.items(), key=lambda pair: pair[0], reverse=bool(order % 2)))


@pytest.mark.parametrize("closed", [False, True])
def test_the_whole_database_is_the_same_whoever_cast_which_ballot(
    databases: Databases, seeded_template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed: bool
) -> None:
    template = databases.copy(seeded_template)
    with running(template, tmp_path / "first"):
        begin()
        convene()
        slips = make(leaders=4, each_unit=True, others=["甲司法所", "乙司法所"])
        ballot_papers.forget_former_boxes()
    _swept(template)
    dumps = [_run(order, databases, template, tmp_path, monkeypatch, slips, closed) for order in range(4)]
    databases.drop(template)
    for what in ("cells", "wrote", "placed", "file"):
        assert all(dump[what] == dumps[0][what] for dump in dumps), what
    votes = {value for given in VOTES.values() for value in given.values() if "." in value}
    assert not votes & set(dumps[0]["cells"].values())


def _run(
    order: int,
    databases: Databases,
    template: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    slips: dict[str, Any],
    closed: bool,
) -> dict[str, Any]:
    """Cast the ballots, handed round, in a copy, and return everything that the database then holds."""
    # Each run's random bytes are the same, so that whatever differs would tell of the votes.
    counter = itertools.count(1)
    monkeypatch.setattr("cryptography.fernet.os.urandom", lambda size: next(counter).to_bytes(size))
    address = databases.copy(template)
    with _unswept(address), running(address, folder / f"run-{order}"):
        for label, given in exchanged(order).items():
            vote(slips[label], given)
            ballot_papers.forget_former_boxes()
        if closed:
            close()
        dump = whole_database()
        ballot_papers.forget_former_boxes()
    dump["file"] = file_of(address)
    databases.drop(address)
    return dump


def _swept(address: str) -> None:
    """On PostgreSQL, clear away the former rows that there are."""
    if on_postgresql():
        with psycopg.connect(_plain(address), autocommit=True) as connection:
            connection.execute("VACUUM")


@contextmanager
def _unswept(address: str) -> Iterator[None]:
    """On PostgreSQL, let every former row lie.

    When the server clears them away, and so where the next rows find room, depends on what happens in its other
    databases at the same time. It clears nothing away that a transaction of the same database may still want.
    """
    if not on_postgresql():
        yield
        return
    with psycopg.connect(_plain(address)) as connection:
        connection.execute("SELECT pg_current_xact_id()")
        yield


def _plain(address: str) -> str:
    return address.replace("postgresql+psycopg:", "postgresql:")


def whole_database() -> dict[str, Any]:
    """Return every cell, and on PostgreSQL where each row lies and the order of the transactions that wrote it."""
    connection = db.session.connection()
    found: dict[str, Any] = {"cells": rows(connection), "placed": {}, "wrote": {}}
    if on_postgresql():
        placed = {}
        for table in db.metadata.sorted_tables:
            key = ", ".join(column.name for column in table.primary_key)
            for *name, place, wrote in connection.execute(
                text(f"SELECT {key}, ctid::text, xmin::text FROM {table.name}")
            ):
                placed[table.name, *name] = place, int(wrote)
        ranks = {wrote: rank for rank, wrote in enumerate(sorted({wrote for _, wrote in placed.values()}))}
        found["placed"] = {row: place for row, (place, _) in placed.items()}
        found["wrote"] = {row: ranks[wrote] for row, (_, wrote) in placed.items()}
    db.session.rollback()
    return found


def file_of(address: str) -> dict[str, bytes]:
    """Return SQLite's file and its log, free pages and all; the name of the file stands nowhere in it."""
    if on_postgresql():
        return {}
    file = Path(address.removeprefix("sqlite:///"))
    log = Path(f"{file}-wal")
    return {"database": file.read_bytes(), "log": log.read_bytes() if log.exists() else b""}


def test_on_sqlite_no_former_box_is_left_on_the_disk(begun: Flask) -> None:
    if on_postgresql():
        pytest.skip("PostgreSQL keeps former rows until a vacuum, as docs/ballots.md says")
    convene()
    boxes = []
    for slip in make(leaders=4).values():
        vote(slip, {"办公室": "90"})
        db.session.remove()
        ballot_papers.forget_former_boxes()
        boxes.append(meeting().box)
        db.session.remove()
    file = Path(begun.config["TRACKER_DATABASE_URL"].removeprefix("sqlite:///"))
    kept = file.read_bytes() + Path(f"{file}-wal").read_bytes()
    assert [kept.count(box.encode()) for box in boxes] == [0, 0, 0, 1]
    pieces = [re.escape(box[200:260].encode()) for box in boxes[:-1]]
    assert not re.search(b"|".join(pieces), kept)
    close()
    db.session.remove()
    ballot_papers.forget_former_boxes()
    assert boxes[-1][200:260].encode() not in file.read_bytes() + Path(f"{file}-wal").read_bytes()
