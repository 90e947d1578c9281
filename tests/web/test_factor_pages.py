"""The second factor at the browser: set up, shown at login, counted when wrong, switched off by who has both."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.client import Client
from tests.conftest import SECRET
from tests.makers import make_second_factor, make_security_setting
from tests.web.conftest import CLERK
from tracker import clock, sealing
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.people import factors
from tracker.people.models import LoginAttempt, RecoveryCode, SecondFactor, User
from tracker.people.queries import user_by_account
from tracker.seeding.accounts import DEMO_PASSWORD

Visitor = Callable[[str], Client]
STEP = timedelta(seconds=30)
FACTOR = "/account/factor"


@pytest.fixture
def clerk(visitor: Visitor) -> Client:
    """Songjiang's clerk at the browser."""
    return visitor(CLERK)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Let time pass; it stands still otherwise, so that digits stay what they are."""
    moment = [clock.utc()]
    monkeypatch.setattr(clock, "utc", lambda: moment[0])

    def wait(time: timedelta) -> None:
        moment[0] += time

    return wait


def user() -> User:
    """Return the clerk's account."""
    db.session.rollback()
    db.session.expire_all()
    found = user_by_account(CLERK)
    assert found
    return found


def seed() -> str:
    """Return the clerk's seed."""
    return sealing.unseal(db.session.get_one(SecondFactor, user().id).seed)


def digits() -> str:
    """Return what the clerk's telephone shows now."""
    return pyotp.TOTP(seed()).at(clock.utc())


def begin(browser: Client, password: str = DEMO_PASSWORD) -> Any:
    """Show the password, so that the seed is shown."""
    return browser.submit(browser.form(FACTOR, action=FACTOR), password=password)


@pytest.fixture
def codes(clerk: Client, later: Callable[[timedelta], None]) -> list[str]:
    """The recovery codes of a factor that the clerk set up a minute ago."""
    begin(clerk)
    page = clerk.submit(clerk.form(FACTOR, action=FACTOR), code=digits()).text
    later(2 * STEP)
    found = [part.partition("</code>")[0] for part in page.split("<code>")[1:]]
    assert len(found) == 10
    return found


def half(visitor: Visitor) -> Client:
    """Return a browser that showed the password."""
    browser = visitor(CLERK)
    assert browser.get("/todo").status_code == 302
    return browser


def show(browser: Client, code: str, address: str = "/login/code") -> Any:
    """Fill in the second step."""
    return browser.submit(browser.form(address), code=code)


def acts() -> list[str]:
    """What is on record of factors."""
    db.session.rollback()
    return [act for act in db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)) if act != "login"]


# ---- setting up


def test_it_is_set_up_with_password_and_telephone(clerk: Client, later: object) -> None:
    assert "未启用" in clerk.get("/account").text
    assert clerk.get(f"{FACTOR}.svg").status_code == 404
    assert begin(clerk).status_code == 303
    page = clerk.get(FACTOR).text
    assert f'src="{FACTOR}.svg"' in page
    assert seed()[:4] in page
    done = clerk.submit(clerk.form(FACTOR, action=FACTOR), code=digits())
    assert done.status_code == 200
    assert "只显示这一次" in done.text
    assert "已启用" in clerk.get("/account").text
    page = clerk.get(FACTOR).text
    assert seed() not in page.replace(" ", "")
    assert clerk.get(f"{FACTOR}.svg").status_code == 404
    assert acts().count("switch_factor_on") == 1


def test_the_picture_is_a_file_of_its_own_without_style_or_script(clerk: Client) -> None:
    begin(clerk)
    answer = clerk.get(f"{FACTOR}.svg")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert "style" not in answer.text
    assert "script" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "img-src 'self'" in answer.headers["Content-Security-Policy"]


def test_without_the_password_no_seed_is_made(clerk: Client) -> None:
    for password, words in (("wrong", "密码不正确"), ("", "请填写登录密码")):
        answer = begin(clerk, password)
        assert answer.status_code == 422
        assert words in answer.text
    assert db.session.scalar(select(func.count()).select_from(SecondFactor)) == 0


