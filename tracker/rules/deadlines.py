"""Read the wording of a deadline ("2021 年 3 月", "12月底前", "持续推进") as a day."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class DeadlineKind(StrEnum):
    """How exactly a document names the end of a task."""

    MONTH = "month"
    DATE = "date"
    QUARTER = "quarter"
    YEAR_END = "year_end"
    RANGE = "range"
    ONGOING = "ongoing"
    RELATIVE = "relative"
    NONE = "none"


@dataclass(frozen=True)
class DeadlineSpec:
    """A deadline as printed, and what it means.

    value: month "2021-03", date and year end "2021-03-31", quarter "2021-Q1", range "2021-02/2021-09" (either end a
    month or a day); None where the wording names no day, or no year and none was given.
    """

    kind: DeadlineKind
    value: str | None
    raw: str

    @property
    def due_on(self) -> date | None:
        """Give the last day on which the task is in time; None when no day is fixed."""
        return last_day(self.value) if self.value else None


@dataclass(frozen=True)
class Window:
    """The days a wording covers; no start where it only says "by".

    ambiguous: "9月中旬前" may mean before the 11th or by the 20th; ends_on is the later one.
    """

    starts_on: date | None
    ends_on: date
    raw: str
    ambiguous: bool = False


@dataclass(frozen=True)
class _Span:
    kind: DeadlineKind
    value: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None


LONGEST = 200
"""A wording longer than this is not a deadline; its beginning decides."""

ONGOING_WORDS = ("持续", "长期", "常态", "全年", "每年", "每半年", "每季", "每月", "每周")

_DASH = "[-—–―~〜至到]{1,2}"
_NUMERALS = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {"零": 0}
_POINT = r"(?:([0-9]{4})年)?([0-9]{1,2})月(?:([0-9]{1,2})日|([上中下])旬)?"
_NO_SPAN = _Span(DeadlineKind.NONE)
"""No deadline; from a form it means that the date is impossible, and that no other form need try."""


def last_day(value: str) -> date | None:
    """Give the last day of "2021-03", "2021-03-31", "2021-Q1" or "2021-02/2021-09"; None for anything else."""
    value = value.rpartition("/")[2]
    if quarter := re.fullmatch(r"([0-9]{4})-Q([1-4])", value):
        return month_end(int(quarter[1]), 3 * int(quarter[2]))
    if month := re.fullmatch(r"([0-9]{4})-([0-9]{2})", value):
        return month_end(int(month[1]), int(month[2]))
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def month_end(year: int, month: int) -> date | None:
    """Give the last day of a month; None when there is no such month."""
    if not (1 <= year < 9999 and 1 <= month <= 12):
        return None
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def read_deadline(text: str, base_year: int | None = None) -> DeadlineSpec:
    """Read a deadline; base_year is the year of a month that is printed without one."""
    span = _read(_squash(text), base_year)
    return DeadlineSpec(span.kind, span.value, text.strip())


def read_window(text: str, base_year: int | None = None) -> Window | None:
    """Read the days a step of a plan takes; None when the wording names none."""
    squashed = _squash(text)
    span = _read(squashed, base_year)
    if span.ends_on is None:
        return None
    only_by = squashed.endswith("前")
    return Window(None if only_by else span.starts_on, span.ends_on, text.strip(), only_by and "旬" in squashed)


def exact_date(text: str) -> date | None:
    """Read a text that is nothing but one full date, as under a signature."""
    if not re.fullmatch(r"[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日", squashed := _squash(text)):
        return None
    return _read(squashed, None).ends_on


def _squash(text: str) -> str:
    """Write one wording one way: no spaces, ASCII digits, 2021.3 and 2021-03 as 2021年3月, 三月 as 3月."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text[:LONGEST]))
    text = re.sub(r"[〇零一二三四五六七八九十]{1,4}(?=[年月日])", lambda match: _arabic(match[0]), text)
    text = re.sub(r"([0-9]{4})[./-]([0-9]{1,2})[./-]([0-9]{1,2})(?![0-9])", r"\1年\2月\3日", text)
    text = re.sub(r"([0-9]{4})[./-]([0-9]{1,2})(?![0-9月])", r"\1年\2月", text)
    text = text.replace("月份", "月").replace("次年", "").replace("翌年", "")
    text = re.sub(rf"([0-9]{{1,2}})月([0-9]{{1,2}})日?({_DASH})([0-9]{{1,2}})日", r"\1月\2日\3\1月\4日", text)
    return re.sub(rf"(?<![0-9])([0-9]{{1,2}})(?={_DASH}[0-9]{{1,2}}月)", r"\1月", text)


def _arabic(numeral: str) -> str:
    """Turn 二〇二一 into 2021 and 十二 into 12."""
    tens, ten, ones = numeral.partition("十")
    if not ten:
        return "".join(str(_NUMERALS[character]) for character in numeral)
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return numeral
    return str(10 * _NUMERALS.get(tens, 1) + _NUMERALS.get(ones, 0))


