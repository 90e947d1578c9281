"""Reads the tables of pages as a browser does: each cell by the head of its column, end tags or not."""

from html.parser import HTMLParser

Row = dict[str, str]


class Reader(HTMLParser):
    """Reads the heads and the rows of every table of a page, in order."""

    def __init__(self, page: str) -> None:
        """Read all of it."""
        super().__init__()
        self.rows: list[Row] = []
        self.heads: list[str] = []
        self.short: list[str] = []
        self.part = ""
        self.cell = -1
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a part of a table, a row or a cell; what was open is closed by that."""
        if tag in ("thead", "tbody", "tfoot"):
            self.part, self.cell = tag, -1
            if tag == "thead":
                self.heads, self.short = [], []
        elif tag == "tr":
            self.cell = -1
            if self.part == "tbody":
                self.rows.append({})
        elif tag in ("td", "th"):
            self.cell += 1
            if self.part == "thead":
                self.heads.append("")
                self.short.append(dict(attrs).get("data-l") or "")
            elif self.part == "tbody":
                self.rows[-1][self._head()] = ""

    def handle_endtag(self, tag: str) -> None:
        """Leave a part of a table."""
        if tag in ("thead", "tbody", "tfoot"):
            self.part = ""

    def handle_data(self, data: str) -> None:
        """Take the text of a cell."""
        if self.part == "thead" and self.heads:
            self.heads[-1] += data.strip()
        elif self.part == "tbody" and self.cell >= 0:
            self.rows[-1][self._head()] += data.strip()

    def _head(self) -> str:
        if self.cell >= len(self.heads):
            return ""
        return self.short[self.cell] or self.heads[self.cell]


def rows(page: str) -> list[Row]:
    """Return the rows of a page's tables, the text of each cell under the head of its column; the short one, if any."""
    return Reader(page).rows
