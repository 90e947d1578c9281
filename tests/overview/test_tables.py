"""Tables as files: text stays text, numbers stay numbers, nothing runs."""

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from tracker.overview.tables import FORMATS, Table, csv_text, xlsx

RISKY = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1"]


def table(*values: object) -> Table:
    """Return a table of one row."""
    return Table("逾期清单", "截至 2021-06-24", [f"列{number}" for number in range(len(values))], [values])  # type: ignore[list-item]


def rows(content: bytes) -> list[list[str]]:
    """Read a CSV."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheet(content: bytes) -> str:
    """Return the XML of a workbook's sheet and texts."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode() + archive.read("xl/sharedStrings.xml").decode()


@pytest.mark.parametrize("value", RISKY)
def test_a_text_that_could_be_a_formula_is_text(value: str) -> None:
    assert rows(csv_text(table(value)))[2] == [f"'{value}"]
    assert "<f>" not in sheet(xlsx(table(value)))


@pytest.mark.parametrize("value", ["任务", "2021年3月", "a=b", "'x", "", '含"引号"，逗号,和\n换行'])
def test_any_other_text_is_kept_as_it_is(value: str) -> None:
    assert rows(csv_text(table(value)))[2] == [value]


def test_numbers_and_days_are_not_texts() -> None:
    found = table(-3, Decimal("18.50"), date(2021, 2, 28), None)
    assert rows(csv_text(found))[2] == ["-3", "18.50", "2021-02-28", ""]
    xml = sheet(xlsx(found))
    for value in ("<v>-3</v>", "<v>18.5</v>", "<v>44255</v>"):
        assert value in xml


def test_a_file_says_what_was_asked() -> None:
    assert rows(csv_text(table("x")))[:2] == [["逾期清单", "截至 2021-06-24"], ["列0"]]
    xml = sheet(xlsx(table("x")))
    assert "逾期清单" in xml
    assert "截至 2021-06-24" in xml


def test_a_csv_opens_in_excel_as_utf_8() -> None:
    assert csv_text(table("x")).startswith(b"\xef\xbb\xbf")


def test_an_address_is_no_link_in_a_workbook() -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx(table("http://evil.example")))) as archive:
        assert not any("rels" in name and "worksheets" in name for name in archive.namelist())


@pytest.mark.parametrize("kind", FORMATS)
def test_a_table_without_rows_is_a_file_as_well(kind: str) -> None:
    _, write = FORMATS[kind]
    assert write(Table("空", "无", ["列"], []))


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
@pytest.mark.parametrize("kind", FORMATS)
def test_what_no_xml_can_hold_breaks_no_file(kind: str, sign: str) -> None:
    _, write = FORMATS[kind]
    content = write(Table(f"逾期{sign}清单", sign, [sign], [[f"甲{sign}乙"]]))
    if kind == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                ElementTree.fromstring(archive.read(name))
        assert "甲\ufffd乙" in sheet(content)
    else:
        assert "乙" in rows(content)[2][0]


def test_a_text_longer_than_a_cell_is_shortened_where_it_is_seen() -> None:
    assert "…</t>" in sheet(xlsx(table("字" * 40_000)))


def test_head_and_note_of_a_csv_are_no_formulas_either() -> None:
    content = csv_text(Table("=1+1", "@SUM(1)", ["+1"], []))
    assert rows(content) == [["'=1+1", "'@SUM(1)"], ["'+1"]]
