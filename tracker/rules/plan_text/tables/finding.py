"""Find the tables of a text: rows of cells divided by tabs, by bars or by wide gaps; each cell knows its place."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tracker.rules.plan_text.drafts import Span
from tracker.rules.plan_text.lines import clean, fold
from tracker.rules.plan_text.tables.cells import BREAK

WIDEST = 40
"""A line with more cells than this is no row of a plan; the rest of it stays in its last cell."""

MOST_LINES = 25_000
"""Lines of a document that are searched for tables."""

MOST_CELLS = 25_000
"""Cells of a document's tables that are read; plans have some thousand."""

MOST_ROWS = 3_000

MOST_BOXED = 60
"""Lines that may make one row of a drawn table, or of one held apart by spaces."""

MOST_LOOSE = 4
LONGEST_LOOSE = 400
"""Lines without a divider, and their characters, that may stand between two rows of one table."""

LONGEST_ROW = 10_000
"""Characters; a longer line is no row of a table."""

BARS = "|｜│┃║¦"
_BAR = re.compile(f"[{BARS}]")
_GAP = re.compile(r"(?<=\S)(?:[ \u00a0]{2,}|[ \u00a0]*\u3000[ \u00a0\u3000]*)(?=\S)")
_WRITTEN_BREAK = re.compile(r"\s*<br\s?/?>\s*|\s*\\n\s*", re.IGNORECASE)
_RULE = re.compile(rf"[\s{BARS}+:=*_.\-—─━═┄┈┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝]+")
_CORNER = re.compile(r"[+┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝]")
_PAGE_MARK = re.compile(r"[-—–·.\s]*(?:第?\s?[0-9]{1,4}\s?页?)(?:\s?[/／共]\s?[0-9]{1,4}\s?页?)?[-—–·.\s]*")


class Divider(StrEnum):
    """What stands between the cells of a row."""

    TAB = "tab"
    BAR = "bar"
    GAP = "gap"
    LINE = "line"
    """Every cell on a line of its own."""


@dataclass(frozen=True)
class Cell:
    """What one cell holds, without outer spaces, and where it stands; a cell joined of pieces has several spans."""

    text: str = ""
    spans: tuple[Span, ...] = ()
    inherited: bool = False
    """Taken over from the cell above, which covers this row too."""

    @property
    def line(self) -> int:
        """Give the line it begins in, 0 for an empty cell."""
        return self.spans[0].line_from if self.spans else 0


NO_CELL = Cell()


@dataclass(frozen=True)
class Row:
    """One row of a table; blank cells are kept."""

    cells: tuple[Cell, ...]
    line_from: int
    line_to: int
    loose: bool = False
    """A line without a divider between two rows."""

    @property
    def filled(self) -> tuple[Cell, ...]:
        """Give the cells that hold something."""
        return tuple(cell for cell in self.cells if cell.text)

    def at(self, column: int) -> Cell:
        """Give a cell by its column; rows may be short."""
        return self.cells[column] if 0 <= column < len(self.cells) else NO_CELL


@dataclass(frozen=True)
class Grid:
    """Rows that follow each other and are divided the same way."""

    divider: Divider
    rows: tuple[Row, ...]


def find_grids(raw: Sequence[str]) -> tuple[Grid, ...]:
    """Find every run of at least two rows between tabs or bars; raw are the lines of the document as they stand."""
    runs = ((divider, run) for divider, run in _runs(raw) if divider is not Divider.GAP)
    return tuple(grid for run in runs if (grid := _grid(*run)))


def _runs(raw: Sequence[str]) -> Iterator[tuple[Divider, list[tuple[int, str]]]]:
    """Give the stretches of lines with one divider; page marks and blank lines between like rows do not end them.

    Neither do a few lines without a divider between two rows: headings, or pieces of a cell that came apart.
    """
    divider: Divider | None = None
    run: list[tuple[int, str]] = []
    loose: list[tuple[int, str]] = []
    blank = False
    for number, line in enumerate(raw, 1):
        if not line:
            blank = True
            continue
        found = divider_of(line)
        if found in (None, Divider.GAP):
            if line.strip() and not is_page_mark(line) and divider is not None and len(loose) <= MOST_LOOSE:
                loose.append((number, line))
        elif found is divider and _goes_on(run[-1][1], loose, line, found, blank):
            run += [*loose, (number, line)]
            loose = []
        else:
            if divider is not None:
                yield divider, run
            divider, run, loose = found, [(number, line)], []
        blank = not line.strip()
    if divider is not None:
        yield divider, run


def _goes_on(above: str, loose: list[tuple[int, str]], line: str, divider: Divider, blank: bool) -> bool:
    """Tell whether a row belongs to the rows above it, with the loose lines between them."""
    if blank and not loose and _is_other(above, line, divider):
        return False
    return len(loose) <= MOST_LOOSE and sum(len(text) for _, text in loose) <= LONGEST_LOOSE


