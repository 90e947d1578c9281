"""Wrong passwords are counted in the database and lock the name they were tried for, whoever bears it."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import moment, person
from tests.factories import make_user
from tests.makers import make_login_attempt, make_security_setting
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.people import attempts
from tracker.people.attempts import Locked
from tracker.people.models import LoginAttempt
from tracker.rules.permissions import SYSTEM

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def try_once(account: str, at: datetime = NOW) -> bool:
    """Begin a try; tell whether there was one left."""
    try:
        with transaction():
            attempts.begin(account, "192.0.2.1", at)
    except Locked:
        return False
    return True


def count() -> int:
    """Return how many tries are on record."""
    return db.session.scalar(select(func.count()).select_from(LoginAttempt)) or 0


@pytest.mark.parametrize("account", ["songjiang-clerk", "nobody"])
def test_the_sixth_try_is_none(seeded: Flask, account: str) -> None:
    assert [try_once(account) for _ in range(8)] == [True] * 5 + [False] * 3
    assert count() == 5


@pytest.mark.parametrize("other", [" OFFICE_B1 ", "Office_b1", "ｏｆｆｉｃｅ＿ｂ１", "\u3000office_b1"])
def test_no_spelling_dodges_the_lock(app: Flask, other: str) -> None:
    assert [try_once(name) for name in ("office_b1", other, "office_b1", other, "office_b1")] == [True] * 5
    assert not try_once(other)
    assert not try_once("office_b1")


def test_others_are_not_locked(app: Flask) -> None:
    assert [try_once("one") for _ in range(6)][-1] is False
    assert try_once("another")


def test_a_lock_ends_by_itself_and_all_tries_are_there_again(app: Flask) -> None:
    tries = [try_once("one", NOW + n * MINUTE) for n in range(5)]
    assert all(tries)
    end = NOW + 19 * MINUTE
    assert attempts.locked_until("one", NOW + 5 * MINUTE) == end
    assert not try_once("one", end - timedelta(seconds=1))
    assert attempts.locked_until("one", end) is None
    assert [try_once("one", end) for _ in range(6)] == [True] * 5 + [False]


def test_mistakes_far_apart_lock_nothing(app: Flask) -> None:
    assert all(try_once("one", NOW + n * 4 * MINUTE) for n in range(30))


def test_a_lock_says_for_how_long_and_whom_to_ask(app: Flask) -> None:
    for _ in range(5):
        try_once("one")
    with pytest.raises(Locked, match=r"约 15 分钟后可再试.*管理员解锁") as locked, transaction():
        attempts.begin("one", "", NOW)
    assert locked.value.seconds == 15 * 60


def test_the_settings_decide(app: Flask) -> None:
    with transaction():
        make_security_setting(name="lock_failures", value="3")
        make_security_setting(name="lock_minutes", value="60")
    assert [try_once("one") for _ in range(4)] == [True, True, True, False]
    assert attempts.locked_until("one", NOW) == NOW + 60 * MINUTE


def test_many_accounts_are_asked_for_at_once(app: Flask) -> None:
    for account in ("one", "two"):
        for _ in range(5):
            try_once(account)
    try_once("three")
    end = NOW + 15 * MINUTE
    assert attempts.locked(["one", "two", "three", "four"], NOW) == {"one": end, "two": end}
    assert attempts.locked(["one"], end) == {}
    assert attempts.locked([], NOW) == {}


def test_an_administrator_lifts_a_lock_on_record(seeded: Flask) -> None:
    with transaction():
        user = make_user(account="locked.one")
    for _ in range(5):
        try_once("locked.one")
    admin = person("admin")
    with transaction():
        attempts.unlock(admin, moment("2021-06-24"), user)
    assert attempts.locked_until("locked.one", NOW) is None
    assert try_once("locked.one")
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).one()
    assert (entry.account, entry.act, entry.object_id, entry.detail) == ("admin", "unlock_user", user.id, "locked.one")


def test_a_try_nobody_had_time_for_is_taken_back(app: Flask) -> None:
    with transaction():
        number = attempts.begin("one", "", NOW)
    with transaction():
        attempts.take_back(number)
    assert count() == 0


def test_what_can_lock_nothing_is_removed(app: Flask) -> None:
    with transaction():
        make_login_attempt(at=NOW - 31 * MINUTE)
        kept = make_login_attempt(at=NOW - 29 * MINUTE).id
        attempts.purge(NOW)
    assert db.session.scalars(select(LoginAttempt.id)).all() == [kept]


def test_an_address_of_any_length_is_kept_short(app: Flask) -> None:
    with transaction():
        attempts.begin("x" * 500, "f" * 500, NOW)
    row = db.session.scalars(select(LoginAttempt)).one()
    assert (len(row.account), len(row.address)) == (60, 45)


def test_however_many_try_at_once_only_five_get_through(app: Flask) -> None:
    start, through = Barrier(8), []

    def work() -> None:
        with app.app_context():
            start.wait()
            through.extend(try_once("one") for _ in range(10))
            db.session.remove()

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(through), sum(through)) == (80, 5)
    assert count() == 5


def test_system_may_lift_a_lock_too(app: Flask) -> None:
    with transaction():
        user = make_user()
        make_login_attempt(account=user.account, at=NOW)
        attempts.unlock(SYSTEM, moment("2021-06-24"), user)
    assert count() == 0
