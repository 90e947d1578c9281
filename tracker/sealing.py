"""Seals what must not be readable in the database or a backup of it: the key is made from TRACKER_SECRET_KEY."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tracker.rules.words import say

LABEL = b"tracker sealing v1"
"""Keeps this key apart from others that are made from the same secret."""

PREFIX = "v1:"

_sealer: Fernet | None = None


class CannotUnseal(ValueError):
    """Something sealed under another key, or changed since; the message says what to do."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            say("密文解不开：TRACKER_SECRET_KEY 与当初保存时的不同，或内容被改动过。请改回原来的密钥，或重新填写。")
        )


def configure(secret: str) -> None:
    """Make the key from the installation's secret."""
    global _sealer
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=LABEL).derive(secret.encode())
    _sealer = Fernet(base64.urlsafe_b64encode(derived))


def seal(text: str) -> str:
    """Return a text as only unseal() can read it."""
    return PREFIX + _key().encrypt(text.encode()).decode("ascii")


def seal_undated(text: str) -> str:
    """Return the same without the moment of sealing, which otherwise stands in the clear before what is sealed."""
    return PREFIX + _key().encrypt_at_time(text.encode(), 0).decode("ascii")


def unseal(stored: str) -> str:
    """Return what was sealed; raise CannotUnseal.

    What lacks the prefix was stored before there was sealing, and comes back as it is: no migration knows the key.
    It is sealed when somebody stores it again.
    """
    if not stored.startswith(PREFIX):
        return stored
    try:
        return _key().decrypt(stored.removeprefix(PREFIX).encode()).decode()
    except InvalidToken as error:
        raise CannotUnseal from error


def _key() -> Fernet:
    if _sealer is None:
        raise RuntimeError("sealing is not configured")
    return _sealer
