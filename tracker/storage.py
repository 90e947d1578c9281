"""Files on disk, named by their own sha256: written, synced and renamed before the row commits."""

import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CHUNK = 1 << 20
SHA256 = re.compile("[0-9a-f]{64}")
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says when it takes no more bytes."""


class StorageFull(OSError):
    """The disk cannot take the file; nothing of it was kept."""


class TooLarge(ValueError):
    """The file is larger than allowed; nothing of it was kept."""


@dataclass(frozen=True)
class Kept:
    """A stored file: its content hash (hex) and its size in bytes."""

    sha256: str
    size: int


def path_of(root: Path, sha256: str) -> Path:
    """Return where the content with this hash lies."""
    return root / "evidence" / sha256[:2] / sha256


def hash_on_disk(root: Path, sha256: str) -> str:
    """Return the hash of what really lies where the content with this one should; empty where nothing can be read."""
    if not SHA256.fullmatch(sha256):  # A forged name must not lead elsewhere.
        return ""
    try:
        with path_of(root, sha256).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:  # What cannot be read is as good as lost.
        return ""


def keep(root: Path, stream: IO[bytes], limit: int) -> Kept:
    """Store a stream of at most `limit` bytes of evidence under its hash; raise TooLarge or StorageFull."""
    return keep_at(root / "evidence", lambda sha256: path_of(root, sha256), stream, limit)


def keep_at(folder: Path, place: Callable[[str], Path], stream: IO[bytes], limit: int) -> Kept:
    """Store a stream whole or not at all: written in `folder`, then moved to the place of its hash on the same disk."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".part-", delete=False) as part:
            try:
                kept = _copy(stream, part, limit)
                target = place(kept.sha256)
                target.parent.mkdir(exist_ok=True)
                os.replace(part.name, target)
            except BaseException:
                os.unlink(part.name)
                raise
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull(error.errno, "disk full") from error
        raise
    return kept


def _copy(stream: IO[bytes], part: "tempfile._TemporaryFileWrapper[bytes]", limit: int) -> Kept:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise TooLarge(str(limit))
        digest.update(chunk)
        part.write(chunk)
    part.flush()
    os.fsync(part.fileno())
    return Kept(digest.hexdigest(), size)
