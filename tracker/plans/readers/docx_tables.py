"""The grid of a Word table: which cell stands in which column, and which are merged with those above."""

from dataclasses import dataclass

from tracker.plans.readers.limits import MAX_SPAN
from tracker.plans.readers.markup import Node
from tracker.plans.readers.numbering import whole


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it stands in the file; one that goes on shows the text of the cell above it."""

    node: Node
    column: int
    begins: bool
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its cells, and how many columns they take."""

    cells: tuple[Cell, ...]
    width: int


def rows_of(table: Node) -> list[Row]:
    """Return the rows of a table that are not deleted, all as wide as the widest."""
    rows = [_row(row) for row in table.each("tr") if row.find("del") is None]
    width = max((row.width for row in rows), default=0)
    return [Row(row.cells, width) for row in rows]


def _row(row: Node) -> Row:
    cells: list[Cell] = []
    column = min(whole(row.told("gridBefore"), 0), MAX_SPAN)
    for node in row.each("tc"):
        if column >= MAX_SPAN:
            break
        if node.find("hMerge") is None or node.told("hMerge") == "restart":
            down = node.find("vMerge")
            begins = down is not None and down.val == "restart"
            cells.append(Cell(node, column, begins, down is not None and not begins))
        column += max(1, min(whole(node.told("gridSpan"), 1), MAX_SPAN - column))
    return Row(tuple(cells), column)
