"""Plain text in UTF-8, UTF-16 with its mark, or GB18030."""

import codecs
import re

from tracker.plans.readers.limits import MAX_CHARACTERS, MAX_LINES
from tracker.plans.readers.reading import Reading, storable, too_long
from tracker.plans.readers.unreadable import Unreadable
from tracker.rules.words import say

LOST = "\ufffd"
"""What stands for a character whose bytes are no character."""

LONGEST_CHARACTER = 4
"""Bytes of one character, at most, in each of the encodings."""

BEARABLE = 50
"""One character of so many may be lost."""

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
"""What no text holds; the end mark of old files (0x1A) is cut off before."""


def read_text(content: bytes) -> Reading:
    """Decode a text file; raise Unreadable where it is not text."""
    text = storable(decoded(content)).replace("\r\n", "\n").replace("\r", "\n").removesuffix("\x1a")
    lines = text.count("\n") + 1
    if len(text) > MAX_CHARACTERS or lines > MAX_LINES:
        raise too_long()
    lost = text.count(LOST)
    notes = (say("有 {n} 处文字已损坏、读不出来，以“{sign}”代替，请核对。", n=lost, sign=LOST),) if lost else ()
    return Reading(text, ("",) * lines, "txt", notes)


def decoded(content: bytes) -> str:
    """Return the text of a file; raise Unreadable where it is none."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    if b"\x00" in content:
        raise Unreadable(say("这个文件不是纯文本。请用文字处理软件打开，另存为 .txt 后再导入。"))
    if len(content) > MAX_CHARACTERS * LONGEST_CHARACTER:
        raise too_long()
    # A text in one encoding is full of errors in the other; a damaged one has a few, and is worth reading.
    for encoding in ("utf-8-sig", "gb18030"):
        text = content.decode(encoding, errors="replace")
        if text.count(LOST) * BEARABLE <= len(text):
            return text
    raise Unreadable(say("无法识别文件的文字编码。请用记事本打开，另存为 UTF-8 编码后再导入。"))


def looks_like_text(content: bytes) -> bool:
    """Tell whether a file whose ending says something else is text all the same."""
    try:
        text = decoded(content)
    except Unreadable:
        return False
    return bool(text.strip()) and not _CONTROLS.search(text.removesuffix("\x1a"))
