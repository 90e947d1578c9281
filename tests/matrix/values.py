"""The hostile values of abuse_cases.yaml, built from their short forms."""

import io
import zipfile
from typing import Any

import xlsxwriter


def text(value: Any) -> Any:
    """Return a typed value: repeat, repeat_i and lines are spelled out."""
    if not isinstance(value, dict):
        return value
    if "repeat" in value:
        piece, times = value["repeat"]
        return piece * times
    if "repeat_i" in value:
        pattern, times = value["repeat_i"]
        return "".join(pattern.format(number) for number in range(times))
    indent, times, line = value["lines"]
    return "\n".join(indent * number + line for number in range(times))


def file(value: dict[str, Any]) -> tuple[str, bytes]:
    """Return a file's name and content."""
    name: str = value["name"]
    if "hex" in value:
        return name, bytes.fromhex(value["hex"])
    if "zip" in value:
        return name, _zip(dict.fromkeys(value["zip"], b"x"))
    if "zipbomb" in value:
        return name, _zip({"xl/worksheets/sheet1.xml": b"\0" * value["zipbomb"]})
    if "rows" in value:
        return name, _workbook(value["rows"])
    return name, value["text"].encode("latin-1") if "\x90" in value["text"] else value["text"].encode()


def _zip(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def _workbook(rows: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(line, column, value)
    book.close()
    return out.getvalue()
