"""Writes the number in a cell of a workbook as the workbook shows it, as far as its form changes what it says.

A task list says 85% where the file has 0.85, and 2024年6月 where it has the first day of that month.
"""

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

EPOCH, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - a cell's date has no zone
LAST_DAY = 2_958_465
"""The serial number of the last day that a workbook knows, 9999-12-31."""

BUILT_IN = {
    **dict.fromkeys((9,), "0%"),
    **dict.fromkeys((10,), "0.00%"),
    **dict.fromkeys((14, 15, 16, 28, 29, 30, 31, 51, 53, 54, 58), "yyyy-m-d"),
    **dict.fromkeys((17, 27, 36, 50, 52, 57), "yyyy-m"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56), "h:mm"),
    22: "yyyy-m-d h:mm",
}
"""Forms that a workbook names by number alone (ECMA-376 part 1, 18.8.30, with those of Chinese Excel)."""

PLAIN = frozenset({"", "General", "@", "G/通用格式"})
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]')
_COUNTED = re.compile(r"(?P<before>[^0#%.,;/?@]*)(?P<zeros>0+)(?P<behind>[^0#%.,;/?@]*)")
_PERCENT = re.compile(r"[#,0]*?0?(?:\.(?P<places>0+))?%")


def shown(number: float, form: str, is_1904: bool = False) -> str:
    """Return a number in a form of the workbook; form is empty for a cell without one."""
    if form in PLAIN:
        return _plain(number, "")
    first = form.split(";")[0]
    bare = _QUOTED.sub("", first)
    if percent := _PERCENT.fullmatch(bare.strip()):
        return _rounded(Decimal(repr(number)) * 100, len(percent["places"] or "")) + "%"
    if not re.search(r"[yYdDmMhHsSeE年月日时分秒]", bare) or "#" in bare or "E+" in bare:
        return _plain(number, first)
    return _day(number, bare.lower(), is_1904)


def _rounded(number: Decimal, places: int) -> str:
    return format(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), "f")


def _plain(number: float, form: str) -> str:
    """Return a number without the form's decimals, but with the words and the zeros around a whole one."""
    literal = _QUOTED.sub(lambda found: found[1] or found[2] or "", form)
    around = _COUNTED.fullmatch(literal)
    if around and number == int(number) and number >= 0 and form:
        return f"{around['before']}{int(number):0{len(around['zeros'])}}{around['behind']}"
    text = format(Decimal(format(number, ".15g")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _day(number: float, form: str, is_1904: bool) -> str:
    if not 0 <= number <= LAST_DAY:
        return _plain(number, "")
    moment = (EPOCH_1904 if is_1904 else EPOCH) + timedelta(seconds=round(number * 86400))
    has_time = "h" in form or "s" in form
    if "d" in form or ("y" in form and "m" not in form and has_time):
        return moment.isoformat(" ", "minutes") if has_time and number % 1 else moment.date().isoformat()
    if has_time:
        return moment.strftime("%Y-%m-%d %H:%M" if "y" in form else "%H:%M")
    if "y" in form or "e" in form:
        return f"{moment.year}年{moment.month}月" if "m" in form else f"{moment.year}年"
    return f"{moment.month}月"
