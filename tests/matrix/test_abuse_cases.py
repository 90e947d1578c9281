"""Every abuse case, run as a test: its status, what it may store, what may be seen of it."""

import logging
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random
from statistics import median
from time import process_time
from typing import Any

import argon2
import pytest
import yaml
from flask import Flask
from sqlalchemy import func, select, update

from tests.audit.tampering import Chain, changed, put
from tests.client import FormReader
from tests.conftest import running
from tests.effort import at_most
from tests.matrix.attacks import Attack
from tests.matrix.expectations import EXPECTATIONS, audit, comparable, set_cookie
from tests.matrix.kinds import KINDS
from tests.matrix.sessions import HARNESSES
from tests.matrix.world import World, digest, newest_entry
from tracker.audit.chain import Head, Row
from tracker.audit.heads import Outside, Witness
from tracker.audit.stored import rows
from tracker.db import db, transaction
from tracker.people import passwords
from tracker.people.models import User
from tracker.reports.models import Report
from tracker.seeding.accounts import DEMO_PASSWORD

LIST: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "abuse_cases.yaml").read_text("utf-8"))
CASES: dict[str, dict[str, Any]] = {case["id"]: case for case in LIST["cases"]}
LATER = "2021-03-05"
"""A day on which two tasks are overdue."""

OWN_WORDS = {"status", "same_as", "timing_within", "seconds", "unchanged", "rows_added"} | {
    "log_lines_added_max",
    "new_sid",
    "set_cookie",
}
"""Words of the cases that the test itself looks at."""

BASE = "https://tracker.example"
AWAY = {"REMOTE_ADDR": "192.0.2.7"}
"""The attackers do not sit at the server."""


@pytest.fixture
def world(seeded: Flask, on_day: Callable[[str], date]) -> World:
    """The records of this test's own database."""
    return World(seeded, on_day, environ=AWAY)


def _before(world: World, case: dict[str, Any]) -> None:
    before = case.get("before")
    if before:
        first = Attack(world, {"as": case["as"], "expect": {}, **before})
        for _ in range(before["times"]):
            first.fire(first.sent())


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], int]]:
    """How many lines the log has, as it would be written."""
    with caplog.at_level(logging.INFO):
        yield lambda: sum(record.getMessage().count("\n") + 1 for record in caplog.records)


def test_every_word_of_the_cases_is_looked_at() -> None:
    assert len(CASES) == LIST["meta"]["cases"]
    assert {word for case in CASES.values() for word in case["expect"]} == OWN_WORDS | set(EXPECTATIONS)


OF_THE_DOOR = ("csrf", "formula", "http", "mail", "redirect", "ssrf", "vertical", "xss")
"""Kinds of cases that end before a database is asked, or lie in what is made of its answer: one is enough for them."""

PLAIN = [
    pytest.param(id_, marks=[pytest.mark.once] if case["group"] in OF_THE_DOOR else [])
    for id_, case in CASES.items()
    if "harness" not in case and "set_cookie" not in case["expect"]
]


@pytest.mark.parametrize("id_", PLAIN)
def test_a_case(
    world: World, id_: str, lines: Callable[[], int], record_property: Callable[[str, object], None]
) -> None:
    case = CASES[id_]
    expected = case["expect"]
    if "absent_ids" in expected:
        world.on_day(LATER)
        world.of(case["as"], expected["absent_ids"])
    attack = Attack(world, case)
    place = attack.place() if "path" not in case and case["kind"] in KINDS else None
    _before(world, case)
    sent = attack.sent(place)
    if "seconds" in expected:
        # Templates are compiled when first needed: that is not the attack's doing.
        attack.browser.get(sent.address.partition("?")[0])
    mark, before, logged, reports = newest_entry(), digest(), lines(), count(Report)
    with at_most(expected.get("seconds", 60)):
        answer = attack.fire(sent)
    assert answer.status_code in expected["status"], answer.get_data(as_text=True)[:3000]
    assert answer.status_code < 500
    if expected.get("unchanged"):
        assert digest() == before
    if "log_lines_added_max" in expected:
        assert lines() - logged <= expected["log_lines_added_max"]
    if "rows_added" in expected:
        # The request that came before counts as well.
        assert count(Report) == expected["rows_added"]["report"]
        assert reports == count(Report)
    if "same_as" in expected:
        other = Attack(world, CASES[expected["same_as"]])
        assert comparable(other.fire(other.sent())) == comparable(answer)
    for word in expected:
        if word == "audit":
            audit(attack, answer, place, mark)
        elif word in EXPECTATIONS:
            EXPECTATIONS[word](attack, answer, place)
    answer.close()
    record_property("abuse_cases", 1)


def count(model: type[Any]) -> int:
    """Return how many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("id_", [id_ for id_, case in CASES.items() if case.get("harness") == "session"])
def test_a_case_of_several_requests(world: World, id_: str, record_property: Callable[[str, object], None]) -> None:
    assert HARNESSES[CASES[id_]["kind"]](world) in CASES[id_]["expect"]["status"]
    record_property("abuse_cases", 1)


def test_a_cookie_over_https_is_bound_to_the_host(
    database_url: str, seeded: Flask, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with running(database_url, tmp_path / "data", TRACKER_BASE_URL=BASE) as app:
        browser = app.test_client()
        page = browser.get("/login", base_url=BASE).get_data(as_text=True)
        reader = FormReader("/login")
        reader.feed(page)
        fields = {**reader.forms[0].fields, "account": "huangpu-clerk", "password": DEMO_PASSWORD}
        answer = browser.post("/login", data=fields, base_url=BASE, headers={"Referer": f"{BASE}/login"})
        assert answer.status_code == 303
        set_cookie(Attack(World.__new__(World), CASES["HTTP-08"]), answer, None)
    record_property("abuse_cases", 1)


def test_an_unknown_name_takes_as_long_as_a_known_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", argon2.PasswordHasher())
    with transaction():
        db.session.execute(update(User).values(password_hash=passwords.hashed(DEMO_PASSWORD)))
    took: dict[bool, list[float]] = {True: [], False: []}
    for number, district in enumerate(("huangpu", "xuhui", "changning", "jingan", "putuo")):
        for known, name in ((True, f"{district}-clerk"), (False, f"nobody-{number}")):
            begun = process_time()
            attack = Attack(world, {"as": "anonymous", "kind": "login.post", "form": {"name": name, "password": "x"}})
            assert attack.fire(attack.sent()).status_code == 422
            took[known].append(process_time() - begun)
    assert 0.7 <= median(took[False]) / median(took[True]) <= 1.4


def test_no_column_of_the_record_can_be_altered_unseen(
    world: World, record_property: Callable[[str, object], None]
) -> None:
    world.place("7", "songjiang", "accepted")
    with db.engine.connect() as connection:
        stored = list(rows(connection))
    head = Head(stored[-1].number, stored[-1].hash)
    sound = Chain(stored, head, Outside([Witness(*head, "audit.head")], False, []))
    assert sound.verdict().finding is None
    at = len(stored) - 2
    undetected = 0
    for name in Row._fields:
        altered = put(sound, at, stored[at]._replace(**{name: changed(getattr(stored[at], name), Random(name))}))
        undetected += altered.verdict().finding is None
    assert undetected in CASES["AUD-06"]["expect"]["status"]
    record_property("abuse_cases", 1)
