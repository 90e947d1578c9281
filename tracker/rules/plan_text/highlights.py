"""Cut a line of the source into pieces, so that a page can mark where each field of a task was read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from tracker.rules.plan_text.drafts import Evidence, Span


@dataclass(frozen=True)
class Piece:
    """A stretch of a line; field is the name of what was read there, empty where nothing was."""

    text: str
    field: str


@dataclass(frozen=True)
class Mark:
    """Columns of a line where a field was read; the end is not part of it."""

    begin: int
    end: int
    field: str


def pieces(text: str, number: int, evidence: Mapping[str, Evidence]) -> tuple[Piece, ...]:
    """Give a line's stretches in order, each with the field that was read there."""
    return cut(text, marks(number, len(text), evidence))


def cut(text: str, found: Iterable[Mark]) -> tuple[Piece, ...]:
    """Cut a line at its marks; the narrower of two holds, as a unit inside its task does."""
    widest_first = sorted(found, key=lambda mark: mark.begin - mark.end)
    edges = sorted({0, len(text), *(edge for mark in widest_first for edge in (mark.begin, mark.end))})
    made: list[Piece] = []
    for begin, end in pairwise(edges):
        holding = (mark.field for mark in reversed(widest_first) if mark.begin <= begin and end <= mark.end)
        field = next(holding, "")
        if made and made[-1].field == field:
            made[-1] = Piece(made[-1].text + text[begin:end], field)
        else:
            made.append(Piece(text[begin:end], field))
    return tuple(made)


def marks(number: int, length: int, evidence: Mapping[str, Evidence]) -> Iterator[Mark]:
    """Yield where a line of so many signs says each field."""
    for field, found in evidence.items():
        for span in found.spans:
            if span.line_from <= number <= span.line_to:
                begin, end = _begin(span, number), _end(span, number, length)
                if begin < end:
                    yield Mark(begin, end, field)


def _begin(span: Span, number: int) -> int:
    return max(0, span.column_from) if span.line_from == number else 0


def _end(span: Span, number: int, length: int) -> int:
    return min(span.column_to, length) if span.line_to == number else length
