"""A year at a glance: twelve months of weeks from Monday to Sunday."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from tracker.rules.words import say
from tracker.workdays.entries import OFF, WORK, Entry
from tracker.workdays.queries import Calendar, days_of


@dataclass(frozen=True)
class Cell:
    """A day as the sheet shows it; `mark` is 休 or 班 where it is not what its weekday says."""

    day: date
    working: bool
    mark: str
    overridden: bool
    note: str


@dataclass(frozen=True)
class Span:
    """Days of one month that follow each other and have the same mark and note."""

    first: int
    last: int
    mark: str
    note: str

    @property
    def days(self) -> str:
        """The days as they are said: 1日, 1–3日."""
        if self.first == self.last:
            return say("{day}日", day=self.first)
        return say("{first}–{last}日", first=self.first, last=self.last)


@dataclass(frozen=True)
class Month:
    """A month's weeks; None fills up the first and the last. `working` counts its working days."""

    number: int
    weeks: tuple[tuple[Cell | None, ...], ...]
    working: int
    spans: tuple[Span, ...]


def months(calendar: Calendar, year: int, overridden: Iterable[Entry]) -> list[Month]:
    """Return the months of a year."""
    notes = {entry.day: entry.note for entry in overridden}
    cells = [_cell(calendar, day, notes) for day in days_of(year)]
    return [_month(number, [cell for cell in cells if cell.day.month == number]) for number in range(1, 13)]


def _cell(calendar: Calendar, day: date, notes: dict[date, str]) -> Cell:
    working, name = calendar.is_working(day), calendar.name(day)
    usual = working == (day.weekday() < 5)
    # A weekend within a holiday is a day off anyway, and yet everyone looks for it under the holiday's name.
    mark = "" if usual and not (day in notes or name) else WORK if working else OFF
    return Cell(day, working, mark, day in notes, notes.get(day, name))


def _month(number: int, cells: list[Cell]) -> Month:
    filled = [*[None] * cells[0].day.weekday(), *cells, *[None] * (6 - cells[-1].day.weekday())]
    weeks = tuple(tuple(filled[start : start + 7]) for start in range(0, len(filled), 7))
    return Month(number, weeks, sum(cell.working for cell in cells), tuple(_spans(cells)))


def _spans(cells: list[Cell]) -> Iterator[Span]:
    for (mark, note), found in groupby(cells, lambda cell: (cell.mark, cell.note)):
        days = [cell.day.day for cell in found]
        if mark:
            yield Span(days[0], days[-1], mark, note)
