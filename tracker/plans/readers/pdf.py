"""PDF files with text: lines and ruled tables in the order of reading, page by page."""

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.page import Page
from pdfplumber.table import Table
from pdfplumber.utils.exceptions import PdfminerException

from tracker.plans.readers.budget import grant
from tracker.plans.readers.limits import MAX_PAGES, PAGE_SECONDS
from tracker.plans.readers.pdf_tables import GAP, Grid, grid_of, tables_of, written
from tracker.plans.readers.reading import Lines, Reading
from tracker.plans.readers.unreadable import Unreadable, damaged, locked, too_large
from tracker.rules.words import say

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # It has something to say about most fonts of most files.

Item = tuple[float, "str | Grid"]
"""Something on a page: how far down it begins, from 0 to 1, and a line or a table."""

EDGE = 0.12
"""The part of a page, above and below, that holds page numbers and running titles."""

_PAGE_NUMBER = re.compile(r"[-—–－·•\s]*第?\s*[0-9]{1,4}\s*页?\s*(?:[/／,，]?\s*共?\s*[0-9]{1,4}\s*页?)?[-—–－·•\s]*")
_NO_LETTER = "(cid:"
"""What the library writes for a character whose font does not say which letter it is."""

SPARSE = 20
"""Characters; a page with fewer, and with a picture, is a picture with a page number."""


def read(content: bytes) -> Reading:
    """Read a PDF; raise Unreadable where it is damaged, locked, too long, or made of pictures."""
    try:
        with pdfplumber.open(io.BytesIO(content), pages=list(range(1, MAX_PAGES + 2))) as pdf:
            return _read(pdf.pages)
    except PdfminerException as error:
        raise _refused(error.args) from None


def _refused(reasons: Sequence[object]) -> Unreadable:
    """Return what is said of a file over which the library gave up; its errors carry those that they come from."""
    if any(isinstance(reason, PDFPasswordIncorrect) for reason in reasons):
        return locked()
    if any(isinstance(reason, MemoryError | RecursionError) for reason in reasons):
        return too_large()
    return damaged()


def _read(pages: Sequence[Page]) -> Reading:
    if not pages:
        raise damaged()
    if len(pages) > MAX_PAGES:
        raise Unreadable(
            say("这份 PDF 超过 {most} 页。请只保留方案正文和任务清单所在的页，另存后重新选择。", most=MAX_PAGES)
        )
    found: list[list[Item]] = []
    pictures: list[int] = []
    characters = nameless = 0
    for page in pages:
        characters += len(page.chars)
        nameless += sum(char["text"].startswith(_NO_LETTER) for char in page.chars)
        if page.images and len(page.chars) < SPARSE:
            pictures.append(page.page_number)
        found.append(list(_items(page)))
        page.close()
        grant(PAGE_SECONDS)
    if not characters or len(pictures) == len(pages):
        raise _without_text(bool(pictures))
    if nameless * 5 > characters:
        raise _without_text(False)
    notes = [say("第{pages}页是图片，没有读到文字。", pages=pictures)] if pictures else []
    return _told(found).reading("pdf", notes)


def _without_text(is_scanned: bool) -> Unreadable:
    if is_scanned:
        return Unreadable(
            say("这份 PDF 是扫描件，里面只有图片、没有文字。请用文字识别软件转成文字，核对后另存为 .docx，再重新选择。")
        )
    return Unreadable(
        say("这份 PDF 里没有可以取出的文字。请用原来的 Word、WPS 文件，或用文字识别软件转成文字后另存为 .docx。")
    )


def _items(page: Page) -> Iterator[Item]:
    """Yield lines and tables of a page from top to bottom; the text of a table is not yielded again."""
    top, height = page.bbox[1], max(page.height, 1)
    tables = [table for table in tables_of(page) if len(table.cells) > 1]
    grids = [((table.bbox[1] - top) / height, grid_of(table, page.page_number)) for table in tables]
    rest = page.filter(lambda thing: not _within(thing, tables)) if tables else page
    lines = rest.extract_text_lines(return_chars=False, x_tolerance_ratio=GAP) if rest.chars else []
    told = [((line["top"] - top) / height, written(line["text"])) for line in lines]
    every: list[Item] = [*grids, *((at, text) for at, text in told if text and not _is_number(at, text))]
    yield from sorted(every, key=lambda item: item[0])


def _within(thing: dict[str, float], tables: Sequence[Table]) -> bool:
    """Tell whether the middle of something lies in a table."""
    across, down = (thing["x0"] + thing["x1"]) / 2, (thing["top"] + thing["bottom"]) / 2
    return any(table.bbox[0] <= across <= table.bbox[2] and table.bbox[1] <= down <= table.bbox[3] for table in tables)


def _is_number(at: float, text: str) -> bool:
    return not EDGE < at < 1 - EDGE and _PAGE_NUMBER.fullmatch(text) is not None


def _told(pages: Sequence[Sequence[Item]]) -> Lines:
    """Put the pages together: titles that run over every page stand once, and a table goes on where it was cut."""
    lines, tables = Lines(), 0
    for number, thing in _pieces(pages):
        if isinstance(thing, str):
            lines.add(thing, say("第{n}页", n=number))
            continue
        tables += 1
        lines.add_blank()
        for row in thing.rows:
            lines.add_row(row.cells, say("第{page}页表{table}第{row}行", page=row.page, table=tables, row=row.number))
        lines.add_blank()
    return lines


def _pieces(pages: Sequence[Sequence[Item]]) -> list[tuple[int, "str | Grid"]]:
    """Return lines and whole tables, each with its page."""
    running = _running(pages)
    pieces: list[tuple[int, str | Grid]] = []
    for number, items in enumerate(pages, 1):
        for at, thing in items:
            if number > 1 and at < EDGE and isinstance(thing, str) and thing in running:
                continue
            last = pieces[-1][1] if pieces else ""
            if isinstance(thing, Grid) and isinstance(last, Grid) and last.goes_on(thing):
                last.take(thing)
            elif isinstance(thing, str) or thing.rows:
                pieces.append((number, thing))
    return pieces


def _running(pages: Sequence[Sequence[Item]]) -> set[str]:
    """Return the lines that stand above most pages."""
    titles = Counter(thing for items in pages for at, thing in items[:2] if at < EDGE and isinstance(thing, str))
    return {title for title, count in titles.items() if count > 2 and count * 2 > len(pages)}
