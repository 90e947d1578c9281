"""Which evidence files are taken: by ending, and by what the content really is."""

import re
import unicodedata
from enum import StrEnum
from typing import IO

import filetype

from tracker import archives, scanning
from tracker.logs import visible
from tracker.rules.words import say

HEAD = 8192
MAX_NAME = 120

OFFICE_XML = frozenset({"zip", "docx", "xlsx", "pptx"})
ALLOWED: dict[str, frozenset[str] | None] = {
    "pdf": frozenset({"pdf"}),
    "docx": OFFICE_XML,
    "xlsx": OFFICE_XML,
    "pptx": OFFICE_XML,
    "doc": frozenset({"doc", "xls", "ppt"}),
    "xls": frozenset({"doc", "xls", "ppt"}),
    "wps": frozenset({"doc", "xls", "ppt"}),
    "et": frozenset({"doc", "xls", "ppt"}),
    "ofd": frozenset({"zip"}),
    "jpg": frozenset({"jpg"}),
    "jpeg": frozenset({"jpg"}),
    "png": frozenset({"png"}),
    "zip": frozenset({"zip"}),
    "txt": None,
    "csv": None,
}
"""Endings and the content types they may have; None is plain text, which has no signature."""

CONTAINERS = frozenset({"docx", "xlsx", "pptx", "ofd", "zip"})

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_MINDED = re.compile(r"[:*?\"<>|]+")
"""What some file system does not take in a name."""


class Why(StrEnum):
    """What is wrong with a file."""

    TYPE = "type"
    CONTENT = "content"
    SIZE = "size"
    UNCHECKED = "unchecked"


class FileRefused(ValueError):
    """A file that is not taken; the message says which are, `why` what is wrong with it."""

    def __init__(self, message: str, why: Why = Why.TYPE) -> None:
        """Keep why."""
        super().__init__(message)
        self.why = why


def clean_name(name: str, example: str = say("佐证.pdf")) -> str:
    """Return a file's own name without folders and signs that file systems mind; raise FileRefused for a false one.

    A name too long, or one with signs that cannot be seen or turn others around, is not mended in silence: the
    person would look for another.
    """
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    if _UNSEEN.search(base):
        raise FileRefused(say("文件名里有会改变显示顺序的字符或看不见的字符，请重新命名后再上传。"), Why.CONTENT)
    clean = _MINDED.sub("", base).strip(" ")
    if len(clean) > MAX_NAME:
        raise FileRefused(
            say("文件名最多 {most} 个字符，现在有 {n} 个，请缩短后再上传。", most=MAX_NAME, n=len(clean)), Why.CONTENT
        )
    if clean.startswith(".") or not clean.rpartition(".")[0]:
        raise FileRefused(
            say("不能上传“{name}”：文件名应有名称和扩展名，例如 {example}。", name=clean, example=example), Why.CONTENT
        )
    return clean


def check(name: str, stream: IO[bytes]) -> None:
    """Raise FileRefused unless ending and content are allowed and agree; leave the stream at its start."""
    ending = name.rpartition(".")[2].lower()
    if ending not in ALLOWED or not name.rpartition(".")[0]:
        raise FileRefused(
            say("不能上传“{name}”：只接受 {endings} 文件。请转换格式后再上传。", name=name, endings=list(ALLOWED))
        )
    head = stream.read(HEAD)
    stream.seek(0)
    if not head:
        raise FileRefused(say("“{name}”是空文件，请检查后重新上传。", name=name), Why.CONTENT)
    if not _content_agrees(ALLOWED[ending], head):
        raise FileRefused(
            say("“{name}”的内容与扩展名 .{ending} 不符，请用原来的软件重新另存后上传。", name=name, ending=ending)
        )
    if ending in CONTAINERS:
        _look_into(name, stream, ending)


def _look_into(name: str, stream: IO[bytes], ending: str) -> None:
    try:
        archives.look_into(stream, ending)
    except archives.Damaged as damaged:
        raise FileRefused(say("“{name}”{problem}。", name=name, problem=str(damaged))) from None
    except archives.Oversized as oversized:
        raise FileRefused(say("“{name}”{problem}。", name=name, problem=str(oversized)), Why.SIZE) from None


def scan(name: str, stream: IO[bytes], scanner: str) -> None:
    """Raise FileRefused for a file with a virus, or where nobody can tell; without a scanner do nothing."""
    try:
        found = scanning.virus(scanner, stream) if scanner else ""
    except scanning.ScannerDown as down:
        raise FileRefused(str(down), Why.UNCHECKED) from down
    if found:
        raise FileRefused(
            say(
                "“{name}”带有病毒（{virus}），没有保存。请先杀毒，再换一份干净的文件。",
                name=name,
                virus=visible(found)[:80],
            ),
            Why.CONTENT,
        )


def _content_agrees(types: frozenset[str] | None, head: bytes) -> bool:
    if types is None:
        return b"\x00" not in head and filetype.guess(head) is None
    kind = filetype.guess(head)
    if kind is None:
        # Old office files share one container signature that the library knows by their endings only.
        return "doc" in types and head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    return kind.extension in types
