"""Put rows together again that line breaks inside their cells have taken apart."""

from collections.abc import Iterator, Sequence

from tracker.rules.plan_text.tables.cells import BREAK, is_number, leading_number
from tracker.rules.plan_text.tables.finding import NO_CELL, Row, join_cells
from tracker.rules.plan_text.tables.heads import Column

MOST_PIECES = 12
"""Lines that may make one row."""

ENDS = frozenset({Column.DEADLINE, Column.LEAD, Column.RESPONSIBLE, Column.COOPERATING, Column.UNITS})


def mend(columns: Sequence[Column], rows: Sequence[Row]) -> list[Row]:
    """Join the lines of rows that are too short; only where a column of numbers shows where rows begin."""
    if Column.NUMBER not in columns or not any(_is_piece(row, columns) for row in rows):
        return list(rows)
    return [mended for group in _groups(columns, rows) for mended in _mended(columns, group)]


def _is_piece(row: Row, columns: Sequence[Column]) -> bool:
    """Tell whether a line may be the rest of the row above it."""
    place = columns.index(Column.NUMBER)
    return len(row.cells) < len(columns) and bool(row.cells[0].text) and not is_number(row.at(place).text)


def _groups(columns: Sequence[Column], rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Begin a group at each row with a number."""
    place = columns.index(Column.NUMBER)
    group: list[Row] = []
    for row in rows:
        if group and (is_number(row.at(place).text) or len(row.cells) >= len(columns)):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _mended(columns: Sequence[Column], group: list[Row]) -> list[Row]:
    """Join a group when its cells add up to a row; a heading at its end stays alone."""
    whole = group[0]
    last = max((place for place, column in enumerate(columns) if column in ENDS), default=len(columns) - 1)
    if not is_number(whole.at(columns.index(Column.NUMBER)).text) or len(group) > MOST_PIECES:
        return group
    for count, piece in enumerate(group[1:], 1):
        complete = len(whole.cells) > last
        heading = piece.loose and bool(leading_number(piece.cells[0].text)[0])
        if len(whole.cells) + len(piece.cells) - 1 > len(columns) or (complete and (heading or not piece.loose)):
            return [whole, *group[count:]]
        if complete and count == len(group) - 1 and len(piece.cells[0].text) > 1 and _closed(whole):
            return [whole, piece]
        whole = _join(whole, piece)
    return [whole]


def _closed(row: Row) -> bool:
    """Tell whether the last cell of a row needs nothing more."""
    text = row.cells[-1].text
    return text[-1:] not in ("、", "，", "和") and len(text) > 1


def _join(upper: Row, lower: Row) -> Row:
    """Put the first cell of a line behind the last one of the line above, the others after it."""
    seam = join_cells(upper.cells[-1] if upper.cells else NO_CELL, lower.cells[0], BREAK)
    return Row((*upper.cells[:-1], seam, *lower.cells[1:]), upper.line_from, lower.line_to)
