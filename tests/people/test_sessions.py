"""Sessions stand in the database: found by a key that nobody else knows, ended when they should be."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import moment, person
from tests.conftest import TODAY
from tests.factories import make_user
from tests.makers import make_security_setting
from tracker.db import db, transaction
from tracker.people import operations, sessions
from tracker.people.models import LoginSession, User
from tracker.people.queries import user_by_account
from tracker.rules.permissions import SYSTEM

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AT = moment("2021-06-24")


@pytest.fixture
def user(seeded: Flask) -> User:
    """Songjiang's clerk."""
    found = user_by_account("songjiang-clerk")
    assert found
    return found


def opened(user: User, at: datetime = NOW, **fields: object) -> str:
    """Open a session and return its key."""
    with transaction():
        return sessions.open_session(user.id, user.session_version, at, "192.0.2.1", "Firefox", **fields)  # type: ignore[arg-type]


def stands(key: str, at: datetime = NOW) -> bool:
    """Tell whether a key opens anything."""
    db.session.rollback()
    db.session.expire_all()
    return sessions.standing(key, at, TODAY) is not None


def test_a_key_finds_its_person(user: User) -> None:
    found = sessions.standing(opened(user), NOW, TODAY)
    assert found
    assert found.actor == person("songjiang-clerk")
    assert not found.must_change
    assert not found.password_old


def test_a_key_is_long_never_the_same_and_kept_as_a_hash(user: User) -> None:
    keys = {opened(user) for _ in range(20)}
    assert len(keys) == 20
    assert min(map(len, keys)) >= 43
    kept = set(db.session.scalars(select(LoginSession.key_hash)))
    assert len(kept) == 20
    assert not kept & keys


@pytest.mark.parametrize("key", ["", "x", "a" * 10_000, "\0", "' or 1=1 --", "键"])
def test_a_made_up_key_finds_nobody(user: User, key: str) -> None:
    opened(user)
    assert not stands(key)


def test_a_session_left_alone_runs_out(user: User) -> None:
    key = opened(user)
    assert stands(key, NOW + 30 * MINUTE - timedelta(seconds=1))
    assert not stands(key, NOW + 30 * MINUTE)


def test_use_keeps_a_session_alive_but_not_for_ever(user: User) -> None:
    key = opened(user)
    for minutes in range(0, 12 * 60, 20):
        at = NOW + minutes * MINUTE
        found = sessions.standing(key, at, TODAY)
        assert found
        with transaction():
            sessions.touch(found.id, at)
    assert stands(key, NOW + 12 * HOUR - timedelta(seconds=1))
    assert not stands(key, NOW + 12 * HOUR)


def test_use_is_noted_once_a_minute(user: User) -> None:
    found = sessions.standing(opened(user), NOW, TODAY)
    assert found
    assert not sessions.is_due(found, NOW + timedelta(seconds=59))
    assert sessions.is_due(found, NOW + MINUTE)
    for seconds, seen in ((59, NOW), (60, NOW + MINUTE), (90, NOW + MINUTE)):
        with transaction():
            sessions.touch(found.id, NOW + timedelta(seconds=seconds))
        assert db.session.scalar(select(LoginSession.seen_at)) == seen


def test_the_settings_say_how_long(user: User) -> None:
    with transaction():
        make_security_setting(name="idle_minutes", value="5")
        make_security_setting(name="absolute_hours", value="1")
    key = opened(user)
    assert stands(key, NOW + 4 * MINUTE)
    assert not stands(key, NOW + 5 * MINUTE)


@pytest.mark.parametrize("end", ["end", "all", "others", "one", "password", "disable", "version", "expiry", "unit"])
def test_a_session_ends_with(user: User, end: str) -> None:
    key, other = opened(user), opened(user)
    first = db.session.scalars(select(LoginSession.id).order_by(LoginSession.id)).first()
    assert first
    with transaction():
        match end:
            case "end":
                sessions.end(key)
            case "all":
                sessions.end_all(user.id)
            case "others":
                sessions.end_others(user.id, other)
            case "one":
                assert sessions.end_one(user.id, first)
            case "password":
                operations.set_password(SYSTEM, AT, user, "Another-one-77")
            case "disable":
                operations.disable(SYSTEM, AT, user)
            case "version" | "unit":
                user.session_version += 1
            case "expiry":
                user.valid_until = TODAY
    assert not stands(key)
    assert stands(other) is (end in ("end", "others", "one"))


def test_nobody_ends_a_strangers_session(user: User) -> None:
    key = opened(user)
    (number,) = db.session.scalars(select(LoginSession.id))
    with transaction():
        assert not sessions.end_one(user.id + 1, number)
        sessions.end_others(user.id + 1, "x")
    assert stands(key)


def test_a_session_opened_under_an_old_version_is_dead_from_the_beginning(user: User) -> None:
    version = user.session_version
    with transaction():
        operations.set_password(SYSTEM, AT, user, "Another-one-77")
        key = sessions.open_session(user.id, version, NOW, "", "")
    assert not stands(key)


def test_before_the_second_factor_a_session_is_nobodys(user: User) -> None:
    key = opened(user, factor_due=True)
    assert not stands(key)
    assert sessions.pending(key, NOW, TODAY) == user.id
    assert sessions.pending(key, NOW + 10 * MINUTE, TODAY) is None
    assert sessions.pending(opened(user), NOW, TODAY) is None
    assert sessions.pending("x", NOW, TODAY) is None
    assert len(sessions.of_user(user.id, NOW)) == 1


def test_a_person_sees_the_sessions_that_stand(user: User) -> None:
    opened(user, NOW - HOUR)
    opened(user, NOW - 5 * MINUTE)
    opened(user)
    with transaction():
        other = make_user()
    opened(other)
    found = sessions.of_user(user.id, NOW)
    assert [(row.seen_at, row.address, row.browser) for row in found] == [
        (NOW, "192.0.2.1", "Firefox"),
        (NOW - 5 * MINUTE, "192.0.2.1", "Firefox"),
    ]


def test_what_a_browser_calls_itself_is_kept_short_and_in_one_line(user: User) -> None:
    with transaction():
        sessions.open_session(user.id, 1, NOW, "f" * 99, "a\r\nb\0" + "x" * 999)
    row = db.session.scalars(select(LoginSession)).one()
    assert (len(row.address), len(row.browser)) == (45, 200)
    assert row.browser.startswith("abx")


def test_sessions_that_ran_out_are_removed(user: User) -> None:
    opened(user, NOW - HOUR)
    key = opened(user)
    with transaction():
        sessions.purge(NOW)
    assert len(db.session.scalars(select(LoginSession)).all()) == 1
    assert stands(key)


@pytest.mark.parametrize(
    ("settings", "age", "old"),
    [
        ({}, 89, False),
        ({}, 90, True),
        ({"password_days": "0"}, 5000, False),
        ({"password_days": "10"}, 10, True),
        ({"password_policy": "asvs"}, 5000, False),
    ],
)
def test_a_password_grows_old_as_the_settings_say(user: User, settings: dict[str, str], age: int, old: bool) -> None:
    with transaction():
        user.demo, user.password_set_at = False, AT - age * DAY
        for name, value in settings.items():
            make_security_setting(name=name, value=value)
    found = sessions.standing(opened(user), NOW, TODAY)
    assert found
    assert found.password_old is old


def test_the_password_of_the_demo_never_grows_old(user: User) -> None:
    with transaction():
        user.password_set_at = AT - 5000 * DAY
    found = sessions.standing(opened(user), NOW, TODAY)
    assert found
    assert not found.password_old
