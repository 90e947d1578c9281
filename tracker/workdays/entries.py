"""One day of a holiday arrangement as people write it: the day, 休 or 班, and what for."""

import re
import unicodedata
from datetime import date
from typing import NamedTuple

from tracker.rules.calendar import YEARS
from tracker.rules.words import say

MAX_NOTE = 100
OFF, WORK = say("休"), say("班")

WORDS = {
    **dict.fromkeys(("休", "放假", "休息", "休假", "假", "off"), False),
    **dict.fromkeys(("班", "上班", "补班", "调休上班", "work"), True),
}
"""How a day off and a day at work may be written."""

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})-|/([0-9]{1,2})/|\.([0-9]{1,2})\.|年([0-9]{1,2})月)([0-9]{1,2})日?")
_FORMULA = ("=", "+", "-", "@")
"""How a cell begins that a spreadsheet would run."""


class CalendarRefused(ValueError):
    """A change of the calendar that cannot be made; the message says why."""


class Entry(NamedTuple):
    """A day on which people work, or do not, and what for."""

    day: date
    working: bool
    note: str = ""

    @property
    def word(self) -> str:
        """The kind of day: 休 or 班."""
        return WORK if self.working else OFF


def read_day(text: str) -> date:
    """Read 2027-10-01, 2027/10/1, 2027.10.1 or 2027年10月1日; raise CalendarRefused."""
    found = _DATE.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    try:
        parts = [int(part) for part in found.groups() if part] if found else []
        day = date(*parts)
    except (TypeError, ValueError):
        raise CalendarRefused(
            say("日期“{text}”不对，应写成 2027-10-01、2027/10/1 或 2027年10月1日。", text=text[:20])
        ) from None
    return known_day(day)


def known_day(day: date) -> date:
    """Return a day within the years that can be asked for; raise CalendarRefused for any other."""
    if day.year not in YEARS:
        raise CalendarRefused(
            say("日期 {day} 超出范围：年份应在 {years} 到 {years2} 之间。", day=day, years=YEARS[0], years2=YEARS[-1])
        )
    return day


def read_kind(text: str) -> bool:
    """Read whether people work; raise CalendarRefused."""
    word = unicodedata.normalize("NFKC", text).strip().casefold()
    if word not in WORDS:
        raise CalendarRefused(say("类型“{text}”不对，应写“休”（放假）或“班”（上班）。", text=text[:20]))
    return WORDS[word]


def read_note(text: str) -> str:
    """Read what a day is for, on one line; raise CalendarRefused."""
    note = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    if len(note) > MAX_NOTE:
        raise CalendarRefused(say("说明最多 {max_note} 字，现有 {n} 字，请精简。", max_note=MAX_NOTE, n=len(note)))
    if note.startswith(_FORMULA):
        raise CalendarRefused(say("说明不能以“{note}”开头：表格软件会把它当作公式。", note=note[0]))
    return note
