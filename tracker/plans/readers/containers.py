"""Unpacks the parts of a ZIP container that a reader wants, and believes no size that the container states."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from tracker.plans.readers.limits import FREE, MAX_ENTRIES, MAX_PART, MAX_RATIO, MAX_UNPACKED
from tracker.plans.readers.unreadable import Unreadable, damaged, locked, too_large

CHUNK = 1 << 16
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
LOCKED = 0x1
"""The flag of an entry that wants a password."""

DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, KeyError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError),
)
"""What Python raises over a container that is damaged."""


def names_in(content: bytes) -> list[str]:
    """Return the names of a container's entries; raise Unreadable where there is no list of them."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [entry.filename.replace("\\", "/") for entry in archive.infolist()]
    except DAMAGED:
        raise damaged() from None


def unpack(content: bytes, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Return the wanted parts by name; raise Unreadable where they are damaged, locked, or too large.

    What comes out is counted while it comes: the sizes in the container's list are whatever its maker wrote there.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                raise too_large()
            parts: dict[str, bytes] = {}
            left = MAX_UNPACKED
            for entry in entries:
                name = entry.filename.replace("\\", "/").lstrip("/")
                if wanted(name) and name not in parts:
                    parts[name] = _part(archive, entry, left)
                    left -= len(parts[name])
    except Unreadable:
        raise
    except DAMAGED:
        raise damaged() from None
    return parts


def _part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    if entry.flag_bits & LOCKED:
        raise locked()
    if entry.compress_type not in PACKINGS:
        raise damaged()
    most = min(MAX_PART, left, max(FREE, entry.compress_size * MAX_RATIO))
    found = bytearray()
    with archive.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            found += chunk
            if len(found) > most:
                raise too_large()
    return bytes(found)
