"""Which evidence files are taken: by ending, and by what the content really is."""

import re
import unicodedata
from typing import IO

import filetype

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

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2066-\u2069\\/:*?\"<>|]+")


class FileRefused(ValueError):
    """A file that is not taken; the message says which are."""


def clean_name(name: str) -> str:
    """Return a file's own name without folders, control or direction characters, its ending kept."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    base = _CONTROL.sub("", base).strip(" .")
    stem, dot, ending = base.rpartition(".")
    return f"{stem[: MAX_NAME - len(ending) - 1]}.{ending}" if dot else base[:MAX_NAME]


def check(name: str, stream: IO[bytes]) -> None:
    """Raise FileRefused unless ending and content are allowed and agree; leave the stream at its start."""
    ending = name.rpartition(".")[2].lower()
    if ending not in ALLOWED or not name.rpartition(".")[0]:
        raise FileRefused(f"不能上传“{name}”：只接受 {'、'.join(ALLOWED)} 文件。请转换格式后再上传。")
    head = stream.read(HEAD)
    stream.seek(0)
    if not head:
        raise FileRefused(f"“{name}”是空文件，请检查后重新上传。")
    if not _content_agrees(ALLOWED[ending], head):
        raise FileRefused(f"“{name}”的内容与扩展名 .{ending} 不符，请用原来的软件重新另存后上传。")


def _content_agrees(types: frozenset[str] | None, head: bytes) -> bool:
    if types is None:
        return b"\x00" not in head and filetype.guess(head) is None
    kind = filetype.guess(head)
    if kind is None:
        # Old office files share one container signature that the library knows by their endings only.
        return "doc" in types and head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    return kind.extension in types
