"""Chinese working days with their 调休, from the published holiday arrangements."""

from datetime import date
from functools import lru_cache

import chinese_calendar
from chinese_calendar.constants import Holiday

from tracker.rules.words import say

NAME_TEXT: dict[str, str] = {
    text: text
    for text in (
        *(say("元旦"), say("春节"), say("清明"), say("劳动节"), say("端午"), say("国庆节"), say("中秋")),
        say("中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日"),
    )
}
"""What the arrangements call the holidays."""

KNOWN_YEARS = range(2004, max(day.year for day in chinese_calendar.holidays) + 1)


def is_known(year: int) -> bool:
    """Tell whether the year's holiday arrangement is known."""
    return year in KNOWN_YEARS


@lru_cache(maxsize=4096)
def is_working(day: date) -> bool:
    """Tell whether people are at work; in a year without arrangement: Monday to Friday."""
    # The library goes through all its holidays at each question, and reminders ask of the same days again and again.
    if is_known(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


def name(day: date) -> str:
    """Return why a day differs from its weekday (国庆节, 国庆节调休), or an empty string."""
    if day in chinese_calendar.holidays:
        return _said(chinese_calendar.holidays[day])
    if day in chinese_calendar.workdays:
        return say("{name}调休", name=_said(chinese_calendar.workdays[day]))
    return ""


def _said(holiday: str) -> str:
    name = str(Holiday(holiday).chinese)
    return NAME_TEXT.get(name, name)
