"""Two versions of one form side by side: what is stored now, what the person typed, and where they differ."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from flask import Flask

from tracker.i18n import translate

MOST_CLAUSES = 300
"""Longer texts are marked as a whole: to compare their clauses would take too long for a page."""

_CLAUSES = re.compile(r"[^，。；！？、：,;!?\n]*[，。；！？、：,;!?\n]?")

Fields = Sequence[tuple[str, str]]
"""A side's fields: label and content, as a person reads them."""


@dataclass(frozen=True)
class Part:
    """A piece of a text; `own` says that the other side does not have it."""

    text: str
    own: bool


@dataclass(frozen=True)
class Line:
    """One field on both sides; a side where it is empty has no parts, one that does not have it a dash."""

    label: str
    theirs: list[Part]
    mine: list[Part]


@dataclass(frozen=True)
class Compared:
    """The fields that differ, and the names of those that say the same on both sides."""

    lines: list[Line]
    same: list[str]


def compared(theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> Compared:
    """Lay two sides of a conflict beside each other, field by field; a text without fields is one of its own."""
    left, right = _fields(theirs), _fields(mine)
    labels = list(dict.fromkeys((*left, *right)))
    same = [label for label in labels if left.get(label) == right.get(label)]
    lines = [Line(label, *_parts(left.get(label), right.get(label))) for label in labels if label not in same]
    return Compared(lines, same)


def _fields(side: Mapping[str, Any]) -> dict[str, str]:
    fields: Fields = side.get("fields", ())
    found = {label: str(translate(content) or "") for label, content in fields}
    return {**found, "": str(translate(side["text"]))} if "text" in side else found


def _parts(theirs: str | None, mine: str | None) -> tuple[list[Part], list[Part]]:
    if theirs is None or mine is None:
        return _whole(theirs), _whole(mine)
    left, right = _CLAUSES.findall(theirs), _CLAUSES.findall(mine)
    if max(len(left), len(right)) > MOST_CLAUSES:
        return _whole(theirs), _whole(mine)
    here: list[Part] = []
    there: list[Part] = []
    for kind, start, end, other_start, other_end in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        for found, piece in ((here, left[start:end]), (there, right[other_start:other_end])):
            found.extend([Part("".join(piece), kind != "equal")] if any(piece) else [])
    return here, there


def _whole(text: str | None) -> list[Part]:
    return [Part("—", False)] if text is None else [Part(text, True)] if text else []


def init_app(app: Flask) -> None:
    """Let the macro of a conflict compare its sides."""
    app.jinja_env.globals["compared"] = compared
