"""How high the rows of a workbook must be for their texts to be read whole: no program measures merged cells."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from unicodedata import east_asian_width

UNIT = 7
"""Pixels that a column has for each character of its width."""

PIXELS = 96 / 72
"""Pixels of a point."""

SPARE = 0.96
"""How much of a line is reckoned with: words and signs are not parted everywhere."""

LEADING = 1.3
"""Height of a line, in the size of its letters."""

PADDING, HIGHEST = 3, 400
"""Points above and below the text; what a row of a workbook can have."""


@dataclass(frozen=True)
class Measured:
    """A cell to be measured: its first line, over how many lines it reaches, its text, the width of its column."""

    line: int
    span: int
    text: str
    width: float


def height(text: str, width: float, size: float) -> float:
    """Return the points that a text needs in a column of this width, written in letters of this size."""
    room = max(width * UNIT * SPARE / (size * PIXELS / 2), 2)
    lines = sum(max(1, ceil(_length(line) / room)) for line in text.split("\n"))
    return lines * size * LEADING + PADDING


def _length(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in text)


def heights(cells: Iterable[Measured], size: float) -> Mapping[int, float]:
    """Return the height of every line; what a merged cell needs beyond its lines is shared out among them."""
    found: dict[int, float] = {}
    for cell in sorted(cells, key=lambda cell: cell.span):
        lines = range(cell.line, cell.line + cell.span)
        least = height("", cell.width, size)
        have = sum(found.setdefault(line, least) for line in lines)
        more = max(0.0, height(cell.text, cell.width, size) - have) / cell.span
        for line in lines:
            found[line] = min(found[line] + more, HIGHEST)
    return found
