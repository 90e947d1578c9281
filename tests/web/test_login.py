"""Signing in and out: nobody learns who has an account, nobody is led elsewhere, sessions end when they should."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.assignments.acts import moment
from tests.client import Client
from tests.web.conftest import CLERK, same_page, token
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.people import operations, queries
from tracker.people.models import User
from tracker.rules.permissions import SYSTEM
from tracker.seeding.accounts import DEMO_PASSWORD

Visitor = Callable[[str], Client]
COOKIE = "tracker_session"


def user() -> User:
    """Return the clerk's account."""
    found = queries.user_by_account(CLERK)
    assert found
    return found


def sign_in(browser: Client, account: str, password: str, **fields: str) -> TestResponse:
    """Try to sign in."""
    return browser.submit(browser.form("/login"), account=account, password=password, **fields)


@pytest.mark.parametrize(
    ("account", "password"),
    [
        (CLERK, "wrong"),
        (CLERK, DEMO_PASSWORD.upper()),
        (f"{CLERK}x", DEMO_PASSWORD),
        ("admin", "admin"),
        ("x' or 1=1 --", "x"),
    ],
)
def test_a_refused_login_tells_nothing(seeded: Flask, client: Client, account: str, password: str) -> None:
    response = sign_in(client, account, password)
    assert response.status_code == 422
    assert "账号或密码不正确" in response.text
    assert client.get("/todo").status_code == 302


def test_a_wrong_password_and_an_unknown_name_answer_alike(seeded: Flask, visitor: Visitor) -> None:
    known, unknown = (
        same_page(sign_in(visitor(""), account, "wrong-password")) for account in (CLERK, "nobody-clerk00")
    )
    assert known[0] == unknown[0]
    assert known[2] == unknown[2]
    assert known[1].replace(CLERK, "…") == unknown[1].replace("nobody-clerk00", "…")


def test_a_disabled_account_answers_like_an_unknown_one(seeded: Flask, visitor: Visitor) -> None:
    with transaction():
        operations.disable(SYSTEM, moment("2021-06-24"), user())
    response = sign_in(visitor(""), CLERK, DEMO_PASSWORD)
    assert response.status_code == 422
    assert "账号或密码不正确" in response.text
    assert "停用" not in response.text.split("error-summary")[1].split("</ul>")[0]


@pytest.mark.parametrize("fields", [{"account": ""}, {"password": ""}, {"account": None}, {"password": None}])
def test_what_is_missing_is_named(seeded: Flask, client: Client, fields: dict[str, str | None]) -> None:
    response = client.submit(client.form("/login"), **{"account": CLERK, "password": DEMO_PASSWORD, **fields})
    assert response.status_code == 422
    assert "请填写" in response.text


def test_a_password_beyond_all_measure_is_refused_unhashed(
    seeded: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.people.passwords.matches", lambda *_: pytest.fail("it was hashed"))
    assert sign_in(client, CLERK, "x" * 129).status_code == 422


def test_the_password_is_never_sent_back(seeded: Flask, client: Client) -> None:
    assert "My-secret-typo" not in sign_in(client, CLERK, "My-secret-typo").text


@pytest.mark.parametrize("account", [CLERK.upper(), f"  {CLERK} ", CLERK])
def test_an_account_is_found_whatever_its_case(seeded: Flask, client: Client, account: str) -> None:
    assert sign_in(client, account, DEMO_PASSWORD).status_code == 303
    assert client.get("/todo").status_code == 200


def test_logins_are_on_record_with_their_outcome(seeded: Flask, client: Client) -> None:
    sign_in(client, "somebody", "wrong")
    sign_in(client, CLERK, "wrong")
    sign_in(client, CLERK, DEMO_PASSWORD)
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(3)).all()
    assert [(entry.act, entry.account, entry.detail) for entry in reversed(entries)] == [
        ("login_refused", "system", "somebody"),
        ("login_refused", "system", CLERK),
        ("login", CLERK, ""),
    ]


# ---- where it leads


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        " //evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "http://127.0.0.1:5000@evil.example/",
        "/\r\nSet-Cookie: a=b",
        "/%0d%0aSet-Cookie:a=b\r\n",
        "evil.example",
        "",
        "/.//evil.example\\@x",
    ],
)
def test_nobody_is_led_away_after_signing_in(seeded: Flask, client: Client, target: str) -> None:
    response = sign_in(client, CLERK, DEMO_PASSWORD, next=target)
    assert (response.status_code, response.location) == (303, "/")
    assert all("a=b" not in cookie for cookie in response.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize(
    "target", ["/overdue?on=2021-06-24&page=2", "/assignments/7", "/todo", "/scores?x=https%3A%2F%2Fa"]
)
def test_whoever_was_on_the_way_somewhere_gets_there(seeded: Flask, client: Client, target: str) -> None:
    assert sign_in(client, CLERK, DEMO_PASSWORD, next=target).location == target


def test_a_form_that_met_a_closed_session_says_that_the_text_is_still_there(seeded: Flask, client: Client) -> None:
    for data in ({"csrf_token": token(client), "id": "1"}, {}):
        response = client.post("/todo/acknowledge", data=data)
        assert response.status_code == 401
        assert "填写的文字还在浏览器里" in response.text


# ---- sessions


def test_signing_out_ends_the_session(visitor: Visitor) -> None:
    browser = visitor(CLERK)
    assert browser.submit(browser.form("/todo", action="/logout")).location == "/login"
    assert browser.get("/todo").status_code == 302


@pytest.mark.parametrize("end", ["disable", "set_password"])
def test_a_session_dies_at_the_next_request_when_the_account_is_closed_or_changed(visitor: Visitor, end: str) -> None:
    browser = visitor(CLERK)
    assert browser.get("/todo").status_code == 200
    with transaction():
        if end == "disable":
            operations.disable(SYSTEM, moment("2021-06-24"), user())
        else:
            operations.set_password(SYSTEM, moment("2021-06-24"), user(), "Another-one-77")
    response = browser.get("/todo")
    assert (response.status_code, response.location) == (302, "/login?next=/todo")


@pytest.mark.parametrize("place", [0, 5, 20, -1])
def test_a_cookie_that_was_tampered_with_is_worth_nothing(visitor: Visitor, place: int) -> None:
    browser = visitor(CLERK)
    cookie = browser.get_cookie(COOKIE)
    assert cookie
    letters = list(cookie.value)
    letters[place] = "A" if letters[place] != "A" else "B"
    # The last letter of a signature carries bits that do not count, so a whole group is changed there.
    forged = "".join(letters) if place != -1 else cookie.value[:-6]
    browser.set_cookie(COOKIE, forged)
    assert browser.get("/todo").status_code == 302


def test_a_cookie_holds_neither_password_nor_name_and_no_script_reads_it(visitor: Visitor) -> None:
    browser = visitor(CLERK)
    cookie = browser.get_cookie(COOKIE)
    assert cookie
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert CLERK not in cookie.decoded_value


def test_a_session_of_one_browser_is_none_of_another(visitor: Visitor) -> None:
    first, second = visitor(CLERK), visitor("huangpu-clerk")
    first.submit(first.form("/todo", action="/logout"))
    assert second.get("/todo").status_code == 200
