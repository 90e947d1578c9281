"""One's own account: everybody sees their own, changes nothing but the displayed name, and ends what is theirs."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.client import Client
from tests.web.conftest import CLERK, same_page, token
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.people.models import LoginSession, Organization, User
from tracker.people.queries import user_by_account
from tracker.web.account.devices import device

Visitor = Callable[[str], Client]

KEPT = (
    "account",
    "role",
    "unit_id",
    "email",
    "phone",
    "post",
    "active",
    "valid_until",
    "must_change",
    "session_version",
    "demo",
    "password_hash",
    "password_set_at",
)
"""What a person cannot change of the own account."""


@pytest.fixture
def clerk(visitor: Visitor) -> Client:
    """Songjiang's clerk at the browser."""
    return visitor(CLERK)


def stored(account: str = CLERK) -> User:
    """Return an account as it stands in the table."""
    db.session.rollback()
    db.session.expire_all()
    found = user_by_account(account)
    assert found
    return found


def others() -> dict[str, Any]:
    """Return everything of the account but name and version."""
    row = stored()
    return {name: getattr(row, name) for name in KEPT}


def acts() -> list[tuple[str, str]]:
    """What the clerk did to the account."""
    wanted = select(AuditEntry.act, AuditEntry.detail).where(AuditEntry.account == CLERK, AuditEntry.act != "login")
    return [tuple(row) for row in db.session.execute(wanted.order_by(AuditEntry.id))]


def rename(browser: Client, **fields: Any) -> Any:
    """Fill in the form of the name."""
    return browser.submit(browser.form("/account", action="/account"), **fields)


# ---- seeing


def test_a_person_sees_the_own_account_and_the_way_to_it_is_the_own_name(clerk: Client) -> None:
    assert 'href="/account"' in clerk.get("/todo").text
    page = clerk.get("/account").text
    for words in (CLERK, "松江区司法局", "修改密码", "两步验证", "全部退出", "本机", "127.0.0.1"):
        assert words in page


def test_the_login_before_this_one_is_told(clerk: Client, visitor: Visitor) -> None:
    assert "没有更早的记录" in clerk.get("/account").text
    page = visitor(CLERK).get("/account").text
    assert "没有更早的记录" not in page
    assert "来自 127.0.0.1" in page


# ---- the displayed name


def test_the_displayed_name_is_changed_and_that_is_on_record(clerk: Client) -> None:
    before = stored().name
    answer = rename(clerk, display="  张三 ")
    assert (answer.status_code, answer.location) == (303, "/account")
    assert stored().name == "张三"
    assert "张三" in clerk.get("/todo").text
    assert acts() == [("rename_self", f"姓名：{before} → 张三")]


def test_the_same_name_changes_nothing(clerk: Client) -> None:
    version = stored().version
    assert rename(clerk).status_code == 303
    assert (stored().version, acts()) == (version, [])


FORBIDDEN = [
    ("role", "admin"),
    ("district", "1"),
    ("district_id", "1"),
    ("unit", "1"),
    ("unit_id", "1"),
    ("email", "evil@example.invalid"),
    ("phone", "1"),
    ("post", "head"),
    ("active", "0"),
    ("valid_until", "2099-01-01"),
    ("must_change", "1"),
    ("session_version", "99"),
    ("demo", "0"),
    ("password_hash", "x"),
    ("account", "admin"),
    ("id", "1"),
    ("user_id", "1"),
    ("name", "x"),
]


@pytest.mark.parametrize(("field", "value"), FORBIDDEN)
def test_no_other_field_can_be_written(clerk: Client, field: str, value: str) -> None:
    before, admin = others(), stored("admin").name
    assert rename(clerk, display="张三", **{field: value}).status_code == 303
    assert others() == before
    assert (stored().name, stored("admin").name) == ("张三", admin)
    assert clerk.get("/todo").status_code == 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"display": ""}, "请填写显示的姓名"),
        ({"display": "   "}, "请填写显示的姓名"),
        ({"display": "名" * 61}, "最多 60 个字"),
        ({"display": "张\n三"}, "只能写一行"),
        ({"display": "张\u200b三"}, "看不见的字符"),
        ({"display": "张\u202e三"}, "看不见的字符"),
        ({"display": "张\x00三"}, "看不见的字符"),
        ({"display": None}, "请填写显示的姓名"),
        ({"version": "x"}, "版本"),
        ({"version": ""}, "版本"),
    ],
)
def test_a_name_that_cannot_be_is_said_in_words(clerk: Client, fields: dict[str, Any], words: str) -> None:
    before = stored().name
    answer = rename(clerk, **{"display": "张三", **fields})
    assert answer.status_code == 422
    assert words in answer.text
    assert (stored().name, acts()) == (before, [])


