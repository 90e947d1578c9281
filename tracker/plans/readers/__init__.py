"""Turns the bytes of a plan document into lines of one form, by kind of file."""

from collections.abc import Callable

from tracker.plans.readers.apart import Apart
from tracker.plans.readers.limits import MAX_BYTES
from tracker.plans.readers.office import read_by_office
from tracker.plans.readers.reading import Reading as Reading
from tracker.plans.readers.recognise import kind_of
from tracker.plans.readers.text import read_text
from tracker.plans.readers.unreadable import Unreadable as Unreadable
from tracker.rules.words import say

READERS: dict[str, Callable[[bytes], Reading]] = {
    "docx": Apart("docx"),
    "doc": read_by_office("doc"),
    "wps": read_by_office("wps"),
    "xlsx": Apart("xlsx"),
    "xls": Apart("xls"),
    "et": Apart("xls"),
    "pdf": Apart("pdf"),
    "txt": read_text,
    "md": read_text,
    "rtf": read_by_office("rtf"),
    "odt": read_by_office("odt"),
    "ods": Apart("xls"),
    "html": read_by_office("html"),
}
"""Endings of files that can be read, and what reads them."""


def read_document(filename: str, content: bytes) -> Reading:
    """Return what a document says, whatever its ending claims; raise Unreadable with what to do."""
    if not content.strip(b"\0\t\n\r "):
        raise Unreadable(say("“{filename}”是空文件，请检查后重新选择。", filename=filename))
    if len(content) > MAX_BYTES:
        raise Unreadable(
            say(
                "“{filename}”超过 {max_bytes} MB，请只保留方案正文和任务清单。",
                filename=filename,
                max_bytes=MAX_BYTES // 1024 // 1024,
            )
        )
    _, dot, ending = filename.rpartition(".")
    return READERS[kind_of(ending.lower() if dot else "", content)](content)
