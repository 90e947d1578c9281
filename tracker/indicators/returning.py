"""Lays a workbook that came back beside what stands now, blank by blank, and stores what a person decided on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.indicators import answering
from tracker.indicators.answering import Outcome, Typed
from tracker.indicators.queries import NOTHING, Held, Sheet
from tracker.indicators.wording import sentence
from tracker.indicators.workbook import Row, shown
from tracker.rules.indicators.form import Blank, Indicator
from tracker.rules.indicators.merging import Change, merge
from tracker.rules.indicators.rounds import Source
from tracker.rules.indicators.values import ValueRefused, read_value, show_value
from tracker.rules.permissions import Actor


@dataclass(frozen=True)
class Line:
    """A blank of a returned workbook: what went out, what came back, what stands now, and what comes of it.

    `refused` says why what came back cannot stand there; `seen` is the version that stands now.
    """

    row: Row
    indicator: Indicator
    blank: Blank
    mine: str
    held: Held
    now: str
    change: Change
    refused: str = ""

    @property
    def sentence(self) -> str:
        """The words around the blank."""
        return sentence(self.indicator, self.blank)

    @property
    def seen(self) -> int:
        """The version of the answer that stands now."""
        return self.held.version


@dataclass(frozen=True)
class Comparison:
    """A returned workbook beside what stands now; blanks of the form in their order."""

    lines: tuple[Line, ...]

    def of(self, change: Change) -> list[Line]:
        """Return the readable lines of which this comes."""
        return [line for line in self.lines if line.change is change and not line.refused]

    @property
    def refused(self) -> list[Line]:
        """The lines with a value that cannot stand there."""
        return [line for line in self.lines if line.refused]

    @property
    def altered(self) -> list[Line]:
        """The lines in which what went out was changed by somebody."""
        return [line for line in self.lines if not line.row.trusted]

    @property
    def carried(self) -> list[Line]:
        """The lines that are not settled: the page that asks takes them with it."""
        settled = (Change.UNCHANGED, Change.SAME, Change.KEPT)
        return [line for line in self.lines if line.refused or line.change not in settled]


def compare(sheet: Sheet, rows: Sequence[Row]) -> Comparison:
    """Merge what came back three ways. Where the base was altered nobody knows who changed what: that is a conflict."""
    now, came = shown(sheet), {row.key: row for row in rows}
    fields = [(key, indicator, blank) for key, indicator, blank in sheet.known.form.fields() if key in came]
    read = {key: _read(blank, came[key].mine) for key, _, blank in fields}
    merged = merge(
        [key for key, _, _ in fields],
        {key: _read(blank, came[key].base)[0] for key, _, blank in fields},
        {key: mine for key, (mine, _) in read.items()},
        now,
    )
    lines = []
    for (key, indicator, blank), one in zip(fields, merged, strict=True):
        altered = not came[key].trusted and one.mine != one.theirs
        change = Change.CONFLICT if altered else one.change
        # A value that cannot stand there and that nobody touched since it went out is nobody's new mistake.
        refused = read[key][1] if one.mine not in (one.base, one.theirs) else ""
        held = sheet.held.get(key, NOTHING)
        lines.append(Line(came[key], indicator, blank, one.mine, held, one.theirs, change, refused))
    return Comparison(tuple(lines))


def _read(blank: Blank, text: str) -> tuple[str, str]:
    """Return a text as it would be shown once stored, and why it cannot be; "３" and "3" are one answer."""
    try:
        return show_value(blank, read_value(blank, text)), ""
    except ValueRefused as refused:
        return text, str(refused)


def chosen(found: Comparison, taken_over: Mapping[str, bool], seen: Mapping[str, int]) -> dict[str, Typed]:
    """Return what is to be stored: all that only the file changed, and conflicts decided for the file.

    `seen` are the versions that the page showed: where one is another by now, storing finds that out.
    """
    wanted = [line for line in found.lines if line.change is Change.TAKEN or taken_over.get(line.row.key)]
    return {line.row.key: Typed(line.mine, seen.get(line.row.key, line.seen)) for line in wanted if not line.refused}


def store(actor: Actor, at: datetime, sheet: Sheet, taken: Mapping[str, Typed]) -> Outcome:
    """Store what a person confirmed, each with the version that was seen; what others changed since stays theirs."""
    return answering.save(actor, at, sheet.round.id, sheet.unit_id, taken, Source.SHEET)
