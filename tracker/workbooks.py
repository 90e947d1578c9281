"""Looks into Excel files before a parser does: how much they unpack to, how large sheets are, where formulas stand."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from posixpath import normpath

# Expat limits entities since 2.4, and a part with a DOCTYPE is refused below.
from xml.parsers import expat  # nosec B407 # see above

from tracker.rules.words import say

CHUNK = 1 << 16
FREE = 1 << 20
"""Unpacked bytes up to which nobody asks how well they were packed."""

PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, RuntimeError, ValueError)
"""What Python raises over a container that is damaged or locked."""

TYPE, SIZE, CONTENT = "type", "size", "content"


class SpreadsheetRefused(ValueError):
    """A spreadsheet that is not read: of a wrong `kind` ("type"), too large ("size"), or wrong inside ("content")."""

    def __init__(self, kind: str, message: str) -> None:
        """Keep both."""
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True)
class Limits:
    """How large a spreadsheet may be: bytes, unpacked bytes and their ratio, rows and columns."""

    size: int = 5 << 20
    unpacked: int = 30 << 20
    ratio: int = 200
    rows: int = 5000
    columns: int = 60


def unreadable() -> SpreadsheetRefused:
    """Return what is said of a file that is not what its ending says, or is damaged or locked."""
    return SpreadsheetRefused(
        TYPE, say("文件读不出来：可能已损坏、加了密码，或内容与扩展名不符。请用 Excel 或 WPS 另存为 .xlsx 后再上传。")
    )


def address(row: int, column: int) -> str:
    """Return a cell's name, such as B12; both numbers count from 0."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def _formula(row: int, column: int) -> SpreadsheetRefused:
    return SpreadsheetRefused(
        CONTENT,
        say(
            "单元格 {address} 是公式，显示的内容不可靠。请复制后“选择性粘贴—数值”，改为文字或数字再上传。",
            address=address(row, column),
        ),
    )


def _refuse_outside(row: int, column: int, limits: Limits) -> None:
    if row >= limits.rows or column >= limits.columns:
        raise SpreadsheetRefused(
            SIZE,
            say(
                "表格太大：{address} 处还有内容，最多 {rows} 行、{columns} 列。"
                "请删去多余的行列（包括空白但有格式的），或分几次上传。",
                address=address(row, column),
                rows=limits.rows,
                columns=limits.columns,
            ),
        )


# ---- .xlsx


def checked_xlsx(data: bytes, limits: Limits) -> tuple[bytes, str]:
    """Return a workbook that holds what was checked, and its first visible sheet; raise SpreadsheetRefused.

    It is packed anew, because a parser may believe other sizes and offsets of the container than a check does.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _unpacked(archive, limits)
    except SpreadsheetRefused:
        raise
    except DAMAGED:
        raise unreadable() from None
    sheet, part = _first_sheet(parts)
    for name, content in parts.items():
        if name == part or (name.startswith("xl/worksheets/") and name.endswith(".xml")):
            _check_sheet(content, limits, name == part)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue(), sheet


def _unpacked(archive: zipfile.ZipFile, limits: Limits) -> dict[str, bytes]:
    """Return the parts of a container, read no further than is allowed."""
    parts: dict[str, bytes] = {}
    total, packed = 0, max(1, sum(entry.compress_size for entry in archive.infolist()))
    for entry in archive.infolist():
        if not _is_safe(entry.filename) or entry.filename in parts or entry.compress_type not in PACKINGS:
            raise unreadable()
        content = bytearray()
        with archive.open(entry) as stream:
            while chunk := stream.read(CHUNK):
                content += chunk
                total += len(chunk)
                if total > limits.unpacked or (total > FREE and total > packed * limits.ratio):
                    raise SpreadsheetRefused(SIZE, say("文件解压后太大，没有读取。请只保留需要的表格，另存后再上传。"))
        if not entry.is_dir():
            parts[entry.filename] = bytes(content)
    return parts


def _is_safe(name: str) -> bool:
    wicked = name.startswith("/") or "\\" in name or ":" in name or "\0" in name
    return bool(name) and not wicked and ".." not in name.split("/")


def _elements(content: bytes, tell: Callable[[str, dict[str, str]], None]) -> None:
    """Call `tell` with the name, without prefix, and the attributes of every element of a part."""
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse(*_: object) -> None:
        raise unreadable()

    def start(name: str, attributes: dict[str, str]) -> None:
        tell(name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in attributes.items()})

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError):
        raise unreadable() from None


def _first_sheet(parts: dict[str, bytes]) -> tuple[str, str]:
    """Return the name of the first visible sheet, and of the part that holds it."""
    sheets: list[tuple[str, str]] = []
    names: list[str] = []
    targets: dict[str, str] = {}

    def of_workbook(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            names.append(attributes.get("name", ""))
            if attributes.get("state", "visible") == "visible":
                sheets.append((attributes.get("name", ""), attributes.get("id", "")))

    def of_relations(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            if attributes.get("Id", "") in targets:
                raise unreadable()
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    _elements(parts.get("xl/workbook.xml", b""), of_workbook)
    _elements(parts.get("xl/_rels/workbook.xml.rels", b""), of_relations)
    if not sheets or len(set(names)) != len(names):
        raise unreadable()
    sheet, relation = sheets[0]
    target = targets.get(relation, "")
    part = target.lstrip("/") if target.startswith("/") else normpath(f"xl/{target}")
    if part not in parts:
        raise unreadable()
    return sheet, part


def _check_sheet(content: bytes, limits: Limits, is_read: bool) -> None:
    """Refuse a sheet with cells far out, or too many, or, in the one that is read, a formula."""
    row, column, cells = -1, -1, 0

    def cell(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, cells
        if name == "row":
            row, column = _number(attributes.get("r", ""), row + 2) - 1, -1
        elif name == "c":
            row, column = _place(attributes.get("r", ""), row, column + 1)
            cells += 1
            _refuse_outside(row, column, limits)
            if cells > limits.rows * limits.columns:
                raise unreadable()
        elif name == "f" and is_read:
            raise _formula(row, column)

    _elements(content, cell)


def _number(digits: str, default: int) -> int:
    if not digits:
        return default
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 8:
        raise unreadable()
    return int(digits)


def _place(name: str, row: int, column: int) -> tuple[int, int]:
    """Return row and column, from 0, of a cell's name; a cell without one stands beside the last."""
    if not name:
        return max(row, 0), column
    letters = name.rstrip("0123456789")
    if not (letters.isascii() and letters.isupper() and letters.isalpha()) or len(letters) > 3:
        raise unreadable()
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return _number(name[len(letters) :], 0) - 1, number - 1


