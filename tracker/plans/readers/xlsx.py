"""Workbooks in .xlsx and .et: every sheet in its order, with merged cells, dates and percentages as they show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import normpath

from tracker.plans.readers.containers import unpack
from tracker.plans.readers.limits import MAX_SHEETS, MAX_SPAN
from tracker.plans.readers.reading import Lines, Reading
from tracker.plans.readers.sheets import Attributes, Book, Cells, Elements, Place, Sheet, Styles, Texts
from tracker.plans.readers.unreadable import damaged, too_large
from tracker.rules.words import say

WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
TEXTS, STYLES = "xl/sharedstrings.xml", "xl/styles.xml"


@dataclass(frozen=True)
class Named:
    """A sheet as the workbook lists it."""

    name: str
    relation: str
    state: str


def read(content: bytes) -> Reading:
    """Read a workbook; raise Unreadable where it is damaged or too large."""
    parts = unpack(content, _serves)
    by_lower = {name.lower(): part for name, part in parts.items()}
    if WORKBOOK not in by_lower:
        raise damaged()
    book, named = _book(by_lower)
    targets = _targets(by_lower.get(RELATIONS, b""))
    lines, notes = Lines(), []
    for sheet in named:
        part = by_lower.get(targets.get(sheet.relation, "").lower())
        if part is None or sheet.state == "veryHidden":
            continue
        cells = Cells(book)
        cells.walk(part)
        if sheet.state == "hidden" and cells.sheet.cells:
            notes.append(say("工作表“{name}”是隐藏的，也读了进来。", name=sheet.name))
        lines.add_blank()
        add_sheet(lines, sheet.name, cells.sheet, sheet.state != "visible")
    return lines.reading("xlsx", notes)


def _serves(name: str) -> bool:
    """Tell whether a part says anything about cells; charts, pictures and caches do not."""
    name = name.lower()
    return name in (WORKBOOK, RELATIONS, TEXTS, STYLES) or (name.startswith("xl/worksheets/") and name.endswith(".xml"))


def _book(parts: Mapping[str, bytes]) -> tuple[Book, list[Named]]:
    """Return what all sheets share, and the sheets in their order."""
    book, named = Book(), []

    def take(name: str, attributes: Attributes) -> None:
        told = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if name == "sheet":
            named.append(Named(told.get("name", "")[:60], told.get("id", ""), told.get("state", "visible")))
        elif name == "workbookPr":
            book.is_1904 = told.get("date1904") in ("1", "true")

    Elements(take).walk(parts[WORKBOOK])
    if len(named) > MAX_SHEETS:
        raise too_large()
    texts, styles = Texts(), Styles()
    if TEXTS in parts:
        texts.walk(parts[TEXTS])
    if STYLES in parts:
        styles.walk(parts[STYLES])
    book.texts, book.forms = texts.found, styles.forms()
    return book, named


def _targets(relations: bytes) -> dict[str, str]:
    """Return the parts of the sheets by the names of their relations."""
    found: dict[str, str] = {}

    def take(name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else normpath(f"xl/{target}")
            found[attributes.get("Id", "")] = path

    if relations:
        Elements(take).walk(relations)
    return found


def add_sheet(lines: Lines, name: str, sheet: Sheet, is_hidden: bool = False) -> None:
    """Add the rows of a sheet that say something of their own; columns without any text are left out."""
    rows = list(_rows(sheet))
    columns = sorted({column for _, cells in rows for column in cells})
    before = rows[0][0] if rows else 0
    for row, cells in rows:
        if row > before + 1:
            lines.add_blank()
        before = row
        where = (
            say("工作表“{name}”第{n}行（隐藏）", name=name, n=row + 1)
            if is_hidden or row in sheet.hidden
            else say("工作表“{name}”第{n}行", name=name, n=row + 1)
        )
        lines.add_row([cells.get(column, "") for column in columns], where)


def _rows(sheet: Sheet) -> Iterator[tuple[int, dict[int, str]]]:
    """Yield the rows with a text of their own, and what merged cells repeat in them."""
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), text in sheet.cells.items():
        by_row.setdefault(row, {})[column] = text
    waiting = sorted(sheet.merged, reverse=True)
    active: list[tuple[Place, Place]] = []
    for row in sorted(by_row):
        active = [range_ for range_ in active if range_[1][0] >= row]
        while waiting and waiting[-1][0][0] <= row:
            range_ = waiting.pop()
            if range_[1][0] >= row:
                active.append(range_)
            if len(active) > MAX_SPAN:
                raise too_large()
        own = _uncovered(row, by_row[row], active)
        if own:
            yield row, own | _repeated(row, sheet, active)


def _uncovered(row: int, cells: dict[int, str], active: list[tuple[Place, Place]]) -> dict[int, str]:
    """Return the cells that show: what lies under a merged cell is left from before it was merged."""
    return {
        column: text
        for column, text in cells.items()
        if all((row, column) == first or not first[1] <= column <= last[1] for first, last in active)
    }


def _repeated(row: int, sheet: Sheet, active: list[tuple[Place, Place]]) -> dict[int, str]:
    return {first[1]: sheet.cells[first] for first, _ in active if first[0] < row and first in sheet.cells}
