"""Whatever is done to the entries is found and named; only who has the key can write the record."""

import os
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from flask import Flask
from sqlalchemy import text

from tests.audit.tampering import EARLY, LENGTH, WAYS, Chain, Tampered, chain, entry, put, unkeyed
from tracker.audit import chain as keys
from tracker.audit import queries
from tracker.audit.chain import Head, Row
from tracker.audit.heads import Outside
from tracker.audit.verification import Wrong
from tracker.db import db

TRIALS = int(os.environ.get("TRACKER_TEST_TAMPERINGS", "1000"))
ON_A_DATABASE = 60


@pytest.fixture(autouse=True)
def _key() -> None:
    keys.configure("a-secret-that-only-the-tests-know-of")


def found(tampered: Tampered) -> tuple[Wrong, int] | None:
    """What is said of a tampered chain."""
    finding = tampered.chain.verdict().finding
    return (finding.wrong, finding.number) if finding else None


def test_a_sound_chain_is_sound() -> None:
    for early in (0, EARLY):
        verdict = chain(early=early).verdict()
        assert (verdict.finding, verdict.entries, verdict.early, verdict.notes) == (None, LENGTH, early, ())
    nothing = Chain([], None, Outside([], False, [])).verdict()
    assert (nothing.finding, nothing.entries) == (None, 0)


@pytest.mark.once
def test_each_of_a_thousand_tamperings_is_found_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    sound, dice = chain(), Random(22)
    missed, counted = [], Counter[str]()
    for _ in range(TRIALS):
        tampered = dice.choice(WAYS)(sound, dice)
        counted[tampered.wrong] += 1
        if found(tampered) != (tampered.wrong, tampered.number):
            missed.append((tampered.what, tampered.number, tampered.wrong, found(tampered)))
    with capsys.disabled():
        print(f"\ntamperings found and named: {TRIALS - len(missed)} of {TRIALS} ({dict(counted)})")
    assert missed == []


@pytest.mark.once
def test_every_column_of_every_entry_counts() -> None:
    sound = chain(12)
    for at, row in enumerate(sound.rows):
        for name in set(Row._fields) - {"number"}:
            value = getattr(row, name)
            other = value + 1 if isinstance(value, int) else f"{value}x" if value is not None else 0
            finding = put(sound, at, row._replace(**{name: other})).verdict().finding
            assert finding, (name, at)
            assert (finding.wrong, finding.number) == (Wrong.ALTERED, row.number)


@pytest.mark.once
def test_entries_from_before_the_chain_are_vouched_for_together() -> None:
    sound, dice = chain(early=EARLY), Random(7)
    for _ in range(300):
        tampered = dice.choice(WAYS)(sound, dice)
        assert tampered.chain.verdict().finding, tampered.what
    finding = put(sound, 2, sound.rows[2]._replace(detail="改过")).verdict().finding
    assert finding
    assert (finding.wrong, finding.number) == (Wrong.ALTERED, 1)
    assert "建链以前的 6 条" in finding.words


@pytest.mark.once
def test_hashes_taken_away_do_not_pass_for_entries_from_before_the_chain() -> None:
    sound = chain()
    blank = [row._replace(hash="") for row in sound.rows]
    for rows in (blank, blank[:5] + sound.rows[5:]):
        finding = Chain(rows, Head(LENGTH, ""), Outside([], True, [])).verdict().finding
        assert finding
        assert (finding.wrong, finding.number) == (Wrong.ALTERED, 1)


@pytest.mark.once
def test_a_forged_beginning_vouches_for_nothing() -> None:
    rows = [entry(1, detail="改过"), entry(2)]
    count, digest = keys.early_digest(rows)
    anchor = unkeyed(entry(3, act=keys.CHAIN_BEGINS, detail=keys.anchor_words(count, digest)), "")
    finding = Chain([*rows, anchor], Head(3, anchor.hash), Outside([], True, [])).verdict().finding
    assert finding
    assert (finding.wrong, finding.number) == (Wrong.INSERTED, 3) or finding.wrong is Wrong.ALTERED


