"""The working calendar with its overrides, read once for a run or a page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from tracker.db import db
from tracker.workdays import arrangements
from tracker.workdays.entries import Entry
from tracker.workdays.models import HolidayYear, WorkdayOverride

ARRANGED_FROM = 11
"""From this month on next year's holiday arrangement is published (by custom in November)."""


@dataclass(frozen=True)
class Calendar:
    """Working days: an administrator's override first, then the published arrangement, then Monday to Friday."""

    overrides: dict[date, bool]
    imported: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Tell whether people are at work."""
        if day in self.overrides:
            return self.overrides[day]
        if day.year in self.imported:
            return day.weekday() < 5
        return arrangements.is_working(day)

    def is_known(self, year: int) -> bool:
        """Tell whether the year's holiday arrangement is known."""
        return year in self.imported or arrangements.is_known(year)

    def name(self, day: date) -> str:
        """Return what the built-in arrangement calls a day, where it is the built-in one that counts."""
        return "" if day in self.overrides or day.year in self.imported else arrangements.name(day)


def calendar() -> Calendar:
    """Return the working calendar as it is now. Two queries."""
    found = db.session.execute(select(WorkdayOverride.day, WorkdayOverride.working)).all()
    return Calendar({row.day: row.working for row in found}, frozenset(db.session.scalars(select(HolidayYear.year))))


def overrides(years: Iterable[int]) -> list[Entry]:
    """Return the overridden days of some years, in their order. One query."""
    wanted = sorted(set(years))
    rows = db.session.execute(
        select(WorkdayOverride.day, WorkdayOverride.working, WorkdayOverride.note)
        .where(WorkdayOverride.day.between(date(wanted[0], 1, 1), date(wanted[-1], 12, 31)))
        .order_by(WorkdayOverride.day)
    )
    return [Entry(*row) for row in rows if row.day.year in wanted]


@dataclass(frozen=True)
class Imported:
    """Where a year's arrangement came from, when, and who imported it."""

    source: str
    at: datetime
    actor_name: str


def imported(year: int) -> Imported | None:
    """Return how a year's arrangement was imported; None where it was not."""
    row = db.session.get(HolidayYear, year)
    return None if row is None else Imported(row.source, row.at, row.actor_name)


def arrangement(working: Calendar, year: int, overridden: Iterable[Entry]) -> list[Entry]:
    """Return a year's whole arrangement: what differs from Monday to Friday, and what was overridden.

    Imported again, it changes no day: unlike the overrides alone it holds what the built-in arrangement knows.
    """
    found = {entry.day: entry for entry in overridden}
    for day in days_of(year):
        if day not in found and (working.is_working(day) != (day.weekday() < 5) or working.name(day)):
            found[day] = Entry(day, working.is_working(day), working.name(day))
    return [found[day] for day in sorted(found)]


def days_of(year: int) -> list[date]:
    """Return every day of a year."""
    first = date(year, 1, 1)
    return [first + timedelta(days=offset) for offset in range((date(year + 1, 1, 1) - first).days)]


def missing_year(today: date) -> int | None:
    """Return the year whose arrangement is missing: this one, or from November on the next; None where all is known."""
    wanted = [today.year] if today.month < ARRANGED_FROM else [today.year, today.year + 1]
    unknown = [year for year in wanted if not arrangements.is_known(year)]
    if not unknown:
        return None
    known = set(db.session.scalars(select(HolidayYear.year).where(HolidayYear.year.in_(unknown))))
    return next((year for year in unknown if year not in known), None)
