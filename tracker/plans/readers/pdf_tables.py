"""Ruled tables of a PDF: which cells are merged, and how a table goes on on the next page."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from pdfplumber.page import Page
from pdfplumber.table import Table

from tracker.plans.readers.reading import CELL_BREAK

GAP = 0.45
"""Of the size of the letters: what is farther apart than this has a space between it."""

SLACK = 4.0
"""Points by which the edges of a table that goes on may differ."""

_NUMBER = re.compile(r"[（(]?(?:[0-9]{1,4}|[一二三四五六七八九十百]{1,5})[)）.、．]?")
RADICALS = {
    code: text
    for code in (*range(0x2E80, 0x2FD6), *range(0xF900, 0xFB07))
    if (text := unicodedata.normalize("NFKC", chr(code))) != chr(code)
}
"""Signs that look like characters and are others: some fonts name 一 as the radical one."""


@dataclass
class GridRow:
    """A row: the page and the row of the table there, counted from 1, and the texts of its cells."""

    page: int
    number: int
    cells: list[str]


@dataclass
class Grid:
    """A table, with its left and right edge in points."""

    page: int
    left: float
    right: float
    rows: list[GridRow]

    def goes_on(self, other: "Grid") -> bool:
        """Tell whether another table looks like the rest of this one, on the page behind its last."""
        near = abs(self.left - other.left) < SLACK and abs(self.right - other.right) < SLACK
        return near and other.page == self.rows[-1].page + 1 and bool(other.rows)

    def take(self, other: "Grid") -> None:
        """Add the rows of the next page: without a repeated head, and with a row that was cut put together."""
        pairs = zip(self.rows, other.rows, strict=False)
        repeated = len(list(takewhile(lambda pair: pair[0].cells == pair[1].cells, pairs)))
        rows = other.rows[repeated:]
        if rows and len(rows[0].cells) == len(self.rows[-1].cells):
            column = self._counted()
            if _is_rest(rows[0].cells, self.rows[-1].cells, column):
                _join(self.rows[-1].cells, rows.pop(0).cells)
            _carry(rows, self.rows[-1].cells, column)
        self.rows += rows
        self.page = other.page

    def _counted(self) -> int:
        """Return the column in which rows are numbered, by the last rows; the first where none is."""
        for row in reversed(self.rows[-3:]):
            for column, text in enumerate(row.cells[:-1]):
                if _NUMBER.fullmatch(text):
                    return column
        return 0


def _is_rest(row: list[str], before: list[str], column: int) -> bool:
    """Tell whether the first row of a page is what the last row of the page before had no room for."""
    return bool(before[column]) and not row[column] and any(row[column + 1 :])


def _join(before: list[str], rest: list[str]) -> None:
    for column, text in enumerate(rest):
        if text and text != before[column]:
            before[column] = CELL_BREAK.join(filter(None, (before[column], text)))


def _carry(rows: list[GridRow], before: list[str], column: int) -> None:
    """Repeat what is merged over the page's end: the columns in front of the numbers, until they say something new."""
    for at in range(column):
        for row in takewhile(lambda row: not row.cells[at], rows):  # noqa: B023 - used at once
            row.cells[at] = before[at]


def tables_of(page: Page) -> list[Table]:
    """Return the ruled tables and frames of a page; one that the page's end cuts open is closed there."""
    upright = [edge for edge in page.edges if edge["orientation"] == "v" and edge["bottom"] - edge["top"] > SLACK]
    if not upright:
        return []
    ends = [min(edge["top"] for edge in upright), max(edge["bottom"] for edge in upright)]
    return list(page.find_tables({"explicit_horizontal_lines": ends}))


def grid_of(table: Table, page: int) -> Grid:
    """Return the rows of a table that say something of their own; a cell merged downward is repeated."""
    texts = table.extract(x_tolerance_ratio=GAP)
    return Grid(page, table.bbox[0], table.bbox[2], list(_rows(table, texts, page)))


def _rows(table: Table, texts: list[list[str | None]], page: int) -> Iterator[GridRow]:
    tall: dict[int, tuple[float, str]] = {}
    for number, (row, found) in enumerate(zip(table.rows, texts, strict=True), 1):
        cells, is_new = [], False
        middle = min((cell[3] for cell in row.cells if cell), default=row.bbox[3])
        for column, (place, text) in enumerate(zip(row.cells, found, strict=True)):
            if place is None:
                bottom, above = tall.get(column, (0.0, ""))
                cells.append(above if bottom >= middle - 1 else "")
                continue
            cells.append(told := written(text or ""))
            is_new = is_new or bool(told)
            tall[column] = (place[3], told)
        if is_new:
            yield GridRow(page, number, cells)


def written(text: str) -> str:
    """Return a text with the characters that it shows."""
    return text.translate(RADICALS).strip()