def test_wrong_digits_switch_nothing_on(clerk: Client, later: object) -> None:
    begin(clerk)
    for code, words in (("000000", "动态口令不正确"), ("", "请填写六位"), ("x" * 61, "60")):
        if code == digits():
            continue
        answer = clerk.submit(clerk.form(FACTOR, action=FACTOR), code=code)
        assert answer.status_code == 422
        assert words in answer.text
        assert "factor.svg" in answer.text
    assert not factors.is_on(user().id)


def test_other_browsers_are_signed_out_when_it_is_switched_on(clerk: Client, visitor: Visitor, later: object) -> None:
    other = visitor(CLERK)
    begin(clerk)
    clerk.submit(clerk.form(FACTOR, action=FACTOR), code=digits())
    assert other.get("/todo").status_code == 302
    assert clerk.get("/todo").status_code == 200


def test_a_role_that_must_have_one_is_led_to_it_and_then_back(visitor: Visitor, later: object) -> None:
    with transaction():
        make_security_setting(name="factor_roles", value="clerk")
    browser = visitor(CLERK)
    assert browser.get("/todo").location == f"{FACTOR}?next=/todo"
    assert "必须使用两步验证" in browser.get(f"{FACTOR}?next=/todo").text
    started = browser.submit(browser.form(f"{FACTOR}?next=/todo", action=FACTOR), password=DEMO_PASSWORD)
    assert started.location == f"{FACTOR}?next=/todo"
    assert browser.get(f"{FACTOR}.svg").status_code == 200
    done = browser.submit(browser.form(started.location, action=FACTOR), code=digits())
    assert 'href="/todo"' in done.text
    assert browser.get("/todo").status_code == 200


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_led_elsewhere_afterwards(clerk: Client, later: object, target: str) -> None:
    answer = clerk.get(FACTOR, query_string={"next": target})
    assert "evil.example" not in answer.text


# ---- at the door


def test_digits_open_the_door_and_lead_on(codes: list[str], visitor: Visitor) -> None:
    browser = visitor("")
    answer = browser.submit(browser.form("/login?next=/overdue"), account=CLERK, password=DEMO_PASSWORD)
    answer = show(browser, digits(), answer.location)
    assert (answer.status_code, answer.location) == (303, "/overdue")
    assert browser.get("/todo").status_code == 200
    assert db.session.scalar(select(func.count()).select_from(LoginAttempt)) == 0


def test_the_same_digits_open_no_second_door(codes: list[str], visitor: Visitor) -> None:
    first, second = half(visitor), half(visitor)
    shown = digits()
    assert show(first, shown).status_code == 303
    answer = show(second, shown)
    assert answer.status_code == 422
    assert "已经用过" in answer.text
    assert second.get("/todo").status_code == 302


def test_a_recovery_code_opens_one_door_and_says_how_many_are_left(codes: list[str], visitor: Visitor) -> None:
    first, second = half(visitor), half(visitor)
    assert show(first, codes[0]).status_code == 303
    assert "还剩 9 个" in first.get("/todo").text
    assert show(second, codes[0]).status_code == 422
    assert show(second, codes[1].upper()).status_code == 303
    assert acts().count("use_recovery_code") == 2


def test_wrong_codes_lock_the_account_like_wrong_passwords(codes: list[str], visitor: Visitor) -> None:
    browser = half(visitor)
    form, right = browser.form("/login/code"), digits()
    wrong = "000000" if right != "000000" else "111111"
    answers = [browser.submit(form, code=wrong).status_code for _ in range(5)]
    assert answers == [422, 422, 422, 422, 429]
    refused = browser.submit(form, code=right)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "已锁定" in refused.text
    assert browser.get("/todo").status_code == 302
    assert acts().count("login_refused") == 4


def test_the_second_step_is_for_who_took_the_first(codes: list[str], visitor: Visitor, clerk: Client) -> None:
    nobody = visitor("")
    assert nobody.get("/login/code?next=/overdue").location == "/login?next=/overdue"
    form = half(visitor).form("/login/code")
    assert nobody.post("/login/code", data={**form.fields, "code": digits()}).status_code == 400
    assert clerk.get("/login/code").location == "/"


