"""Join source lines into blocks (headings, items, label lines, paragraphs) across page breaks."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import chain, pairwise

from tracker.rules.calendar import DeadlineKind, exact_date, read_deadline
from tracker.rules.plan_text.brackets import open_bracket
from tracker.rules.plan_text.closing import closes
from tracker.rules.plan_text.drafts import Span
from tracker.rules.plan_text.inner_labels import inner_labels
from tracker.rules.plan_text.labels import BULLETS, Label, is_label_list, read_label
from tracker.rules.plan_text.lines import Line, fold, squash
from tracker.rules.plan_text.numbers import MINOR, Form, Number, read_bare_number, read_number
from tracker.rules.plan_text.regions import announces_part, is_title
from tracker.rules.plan_text.units import is_office, looks_like_units


class Mark(StrEnum):
    """How a line begins, or what it is as a whole."""

    PART = "part"
    STEP = "step"
    ITEM = "item"
    POINT = "point"
    LABEL = "label"
    ANNEX = "annex"
    DATE = "date"
    PRINTED = "printed"
    SIGNATURE = "signature"
    ROW = "row"
    PLAIN = "plain"


NUMBERED = frozenset({Mark.PART, Mark.STEP, Mark.ITEM, Mark.POINT})
_OF_FORM = {Form.CHAPTER: Mark.PART, Form.SECTION: Mark.PART, Form.PART: Mark.PART, Form.STEP: Mark.STEP}

FEWEST_COUNTED = 2
LONGEST_OFFICE = 20
PAGE_WIDTH = 24
"""An official page holds 28 characters in a line (GB/T 9704); a much shorter line ended because its author ended it."""

LONGEST_SIGNATURE = 40
SENTENCE_ENDINGS = frozenset("。！？；：…!?;:")
ENDINGS = SENTENCE_ENDINGS | frozenset("）)》】」』”’")
ANY_YEAR = 2000
MEETING_POINT = 6
"""Characters shown on either side of a seam."""

LONGEST_TAIL = 800
"""Characters at the end of a block within which a bracket with its units may still be open."""

ATTRIBUTE_WORDS = re.compile("责任|牵头|负责|配合|承办|主办|协办|时限|完成|时间|单位|部门|处室|科室")


_TOPIC = re.compile("[\u4e00-\u9fff]{2,6}:")
"""What a paragraph may begin with that says what it is about (整治范围：)."""


@dataclass(frozen=True)
class Seam:
    """A place where a page break had cut a text; around shows both sides, divided by "｜"."""

    line_from: int
    line_to: int
    around: str


@dataclass(frozen=True)
class Piece:
    """Where a stretch of a block's text stands: from this character of the block, on this line, from this column."""

    at: int
    line: Line
    start: int


@dataclass(frozen=True)
class Block:
    """A stretch of text that belongs together, without its number or label."""

    mark: Mark
    number: str
    label: Label | None
    text: str
    line_from: int
    line_to: int
    seams: tuple[Seam, ...] = ()
    form: Form | None = None
    pieces: tuple[Piece, ...] = ()

    @cached_property
    def folded(self) -> str:
        """Give the text for matching; positions equal those of the text."""
        return fold(self.text)

    def span(self, start: int, end: int) -> Span:
        """Give where the characters from start up to end stand in the source."""
        first, last = self._place(start), self._place(max(start, end - 1))
        return Span(first[0], first[1], last[0], last[1] + 1)

    def slice(self, start: int, end: int, form: Form, number: str, begin: int) -> "Block":
        """Give a stretch of the block as a block of its own, numbered inside the text; its text begins at begin."""
        pieces = tuple(
            Piece(max(piece.at, begin) - begin, piece.line, piece.start + max(0, begin - piece.at))
            for piece, after in zip(self.pieces, [*(each.at for each in self.pieces[1:]), len(self.text)], strict=True)
            if piece.at < end and after > begin
        )
        lines = [piece.line.number for piece in pieces] or [self.line_from]
        text = self.text[begin:end].rstrip("；; ")
        return Block(Mark.POINT, number, None, text, lines[0], lines[-1], (), form, pieces)

    def _place(self, at: int) -> tuple[int, int]:
        piece = next((piece for piece in reversed(self.pieces) if piece.at <= at), None)
        if piece is None:
            return self.line_from, 0
        inside = min(piece.start + at - piece.at, len(piece.line.text))
        return piece.line.number, piece.line.column(inside)


