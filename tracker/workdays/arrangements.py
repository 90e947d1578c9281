"""Chinese working days with their 调休, from the published holiday arrangements."""

from datetime import date

import chinese_calendar
from chinese_calendar.constants import Holiday

KNOWN_YEARS = range(2004, max(day.year for day in chinese_calendar.holidays) + 1)


def is_known(year: int) -> bool:
    """Tell whether the year's holiday arrangement is known."""
    return year in KNOWN_YEARS


def is_working(day: date) -> bool:
    """Tell whether people are at work; in a year without arrangement: Monday to Friday."""
    if is_known(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


def name(day: date) -> str:
    """Return why a day differs from its weekday (国庆节, 国庆节调休), or an empty string."""
    if day in chinese_calendar.holidays:
        return str(Holiday(chinese_calendar.holidays[day]).chinese)
    if day in chinese_calendar.workdays:
        return f"{Holiday(chinese_calendar.workdays[day]).chinese}调休"
    return ""
