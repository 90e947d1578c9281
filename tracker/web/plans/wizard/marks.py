"""Cuts the lines around a task into stretches, each marked with the field that was read there."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from tracker.plans.desk_queries import Import, Line
from tracker.rules.plan_text.drafts import Certainty, Evidence, Span, TaskDraft
from tracker.rules.plan_text.highlights import Mark, cut, marks

AROUND = 3
MORE = 30
MOST_FAR = 6
MOST_LINES = 120
"""A task of a thousand lines would make a page that nobody reads."""

LONGEST = 3_000
"""Signs shown of one line."""

UNMARKED = Evidence("", Certainty.CERTAIN)
ORDER = ("text", "cooperating", "responsible", "lead", "deadline")
"""Where two fields share a stretch the later of these is shown. A proposed unit is marked by its name alone."""

_SHOWN = str.maketrans({"\t": " ｜ ", "\u2028": " ↵ "})


@dataclass(frozen=True)
class Stretch:
    """A piece of a line; `field` is what was read there, `first` where the field begins on this line."""

    text: str
    field: str
    first: bool


@dataclass(frozen=True)
class Marked:
    """A line as it is shown; `own` where it belongs to the task, `place` where the file goes on elsewhere."""

    number: int
    stretches: tuple[Stretch, ...]
    place: str
    own: bool
    corrected: bool


@dataclass(frozen=True)
class Window:
    """The lines around a task; `far` are lines elsewhere from which it got something; `cut` where they are too many."""

    lines: list[Marked]
    far: list[Marked]
    cut: bool
    last: int


def window(found: Import, task: TaskDraft, more: bool) -> Window:
    """Return the lines around a task; those of a task that stands nowhere are none."""
    if not task.line_from:
        return Window([], _far(found, task, ()), False, len(found.lines))
    around = MORE if more else AROUND
    first, last = task.line_from - around, task.line_to + around
    shown = found.window(first, min(last, max(first, 1) + MOST_LINES - 1))
    places = ["", *(line.place for line in shown)]
    lines = [
        _marked(line, task, line.place if line.place != before else "")
        for before, line in zip(places, shown, strict=False)
    ]
    far = _far(found, task, {line.number for line in shown})
    return Window(lines, far, bool(shown) and shown[-1].number < min(last, len(found.lines)), len(found.lines))


def _far(found: Import, task: TaskDraft, shown: Collection[int]) -> list[Marked]:
    """Return the lines elsewhere where a field was read: a heading whose units hold for all below it, a note."""
    wanted = {
        number
        for evidence in evidence_of(task).values()
        for span in evidence.spans
        for number in range(span.line_from, min(span.line_to, span.line_from + MOST_FAR) + 1)
    }
    numbers = sorted(wanted.difference(shown))[:MOST_FAR]
    return [_marked(line, task, line.place) for number in numbers for line in found.window(number, number)]


def _marked(line: Line, task: TaskDraft, place: str) -> Marked:
    own = task.line_from <= line.number <= task.line_to
    return Marked(line.number, tuple(_stretches(line, task)), place, own, line.corrected)


def evidence_of(task: TaskDraft) -> Mapping[str, Evidence]:
    """Return what marks are made of; units that a whole sentence proposes are marked by their names alone.

    Where a reader left no spans, the whole line that it names stands for them.
    """
    whole = {"deadline": task.deadline_line, **dict.fromkeys(("lead", "responsible", "cooperating"), task.parties_line)}
    found = {}
    for field in ORDER:
        evidence = task.evidence.get(field, UNMARKED)
        if not evidence.spans and (line := whole.get(field, 0)) and _says(task, field):
            evidence = replace(evidence, spans=(Span(line, 0, line, LONGEST),))
        if evidence.spans:
            found[field] = evidence
    return found


def _says(task: TaskDraft, field: str) -> bool:
    return bool(task.deadline.raw) if field == "deadline" else any(party.role == field for party in task.parties)


def _named(line: Line, task: TaskDraft) -> Iterator[Mark]:
    """Yield where a line of the task names the units that its sentence proposes."""
    for party in task.proposed if task.line_from <= line.number <= task.line_to else ():
        if (at := line.text.find(party.printed)) >= 0 and party.printed:
            yield Mark(at, at + len(party.printed), "proposed")


def _stretches(line: Line, task: TaskDraft) -> Iterator[Stretch]:
    text = line.text[:LONGEST]
    read = marks(line.number, len(text), evidence_of(task))
    named = (mark for mark in _named(line, task) if mark.end <= len(text))
    told: set[str] = set()
    for piece in cut(text, [*read, *named]):
        yield Stretch(piece.text.translate(_SHOWN), piece.field, piece.field not in told)
        told.add(piece.field)
    if len(line.text) > LONGEST:
        yield Stretch("……", "", False)
