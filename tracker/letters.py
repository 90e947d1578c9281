"""Renders letters from templates/mail with Jinja alone, so that they need no request."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from tracker import i18n
from tracker.resources import resource
from tracker.rules.words import say

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
    finalize=i18n.translate,
)
_environment.globals.update(_=say, language_tag=lambda: i18n.TAGS[i18n.language()])


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


def salutation(unit: str, name: str) -> str:
    """Return how a letter to somebody begins, in the language spoken now; the Chinese colon is left to `greeting`."""
    return str(i18n.translate(say("{unit} {name}：", unit=unit, name=name))).removesuffix("：")


def greeting(salutation: str) -> str:
    """Return the line with which a letter begins: a salutation with its own comma, or else a Chinese colon."""
    return salutation if salutation.endswith(",") else f"{salutation}："


def greeted(letter: Body, salutation: str) -> Body:
    """Return a stored letter with its salutation, which is known only when it is sent; without one nothing is added."""
    if not salutation:
        return letter
    line = greeting(salutation)
    html = letter.html.replace(SALUTATION_MARK, str(Markup("<p>{}</p>").format(line)), 1)
    return Body(f"{line}\n\n{letter.text}", html)


def one_line(text: str, limit: int = SUBJECT_LENGTH) -> str:
    """Return a text without anything that breaks a line, cut to `limit` characters."""
    line = " ".join("".join(" " if unicodedata.category(c) in BREAKING else c for c in text).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
