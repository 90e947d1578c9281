"""Changes the working calendar: single days, and the whole arrangement of a year from a file."""

from datetime import date, datetime

from sqlalchemy import delete, update

from tracker.audit import operations as audit
from tracker.db import db, insert_once
from tracker.rules.permissions import SYSTEM, Action, Actor, require
from tracker.rules.words import say
from tracker.uploads import clean_name
from tracker.workdays import queries
from tracker.workdays.entries import CalendarRefused, Entry, known_day, read_note
from tracker.workdays.imports import Comparison, compare, refuse_endless
from tracker.workdays.models import HolidayYear, WorkdayOverride
from tracker.workdays.queries import Calendar


class CalendarChanged(CalendarRefused):
    """The calendar is no longer what a file was compared with; `comparison` is the new one."""

    def __init__(self, comparison: Comparison) -> None:
        """Keep the new comparison."""
        super().__init__(say("工作日历刚被他人修改，请核对重新比较的结果后再确认。"))
        self.comparison = comparison


def set_day(actor: Actor, at: datetime, day: date, working: bool, note: str) -> None:
    """Let a day be a working day or a day off, whatever the arrangement says; raise CalendarRefused."""
    _require(actor)
    entry = Entry(known_day(day), working, read_note(note))
    calendar = queries.calendar()
    refuse_endless(Calendar({**calendar.overrides, day: working}, calendar.imported), [day.year])
    _store(entry)
    audit.record(actor, at, "set_workday", "holiday_year", day.year, _said(entry))


def remove_day(actor: Actor, at: datetime, day: date) -> None:
    """Let the arrangement decide about a day again; raise NoResultFound where nothing was set, or CalendarRefused."""
    _require(actor)
    row = db.session.get_one(WorkdayOverride, day)
    calendar = queries.calendar()
    rest = {other: working for other, working in calendar.overrides.items() if other != day}
    refuse_endless(Calendar(rest, calendar.imported), [day.year])
    db.session.delete(row)
    audit.record(actor, at, "remove_workday", "holiday_year", day.year, _said(Entry(day, row.working, row.note)))


def import_csv(actor: Actor, at: datetime, content: bytes | str, filename: str, seen: str | None = None) -> Comparison:
    """Replace the overrides of every year that a file contains; return what changed.

    Raise ImportRefused for a file with errors, and CalendarChanged where the calendar is no longer the one that was
    `seen` in a comparison; then nothing is stored.
    """
    _require(actor)
    found = compare(content)
    if seen is not None and seen != found.seen:
        raise CalendarChanged(found)
    source = clean_name(filename) if filename else say("未命名文件")
    for year in found.years:
        # The year's row comes first: of two imports at once the second waits here, and then replaces the first's days.
        _store_year(year, {"source": source, "at": at, "actor_name": actor.name})
        first, last = date(year, 1, 1), date(year, 12, 31)
        db.session.execute(delete(WorkdayOverride).where(WorkdayOverride.day.between(first, last)))
    for entry in found.entries:
        _store(entry)
    for year in found.years:
        audit.record(actor, at, "import_holidays", "holiday_year", year, _told(source, found.of_year(year)))
    return found


def _require(actor: Actor) -> None:
    # The command line is run by whoever administers the machine.
    if actor != SYSTEM:
        require(actor, Action.EDIT_CALENDAR)


def _store(entry: Entry) -> None:
    if not insert_once(WorkdayOverride, entry._asdict()):
        same = WorkdayOverride.day == entry.day
        db.session.execute(update(WorkdayOverride).where(same).values(working=entry.working, note=entry.note))


def _store_year(year: int, values: dict[str, object]) -> None:
    if not insert_once(HolidayYear, {"year": year, **values}):
        db.session.execute(update(HolidayYear).where(HolidayYear.year == year).values(**values))


def _said(entry: Entry) -> str:
    return f"{entry.day} {entry.word} {entry.note}".strip()


def _told(source: str, part: Comparison) -> str:
    parts = [f"来源 {source}"]
    for label, entries in (
        ("新增", part.added),
        ("改为", tuple(new for _, new in part.changed)),
        ("删除", part.removed),
    ):
        if entries:
            parts.append(f"{label} {'、'.join(map(_said, entries))}")
    return "；".join([*parts, f"不变 {len(part.unchanged)} 天"])
