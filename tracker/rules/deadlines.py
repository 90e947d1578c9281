"""Read the wording of a deadline ("2021 年 3 月", "12月底前", "持续推进") as a day."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache


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

ONGOING_WORDS = (
    "持续", "长期", "常态", "全年", "每年", "每半年", "每季", "每月", "每周", "经常性", "不间断", "动态", "日常",
    "滚动推进", "常年", "一以贯之", "贯穿始终", "坚持不懈", "常抓不懈", "随时", "适时", "始终",
)  # fmt: skip

AT_ONCE = ("立即", "即办", "立办", "即刻", "立行", "即知即改", "即行", "即时", "马上")
"""Counted from the day on which the document arrives."""

EARLIEST, LATEST = 10, 20
"""The five-year plans that a document of our days can mean: 十五 is 2001–2005, 二十五 lies beyond."""

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


@lru_cache(maxsize=1024)
def read_deadline(text: str, base_year: int | None = None) -> DeadlineSpec:
    """Read a deadline; base_year is the year of a month that is printed without one."""
    squashed = _squash(text, base_year)
    span = _read(squashed, base_year)
    return DeadlineSpec(span.kind, span.value, text.strip())


def read_window(text: str, base_year: int | None = None) -> Window | None:
    """Read the days a step of a plan takes; None when the wording names none."""
    squashed = _squash(text, base_year)
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


def _squash(text: str, base_year: int | None = None) -> str:
    """Write one wording one way: no spaces, ASCII digits, 2021.3 as 2021年3月, 三月 as 3月, 今年 as 2021年."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text[:LONGEST])).replace("○", "〇")
    text = re.sub(
        r"[〇零一二三四五六七八九十]{1,4}(?=[年月日天周]|个(?:工作日|自然日|月|周))",
        lambda match: _arabic(match[0]),
        text,
    )
    text = re.sub(r"(?<![0-9])(20[0-9]{2})(0[1-9]|1[0-2])([0-3][0-9])(?![0-9])", r"\1年\2月\3日", text)
    text = re.sub(r"([0-9]{4})[./-]([0-9]{1,2})[./-]([0-9]{1,2})(?![0-9])", r"\1年\2月\3日", text)
    text = re.sub(r"([0-9]{4})[./-]([0-9]{1,2})(?![0-9月])", r"\1年\2月", text)
    text = re.sub(
        r"(?<![0-9.])(1[0-2]|0?[1-9])[./]([12][0-9]|3[01]|0?[1-9])日?(?=前|底|完成|$|[-—–―~至到])", r"\1月\2日", text
    )
    text = re.sub("[上中]?[、至-]?([中下])旬", r"\1旬", text)
    text = text.replace("月份", "月").replace("年年", "年").replace("年度底", "年底").replace("年终", "年底")
    text = _relative_years(text, base_year)
    text = re.sub(rf"([0-9]{{1,2}})月([0-9]{{1,2}})日?({_DASH})([0-9]{{1,2}})日", r"\1月\2日\3\1月\4日", text)
    return re.sub(rf"(?<![0-9])([0-9]{{1,2}})(?={_DASH}[0-9]{{1,2}}月)", r"\1月", text)


def _relative_years(text: str, base_year: int | None) -> str:
    """Write 今年, 明年 and 去年 as the years they mean; 次年 inside a range is the turn that the months show."""
    if re.search(rf"{_DASH}(?:次年|翌年|第二年)", text):
        return re.sub("次年|翌年|第二年", "", text)
    printed = re.search("([0-9]{4})年", text)
    of_text = int(printed[1]) if printed else base_year
    for words, year, years in (
        ("今年|本年度?|当年", base_year, 0), ("明年", base_year, 1), ("次年|翌年", of_text, 1),
        ("(?:去|上1?)年度?(?=[0-9底末第一二三四上下])", base_year, -1),
    ):  # fmt: skip
        written = f"{year + years}年" if year else ""
        text = re.sub(words, written, text)
    return text.replace("年年", "年")


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


