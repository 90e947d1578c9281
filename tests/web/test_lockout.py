"""Wrong logins at the page: locked as configured, alike for every name, lifted by an administrator, by no trick."""

import contextvars
import statistics
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from time import process_time

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.assignments.acts import moment, person
from tests.client import Client
from tests.effort import at_most
from tests.web.conftest import CLERK, same_page
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.people import attempts, passwords, queries
from tracker.people.models import LoginAttempt
from tracker.seeding.accounts import DEMO_PASSWORD

Visitor = Callable[[str], Client]


def sign_in(browser: Client, account: str, password: str = "wrong") -> TestResponse:
    """Try to sign in."""
    return browser.submit(browser.form("/login"), account=account, password=password)


def rows() -> tuple[int, int]:
    """Return how many tries are counted, and how many acts are on record."""
    return tuple(
        db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (LoginAttempt, AuditEntry)
    )  # type: ignore[return-value]


@pytest.mark.parametrize("account", [CLERK, "nobody-at-all"])
def test_after_five_wrong_passwords_the_right_one_is_refused_too(
    seeded: Flask, client: Client, monkeypatch: pytest.MonkeyPatch, account: str
) -> None:
    assert [sign_in(client, account).status_code for _ in range(5)] == [422] * 5
    before = rows()
    monkeypatch.setattr("tracker.people.passwords.matches", lambda *_: pytest.fail("it was hashed"))
    for _ in range(3):
        answer = sign_in(client, account, DEMO_PASSWORD)
        assert answer.status_code == 429
        assert "约 15 分钟后可再试" in answer.text
        assert "联系本单位管理员解锁" in answer.text
        assert 890 <= int(answer.headers["Retry-After"]) <= 900
    assert rows() == before
    acts = db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.number.desc()).limit(6)).all()
    assert acts == ["lock_account", *["login_refused"] * 5]


@pytest.mark.parametrize("other", [f"  {CLERK.upper()} ", "ｓｏｎｇｊｉａｎｇ－ｃｌｅｒｋ", f"\u3000{CLERK}\u3000"])
def test_no_spelling_and_no_header_dodges_the_lock(seeded: Flask, client: Client, other: str) -> None:
    for number in range(5):
        sent = {**client.form("/login").fields, "account": CLERK, "password": "wrong"}
        client.post("/login", data=sent, headers={"X-Forwarded-For": f"198.51.100.{number}"})
    assert sign_in(client, other, DEMO_PASSWORD).status_code == 429


def test_a_full_width_name_signs_in_like_any_other(seeded: Flask, client: Client) -> None:
    assert sign_in(client, "ｓｏｎｇｊｉａｎｇ－ｃｌｅｒｋ", DEMO_PASSWORD).status_code == 303


def test_known_and_unknown_names_lock_alike_word_for_word(seeded: Flask, visitor: Visitor) -> None:
    for _ in range(7):
        known, unknown = (same_page(sign_in(visitor(""), name)) for name in (CLERK, "nobody-clerk00"))
        assert known[0] == unknown[0]
        assert known[1].replace(CLERK, "…") == unknown[1].replace("nobody-clerk00", "…")


