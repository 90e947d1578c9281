"""Writes a filled-in form, and the table of a whole round, as Excel workbooks in the layout of the original."""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from tracker import clock
from tracker.indicators.heights import Measured, height, heights
from tracker.indicators.models import AnswerChange
from tracker.indicators.papers import Paper
from tracker.indicators.queries import NOTHING, Sheet
from tracker.indicators.tables import STATES, BlankTotal, City, state_of
from tracker.rules.indicators.layout import Cell, PrintedTable, layout
from tracker.rules.indicators.reading import HEADS
from tracker.rules.indicators.values import State, show_value

WIDTHS = (10, 40, 36, 34, 34)
TOTALS = ("空格", "单位", "全市", "汇总办法", "计入", "不适用", "不需填", "未报", "上次")
"""Columns between the printed ones and those of the units."""

SIZE = 9
CELL = {"text_wrap": True, "valign": "top", "border": 1, "font_size": SIZE}
ABOVE_SIZE = 11
UNWRITTEN = "________"
"""What stands above the table where nothing is known: there is room to write by hand."""

ACROSS = 3
"""On how many sheets of paper side by side the table of a round is printed: on one, nobody could read it."""


class _Book:
    """A workbook in memory; whatever is written is text or a number, never a formula or a link."""

    def __init__(self) -> None:
        self.out = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(self.out, options)
        self.cell = self.book.add_format(CELL)
        self.head = self.book.add_format(CELL | {"bold": True, "align": "center"})
        self.title = self.book.add_format({"bold": True, "font_size": 14})
        self.middle = self.book.add_format({"bold": True, "font_size": 14, "align": "center"})
        self.centred = self.book.add_format({"align": "center"})
        self.wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.plain = self.book.add_format({"font_size": SIZE})
        self.filled = self.book.add_format({"font_size": SIZE, "underline": 1})
        self.widths: dict[str, Sequence[int]] = {}
        self.measured: dict[str, list[Measured]] = {}

    def sheet(self, name: str, widths: Sequence[int]) -> Any:
        """Add a sheet that prints on A4 across."""
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        self.widths[name], self.measured[name] = widths, []
        return sheet

    def write(self, sheet: Any, line: int, column: int, cell: Cell) -> None:
        """Write a cell and let it reach down over its rows."""
        if cell.span > 1:
            sheet.merge_range(line, column, line + cell.span - 1, column, "", self.cell)
        if cell.span:
            sheet.write_string(line, column, cell.text, self.cell)
            self.measure(sheet, line, column, cell)

    def measure(self, sheet: Any, line: int, column: int, cell: Cell) -> None:
        """Remember a cell whose text must be readable whole."""
        width = self.widths[sheet.get_name()][column]
        self.measured[sheet.get_name()].append(Measured(line, cell.span, cell.text, width))

    def heads(self, sheet: Any, line: int, heads: Sequence[str]) -> None:
        """Write a row of heads."""
        for column, head in enumerate(heads):
            sheet.write_string(line, column, head, self.head)

    def bytes(self) -> bytes:
        """Return the file, every row as high as its texts need."""
        for sheet in self.book.worksheets():
            for line, points in heights(self.measured[sheet.get_name()], SIZE).items():
                sheet.set_row(line, points)
        self.book.close()
        return self.out.getvalue()


def xlsx(paper: Paper) -> bytes:
    """Return the paper of a unit as a workbook of one sheet."""
    book = _Book()
    sheet = book.sheet("统计表", WIDTHS)
    line = _above(book, sheet, paper)
    book.heads(sheet, line, HEADS)
    sheet.repeat_rows(line)
    sheet.freeze_panes(line + 1, 0)
    for table in paper.tables:
        for row in table:
            line += 1
            for column, cell in enumerate((row.part, row.content, row.sub_task, Cell(row.question))):
                book.write(sheet, line, column, cell)
            _answer(book, sheet, line, paper.pieces(row.indicator))
    return book.bytes()


def _above(book: _Book, sheet: Any, paper: Paper) -> int:
    """Write what stands above the tables; return the line that comes next."""
    cover = "　".join(f"{label}：{text or UNWRITTEN}" for label, text in paper.cover)
    lines = [*paper.above, paper.title, paper.term, cover, *filter(None, (paper.remark,))]
    forms = {paper.title: book.middle, paper.term: book.centred}
    for line, text in enumerate(lines):
        sheet.merge_range(line, 0, line, len(HEADS) - 1, "", forms.get(text, book.wrapped))
        sheet.write_string(line, 0, text, forms.get(text, book.wrapped))
    sheet.set_row(len(lines) - 1, height(lines[-1], sum(WIDTHS), ABOVE_SIZE))
    return len(lines)


def _answer(book: _Book, sheet: Any, line: int, pieces: Sequence[Any]) -> None:
    """Write an answer cell; what was filled in is underlined within the sentence."""
    book.measure(sheet, line, len(HEADS) - 1, Cell("".join(piece.text for piece in pieces)))
    runs = [part for piece in pieces for part in (book.filled if piece.filled else book.plain, piece.text)]
    if len(pieces) > 1:
        sheet.write_rich_string(line, len(HEADS) - 1, *runs, book.cell)
    else:
        sheet.write_string(line, len(HEADS) - 1, pieces[0].text, book.cell)


