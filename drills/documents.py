"""Damages plan documents as mail, memory sticks and ill will do; the same numbers give the same files."""

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from tests.test_spreadsheets import label, old_workbook

ROOT = Path(__file__).parents[1]
FOLDERS = (ROOT / "tests" / "golden" / "plans", ROOT / "tests" / "plans" / "readers" / "files")
ENDINGS = ("docx", "xlsx", "xls", "et", "doc", "wps", "pdf", "txt", "md", "rtf", "odt", "ods", "html", "", "zip", "png")

MEGABYTE = 1 << 20
LARGEST = 24 * MEGABYTE
LONG_LINE = 10 * MEGABYTE
HUGE = ("0", "-1", "65536", "2147483647", "4294967296", "99999999999999999999", "", "NaN", "1e308", "%s%n", "\u0661")
JUNK_TEXT = (
    "\u2028",
    "\u200b",
    "\ufeff",
    "\x85",
    "（",
    "）",
    "【",
    "%1",
    "，、；：",
    "责任部门：",
    "完成时间：",
    "一、",
    "1.",
    "\t",
    "|",
    "\u202e",
)

Mutation = Callable[[random.Random, bytes], bytes]


@cache
def sources() -> Mapping[str, bytes]:
    """Return sound documents of every kind by name."""
    found = {
        path.name: path.read_bytes()
        for folder in FOLDERS
        for path in sorted(folder.iterdir())
        if path.suffix in (".txt", ".docx", ".xlsx", ".pdf")
    }
    cells = "".join
    rows = [
        ("序号", "任务", "责任部门", "完成时间"),
        ("1", "建立台账", "办公室", "6月"),
        ("2", "公布清单", "法制科", "12月"),
    ]
    marks = b"".join(
        label(row, column, cells(text)) for row, line in enumerate(rows) for column, text in enumerate(line)
    )
    return found | {"old.xls": old_workbook(marks, dimensions=(3, 4))}


def document(number: int, seed: int = 0) -> tuple[str, bytes]:
    """Return the name and the content of a damaged document; the numbers decide everything."""
    dice = random.Random(f"{seed}:{number}")
    if dice.random() < RARE:
        ending, content = dice.choice(BOMBS)(dice)
        return f"{number}.{ending}", content
    name = dice.choice(sorted(sources()))
    ending, content = name.rpartition(".")[2], sources()[name]
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        # A repeated line of a repeated line comes to gigabytes, which no upload lets in.
        content = dice.choice(MUTATIONS[KINDS.get(ending, "bytes")])(dice, content)[:LARGEST]
    if dice.random() < 0.1:
        ending = dice.choice(ENDINGS)
    return f"{number}.{ending}", content


# ---- bytes


def _cut(dice: random.Random, content: bytes) -> bytes:
    return content[: dice.randrange(len(content) + 1)]


def _headless(dice: random.Random, content: bytes) -> bytes:
    return content[dice.randrange(min(len(content), 600) + 1) :]


def _changed_bytes(dice: random.Random, content: bytes) -> bytes:
    found = bytearray(content)
    for _ in range(dice.choice((1, 3, 10, 100)) if found else 0):
        found[dice.randrange(len(found))] = dice.randrange(256)
    return bytes(found)


def _junk(dice: random.Random, content: bytes) -> bytes:
    at = dice.randrange(len(content) + 1)
    return content[:at] + dice.randbytes(dice.choice((1, 16, 500, 5000))) + content[at:]


def _moved(dice: random.Random, content: bytes) -> bytes:
    first, second = sorted(dice.randrange(len(content) + 1) for _ in range(2))
    at = dice.randrange(len(content) + 1)
    return content[:at] + content[first:second] + content[at:]


def _without(dice: random.Random, content: bytes) -> bytes:
    first, second = sorted(dice.randrange(len(content) + 1) for _ in range(2))
    return content[:first] + content[second:]