@dataclass
class _Growing:
    """A block that may still take further lines."""

    mark: Mark
    number: str
    label: Label | None
    line_from: int
    line_to: int
    form: Form | None = None
    pieces: list[str] = field(default_factory=list)
    seams: list[Seam] = field(default_factory=list)
    places: list[Piece] = field(default_factory=list)
    length: int = 0

    @property
    def tail(self) -> str:
        return self.pieces[-1] if self.pieces else ""

    def takes(self, line: Line, opened: Mark) -> bool:
        """Tell whether a line continues this block."""
        if self.mark in (Mark.ROW, Mark.DATE, Mark.PRINTED, Mark.ANNEX, Mark.SIGNATURE) or opened is Mark.ROW:
            return False
        if opened is Mark.LABEL:
            return self.mark is not Mark.LABEL and self._bracket_is_open()
        if opened is not Mark.PLAIN or (closes(line.folded) and self._has_ended()):
            return False
        if self.mark in (Mark.ITEM, Mark.POINT):
            if self.tail[-1:] in SENTENCE_ENDINGS and re.match("20[0-9]{2}", line.folded) and is_title(line.text):
                return False
            return not self._is_complete() or line.folded[0] in "(["
        if self.mark is Mark.LABEL:
            return self._label_is_open(line)
        return self._bracket_is_open() or _is_cut(self.tail)

    def _has_ended(self) -> bool:
        """Tell whether what follows can be a paragraph of its own."""
        return self.mark is Mark.LABEL or self.tail[-1:] in ENDINGS or width(self.tail) < PAGE_WIDTH

    def _end(self) -> str:
        """Give the last characters of the block, over its last few pieces."""
        return "".join(self.pieces[-6:])[-LONGEST_TAIL:]

    def _bracket_is_open(self) -> bool:
        end = fold(self._end())
        opening = open_bracket(end)
        return opening is not None and ATTRIBUTE_WORDS.search(end[opening : opening + 40]) is not None

    def _is_complete(self) -> bool:
        """Tell whether the block ends with a closed bracket that names its units or its deadline."""
        end = fold(self._end()).rstrip("。.;； ")
        if not end.endswith((")", "]")):
            return False
        opening = open_bracket(end[:-1])
        if opening is None:
            return False
        names = opening > 0 and end[opening - 1] in SENTENCE_ENDINGS and looks_like_units(end[opening + 1 : -1])
        return names or ATTRIBUTE_WORDS.search(end[opening:]) is not None

    def _label_is_open(self, line: Line) -> bool:
        if self.label is Label.DEADLINE:
            return len(self.pieces) < 2 and read_deadline(self.tail, ANY_YEAR).kind is DeadlineKind.NONE
        if self.label is Label.CONTENT:
            return not self._is_complete()
        if self.label in (Label.PERSON, Label.ANNEX) or self.tail.endswith("。"):
            return False
        return self.tail.endswith(("、", "，", ",", "；")) or not self.pieces or looks_like_units(line.text)

    def add(self, line: Line) -> None:
        """Join a line without a space; after a full sentence or a title it is a new paragraph of the block."""
        if self.tail and (self.tail[-1] in SENTENCE_ENDINGS or (len(self.pieces) == 1 and self._is_title(line))):
            self._push("\n")
        elif self.tail:
            around = f"{self.tail[-MEETING_POINT:]}｜{line.text[:MEETING_POINT]}"
            self.seams.append(Seam(self.line_to, line.number, around))
        self.take_text(line, 0)
        self.line_to = line.number

    def _is_title(self, line: Line) -> bool:
        """Tell whether the first line is a short title and the next one a paragraph of its own."""
        if self.mark is Mark.LABEL or width(self.tail) >= PAGE_WIDTH or re.search("[，,；、]", self.tail):
            return False
        return width(line.text) >= PAGE_WIDTH or line.folded[0] in "([" or _TOPIC.match(line.folded) is not None

    def take_text(self, line: Line, start: int) -> None:
        """Take the text of a line from a character on, and remember where it stands."""
        text = line.text[start:]
        if text:
            self.places.append(Piece(self.length, line, start))
            self._push(text)

    def _push(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)

    def finish(self) -> Block:
        text, seams, places = "".join(self.pieces), tuple(self.seams), tuple(self.places)
        return Block(self.mark, self.number, self.label, text, self.line_from, self.line_to, seams, self.form, places)


