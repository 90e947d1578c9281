"""Turns the bytes of a plan document into its text, by kind of file."""

from collections.abc import Callable

from tracker.plans.readers.text import read_text
from tracker.plans.readers.unreadable import Unreadable
from tracker.rules.words import say

READERS: dict[str, Callable[[bytes], str]] = {
    "txt": read_text,
    "md": read_text,
}
"""Endings of files that can be read, and what reads them."""

MAX_BYTES = 20 * 1024 * 1024


def read_document(filename: str, content: bytes) -> str:
    """Return the text of a document; raise Unreadable with what to do."""
    ending = filename.rpartition(".")[2].lower()
    if ending not in READERS:
        raise Unreadable(
            say("暂不能读取 .{ending} 文件：请另存为纯文本（.txt，UTF-8 或 GB18030 编码）后再导入。", ending=ending)
        )
    if not content.strip():
        raise Unreadable(say("“{filename}”是空文件，请检查后重新选择。", filename=filename))
    if len(content) > MAX_BYTES:
        raise Unreadable(
            say(
                "“{filename}”超过 {max_bytes} MB，请只保留方案正文和任务清单。",
                filename=filename,
                max_bytes=MAX_BYTES // 1024 // 1024,
            )
        )
    return READERS[ending](content)
