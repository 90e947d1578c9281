"""A file is read by what it is, not by what it is called, and a refusal says what to do."""

import io
import random
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from tests.plans.readers.makers import FILES, SAMPLES, book, p, pdf, shown, word, zipped
from tests.test_spreadsheets import compound, label, old_workbook, record
from tracker.plans.readers import READERS, Reading, Unreadable, office, read_document
from tracker.plans.readers.apart import Apart, guarded
from tracker.plans.readers.limits import MAX_BYTES, MAX_CHARACTERS, MAX_LINES
from tracker.plans.readers.reading import Lines
from tracker.rules.words import Words

WORD = word(p("一、完善制度"))
BOOK = book(lambda workbook: workbook.add_worksheet().write(0, 0, "任务"))
OLD_BOOK = old_workbook(label(0, 0, "任务"))
JUNK = random.Random(7).randbytes(3000)
SLEEPER = "import time\nwhile True: time.sleep(1)"


@pytest.fixture(autouse=True)
def no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    """No LibreOffice, whatever this machine has."""
    monkeypatch.setattr(office, "PROGRAMS", ("soffice-of-this-test",))


def refusal(name: str, content: bytes) -> str:
    """Return why a file is not read."""
    with pytest.raises(Unreadable) as refused:
        read_document(name, content)
    return str(refused.value)


# ---- what is read


@pytest.mark.parametrize(
    "path", sorted(path for path in SAMPLES.iterdir() if path.suffix != ".json"), ids=lambda path: path.name
)
def test_every_sample_is_read_and_each_line_has_a_place(path: Path) -> None:
    reading = read_document(path.name, path.read_bytes())
    assert reading.kind == path.suffix[1:]
    assert len(reading.places) == len(reading.text.split("\n"))
    assert not set("\r\v\f\x1c\x85\u2029") & set(reading.text)


@pytest.mark.parametrize("ending", ["docx", "doc", "wps", "pdf", "xlsx", "", "tmp", "txt"])
def test_a_word_text_is_read_under_any_ending(ending: str) -> None:
    reading = read_document(f"方案.{ending}" if ending else "方案", WORD)
    assert (reading.text, reading.kind) == ("一、完善制度", "docx")


@pytest.mark.parametrize(
    ("ending", "content", "kind"),
    [
        *[(ending, BOOK, "xlsx") for ending in ("xlsx", "et", "xls", "docx")],
        *[(ending, OLD_BOOK, "xls") for ending in ("xls", "et", "xlsx", "doc")],
        ("docx", pdf(shown("1. Publish")), "pdf"),
        ("PDF", b"\0\0junk" + pdf(shown("1. Publish")), "pdf"),
        ("doc", "一、完善制度\n".encode(), "txt"),
        ("text", "一、完善制度\n".encode("gb18030"), "txt"),
    ],
)
def test_content_decides(ending: str, content: bytes, kind: str) -> None:
    assert read_document(f"方案.{ending}", content).kind == kind


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("甲\n乙".encode(), "甲\n乙"),
        ("甲\r\n乙\r丙".encode(), "甲\n乙\n丙"),
        ("\ufeff甲".encode(), "甲"),
        ("甲\n乙".encode("gb18030"), "甲\n乙"),
        ("\ufeff甲\n乙".encode("utf-16-le"), "甲\n乙"),
        ("\ufeff甲".encode("utf-16-be"), "甲"),
        ("甲\n\x1a".encode(), "甲\n"),
        ("\ufeff甲\0乙".encode("utf-16-le") + b"\x00\xd8", "甲乙\ufffd"),
    ],
)
def test_plain_text_is_read_in_each_encoding(content: bytes, text: str) -> None:
    reading = read_document("方案.txt", content)
    assert reading.text == text
    assert reading.places == ("",) * len(text.split("\n"))


def test_a_text_with_a_few_broken_bytes_is_read_and_the_loss_is_told() -> None:
    reading = read_document("方案.txt", "一、完善制度。".encode() * 20 + b"\xe5" + "办公室".encode())
    assert reading.text == "一、完善制度。" * 20 + "\ufffd办公室"
    assert reading.notes == ("有 1 处文字已损坏、读不出来，以“\ufffd”代替，请核对。",)


def test_places_and_refusals_keep_what_they_were_made_of() -> None:
    place = read_document("方案.docx", WORD).places[0]
    assert isinstance(place, Words)
    assert (place.source, place.values) == ("第{n}段", {"n": 1})
    with pytest.raises(Unreadable) as refused:
        read_document("方案.docx", word(p()))
    assert isinstance(str(refused.value), Words)


# ---- what is refused


