"""Tables as files: Excel and CSV that hold what the page shows, and in which no cell can run."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import xlsxwriter

from tracker import i18n
from tracker.people import queries as people
from tracker.rules.words import say

Value = str | int | float | Decimal | date | None

Noted = Callable[[int], None]
NOTED_EVERY = 1000

LONG = ("任务",)
"""Heads of the columns with long text."""

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML can hold; a workbook with it does not open."""

CELL_LENGTH = 32_767
"""What a cell of Excel holds; the library leaves a longer one empty."""


@dataclass(frozen=True)
class Table:
    """A headed table; `note` says what was asked and when."""

    title: str
    note: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Value]]
    again: bool = False


def spoken(table: Table) -> Table:
    """Return a table in the language spoken now; what is no sentence of the interface stays as it is."""
    heads = [i18n.translate(head) for head in table.heads]
    rows = table.rows if table.again else [[i18n.translate(value) for value in row] for row in table.rows]
    return Table(i18n.translate(table.title), i18n.translate(table.note), heads, rows)


def marked(table: Table, foreseen: str = "") -> Table:
    """Return a table that says, as pages do, where its data are invented, and why they are `foreseen`. One query."""
    note = table.note
    if people.marker("demo_history"):
        note = say("{note}；演示环境，办理记录均为虚构", note=note)
    if foreseen:
        note = say("{note}；{foreseen}", note=note, foreseen=foreseen)
    return replace(table, note=note)


def _nothing(_: int) -> None:
    """Note no progress."""


def xlsx(table: Table, noted: Noted = _nothing) -> bytes:
    """Return the table as an Excel workbook; text stays text. `noted` hears how many rows are written."""
    wide = {column for column, head in enumerate(table.heads) if head in LONG}
    table, out = spoken(table), io.BytesIO()
    workbook = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = workbook.add_worksheet(_writable(table.title)[:31])
    bold, dated = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_string(0, 0, _writable(table.title), bold)
    sheet.write_string(1, 0, _writable(table.note))
    for column, head in enumerate(table.heads):
        sheet.write_string(3, column, _writable(head), bold)
        sheet.set_column(column, column, 44 if column in wide else 16)
    for line, row in enumerate(table.rows, 4):
        if (line - 4) % NOTED_EVERY == 0:
            noted(line - 4)
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(line, column, value, dated)
            elif isinstance(value, int | float | Decimal):
                sheet.write_number(line, column, float(value))
            else:
                sheet.write_string(line, column, _writable(value or ""))
    sheet.freeze_panes(4, 0)
    workbook.close()
    return out.getvalue()


def csv_text(table: Table, noted: Noted = _nothing) -> bytes:
    """Return the table as CSV that Excel opens as UTF-8; a cell that could be a formula is quoted as text."""
    table = spoken(table)
    out = io.StringIO()
    writer = csv.writer(out)
    for line, row in enumerate(((table.title, table.note), table.heads, *table.rows), -2):
        if line >= 0 and line % NOTED_EVERY == 0:
            noted(line)
        writer.writerow([_harmless(value) for value in row])
    return out.getvalue().encode("utf-8-sig", "replace")


def exact_csv(heads: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return CSV for programs: nothing above the heads, and a leading ' always is the mark before a risky text."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in (heads, *rows):
        writer.writerow(
            [f"'{value}" if isinstance(value, str) and value.startswith("'") else _harmless(value) for value in row]
        )
    return out.getvalue().encode("utf-8-sig", "replace")


def _writable(text: str) -> str:
    text = _NO_XML.sub("\ufffd", text)
    return text if len(text) <= CELL_LENGTH else f"{text[: CELL_LENGTH - 1]}…"


def _harmless(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value


FORMATS = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx),
    "csv": ("text/csv; charset=utf-8", csv_text),
}
"""How a table can be had as a file: the word in the address, its media type, and what writes it."""