def _read(text: str, base_year: int | None) -> _Span:
    """Ask the forms in order; the first that recognises the wording decides, even that its date is impossible."""
    return next((span for form in _FORMS if (span := form(text, base_year))), _NO_SPAN)


def _relative(text: str, base_year: int | None) -> _Span | None:
    if re.search(r"之日起?|(?<![0-9])[0-9]{1,3}个?(?:工作日|自然日|日|天|周|月|年)(?:之?内|以内|后)", text):
        return _Span(DeadlineKind.RELATIVE)
    return None


def _years(text: str, base_year: int | None) -> _Span | None:
    match = re.search(rf"([0-9]{{4}})年?{_DASH}([0-9]{{4}})年(?![0-9])", text)
    if not match:
        return None
    start, end = month_end(int(match[1]), 1), month_end(int(match[2]), 12)
    return _range(start.replace(day=1), end, f"{match[1]}-01", f"{match[2]}-12") if start and end else _NO_SPAN


def _range_of_points(text: str, base_year: int | None) -> _Span | None:
    match = re.search(rf"{_POINT}[初底末]?{_DASH}{_POINT}", text)
    if not match:
        return None
    first_year = int(match[1]) if match[1] else base_year
    first = _point(match.groups()[:4], first_year)
    turns = first_year is not None and int(match[6]) < int(match[2])
    second = _point(match.groups()[4:], first_year + 1 if turns and first_year else first_year)
    if not (first and second and first.starts_on and second.ends_on and first.value and second.value):
        return _Span(DeadlineKind.RANGE) if first_year is None else _NO_SPAN
    return _range(first.starts_on, second.ends_on, first.value, second.value)


def _range(starts_on: date, ends_on: date, first: str, second: str) -> _Span:
    return _Span(DeadlineKind.RANGE, f"{first}/{second}", starts_on, ends_on) if starts_on <= ends_on else _NO_SPAN


def _single_point(text: str, base_year: int | None) -> _Span | None:
    match = re.search(_POINT, text)
    return (_point(match.groups(), base_year) or _NO_SPAN) if match else None


def _point(groups: tuple[str | None, ...], default_year: int | None) -> _Span | None:
    """Read one month, day or third of a month (旬: ten days, the last one to the month's end)."""
    year_text, month_text, day_text, third = groups
    year, month = int(year_text) if year_text else default_year, int(month_text or 0)
    if year is None:
        return _Span(DeadlineKind.MONTH)
    end = month_end(year, month)
    if end is None:
        return None
    if third:
        start_day = {"上": 1, "中": 11, "下": 21}[third]
        last = end if third == "下" else end.replace(day=start_day + 9)
        return _Span(DeadlineKind.DATE, last.isoformat(), end.replace(day=start_day), last)
    if day_text is None:
        return _Span(DeadlineKind.MONTH, f"{year:04}-{month:02}", end.replace(day=1), end)
    if not 1 <= int(day_text) <= end.day:
        return None
    day = end.replace(day=int(day_text))
    return _Span(DeadlineKind.DATE, day.isoformat(), day, day)


def _part_of_year(text: str, base_year: int | None) -> _Span | None:
    """Read a quarter, or a half-year as its last month."""
    match = re.search(r"(?:([0-9]{4})年?)?(?:第?([一二三四1-4])季度?|Q([1-4])|([上下])半年)", text)
    if not match:
        return None
    year = int(match[1]) if match[1] else base_year
    number = "一二三四".find(match[2]) + 1 or int(match[2]) if match[2] else int(match[3] or 0)
    months, kind = (6, DeadlineKind.MONTH) if match[4] else (3, DeadlineKind.QUARTER)
    last_month = {"上": 6, "下": 12}[match[4]] if match[4] else 3 * number
    end = month_end(year, last_month) if year else None
    if not end:
        return _Span(kind)
    value = f"{end.year:04}-{last_month:02}" if match[4] else f"{end.year:04}-Q{number}"
    return _Span(kind, value, end.replace(day=1, month=last_month - months + 1), end)


def _year_end(text: str, base_year: int | None) -> _Span | None:
    match = re.search(r"(?:([0-9]{4})年|(?<![0-9])年)(?:度?[底末内])", text) or re.search(r"([0-9]{4})年", text)
    if not match:
        return None
    year = int(match[1]) if match[1] else base_year
    end = month_end(year, 12) if year else None
    if not end:
        return _Span(DeadlineKind.YEAR_END)
    return _Span(DeadlineKind.YEAR_END, end.isoformat(), end.replace(month=1, day=1), end)


def _ongoing(text: str, base_year: int | None) -> _Span | None:
    return _Span(DeadlineKind.ONGOING) if any(word in text for word in ONGOING_WORDS) else None


def _recurring(text: str, base_year: int | None) -> _Span | None:
    """Read 每年12月 and the like, which no single day ends."""
    return _Span(DeadlineKind.ONGOING) if text.startswith("每") else None


_FORMS: tuple[Callable[[str, int | None], _Span | None], ...] = (
    _recurring,
    _relative,
    _range_of_points,
    _single_point,
    _part_of_year,
    _years,
    _year_end,
    _ongoing,
)