def with_flag(content: bytes) -> bytes:
    """Return a container whose entries all say that they want a password."""
    found = bytearray(content)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = found.find(mark)
        while place >= 0:
            found[place + at] |= 1
            place = found.find(mark, place + 4)
    return bytes(found)


def bomb(name: str, megabytes: int) -> bytes:
    """Return a container with one part of so many megabytes of nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as part:
        for _ in range(megabytes):
            part.write(bytes(1 << 20))
    return out.getvalue()


def lying(content: bytes, size: int) -> bytes:
    """Return a container whose list says another size for its last entry."""
    at = content.rindex(b"PK\x01\x02")
    return content[: at + 24] + struct.pack("<I", size) + content[at + 28 :]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("方案.txt", b"", "是空文件"),
        ("方案.docx", b" \r\n\0", "是空文件"),
        ("方案.docx", WORD + bytes(MAX_BYTES), "超过 20 MB"),
        ("方案.docx", WORD[:200], "损坏"),
        ("方案.docx", WORD[:-40], "损坏"),
        ("方案.docx", JUNK + b"\0", "损坏"),
        ("方案.xlsx", BOOK[: len(BOOK) // 2], "损坏"),
        ("方案.xls", OLD_BOOK[:700], "损坏"),
        ("方案.pdf", b"%PDF-1.7\n" + JUNK, "损坏"),
        ("方案.docx", with_flag(WORD), "密码"),
        ("方案.xlsx", with_flag(BOOK), "密码"),
        ("方案.docx", compound(b"x", "EncryptedPackage"), "密码"),
        ("方案.xls", old_workbook(label(0, 0, "甲"), first=record(0x002F, b"\1\0" + bytes(52))), "密码"),
        ("方案.doc", compound(bytes(11) + b"\1", "WordDocument"), "密码"),
        ("方案.pdf", (FILES / "locked.pdf").read_bytes(), "密码"),
        ("方案.pdf", pdf("", picture=True), "扫描件"),
        ("方案.png", b"\x89PNG\r\n\x1a\n" + bytes(100), "图片"),
        ("方案.docx", b"\xff\xd8\xff\xe0" + bytes(100), "图片"),
        ("方案.zip", zipped({"方案.txt": "甲"}), "压缩包"),
        ("方案.ofd", zipped({"OFD.xml": "<a/>"}), "OFD"),
        ("方案.mp4", bytes(range(256)) * 4, "暂不能读取 .mp4"),
        ("方案", bytes(range(256)) * 4, "认不出"),
        ("方案.doc", compound(b"x", "WordDocument"), "LibreOffice"),
        ("方案.wps", compound(b"x", "Contents"), "LibreOffice"),
        ("方案.rtf", b"{\\rtf1 text}", "LibreOffice"),
        (
            "方案.odt",
            zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}),
            "LibreOffice",
        ),
        ("方案.doc", b"<html><body>text</body></html>", "LibreOffice"),
        ("方案.doc", b"MIME-Version: 1.0\r\n", "网页存档"),
        ("方案.docx", bomb("word/document.xml", 60), "太大"),
        ("方案.xlsx", zipped({"xl/workbook.xml": bytes(50 << 20)}), "太大"),
        ("方案.docx", lying(bomb("word/document.xml", 60), 100), "损坏"),
        ("方案.docx", zipped({f"word/{n}.xml": "" for n in range(5001)} | {"word/document.xml": "<a/>"}), "太大"),
        ("方案.txt", b"\x81" * 99 + b"\xff", "无法识别文件的文字编码"),
        ("方案.txt", "字".encode() * (MAX_CHARACTERS + 1), "太多"),
        ("方案.txt", b"\xff" * MAX_BYTES, "太多"),
        ("方案.txt", b"a\n" * (MAX_LINES + 1), "太多"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_is_refused_with_what_to_do(name: str, content: bytes, words: str) -> None:
    said = refusal(name, content)
    assert words in said
    assert "请" in said


def test_a_bomb_of_entities_goes_nowhere() -> None:
    levels = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    laughs = f'<!DOCTYPE w [<!ENTITY a0 "ha">{levels}]><w:document><w:body>&a9;</w:body></w:document>'
    assert "损坏" in refusal("方案.docx", zipped({"word/document.xml": laughs}))


def test_a_pdf_whose_streams_unpack_without_end_is_refused() -> None:
    packed = zlib.compress(bytes(400 << 20), 9).decode("latin-1")
    content = pdf(shown("a"))
    swollen = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n{packed}\nendstream".encode("latin-1")
    begin, end = content.index(b"5 0 obj\n") + 8, content.index(b"\nendobj", content.index(b"5 0 obj\n"))
    began = time.monotonic()
    assert "太大" in refusal("方案.pdf", content[:begin] + swollen + content[end:])
    assert time.monotonic() - began < 15


# ---- a process of its own


def test_a_reader_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tracker.plans.readers.apart.MAX_SECONDS", 1)
    program = tmp_path / "sleeper"
    program.write_text(f"#!{sys.executable}\n{SLEEPER}\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(Unreadable, match="读取超时"):
        Apart("docx")(WORD)


@pytest.mark.parametrize(
    ("ending", "words"),
    [("os.kill(os.getpid(), 27)", "超时"), ("os.abort()", "太大"), ("sys.exit(3)", "损坏"), ("print('{')", "损坏")],
)
def test_however_a_reader_ends_the_service_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ending: str, words: str
) -> None:
    program = tmp_path / "reader"
    program.write_text(f"#!{sys.executable}\nimport os, sys\n{ending}\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(Unreadable, match=words):
        Apart("docx")(WORD)


def test_a_reader_knows_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = tmp_path / "told"
    program = tmp_path / "reader"
    program.write_text(f"#!{sys.executable}\nimport os\nopen({str(told)!r}, 'w').write(repr(dict(os.environ)))\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setenv("TRACKER_SECRET_KEY", "not for readers")
    with pytest.raises(Unreadable):
        Apart("docx")(WORD)
    assert "TRACKER" not in told.read_text().replace("tracker.plans", "")


def test_a_reader_holds_no_more_than_it_may() -> None:
    code = (
        "from tracker.plans.readers.budget import bind; bind()\n"
        "try: bytearray(300 << 20)\nexcept MemoryError: print('refused')"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "refused\n"
    )


@pytest.mark.parametrize(
    ("error", "words"),
    [(MemoryError(), "太大"), (RecursionError(), "太大"), (KeyError("w"), "损坏"), (ZeroDivisionError(), "损坏")],
)
def test_whatever_a_parser_raises_becomes_words(error: Exception, words: str) -> None:
    def fail(_: bytes) -> Reading:
        raise error

    with pytest.raises(Unreadable, match=words):
        guarded(fail, b"")


# ---- LibreOffice


OFFICE = """#!{python}
import shutil, sys, subprocess, time
out, source = sys.argv[-2:]
assert sys.argv[1].startswith("-env:UserInstallation=file://"), sys.argv
{does}
"""


@pytest.fixture
def soffice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A stand-in for LibreOffice, to be written by the test."""
    program = tmp_path / "soffice"
    monkeypatch.setattr(office, "PROGRAMS", (str(program),))
    return program


