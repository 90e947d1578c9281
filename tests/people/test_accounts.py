"""Accounts: made, refused, signed in, ended."""

import argon2
import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories as make
from tests.assignments.acts import moment, person, unit_id
from tests.conftest import TODAY
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.people import operations, passwords, queries
from tracker.people.models import User
from tracker.people.operations import AccountRefused
from tracker.people.queries import UnknownUnit
from tracker.rules.passwords import PasswordRefused
from tracker.rules.permissions import SYSTEM, Action, Role, Scope
from tracker.seeding.accounts import DEMO_PASSWORD

AT = moment("2021-06-24")
GOOD = "Correct-horse-7"


def create(**fields: object) -> User:
    """Make an account of Songjiang and commit."""
    wanted = {
        "account": "zhang.san",
        "name": "张三",
        "role": Role.CLERK,
        "unit_id": unit_id("songjiang"),
        "password": GOOD,
        **fields,
    }
    with transaction():
        return operations.create_user(SYSTEM, AT, **wanted)  # type: ignore[arg-type]


def user(account: str) -> User:
    """Return an account as it now stands."""
    found = queries.user_by_account(account)
    assert found
    db.session.refresh(found)
    return found


def test_a_new_account_can_sign_in_and_is_on_record(seeded: Flask) -> None:
    made = create(account=" Zhang.San ")
    found = operations.authenticate("ZHANG.SAN", GOOD, TODAY)
    assert found
    assert (found.id, found.account, found.demo) == (made.id, "zhang.san", False)
    assert GOOD not in found.password_hash
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.account, entry.act, entry.object_id) == ("system", "create_user", made.id)


@pytest.mark.parametrize("account", ["", " ", "张三", "a b", "a@b", "a'--", "-", "a/b", "ａ", "x" * 61])
def test_an_account_name_is_short_and_of_plain_letters(seeded: Flask, account: str) -> None:
    with pytest.raises(AccountRefused, match="账号"):
        create(account=account)


@pytest.mark.parametrize("field", operations.LENGTHS)
def test_what_does_not_fit_into_the_table_is_refused(seeded: Flask, field: str) -> None:
    label, limit = operations.LENGTHS[field]
    assert User.__table__.columns[field].type.length == limit  # type: ignore[attr-defined]
    assert getattr(create(**{field: "x" * limit}), field) == "x" * limit
    with pytest.raises(AccountRefused, match=f"{label}过长：最多 {limit}"):
        create(**{field: "y" * (limit + 1)})


@pytest.mark.parametrize("account", ["songjiang-clerk", "SONGJIANG-CLERK"])
def test_an_account_name_is_given_once(seeded: Flask, account: str) -> None:
    with pytest.raises(AccountRefused, match="已存在"):
        create(account=account)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "密码长度应为 10 到 128"),
        ("Short-1!", "密码长度应为"),
        ("x" * 129, "密码长度应为"),
        ("aaaaaaaaaaaa", "过于简单"),
        ("ababababab", "过于简单"),
        ("my-Zhang.San-7", "不能包含账号名"),
    ],
)
def test_a_weak_password_is_refused(seeded: Flask, password: str, words: str) -> None:
    with pytest.raises(PasswordRefused, match=words):
        create(password=password)
    assert queries.user_by_account("zhang.san") is None


@pytest.mark.parametrize(
    ("account", "password"),
    [
        ("songjiang-clerk", "wrong"),
        ("songjiang-clerk", ""),
        ("songjiang-clerk", DEMO_PASSWORD.lower()),
        ("songjiang-clerk", f"{DEMO_PASSWORD} "),
        ("nobody", DEMO_PASSWORD),
        ("", ""),
    ],
)
def test_wrong_password_and_unknown_name_both_find_nobody(seeded: Flask, account: str, password: str) -> None:
    assert operations.authenticate(account, password, TODAY) is None


