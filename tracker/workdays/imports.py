"""Compares a holiday file with the calendar: what it would change, and what about it is odd."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.rules.calendar import LONGEST_HOLIDAY
from tracker.rules.sentences import short_weekday
from tracker.rules.words import say
from tracker.workdays import arrangements, queries
from tracker.workdays.entries import CalendarRefused, Entry
from tracker.workdays.holiday_files import ImportRefused, read
from tracker.workdays.queries import Calendar, days_of

FEWEST_DAYS_OFF = 7
SHOWN = 8
"""Days that a warning names one by one."""


@dataclass(frozen=True)
class Comparison:
    """What a file changes in the years it contains; it is the whole arrangement of these years."""

    entries: tuple[Entry, ...]
    added: tuple[Entry, ...]
    changed: tuple[tuple[Entry, Entry], ...]
    removed: tuple[Entry, ...]
    unchanged: tuple[Entry, ...]
    warnings: tuple[str, ...]
    seen: str
    """A fingerprint of what the file was compared with, by which a later import knows that nothing happened since."""

    @property
    def years(self) -> tuple[int, ...]:
        """The years that the file arranges."""
        return tuple(sorted({entry.day.year for entry in self.entries}))

    def of_year(self, year: int) -> "Comparison":
        """Return the part that concerns one year."""

        def within(entries: Iterable[Entry]) -> tuple[Entry, ...]:
            return tuple(entry for entry in entries if entry.day.year == year)

        changed = tuple((old, new) for old, new in self.changed if new.day.year == year)
        return Comparison(
            within(self.entries), within(self.added), changed, within(self.removed), within(self.unchanged), (), ""
        )


def compare(content: bytes | str) -> Comparison:
    """Read a file and compare it with the calendar; raise ImportRefused."""
    entries = read(content)
    years = sorted({entry.day.year for entry in entries})
    before, stored = queries.calendar(), queries.overrides(years)
    kept = {day: working for day, working in before.overrides.items() if day.year not in years}
    after = Calendar({**kept, **{entry.day: entry.working for entry in entries}}, before.imported | set(years))
    try:
        refuse_endless(after, years)
    except CalendarRefused as endless:
        raise ImportRefused([str(endless)]) from None
    old, new = ({entry.day: entry for entry in rows} for rows in (stored, entries))
    both = [(old[day], new[day]) for day in sorted(old.keys() & new.keys())]
    return Comparison(
        tuple(entries),
        tuple(entry for entry in entries if entry.day not in old),
        tuple((was, now) for was, now in both if was != now),
        tuple(entry for entry in stored if entry.day not in new),
        tuple(now for was, now in both if was == now),
        tuple(warning for year in years for warning in _warnings(year, entries, before, after)),
        _fingerprint(years, before, stored),
    )


def _fingerprint(years: Sequence[int], before: Calendar, stored: Sequence[Entry]) -> str:
    read = repr([[year, year in before.imported] for year in years]) + repr([tuple(entry) for entry in stored])
    return hashlib.sha256(read.encode()).hexdigest()


def refuse_endless(calendar: Calendar, years: Iterable[int]) -> None:
    """Raise CalendarRefused where so many days off follow each other that no working day could be found."""
    for year in years:
        run = 0
        around = date(year, 1, 1) - timedelta(days=LONGEST_HOLIDAY)
        for offset in range(366 + 2 * LONGEST_HOLIDAY):
            day = around + timedelta(days=offset)
            run = 0 if calendar.is_working(day) else run + 1
            if run >= LONGEST_HOLIDAY:
                raise CalendarRefused(
                    say(
                        "到 {day} 为止会连续放假 {longest_holiday} 天或更久，提醒将找不到工作日：请核对，"
                        "只把真正放假的日子写成“休”。",
                        day=day,
                        longest_holiday=LONGEST_HOLIDAY,
                    )
                )


# ---- what is odd about a year


def _warnings(year: int, entries: Sequence[Entry], before: Calendar, after: Calendar) -> Iterator[str]:
    mine = [entry for entry in entries if entry.day.year == year]
    at_work = [day for day in (date(year, 10, n) for n in (1, 2, 3)) if after.is_working(day)]
    if at_work:
        yield say(
            "{year} 年国庆节（10 月 1 日至 3 日）没有全部放假：{named}是工作日，请核对。",
            year=year,
            named=_named(at_work),
        )
    off = [entry.day for entry in mine if not entry.working]
    if len(off) < FEWEST_DAYS_OFF:
        yield say(
            "{year} 年只有 {n} 天写成“休”：文件应是全年的安排，没有写的日子一律按周一至周五上班。",
            year=year,
            n=len(off),
        )
    if idle := [entry.day for entry in mine if entry.working and entry.day.weekday() < 5]:
        yield say("{year} 年{named}本来就上班，却写成“班”：请核对日期是否写错。", year=year, named=_named(idle))
    if lonely := [day for day in off if day.weekday() >= 5 and not _in_holiday(day, after.is_working)]:
        yield say("{year} 年{named}是普通周末，却写成“休”：请核对日期是否写错。", year=year, named=_named(lonely))
    if arrangements.is_known(year) and year not in before.imported:
        differing = [day for day in days_of(year) if after.is_working(day) != before.is_working(day)]
        if differing:
            named = say("{named}与现在不同，共 {n} 天", named=_named(differing), n=len(differing))
            yield say("{year} 年已有内置的放假安排，导入后以本文件为准：{named}。", year=year, named=named)


def _in_holiday(day: date, is_working: Callable[[date], bool]) -> bool:
    """Tell whether a day of a weekend lies in a row of days off with a weekday among them."""
    for step in (timedelta(days=-1), timedelta(days=1)):
        near = day + step
        while near.weekday() >= 5 and not is_working(near):
            near += step
        if near.weekday() < 5 and not is_working(near):
            return True
    return False


def _named(days: Sequence[date]) -> str:
    shown = [say("{day:short}（{weekday}）", day=day, weekday=short_weekday(day)) for day in days[:SHOWN]]
    return say("{shown}等 {n} 天", shown=shown, n=len(days)) if len(days) > SHOWN else say("{each}", each=shown)