def _from_issue(text: str, base_year: int | None) -> _Span | None:
    """Read "自印发之日起至2024年12月31日": the day it runs to decides."""
    match = re.search(rf"(?:之日|日|印发)起?(?:至|到)(?={_POINT}|[0-9]{{4}}年)", text)
    if not match or re.search(_POINT, text[: match.start()]):
        return None
    return _single_point(text[match.end() :], base_year) or _year_end(text[match.end() :], base_year)


def _from_now_on(text: str, base_year: int | None) -> _Span | None:
    """Read "2024年起持续推进" and "3月起", which name a beginning and no end: the latter leaves open how long."""
    start = _STARTS.search(text)
    if not start or re.search("[0-9]", text[start.end() :]):
        return None
    return _Span(DeadlineKind.ONGOING if _is_ongoing(text) else DeadlineKind.RELATIVE)


_STARTS = re.compile(r"(?:[0-9]年|月|日|旬|季度)份?(?:起|开始)")


def _at_once(text: str, base_year: int | None) -> _Span | None:
    if any(word in text for word in AT_ONCE) and not _is_ongoing(text) and not re.search("[0-9]", text):
        return _Span(DeadlineKind.RELATIVE)
    return None


def _five_years(text: str, base_year: int | None) -> _Span | None:
    """Read 十四五末 and 十四五期间: the five-year plans are counted on from 1953."""
    match = re.search(
        '([一二三四五六七八九]?十[一二三四五六七八九]?)五[”"]?(?:规划)?(?:期|时期)?(末|期间|内|结束|收官|中期|$)?', text
    )
    if not match or not EARLIEST <= int(_arabic(match[1])) <= LATEST:
        return None
    end = month_end(1955 + 5 * int(_arabic(match[1])), 12)
    if end is None:
        return None
    if match[2] in ("末", "结束", "收官"):
        return _Span(DeadlineKind.YEAR_END, end.isoformat(), end.replace(month=1, day=1), end)
    first = end.year - 4
    return _range(end.replace(year=first, month=1, day=1), end, f"{first}-01", f"{end.year}-12")


def _relative(text: str, base_year: int | None) -> _Span | None:
    if re.search(
        r"之日起?|(?:印发|发布|收到|接到|下达|签订|验收|开工|批复)[^0-9]{0,8}起|(?<![0-9])[0-9]{1,3}个?(?:工作日|自然日|日|天|周|月|年)(?:之?内|以内|后)|(?<![上下])半年(?:之?内|以内)"
        r"|前[0-9]{1,3}个?(?:工作日|自然日|日|天|周|个月)",
        text,
    ):
        return _Span(DeadlineKind.RELATIVE)
    return None


def _years(text: str, base_year: int | None) -> _Span | None:
    match = re.search(rf"(?<![0-9])([0-9]{{4}})年?{_DASH}([0-9]{{4}})年?(?![0-9])", text)
    if not match:
        return None
    start, end = month_end(int(match[1]), 1), month_end(int(match[2]), 12)
    return _range(start.replace(day=1), end, f"{match[1]}-01", f"{match[2]}-12") if start and end else _NO_SPAN


def _range_of_points(text: str, base_year: int | None) -> _Span | None:
    match = re.search(rf"{_POINT}[初底末]?起?{_DASH}{_POINT}", text)
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
    last = re.search(rf"{_DASH}第?([一二三四1-4])季度?", text) if match and match[2] else None
    if match and last and last.end() > match.end():
        rest = match[1] + "年" if match[1] else ""
        return _part_of_year(f"{rest}第{last[1]}季度", base_year)
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
    match = re.search(r"(?:([0-9]{4})年|(?<![0-9])年)(?:度?[底末内])", text) or re.search(
        r"^[^0-9]{0,4}([0-9]{4})年度?(?:全年|前|完成|实施|推进|建成|$)", text
    )
    if not match:
        return None
    year = int(match[1]) if match[1] else base_year
    end = month_end(year, 12) if year else None
    if not end:
        return _NO_SPAN if match[1] else _Span(DeadlineKind.YEAR_END)
    return _Span(DeadlineKind.YEAR_END, end.isoformat(), end.replace(month=1, day=1), end)


