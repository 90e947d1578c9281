"""Looks into ZIP containers without unpacking them: what their entries are named, how large they claim to grow."""

import struct
import zipfile
import zlib
from typing import IO

from tracker.rules.words import say

ENTRIES = 2000
UNPACKED = 500 << 20
RATIO = 200
FREE = 10 << 20
"""Unpacked bytes up to which nobody asks how well they were packed: scanned forms shrink a lot."""

UTF_8 = 0x800
"""The flag of an entry whose name is in UTF-8."""

DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, RuntimeError, ValueError, OverflowError)
"""What Python raises over a container that is damaged."""

NEEDED = {
    "docx": ("[Content_Types].xml", "word/"),
    "xlsx": ("[Content_Types].xml", "xl/"),
    "pptx": ("[Content_Types].xml", "ppt/"),
    "ofd": ("OFD.xml",),
}
"""The entries, or folders, that make a container what its ending says."""

MACROS = ("vbaproject.bin", "vbadata.xml")


class Damaged(ValueError):
    """No container, or one with a name that leads out of it; the message says what to do."""


class Oversized(ValueError):
    """A container that would grow too large; the message says what to do."""


def look_into(stream: IO[bytes], ending: str) -> None:
    """Raise Damaged or Oversized unless the container is sound; leave the stream at its start."""
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except DAMAGED:
        raise Damaged(say("打不开，可能已损坏，请用原来的软件重新另存后上传")) from None
    finally:
        stream.seek(0)
    _check_sizes(entries)
    names = [_name(entry) for entry in entries]
    if not names:
        raise Damaged(say("里面没有文件，请检查后重新打包上传"))
    if not all(map(_is_safe, names)):
        raise Damaged(say("里面有不安全的文件路径，请重新打包后上传"))
    for needed in NEEDED.get(ending, ()):
        if not any(name == needed or (needed.endswith("/") and name.startswith(needed)) for name in names):
            raise Damaged(say("的内容与扩展名 .{ending} 不符，请用原来的软件重新另存后上传", ending=ending))
    if ending in NEEDED and any(name.rpartition("/")[2].lower() in MACROS for name in names):
        raise Damaged(say("带有宏，请另存为不带宏的文件后上传"))


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    """Believe the list of contents: nothing here or later unpacks a stored file."""
    if len(entries) > ENTRIES:
        raise Oversized(say("里面有 {n} 个文件，最多 {most} 个，请分开打包后上传", n=len(entries), most=ENTRIES))
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if unpacked > UNPACKED or (unpacked > FREE and unpacked > max(packed, 1) * RATIO):
        raise Oversized(say("解压后太大，请去掉不需要的内容后重新打包上传"))


def _name(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name; one not marked as UTF-8 is in the packing machine's own script, here GB 18030."""
    if entry.flag_bits & UTF_8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def _is_safe(name: str) -> bool:
    wicked = name.startswith("/") or "\\" in name or "\0" in name or name[1:2] == ":"
    return bool(name) and not wicked and ".." not in name.split("/")
