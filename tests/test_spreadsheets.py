"""Spreadsheets that people send: read as text, or refused in words before they can do harm."""

import io
import random
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from tracker.spreadsheets import Limits, SpreadsheetRefused, read_rows
from tracker.workbooks import OLE

SMALL = Limits(rows=20, columns=5)


def workbook(fill: Callable[[Worksheet], object], *more: Callable[[Worksheet], object]) -> bytes:
    """Return an Excel file; each function fills a sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"})
    for write in (fill, *more):
        write(book.add_worksheet())
    book.close()
    return out.getvalue()


def changed(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return an Excel file with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == part else content)
    return out.getvalue()


def zipped(**parts: bytes) -> bytes:
    """Return an archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def refusal(name: str, data: bytes, limits: Limits = SMALL) -> tuple[str, str]:
    """Return kind and words of a refusal."""
    with pytest.raises(SpreadsheetRefused) as refused:
        read_rows(name, data, limits=limits)
    return refused.value.kind, str(refused.value)


PLAIN = workbook(lambda sheet: sheet.write(0, 0, "姓名"))
SHEET = "xl/worksheets/sheet1.xml"


# ---- what is read


def test_every_value_of_a_sheet_becomes_the_text_that_a_person_sees() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.write_row(0, 0, ["姓名", "电话", 31, 2.5, True])
        sheet.write_datetime(2, 0, datetime(2021, 3, 1, tzinfo=UTC).replace(tzinfo=None))
        sheet.write_datetime(2, 1, date(2021, 12, 31))
        sheet.write_number(2, 2, 13800000000)

    rows = read_rows("人员.xlsx", workbook(fill))
    assert rows == [
        ["姓名", "电话", "31", "2.5", "是"],
        ["", "", "", "", ""],
        ["2021-03-01", "2021-12-31", "13800000000", "", ""],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+86 21 1234", "-5", "@SUM(A1)", "  =cmd|' /C calc'!A0  "])
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    assert read_rows("a.xlsx", workbook(lambda sheet: sheet.write_string(0, 0, text))) == [[text.strip()]]


def test_the_first_visible_sheet_is_read_and_others_may_hold_what_they_like() -> None:
    def hidden(sheet: Worksheet) -> None:
        sheet.write(0, 0, "藏起来的")
        sheet.hide()

    def shown(sheet: Worksheet) -> None:
        sheet.write(0, 0, "看得见的")
        sheet.activate()
        sheet.set_first_sheet()

    data = workbook(hidden, shown, lambda sheet: sheet.write_formula(0, 0, "=1+1"))
    assert read_rows("a.xlsx", data) == [["看得见的"]]


def test_empty_rows_and_columns_at_the_end_are_left_out() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.write_row(0, 0, ["甲", "乙", " "])
        sheet.write_row(4, 0, ["", "  ", ""])

    assert read_rows("a.xlsx", workbook(fill)) == [["甲", "乙"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_that_programs_write(encoding: str) -> None:
    data = '姓名,说明\r\n赵某,"第一行\n第二行"\r\n=1+1\r\n'.encode(encoding)
    assert read_rows("a.csv", data) == [["姓名", "说明"], ["赵某", "第一行\n第二行"], ["=1+1", ""]]


def test_the_mark_that_our_own_csv_puts_before_risky_text_is_taken_off() -> None:
    assert read_rows("a.csv", b"'=1+1,'+86,'tis\r\n") == [["=1+1", "+86", "'tis"]]


# ---- formulas


def test_a_formula_is_refused_with_its_address() -> None:
    kind, words = refusal("a.xlsx", workbook(lambda sheet: sheet.write_formula(11, 1, "=1+1", value=2)))
    assert kind == "content"
    assert "B12 是公式" in words


def test_a_formula_is_found_whatever_prefix_its_element_has() -> None:
    def prefixed(content: bytes) -> bytes:
        return (
            content.replace(b"<worksheet xmlns=", b"<worksheet xmlns:x=")
            .replace(b"<f>", b"<x:f>")
            .replace(b"</f>", b"</x:f>")
        )

    data = workbook(lambda sheet: sheet.write_formula(0, 0, "=1+1"))
    assert refusal("a.xlsx", changed(data, SHEET, prefixed))[0] == "content"


# ---- size


def test_a_bomb_is_refused_as_too_large() -> None:
    assert refusal("p.xlsx", zipped(bomb=bytes(200_000_000)))[0] == "size"


def test_a_large_file_is_refused_before_anything_is_read() -> None:
    assert refusal("p.xlsx", bytes(11), Limits(size=10))[0] == "size"


@pytest.mark.parametrize(("row", "column"), [(20, 0), (0, 5), (1_048_575, 16_383)])
def test_a_cell_outside_the_limits_is_refused(row: int, column: int) -> None:
    kind, words = refusal("a.xlsx", workbook(lambda sheet: sheet.write(row, column, "x")))
    assert kind == "size"
    assert "最多 20 行、5 列" in words


@pytest.mark.parametrize("row", [b"1,2,3,4,5,6\n", b"1\n" * 21])
def test_a_csv_outside_the_limits_is_refused(row: bytes) -> None:
    assert refusal("a.csv", row)[0] == "size"


def test_cells_without_address_are_counted_too() -> None:
    def nameless(content: bytes) -> bytes:
        return content.replace(b"</row>", b"<c><v>1</v></c>" * 10 + b"</row>")

    assert refusal("a.xlsx", changed(PLAIN, SHEET, nameless))[0] == "size"


# ---- type


@pytest.mark.parametrize("name", ["p.pdf", "p", "", "p.xlsx.exe", "p.xlsm"])
def test_other_endings_are_refused(name: str) -> None:
    assert refusal(name, PLAIN)[0] == "type"


@pytest.mark.parametrize(
    "data",
    [
        b"no,title",
        b"PK\x03\x04 and then nothing",
        b"%PDF-1.4",
        zipped(**{"../../evil": b"x", "xl/workbook.xml": b"x"}),
        zipped(**{"/etc/passwd": b"x"}),
        zipped(**{"a\\b": b"x"}),
        zipped(**{"C:evil": b"x"}),
        zipped(**{"xl/workbook.xml": b"<workbook/>"}),
        PLAIN[:-30],
        PLAIN[:60] + b"\xff" * 40 + PLAIN[100:],
        OLE + bytes(5000),
    ],
)
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    for ending in ("xlsx", "xls", "et"):
        assert refusal(f"p.{ending}", data)[0] == "type"


@pytest.mark.parametrize("data", [PLAIN, b"\x00,1", OLE + b"x", b"\x89PNG\r\n\x1a\n"])
def test_a_csv_must_be_text(data: bytes) -> None:
    assert refusal("p.csv", data)[0] == "type"


def test_a_csv_with_a_quote_that_never_ends_is_refused_with_its_row() -> None:
    kind, words = refusal("p.csv", '甲\n"乙'.encode())
    assert kind == "content"
    assert "第 2 行" in words


def test_bytes_of_no_encoding_are_refused() -> None:
    assert refusal("p.csv", b"\xff\xff\xff")[0] == "content"


def test_an_empty_file_is_refused() -> None:
    assert refusal("p.xlsx", b"")[0] == "content"


def test_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    data = changed(PLAIN, SHEET, lambda content: content.replace(b"<worksheet", bomb + b"<worksheet", 1))
    assert refusal("a.xlsx", data)[0] == "type"


def test_two_sheets_of_one_name_are_refused() -> None:
    twice = workbook(lambda sheet: sheet.write(0, 0, "甲"), lambda sheet: sheet.write(0, 0, "乙"))
    data = changed(twice, "xl/workbook.xml", lambda content: content.replace(b"Sheet2", b"Sheet1"))
    assert refusal("a.xlsx", data)[0] == "type"


def test_control_characters_are_refused_with_their_address() -> None:
    kind, words = refusal("a.csv", "姓名\n赵\x0b某".encode())
    assert kind == "content"
    assert "A2" in words


# ---- old workbooks


def record(kind: int, content: bytes = b"") -> bytes:
    """Return a record of an old workbook."""
    return struct.pack("<HH", kind, len(content)) + content


def label(row: int, column: int, text: str) -> bytes:
    """Return a cell with text."""
    return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def formula(row: int, column: int) -> bytes:
    """Return a cell with =1+1, of which 2 is shown."""
    return record(0x0006, struct.pack("<HHHdHIH", row, column, 0, 2.0, 0, 0, 7) + b"\x1e\x01\x00\x1e\x01\x00\x03")


def old_workbook(*sheets: bytes, hidden: int = -1, dimensions: tuple[int, int] = (1, 1), first: bytes = b"") -> bytes:
    """Return a compound file with a workbook of these sheets."""
    begin, end = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)), record(0x000A)
    head = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + first
    rows, columns = dimensions
    size = record(0x0200, struct.pack("<IIHHH", 0, rows, 0, columns, 0))
    bodies = [begin + size + sheet + end for sheet in sheets]
    place = len(head) + sum(len(record(0x0085, bytes(14))) for _ in bodies) + len(end)
    bounds = b""
    for number, body in enumerate(bodies):
        name = f"表{number}"
        bound = struct.pack("<IBBBB", place, int(number == hidden), 0, len(name), 1) + name.encode("utf-16-le")
        bounds += record(0x0085, bound.ljust(14, b"\0")[:12])
        place += len(body)
    # The names are of two signs, so each bound is 12 bytes long.
    shift = 2 * len(bodies)
    bounds = b"".join(_moved(bounds[at : at + 16], shift) for at in range(0, len(bounds), 16))
    return compound(head + bounds + end + b"".join(bodies))


def _moved(bound: bytes, shift: int) -> bytes:
    return bound[:4] + struct.pack("<I", struct.unpack_from("<I", bound, 4)[0] - shift) + bound[8:]


def compound(stream: bytes, name: str = "Workbook") -> bytes:
    """Return a compound file with one stream: head, one table, one sector of directory, the stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    table += [0xFFFFFFFF] * (128 - len(table))

    def entry(called: str, kind: int, start: int, size: int, child: int) -> bytes:
        text = (called + "\0").encode("utf-16-le")
        return (
            text.ljust(64, b"\0")
            + struct.pack("<HBB3I", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )

    directory = entry("Root Entry", 5, 0xFFFFFFFE, 0, 1) + entry(name, 2, 2, len(stream), 0xFFFFFFFF)
    head = OLE + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)[:36]
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return head + struct.pack("<128I", *table) + directory.ljust(512, b"\0") + stream


@pytest.mark.parametrize("ending", ["xls", "et"])
def test_an_old_workbook_is_read(ending: str) -> None:
    data = old_workbook(label(0, 0, "姓名") + label(1, 0, "=1+1"), dimensions=(2, 1))
    assert read_rows(f"a.{ending}", data) == [["姓名"], ["=1+1"]]


def test_a_formula_in_an_old_workbook_is_refused_with_its_address() -> None:
    kind, words = refusal("a.xls", old_workbook(label(0, 0, "姓名") + formula(1, 2), dimensions=(2, 3)))
    assert kind == "content"
    assert "C2 是公式" in words


def test_a_formula_on_another_sheet_of_an_old_workbook_does_no_harm() -> None:
    data = old_workbook(formula(0, 0), label(0, 0, "姓名"), hidden=0)
    assert read_rows("a.xls", data) == [["姓名"]]


def test_an_old_workbook_that_claims_to_be_huge_is_refused_before_room_is_made_for_it() -> None:
    assert refusal("a.xls", old_workbook(label(0, 0, "甲"), dimensions=(2**32 - 1, 2**16 - 1)))[0] == "size"


def test_a_far_cell_of_an_old_workbook_is_refused() -> None:
    assert refusal("a.xls", old_workbook(label(65_535, 255, "甲")))[0] == "size"


def test_a_locked_old_workbook_is_refused() -> None:
    assert refusal("a.xls", old_workbook(label(0, 0, "甲"), first=record(0x002F, bytes(6))))[0] == "type"


def test_a_compound_file_without_workbook_is_refused() -> None:
    assert refusal("a.xls", compound(b"", "WordDocument"))[0] == "type"


def test_a_chain_that_bites_its_tail_is_refused() -> None:
    data = bytearray(old_workbook(label(0, 0, "甲")))
    struct.pack_into("<I", data, 512 + 4 * 3, 2)
    assert refusal("a.xls", bytes(data))[0] == "type"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["a.xlsx", "a.xls"])
def test_damaged_files_are_read_or_refused_and_nothing_else(name: str, seed: int) -> None:
    whole = PLAIN if name == "a.xlsx" else old_workbook(label(0, 0, "姓名") + label(1, 1, "乙"), dimensions=(2, 2))
    dice = random.Random(seed)
    for _ in range(40):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 8)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        with suppress(SpreadsheetRefused):
            assert read_rows(name, bytes(data), limits=SMALL) is not None