def test_a_known_name_takes_as_long_as_an_unknown_one(
    seeded: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher = passwords.PasswordHasher(time_cost=2, memory_cost=4096, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", hasher)
    with transaction():
        account = queries.user_by_account(CLERK)
        assert account
        account.password_hash = hasher.hash(DEMO_PASSWORD)
    sent = client.form("/login").fields
    times: dict[str, list[float]] = {CLERK: [], "nobody-clerk00": []}
    for _ in range(12):
        for name, taken in times.items():
            began = process_time()
            assert client.post("/login", data={**sent, "account": name, "password": "wrong"}).status_code == 422
            taken.append(process_time() - began)
            with transaction():
                attempts.clear(name)
    known, unknown = (statistics.median(taken) for taken in times.values())
    assert 0.7 < unknown / known < 1.4, (known, unknown)


def test_a_right_password_forgets_the_wrong_ones(seeded: Flask, client: Client) -> None:
    for _ in range(3):
        assert [sign_in(client, CLERK).status_code for _ in range(4)] == [422] * 4
        assert sign_in(client, CLERK, DEMO_PASSWORD).status_code == 303
        client.logout()
    assert rows()[0] == 0


def test_an_administrator_lifts_the_lock(seeded: Flask, client: Client) -> None:
    for _ in range(5):
        sign_in(client, CLERK)
    assert sign_in(client, CLERK, DEMO_PASSWORD).status_code == 429
    account, admin = queries.user_by_account(CLERK), person("admin")
    assert account
    with transaction():
        attempts.unlock(admin, moment("2021-06-24"), account)
    assert sign_in(client, CLERK, DEMO_PASSWORD).status_code == 303


@pytest.mark.parametrize("name", [f"{CLERK}\0x", "a\r\nb", "a\nlogin ok", "\x1b[31m", "a\u202eb", "a\u200b", "\ud800"])
def test_a_name_with_control_signs_is_refused_without_a_row_or_a_line(
    seeded: Flask, client: Client, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    before, fields = rows(), client.form("/login").fields
    sent = {**fields, "account": name.encode("utf-8", "surrogatepass"), "password": "x"}
    answer = client.post("/login", data=sent)
    assert answer.status_code == 422
    if "\ud800" not in name:  # The server reads broken UTF-8 as a replacement sign, which is an ordinary one.
        assert "看不见的字符" in answer.text
        assert rows() == before
    assert len(caplog.records) <= 1


@pytest.mark.parametrize("name", ["  ", "\u3000", "x" * 61])
def test_a_name_of_blanks_or_beyond_all_length_is_nobodys(seeded: Flask, client: Client, name: str) -> None:
    before = rows()
    assert sign_in(client, name).status_code == 422
    assert rows() == before


def test_two_million_letters_are_refused_at_once(seeded: Flask, client: Client) -> None:
    fields = client.form("/login").fields
    with at_most(1):
        answer = client.post("/login", data={**fields, "account": CLERK, "password": "x" * 2_000_000})
    assert answer.status_code in (413, 422)
    assert rows()[0] == 0


def test_who_must_wait_too_long_for_a_turn_is_told_so_and_nothing_is_counted(
    seeded: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 0.05)
    busy, done = Event(), Event()

    def hold() -> None:
        with passwords._turn(), passwords._turn():
            busy.set()
            done.wait()

    holder = Thread(target=hold)
    holder.start()
    busy.wait()
    try:
        answer = sign_in(client, CLERK, DEMO_PASSWORD)
    finally:
        done.set()
        holder.join()
    assert answer.status_code == 503
    assert "登录的人太多，请稍候重试" in answer.text
    assert answer.headers["Retry-After"] == "5"
    assert rows()[0] == 0
    assert sign_in(client, CLERK, DEMO_PASSWORD).status_code == 303


def test_four_hundred_wrong_logins_from_eight_browsers_lock_as_configured(seeded: Flask, visitor: Visitor) -> None:
    onlooker = visitor("supervisor")

    def hammer(_: int) -> list[int]:
        browser = seeded.test_client()
        assert isinstance(browser, Client)
        sent = {**browser.form("/login").fields, "account": CLERK, "password": "wrong"}
        return [browser.post("/login", data=sent).status_code for _ in range(50)]

    with ThreadPoolExecutor(8) as hands:
        running = [hands.submit(contextvars.Context().run, hammer, number) for number in range(8)]
        seen = [onlooker.get("/plans").status_code for _ in range(10)]
        answers = Counter(code for hand in running for code in hand.result())
    assert answers == {422: 5, 429: 395}
    assert seen == [200] * 10
    db.session.rollback()
    assert rows()[0] == 5
    refused = select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "login_refused")
    assert db.session.scalar(refused) == 5
