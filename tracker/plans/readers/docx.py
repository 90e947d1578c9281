"""Word documents: paragraphs and tables in the order of the text, with the numbers that Word shows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tracker.plans.readers.containers import unpack
from tracker.plans.readers.docx_tables import Row, rows_of
from tracker.plans.readers.markup import Node, tree
from tracker.plans.readers.numbering import Numbering, numbering
from tracker.plans.readers.reading import CELL_BREAK, Lines, Reading
from tracker.plans.readers.unreadable import damaged
from tracker.rules.words import say

BODY = "word/document.xml"
PARTS = (BODY, "word/numbering.xml", "word/styles.xml")
SIGNS = {"noBreakHyphen": "-", "cr": "\n", "br": "\n", "tab": "\t"}

CHECKED = {"F052": "☑", "F0FE": "☑", "F0FC": "✓", "F0A8": "□", "F06F": "□", "F0A3": "□"}
"""Signs of the fonts Wingdings and Wingdings 2 that plans use for boxes."""


def read(content: bytes) -> Reading:
    """Read a .docx file; raise Unreadable where it is damaged or too large."""
    parts = {name.lower(): part for name, part in unpack(content, lambda name: name.lower() in PARTS).items()}
    if BODY not in parts:
        raise damaged()
    body = tree(parts[BODY]).find("body")
    if body is None:
        raise damaged()
    definitions, styles = (tree(parts[name]) if name in parts else Node("", {}) for name in PARTS[1:])
    walk = _Walk(numbering(definitions, styles))
    walk.blocks(body.children)
    walk.end_paragraph()
    return walk.lines.reading("docx")


@dataclass
class _Walk:
    """The way through a document: lines so far, paragraphs and tables counted, a paragraph that is not at its end."""

    numbers: Numbering
    lines: Lines = field(default_factory=Lines)
    paragraphs: int = 0
    tables: int = 0
    pending: str = ""

    def blocks(self, nodes: Iterable[Node]) -> None:
        """Add paragraphs and tables in their order."""
        for node in nodes:
            if node.name == "p":
                self.paragraph(node)
            elif node.name == "tbl":
                self.end_paragraph()
                self.table(node)

    def paragraph(self, node: Node) -> None:
        """Add a paragraph, and what stands in its text boxes behind it; a deleted end joins it to the next."""
        self.pending += self.text(node)
        if node.find("pPr", "del") is None:
            self.paragraphs += 1
            self.lines.add(aligned(self.pending), say("第{n}段", n=self.paragraphs))
            self.pending = ""
        for box in _boxes(node):
            self.blocks(box.children)

    def end_paragraph(self) -> None:
        """Add what a deleted paragraph end has left over."""
        if self.pending:
            self.paragraphs += 1
            self.lines.add(aligned(self.pending), say("第{n}段", n=self.paragraphs))
            self.pending = ""

    def text(self, paragraph: Node) -> str:
        """Return the text of a paragraph with its number."""
        written = "".join(_written(paragraph))
        number = self.numbers.number(paragraph)
        return number + written.lstrip(" \t\u3000") if number else written

    def table(self, table: Node) -> None:
        """Add the rows of a table; a frame of one cell is no table."""
        rows = rows_of(table)
        if len(rows) == 1 and len(rows[0].cells) == 1:
            self.blocks(rows[0].cells[0].node.children)
            self.end_paragraph()
            return
        self.tables += 1
        self.lines.add_blank()
        for number, cells in self.rows(rows):
            self.lines.add_row(cells, say("表{table}第{row}行", table=self.tables, row=number))
        self.lines.add_blank()

    def rows(self, rows: Sequence[Row], repeated: bool = True) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that say something of their own: number from 1, texts of the cells."""
        above: dict[int, str] = {}
        for number, row in enumerate(rows, 1):
            texts, merged = [""] * row.width, {}
            is_new = False
            for cell in row.cells:
                if cell.goes_on:
                    text = above.get(cell.column, "")
                else:
                    text = self.cell(cell.node)
                    is_new = is_new or bool(text.strip())
                if repeated and (cell.goes_on or cell.begins):
                    merged[cell.column] = text
                texts[cell.column] = text
            above = merged
            if is_new:
                yield number, texts

    def cell(self, cell: Node) -> str:
        """Return the text of a cell: paragraphs, and the rows of a table inside, divided by breaks."""
        found: list[str] = []
        for node in cell.children:
            if node.name == "p":
                found.append(self.text(node).replace("\t", " "))
                found += (self.cell(box) for box in _boxes(node))
            elif node.name == "tbl":
                found += (" ".join(filter(None, cells)) for _, cells in self.rows(rows_of(node), False))
        return CELL_BREAK.join(text for text in map(str.strip, found) if text)


def aligned(text: str) -> str:
    """Keep the tabs that make columns; one that only sets off a number, a signature or a page becomes a space.

    A single tab in a line aligns what follows; two and more divide it into columns.
    """
    return "\n".join(line if line.strip().count("\t") > 1 else line.replace("\t", " ") for line in text.split("\n"))


def _written(node: Node) -> Iterator[str]:
    """Yield the visible pieces of a paragraph or a run, without its text boxes."""
    for child in node.children:
        if child.name == "t":
            yield child.text
        elif child.name == "r":
            if not child.is_set("vanish"):
                yield from _written(child)
        elif child.name in SIGNS:
            yield SIGNS[child.name]
        elif child.name == "sym":
            yield _sign(child.attributes.get("char", ""))


def _sign(code: str) -> str:
    """Return a character that is named by its place in a font; those of symbol fonts mean nothing elsewhere."""
    if code.upper() in CHECKED:
        return CHECKED[code.upper()]
    try:
        character = chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
    return "" if "\ue000" <= character <= "\uf8ff" or not character.isprintable() else character


def _boxes(node: Node) -> Iterator[Node]:
    """Yield the text boxes that are anchored in a paragraph."""
    for child in node.children:
        if child.name == "txbxContent":
            yield child
        elif child.name == "r":
            yield from _boxes(child)