def _is_other(above: str, line: str, divider: Divider) -> bool:
    """Tell whether a row below a blank line has other columns than the one above it."""
    return divider is Divider.TAB and above.count("\t") != line.count("\t")


def divider_of(line: str) -> Divider | None:
    """Tell what divides the cells of a line, None for a line that is no row."""
    if len(line) > LONGEST_ROW:
        return None
    if "\t" in line.strip(" \u3000") and line.strip():
        return Divider.TAB
    if _BAR.search(line) or (is_rule(line) and _CORNER.search(line)):
        return Divider.BAR
    return Divider.GAP if _GAP.search(line.strip()) else None


def is_rule(line: str) -> bool:
    """Recognise a line that only draws: "|---|:-:|", "├──┼──┤"."""
    return len(line.strip()) > 2 and bool(_RULE.fullmatch(line.strip()))


def is_page_mark(line: str) -> bool:
    """Recognise "— 3 —", "第3页", "3/12"."""
    return len(line) < 40 and bool(_PAGE_MARK.fullmatch(fold(clean(line)).strip()))


def _grid(divider: Divider, run: list[tuple[int, str]]) -> Grid | None:
    rows = _bar_rows(run) if divider is Divider.BAR else [_row(number, line, divider) for number, line in run]
    rows = [row for row in rows if row.filled]
    return Grid(divider, tuple(rows)) if len(rows) > 1 and any(len(row.filled) > 1 for row in rows) else None


def _bar_rows(run: list[tuple[int, str]]) -> list[Row]:
    """Read rows between bars; where rules are drawn between all rows, the lines between two rules are one row."""
    boxed = sum(is_rule(line) for _, line in run) > 2
    rows: list[Row] = []
    fresh = True
    for number, line in run:
        if is_rule(line):
            fresh = True
            continue
        row = _row(number, line, Divider.BAR)
        if boxed and not fresh and rows and number - rows[-1].line_from < MOST_BOXED:
            rows[-1] = join_rows(rows[-1], row, BREAK)
        else:
            rows.append(row)
        fresh = False
    return rows


def join_rows(upper: Row, lower: Row, between: str = "") -> Row:
    """Put a row that continues another one into it, cell by cell."""
    width = max(len(upper.cells), len(lower.cells))
    cells = tuple(join_cells(upper.at(place), lower.at(place), between) for place in range(width))
    return Row(cells, upper.line_from, lower.line_to)


def join_cells(first: Cell, second: Cell, between: str = "") -> Cell:
    """Join two pieces of one cell."""
    if not first.text or not second.text:
        return first if first.text else second
    return replace(first, text=f"{first.text}{between}{second.text}", spans=first.spans + second.spans)


def _row(number: int, line: str, divider: Divider) -> Row:
    cells = tuple(_cell(number, line, *piece) for piece in _pieces(line, divider))
    return Row(cells, number, number, divider_of(line) is not divider)


def _pieces(line: str, divider: Divider) -> list[tuple[int, int]]:
    """Give the beginning and the end of each cell in its line."""
    marks = re.finditer("\t", line) if divider is Divider.TAB else _BAR.finditer(line)
    pieces = _between(line, marks)
    return _without_frame(line, pieces) if divider is Divider.BAR else pieces


def cut(number: int, line: str, marks: Iterable[re.Match[str]]) -> tuple[Cell, ...]:
    """Cut a line into cells at marks."""
    return tuple(_cell(number, line, *piece) for piece in _between(line, marks))


def gaps(line: str) -> Iterator[re.Match[str]]:
    """Find the wide gaps of a line: two spaces, or a full-width one."""
    return _GAP.finditer(line)


def _between(line: str, marks: Iterable[re.Match[str]]) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    start = 0
    for mark in marks:
        if len(pieces) == WIDEST:
            break
        pieces.append((start, mark.start()))
        start = mark.end()
    pieces.append((start, len(line)))
    return pieces


def _without_frame(line: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Drop what stands outside the outer bars."""
    first = 0 if line[slice(*pieces[0])].strip() else 1
    last = len(pieces) if line[slice(*pieces[-1])].strip() else len(pieces) - 1
    return pieces[first:last]


def _cell(number: int, line: str, start: int, end: int) -> Cell:
    """Cut a cell out of its line, without the spaces around it."""
    piece = line[start:end]
    text = _WRITTEN_BREAK.sub(BREAK, clean(piece).strip())
    if not text:
        return NO_CELL
    column_from = start + len(piece) - len(piece.lstrip())
    return Cell(text, (Span(number, column_from, number, start + len(piece.rstrip())),))


def whole_line(number: int, line: str) -> Cell:
    """Take a whole line as one cell."""
    return _cell(number, line, 0, len(line))
