"""Sentences of the interface that keep what they were made of, so that another language can be spoken where they show.

The source language is Chinese. `say` returns the Chinese sentence as an ordinary text; whoever shows it to a reader of
another language finds its source and its values in it, and makes the sentence anew from a catalogue.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from string import Formatter
from typing import Any

SOURCE = "zh"
"""The language of the sources."""

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

Look = Callable[[str], str]
"""Finds a source's sentence in another language; returns the source where there is none."""


def _date_in_chinese(day: date, form: str) -> str:
    return {
        "long": f"{day.year}年{day.month}月{day.day}日",
        "month": f"{day.year}年{day.month}月",
        "short": f"{day.month}月{day.day}日",
        "weekday": f"星期{'一二三四五六日'[day.weekday()]}",
    }[form]


def _date_in_english(day: date, form: str) -> str:
    month = MONTHS[day.month - 1]
    return {
        "long": f"{day.day} {month} {day.year}",
        "month": f"{month} {day.year}",
        "short": f"{day.day} {month}",
        "weekday": DAYS[day.weekday()],
    }[form]


_DATES = {"zh": _date_in_chinese, "en": _date_in_english}
_COMMAS = {"zh": "、", "en": ", "}
DATE_FORMS = frozenset({"long", "month", "short", "weekday"})


class Words(str):
    """A sentence in Chinese; `source` and `values` are what it was made of."""

    __slots__ = ("source", "values")
    source: str
    values: Mapping[str, Any]

    def __str__(self) -> str:
        """Return itself: the message of an exception, too, keeps what it was made of."""
        return self


class _Sentence(Formatter):
    """Puts values into a sentence: days as `{day:long}`, lists with their commas, plurals as `{n:item|items}`."""

    def __init__(self, language: str, look: Look) -> None:
        """Keep the language of the sentence, and where other sentences of it are found."""
        self.language, self.look = language, look

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Words):
            return in_language(value, self.language, self.look)
        if isinstance(value, list | tuple):
            return _COMMAS[self.language].join(self.format_field(each, format_spec) for each in value)
        if isinstance(value, date) and format_spec in DATE_FORMS:
            return _DATES[self.language](value, format_spec)
        one, bar, many = format_spec.partition("|")
        if bar:
            return one if value == 1 else many
        return str(super().format_field(value, format_spec))


_chinese = _Sentence(SOURCE, lambda source: source)


def say(source: str, /, **values: Any) -> Words:
    """Return the Chinese sentence of a source with its values; the source is also the key of every other language."""
    if not values:
        return _plain(source)
    # Most sentences have no forms in them, and Python's own formatting is several times faster.
    simple = ":" not in source and not any(isinstance(value, list | tuple) for value in values.values())
    words = Words(source.format_map(values) if simple else _chinese.vformat(source, (), values))
    words.source, words.values = source, values
    return words


@cache
def _plain(source: str) -> Words:
    words = Words(source)
    words.source, words.values = source, {}
    return words


def written(source: str) -> Words:
    """Return a sentence that a file beside a document says, as if it were said in the code; its author keeps a form.

    The catalogues find such sentences in the files (tools/translations.py).
    """
    return _plain(source)


def in_language(words: str, language: str, look: Look) -> str:
    """Return a sentence in a language; what is no sentence of the interface (names, official text) stays as it is."""
    if language == SOURCE or not isinstance(words, Words):
        return words
    text = look(words.source)
    return _Sentence(language, look).vformat(text, (), words.values) if words.values else text


def date_text(day: date, form: str, language: str) -> str:
    """Return a day in a form of DATE_FORMS, in a language."""
    return _DATES[language](day, form)


def packed(words: str) -> str:
    """Return a sentence as a text that can be stored, and said again in any language by `unpacked`."""
    if isinstance(words, Words):
        return json.dumps([words.source, dict(words.values)], ensure_ascii=False, default=str)
    return json.dumps([None, words], ensure_ascii=False)


def unpacked(stored: str) -> str:
    """Return a stored sentence."""
    if not stored:
        return ""
    source, rest = json.loads(stored)
    return str(rest) if source is None else say(source, **rest)
