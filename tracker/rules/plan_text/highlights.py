"""Cut a line of the source into pieces, so that a page can mark where each field of a task was read."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from tracker.rules.plan_text.drafts import Evidence, Span


@dataclass(frozen=True)
class Piece:
    """A stretch of a line; field is the name of what was read there, empty where nothing was."""

    text: str
    field: str


def pieces(text: str, number: int, evidence: Mapping[str, Evidence]) -> tuple[Piece, ...]:
    """Give a line's stretches in order; the narrower of two marks holds, as a unit inside its task does."""
    marks = [
        (begin, end, field)
        for field, found in evidence.items()
        for span in found.spans
        if span.line_from <= number <= span.line_to
        and (begin := _begin(span, number)) < (end := _end(span, number, len(text)))
    ]
    widest_first = sorted(marks, key=lambda mark: mark[0] - mark[1])
    edges = sorted({0, len(text), *(edge for begin, end, _ in marks for edge in (begin, end))})
    found: list[Piece] = []
    for begin, end in pairwise(edges):
        field = next((mark[2] for mark in reversed(widest_first) if mark[0] <= begin and end <= mark[1]), "")
        if found and found[-1].field == field:
            found[-1] = Piece(found[-1].text + text[begin:end], field)
        else:
            found.append(Piece(text[begin:end], field))
    return tuple(found)


def _begin(span: Span, number: int) -> int:
    return max(0, span.column_from) if span.line_from == number else 0


def _end(span: Span, number: int, length: int) -> int:
    return min(span.column_to, length) if span.line_to == number else length
