"""Read an answer cell ("总量_____件，其中败诉_____件") into printed words and blanks, and say of what kind it is."""

import re
from collections.abc import Iterator
from dataclasses import replace
from string import ascii_lowercase

from tracker.rules.indicators.form import Blank, Nature, Segment

YES_NO = "是或否"
UNITS = ("条、次", "次/年", "场次", "人次", "件次", "个", "人", "件", "次")
"""Units as the form writes them, the longer before those that begin alike."""

LONGEST_CHOICE = 40
"""Signs of options between strokes; a longer cell with a stroke in it is a sentence."""

_TOKEN = re.compile(rf"_{{2,}}|{YES_NO}")
_UNIT = re.compile(rf"\s*({'|'.join(UNITS)})")
_LEADING = re.compile(rf"^\s*(?:{'|'.join(UNITS)})?[\s，；、。：:;,（(]*(?:(?:.*\s)?\d[.．]\s*)?", re.S)
_YEAR = re.compile(r"\d{4}年占比\s*$")


def is_answer(text: str) -> bool:
    """Tell whether a cell is one to answer in: it holds a blank, 是或否, or options between strokes."""
    return bool(_TOKEN.search(text)) or _is_choice(text)


def _is_choice(text: str) -> bool:
    return "/" in text and len(text) <= LONGEST_CHOICE and not re.match(r"\d+[.．、]", text)


def read_cell(text: str) -> tuple[Segment, ...]:
    """Cut an answer cell at its blanks; the segments put together are the cell as printed, blanks apart."""
    if not _TOKEN.search(text):
        return (Blank("a", Nature.CHOICE, options=tuple(option.strip() for option in text.split("/"))),)
    found = list(_segments(text))
    letters = iter(ascii_lowercase)
    return tuple(replace(each, letter=next(letters)) if isinstance(each, Blank) else each for each in found)


def _segments(text: str) -> Iterator[Segment]:
    end, listing = 0, False
    for token in _TOKEN.finditer(text):
        words = text[end : token.start()]
        if words:
            yield words
        listing = listing or "列举" in words
        yield _blank(token[0], words, text[token.end() :], listing)
        end = token.end()
    if text[end:]:
        yield text[end:]


def _blank(token: str, before: str, after: str, listing: bool) -> Blank:
    label = _LEADING.sub("", before).strip("：: ")
    if token == YES_NO:
        return Blank("", Nature.YES_NO, label=label)
    if listing:
        return Blank("", Nature.NAME)
    unit = found[1] if (found := _UNIT.match(after)) else ""
    if _YEAR.search(before):
        return Blank("", Nature.SHARE, "%", label)
    return Blank("", Nature.AVERAGE if "均" in label else Nature.NUMBER, unit, label)


def kind_of(segments: tuple[Segment, ...]) -> str:
    """Name the kind of an indicator by what its blanks take."""
    natures = [segment.nature for segment in segments if isinstance(segment, Blank)]
    yes_no = natures.count(Nature.YES_NO)
    if Nature.NAME in natures:
        return "list"
    if yes_no and len(natures) > 1:
        return "nested" if yes_no == len(natures) else "yes_no_rest"
    if Nature.SHARE in natures:
        return "yearly_share"
    if len(natures) > 1:
        return "counts"
    return {Nature.NUMBER: "count"}.get(natures[0], natures[0].value)