def _is_ongoing(text: str) -> bool:
    return any(word in text for word in ONGOING_WORDS)


def _ongoing(text: str, base_year: int | None) -> _Span | None:
    return _Span(DeadlineKind.ONGOING) if _is_ongoing(text) else None


def _recurring(text: str, base_year: int | None) -> _Span | None:
    """Read 每年12月 and 每季度末月25日前, which no single day ends."""
    bare = re.sub("^(?:于|在|请于|须于|实行)", "", text)
    return _Span(DeadlineKind.ONGOING) if re.match("每|按[月季周年]|逐[月季年]|(?:分)?季度调度", bare) else None


_FEASTS = (
    ("国庆节?|十一", 10), ("五一|(?:国际)?劳动节", 5), ("六一|儿童节", 6),
    ("七一|建党节", 7), ("八一|建军节", 8), ("元旦", 1),
)  # fmt: skip
"""Holidays on the first day of a month, whatever the year."""

_FEAST = re.compile(
    '(?:([0-9]{4})年?)?[“”"]?(?:'
    + "|".join(f"({words})" for words, _ in _FEASTS)
    + ')[“”"]?(?:节|假期?)?(?:之|以)?前(?!后)'
)


def _before_feast(text: str, base_year: int | None) -> _Span | None:
    """Read 国庆节前 as the day before; 元旦前 without a year may be meant for either of two."""
    match = _FEAST.search(text)
    if not match:
        return None
    month = next(month for word, (_, month) in zip(match.groups()[1:], _FEASTS, strict=True) if word)
    year = int(match[1]) if match[1] else base_year
    if month == 1 and not match[1]:
        return _Span(DeadlineKind.RELATIVE)
    if year is None:
        return _Span(DeadlineKind.DATE)
    end = month_end(year - 1, 12) if month == 1 else month_end(year, month - 1)
    return _Span(DeadlineKind.DATE, end.isoformat(), end, end) if end else _NO_SPAN


_EVENT = re.compile(
    "(?:学期|学年|开学|寒假|暑[假期]|汛|春节|清明|端午|中秋|重阳|元旦|两会|[供采]暖|入冬|春耕|秋收|三夏|三秋|防火期|放假|开工|竣工|开业|验收"
    "|评审|批[复准]|审[批定]|通过|到期|期满|届满|会议|通知|印发|下达|投用|通车|换届|高考|中考|检查|考核|普查|招标|立项|到位|签订)"
    "[^0-9,;。]{0,12}?(?:[前后末初]|期间|结束|完成|之内)"
)
"""What a deadline may be counted from, and no calendar tells."""


def _by_event(text: str, base_year: int | None) -> _Span | None:
    """Read 汛期前 and 批复后实施: known, and no day."""
    return _Span(DeadlineKind.RELATIVE) if names_event(text) else None


def names_event(text: str) -> bool:
    """Tell whether a wording names an event that no calendar holds, or a beginning: a person must say the day."""
    short = text[:LONGEST]
    return bool(_EVENT.search(short) or _AFTER.search(short)) or _from_now_on(_squash(text), None) is not None


_AFTER = re.compile(
    "(?:^|[,;。])(?!每|各次)待?[^0-9,;。]{2,12}?之?后[0-9一二两三四五六七八九十]{1,3}个?(?:工作日|日|天|周|月|年)"
    "|^待[^,;。]{2,20}后"
)
"""Any other event that days or months are counted from (机构改革后三个月内)."""


_FORMS: tuple[Callable[[str, int | None], _Span | None], ...] = (
    _recurring,
    _from_issue,
    _relative,
    _at_once,
    _from_now_on,
    _range_of_points,
    _single_point,
    _part_of_year,
    _years,
    _five_years,
    _year_end,
    _before_feast,
    _ongoing,
    _by_event,
)
