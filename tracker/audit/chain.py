"""The keyed hash that ties each entry to the one before it; the key is set once at start, as the clock is."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHAIN_BEGINS = "chain_begins"
"""The act of the entry that anchors what was on record before there was a chain."""

LABEL = b"tracker audit chain"

_key = b""


class Row(NamedTuple):
    """An entry as it is hashed: every stored column; moments and days are text, whatever the database."""

    id: int
    number: int
    at: str
    day: str
    account: str
    name: str
    role: str
    unit_id: int | None
    unit: str
    act: str
    outcome: str
    object_type: str
    object_id: int | None
    about_unit_id: int | None
    about_task_id: int | None
    detail: str
    address: str
    request_id: str
    hash: str


class Head(NamedTuple):
    """The end of a chain: its newest number and that entry's hash."""

    number: int
    hash: str


def configure(secret: str, own_key: str = "") -> None:
    """Set the key: the one given for the chain, or one derived from the installation's secret."""
    global _key
    source = own_key or secret
    _key = HKDF(SHA256(), length=32, salt=None, info=LABEL).derive(source.encode())


def moment_text(at: datetime) -> str:
    """Return a moment as it is hashed, and as SQLite stores it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def content(row: Row, previous: str) -> bytes:
    """Return every column but the hash, and the hash of the entry before, in one unmistakable form."""
    return json.dumps([*row[:-1], previous], separators=(",", ":"), default=repr).encode("ascii")


def seal(row: Row, previous: str) -> str:
    """Return the hash that an entry must have after the one whose hash is `previous`."""
    return hmac.digest(_key, content(row, previous), "sha256").hex()


def early_digest(rows: Iterable[Row]) -> tuple[int, str]:
    """Return number and sha256 of entries from before the chain."""
    count, digest = 0, hashlib.sha256()
    for row in rows:
        digest.update(content(row, row.hash) + b"\n")
        count += 1
    return count, digest.hexdigest()


def anchor_words(count: int, digest: str) -> str:
    """Return what the first chained entry says of those before it."""
    return f"此前 {count} 条，sha256 {digest}"
