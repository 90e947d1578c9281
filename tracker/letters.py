"""Renders letters from templates/mail with Jinja alone, so that they need no request."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from tracker.resources import resource

SUBJECT_LENGTH = 200
BREAKING = {"Cc", "Cs", "Zl", "Zp"}
"""Unicode categories that could end or spoil a header line: controls, surrogates, line and paragraph separators."""

SALUTATION_MARK = "<!--salutation-->"
"""Where the HTML of a letter takes its salutation."""

_environment = Environment(
    loader=FileSystemLoader(resource("templates") / "mail"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True)
class Body:
    """The two forms of one letter."""

    text: str
    html: str


def subject(name: str, context: Mapping[str, Any]) -> str:
    """Render the subject of the letter `name` as one line."""
    return one_line(_environment.get_template(f"{name}/subject.txt").render(context))


def body(name: str, context: Mapping[str, Any]) -> Body:
    """Render the letter `name` as text and as HTML."""
    text, html = (_environment.get_template(f"{name}/body.{form}").render(context) for form in ("txt", "html"))
    return Body(text, html)


def greeted(letter: Body, salutation: str) -> Body:
    """Return a stored letter with its salutation, which is known only when it is sent; without one nothing is added."""
    if not salutation:
        return letter
    line = f"{salutation}："
    html = letter.html.replace(SALUTATION_MARK, str(Markup("<p>{}</p>").format(line)), 1)
    return Body(f"{line}\n\n{letter.text}", html)


def one_line(text: str, limit: int = SUBJECT_LENGTH) -> str:
    """Return a text without anything that breaks a line, cut to `limit` characters."""
    line = " ".join("".join(" " if unicodedata.category(c) in BREAKING else c for c in text).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
