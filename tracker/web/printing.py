"""Pages on paper: sheets of their own, without the frame, with a head, the moment of printing and page numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request

from tracker import clock
from tracker.overview.tables import LONG, Table
from tracker.rules.words import say
from tracker.web.paging import address

MOST = 1_000
"""Rows of a printed list; nobody reads more on paper, and a browser takes long to set them."""

A3_LANDSCAPE, A4 = "a3", "a4"
"""The papers that static/sheet.css knows."""


@dataclass(frozen=True)
class Column:
    """A column of a printed list: its head, and how cells are set: text, number, fixed (a line), clip (two lines)."""

    head: str
    kind: str = ""


def is_wanted() -> bool:
    """Tell whether the address asks for the page on paper."""
    return request.args.get("print") == "1"


def print_address() -> str:
    """Return the address of this page on paper, with the same filters."""
    return address(print="1", page=None)


def print_page(template: str, title: str, note: str, paper: str = A4, **values: Any) -> str:
    """Return a page of templates/print/; `note` says what was asked, and a way back leads to the page itself."""
    return render_template(
        f"print/{template}.html",
        print_title=title,
        print_note=note,
        paper=paper,
        printed_at=clock.utc(),
        back=address(print=None),
        **values,
    )


def print_list(
    title: str, note: str, columns: Sequence[Column], rows: Sequence[Sequence[object]], end: str = ""
) -> str:
    """Return a list on A4 with its head on every page; `end` is a sentence below the table."""
    return print_page("list", title, note, columns=columns, rows=rows, end=end)


def print_table(table: Table, without: Sequence[str] = ()) -> str:
    """Return a table that could also be had as a file on A4, less the columns that have no room there."""
    kept = [place for place, head in enumerate(table.heads) if head not in without]
    first = table.rows[0] if table.rows else [""] * len(table.heads)
    columns = [Column(table.heads[place], _kind(table.heads[place], first[place])) for place in kept]
    rows = [["" if row[place] is None else row[place] for place in kept] for row in table.rows[:MOST]]
    end = say("只印前 {n} 项，全部请导出 Excel。", n=MOST) if len(table.rows) > MOST else ""
    return print_list(table.title, table.note, columns, rows, end)


def _kind(head: str, value: object) -> str:
    if head in LONG:
        return "clip"
    return "number" if isinstance(value, int) else "fixed" if isinstance(value, date) else ""
