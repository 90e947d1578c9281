"""Reads the markup of a workbook's parts within limits: sheets, texts, forms of numbers, and the cells of a sheet."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

# Expat limits entities since 2.4, and a part with a DOCTYPE is refused below.
from xml.parsers import expat  # nosec B407 # see above

from tracker.plans.readers.cell_formats import BUILT_IN, shown
from tracker.plans.readers.limits import MAX_CELLS, MAX_CHARACTERS, MAX_COLUMNS, MAX_DEPTH, MAX_MERGED, MAX_ROWS
from tracker.plans.readers.unreadable import Unreadable, damaged, too_large

_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
_NUMBER = re.compile(r"[+-]?[0-9]{0,20}\.?[0-9]{0,20}(?:[eE][+-]?[0-9]{1,3})?\Z")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

Attributes = Mapping[str, str]
Place = tuple[int, int]


@dataclass
class Book:
    """What the cells of every sheet rest on."""

    texts: Sequence[str] = ()
    forms: Sequence[str] = ()
    is_1904: bool = False
    cells: int = 0
    size: int = 0
    merged: int = 0


@dataclass
class Sheet:
    """A sheet: texts by place from (0, 0), merged ranges, rows that are hidden."""

    cells: dict[Place, str] = field(default_factory=dict)
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)


class Part:
    """Walks through a part; a subclass takes what it needs of each element."""

    def __init__(self) -> None:
        """Begin outside of every element."""
        self.path: list[str] = []
        self.text: list[str] = []
        self.size = 0

    def enter(self, name: str, attributes: Attributes) -> None:
        """Take the beginning of an element."""

    def leave(self, name: str, text: str) -> None:
        """Take the end of an element, with the text in it since the last beginning or end."""

    def walk(self, content: bytes) -> None:
        """Go through a part; raise Unreadable where it is damaged, too deep or too large."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._write
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            parser.Parse(content, True)
        except Unreadable:
            raise
        except (expat.ExpatError, LookupError, ValueError, OverflowError):
            raise damaged() from None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.path.append(local := name.rpartition(" ")[2])
        if len(self.path) > MAX_DEPTH:
            raise damaged()
        self.text.clear()
        self.enter(local, attributes)

    def _end(self, name: str) -> None:
        self.path.pop()
        self.leave(name.rpartition(" ")[2], "".join(self.text))
        self.text.clear()

    def _write(self, text: str) -> None:
        self.size += len(text)
        if self.size > MAX_CHARACTERS * 4:
            raise too_large()
        self.text.append(text)


def _refuse_doctype(*_: object) -> None:
    raise damaged()


class Texts(Part):
    """The texts that cells share; readings in smaller print above characters are left out."""

    def __init__(self) -> None:
        """Begin without any."""
        super().__init__()
        self.found: list[str] = []
        self.pieces: list[str] = []

    def leave(self, name: str, text: str) -> None:
        """Keep a piece, or put the pieces of a text together."""
        if name == "t" and "rPh" not in self.path:
            self.pieces.append(text)
        elif name == "si":
            self.found.append(unescaped("".join(self.pieces)))
            self.pieces.clear()
            if len(self.found) > MAX_CELLS:
                raise too_large()


class Styles(Part):
    """The forms of numbers, in the order in which cells name them."""

    def __init__(self) -> None:
        """Begin with the forms that every workbook knows."""
        super().__init__()
        self.own: dict[str, str] = {}
        self.used: list[str] = []

    def enter(self, name: str, attributes: Attributes) -> None:
        """Keep a form, or a style that uses one."""
        if name == "numFmt" and self.path[-2:-1] == ["numFmts"]:
            self.own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")[:200]
        elif name == "xf" and self.path[-2:-1] == ["cellXfs"]:
            self.used.append(attributes.get("numFmtId", ""))
            if len(self.used) > 1 << 16:
                raise too_large()

    def forms(self) -> list[str]:
        """Return the forms of the cells' styles."""
        known = {str(number): form for number, form in BUILT_IN.items()} | self.own
        return [known.get(number, "") for number in self.used]


