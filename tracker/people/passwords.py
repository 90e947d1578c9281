"""Password hashing: bounded, renewed when its cost changes, and as slow for unknown names as for known ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tracker.rules.passwords import MAX_LENGTH
from tracker.rules.words import say

AT_ONCE = 2
"""How many passwords a process hashes at once: each takes 64 MiB and a tenth of a second of every core."""

PATIENCE = 3.0
"""For how many seconds a request waits for its turn."""

_hasher = PasswordHasher()
_turns = BoundedSemaphore(AT_ONCE)


class TooManyLogins(RuntimeError):
    """So many passwords are being hashed that this one had to wait too long; the message is for the person."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(say("登录的人太多，请稍候重试。"))


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE):
        raise TooManyLogins
    try:
        yield
    finally:
        _turns.release()


def hashed(password: str) -> str:
    """Return the argon2id hash of a password; raise TooManyLogins."""
    with _turn():
        return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Tell whether the password belongs to the hash; with no hash, spend the same time and say no."""
    if len(password) > MAX_LENGTH:
        return False
    nobodys = _nobodys(_hasher)  # Made for everybody's first check, or the first unknown name would take longer.
    asked = password_hash or nobodys
    with _turn():
        try:
            return _hasher.verify(asked, password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def renewed(password_hash: str, password: str) -> str | None:
    """Return a new hash where the present one was made at another cost; the password is known to be right."""
    return hashed(password) if _hasher.check_needs_rehash(password_hash) else None


@cache
def _nobodys(hasher: PasswordHasher) -> str:
    """Return a hash of what nobody types: to check an unknown account against it costs what a known one costs."""
    return hasher.hash("\0nobody's password")
