"""The letters as a person opens them: text and HTML against golden files, in the HTML that mail programs show."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.reminders.test_reminders import remind
from tracker import i18n, letters
from tracker.db import db, transaction
from tracker.letters import greeted
from tracker.outbox.models import Message
from tracker.people.models import User
from tracker.resources import resource

GOLDEN = Path(__file__).parent / "golden"

SHOWN_EVERYWHERE = {
    "html": {"lang"},
    "head": set(),
    "meta": {"charset"},
    "title": set(),
    "body": set(),
    "p": set(),
    "h3": set(),
    "hr": set(),
    "br": set(),
    "strong": set(),
    "small": set(),
    "a": {"href"},
    "table": {"border", "cellpadding", "cellspacing", "width"},
    "tr": {"valign"},
    "th": {"align", "width"},
    "td": set(),
}
"""Tags with their attributes that desktop and web mail programs of the last fifteen years all show: no style sheet,
no class, no script, no picture (Outlook lays out with Word's engine, web mail strips styles)."""

CLOSED_BY_NOBODY = {"meta", "hr", "br"}


class Reader(HTMLParser):
    """Reads a letter, noting what is outside the subset and what is left open."""

    def __init__(self) -> None:
        super().__init__()
        self.foreign: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = SHOWN_EVERYWHERE.get(tag)
        if allowed is None:
            self.foreign.append(tag)
        self.foreign += [f"{tag}.{name}" for name, _ in attrs if name not in (allowed or set())]
        if tag not in CLOSED_BY_NOBODY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def letter(seeded: Flask) -> Callable[[str, str], Message]:
    """Return the letter of an account of one day, with the numbers of assignments taken out of its links."""

    def of(account: str, day: str) -> Message:
        remind(day)
        return db.session.scalars(select(Message).where(Message.recipient == account)).one()

    return of


def without_ids(text: str) -> str:
    """Take out of links what differs from database to database."""
    return re.sub(r"(/assignments/|unit=)\d+", r"\1…", text)


CASES = [("songjiang-clerk", "2021-03-01"), ("songjiang-lead", "2021-03-03"), ("supervisor", "2021-03-19")]


@pytest.mark.parametrize(("account", "day"), CASES)
def test_a_letter_reads_as_the_golden_one_in_both_forms(
    letter: Callable[[str, str], Message], account: str, day: str
) -> None:
    found = letter(account, day)
    body = greeted(letters.Body(found.body_text, found.body_html), "松江区司法局 收件人")
    for form, content in (("txt", body.text), ("html", body.html)):
        golden = GOLDEN / f"letter_{account}_{day}.{form}"
        assert without_ids(content) == golden.read_text("utf-8"), golden.name


def test_a_letter_is_in_the_language_of_its_reader(seeded: Flask, letter: Callable[[str, str], Message]) -> None:
    with transaction():
        db.session.execute(update(User).where(User.account == "songjiang-clerk").values(language="en"))
    found = letter("songjiang-clerk", "2021-03-01")
    with i18n.speaking("en"):
        salutation = letters.salutation("松江区司法局", "收件人")
    body = greeted(letters.Body(found.body_text, found.body_html), salutation)
    content = {"txt": f"{found.subject}\n\n{body.text}", "html": body.html}
    for form, read in content.items():
        golden = GOLDEN / f"letter_songjiang-clerk_2021-03-01.en.{form}"
        assert without_ids(read) == golden.read_text("utf-8"), golden.name


@pytest.mark.parametrize(("account", "day"), CASES)
def test_a_letter_uses_only_what_every_mail_program_shows(
    letter: Callable[[str, str], Message], account: str, day: str
) -> None:
    reader = Reader()
    reader.feed(letter(account, day).body_html)
    assert reader.foreign == []
    assert reader.open == []


def test_every_letter_has_its_three_templates() -> None:
    for folder in sorted((resource("templates") / "mail").iterdir()):
        assert {file.name for file in folder.iterdir()} >= {"subject.txt", "body.txt", "body.html"}, folder.name
