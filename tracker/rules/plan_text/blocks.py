"""Join source lines into blocks (headings, items, label lines, paragraphs) across page breaks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain, pairwise

from tracker.rules.calendar import DeadlineKind, exact_date, read_deadline
from tracker.rules.plan_text.labels import Label, read_label
from tracker.rules.plan_text.lines import Line, fold, squash


class Mark(StrEnum):
    """How a line begins, or what it is as a whole."""

    PART = "part"
    STEP = "step"
    ITEM = "item"
    LABEL = "label"
    ANNEX = "annex"
    DATE = "date"
    PRINTED = "printed"
    SIGNATURE = "signature"
    PLAIN = "plain"


NUMBERS = (
    (Mark.PART, re.compile(r"([一二三四五六七八九十百]{1,4})\s{0,4}、\s{0,4}")),
    (Mark.STEP, re.compile(r"\(\s?([一二三四五六七八九十百]{1,4})\s?\)\s{0,4}")),
    (Mark.ITEM, re.compile(r"([0-9]{1,3})\s{0,4}[.、](?![0-9])\s{0,4}")),
)
"""The numbering of official documents: 一、 then （一） then 1."""

PAGE_WIDTH = 24
"""An official page holds 28 characters in a line (GB/T 9704); a much shorter line ended because its author ended it."""

LONGEST_SIGNATURE = 40
SENTENCE_ENDINGS = frozenset("。！？；：…!?;:")
ENDINGS = SENTENCE_ENDINGS | frozenset("）)》】」』”’")
ANY_YEAR = 2000
MEETING_POINT = 6
"""Characters shown on either side of a seam."""


@dataclass(frozen=True)
class Seam:
    """A place where a page break had cut a text; around shows both sides, divided by "｜"."""

    line_from: int
    line_to: int
    around: str


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


@dataclass
class _Growing:
    """A block that may still take further lines."""

    mark: Mark
    number: str
    label: Label | None
    line_from: int
    line_to: int
    pieces: list[str] = field(default_factory=list)
    seams: list[Seam] = field(default_factory=list)

    @property
    def tail(self) -> str:
        return self.pieces[-1] if self.pieces else ""

    def takes(self) -> bool:
        """Tell whether a line without any mark continues this block."""
        if self.mark is Mark.ITEM:
            return True
        if self.mark is Mark.LABEL:
            return self._label_is_open()
        return self.mark in (Mark.PART, Mark.STEP, Mark.PLAIN) and _is_cut(self.tail)

    def _label_is_open(self) -> bool:
        if self.label is Label.DEADLINE:
            return len(self.pieces) < 2 and read_deadline(self.tail, ANY_YEAR).kind is DeadlineKind.NONE
        return self.label not in (Label.PERSON, Label.ANNEX) and not self.tail.endswith("。")

    def add(self, line: Line) -> None:
        """Join a line without a space; after a full sentence it is a new paragraph of the block."""
        if self.tail and self.tail[-1] in SENTENCE_ENDINGS:
            self.pieces.append("\n")
        elif self.tail:
            around = f"{self.tail[-MEETING_POINT:]}｜{line.text[:MEETING_POINT]}"
            self.seams.append(Seam(self.line_to, line.number, around))
        self.pieces.append(line.text)
        self.line_to = line.number

    def finish(self) -> Block:
        text, seams = "".join(self.pieces), tuple(self.seams)
        return Block(self.mark, self.number, self.label, text, self.line_from, self.line_to, seams)


def assemble(lines: Iterable[Line]) -> tuple[Block, ...]:
    """Give the blocks of a document; every line belongs to exactly one."""
    growing: list[_Growing] = []
    for line, following in pairwise(chain(lines, [None])):
        if line is None:
            break
        opened = _open(line, following)
        if opened.mark is Mark.PLAIN and growing and growing[-1].takes():
            growing[-1].add(line)
        else:
            growing.append(opened)
    return tuple(block.finish() for block in growing)


def _open(line: Line, following: Line | None) -> _Growing:
    """Begin a block with a line, by the first mark that fits."""
    mark, number, label, rest = _recognise(line, following)
    text = line.text[rest:]
    return _Growing(mark, number, label, line.number, line.number, [text] if text else [])


def _recognise(line: Line, following: Line | None) -> tuple[Mark, str, Label | None, int]:
    if whole := _whole_line(line, following):
        return whole, "", None, 0
    for mark, pattern in NUMBERS:
        if match := pattern.match(line.folded):
            return mark, match[1], None, match.end()
    if labelled := read_label(line.folded):
        return Mark.LABEL, "", labelled.label, labelled.rest
    return Mark.PLAIN, "", None, 0


def _whole_line(line: Line, following: Line | None) -> Mark | None:
    """Recognise lines by all they hold: a date, the note of printing, 附件, the name over a date."""
    if _is_date(line):
        return Mark.DATE
    if _is_printing(line):
        return Mark.PRINTED
    if re.fullmatch(r"附[件表][0-9一二三四五六七八九十]{0,2}", squash(line.text[:LONGEST_SIGNATURE])):
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