def test_who_takes_too_long_begins_again(
    codes: list[str], visitor: Visitor, later: Callable[[timedelta], None]
) -> None:
    browser = half(visitor)
    form = browser.form("/login/code")
    later(timedelta(minutes=11))
    assert browser.submit(form, code=digits()).status_code == 401
    assert browser.get("/todo").status_code == 302


@pytest.mark.parametrize(("code", "words"), [("", "请填写六位动态口令"), ("x" * 61, "60"), ("12345", "不正确")])
def test_what_is_no_code_is_said(codes: list[str], visitor: Visitor, code: str, words: str) -> None:
    answer = show(half(visitor), code)
    assert answer.status_code == 422
    assert words in answer.text


def test_a_seed_that_cannot_be_read_leaves_recovery_codes(codes: list[str], visitor: Visitor) -> None:
    browser = half(visitor)
    sealing.configure("another-secret-of-another-installation")
    try:
        answer = show(browser, "123456")
        assert answer.status_code == 422
        assert "改用恢复码" in answer.text
        assert show(browser, codes[0]).status_code == 303
    finally:
        sealing.configure(SECRET)


# ---- new codes, and the end


def proof(browser: Client, act: str, **fields: str) -> Any:
    """Show password and code for an act."""
    form = browser.form(FACTOR, action=FACTOR)
    return browser.post(f"{FACTOR}/{act}", data={**form.fields, "password": DEMO_PASSWORD, **fields})


def test_new_recovery_codes_void_the_old(codes: list[str], clerk: Client, visitor: Visitor) -> None:
    answer = proof(clerk, "codes", code=digits())
    assert answer.status_code == 200
    assert codes[0] not in answer.text
    assert answer.text.count("<code>") == 10
    assert show(half(visitor), codes[0]).status_code == 422


def test_it_is_switched_off_with_password_and_code(codes: list[str], clerk: Client, visitor: Visitor) -> None:
    answer = proof(clerk, "off", code=digits())
    assert (answer.status_code, answer.location) == (303, "/account")
    assert db.session.scalar(select(func.count()).select_from(RecoveryCode)) == 0
    assert visitor(CLERK).get("/todo").status_code == 200
    assert acts()[-1] == "switch_factor_off"


@pytest.mark.parametrize("act", ["off", "codes"])
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"password": "wrong"}, "密码不正确"),
        ({"password": ""}, "请填写登录密码"),
        ({"code": "12345"}, "不正确"),
        ({"code": ""}, "请填写六位"),
    ],
)
def test_neither_is_done_without_both(
    codes: list[str], clerk: Client, act: str, fields: dict[str, str], words: str
) -> None:
    answer = proof(clerk, act, **{"code": digits(), **fields})
    assert answer.status_code == 422
    assert words in answer.text
    assert factors.is_on(user().id)
    assert factors.left(user().id) == 10
    assert DEMO_PASSWORD not in answer.text


def test_guesses_at_the_page_count_too(codes: list[str], clerk: Client) -> None:
    answers = [proof(clerk, "off", password="wrong", code="000000").status_code for _ in range(6)]
    assert answers == [422, 422, 422, 422, 422, 429]


@pytest.mark.parametrize("act", ["off", "codes"])
def test_without_a_factor_there_is_nothing_to_switch_off(clerk: Client, act: str) -> None:
    answer = proof(clerk, act, code="123456")
    assert (answer.status_code, answer.location) == (303, FACTOR)


def test_nothing_secret_is_on_record(codes: list[str], clerk: Client, seeded: Flask) -> None:
    proof(clerk, "codes", code=codes[0])
    told = " ".join(db.session.scalars(select(AuditEntry.detail)))
    assert not [secret for secret in (*codes, seed(), DEMO_PASSWORD) if secret in told]


def test_an_administrator_without_the_telephone_sees_no_seed(codes: list[str], visitor: Visitor) -> None:
    with transaction():
        make_second_factor(user_id=user_by_account("huangpu-clerk").id)  # type: ignore[union-attr]
    page = visitor("admin").get(f"/admin/users/{user().id}").text
    assert "v1:" not in page
    assert seed() not in page
