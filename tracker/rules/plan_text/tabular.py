"""Read tasks that stand in tables: find the tables, name their columns, take each row as a task."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tracker.rules.plan_text.drafts import SectionDraft, TaskDraft
from tracker.rules.plan_text.lines import squash
from tracker.rules.plan_text.source import Source
from tracker.rules.plan_text.tables.align import fit
from tracker.rules.plan_text.tables.around import read_remarks, setting_of
from tracker.rules.plan_text.tables.cells import is_number
from tracker.rules.plan_text.tables.columns import (
    Field,
    head_cells,
    is_plan,
    is_under_head,
    may_be_head,
    merge_heads,
    read_fields,
)
from tracker.rules.plan_text.tables.finding import MOST_CELLS, MOST_LINES, Grid, Row, find_grids
from tracker.rules.plan_text.tables.forms import read_form
from tracker.rules.plan_text.tables.heads import Column, plain_head, read_head
from tracker.rules.plan_text.tables.mending import mend
from tracker.rules.plan_text.tables.quoted import join_quoted
from tracker.rules.plan_text.tables.spaced import find_spaced
from tracker.rules.plan_text.tables.stacked import find_stacked
from tracker.rules.plan_text.tables.tasks import read_rows

MOST_TWICE = 0.6
"""The share of a table's tasks that another one must repeat for it to be an overview."""


@dataclass(frozen=True)
class Table:
    """A table with its columns named; headed is False where only the contents say what they hold."""

    fields: tuple[Field, ...]
    rows: tuple[Row, ...]
    line: int
    headed: bool = True


def read_tables(source: Source, base_year: int | None) -> tuple[SectionDraft, ...]:
    """Read every table that holds tasks."""
    tables = [table for table in find_tables(source.raw) if is_plan(table.fields, table.headed)]
    if not tables:
        return ()
    remarks = read_remarks(source)
    found: list[list[SectionDraft]] = []
    for table in tables:
        setting = setting_of(source, remarks, table.fields, table.line, base_year, len(tables) > 1)
        found.append(list(read_rows(setting, table.rows)))
    return tuple(_once(found))


def _once(tables: Sequence[Sequence[SectionDraft]]) -> Iterator[SectionDraft]:
    """Leave out the tasks that another table names with more about them, as the table behind an overview does."""
    fullest: dict[str, tuple[int, int]] = {}
    for place, sections in enumerate(tables):
        for task in (task for section in sections for task in section.tasks):
            key = squash(task.text.split("\n")[0])
            if key not in fullest or _weight(task) > fullest[key][0]:
                fullest[key] = (_weight(task), place)
    for place, sections in enumerate(tables):
        tasks = [task for section in sections for task in section.tasks]
        told_twice = {id(task) for task in tasks if fullest.get(squash(task.text), (0, place))[1] != place}
        if len(told_twice) < MOST_TWICE * len(tasks):
            yield from sections
            continue
        for section in sections:
            kept = tuple(task for task in section.tasks if id(task) not in told_twice)
            if kept:
                yield replace(section, tasks=kept)


def _weight(task: TaskDraft) -> int:
    return len(task.text.split("\n")) + len(task.parties) + bool(task.deadline.raw)


def find_tables(raw: Sequence[str]) -> list[Table]:
    """Find the tables of a document; one that goes on after a page break keeps the columns before it."""
    tables: list[Table] = []
    joined = join_quoted(raw[:MOST_LINES])
    raw = joined.raw
    between = [joined.restored(grid) for grid in find_grids(raw)]
    grids = sorted([*between, *find_spaced(raw), *find_stacked(raw)], key=lambda grid: grid.rows[0].line_from)
    cells_left = MOST_CELLS
    for grid in grids:
        grid = Grid(grid.divider, grid.rows[: max(0, cells_left) // max(1, len(grid.rows[0].cells))])
        if not grid.rows:
            break
        cells_left -= sum(len(row.cells) for row in grid.rows)
        form = read_form(grid)
        for heads, rows, line in [(*form, grid.rows[0].line_from)] if form else _parts(grid):
            _place(tables, heads, rows, line)
    return tables


def _parts(grid: Grid) -> Iterator[tuple[list[Row], list[Row], int]]:
    """Divide a grid at its head rows: the head (none before the first), the rows under it, the first line."""
    heads: list[Row] = [grid.rows[0]] if _is_silent_head(grid.rows) else []
    rows: list[Row] = []
    for row in grid.rows[len(heads) :]:
        if heads and not rows and is_under_head(heads[-1], row):
            heads.append(row)
        elif head_cells(row):
            if heads or rows:
                yield heads, rows, (heads or rows)[0].line_from
            heads, rows = [row], []
        else:
            rows.append(row)
    yield heads, rows, (heads or rows)[0].line_from


def _column(text: str) -> Column:
    head = read_head(text.split("\n")[-1])
    return head.column if head else Column.REMARK


def _is_silent_head(rows: Sequence[Row]) -> bool:
    """Tell whether the first row is a head of unknown words: short ones over every column, with a number below."""
    if len(rows) < 2:
        return False
    first, second = rows[0], rows[1]
    full = len(first.filled) == len(first.cells) > 2 and all(may_be_head(cell.text) for cell in first.filled)
    short = sum(len(cell.text) for cell in first.filled) * 2 < sum(len(cell.text) for cell in second.filled)
    return full and short and not head_cells(first) and any(is_number(cell.text) for cell in second.filled)


def _place(tables: list[Table], heads: Sequence[Row], rows: Sequence[Row], line: int) -> None:
    """Add a table, or the rows of one that goes on."""
    width = max((len(row.cells) for row in rows), default=0)
    texts = merge_heads(heads, width) if heads else ()
    last = tables[-1] if tables else None
    rows = mend([_column(text) for text in texts], rows) if heads else rows
    if last and last.headed and (_same(last, texts) if heads else _goes_on(last, rows)):
        tables[-1] = Table(last.fields, (*last.rows, *rows), last.line)
    elif rows:
        tables.append(Table(read_fields(texts, rows), tuple(rows), line, bool(heads)))


def _goes_on(table: Table, rows: Sequence[Row]) -> bool:
    """Tell whether rows without a head carry on the table before them: as many cells, and most fit its columns."""
    columns = [field.column for field in table.fields]
    wide = [row for row in rows if len(row.filled) > 1]
    if not wide or any(len(row.cells) != len(columns) for row in wide):
        return False
    fits = [sum(fit(column, row.at(place).text) for place, column in enumerate(columns)) for row in wide]
    return sum(score > 1 for score in fits) * 2 > len(fits)


def _same(table: Table, heads: Sequence[str]) -> bool:
    return [plain_head(field.head) for field in table.fields[: len(heads)]] == [plain_head(head) for head in heads]
