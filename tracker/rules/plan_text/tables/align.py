"""Put the cells of a row under the right columns where cells are missing or moved."""

from collections.abc import Sequence

from tracker.rules.plan_text.tables.cells import BREAK, is_dated, is_nothing, is_number, is_tick, unit_share
from tracker.rules.plan_text.tables.columns import Field
from tracker.rules.plan_text.tables.finding import NO_CELL, Cell, Row, join_cells
from tracker.rules.plan_text.tables.heads import TEXT_COLUMNS, UNIT_COLUMNS, Column

LONG_TEXT = 12
CLEARLY = 5.0
"""How much better a moved row must fit before it is moved."""

MOST_FIELDS = 20


def fit(column: Column, text: str) -> float:
    """Measure how well a text stands in a column; below 0 it does not belong there."""
    if is_nothing(text):
        return 0.0
    if column is Column.NUMBER:
        return 4.0 if is_number(text) else -6.0
    if column is Column.DEADLINE:
        vague = len(text) <= LONG_TEXT and not is_number(text) and not unit_share(text)
        return 4.0 if is_dated(text) else -1.0 if vague else -4.0
    if column in UNIT_COLUMNS:
        return _fit_units(text)
    if column is Column.PERIOD:
        return 1.0 if is_tick(text) else 0.0
    return _fit_text(column, text)


def _fit_units(text: str) -> float:
    if is_number(text) or is_dated(text):
        return -4.0
    if text.endswith("。") and len(text) > LONG_TEXT:
        return -3.0
    return 6.0 * unit_share(text) - 3.0


def _fit_text(column: Column, text: str) -> float:
    if column in (Column.REMARK, Column.PERSON, Column.PROGRESS, Column.FOREIGN, Column.START):
        return -0.5
    if is_number(text):
        return -4.0
    strange = 3.0 if len(text) < 2 * LONG_TEXT and (is_dated(text) or unit_share(text) > 0.7) else 0.0
    if column is Column.CATEGORY:
        return (0.5 if len(text) < LONG_TEXT else -1.5) - strange
    if column is Column.CONTENT:
        return (2.0 if len(text) >= LONG_TEXT else 0.5) - strange
    return (0.5 if len(text) < 3 * LONG_TEXT and not text.endswith("。") else -1.0) - strange


def as_texts(columns: Sequence[Column]) -> list[Column]:
    """Take the only column of text as one of long texts, whatever its head."""
    alone = sum(column in TEXT_COLUMNS for column in columns) == 1
    return [Column.CONTENT if alone and column in TEXT_COLUMNS else column for column in columns]


def align(fields: Sequence[Field], row: Row) -> Row:
    """Move the cells of a row under other columns when they clearly fit there better and the row is short."""
    filled = row.filled
    moved = len(row.cells) < len(fields) or not row.cells[-1].text
    if not moved or not 1 < len(filled) < len(fields) <= MOST_FIELDS:
        return row
    columns = as_texts([field.column for field in fields])
    as_it_stands = _score(columns, row.cells)
    for by in range(1, len(columns)):
        shifted = (*[NO_CELL] * by, *row.cells)
        if any(cell.text for cell in shifted[len(columns) :]):
            break
        if _score(columns, shifted) >= as_it_stands + CLEARLY:
            return Row(shifted[: len(columns)], row.line_from, row.line_to)
    score, places = _best(columns, filled)
    if score < as_it_stands + CLEARLY:
        return row
    cells: list[Cell] = [NO_CELL] * len(fields)
    for place, cell in zip(places, filled, strict=True):
        cells[place] = cell
    return Row(tuple(cells), row.line_from, row.line_to)


def _score(columns: Sequence[Column], cells: Sequence[Cell]) -> float:
    return sum(fit(column, cell.text) for column, cell in zip(columns, cells, strict=False) if cell.text)


def _best(columns: Sequence[Column], cells: Sequence[Cell]) -> tuple[float, list[int]]:
    """Find the columns, in order, under which the cells fit best."""
    best: list[tuple[float, list[int]]] = [(0.0, [])] * (len(columns) + 1)
    for count, cell in enumerate(cells, 1):
        row: list[tuple[float, list[int]]] = [(float("-inf"), [])] * (len(columns) + 1)
        for place in range(count, len(columns) + 1):
            score, places = best[place - 1]
            taken = (score + fit(columns[place - 1], cell.text), [*places, place - 1])
            row[place] = max(taken, row[place - 1], key=lambda entry: entry[0])
        best = row
    return best[-1]


def place_cells(columns: Sequence[Column], cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Put the pieces of a line under the columns, in order, where they fit best; several may share one."""
    columns = as_texts(columns)
    scores: list[float] = []
    back: list[list[int]] = []
    for cell in cells:
        step: list[float] = []
        origins: list[int] = []
        top = 0
        for place, column in enumerate(columns):
            if scores and scores[place] > scores[top]:
                top = place
            score, origin = (scores[top] - (0.5 if top == place else 0.0), top) if scores else (0.0, place)
            if scores and top == place and place and max(scores[:place]) >= score:
                origin = max(range(place), key=scores.__getitem__)
                score = scores[origin]
            step.append(score + fit(column, cell.text))
            origins.append(origin)
        scores = step
        back.append(origins)
    placed = [NO_CELL] * len(columns)
    place = max(range(len(columns)), key=scores.__getitem__) if scores else 0
    for cell, origins in zip(reversed(cells), reversed(back), strict=True):
        placed[place] = join_cells(cell, placed[place], BREAK)
        place = origins[place]
    return tuple(placed)
