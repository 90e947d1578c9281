"""The form on paper: the original's order, wording and blanks, with what was filled in."""

import io
import re
import zipfile
from datetime import date
from math import ceil
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from flask import Flask
from python_calamine import CalamineWorkbook

from tests.assignments.acts import person
from tests.indicators.acts import FORM, close, correct, fill, open_round, sheet, type_in
from tests.indicators.test_tables import hand_in
from tracker.indicators import excel, papers, queries, tables, word
from tracker.indicators.forms import known_form
from tracker.rules.indicators.layout import filled, layout, preamble
from tracker.rules.indicators.reading import HEADS, rows_of
from tracker.rules.indicators.values import EMPTY

BOX = re.compile("[☑☐]")
CELLS = [[cell.text for cell in row.cells] for row in rows_of(known_form(FORM).text) if not row.is_head]
"""The cells of the original's rows, whatever columns they slid to."""


def read(content: bytes) -> list[list[list[str]]]:
    """Return the tables of a Word file; a merged cell tells its text in its first row alone."""
    tables_ = Document(io.BytesIO(content)).tables
    return [[[_text(cell) for cell in row._tr.tc_lst] for row in table.rows] for table in tables_]


def _text(cell: Any) -> str:
    return "".join(text.text or "" for text in cell.iter(qn("w:t")))


def test_every_row_of_the_original_is_laid_out_once_in_its_order() -> None:
    known = known_form(FORM)
    rows = [row for table in layout(known.text, known.form) for row in table]
    assert [row.indicator.number for row in rows] == [*range(1, 113)]
    assert preamble(known.text)[0] == "附件"
    for row, cells in zip(rows, CELLS, strict=True):
        above = [cell.text for cell in (row.part, row.content, row.sub_task) if cell.text]
        assert [*above, row.question, row.indicator.cell] == cells


def test_an_empty_form_is_the_original_but_for_the_boxes() -> None:
    for indicator in known_form(FORM).form.indicators:
        pieces = filled(indicator, lambda key, blank: EMPTY)
        assert BOX.sub("", "".join(piece.text for piece in pieces)) == indicator.cell
        assert not any(piece.filled for piece in pieces)


def test_the_word_file_has_every_question_and_every_blank_of_the_original(seeded: Flask) -> None:
    number = open_round()
    fill(number)
    type_in(number, {"I007": "37", "I008": "是", "I013": "否", "I003": "均有", "I011": "不适用"})
    hand_in(number, "songjiang")
    own = sheet(number)
    content = word.docx(papers.of_sheet(own))
    found = read(content)
    assert [len(table) - 1 for table in found] == [15, 8, 14, 12, 16, 15, 15, 12, 5]
    assert all(tuple(table[0]) == HEADS for table in found)
    rows = [row for table in found for row in table[1:]]
    for row, cells in zip(rows, CELLS, strict=True):
        assert [text for text in row[:4] if text] == cells[:-1]
    answers = {cells[-2].split(".")[0]: row[4] for row, cells in zip(rows, CELLS, strict=True)}
    assert answers["7"] == " 37  人"
    assert (answers["8"], answers["13"]) == ("☑是或☐否", "☐是或☑否")
    assert answers["3"] == "☑街道（乡镇）/☑区司法局 均有 "
    assert answers["11"] == " 不适用  个"
    text = "".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)
    assert "填报单位： 松江区司法局 " in text
    assert "日期： 2021年6月21日 " in text


def test_all_136_blanks_stand_where_the_original_has_them(seeded: Flask) -> None:
    number = open_round()
    fill(number)
    own = sheet(number)
    seen = 0
    for indicator in own.known.form.indicators:
        marks = {key: f"〔{key}〕" for key in (indicator.key(blank) for blank in indicator.blanks)}
        text = "".join(piece.text for piece in filled(indicator, lambda key, blank, marks=marks: marks[key]))
        places = [text.index(mark) for mark in marks.values()]
        assert places == sorted(places)
        words = re.sub(r" 〔\w+〕%? ", "", text)
        assert words.replace("是或否", "") == re.sub(r"_{2,}|是或否", "", indicator.cell)
        seen += len(marks)
    assert seen == 136


def test_the_page_of_the_word_file_is_a4_across_with_its_head_repeated(seeded: Flask) -> None:
    content = word.docx(papers.of_sheet(sheet(open_round())))
    section = Document(io.BytesIO(content)).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    xml = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    assert xml.count("<w:tblHeader/>") == 9
    assert xml.count('<w:vMerge w:val="restart"/>') > 50
    assert "尚未上报" in xml
    assert "_____" in xml


def test_every_program_finds_the_widths_of_the_columns_in_the_word_file(seeded: Flask) -> None:
    found = Document(io.BytesIO(word.docx(papers.of_sheet(sheet(open_round())))))
    for table in found.tables:
        assert [round((column.width or 0) / Mm(1)) for column in table.columns] == [20, 74, 66, 56, 51]
        assert [round((cell.width or 0) / Mm(1)) for cell in table.rows[0].cells] == [20, 74, 66, 56, 51]


