"""Chinese working days with their 调休, from the published holiday arrangements."""

from datetime import date

import chinese_calendar

KNOWN_YEARS = range(2004, max(day.year for day in chinese_calendar.holidays) + 1)


def is_known(year: int) -> bool:
    """Tell whether the year's holiday arrangement is known."""
    return year in KNOWN_YEARS


def is_working(day: date) -> bool:
    """Tell whether people are at work; in a year without arrangement: Monday to Friday."""
    if is_known(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5
