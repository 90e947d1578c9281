"""Writes a filled-in form as a Word file, laid out as the original: A4 across, merged cells, the head on every page."""

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from tracker.indicators.papers import Paper
from tracker.rules.indicators.layout import Cell, Piece, PrintedRow, PrintedTable
from tracker.rules.indicators.reading import HEADS

BODY, TITLE, BOLD = "仿宋_GB2312", "方正小标宋简体", "黑体"
SIZE, TITLE_SIZE, CELL_SIZE = Pt(12), Pt(18), Pt(9)
WIDTHS = (Mm(20), Mm(74), Mm(66), Mm(56), Mm(51))
"""As wide as A4 across leaves room for: 267 mm."""

UNWRITTEN = "        "
"""What is underlined on the cover where nothing is known."""


def docx(paper: Paper) -> bytes:
    """Return the paper as a .docx file."""
    document, out = Document(), io.BytesIO()
    _page(document)
    for line in paper.above:
        _line(document, [Piece(line)], font=BOLD)
    _line(document, [Piece(paper.title)], font=TITLE, size=TITLE_SIZE, align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, [Piece(paper.term)], align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, _cover(paper.cover))
    if paper.remark:
        _line(document, [Piece(paper.remark)], size=CELL_SIZE)
    for place, table in enumerate(paper.tables):
        if place:
            _line(document, [], size=CELL_SIZE)
        _table(document, table, paper)
    document.core_properties.title = f"{paper.title} {paper.term}"
    document.core_properties.author = paper.cover[0][1]
    document.save(out)
    return out.getvalue()


def _cover(cover: Sequence[tuple[str, str]]) -> list[Piece]:
    pieces: list[Piece] = []
    for label, text in cover:
        pieces += [Piece(f"{'　' if pieces else ''}{label}："), Piece(f" {text or UNWRITTEN} ", filled=True)]
    return pieces


def _page(document: Any) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin = section.bottom_margin = Mm(15)
    section.left_margin = section.right_margin = Mm(15)
    _font(document.styles["Normal"], BODY, SIZE)


def _font(of: Any, name: str, size: Any) -> None:
    """Give a style or a run a font; the Chinese one has a name of its own in Word."""
    of.font.name, of.font.size = name, size
    of.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _line(document: Any, pieces: Sequence[Piece], font: str = BODY, size: Any = SIZE, align: Any = None) -> None:
    _write(document.add_paragraph(), pieces, font, size, align)


def _write(paragraph: Any, pieces: Sequence[Piece], font: str, size: Any, align: Any = None) -> None:
    """Write words, and underline what was filled in."""
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(0)
    paragraph.alignment = align
    for piece in pieces:
        run = paragraph.add_run(piece.text)
        run.underline = True if piece.filled else None
        _font(run, font, size)


def _table(document: Any, rows: PrintedTable, paper: Paper) -> None:
    table = document.add_table(rows=len(rows) + 1, cols=len(HEADS))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = width  # LibreOffice and WPS go by the grid, Word by the cells.
    # Asked for once: python-docx makes the whole grid anew for every cell that is asked for by its place.
    grid = [list(row.cells) for row in table.rows]
    for cell, head in zip(grid[0], HEADS, strict=True):
        _write(cell.paragraphs[0], [Piece(head)], BOLD, CELL_SIZE, WD_ALIGN_PARAGRAPH.CENTER)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for place, row in enumerate(rows, 1):
        _row(grid, place, row, paper)
    for cells in grid:
        for cell, width in zip(cells, WIDTHS, strict=True):
            cell.width = width


def _row(grid: list[list[Any]], place: int, row: PrintedRow, paper: Paper) -> None:
    for column, cell in enumerate((row.part, row.content, row.sub_task)):
        _merged(grid, place, column, cell)
    _write(grid[place][3].paragraphs[0], [Piece(row.question)], BODY, CELL_SIZE)
    _write(grid[place][4].paragraphs[0], paper.pieces(row.indicator), BODY, CELL_SIZE)


def _merged(grid: list[list[Any]], place: int, column: int, cell: Cell) -> None:
    """Write a cell and let it reach down over its rows."""
    if not cell.span:
        return
    _write(grid[place][column].paragraphs[0], [Piece(cell.text)], BODY, CELL_SIZE)
    for below in range(cell.span if cell.span > 1 else 0):
        merge = OxmlElement("w:vMerge")
        merge.set(qn("w:val"), "continue" if below else "restart")
        grid[place + below][column]._tc.get_or_add_tcPr().append(merge)