def test_every_text_of_the_workbook_can_be_read_whole(seeded: Flask) -> None:
    number = open_round()
    type_in(number, {"I108": "否", "I109b": "一个名字很长的系统" * 6})
    content = excel.xlsx(papers.of_sheet(sheet(number)))
    drawn = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    high = {int(line): float(points) for line, points in re.findall(r'<row r="(\d+)"[^>]* ht="([\d.]+)"', drawn)}
    reach = {
        (column, int(first)): int(last) for column, first, last in re.findall(r'ref="([A-E])(\d+):\1(\d+)"', drawn)
    }
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    start = next(place for place, row in enumerate(rows) if tuple(row[:5]) == HEADS) + 2
    for line, row in enumerate(rows[start - 1 :], start):
        for column, width, text in zip("ABCDE", excel.WIDTHS, row, strict=False):
            last = reach.get((column, line), line)
            wide = sum(sign > "\u2e80" for sign in str(text))
            written = ceil(wide / (width * 0.58))  # So many Chinese signs of 9 points go into a line.
            assert sum(high.get(each, 15.0) for each in range(line, last + 1)) >= written * 11.25
    assert max(high.values()) < 200


def test_the_city_workbook_is_printed_in_letters_that_can_be_read(seeded: Flask) -> None:
    content = excel.table_xlsx(tables.city(person("supervisor"), open_round()), ())
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert 'fitToWidth="3" fitToHeight="0"' in archive.read("xl/worksheets/sheet1.xml").decode()
    assert "$D:$D" in archive.read("xl/workbook.xml").decode()


def test_the_paper_of_the_city_has_totals_in_its_blanks(seeded: Flask) -> None:
    number = open_round()
    for seed, slug in enumerate(("songjiang", "huangpu")):
        fill(number, slug, seed)
        type_in(number, {"I007": str(10 + seed), "I008": "是是"[seed], "I013": "否是"[seed]}, slug)
        hand_in(number, slug)
    found = tables.city(person("supervisor"), number)
    rows = [row for table in read(word.docx(papers.of_city(found, date(2021, 6, 24)))) for row in table[1:]]
    answers = {row[3].split(".")[0]: row[4] for row in rows}
    assert answers["7"] == " 21  人"
    assert answers["8"] == "是或否 2/2 "
    assert answers["13"] == "是或否 1/2 "


def test_the_workbook_of_a_unit_is_the_same_form(seeded: Flask) -> None:
    number = open_round()
    fill(number)
    type_in(number, {"I007": "37"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(excel.xlsx(papers.of_sheet(sheet(number)))))
    rows = book.get_sheet_by_index(0).to_python()
    start = next(place for place, row in enumerate(rows) if tuple(row[:5]) == HEADS)
    questions = [row[3] for row in rows[start + 1 :]]
    assert questions == [cells[-2] for cells in CELLS]
    assert rows[start + 7][4] == " 37  人"


def test_the_workbook_of_the_city_has_numbers_the_missing_and_the_corrections(seeded: Flask) -> None:
    number = open_round()
    fill(number)
    type_in(number, {"I007": "10", "I109b": "=1+1", "I108": "否", "I109a": "1", "I109c": "", "I011": "不适用"})
    hand_in(number, "songjiang")
    close(number, missing=15)
    correct(number, "I007", "15", "区局来函：漏报。")
    found = tables.city(person("supervisor"), number)
    content = excel.table_xlsx(found, queries.corrections(number))
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["汇总表", "缺报清单", "更正记录"]
    table = book.get_sheet_by_index(0).to_python()
    heads, by_blank = table[2], {row[5]: row for row in table[3:]}
    assert len(by_blank) == 136
    assert [*by_blank] == [key for key, _, _ in found.now.known.form.fields()]
    songjiang, huangpu = heads.index("松江区司法局"), heads.index("黄浦区司法局")
    assert len(heads) == 14 + 16
    assert (by_blank["I007"][7], by_blank["I007"][songjiang], by_blank["I007"][huangpu]) == (15.0, 15.0, "未报")
    assert (by_blank["I109b"][songjiang], by_blank["I109b"][7]) == ("=1+1", "=1+1：1")
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    missing = book.get_sheet_by_index(1).to_python()
    assert sum("未上报" in row[3] for row in missing) == 15
    assert ["松江区司法局", "", "I011"] in [row[:3] for row in missing]
    assert book.get_sheet_by_index(2).to_python()[1][1:5] == ["松江区司法局", "I007", "10", "15"]


def test_a_name_that_no_file_could_hold_is_refused(seeded: Flask) -> None:
    number = open_round()
    outcome = type_in(number, {"I108": "否", "I109b": "矫正\x01系统"})
    assert (outcome.stored, [*outcome.refused]) == ({"I108": 1}, ["I109b"])
    assert "控制字符" in outcome.refused["I109b"]