def _numbers(dice: random.Random, content: bytes) -> bytes:
    """Write numbers of other sizes where numbers stand."""
    share = dice.choice((0.01, 0.1, 0.5))

    def other(found: re.Match[bytes]) -> bytes:
        return dice.choice(HUGE).encode() if dice.random() < share else found[0]

    return re.sub(rb"\b[0-9]+\b", other, content)


BYTES: tuple[Mutation, ...] = (_cut, _headless, _changed_bytes, _junk, _moved, _without)


# ---- text


def _lines(change: Callable[[random.Random, list[str]], list[str]]) -> Mutation:
    def mutate(dice: random.Random, content: bytes) -> bytes:
        return "\n".join(change(dice, content.decode("utf-8", "replace").split("\n"))).encode("utf-8", "replace")

    return mutate


def _shuffled(dice: random.Random, lines: list[str]) -> list[str]:
    first, second = sorted(dice.randrange(len(lines) + 1) for _ in range(2))
    middle = lines[first:second]
    dice.shuffle(middle)
    return lines[:first] + middle + lines[second:]


def _repeated(dice: random.Random, lines: list[str]) -> list[str]:
    at = dice.randrange(len(lines))
    times = min(dice.choice((2, 50, 2000)), LARGEST // (len(lines[at]) + 1) + 1)
    return lines[:at] + [lines[at]] * times + lines[at:]


def _broken(dice: random.Random, lines: list[str]) -> list[str]:
    return [piece for line in lines for piece in re.split(f"(?<=.{{{dice.randrange(1, 40)}}})", line, maxsplit=1)]


def _glued(dice: random.Random, lines: list[str]) -> list[str]:
    return ["".join(lines)] if dice.random() < 0.5 else [dice.choice("\t|， ").join(lines)]


def _sprinkled(dice: random.Random, lines: list[str]) -> list[str]:
    share = dice.choice((0.002, 0.02, 0.2))
    text = "\n".join(lines)
    return "".join(c + dice.choice(JUNK_TEXT) if dice.random() < share else c for c in text).split("\n")


def _nested(dice: random.Random, lines: list[str]) -> list[str]:
    depth = dice.choice((20, 1000, 50_000))
    opening, closing = dice.choice(("（）", "()", "《》", "“”", "【】"))
    return [*lines, f"1. 任务{opening * depth}办公室{closing * depth if dice.random() < 0.7 else ''}"]


def _long(dice: random.Random, lines: list[str]) -> list[str]:
    size = dice.choice((10_000, 100_000, 1_000_000))
    piece = dice.choice(("字", "1.", "、办公室", "责任部门：", "2024年6月", " ", "（", "一", "9"))
    return [*lines, piece * (size // len(piece))]


def _encoded(dice: random.Random, content: bytes) -> bytes:
    return content.decode("utf-8", "replace").encode(
        dice.choice(("gb18030", "utf-16", "utf-16-le", "big5", "latin-1")), "ignore"
    )


TEXT: tuple[Mutation, ...] = (
    *BYTES,
    *map(_lines, (_shuffled, _repeated, _broken, _glued, _sprinkled, _nested, _long)),
    _encoded,
    _numbers,
)


# ---- containers


def unzipped(content: bytes) -> dict[str, bytes]:
    """Return the parts of a container, or nothing where it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, ValueError, KeyError, EOFError, NotImplementedError):
        return {}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Return a container with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def _in_part(change: Mutation) -> Mutation:
    def mutate(dice: random.Random, content: bytes) -> bytes:
        parts = unzipped(content)
        names = [name for name in parts if name.endswith((".xml", ".rels"))]
        if not names:
            return _changed_bytes(dice, content)
        weighty = [name for name in names if re.search(r"document|sheet|numbering|styles|workbook|shared", name)]
        name = dice.choice(weighty or names)
        return zipped(parts | {name: change(dice, parts[name])})

    return mutate


def _tags(content: bytes) -> list[bytes]:
    return re.findall(rb"<[^>]*>|[^<]+", content)


def _lost_tags(dice: random.Random, content: bytes) -> bytes:
    share = dice.choice((0.001, 0.01))
    return b"".join(tag for tag in _tags(content) if dice.random() >= share)


def _moved_elements(dice: random.Random, content: bytes) -> bytes:
    """Move whole elements, so that the markup stays sound and means something else."""
    elements = re.findall(rb"<(w:tc|w:tr|w:p|w:r|row|c|w:lvl|w:num|mergeCell)\b.*?</\1>", content, re.DOTALL)
    found = [
        found[0] for found in re.finditer(rb"<(w:tc|w:tr|w:p|w:r|row|c)\b(?:(?!<\1\b).)*?</\1>", content, re.DOTALL)
    ]
    if not elements or not found:
        return _lost_tags(dice, content)
    return content.replace(dice.choice(found), dice.choice(found) * dice.choice((1, 2, 200)), dice.choice((1, 5)))


def _deep(dice: random.Random, content: bytes) -> bytes:
    depth = dice.choice((10, 50, 300, 20_000))
    begin, end = dice.choice(
        ((b"<w:tbl><w:tr><w:tc>", b"</w:tc></w:tr></w:tbl>"), (b"<w:ins>", b"</w:ins>"), (b"<a>", b"</a>"))
    )
    at = content.find(b"<w:p>")
    return content if at < 0 else content[:at] + begin * depth + end * depth + content[at:]


def _with_type(dice: random.Random, content: bytes) -> bytes:
    kinds = (
        b'<!DOCTYPE d [<!ENTITY a "b">]>',
        b'<!DOCTYPE d SYSTEM "hosts">',
        b'<?xml version="1.0" encoding="x-no"?>',
    )
    return dice.choice(kinds) + re.sub(rb"^<\?xml.*?\?>\s*", b"", content)


def _mixed(dice: random.Random, content: bytes) -> bytes:
    """Put parts of another container in."""
    others = [other for name, other in sources().items() if name.endswith(("docx", "xlsx"))]
    parts, other = unzipped(content), unzipped(dice.choice(others))
    if not parts:
        return content
    name = dice.choice(sorted(other))
    return zipped(parts | {dice.choice([name, *sorted(parts)]): other[name]})


def _fewer(dice: random.Random, content: bytes) -> bytes:
    parts = unzipped(content)
    kept = [name for name in parts if dice.random() > 0.2]
    return zipped({name: parts[name] for name in kept}) if parts else content


CONTAINERS: tuple[Mutation, ...] = (
    *BYTES,
    *map(_in_part, (*BYTES, _numbers, _numbers, _lost_tags, _moved_elements, _moved_elements, _deep, _with_type)),
    _mixed,
    _fewer,
)


# ---- PDF


def _in_stream(dice: random.Random, content: bytes) -> bytes:
    """Change what one of the streams unpacks to."""
    streams = list(re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL))
    if not streams:
        return _changed_bytes(dice, content)
    chosen = dice.choice(streams)
    try:
        inner = zlib.decompress(chosen[1])
    except zlib.error:
        return _changed_bytes(dice, content)
    packed = zlib.compress(dice.choice((*BYTES, _numbers))(dice, inner) * dice.choice((1, 1, 20)))
    return content[: chosen.start(1)] + packed + content[chosen.end(1) :]


PDFS: tuple[Mutation, ...] = (*BYTES, _numbers, _numbers, _in_stream, _in_stream)

MUTATIONS = {"bytes": BYTES, "text": TEXT, "container": CONTAINERS, "pdf": PDFS}
KINDS = {"txt": "text", "docx": "container", "xlsx": "container", "pdf": "pdf"}


# ---- bombs

RARE = 0.01
"""The share of documents made to do harm."""

Bomb = Callable[[random.Random], tuple[str, bytes]]
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _nothing(dice: random.Random) -> tuple[str, bytes]:
    """Make a container that unpacks to hundreds of megabytes of one byte."""
    ending, name = dice.choice(
        (("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml"), ("xlsx", "xl/sharedStrings.xml"))
    )
    return ending, zipped({name: dice.choice((b"\0", b" ", b"<a>")) * (dice.choice((20, 100, 300)) * MEGABYTE // 3)})


def _endless_line(dice: random.Random) -> tuple[str, bytes]:
    piece = dice.choice(("字", "1.任务", "、", "责任部门：办公室、", "a", "（", "2024年", "一", "\t甲"))
    return dice.choice(("txt", "md")), (piece * (LONG_LINE // len(piece.encode()))).encode()


def _endless_paragraph(dice: random.Random) -> tuple[str, bytes]:
    body = f"<w:p><w:r><w:t>{dice.choice('字a1（、') * (LONG_LINE // 3)}</w:t></w:r></w:p>"
    return "docx", zipped({"word/document.xml": f"<w:document {WORD}><w:body>{body}</w:body></w:document>".encode()})


def _many(dice: random.Random) -> tuple[str, bytes]:
    piece = dice.choice(
        ("<w:p/>", "<w:tbl/>", "<w:p><w:r><w:t>1.</w:t></w:r></w:p>", "<w:tbl><w:tr><w:tc/><w:tc/></w:tr></w:tbl>")
    )
    body = piece * (20 * MEGABYTE // len(piece))
    return "docx", zipped({"word/document.xml": f"<w:document {WORD}><w:body>{body}</w:body></w:document>".encode()})


def _merged(dice: random.Random) -> tuple[str, bytes]:
    """Make a cell that is repeated in very many rows."""
    tall = f'<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr><w:p><w:r><w:t>{"字" * 100_000}</w:t></w:r></w:p></w:tc>'
    below = "<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr></w:tc><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr>"
    body = f"<w:tbl><w:tr>{tall}<w:tc/></w:tr>{below * dice.choice((100, 20_000))}</w:tbl>"
    return "docx", zipped({"word/document.xml": f"<w:document {WORD}><w:body>{body}</w:body></w:document>".encode()})


def _laughs(dice: random.Random) -> tuple[str, bytes]:
    levels = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    part = f'<!DOCTYPE w [<!ENTITY a0 "ha">{levels}]><w:document {WORD}><w:body>&a9;</w:body></w:document>'
    ending, name = dice.choice((("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml")))
    return ending, zipped({name: part.encode()})


def _wide_sheet(dice: random.Random) -> tuple[str, bytes]:
    cells = dice.choice(
        ('<c r="XFD1048576"><v>1</v></c>', '<c r="A1"><v>1</v></c>' * 100_000, "<c><v>1</v></c>" * 1_000_000)
    )
    merges = '<mergeCell ref="A1:XFD1048576"/>' * dice.choice((1, 1000, 60_000))
    sheet = f"<worksheet><sheetData><row r='1'>{cells}</row></sheetData><mergeCells>{merges}</mergeCells></worksheet>"
    source = unzipped(next(content for name, content in sources().items() if name.endswith("xlsx")))
    return "xlsx", zipped(source | {"xl/worksheets/sheet1.xml": sheet.encode()})


def _vast_old_sheet(dice: random.Random) -> tuple[str, bytes]:
    marks = label(65_535, 255, "甲") + label(0, 0, "乙")
    return dice.choice(("xls", "et")), old_workbook(marks, dimensions=(dice.choice((1, 2**32 - 1)), 2**16 - 1))


def _swollen_pdf(dice: random.Random) -> tuple[str, bytes]:
    """Make a PDF with a page that unpacks to very much, or that draws very much."""
    inner = dice.choice(
        (bytes(200 * MEGABYTE), b"0 0 m 9 9 l S " * 400_000, b"BT /F 9 Tf (a) Tj ET " * 200_000, b"q " * 5_000_000)
    )
    packed = zlib.compress(inner)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<>>>>"
    objects = (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page)
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, written) for number, written in enumerate(objects, 1))
    stream = b"4 0 obj\n<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream\nendobj\n" % (len(packed), packed)
    return "pdf", b"%PDF-1.4\n" + body + stream + b"trailer\n<</Root 1 0 R>>\n%%EOF"


BOMBS: tuple[Bomb, ...] = (
    *(_nothing, _endless_line, _endless_paragraph, _many, _merged, _laughs, _wide_sheet, _vast_old_sheet, _swollen_pdf),
)
