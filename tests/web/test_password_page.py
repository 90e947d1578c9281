"""One's own password: changed by who knows the old one, never guessed, never weak."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.client import Client
from tests.conftest import TODAY
from tests.web.conftest import CLERK
from tracker.audit.models import AuditEntry
from tracker.db import db
from tracker.people import passwords
from tracker.people.models import LoginAttempt, User
from tracker.people.operations import authenticate
from tracker.seeding.accounts import DEMO_PASSWORD

NEW = "Quiet-river-2021"


def change(browser: Client, **fields: Any) -> Any:
    """Fill in the form and send it."""
    sent = {"old": DEMO_PASSWORD, "new": NEW, "again": NEW, **fields}
    return browser.submit(browser.form("/account/password"), **sent)


def test_a_password_is_changed_and_that_is_on_record(clerk: Client) -> None:
    answer = change(clerk)
    assert (answer.status_code, answer.location) == (303, "/")
    assert authenticate(CLERK, NEW, TODAY)
    assert authenticate(CLERK, DEMO_PASSWORD, TODAY) is None
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).one()
    assert (entry.account, entry.act, entry.detail) == (CLERK, "set_password", CLERK)
    assert NEW not in str(vars(entry))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"old": "wrong"}, "原密码不正确"),
        ({"old": ""}, "请填写原密码"),
        ({"new": "password123", "again": "password123"}, "太常见"),
        ({"new": "short-1A", "again": "short-1A"}, "密码长度应为"),
        ({"new": "x" * 129, "again": "x" * 129}, "密码最多 128"),
        ({"new": "onlysmallletters", "again": "onlysmallletters"}, "至少三类"),
        ({"new": f"{CLERK}-2021A", "again": f"{CLERK}-2021A"}, "不能包含账号名"),
        ({"again": "Quiet-river-2022"}, "两次输入的新密码不一致"),
        ({"new": DEMO_PASSWORD, "again": DEMO_PASSWORD}, "不能与原密码相同"),
    ],
)
def test_what_will_not_do_is_named_and_nothing_changes(clerk: Client, fields: dict[str, str], words: str) -> None:
    answer = change(clerk, **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert authenticate(CLERK, DEMO_PASSWORD, TODAY)
    assert clerk.get("/todo").status_code == 200
    assert all(value not in answer.text for value in fields.values() if value)


def test_a_wrong_old_password_counts_as_a_try(clerk: Client) -> None:
    for _ in range(5):
        assert change(clerk, old="wrong").status_code == 422
    answer = change(clerk)
    assert answer.status_code == 429
    assert "已锁定" in answer.text
    assert int(answer.headers["Retry-After"]) > 800
    assert authenticate(CLERK, NEW, TODAY) is None


def test_the_right_old_password_forgets_the_tries(clerk: Client) -> None:
    change(clerk, old="wrong")
    change(clerk)
    assert db.session.scalars(select(LoginAttempt)).all() == []


def test_a_hash_of_yesterdays_cost_is_made_anew_at_login(
    seeded: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_hasher", passwords.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    before = db.session.scalars(select(User).where(User.account == CLERK)).one()
    old, version = before.password_hash, before.version
    client.login(CLERK)
    after = db.session.scalars(select(User).where(User.account == CLERK)).one()
    assert "m=8,t=1" in old
    assert "m=16,t=2" in after.password_hash
    assert after.version == version
    client.login(CLERK)
    again = db.session.scalars(select(User).where(User.account == CLERK)).one()
    assert again.password_hash == after.password_hash
