"""Mailed links for a new password: for accounts in use with an address, once, briefly, never readable afterwards."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import moment
from tests.conftest import TODAY
from tests.makers import make_security_setting
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.outbox import confidential, queries
from tracker.outbox import operations as outbox
from tracker.outbox.models import Message
from tracker.outbox.operations import LetterRefused
from tracker.people import operations, resets, sessions
from tracker.people.models import LoginSession, ResetLink, User
from tracker.people.queries import user_by_account
from tracker.rules.passwords import PasswordRefused
from tracker.rules.permissions import SYSTEM
from tracker.sealing import unseal

CLERK = "songjiang-clerk"
BASE = "https://duban.example"
NEW = "Quiet-river-2021"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
AT = moment("2021-06-24")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def user(seeded: Flask) -> User:
    """Songjiang's clerk, with an address."""
    found = user_by_account(CLERK)
    assert found
    with transaction():
        found.email = "clerk@example.invalid"
    return found


def ask(account: str = CLERK, now: datetime = NOW) -> None:
    """Ask for a link."""
    with transaction():
        resets.ask(account, AT, now, BASE)


def letters() -> list[Message]:
    """Every letter."""
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def token(number: int = -1) -> str:
    """Return the token that a letter brings."""
    found = re.search(rf"{BASE}/reset/([\w-]+)", unseal(letters()[number].body_text))
    assert found
    return found[1]


def use(link: str, now: datetime = NOW, password: str = NEW) -> bool:
    """Set a password."""
    with transaction():
        return resets.use(link, AT, now, password, "")


def works(link: str, now: datetime = NOW, day: date = TODAY) -> bool:
    """Tell whether a link opens the form."""
    db.session.rollback()
    db.session.expire_all()
    return resets.owner(link, now, day) is not None


# ---- asking


def test_a_letter_goes_by_mail_at_once_and_says_what_to_do(user: User) -> None:
    ask()
    (letter,) = letters()
    assert (letter.kind, letter.channel, letter.recipient, letter.copy) == ("reset", "email", CLERK, True)
    assert letter.next_try_at <= datetime.now(UTC)
    text = unseal(letter.body_text)
    assert "17:30 前" in text
    assert CLERK in text
    assert f"{BASE}/reset/{token()}" in unseal(letter.body_html)


def test_a_token_is_long_and_only_its_hash_is_kept(user: User) -> None:
    ask()
    assert len(token()) >= 43
    kept = db.session.scalars(select(ResetLink.token_hash)).one()
    assert len(kept) == 64
    assert token() not in kept


def test_the_stored_letter_is_sealed_and_no_page_shows_it(user: User) -> None:
    ask()
    (letter,) = letters()
    for stored in (letter.body_text, letter.body_html, letter.subject, letter.key, letter.reason):
        assert token() not in stored
        assert "/reset/" not in stored
    shown = queries.letter(letter.id)
    assert shown
    assert (shown.text, shown.html) == (confidential.NOT_SHOWN, confidential.NOT_SHOWN)
    assert queries.inbox(CLERK).total == 0
    told = " ".join(db.session.scalars(select(AuditEntry.detail)))
    assert token() not in told


def test_a_letter_with_a_link_is_not_sent_again_by_hand(user: User) -> None:
    ask()
    with pytest.raises(LetterRefused, match="不能代为重发"), transaction():
        outbox.resend(SYSTEM, AT, letters()[0].id)


@pytest.mark.parametrize("spelling", [" Songjiang-Clerk ", "ＳＯＮＧＪＩＡＮＧ-clerk"])
def test_case_width_and_blanks_of_the_account_do_not_matter(user: User, spelling: str) -> None:
    ask(spelling)
    assert len(letters()) == 1


def no_address(user: User) -> None:
    """Take the address away."""
    user.email = ""


def disabled(user: User) -> None:
    """Close the account."""
    operations.disable(SYSTEM, AT, user)


def expired(user: User) -> None:
    """Let the account end today."""
    user.valid_until = TODAY


