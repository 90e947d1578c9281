"""Read tables that came apart: every cell on a line of its own, its row known only by what fits under the heads."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tracker.rules.plan_text.lines import clean, fold
from tracker.rules.plan_text.tables.align import as_texts, fit
from tracker.rules.plan_text.tables.cells import BREAK, is_number, leading_number
from tracker.rules.plan_text.tables.columns import may_be_head
from tracker.rules.plan_text.tables.finding import NO_CELL, Cell, Divider, Grid, Row, divider_of, join_cells, whole_line
from tracker.rules.plan_text.tables.heads import (
    LONGEST_HEAD,
    TEXT_COLUMNS,
    UNIT_COLUMNS,
    Column,
    Head,
    plain_head,
    read_head,
)

MOST_HEADS = 12
MOST_PIECES = 5000
"""Cells of one table; a longer one is read up to here."""

LONGEST_PIECE = 2000
LONGEST_SECTION = 40
NEVER = float("-inf")

_NO_TEXT = 9.0
"""What it costs when a row says nothing to do."""

_EMPTY = {Column.NUMBER: 2.0, Column.LEAD: 1.5, Column.RESPONSIBLE: 1.5, Column.UNITS: 1.5, Column.DEADLINE: 1.5,
          Column.COOPERATING: 0.5, Column.TARGET: 0.5, Column.CATEGORY: 0.3, Column.PERSON: 0.3}  # fmt: skip
"""What it costs to leave a cell of each kind empty."""

_JOIN = 2.5
"""What it costs to put a piece into the cell of the one before it."""

_JOIN_CUT = 0.5
"""The same where a sentence stops in the middle, or no blank line stands between them."""

_SECTION = 3.0
_NO_CODE = -6.0
_TITLES = ("表", "清单", "计划", "方案", "台账", "要点", "一览")
_STOP = re.compile(
    r"(?:备\s?注|附?\s?注|说\s?明|填表说明|填报说明)\s?[:1一]|上一[篇条]|下一[篇条]|附件[:1]|相关(?:文件|链接|阅读)|【"
)


@dataclass(frozen=True)
class _Piece:
    """One line that may be a cell, and whether a blank line stands before it."""

    cell: Cell
    apart: bool
    code: bool = False
    """A code (XF-12) in a table whose rows are counted 1, 2, 3."""


def find_stacked(raw: Sequence[str]) -> Iterator[Grid]:
    """Find runs of heads on lines of their own, and the rows of cells below them."""
    place = 0
    while place < len(raw):
        heads, following = _heads(raw, place)
        if heads is None:
            place = following
            continue
        pieces, place = _pieces(raw, following, heads[0].text)
        columns = as_texts([head.column if (head := read_head(cell.text)) else Column.REMARK for cell in heads])
        numbers = [place for place, column in enumerate(columns) if column is Column.NUMBER]
        for place_of_code in numbers[1:]:
            columns[place_of_code] = Column.REMARK
        rows = _rows(columns, _with_codes(pieces))
        if rows:
            yield Grid(Divider.LINE, (Row(tuple(heads), heads[0].line, heads[-1].line), *rows))


def _heads(raw: Sequence[str], start: int) -> tuple[list[Cell] | None, int]:
    """Read heads from a line on; None and the next line to try when no table begins there."""
    heads: list[Cell] = []
    place = start
    while place < len(raw) and len(heads) <= MOST_HEADS:
        line = raw[place]
        if not _is_blank(line):
            if not (_may_be_head(line) if heads else _is_known(line)):
                break
            heads.append(whole_line(place + 1, line))
        elif not heads:
            return None, place + 1
        place += 1
    known = [head.column for cell in heads if (head := read_head(cell.text))]
    while heads and read_head(heads[-1].text) is None:
        place = heads.pop().line - 1
    while heads and ((first := read_head(heads[0].text)) is None or _is_no_first(first, heads[0])):
        heads.pop(0)
    if _is_table(known) and len(known) >= 0.7 * len(heads):
        return heads, place
    return None, max(place, start + 1) if len(heads) < 3 else start + 1


def _is_blank(line: str) -> bool:
    """Tell whether nothing can be seen in a line; one of zero-width marks makes no cell, and stands nowhere."""
    return not clean(line).strip()


def _is_no_first(head: Head, cell: Cell) -> bool:
    """Tell whether a line is no first head of a table: a month of the row above, the title of the whole."""
    return head.column is Column.PERIOD or cell.text.endswith(_TITLES)


def _may_be_head(line: str) -> bool:
    if len(line) > 4 * LONGEST_HEAD or divider_of(line) is not None:
        return False
    head = plain_head(line)
    return 0 < len(head) <= LONGEST_HEAD // 2 and may_be_head(line)


def _is_known(line: str) -> bool:
    return _may_be_head(line) and read_head(line.strip()) is not None


def _is_table(known: Sequence[Column]) -> bool:
    """Tell whether heads are those of a table of tasks: a text, and units or a deadline."""
    texts = any(column in TEXT_COLUMNS for column in known)
    rest = [column for column in known if column in UNIT_COLUMNS or column is Column.DEADLINE]
    return len(known) >= 3 and texts and bool(rest)


def _pieces(raw: Sequence[str], start: int, first: str) -> tuple[list[_Piece], int]:
    """Take the lines below the heads up to a remark or to the next heads; lines of one cell are joined."""
    pieces: list[_Piece] = []
    apart, place = False, start
    for place in range(start, len(raw)):
        line = raw[place]
        if _is_blank(line):
            apart = True
            continue
        if len(line) > LONGEST_PIECE or len(pieces) > MOST_PIECES or divider_of(line) not in (None, Divider.GAP):
            break
        if _STOP.match(fold(line.strip()[:20])) or _begins_table(raw, place, first):
            break
        pieces.append(_Piece(whole_line(place + 1, line), apart))
        apart = False
    else:
        place = len(raw)
    return _joined(pieces), max(place, start)


def _begins_table(raw: Sequence[str], place: int, first: str) -> bool:
    """Tell whether the heads of a table stand here: those of the same one again, or others that begin with a number."""
    head = read_head(raw[place].strip()) if _is_known(raw[place]) else None
    if head is None or (head.column is not Column.NUMBER and plain_head(raw[place]) != plain_head(first)):
        return False
    heads = _heads(raw, place)[0]
    return heads is not None and heads[0].line == place + 1


def _joined(pieces: list[_Piece]) -> list[_Piece]:
    """Join lines that no blank line divides, where blank lines divide most cells."""
    if sum(piece.apart for piece in pieces) * 2 < len(pieces):
        return pieces
    joined: list[_Piece] = []
    for piece in pieces:
        if joined and not piece.apart:
            joined[-1] = _Piece(join_cells(joined[-1].cell, piece.cell, BREAK), joined[-1].apart)
        else:
            joined.append(piece)
    return joined


def _with_codes(pieces: list[_Piece]) -> list[_Piece]:
    numbers = {piece.cell.text for piece in pieces if is_number(piece.cell.text)}
    codes = {text for text in numbers if text[0].isascii() and text[0].isalpha()}
    if len(numbers - codes) < len(codes) // 2:
        return pieces
    return [replace(piece, code=piece.cell.text in codes) for piece in pieces]


def _rows(columns: Sequence[Column], pieces: Sequence[_Piece]) -> list[Row]:
    """Lay the pieces out in rows, the way in which they fit best."""
    places = _lay(columns, pieces)
    rows: list[list[Cell]] = []
    before = len(columns)
    for place, piece in zip(places, pieces, strict=False):
        section = place == len(columns)
        if section or place < before or before == len(columns) or not rows:
            rows.append([NO_CELL] * len(columns))
        at = 0 if section else place
        rows[-1][at] = join_cells(rows[-1][at], piece.cell, BREAK) if rows[-1][at].text else piece.cell
        before = place
    return [Row(tuple(cells), *_lines(cells)) for cells in rows]


def _lines(cells: Sequence[Cell]) -> tuple[int, int]:
    spans = [span for cell in cells for span in cell.spans]
    return min(span.line_from for span in spans), max(span.line_to for span in spans)


def _lay(columns: Sequence[Column], pieces: Sequence[_Piece]) -> list[int]:
    """Give the column of each piece, in reading order; a last number, len(columns), is a heading between rows.

    What follows the table is left out: the pieces are taken up to where the whole fits best.
    """
    width = len(columns)
    texts = sum(column in (Column.TITLE, Column.CONTENT) for column in columns)
    costs = [0.0]
    for column in columns:
        text = column in (Column.TITLE, Column.CONTENT)
        costs.append(costs[-1] + (_NO_TEXT / texts if text else _EMPTY.get(column, 0.0)))
    scores: list[float] = []
    back: list[list[int]] = []
    best_end, best_score, best_last = 0, 0.0, 0
    for count in range(len(pieces)):
        scores, origins = _step(columns, costs, scores, pieces, count)
        back.append(origins)
        for place, score in enumerate(scores):
            closed = score - (costs[width] - costs[place + 1] if place < width else 0.0)
            if closed > best_score:
                best_end, best_score, best_last = count + 1, closed, place
    places: list[int] = []
    place = best_last
    for count in range(best_end - 1, -1, -1):
        places.append(place)
        place = back[count][place]
    return places[::-1]


def _step(
    columns: Sequence[Column], costs: Sequence[float], before: Sequence[float], pieces: Sequence[_Piece], count: int
) -> tuple[list[float], list[int]]:
    """Place one more piece: in each column, from the best place of the piece before it."""
    width, piece = len(columns), pieces[count]
    if before:
        closed = [
            score - (costs[width] - costs[place + 1] if place < width else 0.0) for place, score in enumerate(before)
        ]
        fresh = max(range(width + 1), key=closed.__getitem__)
        fresh_score = closed[fresh]
    else:
        fresh, fresh_score = width, 0.0
    scores, origins = [], []
    within, within_score = fresh, NEVER
    for place, column in enumerate(columns):
        options = [(fresh_score - costs[place], fresh)]
        if within_score > NEVER:
            options.append((within_score + -costs[place], within))
        if before:
            options.append((before[place] - _joining(pieces, count), place))
        score, origin = max(options)
        fits = _NO_CODE if piece.code and column is Column.NUMBER else fit(column, piece.cell.text)
        scores.append(score + fits)
        origins.append(origin)
        if before and before[place] + costs[place + 1] > within_score:
            within, within_score = place, before[place] + costs[place + 1]
    scores.append(fresh_score + (_SECTION if _is_section(piece.cell.text) else NEVER))
    origins.append(fresh)
    return scores, origins


def _joining(pieces: Sequence[_Piece], count: int) -> float:
    upper = pieces[count - 1].cell.text
    cut = upper[-1] not in "。；;" and not pieces[count].apart
    return _JOIN_CUT if cut else _JOIN


def _is_section(text: str) -> bool:
    number, _ = leading_number(text)
    return bool(number) and not number.isdigit() and len(text) < LONGEST_SECTION and text[-1] not in "。；;"
