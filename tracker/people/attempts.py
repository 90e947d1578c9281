"""Tries to sign in, counted in the database over all processes, and the lock that too many of them bring."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from tracker.audit import operations as audit
from tracker.db import db
from tracker.people import security
from tracker.people.models import LoginAttempt, User
from tracker.people.queries import AT_ONCE
from tracker.people.turns import take_turn
from tracker.rules.passwords import folded
from tracker.rules.permissions import Actor
from tracker.rules.words import say

ADDRESS_LENGTH = 45


class Locked(RuntimeError):
    """An account that too many wrong passwords locked; `seconds` is for how long it still is."""

    def __init__(self, until: datetime, at: datetime) -> None:
        """Word it for the person: how long, and whom to ask."""
        self.seconds = max(1, int((until - at).total_seconds()))
        minutes = -(-self.seconds // 60)
        super().__init__(
            say(
                "密码连续输错次数过多，账号已锁定，约 {minutes} 分钟后可再试。急需使用请联系本单位管理员解锁。",
                minutes=minutes,
            )
        )


def locked_until(account: str, at: datetime) -> datetime | None:
    """Return until when an account is locked, if it is; `at` is the real moment (clock.utc()). One query."""
    limits = security.current(at)
    newest = select(LoginAttempt.at).where(LoginAttempt.account == folded(account)).order_by(LoginAttempt.at.desc())
    moments = db.session.scalars(newest.limit(limits.lock_failures)).all()
    return _end(list(moments), limits.lock_failures, timedelta(minutes=limits.lock_minutes), at)


def locked(accounts: Iterable[str], at: datetime) -> dict[str, datetime]:
    """Return until when accounts are locked; those that are not are absent."""
    limits, wanted = security.current(at), sorted(set(accounts))
    span = timedelta(minutes=limits.lock_minutes)
    moments: dict[str, list[datetime]] = {}
    for first in range(0, len(wanted), AT_ONCE):
        rows = db.session.execute(
            select(LoginAttempt.account, LoginAttempt.at)
            .where(LoginAttempt.account.in_(wanted[first : first + AT_ONCE]), LoginAttempt.at > at - 2 * span)
            .order_by(LoginAttempt.at.desc())
        )
        for account, moment in rows:
            moments.setdefault(account, []).append(moment)
    ends = {account: _end(found, limits.lock_failures, span, at) for account, found in moments.items()}
    return {account: end for account, end in ends.items() if end}


def _end(moments: list[datetime], failures: int, span: timedelta, at: datetime) -> datetime | None:
    """Return the end of a lock: as many tries as are allowed within one span lock for another, from the last one on."""
    if len(moments) < failures or moments[0] - moments[failures - 1] >= span:
        return None
    end = moments[0] + span
    return end if at < end else None


def begin(account: str, address: str, at: datetime) -> int:
    """Count a try before the password is looked at, and return its number; raise Locked where there is none left.

    The caller commits this by itself, so that however many try at once, only as many as are allowed get to a password.
    """
    name = folded(account)
    take_turn(f"login:{name}")
    if until := locked_until(name, at):
        raise Locked(until, at)
    attempt = LoginAttempt(account=name, address=address[:ADDRESS_LENGTH], at=at)
    db.session.add(attempt)
    db.session.flush()  # its number is returned
    return attempt.id


def take_back(attempt_id: int) -> None:
    """Uncount a try whose password nobody had time to look at."""
    db.session.execute(delete(LoginAttempt).where(LoginAttempt.id == attempt_id))


def clear(account: str) -> None:
    """Forget an account's tries."""
    db.session.execute(delete(LoginAttempt).where(LoginAttempt.account == folded(account)))


def purge(at: datetime) -> None:
    """Remove the tries that can lock nothing any more."""
    span = timedelta(minutes=security.current(at).lock_minutes)
    db.session.execute(delete(LoginAttempt).where(LoginAttempt.at < at - 2 * span))


def unlock(actor: Actor, at: datetime, user: User) -> None:
    """Lift the lock of an account before its time; whether the person may is the caller's question."""
    clear(user.account)
    audit.record(actor, at, "unlock_user", "user", user.id, user.account)
