"""Browsers that are signed in: opened, found by the key in their cookie, ended."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Date, bindparam, delete, or_, select, update

from tracker import clock
from tracker.db import db
from tracker.people import security
from tracker.people.displays import Display
from tracker.people.models import LoginSession, Organization, SecondFactor, User
from tracker.people.queries import district_of
from tracker.rules.passwords import writable
from tracker.rules.permissions import Actor, Role

KEY_BYTES = 32
SEEN_EVERY = timedelta(minutes=1)
"""A page is looked at more often than it is worth a write."""

FACTOR_WITHIN = timedelta(minutes=10)
"""How long somebody may look for the telephone between password and code."""

ADDRESS_LENGTH, BROWSER_LENGTH = 45, 200


@dataclass(frozen=True)
class Standing:
    """A session that stands: who, and what must happen before anything else."""

    id: int
    actor: Actor
    seen_at: datetime
    must_change: bool
    password_old: bool
    """The password is older than the settings allow."""
    factor_owed: bool
    """The role must use a second factor, and the person has none yet."""
    display: Display


@dataclass(frozen=True)
class Opened:
    """A session as its person sees it."""

    id: int
    created_at: datetime
    seen_at: datetime
    address: str
    browser: str


def open_session(user_id: int, version: int, at: datetime, address: str, browser: str, factor_due: bool = False) -> str:
    """Sign a browser in and return the key for its cookie; only its hash is kept. `at` is the real moment.

    `version` is that of the account's sessions: should it be raised meanwhile, this one is dead from the beginning.
    """
    key = secrets.token_urlsafe(KEY_BYTES)
    shown = "".join(sign for sign in browser if writable(sign))
    db.session.add(
        LoginSession(
            user_id=user_id,
            key_hash=_hash(key),
            session_version=version,
            factor_due=factor_due,
            created_at=at,
            seen_at=at,
            address=address[:ADDRESS_LENGTH],
            browser=shown[:BROWSER_LENGTH],
        )
    )
    return key


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


_SESSION = (
    select(
        LoginSession.id,
        LoginSession.created_at,
        LoginSession.seen_at,
        LoginSession.factor_due,
        User.id.label("user_id"),
        User.account,
        User.name,
        User.role,
        User.unit_id,
        User.demo,
        User.must_change,
        User.password_set_at,
        User.language,
        User.theme,
        User.text_size,
        User.keys,
        User.toured_at,
        SecondFactor.confirmed_at.is_not(None).label("has_factor"),
        Organization.kind,
        Organization.parent_id,
        Organization.name.label("unit_name"),
    )
    .join(User, User.id == LoginSession.user_id)
    .join(Organization, Organization.id == User.unit_id)
    .outerjoin(SecondFactor, SecondFactor.user_id == User.id)
    .where(
        LoginSession.key_hash == bindparam("key_hash"),
        LoginSession.session_version == User.session_version,
        User.active,
        User.valid_until > bindparam("day", type_=Date),
    )
)
"""Asked with every request, therefore made once: to put a SELECT together takes longer than to run it."""


def standing(key: str, at: datetime, day: date) -> Standing | None:
    """Return the session of a key, unless it ended, ran out, or waits for its second factor. One query."""
    row = db.session.execute(_SESSION, {"key_hash": _hash(key), "day": day}).one_or_none()
    if row is None or row.factor_due:
        return None
    limits = security.current(at)
    if at - row.seen_at >= timedelta(minutes=limits.idle_minutes):
        return None
    if at - row.created_at >= timedelta(hours=limits.absolute_hours):
        return None
    district_id = district_of(row.unit_id, row.kind, row.parent_id)
    actor = Actor(row.user_id, row.account, row.name, Role(row.role), row.unit_id, district_id, row.unit_name)
    set_on, lasts = clock.local(row.password_set_at).date(), limits.password_lasts
    old = bool(lasts) and not row.demo and (day - set_on).days >= lasts
    owed = actor.role in limits.factor_roles and not row.has_factor
    display = Display(row.language, row.theme, row.text_size, row.keys, row.toured_at is None)
    return Standing(row.id, actor, row.seen_at, row.must_change, old, owed, display)


def pending(key: str, at: datetime, day: date) -> int | None:
    """Return whose session of a key waits for the second factor."""
    row = db.session.execute(_SESSION, {"key_hash": _hash(key), "day": day}).one_or_none()
    waits = row is not None and row.factor_due and at - row.created_at < FACTOR_WITHIN
    return row.user_id if row is not None and waits else None


def version(key: str) -> int | None:
    """Return under which version of the account's sessions a key was given out."""
    return db.session.scalar(select(LoginSession.session_version).where(LoginSession.key_hash == _hash(key)))


def is_due(found: Standing, at: datetime) -> bool:
    """Tell whether it is time to note that a session is in use."""
    return at - found.seen_at >= SEEN_EVERY


def touch(session_id: int, at: datetime) -> None:
    """Note that a session is in use; of many requests at once the first one writes."""
    due = LoginSession.seen_at <= at - SEEN_EVERY
    db.session.execute(update(LoginSession).where(LoginSession.id == session_id, due).values(seen_at=at))


def end(key: str) -> None:
    """End the session of a key."""
    db.session.execute(delete(LoginSession).where(LoginSession.key_hash == _hash(key)))


def end_one(user_id: int, session_id: int) -> bool:
    """End one of a person's sessions; tell whether there was such a one."""
    mine = delete(LoginSession).where(LoginSession.id == session_id, LoginSession.user_id == user_id)
    return bool(db.session.execute(mine, execution_options={"preserve_rowcount": True}).rowcount)  # type: ignore[attr-defined]


def end_others(user_id: int, keep: str) -> None:
    """End a person's sessions but for the one of this key."""
    others = (LoginSession.user_id == user_id, LoginSession.key_hash != _hash(keep))
    db.session.execute(delete(LoginSession).where(*others))


def end_all(user_id: int) -> None:
    """End a person's sessions."""
    db.session.execute(delete(LoginSession).where(LoginSession.user_id == user_id))


def of_user(user_id: int, at: datetime) -> list[Opened]:
    """Return a person's sessions that stand, the one used last first."""
    rows = db.session.execute(
        select(
            LoginSession.id,
            LoginSession.created_at,
            LoginSession.seen_at,
            LoginSession.address,
            LoginSession.browser,
        )
        .join(User, User.id == LoginSession.user_id)
        .where(
            LoginSession.user_id == user_id,
            LoginSession.session_version == User.session_version,
            LoginSession.factor_due.is_(False),
            ~_run_out(at),
        )
        .order_by(LoginSession.seen_at.desc(), LoginSession.id.desc())
    )
    return [Opened(*row) for row in rows]


def _run_out(at: datetime) -> ColumnElement[bool]:
    limits = security.current(at)
    return or_(
        LoginSession.seen_at <= at - timedelta(minutes=limits.idle_minutes),
        LoginSession.created_at <= at - timedelta(hours=limits.absolute_hours),
    )


def purge(at: datetime) -> None:
    """Remove the sessions that ran out."""
    db.session.execute(delete(LoginSession).where(_run_out(at)))