def install(program: Path, does: str) -> None:
    """Write what the stand-in does."""
    program.write_text(OFFICE.format(python=sys.executable, does=does))
    program.chmod(0o700)


@pytest.mark.parametrize(
    ("name", "content"),
    [("方案.doc", compound(b"x", "WordDocument")), ("方案.wps", compound(b"x", "Contents")), ("方案.rtf", b"{\\rtf1}")],
)
def test_an_old_word_text_goes_through_libreoffice(soffice: Path, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / "made.docx").write_bytes(WORD)
    install(soffice, f"import os; os.mkdir(out); shutil.copy({str(tmp_path / 'made.docx')!r}, out + '/plan.docx')")
    reading = read_document(name, content)
    assert (reading.text, reading.kind) == ("一、完善制度", "docx")


@pytest.mark.parametrize(("does", "words"), [("sys.exit(1)", "打不开这个文件"), ("time.sleep(60)", "太长时间")])
def test_libreoffice_may_fail(soffice: Path, monkeypatch: pytest.MonkeyPatch, does: str, words: str) -> None:
    monkeypatch.setattr(office, "OFFICE_SECONDS", 1)
    install(soffice, does)
    assert words in refusal("方案.doc", compound(b"x", "WordDocument"))


def test_what_libreoffice_started_ends_with_it(soffice: Path, tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    child = f"import time\nfor _ in range(50):\n open({str(alive)!r}, 'a').write('.'); time.sleep(0.1)"
    install(soffice, f"subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(0.5)")
    refusal("方案.doc", compound(b"x", "WordDocument"))
    before = alive.stat().st_size
    time.sleep(0.4)
    assert alive.stat().st_size == before


def test_every_ending_that_is_offered_has_a_reader() -> None:
    assert set(READERS) == {
        *("docx", "doc", "wps", "xlsx", "xls", "et", "pdf", "txt", "md", "rtf", "odt", "ods", "html"),
    }


def test_no_line_holds_what_a_database_refuses() -> None:
    lines = Lines()
    lines.add("甲\0乙\ud800丙", "")
    lines.add_row(["\0", "丁\udfff"], "")
    assert lines.reading("docx").text == "甲乙丙\n\t丁"
