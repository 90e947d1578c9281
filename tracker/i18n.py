"""Which language is spoken now, and the catalogues; Chinese is the source and needs none."""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from tracker.rules.words import SOURCE, Look, Words, in_language

LANGUAGES = {"zh": "中文", "en": "English"}
"""Each in its own words."""

TAGS = {"zh": "zh-CN", "en": "en"}
"""How a page says in which language it is."""

_CATALOGUES = Path(__file__).parent / "translations"
_spoken: ContextVar[str] = ContextVar("language", default=SOURCE)


@cache
def catalogue(language: str) -> Look:
    """Return where the sentences of a language are found."""
    with (_CATALOGUES / language / "messages.mo").open("rb") as file:
        return gettext.GNUTranslations(file).gettext


def language() -> str:
    """Return the language that is spoken now."""
    return _spoken.get()


def speak(language: str) -> None:
    """Speak a language from now on, in this request or job; an unknown one is taken for Chinese."""
    _spoken.set(language if language in LANGUAGES else SOURCE)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while."""
    token = _spoken.set(language if language in LANGUAGES else SOURCE)
    try:
        yield
    finally:
        _spoken.reset(token)


def translate(value: Any) -> Any:
    """Return a sentence of the interface in the language spoken now; give back everything else as it is."""
    if type(value) is not Words:
        return value
    spoken = _spoken.get()
    return value if spoken == SOURCE else in_language(value, spoken, catalogue(spoken))
