"""Which evidence files are taken, and under which name."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.uploads import ALLOWED, MAX_NAME, FileRefused, Why, check, clean_name

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
EXE = b"MZ\x90\x00\x03\x00\x00\x00"
ELF = b"\x7fELF\x02\x01\x01\x00"
TEXT = "完成情况：已落实。\n".encode()


def archive(*names: str) -> bytes:
    """Return a ZIP with empty entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "<x/>")
    return out.getvalue()


DOCX = archive("[Content_Types].xml", "_rels/.rels", "word/document.xml")
ZIP = archive("一.txt")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("扫描件.PDF", PDF),
        ("a.png", PNG),
        ("a.jpg", JPG),
        ("a.jpeg", JPG),
        ("报告.docx", DOCX),
        ("a.xlsx", archive("[Content_Types].xml", "xl/workbook.xml")),
        ("a.zip", ZIP),
        ("a.ofd", archive("OFD.xml", "Doc_0/Document.xml")),
        ("a.doc", OLE),
        ("a.xls", OLE),
        ("a.wps", OLE),
        ("a.et", OLE),
        ("a.txt", TEXT),
        ("a.csv", "甲,乙\n".encode("gb18030")),
        ("名.字.有.点.pdf", PDF),
    ],
)
def test_a_file_of_an_allowed_kind_is_taken(name: str, content: bytes) -> None:
    stream = io.BytesIO(content)
    check(name, stream)
    assert stream.read() == content


@pytest.mark.parametrize(
    "name",
    ["a.html", "a.svg", "a.exe", "a.js", "a.php", "a.docm", "a.pdf.exe", "a.", "a", ".pdf", ".htaccess", "", "pdf"],
)
def test_a_file_of_another_kind_is_refused_with_what_is_taken(name: str) -> None:
    with pytest.raises(FileRefused, match="只接受 pdf、docx") as refused:
        check(name, io.BytesIO(PDF))
    assert all(ending in str(refused.value) for ending in ALLOWED)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", EXE),
        ("a.pdf", TEXT),
        ("a.pdf", PNG),
        ("a.pdf", DOCX),
        ("a.docx", TEXT),
        ("a.docx", OLE),
        ("a.docx", b"PK\x03\x04"[:2]),
        ("a.png", JPG),
        ("a.jpg", b"<svg onload=alert(1)>"),
        ("a.doc", PDF),
        ("a.zip", PDF),
        ("a.txt", EXE + bytes(100)),
        ("a.txt", ELF),
        ("a.txt", PDF),
        ("a.csv", ZIP),
        ("a.txt", b"text\x00with a zero"),
    ],
)
def test_content_must_be_what_the_name_says(name: str, content: bytes) -> None:
    with pytest.raises(FileRefused, match=r"的内容与扩展名 .* 不符"):
        check(name, io.BytesIO(content))


@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a.docx"])
def test_an_empty_file_is_refused(name: str) -> None:
    with pytest.raises(FileRefused, match="是空文件"):
        check(name, io.BytesIO())


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("报告.pdf", "报告.pdf"),
        ("../../etc/cron.d/x.pdf", "x.pdf"),
        ("..\\..\\x.pdf", "x.pdf"),
        ("C:\\Users\\me\\报告.pdf", "报告.pdf"),
        ('a:*?"<>|b.pdf', "ab.pdf"),
        ("  报告.pdf ", "报告.pdf"),
        ("e\u0301.pdf", "\u00e9.pdf"),
    ],
)
def test_a_name_keeps_nothing_that_could_mislead(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


@pytest.mark.parametrize(
    ("given_name", "words"),
    [
        ("长" * 300 + ".pdf", "最多 120 个字符，现在有 304 个"),
        ("\u202efdp.exe.pdf", "会改变显示顺序的字符"),
        ("a\u2066b.pdf", "会改变显示顺序的字符"),
        ("a\u200bb.pdf", "看不见的字符"),
        ("a\x00b\r\nc.pdf", "看不见的字符"),
        ("..", "应有名称和扩展名"),
        (".htaccess", "应有名称和扩展名"),
        ("/etc/passwd", "应有名称和扩展名"),
        ("", "应有名称和扩展名"),
    ],
)
def test_a_false_name_is_refused_with_what_to_do(given_name: str, words: str) -> None:
    with pytest.raises(FileRefused, match=words) as refused:
        clean_name(given_name)
    assert refused.value.why is Why.CONTENT


@given(st.text(max_size=400))
def test_any_name_is_refused_or_becomes_a_short_one_without_folders_and_stays_as_it_is(name: str) -> None:
    try:
        kept = clean_name(name)
    except FileRefused:
        return
    assert len(kept) <= MAX_NAME
    assert not set(kept) & set('\\/:*?"<>|\x00\r\n')
    assert clean_name(kept) == kept
