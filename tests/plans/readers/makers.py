"""Documents for the readers: real files, made in memory."""

import io
import zipfile
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path

import xlsxwriter
from xlsxwriter.workbook import Workbook

FILES = Path(__file__).parent / "files"
SAMPLES = Path(__file__).parents[2] / "golden" / "plans"

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPACES = (
    f'xmlns:w="{WORD}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def zipped(parts: Mapping[str, bytes | str], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a container with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def changed(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """Return a container with its parts changed; a part that becomes None is left out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: change(name, archive.read(name)) for name in archive.namelist()}
    return zipped({name: part for name, part in parts.items() if part is not None})


# ---- Word


def word(body: str, numbering: str = "", styles: str = "") -> bytes:
    """Return a .docx with this markup as its body, its list definitions and its styles."""
    parts = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f"<w:document {SPACES}><w:body>{body}</w:body></w:document>",
    }
    if numbering:
        parts["word/numbering.xml"] = f"<w:numbering {SPACES}>{numbering}</w:numbering>"
    if styles:
        parts["word/styles.xml"] = f"<w:styles {SPACES}>{styles}</w:styles>"
    return zipped(parts)


def p(text: str = "", number: tuple[int, int] | None = None, style: str = "", more: str = "") -> str:
    """Return a paragraph; number is a list and a level."""
    listed = f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>' if number else ""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{listed}{more}</w:pPr>{run(text) if text else ''}</w:p>"


def run(text: str, more: str = "") -> str:
    """Return a piece of text; more goes into its properties."""
    return f'<w:r><w:rPr>{more}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def table(*rows: str) -> str:
    """Return a table of rows."""
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def tr(*cells: str) -> str:
    """Return a row; a plain text becomes a cell of its own."""
    return f"<w:tr>{''.join(cell if cell.startswith('<w:tc>') else tc(cell) for cell in cells)}</w:tr>"


def tc(text: str, more: str = "") -> str:
    """Return a cell; text may be markup of paragraphs, more goes into its properties."""
    return f"<w:tc><w:tcPr>{more}</w:tcPr>{text if text.startswith('<w:') else p(text)}</w:tc>"


def down(text: str = "", is_first: bool = False) -> str:
    """Return a cell that is merged with the one below it or above it."""
    return tc(text, '<w:vMerge w:val="restart"/>' if is_first else "<w:vMerge/>")


def across(text: str, columns: int) -> str:
    """Return a cell that takes several columns."""
    return tc(text, f'<w:gridSpan w:val="{columns}"/>')


def level(at: int, form: str, text: str, start: int = 1, more: str = "") -> str:
    """Return a level of a list."""
    shape = f'<w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/>{shape}</w:lvl>'


def kind(number: int, *levels: str, more: str = "") -> str:
    """Return a kind of list (abstractNum)."""
    return f'<w:abstractNum w:abstractNumId="{number}">{more}{"".join(levels)}</w:abstractNum>'


def list_(number: int, of: int, more: str = "") -> str:
    """Return a list (num) of a kind."""
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{of}"/>{more}</w:num>'


# ---- Excel


def book(fill: Callable[[Workbook], object]) -> bytes:
    """Return a workbook that a function fills."""
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out)
    fill(workbook)
    workbook.close()
    return out.getvalue()


# ---- PDF


def pdf(*pages: str, picture: bool = False, trailer: str = "") -> bytes:
    """Return a PDF whose pages have these contents (operators of PDF), with one font and, if wanted, one picture."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    image = (
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>"
    )
    objects.append(f"{image}\nstream\n0\nendstream")
    kids = []
    for content in pages:
        body = content + (" q 595 0 0 842 0 0 cm /I Do Q" if picture else "")
        objects.append(f"<< /Length {len(body)} >>\nstream\n{body}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F 3 0 R >> /XObject << /I 4 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    return _assembled(objects, trailer)


def _assembled(objects: list[str], trailer: str) -> bytes:
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, written in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{written}\nendobj\n".encode("latin-1")
    table_at = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{table_at}\n%%EOF\n".encode()
    return bytes(out)


def shown(*lines: str, top: int = 780) -> str:
    """Return what a page needs to show these lines."""
    return " ".join(f"BT /F 12 Tf 72 {top - 20 * n} Td ({line}) Tj ET" for n, line in enumerate(lines))