def assemble(lines: Iterable[Line]) -> tuple[Block, ...]:
    """Give the blocks of a document; every line belongs to exactly one."""
    lines = list(lines)
    counted = _counted(lines)
    inner = inner_labels(lines, lambda line: counted.get(line.number) or read_number(line.folded))
    growing: list[_Growing] = []
    for line, following in pairwise(chain(lines, [None])):
        if line is None:
            break
        opened = _open(line, following, counted.get(line.number), line.number in inner)
        if growing and growing[-1].takes(line, opened.mark):
            growing[-1].add(line)
        else:
            growing.append(opened)
    return tuple(block.finish() for block in growing)


def _counted(lines: Sequence[Line]) -> dict[int, Number]:
    """Find the lines that count 1, 2, 3 … with nothing but a gap behind the number."""
    digits = (line for line in lines if "0" <= line.text[0] <= "9" and "\t" not in line.text)
    found = [(line.number, number) for line in digits if (number := read_bare_number(line.folded))]
    if len(found) < FEWEST_COUNTED or any(number.count != place for place, (_, number) in enumerate(found, 1)):
        return {}
    return dict(found)


def _open(line: Line, following: Line | None, counted: Number | None, inner: bool) -> _Growing:
    """Begin a block with a line, by the first mark that fits; inner says that it is a label inside an item."""
    content = (Mark.LABEL, "", Label.CONTENT, len(line.text), None)
    mark, number, label, rest, form = content if inner else _recognise(line, following, counted)
    block = _Growing(mark, number, label, line.number, line.number, form)
    block.take_text(line, rest)
    return block


def _recognise(
    line: Line, following: Line | None, counted: Number | None
) -> tuple[Mark, str, Label | None, int, Form | None]:
    if whole := _whole_line(line, following):
        return whole, "", None, 0, None
    if announces_part(line.text) or _heads_list(line, following):
        return Mark.PART, "", None, 0, Form.CHAPTER
    if line.folded[0] in BULLETS and (labelled := read_label(line.folded)):
        return Mark.LABEL, "", labelled.label, labelled.rest, None
    if number := counted or read_number(line.folded):
        mark = Mark.POINT if number.form in MINOR else _OF_FORM.get(number.form, Mark.ITEM)
        return mark, number.value, None, number.rest, number.form
    if labelled := read_label(line.folded):
        return Mark.LABEL, "", labelled.label, labelled.rest, None
    return Mark.PLAIN, "", None, 0, None


def _heads_list(line: Line, following: Line | None) -> bool:
    """Tell whether a line is an office alone with a colon, over a list that begins with 1."""
    if following is None or len(line.text) > LONGEST_OFFICE or line.folded[-1] != ":":
        return False
    first = read_number(following.folded) if is_office(line.folded[:-1]) else None
    return first is not None and first.count == 1


def _whole_line(line: Line, following: Line | None) -> Mark | None:
    """Recognise lines by all they hold: a row, a date, the note of printing, 附件, the name over a date."""
    if "\t" in line.text or line.folded.count("|") >= 2:
        return None if is_label_list(line.text.replace("：", ":").replace("｜", "|")) else Mark.ROW
    if _is_date(line):
        return Mark.DATE
    if _is_printing(line):
        return Mark.PRINTED
    if re.fullmatch(r"附[件表][0-9一二三四五六七八九十]{0,2}:?", squash(line.text[:LONGEST_SIGNATURE])):
        return Mark.ANNEX
    if following and _is_name(line) and (_is_date(following) or _is_printing(following)):
        return Mark.SIGNATURE
    return None


def _is_date(line: Line) -> bool:
    return len(line.text) < LONGEST_SIGNATURE and line.text.endswith("日") and exact_date(line.text) is not None


def _is_printing(line: Line) -> bool:
    return len(line.text) < 2 * LONGEST_SIGNATURE and squash(line.text).endswith("日印发")


def _is_name(line: Line) -> bool:
    return len(line.text) < LONGEST_SIGNATURE and not any(sign in line.folded for sign in ",。;:、")


def _is_cut(text: str) -> bool:
    """Tell whether a line stops in the middle: a quotation left open, or running text that fills the page width."""
    if not text or text[-1] in ENDINGS or text.endswith("的通知"):
        return False
    folded = fold(text)
    if folded.count("《") > folded.count("》"):
        return True
    return width(text) >= PAGE_WIDTH and any(sign in folded for sign in ",。;、")


def width(text: str) -> float:
    """Measure a line in full-width characters."""
    return sum(0.5 if character.isascii() else 1.0 for character in text)
