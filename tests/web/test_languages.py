"""A reader of English finds no Chinese on any page, but for what people and documents said."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from sqlalchemy import String, select, update

from tests.client import Client
from tests.web.routes import PAGES
from tests.web.test_pages import ROLES, places
from tracker.appraisal.schemes import known_scheme
from tracker.db import db, transaction
from tracker.indicators.forms import known_form
from tracker.people import account_sheets, unit_sheets
from tracker.people.models import User

__all__ = ["places"]

Visitor = Callable[[str], Client]

CHINESE = re.compile("[\u4e00-\u9fff]")
SEEN = ("title", "placeholder", "aria-label", "alt", "abbr", "data-l", "data-confirm", "data-selected", "data-none")
"""Attributes that are shown or read aloud."""

TYPED = re.compile("“[^”]*”")
"""What one must type, and what somebody typed, stands in such marks."""

LONG = re.compile("[\u4e00-\u9fff][^…]{4,}[\u4e00-\u9fff]")
"""A long piece of text, up to where it is cut."""

UNREAD = ("script", "style", "textarea")
PART = 6
"""From how many characters on a piece of a stored text is known for one: pages cut long texts short."""


class Reader(HTMLParser):
    """Collects what a page shows or says; what is being typed is the reader's own."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.said: list[str] = []
        self.unread: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up the attributes of a tag, and note where text is not for reading."""
        self.said += [value for name, value in attrs if value and name in SEEN]
        # What says in which language it is (the button of the other language, a letter to somebody else) is meant so.
        if tag in UNREAD or (tag != "html" and "lang" in dict(attrs)):
            self.unread.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Read on after what is not for reading."""
        if self.unread and tag == self.unread[-1]:
            self.unread.pop()

    def handle_data(self, data: str) -> None:
        """Take up text."""
        if not self.unread:
            self.said.append(data)


def stored() -> list[str]:
    """Return every Chinese text of the database, and each line of it, the longest first."""
    found = {*account_sheets.HEADS, *unit_sheets.HEADS}  # Sheets that are read again have the same heads for everybody.
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, String):
                found |= {text for text in db.session.scalars(select(column).distinct()) if text}
    found |= {line.strip() for text in found for line in text.splitlines()} | set(printed())
    return sorted((text for text in found if CHINESE.search(text)), key=len, reverse=True)


def printed() -> Iterator[str]:
    """Yield the official text of the indicator form, and what its companion file says of it."""
    known = known_form("shanghai-112")
    for part in known.form.parts:
        yield part.title
    for content in known.form.contents:
        yield from (content.title, content.text, *content.wordings)
    for sub_task in known.form.sub_tasks:
        yield sub_task.text
    for indicator in known.form.indicators:
        yield from (indicator.question, indicator.cell)
        yield from (text.strip() for text in indicator.segments if isinstance(text, str))
        yield from (text for blank in indicator.blanks for text in (blank.unit, blank.label, *blank.options))
    yield from known.text.splitlines()
    yield known.form.title
    for remark in known.terms.remarks:
        yield from (remark.proposed, remark.reason)
    yield from (check.message for check in known.terms.checks)
    for problem in known.problems:
        yield from (problem.what, *problem.what.split("、"))
    yield from ("是", "否", "均有", "不适用", "空白")
    yield from scheme_printed()


def scheme_printed() -> Iterator[str]:
    """Yield the official text of the appraisal scheme, and what its companion file would read instead."""
    known = known_scheme("songjiang-2021-19")
    yield from (known.scheme.title, known.scheme.doc_number, known.scheme.issuer, *known.terms.aliases)
    for sheet, item, clause in known.scheme.clauses():
        yield from (*sheet.units, *item.owners, item.title, item.text, clause.quote, clause.unit)
    yield from known.text.splitlines()
    terms = known.terms
    said = (*terms.remarks, *terms.undecided)
    yield from (text for each in said for text in (each.quote, each.proposed) if text)
    for problem in known.problems:
        yield from (problem.what, *problem.what.split("、"))


def leftovers(page: str, data: list[str]) -> Iterator[str]:
    """Yield what is Chinese on a page and stands nowhere in the database."""
    reader = Reader()
    reader.feed(page)
    everything = "\n".join(data)
    for said in reader.said:
        if not CHINESE.search(said):
            continue
        rest = LONG.sub(lambda run: "" if run[0] in everything else run[0], said)
        for text in data:
            if text in rest:
                rest = rest.replace(text, "\n")
        rest = TYPED.sub("\n", rest)
        pieces = (piece.strip(" \t….") for piece in rest.split("\n"))
        for piece in pieces:
            if CHINESE.search(piece) and not (len(piece) >= PART and piece in everything):
                yield " ".join(said.split())
                break


OFFICIAL_PAPERS = ("/paper", "/print")
"""Pages that are an official form in its own layout and wording."""


def walked(browser: Client, role: str, places: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Yield the address and the text of every page that a role may open."""
    for (method, _), (address, by_status) in PAGES.items():
        if method == "GET" and role in by_status.get(200, "").split() and not address.endswith(OFFICIAL_PAPERS):
            with browser.get(address.format(**places)) as response:
                if response.mimetype == "text/html":
                    yield address, response.get_data(as_text=True)


def asked_for(address: str) -> list[str]:
    """Return what an address asks for: a page says it again."""
    return [value for _, value in parse_qsl(urlsplit(address).query)]


@pytest.mark.parametrize("role", [role for role in ROLES if role != "anonymous"])
def test_a_page_in_english_has_chinese_only_where_somebody_wrote_it(
    visitor: Visitor, seeded: Flask, places: dict[str, int], role: str
) -> None:
    with transaction():
        db.session.execute(update(User).where(User.account == ROLES[role]).values(language="en"))
    pages = list(walked(visitor(ROLES[role]), role, places))
    data = stored()
    found = {f"{address}: {rest}" for address, page in pages for rest in leftovers(page, [*data, *asked_for(address)])}
    assert "\n".join(sorted(found)) == ""
