"""Reads the first sheet of an Excel or CSV file as rows of text; refuses what could mislead or do harm."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import filetype
from python_calamine import CalamineError, CalamineWorkbook

from tracker.rules.words import say
from tracker.workbooks import CONTENT, OLE, SIZE, TYPE, Limits, address, check_xls, checked_xlsx, unreadable
from tracker.workbooks import SpreadsheetRefused as SpreadsheetRefused

ENDINGS = ("xlsx", "xls", "et", "csv")
ZIP = b"PK\x03\x04"

LONGEST_CELL = 32_767
"""What a cell of Excel holds."""

_MARKED_AS_TEXT = re.compile(r"'(?=[=+\-@\t\r])")
"""The mark that exports put before text that a program could take for a formula."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def read_rows(name: str, data: bytes, *, limits: Limits = Limits()) -> list[list[str]]:  # noqa: B008 - frozen
    """Return the rows of the first visible sheet, all as wide as the widest; raise SpreadsheetRefused.

    Row 1 of the sheet is the first of the list, so that rows can be named as the person sees them. Dates are ISO text,
    numbers are as typed, and every text is text, whatever sign it begins with. Empty rows at the end are left out.
    """
    ending = name.rpartition(".")[2].lower()
    if ending not in ENDINGS:
        raise SpreadsheetRefused(
            TYPE, say("不能读取这种文件：只接受 {endings} 表格。请另存后再上传。", endings=list(ENDINGS))
        )
    if len(data) > limits.size:
        raise SpreadsheetRefused(
            SIZE, say("文件太大：最多 {size} MB。请只保留需要的表格再上传。", size=limits.size >> 20)
        )
    if not data:
        raise SpreadsheetRefused(CONTENT, say("文件是空的，请检查后重新上传。"))
    rows = _csv_rows(data, limits) if ending == "csv" else _excel_rows(ending, data, limits)
    return _even(rows)


def _even(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return rows of one width, without empty rows at the end and empty columns at the right."""
    height = max((number for number, row in enumerate(rows, 1) if any(row)), default=0)
    width = max((number for row in rows[:height] for number, cell in enumerate(row, 1) if cell), default=0)
    return [[*row[:width], *[""] * (width - len(row))] for row in rows[:height]]


# ---- Excel


def _excel_rows(ending: str, data: bytes, limits: Limits) -> list[list[str]]:
    if data.startswith(ZIP) and ending in ("xlsx", "et"):
        checked, sheet = checked_xlsx(data, limits)
        return _parsed(checked, sheet, limits)
    if data.startswith(OLE) and ending in ("xls", "et"):
        return _parsed(data, check_xls(data, limits), limits)
    raise unreadable()


def _parsed(data: bytes, sheet: str | int, limits: Limits) -> list[list[str]]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            found = workbook.get_sheet_by_name(sheet) if isinstance(sheet, str) else workbook.get_sheet_by_index(sheet)
            values = found.to_python(skip_empty_area=False, nrows=limits.rows)
    except (CalamineError, ValueError, OSError):
        raise unreadable() from None
    except BaseException as error:
        # A parser in Rust that loses its way raises what no `except Exception` catches.
        if type(error).__name__ != "PanicException":
            raise
        raise unreadable() from None
    return [[_clean(_told(value), row, column) for column, value in enumerate(line)] for row, line in enumerate(values)]


def _told(value: object) -> str:
    """Return a cell's value as a person would write it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time | timedelta):
        return str(value)[:5] if isinstance(value, time) else str(value)
    return str(value)


def _clean(text: str, row: int, column: int) -> str:
    if _CONTROL.search(text):
        raise SpreadsheetRefused(
            CONTENT,
            say("单元格 {address} 含有看不见的控制字符，请删去该格内容后重新输入。", address=address(row, column)),
        )
    if len(text) > LONGEST_CELL:
        raise SpreadsheetRefused(CONTENT, say("单元格 {address} 的内容过长，请精简。", address=address(row, column)))
    return text.strip()


# ---- CSV


def _csv_rows(data: bytes, limits: Limits) -> list[list[str]]:
    if b"\x00" in data or filetype.guess(data) is not None or data.startswith(OLE):
        raise unreadable()
    rows: list[list[str]] = []
    try:
        for row, line in enumerate(csv.reader(io.StringIO(_decoded(data), newline=""), strict=True)):
            if row >= limits.rows or len(line) > limits.columns:
                raise SpreadsheetRefused(
                    SIZE,
                    say(
                        "表格太大：最多 {rows} 行、{columns} 列。请删去多余的行列，或分几次上传。",
                        rows=limits.rows,
                        columns=limits.columns,
                    ),
                )
            rows.append([_clean(_MARKED_AS_TEXT.sub("", cell), row, at) for at, cell in enumerate(line)])
    except csv.Error:
        raise SpreadsheetRefused(
            CONTENT, say("第 {n} 行读不出来：引号不成对或内容过长。请用 Excel 或 WPS 另存后再上传。", n=len(rows) + 1)
        ) from None
    return rows


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SpreadsheetRefused(CONTENT, say("文字编码读不出来：请另存为 UTF-8 或 GB18030 编码的 CSV，或另存为 .xlsx。"))
