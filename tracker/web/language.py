"""Speaks each reader's language: what the account says, otherwise what the browser keeps, otherwise Chinese."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import flask
from flask import Flask, request
from flask import session as cookie

from tracker import clock, i18n
from tracker.rules.words import SOURCE, Words, date_text, say

LANGUAGE = "language"
"""Where the cookie keeps it, so that a page that asks for nobody knows it too."""


def listen() -> None:
    """Begin a request in the language that the browser keeps; a thread may still speak another reader's."""
    chosen = SOURCE if request.endpoint == "static" else cookie.get(LANGUAGE, SOURCE)
    i18n.speak(chosen if isinstance(chosen, str) else SOURCE)


def speak_to(language: str) -> None:
    """Speak a signed-in person's language, and let the browser keep it for pages that ask for nobody."""
    i18n.speak(language)
    if cookie.get(LANGUAGE, SOURCE) != language:
        cookie[LANGUAGE] = language


def flash(message: str, category: str = "message") -> None:
    """Show a message on the next page, in the language spoken now."""
    flask.flash(i18n.translate(message), category)


def _dated(form: str) -> Callable[[date | None], str]:
    return lambda day: date_text(day, form, i18n.language()) if day else "—"


def moment(at: datetime) -> Words:
    """Return a moment in the business zone, to the minute."""
    local = clock.local(at)
    return say("{day:long} {time}", day=local.date(), time=f"{local:%H:%M}")


def init_app(app: Flask) -> None:
    """Let templates speak: `_` makes sentences, and whatever is shown is translated."""
    app.before_request(listen)
    environment: Any = app.jinja_env
    environment.finalize = i18n.translate
    environment.globals.update(_=say, languages=i18n.LANGUAGES, spoken=i18n.language, language_tags=i18n.TAGS)
    environment.filters.update(
        date_long=_dated("long"), date_month=_dated("month"), weekday=_dated("weekday"), moment=moment
    )
