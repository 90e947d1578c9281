"""Read tables whose columns are held apart by spaces: each piece of a line belongs to the column it stands under."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median_low

from tracker.rules.plan_text.lines import fold
from tracker.rules.plan_text.tables.align import place_cells
from tracker.rules.plan_text.tables.cells import BREAK, is_number
from tracker.rules.plan_text.tables.columns import head_cells
from tracker.rules.plan_text.tables.finding import (
    LONGEST_ROW,
    MOST_BOXED,
    MOST_ROWS,
    NO_CELL,
    Cell,
    Divider,
    Grid,
    Row,
    cut,
    divider_of,
    gaps,
    is_page_mark,
    is_rule,
    join_cells,
)  # fmt: skip
from tracker.rules.plan_text.tables.heads import Column, read_head

FEWEST = 3
"""Columns; two words with a gap between them are no table."""

NEAR = 3
"""Half-width places by which a cell may stand off its column."""

BLANK_LINES = 3
_NOTE = re.compile(r"(?:备\s?注|附?注|说\s?明|填表|填报)\s?[:1]")
_SPACES = re.compile(r"(?<=\S)[ \u00a0\u3000]+(?=\S)")


@dataclass(frozen=True)
class _Shape:
    """The columns of a spaced table: what stands in each, and where each begins on the page."""

    columns: tuple[Column, ...]
    starts: tuple[int, ...]
    single: bool
    """Whether single spaces divide the cells."""

    @property
    def numbered(self) -> int | None:
        """Give the place of the column of numbers."""
        return self.columns.index(Column.NUMBER) if Column.NUMBER in self.columns else None


def find_spaced(raw: Sequence[str]) -> Iterator[Grid]:
    """Find heads held apart by spaces, and the lines under them."""
    place = 0
    while place < len(raw):
        head = _head(place + 1, raw[place]) if raw[place] else None
        if head is None:
            place += 1
            continue
        row, single = head
        lines, place = _below(raw, place + 1, row, single)
        yield Grid(Divider.GAP, (row, *_rows(raw, row, lines, single)))


def _head(number: int, line: str) -> tuple[Row, bool] | None:
    """Read a line as heads: wide gaps between them, or single spaces where every word is a head."""
    if (
        len(line) > LONGEST_ROW
        or len(_SPACES.findall(line)) < FEWEST - 1
        or divider_of(line) not in (None, Divider.GAP)
    ):
        return None
    cells = _cut(number, line, single=False)
    row = Row(cells, number, number)
    if len(cells) >= FEWEST and head_cells(row) >= 2:
        return row, False
    cells = _cut(number, line, single=True) if len(line) < 200 else ()
    row = Row(cells, number, number)
    if len(cells) >= FEWEST and head_cells(row) >= max(FEWEST, 0.8 * len(cells)):
        return row, True
    return None


def _cut(number: int, line: str, single: bool) -> tuple[Cell, ...]:
    marks = _SPACES.finditer(line) if single else gaps(line)
    return tuple(cell for cell in cut(number, line, marks) if cell.text)


def _below(raw: Sequence[str], start: int, head: Row, single: bool) -> tuple[list[int], int]:
    """Take the lines of a table: up to a remark, to another head of other columns, or to lines that are no row."""
    lines: list[int] = []
    left = _column(raw[head.line_from - 1], head.cells[0])
    blank = 0
    for place in range(start, len(raw)):
        line = raw[place]
        if not line.strip() or is_page_mark(line) or is_rule(line):
            blank += not line.strip()
            continue
        if (
            len(line) > LONGEST_ROW
            or _NOTE.match(fold(line.strip()[:20]))
            or divider_of(line) in (Divider.TAB, Divider.BAR)
        ):
            return lines, place
        if len(lines) > MOST_ROWS:
            return lines, len(raw)
        pieces = _cut(place + 1, line, single)
        alone = len(pieces) == 1 and _width(line[: pieces[0].spans[0].column_from]) <= left + 1
        if (alone and (blank or len(pieces[0].text) > 60)) or blank > BLANK_LINES:
            return lines, place
        if _other_head(place + 1, line, head):
            return lines, place
        lines.append(place)
        blank = 0
    return lines, len(raw)


def _other_head(number: int, line: str, head: Row) -> bool:
    found = _head(number, line)
    return found is not None and [cell.text for cell in found[0].cells] != [cell.text for cell in head.cells]


def _rows(raw: Sequence[str], head: Row, lines: Sequence[int], single: bool) -> list[Row]:
    cut_lines = [(place, _cut(place + 1, raw[place], single)) for place in lines]
    shape = _shape(raw, head, cut_lines, single)
    rows: list[Row] = []
    for place, pieces in cut_lines:
        row = Row(_placed(raw[place], pieces, shape), place + 1, place + 1)
        if rows and _goes_on(row, rows[-1], shape):
            rows[-1] = _joined(rows[-1], row)
        else:
            rows.append(row)
    return rows


def _shape(raw: Sequence[str], head: Row, lines: Sequence[tuple[int, tuple[Cell, ...]]], single: bool) -> _Shape:
    """Learn where the columns begin: from the rows that fill all of them, otherwise from the heads."""
    columns = tuple(found.column if (found := read_head(cell.text)) else Column.REMARK for cell in head.cells)
    full = [[_column(raw[place], cell) for cell in pieces] for place, pieces in lines if len(pieces) == len(columns)]
    heads = [_column(raw[head.line_from - 1], cell) for cell in head.cells]
    starts = [median_low(column) for column in zip(*full, strict=True)] if full else heads
    return _Shape(columns, tuple(starts), single)


def _placed(line: str, pieces: Sequence[Cell], shape: _Shape) -> tuple[Cell, ...]:
    """Put the pieces of a line under their columns: as many as columns, by where they stand, or by what fits."""
    if len(pieces) == len(shape.columns):
        return tuple(pieces)
    places = None if shape.single else _by_position(line, pieces, shape)
    if places is None:
        return place_cells(shape.columns, pieces)
    cells = [NO_CELL] * len(shape.columns)
    for place, piece in zip(places, pieces, strict=True):
        cells[place] = join_cells(cells[place], piece, " ")
    return tuple(cells)


def _by_position(line: str, pieces: Sequence[Cell], shape: _Shape) -> list[int] | None:
    """Find the column under which each piece begins; None when one stands under no column."""
    places: list[int] = []
    for piece in pieces:
        column = _column(line, piece)
        nearest = min(range(len(shape.starts)), key=lambda place: abs(shape.starts[place] - column))
        if abs(shape.starts[nearest] - column) > NEAR or (places and nearest < places[-1]):
            return None
        places.append(nearest)
    return places


def _goes_on(row: Row, before: Row, shape: _Shape) -> bool:
    """Tell whether a line carries on the row above: no number where rows have one, or fewer cells and no beginning."""
    if len(row.filled) == len(shape.columns) or row.line_to - before.line_from > MOST_BOXED:
        return False
    if shape.numbered is not None:
        if is_number(row.at(shape.numbered).text):
            return False
        return bool(before.at(shape.numbered).text) and not (len(row.filled) == 1 and row.at(0).text)
    return not row.at(0).text and len(row.filled) < len(before.filled)


def _joined(upper: Row, lower: Row) -> Row:
    width = max(len(upper.cells), len(lower.cells))
    cells = tuple(join_cells(upper.at(place), lower.at(place), BREAK) for place in range(width))
    return Row(cells, upper.line_from, lower.line_to)


def _column(line: str, cell: Cell) -> int:
    """Give where a cell begins on the page, in half-width places."""
    return _width(line[: cell.spans[0].column_from])


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
