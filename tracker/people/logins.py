"""What a right password brings: a session, cleared tries, a renewed hash or a new password, and the record of it."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select, update

from tracker.audit import operations as audit
from tracker.db import db
from tracker.people import attempts, factors, operations, sessions
from tracker.people.models import User
from tracker.people.queries import session_actor
from tracker.rules.passwords import folded
from tracker.rules.permissions import Actor

PHONE = re.compile(r"\+?[0-9]{7,15}")
"""A telephone number, its blanks and hyphens left out."""


@dataclass(frozen=True)
class Browser:
    """Where somebody signs in from, and the moment, in business and in real time."""

    address: str
    name: str
    now: datetime
    utc: datetime

    @property
    def today(self) -> date:
        """The business day."""
        return self.now.date()


@dataclass(frozen=True)
class Proven:
    """An account whose password was right, as it stood then."""

    id: int
    account: str
    version: int
    password_hash: str


def prove(account: str, password: str, day: date) -> Proven | None:
    """Return the account in use on `day` whose password this is; as slow for unknown names. Raise TooManyLogins."""
    user = operations.authenticate(account, password, day)
    return None if user is None else Proven(user.id, user.account, user.session_version, user.password_hash)


def account_meant(typed: str) -> str:
    """Return whose account a telephone number means, if it is registered for just one; any other name as it is.

    Asked before tries are counted, so that both spellings share one count.
    """
    digits = re.sub(r"[\s-]", "", folded(typed))
    if not PHONE.fullmatch(digits):
        return typed
    plain = func.replace(func.replace(User.phone, "-", ""), " ", "")
    found = db.session.scalars(select(User.account).where(or_(plain == digits, User.account == digits)).limit(2)).all()
    return found[0] if len(found) == 1 else typed


@dataclass(frozen=True)
class SignedIn:
    """The key of a session, and whether it opens nothing until the second factor is shown."""

    key: str
    factor_due: bool


def sign_in(user_id: int, version: int, browser: Browser, *, factor_shown: bool = False) -> SignedIn | None:
    """Open a session; None where the account was closed or changed since the password was seen.

    `version` is that of the sessions when the password was looked at. Until a second factor is shown, tries stay
    counted and nothing is on record as a login.
    """
    actor = session_actor(user_id, version, browser.today)
    if actor is None:
        return None
    sessions.purge(browser.utc)
    attempts.purge(browser.utc)
    due = not factor_shown and factors.is_on(user_id)
    if not due:
        attempts.clear(actor.account)
        audit.record(actor, browser.now, "login", "user", user_id)
    return SignedIn(sessions.open_session(user_id, version, browser.utc, browser.address, browser.name, due), due)


def change_password(actor: Actor, proven: Proven, password: str, password_hash: str, browser: Browser) -> str | None:
    """Set one's own new password, end every session and return the key of a new one; None if another was faster."""
    user = db.session.get_one(User, proven.id)
    if user.session_version != proven.version:
        return None
    operations.set_password(actor, browser.now, user, password, password_hash=password_hash)
    version = user.session_version
    db.session.flush()  # the session below belongs to the raised version
    return sessions.open_session(user.id, version, browser.utc, browser.address, browser.name)


def renew_hash(proven: Proven, after: str) -> None:
    """Keep a hash made at today's cost, unless the password was changed meanwhile."""
    # Not through the row's version: nobody who edits the account needs to hear of it.
    same = (User.id == proven.id, User.password_hash == proven.password_hash)
    db.session.execute(update(User).where(*same).values(password_hash=after))
