"""Names of months, as short as the head of a column or the foot of a chart needs them."""

from datetime import date

from tracker.rules.words import Words, say

MONTHS = (
    *(say("1月"), say("2月"), say("3月"), say("4月"), say("5月"), say("6月")),
    *(say("7月"), say("8月"), say("9月"), say("10月"), say("11月"), say("12月")),
)


def month_name(day: date, year: int) -> str:
    """Return a day's month, with the year where it is not the one that goes without saying."""
    name: Words = MONTHS[day.month - 1]
    return name if day.year == year else f"{day:%Y-%m}"
