"""The file of a backup: a tar whose last parts say, and vouch for, what the others hold."""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from tracker.rules.words import say

CHUNK = 1 << 20
MANIFEST, VOUCHER = "manifest.json", "manifest.sha256"
LARGEST_MANIFEST = 256 << 20

DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
HEADS = ("audit.head", "audit.heads")
_EVIDENCE = re.compile(r"evidence/([0-9a-f]{2})/\1[0-9a-f]{62}")
_SCHEME = re.compile(r"schemes/[a-z0-9-]{1,40}/(?:scheme\.txt|companion\.json|SHA256SUMS)")


class BackupDamaged(ValueError):
    """A file that is no backup, or not the one that was made; the message says what is wrong with it."""


@dataclass(frozen=True)
class Part:
    """A file within a backup: its sha256 and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: the database's kind, revision and rows by table, and every file."""

    created_at: str
    database: str
    revision: str
    counts: dict[str, int]
    files: dict[str, Part]


class _Counting:
    """A stream that is hashed while it is read."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Begin at the stream's place."""
        self.stream, self.digest, self.size = stream, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        chunk = self.stream.read(size)
        self.digest.update(chunk)
        self.size += len(chunk)
        return chunk

    @property
    def part(self) -> Part:
        """What was read."""
        return Part(self.digest.hexdigest(), self.size)


def is_expected(name: str) -> bool:
    """Tell whether a backup may hold a file of this name; no other is ever taken out of one."""
    if name in DATABASES.values() or name in HEADS:
        return True
    return any(kept.fullmatch(name) for kept in (_EVIDENCE, _SCHEME))


def write(
    out: IO[bytes],
    files: Iterable[tuple[str, Path]],
    *,
    created_at: str,
    database: str,
    revision: str,
    counts: dict[str, int],
) -> Manifest:
    """Write a backup, each file as it is at this moment."""
    parts: dict[str, Part] = {}
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, path in files:
            with path.open("rb") as stream:
                counted = _Counting(stream)
                archive.addfile(_head(name, os.fstat(stream.fileno()).st_size), counted)
                parts[name] = counted.part
        manifest = Manifest(created_at, database, revision, counts, parts)
        text = json.dumps(asdict(manifest), ensure_ascii=False, sort_keys=True, indent=1).encode()
        _add(archive, MANIFEST, text)
        _add(archive, VOUCHER, _voucher(text))
    return manifest


def _voucher(manifest: bytes) -> bytes:
    return f"{hashlib.sha256(manifest).hexdigest()}  {MANIFEST}\n".encode()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    archive.addfile(_head(name, len(content)), io.BytesIO(content))


def _head(name: str, size: int) -> tarfile.TarInfo:
    head = tarfile.TarInfo(name)
    head.size, head.mode = size, 0o600
    return head


def verify(path: Path) -> Manifest:
    """Read a backup through and return what it holds; raise BackupDamaged where one byte of it is not as written."""
    read: dict[str, Part] = {}
    said: dict[str, bytes] = {}
    with _opened(path) as archive:
        for name, stream in _parts(archive):
            if name in (MANIFEST, VOUCHER):
                said[name] = stream.read(LARGEST_MANIFEST)
                continue
            counted = _Counting(stream)
            while counted.read(CHUNK):
                pass
            read[name] = counted.part
    manifest = _manifest(said)
    for name in sorted(read.keys() | manifest.files.keys()):
        if name not in read:
            raise BackupDamaged(say("备份中缺少 {name}。", name=name))
        if name not in manifest.files:
            raise BackupDamaged(say("备份中多出 {name}，清单里没有。", name=name))
        if read[name] != manifest.files[name]:
            raise BackupDamaged(say("备份中的 {name} 与清单的校验值不符。", name=name))
    if DATABASES.get(manifest.database) not in read:
        raise BackupDamaged(say("备份中没有数据库。"))
    return manifest


def _manifest(said: dict[str, bytes]) -> Manifest:
    text, voucher = said.get(MANIFEST), said.get(VOUCHER)
    if text is None or voucher is None:
        raise BackupDamaged(say("备份不完整：没有清单，文件可能被截断。"))
    if voucher != _voucher(text):
        raise BackupDamaged(say("备份的清单与它的校验值不符。"))
    try:
        found = json.loads(text)
        files = {str(name): Part(str(part["sha256"]), int(part["size"])) for name, part in found["files"].items()}
        counts = {str(name): int(number) for name, number in found["counts"].items()}
        datetime.fromisoformat(str(found["created_at"]))  # What later asks for the last backup relies on it.
        return Manifest(str(found["created_at"]), str(found["database"]), str(found["revision"]), counts, files)
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
        raise BackupDamaged(say("备份的清单读不懂，可能是其他程序的文件。")) from None


def extract(path: Path, folder: Path) -> None:
    """Take the files of a verified backup out into a folder."""
    with _opened(path) as archive:
        for name, stream in _parts(archive):
            if name in (MANIFEST, VOUCHER):
                continue
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                while chunk := stream.read(CHUNK):
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    """Open a backup; whatever of it cannot be read while it is open makes it a damaged one."""
    try:
        with tarfile.open(path, mode="r:") as archive:
            yield archive
    except (tarfile.TarError, EOFError, UnicodeError):
        raise BackupDamaged(say("备份读不出来：文件已损坏、被截断，或不是备份文件。")) from None


def _parts(archive: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    """Return the files of a backup in their order; each is to be read before the next is asked for."""
    seen: set[str] = set()
    for member in archive:
        name = member.name
        if not member.isreg() or name in seen or not (name in (MANIFEST, VOUCHER) or is_expected(name)):
            raise BackupDamaged(say("备份中有不认识的内容：{name}。", name=name[:80]))
        seen.add(name)
        stream = archive.extractfile(member)
        if stream is not None:
            yield name, stream
