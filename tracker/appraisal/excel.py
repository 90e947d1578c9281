"""Writes a unit's sheet and the result of a year as Excel workbooks, for print on A4 across."""

import io
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import xlsxwriter

from tracker.appraisal.papers import HEADS, RESULT_HEADS, Paper, PaperRow, ResultPaper
from tracker.indicators.heights import Measured, heights

WIDTHS = (6, 26, 84, 8, 8, 8)
RESULT_WIDTHS = (6, 26, 10, 10, 10, 10, 10, 30, 8, 30)
SIZE = 9
CELL = {"text_wrap": True, "valign": "top", "border": 1, "font_size": SIZE}
INDENT = "　　"

NUMBERS = (0, 2, 3, 4, 5, 6)
"""The columns of the result that are numbers, so that Excel can sort by them."""


class _Page:
    """A workbook of one sheet; whatever is written is text or a number, never a formula or a link."""

    def __init__(self, name: str, widths: Sequence[int]) -> None:
        self.out, self.widths, self.line = io.BytesIO(), widths, 0
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(self.out, options)
        self.cell = self.book.add_format(CELL)
        self.head = self.book.add_format(CELL | {"bold": True, "align": "center"})
        self.struck = self.book.add_format(CELL | {"font_strikeout": True})
        self.bold = self.book.add_format({"bold": True, "font_size": 11})
        self.title = self.book.add_format({"bold": True, "font_size": 14, "align": "center"})
        self.bureau = self.book.add_format({"font_size": 11, "align": "center"})
        self.free = self.book.add_format({"text_wrap": True, "valign": "top", "font_size": SIZE})
        self.measured: list[Measured] = []
        self.sheet = self.book.add_worksheet(name)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&C第 &P 页，共 &N 页")
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def across(self, text: str, form: Any) -> None:
        """Write a line over all columns."""
        self.sheet.merge_range(self.line, 0, self.line, len(self.widths) - 1, "", form)
        self.sheet.write_string(self.line, 0, text, form)
        self.measured.append(Measured(self.line, 1, text, sum(self.widths)))
        self.line += 1

    def row(self, cells: Sequence[str], form: Any, numbers: Sequence[int] = ()) -> None:
        """Write a line of cells; those of the columns in `numbers` as numbers, where they are."""
        for column, text in enumerate(cells):
            number = _number(text) if column in numbers else None
            if number is None:
                self.sheet.write_string(self.line, column, text, form)
            else:
                self.sheet.write_number(self.line, column, number, form)
            self.measured.append(Measured(self.line, 1, text, self.widths[column]))
        self.line += 1

    def bytes(self) -> bytes:
        """Return the file, every row as high as its texts need."""
        for line, points in heights(self.measured, SIZE).items():
            self.sheet.set_row(line, points)
        self.book.close()
        return self.out.getvalue()


def _number(text: str) -> float | None:
    try:
        return float(Decimal(text))
    except InvalidOperation:
        return None


def xlsx(paper: Paper, printed: str) -> bytes:
    """Return a unit's sheet as a workbook."""
    page = _begun("考评表", WIDTHS, paper, printed)
    for part in paper.parts:
        page.across(f"{part.title}：{part.sum}", page.bold)
        page.row(HEADS, page.head)
        for row in part.rows:
            _item(page, row)
    for title, pairs in (("得分", paper.totals), ("另列事项", paper.beside)):
        page.across(title, page.bold)
        for label, text in pairs:
            page.across(f"{label}：{text}", page.free)
    return page.bytes()


def _item(page: _Page, row: PaperRow) -> None:
    page.row(row.cells, page.cell, numbers=(0, 3, 4, 5))
    for line in row.lines:
        page.across(f"{INDENT if line.inner else ''}{line.text}", page.struck if line.struck else page.cell)


def result_xlsx(paper: ResultPaper, printed: str) -> bytes:
    """Return the result of a year as a workbook."""
    page = _begun("考评结果", RESULT_WIDTHS, paper, printed)
    page.row(RESULT_HEADS, page.head)
    page.sheet.repeat_rows(page.line - 1)
    for row in paper.rows:
        page.row(row, page.cell, numbers=NUMBERS)
    return page.bytes()


def _begun(name: str, widths: Sequence[int], paper: Paper | ResultPaper, printed: str) -> _Page:
    page = _Page(name, widths)
    page.across(paper.head.bureau, page.bureau)
    page.across(paper.title, page.title)
    for text in paper.head.lines:
        page.across(text, page.free)
    page.across("　".join(f"{label}：{text}" for label, text in paper.cover), page.free)
    for remark in (*paper.remarks, printed):
        page.across(remark, page.free)
    return page
