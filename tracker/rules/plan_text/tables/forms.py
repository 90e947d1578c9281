"""Read forms: a table for each task, with the names of its fields in front of their values, not above them."""

from collections.abc import Sequence

from tracker.rules.plan_text.tables.cells import BREAK, is_number
from tracker.rules.plan_text.tables.finding import NO_CELL, Cell, Grid, Row, join_cells
from tracker.rules.plan_text.tables.heads import LONGEST_HEAD, TEXT_COLUMNS, UNIT_COLUMNS, Column, plain_head, read_head

SAMPLE = 100
"""Rows looked at to learn whether a table is a form."""

MOST = 0.6
FEWEST_NAMES = 3
MOST_NAMES = 30


def read_form(grid: Grid) -> tuple[tuple[Row, ...], tuple[Row, ...]] | None:
    """Give the names as one head row and each form as a row under it; None for a table of another kind."""
    sample = grid.rows[:SAMPLE]
    columns = _columns_of_names(sample)
    if not columns or columns[0] > 1 or not _is_of_tasks(_kinds(sample, columns[0])):
        return None
    pairs = [pair for row in grid.rows for pair in _pairs(row, columns)]
    names = list(dict.fromkeys(plain_head(name.text) for name, _ in pairs))
    kinds = {head.column for name in names if (head := read_head(name))}
    if len(names) > MOST_NAMES or not _is_of_tasks(kinds):
        return None
    records = _records(pairs, names)
    heads = Row(tuple(Cell(name) for name in names), grid.rows[0].line_from, grid.rows[0].line_from)
    return (heads,), tuple(records)


def _columns_of_names(rows: Sequence[Row]) -> list[int]:
    """Find the columns whose cells are names of fields, most of them known."""
    width = max(len(row.cells) for row in rows)
    found: list[int] = []
    for place in range(width):
        texts = [row.at(place).text for row in rows if row.at(place).text]
        enough = len(_kinds(rows, place)) >= (1 if found else FEWEST_NAMES)
        if enough and sum(map(_is_name, texts)) >= MOST * len(texts) and place - 1 not in found:
            found.append(place)
    return found


def _kinds(rows: Sequence[Row], place: int) -> set[Column]:
    return {head.column for row in rows if _is_name(row.at(place).text) and (head := read_head(row.at(place).text))}


def _is_name(text: str) -> bool:
    return len(text) <= LONGEST_HEAD and not is_number(text) and read_head(text) is not None


def _pairs(row: Row, columns: Sequence[int]) -> list[tuple[Cell, Cell]]:
    """Give each name of a row with its value: the cells up to the next name."""
    pairs: list[tuple[Cell, Cell]] = []
    for place, following in zip(columns, (*columns[1:], len(row.cells)), strict=True):
        value = NO_CELL
        for at in range(place + 1, min(following, len(row.cells))):
            value = join_cells(value, row.at(at), BREAK)
        if row.at(place).text:
            pairs.append((row.at(place), value))
    return pairs


def _is_of_tasks(kinds: set[Column]) -> bool:
    return bool(kinds & set(TEXT_COLUMNS)) and bool(kinds & (UNIT_COLUMNS | {Column.DEADLINE}))


def _records(pairs: Sequence[tuple[Cell, Cell]], names: Sequence[str]) -> list[Row]:
    """Begin a new form at each name that the one before it has already."""
    records: list[dict[str, tuple[Cell, Cell]]] = []
    for name, value in pairs:
        key = plain_head(name.text)
        if not records or key in records[-1]:
            records.append({})
        records[-1][key] = (name, value)
    return [_row(record, names) for record in records]


def _row(record: dict[str, tuple[Cell, Cell]], names: Sequence[str]) -> Row:
    cells = tuple(record[name][1] if name in record else NO_CELL for name in names)
    lines = [cell.line for pair in record.values() for cell in pair if cell.line]
    return Row(cells, min(lines), max(lines))
