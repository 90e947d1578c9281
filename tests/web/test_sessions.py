"""Sessions at the browser: a new key at login, dead when they should be, and nothing typed is lost when they end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import moment, owed
from tests.client import Client
from tests.conftest import settings
from tests.makers import make_second_factor, make_security_setting
from tests.web.conftest import CLERK, token
from tracker import clock
from tracker.app import create_app
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.people import operations, queries
from tracker.people.models import LoginSession, User
from tracker.rules.permissions import SYSTEM
from tracker.seeding.accounts import DEMO_PASSWORD
from tracker.web import session

Visitor = Callable[[str], Client]
COOKIE = "tracker_session"
NEW = "Quiet-river-2021"


def user(account: str = CLERK) -> User:
    """Return an account."""
    found = queries.user_by_account(account)
    assert found
    return found


def cookie(browser: Client) -> str:
    """Return the browser's cookie."""
    found = browser.get_cookie(COOKIE)
    assert found
    value: str = found.value
    return value


def seen() -> datetime:
    """Return when the only session was last used."""
    db.session.rollback()
    return db.session.scalars(select(LoginSession.seen_at)).one()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Let time pass: later(timedelta(minutes=5))."""
    real, passed = clock.utc, [timedelta()]
    monkeypatch.setattr(clock, "utc", lambda: real() + passed[0])

    def wait(time: timedelta) -> None:
        passed[0] += time

    return wait


def test_a_login_brings_a_new_key_and_a_new_secret_for_forms(visitor: Visitor) -> None:
    browser = visitor("")
    before, planted = token(browser), cookie(browser)
    browser.login(CLERK)
    assert cookie(browser) != planted
    assert browser.post("/logout", data={"csrf_token": before}).status_code == 400
    victim = visitor("")
    victim.set_cookie(COOKIE, planted)
    assert victim.get("/todo").status_code == 302


def test_two_logins_are_two_sessions(visitor: Visitor) -> None:
    first, second = visitor(CLERK), visitor(CLERK)
    assert cookie(first) != cookie(second)
    first.logout()
    assert first.get("/todo").status_code == 302
    assert second.get("/todo").status_code == 200


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(visitor: Visitor) -> None:
    browser, thief = visitor(CLERK), visitor("")
    thief.set_cookie(COOKIE, cookie(browser))
    assert thief.get("/todo").status_code == 200
    browser.logout()
    assert thief.get("/todo").status_code == 302


def test_a_cookie_from_before_a_change_of_password_is_dead_also_in_the_same_browser(visitor: Visitor) -> None:
    browser, other, thief = visitor(CLERK), visitor(CLERK), visitor("")
    thief.set_cookie(COOKIE, cookie(browser))
    form = browser.form("/account/password")
    assert browser.submit(form, old=DEMO_PASSWORD, new=NEW, again=NEW).status_code == 303
    assert browser.get("/todo").status_code == 200
    assert other.get("/todo").status_code == 302
    assert thief.get("/todo").status_code == 302
    assert len(db.session.scalars(select(LoginSession)).all()) == 1


def test_after_half_an_hour_of_silence_a_session_is_over(visitor: Visitor, later: Callable[..., None]) -> None:
    browser = visitor(CLERK)
    for _ in range(3):
        later(timedelta(minutes=29))
        assert browser.get("/todo").status_code == 200
    later(timedelta(minutes=31))
    assert browser.get("/todo").location == "/login?next=/todo"


def test_after_twelve_hours_a_session_is_over(visitor: Visitor, later: Callable[..., None]) -> None:
    browser = visitor(CLERK)
    for _ in range(35):
        later(timedelta(minutes=20))
        assert browser.get("/help").status_code == 200
    later(timedelta(minutes=20))
    assert browser.get("/help").status_code == 302


def test_use_is_noted_once_a_minute(visitor: Visitor, later: Callable[..., None], query_count: Any) -> None:
    browser = visitor(CLERK)
    first = seen()
    later(timedelta(seconds=30))
    browser.get("/todo")
    assert seen() == first
    later(timedelta(seconds=31))
    with query_count() as asked:
        browser.get("/todo")
    assert sum(statement.startswith("UPDATE login_session") for statement in asked.statements) == 1
    assert seen() > first + timedelta(seconds=60)
    with query_count() as asked:
        browser.get("/todo")
    assert asked.statements == asked.selects


def test_what_was_typed_can_be_sent_after_signing_in_again(visitor: Visitor, later: Callable[..., None]) -> None:
    browser = visitor(CLERK)
    address = f"/assignments/{owed('7', 'songjiang')}"
    form = next(form for form in browser.forms(address) if form.action.endswith("/sign"))
    later(timedelta(hours=1))
    refused = browser.submit(form)
    assert refused.status_code == 401
    assert "填写的文字还在浏览器里" in refused.text
    browser.login(CLERK)
    assert browser.submit(form).status_code == 303


def test_another_persons_login_in_the_same_browser_sends_nothing_of_the_first(
    visitor: Visitor, later: Callable[..., None]
) -> None:
    browser = visitor(CLERK)
    form = browser.form("/todo", action="/logout")
    later(timedelta(hours=1))
    browser.login("huangpu-clerk")
    assert browser.submit(form).status_code == 400


def test_after_signing_out_the_forms_of_before_are_void(visitor: Visitor) -> None:
    browser = visitor(CLERK)
    form = browser.form("/todo", action="/logout")
    browser.logout()
    browser.login(CLERK)
    assert browser.submit(form).status_code == 400


def test_a_login_removes_sessions_that_ran_out(visitor: Visitor, later: Callable[..., None]) -> None:
    for _ in range(3):
        visitor(CLERK)
    later(timedelta(hours=1))
    visitor(CLERK)
    assert len(db.session.scalars(select(LoginSession)).all()) == 1


def test_where_a_browser_is_and_what_it_calls_itself_is_on_record(seeded: Flask, client: Client) -> None:
    form = client.form("/login")
    sent = {**form.fields, "account": CLERK, "password": DEMO_PASSWORD}
    client.post("/login", data=sent, headers={"User-Agent": "Firefox/1"}, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    row = db.session.scalars(select(LoginSession)).one()
    assert (row.address, row.browser, row.user_id) == ("192.0.2.7", "Firefox/1", user().id)


@pytest.mark.parametrize("key", [None, 7, "", "x" * 9000, ["a"], "7:1"])
def test_a_cookie_with_something_else_in_it_is_nobodys(seeded: Flask, client: Client, key: object) -> None:
    with client.session_transaction() as held:
        held["_user_id"] = key
    assert client.get("/todo").status_code == 302
    assert client.post("/todo/acknowledge").status_code == 401
    assert client.get("/nowhere").status_code == 404


def test_a_page_is_shown_also_where_its_use_cannot_be_noted(
    visitor: Visitor, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = visitor(CLERK)
    later(timedelta(minutes=2))

    def fail(*_: object) -> None:
        db.session.execute(db.text("SELECT * FROM nothing"))

    monkeypatch.setattr("tracker.people.sessions.touch", fail)
    assert browser.get("/todo").status_code == 200


def test_behind_https_the_cookie_is_bound_to_this_host(database_url: str, tmp_path: Any) -> None:
    app = create_app({**settings(database_url, tmp_path), "TRACKER_BASE_URL": "https://duban.example"})
    with app.test_client() as browser:
        answer = browser.get("/login", base_url="https://duban.example")
    with app.app_context():
        db.engine.dispose()
    (header,) = answer.headers.getlist("Set-Cookie")
    assert header.startswith("__Host-tracker_session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in header.split(";")}
    assert "Domain" not in header


# ---- before the second factor


def test_half_signed_in_is_not_signed_in(seeded: Flask, visitor: Visitor) -> None:
    browser = visitor(CLERK)
    with transaction():
        db.session.scalars(select(LoginSession)).one().factor_due = True
    assert browser.get("/todo").status_code == 302
    assert browser.post("/account/password").status_code == 401
    assert CLERK not in browser.get("/login").text


# ---- the password that must be changed


@pytest.fixture
def changing(visitor: Visitor) -> Client:
    """The clerk, signed in with a password for once."""
    with transaction():
        operations.set_password(SYSTEM, moment("2021-06-24"), user(), DEMO_PASSWORD, must_change=True)
    return visitor(CLERK)


def test_a_password_for_once_leads_every_page_to_its_change(changing: Client) -> None:
    assert changing.get("/").location == "/account/password?next=/"
    assert changing.get("/overdue?page=2").location == "/account/password?next=/overdue?page%3D2"
    assert "一次性密码" in changing.get("/account/password").text
    sent = changing.form("/account/password").fields
    answer = changing.post("/todo/acknowledge", data={**sent, "id": "1"})
    assert (answer.status_code, answer.location) == (303, "/account/password?next=")


@pytest.mark.parametrize("address", ["/static/app.css", "/healthz"])
def test_what_asks_nobody_is_still_open(changing: Client, address: str) -> None:
    with changing.get(address) as answer:
        assert answer.status_code == 200


def test_whoever_must_change_the_password_may_sign_out(changing: Client) -> None:
    assert changing.submit(changing.form("/account/password", action="/logout")).location == "/login"


def test_after_the_change_everything_is_open(changing: Client) -> None:
    form = changing.form("/todo")
    answer = changing.submit(form, old=DEMO_PASSWORD, new=NEW, again=NEW)
    assert (answer.status_code, answer.location) == (303, "/todo")
    assert changing.get("/todo").status_code == 200


def test_an_old_password_leads_readers_to_its_change_and_lets_a_form_through(visitor: Visitor) -> None:
    browser = visitor(CLERK)
    address = f"/assignments/{owed('7', 'songjiang')}"
    form = next(form for form in browser.forms(address) if form.action.endswith("/sign"))
    with transaction():
        user().demo, user().password_set_at = False, moment("2021-01-01")
    assert browser.get("/todo").location == "/account/password?next=/todo"
    assert "已到期" in browser.get("/account/password").text
    assert browser.submit(form).status_code == 303


# ---- the second factor


@pytest.fixture
def with_factor(seeded: Flask) -> None:
    """Give the clerk a second factor, and the service the two pages that the code needs."""
    with transaction():
        make_second_factor(user_id=user().id)
    if "auth.code" not in seeded.view_functions:
        seeded.add_url_rule("/login/code", "auth.code", lambda: str(session.pending()), methods=["GET", "POST"])
    seeded.add_url_rule("/test/passed", "passed", lambda: (session.pass_factor() or SYSTEM).account)


def test_who_has_a_second_factor_is_led_to_it_and_is_nobody_until_then(with_factor: None, visitor: Visitor) -> None:
    browser = visitor("")
    answer = browser.submit(browser.form("/login?next=/overdue"), account=CLERK, password=DEMO_PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/login/code?next=/overdue")
    half = cookie(browser)
    assert browser.get("/todo").status_code == 302
    assert browser.get("/test/passed").text == CLERK
    assert browser.get("/todo").status_code == 200
    assert cookie(browser) != half
    thief = visitor("")
    thief.set_cookie(COOKIE, half)
    assert thief.get("/test/passed").text == "system"
    assert thief.get("/todo").status_code == 302


def test_a_second_factor_must_come_soon(with_factor: None, visitor: Visitor, later: Callable[..., None]) -> None:
    browser = visitor(CLERK)
    later(timedelta(minutes=11))
    assert browser.get("/test/passed").text == "system"


def test_a_login_is_on_record_when_both_factors_were_shown(with_factor: None, visitor: Visitor) -> None:
    logins = select(AuditEntry.account).where(AuditEntry.act == "login")
    browser = visitor(CLERK)
    assert db.session.scalars(logins).all() == []
    browser.get("/test/passed")
    db.session.rollback()
    assert db.session.scalars(logins).all() == [CLERK]


@pytest.mark.parametrize(
    ("roles", "confirmed", "led"), [("clerk", False, True), ("clerk", True, False), ("", False, False)]
)
def test_a_role_that_must_use_a_second_factor_is_led_to_setting_it_up(
    seeded: Flask, visitor: Visitor, roles: str, confirmed: bool, led: bool
) -> None:
    if "auth.factor" not in seeded.view_functions:
        seeded.add_url_rule("/account/factor", "auth.factor", lambda: "")
    with transaction():
        make_security_setting(name="factor_roles", value=roles)
    browser = visitor(CLERK)
    if confirmed:
        with transaction():
            make_second_factor(user_id=user().id)
    answer = browser.get("/todo")
    assert (answer.status_code == 302) is led
    assert not led or answer.location.endswith("?next=/todo")
    assert browser.get("/account/password").status_code == 200
