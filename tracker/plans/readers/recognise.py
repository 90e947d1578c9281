"""Tells by its content what a file is: endings are typed by people and changed by mail programs."""

import codecs
import struct
from collections.abc import Iterator

import filetype

from tracker.plans.readers.containers import names_in
from tracker.plans.readers.text import looks_like_text
from tracker.plans.readers.unreadable import Unreadable, damaged, locked
from tracker.rules.words import say

ZIP, OLE, RTF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf"
EMPTY_ZIP = b"PK\x05\x06"
PDF, PDF_WITHIN = b"%PDF-", 1024
"""A PDF may have some other bytes before its mark (ISO 32000-1, annex H)."""

HEAD = 1000
TEXTS = frozenset({"txt", "md"})
OFFICE = frozenset({"doc", "wps"})

IN_ZIP = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "content.xml": "odt",
}
"""Entries by which a container is known."""

IN_OLE = {"worddocument": "doc", "workbook": "xls", "book": "xls", "wpsdocument": "wps"}
"""Streams by which an old Office file is known."""

FILE_PASS = 0x002F
"""The record of an old workbook that says how it is locked."""

DIRECTORY_ENTRY = 128
END_OF_CHAIN = 0xFFFFFFFA
SECTORS_OF_NAMES = 256
"""How far the list of streams is followed; a document has some twenty streams, four to a sector."""


def kind_of(ending: str, content: bytes) -> str:
    """Return the ending that a file deserves; raise Unreadable for what is no document at all."""
    if content.startswith((ZIP, EMPTY_ZIP)):
        return _in_zip(content)
    if content.startswith(OLE):
        return _in_ole(content, ending)
    if PDF in content[:PDF_WITHIN]:
        return "pdf"
    if content.startswith(RTF):
        return "rtf"
    return _in_markup(content[:HEAD].removeprefix(codecs.BOM_UTF8).lstrip().lower()) or _plain(ending, content)


def _in_markup(head: bytes) -> str:
    """Return the kind of what some programs save under the ending .doc, or an empty text."""
    if head.startswith((b"<html", b"<!doctype html")):
        return "html"
    if head.startswith(b"<?xml") and b"mso-application" in head:
        return "doc"
    if head.startswith(b"mime-version:"):
        raise Unreadable(say("这是网页存档文件。请用 Word 或 WPS 打开，另存为 .docx 后重新选择。"))
    return ""


def _plain(ending: str, content: bytes) -> str:
    guess = filetype.guess(content)
    if guess is not None and guess.mime.startswith("image/"):
        raise Unreadable(
            say(
                "这是一张图片，无法直接读取文字。请用文字识别软件把它转成文字，核对后另存为 .docx 或 .txt，再重新选择。"
            )
        )
    if ending in TEXTS:
        return "txt"
    if guess is None and looks_like_text(content):
        return "txt"
    if ending in ("docx", "xlsx", "xls", "et", "pdf", "rtf", "odt", "ods", *OFFICE):
        raise damaged()
    if not ending:
        raise Unreadable(
            say(
                "认不出这是什么文件。请用原来的软件打开，另存为 .docx、.xlsx、带文字的 .pdf 或纯文本 .txt，再重新选择。"
            )
        )
    raise Unreadable(
        say(
            "暂不能读取 .{ending} 文件。"
            "请用原来的软件打开，另存为 .docx、.xlsx、带文字的 .pdf 或纯文本 .txt，再重新选择。",
            ending=ending[:20],
        )
    )


def _in_zip(content: bytes) -> str:
    names = {name.lower().lstrip("/") for name in names_in(content)}
    kind = next((kind for name, kind in IN_ZIP.items() if name in names), "")
    if kind == "odt":
        return "ods" if b"opendocument.spreadsheet" in content[:200] else "odt"
    if kind:
        return kind
    if "ofd.xml" in names:
        raise Unreadable(
            say("这是 OFD 版式文件，暂不能读取。请用 OFD 阅读软件把它导出为带文字的 PDF 或 Word 文档，再重新选择。")
        )
    if any(name.startswith(("word/", "xl/")) for name in names) or "[content_types].xml" in names:
        raise damaged()
    raise Unreadable(say("这是压缩包，不是方案文件。请先解压，再选择其中的方案文件。"))


def _in_ole(content: bytes, ending: str) -> str:
    try:
        streams = dict(_streams(content))
    except (struct.error, UnicodeDecodeError, IndexError):
        raise damaged() from None
    kind = next((kind for name, kind in IN_OLE.items() if name in streams), "")
    if "encryptedpackage" in streams or any(_is_locked(name, head) for name, head in streams.items()):
        raise locked()
    if kind:
        return kind
    if ending in OFFICE:
        return ending
    raise damaged()


def _is_locked(name: str, head: bytes) -> bool:
    """Tell whether a text (by a flag in its head) or an old workbook (by a record among its first) wants a password."""
    if name == "worddocument":
        return len(head) > 11 and bool(head[11] & 1)
    at = 0
    while name in ("workbook", "book") and at + 4 <= len(head):
        kind, length = struct.unpack_from("<HH", head, at)
        if kind == FILE_PASS:
            return True
        at += 4 + length
    return False


def _streams(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the streams in a compound file: names in small letters, and the first sector of each."""
    shift = struct.unpack_from("<H", content, 0x1E)[0]
    if shift not in (9, 12):
        raise damaged()
    size = 1 << shift
    tables = struct.unpack_from("<109I", content, 0x4C)
    sector = struct.unpack_from("<I", content, 0x30)[0]
    for _ in range(SECTORS_OF_NAMES):
        if sector >= END_OF_CHAIN:
            return
        begin = (sector + 1) * size
        for first in range(begin, begin + size, DIRECTORY_ENTRY):
            length, kind = struct.unpack_from("<HB", content, first + 64)
            if kind and 2 <= length <= 64:
                start = (struct.unpack_from("<I", content, first + 116)[0] + 1) * size
                yield content[first : first + length - 2].decode("utf-16-le").lower(), content[start : start + size]
        table, at = divmod(sector, size // 4)
        sector = struct.unpack_from("<I", content, (tables[table] + 1) * size + at * 4)[0]
