"""Mailed links with which a person sets a new password: a random token of which only the hash is kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, delete, func, insert, literal, select, update

from tracker import clock, i18n, letters
from tracker.audit import operations as audit
from tracker.audit.operations import Outcome
from tracker.db import UtcDateTime, db, undone_unless
from tracker.outbox.confidential import RESET
from tracker.outbox.operations import Letter, enqueue
from tracker.people import operations, security
from tracker.people.models import ResetLink, User
from tracker.people.queries import actor_of, serving
from tracker.people.turns import take_turn
from tracker.rules.passwords import folded
from tracker.rules.permissions import SYSTEM
from tracker.rules.words import SOURCE, say

TOKEN_BYTES = 32
MOST = 3
"""How many links an account gets within the span below; whoever asks for more gets the same answer and no letter."""

SPAN = timedelta(hours=1)
KEPT = timedelta(days=1)
"""For how long links are remembered, of which SPAN would do."""

NOBODY = 0
"""The number that no row has."""


@dataclass(frozen=True)
class Owner:
    """Whose password a link sets."""

    id: int
    account: str


def ask(account: str, at: datetime, now: datetime, base_url: str) -> None:
    """Mail a link to an account in use that has an address; whoever asks cannot tell whether that happened.

    For any other name the same statements run and leave nothing but the record, so that the time tells nothing
    either. `at` is the business moment, `now` the real one.
    """
    name = folded(account)
    take_turn(f"reset:{name}")
    person = db.session.execute(_asking(name, at.date(), now)).one_or_none()
    entitled = person is not None and bool(person.reachable) and person.asked < MOST
    with undone_unless(entitled):
        user_id, language = (person.id, person.language) if person is not None and entitled else (NOBODY, SOURCE)
        with i18n.speaking(language):
            _write_link(user_id, name, at, now, base_url)
    _note(person, name, at, done=entitled)


def _asking(account: str, day: date, now: datetime) -> Select[Any]:
    """Return the account, whether a letter would reach it, and how many links it got lately."""
    lately = (ResetLink.user_id == User.id, ResetLink.created_at > now - SPAN)
    asked = select(func.count()).select_from(ResetLink).where(*lately).scalar_subquery()
    reachable = and_(serving(day), User.email != "")
    columns = (User.id, User.unit_id, User.language, reachable.label("reachable"), asked.label("asked"))
    return select(*columns).where(User.account == account)


def _write_link(user_id: int, account: str, at: datetime, now: datetime, base_url: str) -> None:
    """Void older links, store a new one and queue its letter; for NOBODY no link is stored."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires = now + timedelta(minutes=security.current(now).reset_minutes)
    db.session.execute(delete(ResetLink).where(ResetLink.created_at <= now - KEPT))
    older = (ResetLink.user_id == user_id, ResetLink.used_at.is_(None))
    db.session.execute(update(ResetLink).where(*older).values(used_at=now), execution_options=UNSYNCHRONIZED)
    moments = [literal(moment, UtcDateTime) for moment in (now, expires)]
    row = select(User.id, literal(_hash(token)), *moments).where(User.id == user_id)
    names = ["user_id", "token_hash", "created_at", "expires_at"]
    db.session.execute(insert(ResetLink).from_select(names, row))
    enqueue(_letter(account, at, f"{base_url}/reset/{token}", expires), at)


UNSYNCHRONIZED = {"synchronize_session": False}


def _letter(account: str, at: datetime, link: str, expires: datetime) -> Letter:
    context = {"account": account, "link": link, "until": f"{clock.local(expires):%H:%M}"}
    body = letters.body(RESET, context)
    return Letter(
        key=f"{RESET}:{secrets.token_hex(16)}",
        kind=RESET,
        channel="email",
        recipient=account,
        subject=letters.subject(RESET, context),
        text=body.text,
        html=body.html,
        reason=say("有人在登录页为这个账号申请重设密码"),
        day=at.date(),
        copy=True,  # Who reads the inbox has signed in already.
    )


def _note(person: Row[Any] | None, name: str, at: datetime, *, done: bool) -> None:
    """Put on record that somebody asked; what was typed may be anything."""
    outcome = Outcome.DONE if done else Outcome.REFUSED
    user_id, unit_id = (person.id, person.unit_id) if person is not None else (None, None)
    audit.record(SYSTEM, at, "ask_reset", "user", user_id, name, about_unit=unit_id, outcome=outcome)


def owner(token: str, now: datetime, day: date) -> Owner | None:
    """Return whose password a link sets; None for one that is used, expired, voided or made up."""
    found = select(User.id, User.account).join(ResetLink, ResetLink.user_id == User.id)
    row = db.session.execute(found.where(*_alive(token, now), *_usable(day))).one_or_none()
    return None if row is None else Owner(row.id, row.account)


def _alive(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return ResetLink.token_hash == _hash(token), ResetLink.used_at.is_(None), ResetLink.expires_at > now


def _usable(day: date) -> tuple[ColumnElement[bool], ...]:
    """Return what must hold of the account; whoever set a new password since then needs no link any more."""
    return serving(day), ResetLink.created_at >= User.password_set_at


def use(token: str, at: datetime, now: datetime, password: str, password_hash: str) -> bool:
    """Set the password and end every session; False where the link is of no use (any more). Raise PasswordRefused.

    Of two requests with the same link one sets the password. A closed account stays closed, a second factor stays on.
    """
    person = owner(token, now, at.date())
    used = update(ResetLink).where(*_alive(token, now)).values(used_at=now).returning(ResetLink.user_id)
    if person is None or db.session.scalar(used, execution_options=UNSYNCHRONIZED) is None:
        return False
    user = db.session.get_one(User, person.id)
    actor = actor_of(user)
    audit.record(actor, at, "use_reset_link", "user", user.id, user.account, about_unit=user.unit_id)
    operations.set_password(actor, at, user, password, password_hash=password_hash)
    return True


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
