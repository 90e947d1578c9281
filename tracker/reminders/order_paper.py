"""Writes a 督办单 with its reply slip as a Word file, laid out as GB/T 9704-2012 asks of official papers."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from tracker.reminders.orders import Line, Sheet
from tracker.rules.orders import COLOUR_TEXT, Colour
from tracker.rules.status import LIGHT_TEXT

BODY, TITLE, BOLD = "仿宋_GB2312", "方正小标宋简体", "黑体"
SIZE, TITLE_SIZE, CELL_SIZE = Pt(16), Pt(22), Pt(12)
LINE = Pt(28.9)
"""Twenty-two lines on a page of 225 mm (GB/T 9704-2012, 5.2.3)."""

FILL = {Colour.BLUE: "1F5FA8", Colour.YELLOW: "FFC000", Colour.RED: "B3202A"}
INK = {Colour.BLUE: RGBColor(255, 255, 255), Colour.YELLOW: RGBColor(0, 0, 0), Colour.RED: RGBColor(255, 255, 255)}

HEADS = ("序号", "文号和任务原文", "完成时限", "逾期天数", "亮灯")
WIDTHS = (Mm(14), Mm(78), Mm(26), Mm(20), Mm(18))
SLIP_HEADS = ("序号", "事项地址", "办理情况和预计完成时间")
SLIP_WIDTHS = (Mm(14), Mm(62), Mm(80))


def paper(sheet: Sheet) -> bytes:
    """Return the paper as a .docx file."""
    document, out = Document(), io.BytesIO()
    _page(document)
    colour = sheet.order.colour
    _band(document, colour)
    _line(document, "督 办 单", TITLE, TITLE_SIZE, WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, sheet.number, align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, f"{sheet.order.unit}：")
    for part in (*filter(None, sheet.text.splitlines()), f"请于{_day(sheet.reply_by)}前将回执反馈我单位。"):
        _line(document, part, indent=True)
    _table(document, HEADS, WIDTHS, [_row(line) for line in sheet.order.lines])
    for quote in _rules(sheet.order.lines):
        _line(document, quote, indent=True)
    _line(document, f"联系人：{sheet.contact}", indent=True)
    _line(document, sheet.issuer, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _line(document, _day(sheet.day), align=WD_ALIGN_PARAGRAPH.RIGHT)
    document.add_section(WD_SECTION.NEW_PAGE)
    _slip(document, sheet)
    document.core_properties.title = f"督办单 {sheet.number}"
    document.core_properties.author = sheet.issuer
    document.save(out)
    return out.getvalue()


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _row(line: Line) -> tuple[str, ...]:
    return (
        line.number,
        f"{line.doc_number}第{line.number}项：{line.text}",
        line.due_on.isoformat() if line.due_on else "持续推进",
        str(line.days_late) if line.days_late else "—",
        str(LIGHT_TEXT[line.light]),
    )


def _rules(lines: Sequence[Line]) -> list[str]:
    """Return each plan's rule once."""
    quotes = {line.rule_quote: line.rule_source for line in lines if line.rule_quote}
    return [f"依据：“{quote}”（{source}）" for quote, source in quotes.items()]


def _slip(document: Any, sheet: Sheet) -> None:
    _line(document, "督办单回执", TITLE, TITLE_SIZE, WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, f"文号：{sheet.number}")
    _line(document, f"承办单位：{sheet.order.unit}")
    rows = [(line.number, f"{sheet.base_url}/assignments/{line.id}", "") for line in sheet.order.lines]
    _table(document, SLIP_HEADS, SLIP_WIDTHS, rows)
    _line(document, f"请于{_day(sheet.reply_by)}前填写并盖章后反馈；进展同时在上列地址填报。", indent=True)
    _line(document, "负责人签字：              经办人：              日期：")


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _font(document.styles["Normal"], BODY, SIZE)


def _font(of: Any, name: str, size: Any) -> None:
    """Give a style or a run a font; the Chinese one has a name of its own in Word."""
    of.font.name, of.font.size = name, size
    of.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _set(paragraph: Any, align: Any = None, line: Any = LINE) -> None:
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, line
    paragraph.alignment = align


def _line(
    document: Any, text: str, font: str = BODY, size: Any = SIZE, align: Any = None, indent: bool = False
) -> None:
    paragraph = document.add_paragraph()
    _set(paragraph, align, LINE if size == SIZE else Pt(36))
    if indent:
        paragraph.paragraph_format.first_line_indent = SIZE * 2
    _font(paragraph.add_run(text), font, size)


def _band(document: Any, colour: Colour) -> None:
    """Put a band of the colour with its word across the head: who prints in black still reads it."""
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", FILL[colour])):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)
    paragraph = cell.paragraphs[0]
    _set(paragraph, WD_ALIGN_PARAGRAPH.CENTER)
    run = paragraph.add_run(str(COLOUR_TEXT[colour]))
    _font(run, BOLD, SIZE)
    run.font.color.rgb = INK[colour]


def _table(document: Any, heads: Sequence[str], widths: Sequence[Any], rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=0, cols=len(heads))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for place, texts in enumerate((heads, *rows)):
        for cell, text, width in zip(table.add_row().cells, texts, widths, strict=True):
            cell.width = width
            _set(cell.paragraphs[0], line=Pt(18))
            _font(cell.paragraphs[0].add_run(text), BODY if place else BOLD, CELL_SIZE)
    head = table.rows[0]._tr.get_or_add_trPr()
    head.append(OxmlElement("w:tblHeader"))
