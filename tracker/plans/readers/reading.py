"""Holds what every reader makes of a file: lines of one form, and where each of them stands in the file.

Lines are divided by "\\n". A row of a table is one line, its cells divided by TAB; a break inside a cell is U+2028.
A cell merged downward is repeated in every row it covers; one merged sideways stands once, empty cells behind it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tracker.plans.readers.limits import MAX_CHARACTERS, MAX_LINES
from tracker.plans.readers.unreadable import Unreadable
from tracker.rules.words import say

CELL_BREAK = "\u2028"
"""A break inside a cell: a cell is a part of one line."""

_BREAKS = re.compile(r"[ \t\u3000]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])[ \t\u3000]*")
"""Whatever some program takes for the end of a line."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Reading:
    """A document as text: places[n - 1] says where line n stands in the file, empty for plain text.

    kind is the ending that the content deserves. notes say what a person should know who checks what was read.
    """

    text: str
    places: tuple[str, ...]
    kind: str
    notes: tuple[str, ...] = ()


@dataclass
class Lines:
    """The lines of a document while it is read; raises Unreadable where they grow beyond every plan."""

    texts: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, text: str, place: str) -> None:
        """Add a paragraph: its own breaks divide it into lines."""
        for line in _BREAKS.split(text):
            self._keep(line.rstrip(), place)

    def add_row(self, cells: Sequence[str], place: str) -> None:
        """Add a row of a table."""
        self._keep("\t".join(map(cell_text, cells)), place)

    def add_blank(self) -> None:
        """Divide what stands before from what follows, once."""
        if self.texts and self.texts[-1]:
            self._keep("", "")

    def _keep(self, line: str, place: str) -> None:
        line = storable(line)
        self.size += len(line) + 1
        if self.size > MAX_CHARACTERS or len(self.texts) >= MAX_LINES:
            raise too_long()
        self.texts.append(line)
        self.places.append(place)

    def reading(self, kind: str, notes: Sequence[str] = ()) -> Reading:
        """Return what was read; raise Unreadable where there is no text at all."""
        if not any(map(str.strip, self.texts)):
            raise Unreadable(say("文件里没有文字。请确认内容没有放在图片里，检查后重新选择文件。"))
        return Reading("\n".join(self.texts), tuple(self.places), kind, tuple(notes))


def storable(text: str) -> str:
    """Leave out what no database takes: the null character, and halves of characters."""
    return text if text.isalnum() else _UNSTORABLE.sub("", text)


def cell_text(text: str) -> str:
    """Write the text of a cell so that it neither ends the cell nor the line."""
    if text.isalnum():
        return text
    return _BREAKS.sub(CELL_BREAK, text.strip()).replace("\t", " ")


def too_long() -> Unreadable:
    """Return what is said of a text that is longer than any plan."""
    return Unreadable(
        say("文件里的文字太多（超过{most}万字或行数过多）。请只保留方案正文和任务清单。", most=MAX_CHARACTERS // 10_000)
    )