def test_an_unknown_name_costs_as_much_work_as_a_known_one(seeded: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Hasher:
        def hash(self, password: str) -> str:
            return argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)

        def verify(self, password_hash: str, _password: str) -> bool:
            asked.append(password_hash)
            return True

    monkeypatch.setattr(passwords, "_hasher", Hasher())
    assert operations.authenticate("nobody", "x", TODAY) is None
    assert operations.authenticate("songjiang-clerk", "x", TODAY)
    assert len(asked) == 2
    assert all(password_hash.startswith("$argon2id$") for password_hash in asked)


def test_a_broken_hash_lets_nobody_in(seeded: Flask) -> None:
    with transaction():
        user("songjiang-clerk").password_hash = "not a hash"
    assert operations.authenticate("songjiang-clerk", DEMO_PASSWORD, TODAY) is None


def test_a_disabled_account_is_out_and_its_name_stays(seeded: Flask) -> None:
    found = user("songjiang-clerk")
    with transaction():
        operations.disable(SYSTEM, AT, user("songjiang-clerk"))
    assert operations.authenticate("songjiang-clerk", DEMO_PASSWORD, TODAY) is None
    assert queries.session_actor(found.id, 1, TODAY) is None
    assert user("songjiang-clerk").name == "松江经办（演示）"


def test_a_new_password_ends_the_sessions_of_the_old_one(seeded: Flask) -> None:
    found = user("songjiang-clerk")
    assert queries.session_actor(found.id, found.session_version, TODAY)
    with transaction():
        operations.set_password(SYSTEM, AT, user("songjiang-clerk"), GOOD)
    assert queries.session_actor(found.id, 1, TODAY) is None
    assert queries.session_actor(found.id, 2, TODAY)
    assert operations.authenticate("songjiang-clerk", DEMO_PASSWORD, TODAY) is None
    assert operations.authenticate("songjiang-clerk", GOOD, TODAY)


@pytest.mark.parametrize(
    ("account", "role", "scope", "unit", "district"),
    [
        ("admin", Role.ADMIN, Scope.ALL, "shanghai", None),
        ("supervisor", Role.SUPERVISOR, Scope.ALL, "cujinfazhi", None),
        ("leader", Role.LEADER, Scope.ALL, "shanghai", None),
        ("auditor", Role.AUDITOR, Scope.NONE, "shanghai", None),
        ("reviewer-mishu", Role.REVIEWER, Scope.OFFICE, "mishu", None),
        ("songjiang-lead", Role.LEAD, Scope.DISTRICT, "songjiang", "songjiang"),
        ("songjiang-clerk", Role.CLERK, Scope.DISTRICT, "songjiang", "songjiang"),
        ("songjiang-office1", Role.OFFICE, Scope.UNIT, "songjiang-yueyang", "songjiang"),
        ("putuo-office1", Role.OFFICE, Scope.UNIT, "putuo-caoyangxincun", "putuo"),
    ],
)
def test_the_demo_accounts_are_who_they_say(
    seeded: Flask, account: str, role: Role, scope: Scope, unit: str, district: str | None
) -> None:
    actor = person(account)
    assert (actor.role, actor.reach(Action.VIEW_ASSIGNMENTS), actor.unit_id) == (role, scope, unit_id(unit))
    assert actor.district_id == (unit_id(district) if district else None)
    assert "（演示）" in actor.name


def test_a_closed_account_is_no_actor(seeded: Flask) -> None:
    with transaction():
        operations.disable(SYSTEM, AT, user("songjiang-clerk"))
    with pytest.raises(UnknownUnit, match="已停用"):
        queries.actor_of(user("songjiang-clerk"))


def test_a_marker_replaces_the_one_before(app: Flask) -> None:
    with transaction():
        operations.set_marker("demo_history", "2021-06-24")
        operations.set_marker("demo_history", "2021-06-25")
    assert queries.marker("demo_history") == "2021-06-25"
    assert queries.marker("nothing") == ""


def test_whether_there_are_demo_accounts_is_known(app: Flask) -> None:
    with transaction():
        make.make_user()
    assert not queries.has_demo_accounts()
    with transaction():
        make.make_user(demo=True)
    assert queries.has_demo_accounts()
