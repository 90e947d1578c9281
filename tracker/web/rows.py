"""Writes the rows of long lists in the fewest signs that HTML allows, so that a hundred rows stay a small page."""

import re
from datetime import datetime

from flask import Flask
from markupsafe import Markup

from tracker import clock

LONGEST = 30
"""Characters of a task in a row; the whole sentence stands on its own page, in exports and on paper."""

_OPTIONAL = re.compile(r"\s*</t[dhr]>\s*")
_SMALL = re.compile(r"<(?:input|b) [^>]*>")
_QUOTES = re.compile(r'="([\w-]+)"')
_BEFORE = re.compile(r"\s*\n\s*(?=<t[dhr]\b)")


def lean(rows: str) -> Markup:
    """Leave out what HTML lets a table leave out: end tags and the space around them, quotes of boxes and lights.

    What people typed is escaped in there, so none of it can look like a tag.
    """
    short = _BEFORE.sub("", _OPTIONAL.sub("", str(rows)))
    slim = _SMALL.sub(lambda tag: _QUOTES.sub(r"=\1", tag[0]), short)
    return Markup(slim)  # nosec B704 # a part of a template, escaped by it


def brief(sentence: str) -> str:
    """Return a sentence as a row shows it, cut where it is long."""
    return sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1]}…"


def minute(at: datetime) -> str:
    """Return a moment as rows and files write it."""
    return f"{clock.local(at):%Y-%m-%d %H:%M}"


def init_app(app: Flask) -> None:
    """Give templates `{% filter lean %}` for the rows of a list, and `|brief` and `|minute` for what stands in them."""
    app.jinja_env.filters.update(lean=lean, brief=brief, minute=minute)