class Cells(Part):
    """The cells of a sheet that hold something."""

    def __init__(self, book: Book) -> None:
        """Count on with what other sheets of the workbook hold."""
        super().__init__()
        self.book = book
        self.sheet = Sheet()
        self.at: Place = (-1, -1)
        self.attributes: Attributes = {}
        self.value = ""

    def enter(self, name: str, attributes: Attributes) -> None:
        """Move to a row or a cell, or keep a merged range."""
        if name == "row":
            row = _whole(attributes.get("r"), self.at[0] + 2, MAX_ROWS + 1) - 1
            self.at = (row, -1)
            if attributes.get("hidden") in ("1", "true"):
                self.sheet.hidden.add(row)
        elif name == "c":
            self.at = place(attributes["r"]) if "r" in attributes else (max(self.at[0], 0), self.at[1] + 1)
            self.attributes, self.value = attributes, ""
        elif name == "mergeCell":
            self.book.merged += 1
            if self.book.merged > MAX_MERGED:
                raise too_large()
            first, _, last = attributes.get("ref", "").partition(":")
            self.sheet.merged.append((place(first), place(last or first)))

    def leave(self, name: str, text: str) -> None:
        """Keep the value of a cell."""
        if name == "v" or (name == "t" and "is" in self.path and "rPh" not in self.path):
            self.value += text
        elif name == "c" and self.value:
            self._keep(self._told().strip())

    def _keep(self, text: str) -> None:
        if not text:
            return
        self.book.cells += 1
        self.book.size += len(text)
        if self.book.cells > MAX_CELLS or self.book.size > MAX_CHARACTERS:
            raise too_large()
        self.sheet.cells[self.at] = text

    def _told(self) -> str:
        kind = self.attributes.get("t", "n")
        if kind == "s":
            at = _whole(self.value.strip(), -1, len(self.book.texts))
            return self.book.texts[at] if at >= 0 else ""
        if kind == "b":
            return "是" if self.value.strip() == "1" else "否"
        if kind != "n":
            return unescaped(self.value).removesuffix("T00:00:00") if kind == "d" else unescaped(self.value)
        return self._number(self.value.strip())

    def _number(self, digits: str) -> str:
        if not _NUMBER.match(digits):
            return digits
        try:
            number = float(digits)
        except ValueError:
            return digits
        style = _whole(self.attributes.get("s"), 0, len(self.book.forms)) if self.book.forms else 0
        return shown(number, self.book.forms[style] if self.book.forms else "", self.book.is_1904)


def _whole(digits: str | None, default: int, below: int) -> int:
    """Return a number below a bound, or the default for what is none."""
    if digits is None or not (digits.isascii() and digits.isdigit()) or len(digits) > 8:
        return default
    return int(digits) if int(digits) < below else default


def place(name: str) -> Place:
    """Return row and column, from 0, of a cell's name; raise Unreadable where there is no such cell."""
    found = _PLACE.match(name)
    if not found:
        raise damaged()
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    if column > MAX_COLUMNS or int(found[2]) > MAX_ROWS:
        raise damaged()
    return int(found[2]) - 1, column - 1


def unescaped(text: str) -> str:
    """Write the characters that a workbook names by number; an unseen one is left out."""
    if "_x" not in text:
        return text

    def write(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if character.isprintable() or character in "\n\t" else ""

    return _ESCAPED.sub(write, text)


class Elements(Part):
    """The elements of a part, each told to whoever asks for them."""

    def __init__(self, tell: Callable[[str, Attributes], None]) -> None:
        """Keep whom to tell."""
        super().__init__()
        self.tell = tell

    def enter(self, name: str, attributes: Attributes) -> None:
        """Tell of an element."""
        self.tell(name, attributes)
