"""Put a cell together again that a copied spreadsheet wrote over several lines between quotation marks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tracker.rules.plan_text.drafts import Span
from tracker.rules.plan_text.tables.cells import BREAK
from tracker.rules.plan_text.tables.finding import Cell, Grid, Row

MARK = '"'
MOST_JOINED = 20
"""Lines that one row may be written over."""


@dataclass(frozen=True)
class Joined:
    """Lines with rows written on one line each, and of which lines and columns each such row was made."""

    raw: Sequence[str]
    origins: dict[int, list[tuple[int, int]]]
    """By the line of a row: where in it each piece begins, and the line the piece stands on."""

    def restored(self, grid: Grid) -> Grid:
        """Give a grid whose cells know where they stand in the document, without the marks around them."""
        if not self.origins:
            return grid
        rows = (replace(row, cells=tuple(self._cell(cell) for cell in row.cells)) for row in grid.rows)
        return replace(grid, rows=tuple(self._row(row) for row in rows))

    def _row(self, row: Row) -> Row:
        last = self.origins.get(row.line_to)
        return replace(row, line_to=last[-1][1]) if last else row

    def _cell(self, cell: Cell) -> Cell:
        if not cell.spans or cell.line not in self.origins:
            return cell
        text = cell.text
        if text.startswith(MARK) and text.endswith(MARK) and len(text) > 1:
            text = text[1:-1].replace(MARK * 2, MARK).strip(BREAK + " ")
        spans = tuple(self._span(span) for span in cell.spans)
        return replace(cell, text=text, spans=spans) if text else Cell()

    def _span(self, span: Span) -> Span:
        first = self._place(span.line_from, span.column_from)
        last = self._place(span.line_to, max(span.column_from, span.column_to - 1))
        return Span(*first, last[0], last[1] + 1)

    def _place(self, line: int, column: int) -> tuple[int, int]:
        at, number = next(piece for piece in reversed(self.origins[line]) if piece[0] <= column)
        return number, column - at


def join_quoted(raw: Sequence[str]) -> Joined:
    """Join the lines of every row that holds a cell opened by a quotation mark and closed on a later line."""
    if not any(_opens(line) for line in raw):
        return Joined(raw, {})
    lines = list(raw)
    origins: dict[int, list[tuple[int, int]]] = {}
    place = 0
    while place < len(lines):
        end = _end_of(lines, place) if _opens(lines[place]) else None
        if end is None:
            place += 1
            continue
        starts, text = [(0, place + 1)], lines[place]
        for following in range(place + 1, end + 1):
            text += BREAK
            starts.append((len(text), following + 1))
            text += lines[following]
            lines[following] = ""
        lines[place], origins[place + 1] = text, starts
        place = end + 1
    return Joined(lines, origins)


def _opens(line: str) -> bool:
    """Tell whether a cell begins with a quotation mark that its line does not close."""
    return (line.startswith(MARK) or f"\t{MARK}" in line) and line.count(MARK) % 2 == 1


def _end_of(lines: Sequence[str], place: int) -> int | None:
    """Find the line that closes what a line opened."""
    count = lines[place].count(MARK)
    for following in range(place + 1, min(len(lines), place + MOST_JOINED)):
        count += lines[following].count(MARK)
        if count % 2 == 0:
            return following
    return None