def test_a_name_is_shown_as_text(clerk: Client) -> None:
    rename(clerk, display="<script>alert(1)</script>")
    assert "<script>alert(1)" not in clerk.get("/account").text
    assert "&lt;script&gt;" in clerk.get("/account").text


def test_whoever_comes_second_sees_both_names(clerk: Client) -> None:
    form = clerk.form("/account", action="/account")
    with transaction():
        stored().name = "李四"
    answer = clerk.submit(form, display="张三")
    assert answer.status_code == 409
    assert "李四" in answer.text
    assert "张三" in answer.text
    assert stored().name == "李四"
    assert clerk.submit(form, display="张三", version=str(stored().version)).status_code == 303


# ---- where one is signed in


def session_ids(account: str) -> list[int]:
    """Return an account's sessions."""
    db.session.rollback()
    mine = select(LoginSession.id).join(User, User.id == LoginSession.user_id).where(User.account == account)
    return list(db.session.scalars(mine.order_by(LoginSession.id)))


def test_one_of_ones_own_sessions_is_ended(clerk: Client, visitor: Visitor) -> None:
    other = visitor(CLERK)
    first, second = session_ids(CLERK)
    answer = clerk.submit(clerk.form("/account", action=f"/account/sessions/{second}/revoke"))
    assert (answer.status_code, answer.location) == (303, "/account")
    assert session_ids(CLERK) == [first]
    assert other.get("/todo").status_code == 302
    assert clerk.get("/todo").status_code == 200
    assert acts() == [("end_own_sessions", "一处")]


def test_the_session_of_this_browser_is_ended_too_where_asked(clerk: Client) -> None:
    (mine,) = session_ids(CLERK)
    assert clerk.submit(clerk.form("/account", action=f"/sessions/{mine}/revoke")).location == "/login"
    assert clerk.get("/todo").status_code == 302


def test_somebody_elses_session_answers_like_a_missing_one(clerk: Client, visitor: Visitor) -> None:
    other = visitor("huangpu-clerk")
    (theirs,) = session_ids("huangpu-clerk")
    sent = {"csrf_token": token(clerk)}
    foreign = clerk.post(f"/account/sessions/{theirs}/revoke", data=sent)
    missing = clerk.post("/account/sessions/999999/revoke", data=sent)
    assert foreign.status_code == 404
    assert same_page(foreign) == same_page(missing)
    assert other.get("/todo").status_code == 200


def test_signing_out_everywhere_ends_all_of_ones_own_and_nobody_elses(clerk: Client, visitor: Visitor) -> None:
    other, stranger = visitor(CLERK), visitor("huangpu-clerk")
    answer = clerk.submit(clerk.form("/account", action="/account/sessions/revoke"))
    assert (answer.status_code, answer.location) == (303, "/login")
    assert session_ids(CLERK) == []
    assert clerk.get("/todo").status_code == other.get("/todo").status_code == 302
    assert stranger.get("/todo").status_code == 200
    assert acts()[0] == ("end_own_sessions", "全部")


@pytest.mark.parametrize("account", ["admin", "auditor", "leader", "songjiang-office1"])
def test_every_role_changes_its_own_name_only(visitor: Visitor, seeded: Flask, account: str) -> None:
    names = select(User.account, User.name, Organization.name).join(Organization, Organization.id == User.unit_id)
    before = {row[0]: tuple(row) for row in db.session.execute(names.where(User.account != account))}
    assert rename(visitor(account), display="张三").status_code == 303
    assert {row[0]: tuple(row) for row in db.session.execute(names.where(User.account != account))} == before
    assert stored(account).name == "张三"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0",
            "Edge，Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox，Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) MicroMessenger/8.0 Safari/604.1", "微信，iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36", "Chrome，Android"),
        ("curl/8.0", "curl/8.0"),
        ("", "未知设备"),
    ],
)
def test_a_device_is_named_as_its_person_knows_it(agent: str, words: str) -> None:
    assert device(agent) == words
