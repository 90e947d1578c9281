"""Containers are looked into without unpacking: names that lead out, too much inside, macros, another kind."""

import io
import zipfile

import pytest

from tests.effort import at_most
from tracker.archives import ENTRIES
from tracker.uploads import FileRefused, Why, check

DOCX = ("[Content_Types].xml", "_rels/.rels", "word/document.xml")


def archive(*names: str, content: bytes = b"<x/>") -> bytes:
    """Return a ZIP with such entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def refused(name: str, content: bytes) -> FileRefused:
    """Return how a file is refused; its stream is left at its start."""
    stream = io.BytesIO(content)
    with pytest.raises(FileRefused) as caught:
        check(name, stream)
    assert stream.tell() == 0
    return caught.value


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("a.docx", DOCX),
        ("a.xlsx", ("[Content_Types].xml", "xl/workbook.xml")),
        ("a.pptx", ("[Content_Types].xml", "ppt/presentation.xml")),
        ("a.ofd", ("OFD.xml", "Doc_0/Document.xml")),
        ("a.zip", ("佐证/一.pdf", "佐证/二..pdf", "inner.zip")),
    ],
)
def test_a_sound_container_is_taken_and_left_at_its_start(name: str, entries: tuple[str, ...]) -> None:
    stream = io.BytesIO(archive(*entries))
    check(name, stream)
    assert stream.tell() == 0


@pytest.mark.parametrize("ending", ["docx", "zip"])
@pytest.mark.parametrize(
    "entry", ["../../evil", "a/../../b", "/etc/passwd", "C:/x", "c:x", "..\\evil", "a\\b", "\\\\host\\share", ".."]
)
def test_an_entry_that_leads_out_is_refused(ending: str, entry: str) -> None:
    found = refused(f"a.{ending}", archive(*(DOCX if ending == "docx" else ["一.txt"]), entry))
    assert found.why is Why.TYPE
    assert "不安全的文件路径" in str(found)


@pytest.mark.parametrize("macro", ["word/vbaProject.bin", "word/VBAPROJECT.BIN", "word/vbaData.xml", "vbaProject.bin"])
def test_a_document_with_macros_under_another_ending_is_refused(macro: str) -> None:
    found = refused("a.docx", archive(*DOCX, macro))
    assert found.why is Why.TYPE
    assert "带有宏" in str(found)


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("a.docx", ("word/document.xml",)),
        ("a.docx", ("[Content_Types].xml", "xl/workbook.xml")),
        ("a.xlsx", DOCX),
        ("a.pptx", DOCX),
        ("a.ofd", DOCX),
        ("a.docx", ("一.txt",)),
    ],
)
def test_a_container_of_another_kind_is_refused(name: str, entries: tuple[str, ...]) -> None:
    found = refused(name, archive(*entries))
    assert found.why is Why.TYPE
    assert "不符" in str(found)


@pytest.mark.parametrize("ending", ["docx", "xlsx", "ofd", "zip"])
@pytest.mark.parametrize("content", [b"PK\x03\x04\xde\xad\xbe\xef", archive(*DOCX)[:-30], b"PK\x05\x06" + bytes(18)])
def test_a_damaged_container_is_refused(ending: str, content: bytes) -> None:
    assert refused(f"a.{ending}", content).why is Why.TYPE


def test_a_bomb_is_refused_by_what_it_says_of_itself() -> None:
    bomb = archive(*DOCX, "word/media/x", content=bytes(30_000_000))
    with at_most(0.5):
        found = refused("a.docx", bomb)
    assert found.why is Why.SIZE
    assert "解压后太大" in str(found)


def test_too_many_entries_are_refused() -> None:
    found = refused("a.zip", archive(*(f"{number}.txt" for number in range(ENTRIES + 1)), content=b""))
    assert found.why is Why.SIZE
    assert "分开打包" in str(found)


def test_what_shrinks_a_lot_and_is_small_is_taken() -> None:
    check("a.zip", io.BytesIO(archive("a.txt", content=bytes(5_000_000))))


def test_names_in_the_script_of_older_machines_are_read() -> None:
    # The second byte of this sign is that of a backslash.
    content = archive("a" * 6 + ".txt").replace(b"aaaaaa", "誠實".encode("gb18030") + b"aa")
    check("a.zip", io.BytesIO(content))