@pytest.mark.parametrize("state", [no_address, disabled, expired])
def test_whom_no_letter_may_reach_gets_none(user: User, state: object) -> None:
    with transaction():
        state(db.session.get_one(User, user.id))  # type: ignore[operator]
    ask()
    assert letters() == []
    assert db.session.scalar(select(func.count()).select_from(ResetLink)) == 0


def test_an_unknown_name_gets_nothing_but_stands_on_record(user: User) -> None:
    ask("nobody-here")
    assert letters() == []
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "ask_reset")).one()
    assert (entry.outcome, entry.object_id, entry.detail) == ("refused", None, "nobody-here")


def test_known_and_unknown_names_cost_the_same_statements(user: User, query_count: object) -> None:
    ask("somebody-else")  # From now on the settings are known.
    told = []
    for account in (CLERK, "nobody-here"):
        with query_count() as asked:  # type: ignore[operator]
            ask(account)
        told.append([statement.split()[0] for statement in asked.statements if "ROLLBACK" not in statement])
    assert told[0] == told[1]


def test_more_than_three_letters_within_an_hour_are_not_sent(user: User) -> None:
    for minute in range(5):
        ask(now=NOW + minute * MINUTE)
    assert len(letters()) == 3
    ask(now=NOW + 61 * MINUTE)
    assert len(letters()) == 4


def test_whoever_asks_too_often_keeps_the_newest_link(user: User) -> None:
    for minute in range(5):
        ask(now=NOW + minute * MINUTE)
    assert works(token(), NOW + 5 * MINUTE)


def test_links_of_yesterday_are_forgotten(user: User) -> None:
    ask(now=NOW)
    ask(now=NOW + timedelta(hours=25))
    assert db.session.scalar(select(func.count()).select_from(ResetLink)) == 1


# ---- using


def test_a_link_sets_the_password_and_ends_every_session(user: User) -> None:
    with transaction():
        sessions.open_session(user.id, user.session_version, NOW, "192.0.2.1", "Firefox")
    ask()
    assert use(token())
    db.session.expire_all()
    assert operations.authenticate(CLERK, NEW, TODAY)
    assert db.session.scalars(select(LoginSession.id)).all() == []
    acts = list(db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))
    assert acts[-2:] == ["use_reset_link", "set_password"]


def test_a_link_works_once(user: User) -> None:
    ask()
    link = token()
    assert use(link)
    assert not works(link)
    assert not use(link, password="Another-river-2021")
    assert operations.authenticate(CLERK, NEW, TODAY)


def test_a_link_runs_out(user: User) -> None:
    ask()
    assert works(token(), NOW + 29 * MINUTE)
    assert not works(token(), NOW + 30 * MINUTE)
    assert not use(token(), NOW + 30 * MINUTE)


def test_the_setting_says_how_long_a_link_is_good(user: User) -> None:
    with transaction():
        make_security_setting(name="reset_minutes", value="5")
    ask()
    assert "17:05 前" in unseal(letters()[0].body_text)
    assert not works(token(), NOW + 5 * MINUTE)


def test_a_newer_link_voids_the_older_one(user: User) -> None:
    ask()
    ask(now=NOW + MINUTE)
    assert not works(token(0), NOW + MINUTE)
    assert works(token(1), NOW + MINUTE)


@pytest.mark.parametrize("made_up", ["", "x", "x" * 5000, "../..", "\ud800"])
def test_a_made_up_token_opens_nothing(user: User, made_up: str) -> None:
    ask()
    assert not works(made_up)
    assert not use(made_up)


@pytest.mark.parametrize("state", [disabled, expired])
def test_a_link_opens_no_account_that_was_closed_meanwhile(user: User, state: object) -> None:
    ask()
    with transaction():
        state(db.session.get_one(User, user.id))  # type: ignore[operator]
    assert not works(token())
    assert not use(token())


def test_a_new_password_voids_links_that_are_on_their_way(user: User) -> None:
    ask()
    with transaction():
        operations.set_password(SYSTEM, NOW + MINUTE, db.session.get_one(User, user.id), NEW)
    assert not works(token(), NOW + MINUTE)


def test_a_weak_password_leaves_the_link_as_it_was(user: User) -> None:
    ask()
    with pytest.raises(PasswordRefused):
        use(token(), password="password123")
    assert works(token())
    assert use(token())
