"""Keeps the newest head of the chain outside the database, so that a cut-off end is noticed.

`audit.head` holds the newest number and hash; `audit.heads` gets a line a day, and a line whenever the database turns
out not to continue what `audit.head` says.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

from tracker.audit.chain import Head

try:
    import fcntl
except ImportError:  # Windows: the last writer wins.
    fcntl = None  # type: ignore[assignment]

log = logging.getLogger(__name__)

LATEST, KEPT = "audit.head", "audit.heads"
BROKEN = "broken"
"""What stands in place of a day where the database no longer continued what was kept."""

LOST = "lost"
"""What stands in place of a day where `audit.head` was gone or unreadable while the chain had entries."""

_folder: Path | None = None


class Witness(NamedTuple):
    """A head that was kept outside the database, and in which file."""

    number: int
    hash: str
    source: str


class Outside(NamedTuple):
    """What is kept outside the database: heads, whether the newest is there, and lines that cannot be read."""

    witnesses: list[Witness]
    missing: bool
    unreadable: list[str]
    lost: list[Head] = []  # noqa: RUF012 - a NamedTuple's default, never changed


def configure(folder: Path) -> None:
    """Set the folder of the two files."""
    global _folder
    _folder = folder


def note(known: Mapping[int, str], newest: Head) -> None:
    """Keep the newest head; `known` are the hashes just written and the one before. Never fails: the log says why."""
    if _folder is None:
        return
    try:
        _note(_folder, known, newest)
    except OSError:
        log.exception("the head of the audit chain could not be kept in %s", _folder)


def _note(folder: Path, known: Mapping[int, str], newest: Head) -> None:
    with _opened(folder / LATEST) as file:
        kept = _read(os.pread(file, 200, 0).decode("ascii", "replace"))
        first = min(known)
        if kept is None and known[first]:
            log.error("%s was gone or unreadable when entry %d was written", LATEST, newest.number)
            _append(folder, LOST, Head(first, known[first]))
        if kept and kept.hash != known.get(kept.number, kept.hash):
            log.error("the audit chain does not continue what %s says of entry %d", LATEST, kept.number)
            _append(folder, BROKEN, kept)
        elif kept and kept.number >= newest.number:
            return  # Another process was faster, or the database is behind, which verifying will tell.
        # One write of one line of constant length: there is no moment at which the file is half.
        os.pwrite(file, _line("head", newest), 0)


def note_day(day: date, newest: Head) -> bool:
    """Add the day's head to the lines that are kept, once; tell whether a line was added."""
    if _folder is None or any(kept[:2] == newest for kept in outside().witnesses if kept.source == KEPT):
        return False
    _append(_folder, day.isoformat(), newest)
    return True


def outside() -> Outside:
    """Return every head that is kept outside the database."""
    found = Outside([], not (_folder and _is_written(_folder / LATEST)), [], [])
    for name in (LATEST, KEPT):
        path = _folder / name if _folder else None
        for line in path.read_text("utf-8", "replace").splitlines() if path and path.is_file() else ():
            head = _read(line)
            if head and line.startswith(LOST):
                found.lost.append(head)
            elif head:
                found.witnesses.append(Witness(*head, name))
            elif line.strip():
                found.unreadable.append(f"{name}：{line[:80]}")
    return found


def _is_written(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _line(word: str, head: Head) -> bytes:
    return f"{word:<10} {head.number:012d} {head.hash}\n".encode("ascii")


def _read(line: str) -> Head | None:
    parts = line.split()
    if len(parts) != 3 or not (parts[1].isascii() and parts[1].isdigit()) or len(parts[2]) != 64:
        return None
    return Head(int(parts[1]), parts[2])


def _append(folder: Path, word: str, head: Head) -> None:
    with (folder / KEPT).open("ab") as file:
        file.write(_line(word, head))
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Open a file that other processes write as well, one after the other."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)
    try:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)
