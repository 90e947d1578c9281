"""Plain text in UTF-8 or GB18030."""

import codecs

from tracker.plans.readers.unreadable import Unreadable
from tracker.rules.words import say


def read_text(content: bytes) -> str:
    """Decode a text file; raise Unreadable where it is not text."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    if b"\x00" in content:
        raise Unreadable(say("这个文件不是纯文本。请用文字处理软件打开，另存为 .txt 后再导入。"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(say("无法识别文件的文字编码。请用记事本打开，另存为 UTF-8 编码后再导入。"))