# ---- .xls: a stream of records within a compound file

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SMALLEST_STREAM = 4096
"""Smaller streams lie elsewhere in the compound file; no spreadsheet program writes one so small."""

END_OF_CHAIN = 0xFFFFFFFE
BOUND_SHEET, DIMENSIONS, FORMULA, FILE_PASS, MULTIPLE_NUMBERS = 0x0085, 0x0200, 0x0006, 0x002F, 0x00BD
CELLS = frozenset({0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00D6, FORMULA, MULTIPLE_NUMBERS, 0x00BE})
"""Records that begin with a row and a column."""


def check_xls(data: bytes, limits: Limits) -> int:
    """Return the number of the first visible sheet of an old workbook, from 0; raise SpreadsheetRefused."""
    try:
        return _check_records(_workbook_stream(data), limits)
    except (struct.error, IndexError, UnicodeDecodeError):
        raise unreadable() from None


def _workbook_stream(data: bytes) -> bytes:
    """Return the stream with the workbook's records."""
    shift = struct.unpack_from("<H", data, 0x1E)[0]
    if not data.startswith(OLE) or shift not in (9, 12):
        raise unreadable()
    size = 1 << shift
    tables = [place for place in struct.unpack_from("<109I", data, 0x4C) if place < END_OF_CHAIN - 2]
    if struct.unpack_from("<I", data, 0x48)[0]:
        # More tables than the head holds belong to a file far above any limit here.
        raise SpreadsheetRefused(SIZE, say("文件太大，没有读取。请只保留需要的表格，另存为 .xlsx 后再上传。"))
    following: list[int] = []
    for place in tables:
        following += struct.unpack_from(f"<{size // 4}I", data, (place + 1) * size)

    def chain(place: int) -> bytes:
        found = bytearray()
        while place < END_OF_CHAIN - 2:
            found += data[(place + 1) * size : (place + 2) * size]
            if len(found) > len(data) + size:
                raise unreadable()
            place = following[place]
        return bytes(found)

    directory = chain(struct.unpack_from("<I", data, 0x30)[0])
    streams = [entry for entry in _entries(directory) if entry[0] in ("workbook", "book")]
    if len(streams) != 1 or streams[0][2] < SMALLEST_STREAM:
        raise unreadable()
    return chain(streams[0][1])[: streams[0][2]]


def _entries(directory: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield the streams of a compound file: name, first sector, size."""
    for first in range(0, len(directory) - 127, 128):
        length, kind = struct.unpack_from("<HB", directory, first + 64)
        if kind == 2 and 2 <= length <= 64:
            name = directory[first : first + length - 2].decode("utf-16-le").casefold()
            yield name, *struct.unpack_from("<II", directory, first + 116)


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield the records of a workbook: place, kind, content."""
    place = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        yield place, kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _check_records(stream: bytes, limits: Limits) -> int:
    sheets: list[tuple[int, bool]] = []
    formulas: list[tuple[int, int, int]] = []
    for place, kind, content in _records(stream):
        if kind == FILE_PASS:
            raise unreadable()
        if kind == BOUND_SHEET:
            start, hidden = struct.unpack_from("<IB", content)
            sheets.append((start, not hidden & 0x3))
        elif kind == DIMENSIONS:
            _check_dimensions(content, limits)
        elif kind in CELLS:
            row, column = struct.unpack_from("<HH", content)
            last = struct.unpack_from("<H", content, len(content) - 2)[0] if kind == MULTIPLE_NUMBERS else column
            _refuse_outside(row, max(column, last), limits)
            if kind == FORMULA:
                formulas.append((place, row, column))
    visible = [number for number, (_, shown) in enumerate(sheets) if shown]
    if not visible:
        raise unreadable()
    begin = sheets[visible[0]][0]
    end = min((start for start, _ in sheets if start > begin), default=len(stream))
    for place, row, column in formulas:
        if begin <= place < end:
            raise _formula(row, column)
    return visible[0]


def _check_dimensions(content: bytes, limits: Limits) -> None:
    """Refuse a sheet that says it is large: a parser would make room for it."""
    form = "<IIHH" if len(content) >= 14 else "<HHHH"
    _, rows, _, columns = struct.unpack_from(form, content)
    _refuse_outside(max(rows, 1) - 1, max(columns, 1) - 1, limits)
