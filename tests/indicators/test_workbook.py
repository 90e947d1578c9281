"""A unit's form goes out as a workbook and comes back: what is read, what is refused, and what comes of each blank."""

import io
import re
import zipfile
from collections.abc import Mapping
from random import Random

import pytest
import xlsxwriter
from flask import Flask

from tests.assignments.acts import moment, person
from tests.indicators.acts import OPENS, fill, open_round, sheet, type_in
from tests.rules.indicators.answers import sensible
from tracker.db import transaction
from tracker.indicators import form_desk, queries, returning, workbook
from tracker.indicators.returning import Comparison
from tracker.rules.indicators.merging import Change
from tracker.rules.indicators.rounds import Source
from tracker.spreadsheets import read_rows
from tracker.workbooks import SpreadsheetRefused


def out(number: int, unit: str = "songjiang") -> bytes:
    """Return a unit's workbook."""
    found = sheet(number, unit)
    return workbook.make(found, queries.previous(found), form_desk.decided(found.known))


def retyped(data: bytes, typed: Mapping[str, str | float], **columns: Mapping[str, str]) -> bytes:
    """Return a workbook with values typed into its rows, saved by another program: only the cells are the same.

    `columns` change other cells: base={"I007": "9"}; a row whose code becomes empty is left out.
    """
    places = {"base": workbook.HEADS.index(workbook.BASE), "code": 0}
    at = workbook.HEADS.index(workbook.FILLED)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False})
    page, line = book.add_worksheet("填报表"), 0
    for row in read_rows("表.xlsx", data):
        cells: list[str | float] = list(row)
        key = row[0]
        if key in typed:
            cells[at] = typed[key]
        for name, changes in columns.items():
            if key in changes:
                cells[places[name]] = changes[key]
        if key and not cells[0]:
            continue
        for column, value in enumerate(cells):
            page.write(line, column, value)
        line += 1
    book.close()
    return out.getvalue()


def compared(number: int, data: bytes, unit: str = "songjiang") -> Comparison:
    """Return what a workbook would change."""
    found = sheet(number, unit)
    return returning.compare(found, workbook.read(found, "表.xlsx", data).rows)


def keys(found: Comparison, change: Change) -> list[str]:
    """Return the blanks of which this comes."""
    return [line.row.key for line in found.of(change)]