@pytest.mark.once
def test_a_cut_off_end_is_known_by_the_head_outside_alone() -> None:
    sound = chain()
    rows = sound.rows[:30]
    cut = Chain(rows, Head(30, rows[-1].hash), sound.outside)
    finding = cut.verdict().finding
    assert finding
    assert finding.words == "第 31 条起的末尾被截去：audit.head记到第 40 条，库中只有 30 条"
    unaided = replace(cut, outside=Outside([], True, [])).verdict()
    assert unaided.finding is None
    assert "末尾若被截去，只凭数据库看不出来" in unaided.notes[0]


@pytest.mark.once
def test_a_chain_under_another_key_is_no_chain_of_ours() -> None:
    sound = chain()
    keys.configure("another secret of the same installation")
    verdict = sound.verdict()
    assert verdict.finding
    assert (verdict.finding.wrong, verdict.finding.number) == (Wrong.ALTERED, 1)
    assert "换了 TRACKER_AUDIT_KEY" in verdict.notes[0]


# ---- in a real database


def without_triggers() -> None:
    """Do what an intruder with the owner's rights would do first."""
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
            connection.execute(text("ALTER TABLE audit_head DISABLE TRIGGER USER"))
            return
        names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
        for name in names:
            connection.execute(text(f"DROP TRIGGER {name}"))


def store(found: Chain) -> None:
    """Put a chain into the database, in place of what is there."""
    at, day = (
        ("CAST(:at AS timestamp) AT TIME ZONE 'UTC'", "CAST(:day AS date)")
        if db.engine.dialect.name == "postgresql"
        else (":at", ":day")
    )
    values = ", ".join({"at": at, "day": day}.get(name, f":{name}") for name in Row._fields)
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_entry"))
        connection.execute(text("DELETE FROM audit_head"))
        insert = text(f"INSERT INTO audit_entry ({', '.join(Row._fields)}) VALUES ({values})")
        connection.execute(insert, [row._asdict() for row in found.rows])
        if found.head:
            connection.execute(text("INSERT INTO audit_head VALUES (1, :number, :hash)"), found.head._asdict())


def test_the_same_is_found_in_the_database(app: Flask) -> None:
    without_triggers()
    dice = Random(44)
    for early in (0, EARLY):
        sound = chain(early=early)
        store(sound)
        assert queries.verified(db.session.connection(), sound.outside).finding is None
        db.session.rollback()
        for _ in range(ON_A_DATABASE // 2):
            tampered = dice.choice(WAYS)(sound, dice)
            store(tampered.chain)
            finding = queries.verified(db.session.connection(), sound.outside).finding
            db.session.rollback()
            assert finding, tampered.what
            assert finding == tampered.chain.verdict().finding


def test_what_could_not_have_been_written_is_found_and_no_error(app: Flask) -> None:
    without_triggers()
    sound = chain(8)
    sqlite = db.engine.dialect.name == "sqlite"
    values = {
        "at": ["'2021-06-24T02:03:00.123456'", "'yesterday'", "x'32'"] if sqlite else ["'infinity'", "'-infinity'"],
        "day": ["'20210624'", "18802", "x'32'"] if sqlite else ["'infinity'", "'0001-01-01 BC'"],
        "detail": ["CAST(x'ff41' AS TEXT)", "CAST('第3次：说明' AS BLOB)"]
        if sqlite
        else ["'第3次：说明' || chr(8203)"],
        "number": ["'third'", "2.5"] if sqlite else ["-2147483648"],
        "unit_id": ["'twenty'", "21.5"] if sqlite else ["2147483647"],
    }
    for name, wrong in values.items():
        for value in wrong:
            store(sound)
            with db.engine.begin() as connection:
                connection.execute(text(f"UPDATE audit_entry SET {name} = {value} WHERE number = 3"))
            finding = queries.verified(db.session.connection(), sound.outside).finding
            db.session.rollback()
            assert finding, (name, value)
            assert (finding.wrong, finding.number) == (Wrong.ALTERED, 3), (name, value)