# ---- the table of a round


def table_xlsx(found: City, corrections: Sequence[tuple[AnswerChange, str]]) -> bytes:
    """Return a round as a workbook: the table with every unit, who and what is missing, what was corrected."""
    book, now = _Book(), found.now
    widths = (*WIDTHS, 8, 8, 12, 14, 6, 6, 6, 6, 10, *[11] * len(now.sheets))
    sheet = book.sheet("汇总表", widths)
    sheet.write_string(0, 0, f"{now.known.form.title}（{now.round.title}，{now.round.year}年度）", book.title)
    sheet.write_string(1, 0, f"汇总 {len(now.submitted)} 个单位，应报 {len(now.sheets)} 个。")
    book.heads(sheet, 2, [*HEADS, *TOTALS, *(each.unit for each in now.sheets)])
    sheet.repeat_rows(2)
    sheet.freeze_panes(3, 4)
    sheet.fit_to_pages(ACROSS, 0)
    sheet.repeat_columns(3)
    line = 3
    for table in layout(now.known.text, now.known.form):
        line = _city_table(book, sheet, line, table, found)
    _missing_sheet(book, found)
    _corrections_sheet(book, corrections)
    return book.bytes()


def _city_table(book: _Book, sheet: Any, line: int, table: PrintedTable, found: City) -> int:
    """Write one of the form's tables, a line per blank; return the line that comes next."""
    heights = [len(row.indicator.blanks) for row in table]
    for place, row in enumerate(table):
        for column, cell in enumerate((row.part, row.content, row.sub_task)):
            height = sum(heights[place : place + cell.span])
            book.write(sheet, line, column, Cell(cell.text, height))
        for column, text in enumerate((row.question, row.indicator.cell), 3):
            book.write(sheet, line, column, Cell(text, heights[place]))
        for below, blank in enumerate(row.indicator.blanks):
            _city_line(book, sheet, line + below, found.now.totals[row.indicator.key(blank)], found)
        line += heights[place]
    return line


def _city_line(book: _Book, sheet: Any, line: int, each: BlankTotal, found: City) -> None:
    counts = (each.total.counted, each.total.not_applicable, each.not_asked, each.missing)
    before = found.before.totals[each.key].total.text if found.before else ""
    is_number = each.total.number is not None and each.total.rule != "yes_count"
    values = [each.key, each.blank.unit, each.total.number if is_number else each.total.text, str(each.rule_text)]
    cells = [*values, *counts, before, *(_unit_cell(unit, each, found) for unit in found.now.sheets)]
    for column, value in enumerate(cells, len(HEADS)):
        if isinstance(value, str):
            book.write(sheet, line, column, Cell(value))
        else:
            sheet.write_number(line, column, float(value), book.cell)


def _unit_cell(unit: Sheet, each: BlankTotal, found: City) -> Any:
    """Return what a unit gave: a number as a number, so that Excel can reckon with it."""
    if unit.submitted_on is None and found.now.is_whole:
        return "未报"
    value = unit.held.get(each.key, NOTHING).value
    return value.number if value.number is not None else show_value(each.blank, value)


def _missing_sheet(book: _Book, found: City) -> None:
    """List the units that have not submitted, and the blanks that others left open."""
    sheet = book.sheet("缺报清单", (24, 16, 12, 50))
    book.heads(sheet, 0, ("单位", "截止日", "空格", "说明"))
    rows = [(unit.unit, unit.due.isoformat(), "", f"未上报，已填 {unit.answered} 项") for unit in found.now.missing]
    for unit in found.now.submitted:
        rows += [
            (unit.unit, "", key, f"{state}：{indicator.question}")
            for key, indicator, blank in found.now.known.form.fields()
            if (state := _open(unit, key, blank))
        ]
    _lines(book, sheet, rows)


def _open(unit: Sheet, key: str, blank: Any) -> str:
    """Say why a blank of a unit that submitted counts in no total; nothing where it does or needs not."""
    word = state_of(unit, key, blank)
    return STATES[word] if word in (State.EMPTY.value, State.NOT_APPLICABLE.value) else ""


def _corrections_sheet(book: _Book, corrections: Sequence[tuple[AnswerChange, str]]) -> None:
    sheet = book.sheet("更正记录", (20, 24, 10, 16, 16, 16, 50))
    book.heads(sheet, 0, ("时间", "单位", "空格", "原值", "更正为", "更正人", "理由"))
    rows = [
        (
            f"{clock.local(change.at):%Y-%m-%d %H:%M}",
            unit,
            change.blank,
            change.before or "空",
            change.after or "空",
            change.actor_name,
            change.reason,
        )
        for change, unit in corrections
    ]
    _lines(book, sheet, rows)


def _lines(book: _Book, sheet: Any, rows: Sequence[Sequence[str]]) -> None:
    for line, row in enumerate(rows, 1):
        for column, text in enumerate(row):
            book.write(sheet, line, column, Cell(text))