def part(data: bytes, name: str, edit: tuple[str, str] | None = None, add: Mapping[str, bytes] | None = None) -> bytes:
    """Return a workbook with one part edited by a pattern, and parts added."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w") as new:
        for entry in old.namelist():
            content = old.read(entry)
            if edit and entry == name:
                text, times = re.subn(edit[0], edit[1], content.decode(), count=1)
                assert times
                content = text.encode()
            new.writestr(entry, content)
        for entry, content in (add or {}).items():
            new.writestr(entry, content)
    return packed.getvalue()


def test_the_workbook_has_a_row_for_every_blank_with_all_that_is_needed_to_fill_it(seeded: Flask) -> None:
    number = open_round()
    type_in(number, {"I034b": "2", "I109b": "=1+1"})
    rows = {row[0]: dict(zip(workbook.HEADS, row, strict=False)) for row in read_rows("表.xlsx", out(number))}
    assert len([key for key in rows if key.startswith("I")]) == 136
    row = rows["I034b"]
    assert row["填报值"] == row["下发时的值"] == "2"
    assert row["填空处"] == "总量＿＿件，其中被决定确认违法、撤销、变更和责令履行【＿＿】件"
    assert (row["单位"], row["指标"][:4]) == ("件", "34. ")
    assert row["任务细化"]
    assert rows["I020"]["备注"] == "仅当 I019 填“是”时填写"
    assert rows["I109b"]["填报值"] == "=1+1"
    with zipfile.ZipFile(io.BytesIO(out(number))) as archive:
        drawn = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in drawn
    assert "<sheetProtection " in drawn
    assert "password=" not in drawn
    assert drawn.count("<dataValidation ") > 60
    assert 'hidden="1"' in drawn


def test_last_years_values_stand_beside(seeded: Flask) -> None:
    earlier = open_round(2019, "上年")
    type_in(earlier, {"I007": "41"})
    rows = {row[0]: dict(zip(workbook.HEADS, row, strict=False)) for row in read_rows("表.xlsx", out(open_round()))}
    assert (rows["I007"]["上年值"], rows["I007"]["填报值"]) == ("41", "")


def test_a_workbook_that_nobody_touched_changes_nothing(seeded: Flask) -> None:
    number = open_round()
    fill(number)
    found = compared(number, out(number))
    assert keys(found, Change.UNCHANGED) == [line.row.key for line in found.lines]
    assert len(found.lines) == 136
    assert all(line.row.trusted for line in found.lines)


def test_two_people_change_it_and_nothing_is_lost(seeded: Flask) -> None:
    number = open_round()
    type_in(number, {"I007": "3", "I011": "1", "I012": "5", "I014": "8", "I022": "6"})
    sent = out(number)
    type_in(number, {"I011": "2", "I012": "9", "I014": "10"})
    found = compared(number, retyped(sent, {"I007": 4, "I012": "7", "I014": "１０", "I022": "", "I023": "三"}))
    assert keys(found, Change.TAKEN) == ["I007", "I022"]
    assert keys(found, Change.KEPT) == ["I011"]
    assert keys(found, Change.SAME) == ["I014"]
    (conflict,) = found.of(Change.CONFLICT)
    assert (conflict.row.base, conflict.mine, conflict.now, conflict.held.by) == ("5", "7", "9", "松江经办（演示）")
    (refused,) = found.refused
    assert (refused.row.key, refused.refused[:6]) == ("I023", "请只填数字，")
    assert (
        refused.row.row
        == read_rows("表.xlsx", sent).index(next(r for r in read_rows("表.xlsx", sent) if r[0] == "I023")) + 1
    )
    with transaction():
        outcome = returning.store(
            person("songjiang-clerk"),
            moment(OPENS),
            sheet(number),
            returning.chosen(found, {"I012": True}, {line.row.key: line.seen for line in found.lines}),
        )
    assert set(outcome.stored) == {"I007", "I012", "I022"}
    now = workbook.shown(sheet(number))
    assert [now[key] for key in ("I007", "I011", "I012", "I014", "I022", "I023")] == ["4", "2", "7", "10", "", ""]
    assert sheet(number).held["I012"].source is Source.SHEET


def test_what_an_office_program_makes_of_a_typed_value_is_that_value(seeded: Flask) -> None:
    number = open_round()
    type_in(number, {"I007": "3"})
    data = out(number)
    lines = {row[0]: line for line, row in enumerate(read_rows("表.xlsx", data), 1)}
    saved = {
        "I007": '<c r="{at}"><v>4.0</v></c>',
        "I011": '<c r="{at}" t="n"><v>1.2E1</v></c>',
        "I002": '<c r="{at}" t="b"><v>1</v></c>',
        "I012": '<c r="{at}" t="inlineStr"><is><r><t>1</t></r><r><rPr><b/></rPr><t>5 </t></r></is></c>',
        "I014": '<c r="{at}" t="str"><v>8</v></c>',
    }
    for key, cell in saved.items():
        at = f"F{lines[key]}"
        edit = (rf'<c r="{at}"[^>]*?(?:/>|>.*?</c>)', cell.format(at=at))
        data = part(data, "xl/worksheets/sheet1.xml", edit)
    found = compared(number, data)
    assert not found.refused
    assert not found.altered
    taken = {line.row.key: line.mine for line in found.of(Change.TAKEN)}
    assert taken == {"I002": "是", "I007": "4", "I011": "12", "I012": "15", "I014": "8"}


def test_every_row_is_high_enough_for_its_texts(seeded: Flask) -> None:
    with zipfile.ZipFile(io.BytesIO(out(open_round()))) as archive:
        drawn = archive.read("xl/worksheets/sheet1.xml").decode()
    high = dict(re.findall(r'<row r="(\d+)"[^>]* ht="([\d.]+)"', drawn))
    assert len(high) == 136
    assert max(map(float, high.values())) > 60


def test_what_goes_out_comes_back_whatever_it_is(seeded: Flask) -> None:
    number = open_round()
    sent, typed = out(number), sensible(Random(7))
    found = compared(number, retyped(sent, typed))
    assert not found.refused
    assert set(keys(found, Change.TAKEN)) == set(typed)


def test_a_base_that_was_altered_makes_a_conflict_and_is_named(seeded: Flask) -> None:
    number = open_round()
    type_in(number, {"I007": "3", "I011": "1"})
    data = retyped(out(number), {"I007": "4"}, base={"I007": "9", "I011": "9"})
    found = compared(number, data)
    assert keys(found, Change.CONFLICT) == ["I007"]
    assert [line.row.key for line in found.altered] == ["I007", "I011"]


def test_rows_that_are_missing_double_or_unknown_are_told(seeded: Flask) -> None:
    number = open_round()
    data = retyped(out(number), {"I012": "5"}, code={"I007": "", "I011": "X999", "I014": "I012"})
    returned = workbook.read(sheet(number), "表.xlsx", data)
    assert set(returned.missing) == {"I007", "I011", "I014"}
    assert [text for _, text in returned.strange] == ["X999", "I012"]
    assert next(row.mine for row in returned.rows if row.key == "I012") == "5"


def test_another_units_or_rounds_workbook_is_refused(seeded: Flask) -> None:
    number, other = open_round(), open_round(title="另一次")
    for data in (out(number, "huangpu"), out(other)):
        with pytest.raises(SpreadsheetRefused, match="属于另一个单位或另一次填报"):
            compared(number, data)


def test_what_is_no_workbook_of_ours_is_refused(seeded: Flask) -> None:
    number = open_round()
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    book.add_worksheet().write_row(0, 0, workbook.HEADS)
    book.close()
    with pytest.raises(SpreadsheetRefused, match="不是从本系统下载的"):
        compared(number, made.getvalue())
    with pytest.raises(SpreadsheetRefused, match="另存为"):
        workbook.read(sheet(number), "表.csv", b"a,b")


def test_formulas_and_macros_are_refused_in_words(seeded: Flask) -> None:
    number = open_round()
    type_in(number, {"I007": "3"})
    data = out(number)
    at = next(line for line, row in enumerate(read_rows("表.xlsx", data), 1) if row[0] == "I007")
    cell = rf'<c r="F{at}"[^>]*>.*?</c>'
    formula = part(data, "xl/worksheets/sheet1.xml", (cell, f'<c r="F{at}"><f>1+2</f><v>3</v></c>'))
    with pytest.raises(SpreadsheetRefused, match=f"F{at} 是公式"):
        compared(number, formula)
    with pytest.raises(SpreadsheetRefused, match="带宏"):
        compared(number, part(data, "", None, {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}))
    with pytest.raises(SpreadsheetRefused, match="带宏"):
        workbook.read(sheet(number), "表.xlsm", data)
    date = part(data, "xl/worksheets/sheet1.xml", (cell, f'<c r="F{at}" t="d"><v>2021-01-02</v></c>'))
    (refused,) = compared(number, date).refused
    assert (refused.row.key, "请只填数字" in refused.refused) == ("I007", True)
