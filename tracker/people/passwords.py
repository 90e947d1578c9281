"""Password hashing, and the one check that takes the same time for unknown names."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

_hasher = PasswordHasher()
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$b6jLbWzuDMgS3BeZ1BWSQ2bFqwdZkE8MbnDz1rSLqrM"
"""A hash nobody's password has: checking an unknown account against it costs what a known one costs."""


def hashed(password: str) -> str:
    """Return the argon2id hash of a password."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Tell whether the password belongs to the hash; with no hash, spend the same time and say no."""
    try:
        return _hasher.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (VerifyMismatchError, InvalidHashError):
        return False
