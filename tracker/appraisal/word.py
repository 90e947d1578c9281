"""Writes a unit's sheet and the result of a year as Word files: A4 across, the page's number and the heads of a table
on every page."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from tracker.appraisal.papers import HEADS, RESULT_HEADS, Paper, PaperPart, ResultPaper, Told

BODY, TITLE, BOLD = "仿宋_GB2312", "方正小标宋简体", "黑体"
SIZE, BUREAU_SIZE, TITLE_SIZE, CELL_SIZE = Pt(12), Pt(14), Pt(18), Pt(9)
WIDTHS = (Mm(12), Mm(50), Mm(151), Mm(18), Mm(18), Mm(18))
RESULT_WIDTHS = (Mm(12), Mm(40), Mm(19), Mm(19), Mm(19), Mm(19), Mm(19), Mm(56), Mm(16), Mm(48))
"""Both as wide as A4 across leaves room for: 267 mm."""

CENTRED = (0, 3, 4, 5)
"""The columns of a sheet that hold numbers alone."""

INDENT = "　　"


def docx(paper: Paper, printed: str) -> bytes:
    """Return a unit's sheet as a .docx file."""
    document = _begun(paper, printed)
    for part in paper.parts:
        _line(document, f"{part.title}：{part.sum}", font=BOLD)
        _part(document, part)
    _line(document, "得分", font=BOLD)
    _pairs(document, paper.totals)
    _line(document, "另列事项", font=BOLD)
    _pairs(document, paper.beside)
    return _written(document)


def result_docx(paper: ResultPaper, printed: str) -> bytes:
    """Return the result of a year as a .docx file."""
    document = _begun(paper, printed)
    table = _table(document, len(paper.rows), RESULT_HEADS)
    for cells, row in zip(_grid(table)[1:], paper.rows, strict=True):
        for cell, text in zip(cells, row, strict=True):
            _write(cell.paragraphs[0], text, BODY, CELL_SIZE)
    _widths(table, RESULT_WIDTHS)
    return _written(document)


def _begun(paper: Paper | ResultPaper, printed: str) -> Any:
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin = section.bottom_margin = section.left_margin = section.right_margin = Mm(15)
    _font(document.styles["Normal"], BODY, SIZE)
    _line(document, paper.head.bureau, font=TITLE, size=BUREAU_SIZE, align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, paper.title, font=TITLE, size=TITLE_SIZE, align=WD_ALIGN_PARAGRAPH.CENTER)
    for text in paper.head.lines:
        _line(document, text, align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, "　".join(f"{label}：{text}" for label, text in paper.cover))
    for remark in (*paper.remarks, printed):
        _line(document, remark, size=CELL_SIZE)
    _page_numbers(section.footer.paragraphs[0])
    document.core_properties.title = paper.title
    document.core_properties.author = paper.head.bureau
    return document


def _page_numbers(paragraph: Any) -> None:
    """Write which page of how many it is; Word itself puts the numbers in."""
    for text, counts in (("第 ", "PAGE"), (" 页，共 ", "NUMPAGES"), (" 页", "")):
        _write(paragraph, text, BODY, CELL_SIZE, WD_ALIGN_PARAGRAPH.CENTER)
        if counts:
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), counts)
            shown = paragraph.add_run("1")
            _font(shown, BODY, CELL_SIZE)
            field.append(shown._r)
            paragraph._p.append(field)


def _written(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _font(of: Any, name: str, size: Any) -> None:
    """Give a style or a run a font; the Chinese one has a name of its own in Word."""
    of.font.name, of.font.size = name, size
    of.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _line(document: Any, text: str, font: str = BODY, size: Any = SIZE, align: Any = None) -> None:
    _write(document.add_paragraph(), text, font, size, align)


def _write(paragraph: Any, text: str, font: str, size: Any, align: Any = None) -> Any:
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.keep_with_next = font == BOLD or None  # No head alone at the foot of a page.
    paragraph.alignment = align
    run = paragraph.add_run(text)
    _font(run, font, size)
    return run


def _table(document: Any, rows: int, heads: Sequence[str]) -> Any:
    table = document.add_table(rows=rows + 1, cols=len(heads))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        _write(cell.paragraphs[0], head, BOLD, CELL_SIZE, WD_ALIGN_PARAGRAPH.CENTER)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    return table


def _grid(table: Any) -> list[list[Any]]:
    # Asked for once: python-docx makes the whole grid anew for every cell that is asked for by its place.
    return [list(row.cells) for row in table.rows]


def _widths(table: Any, widths: Sequence[Any]) -> None:
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width  # LibreOffice and WPS go by the grid, Word by the cells.
    for cells in _grid(table):
        for cell, width in zip(cells, widths, strict=True):
            cell.width = width


def _part(document: Any, part: PaperPart) -> None:
    """Write the items of a part, below each of them, across the table, what explains its points."""
    with_lines = [row for row in part.rows if row.lines]
    table = _table(document, len(part.rows) + len(with_lines), HEADS)
    _widths(table, WIDTHS)
    grid, place = _grid(table), 0
    for row in part.rows:
        place += 1
        for column, (cell, text) in enumerate(zip(grid[place], row.cells, strict=True)):
            align = WD_ALIGN_PARAGRAPH.CENTER if column in CENTRED else None
            _write(cell.paragraphs[0], text, BODY, CELL_SIZE, align)
            cell.paragraphs[0].paragraph_format.keep_with_next = bool(row.lines) or None
        if row.lines:
            place += 1
            _explained(grid[place][0].merge(grid[place][-1]), row.lines)


def _explained(cell: Any, lines: Iterable[Told]) -> None:
    for number, line in enumerate(lines):
        paragraph = cell.add_paragraph() if number else cell.paragraphs[0]
        run = _write(paragraph, f"{INDENT if line.inner else ''}{line.text}", BODY, CELL_SIZE)
        run.font.strike = True if line.struck else None


def _pairs(document: Any, pairs: Sequence[tuple[str, str]]) -> None:
    for label, text in pairs:
        _line(document, f"{label}：{text}", size=CELL_SIZE)
