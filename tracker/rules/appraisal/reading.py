"""Read an appraisal scheme from its own text: the sheets of the annexes, and the passages on which its rules rest."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tracker.rules.appraisal.clauses import read_clauses
from tracker.rules.appraisal.scheme import Item, Passage, Scheme, Section, Sheet

_DOC_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,8}〔\d{4}〕\d+号")
_PERIOD = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日至(\d{4})年(\d{1,2})月(\d{1,2})日")
_DAY = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_UNIT = re.compile(r"([一二三四五六七八九十]+)、责任科室：(.+)")
_FULL = re.compile(r"^(业务工作|队伍建设)\s*（\s*(\d+)\s*分\s*）$")
_ANNEX = re.compile(r"^附件\s*(\d)$")
_CAP = re.compile(r"上限(?:为|不超过)\s*(\d+(?:\.\d+)?)\s*分")
MARKUP = re.compile(r"</?[a-z]+>")
_BEGINS = re.compile(r"^一、")
_NUMERALS = "一二三四五六七八九"
_SECTIONS = {"2": Section.SPECIAL, "3": Section.BOTTOM_LINE}
_PARTS = {
    Section.WORK: "附件 1 的“业务工作（60 分）”",
    Section.TEAM: "附件 1 的“队伍建设（20 分）”",
    Section.SPECIAL: "附件 2（特色工作）",
    Section.BOTTOM_LINE: "附件 3（突破底线扣分）",
}
_CODES = {Section.WORK: "W", Section.TEAM: "T", Section.SPECIAL: "F", Section.BOTTOM_LINE: "X"}


class SchemeUnreadable(ValueError):
    """The text is not an appraisal scheme that can be read whole; `line` says where reading stopped."""

    def __init__(self, line: int, message: str) -> None:
        """Keep the line beside the message."""
        super().__init__(message)
        self.line = line


def read_scheme(text: str) -> Scheme:
    """Read a scheme by its headings and numbered rows; raise SchemeUnreadable where one is missing or out of order."""
    lines = text.splitlines()
    annex = next((at for at, line in enumerate(lines) if _ANNEX.match(line.strip())), None)
    if annex is None:
        raise SchemeUnreadable(1, "没有找到附件里的考评标准。")
    head, reading = lines[:annex], _Reading()
    for number, line in enumerate(lines[annex:], annex + 1):
        reading.take(number, line)
    if not reading.sheets:
        raise SchemeUnreadable(annex + 1, "附件里没有找到考评标准的表格。")
    _require_whole(reading.sheets, len(lines))
    return _scheme(head, reading.sheets)


def _require_whole(sheets: list["_Sheet"], end: int) -> None:
    """Raise SchemeUnreadable unless every part is there, once, each sheet with its rows, and no unit has two sheets."""
    units: set[str] = set()
    codes: set[str] = set()
    for sheet in sheets:
        if not sheet.items:
            raise SchemeUnreadable(
                sheet.line, f"第 {sheet.line} 行的表里没有读出项目：每行应以序号开头，各栏用制表符分开。"
            )
        if sheet.code in codes:
            raise SchemeUnreadable(sheet.line, f"第 {sheet.line} 行又开始了一张同样的表。")
        if twice := units.intersection(sheet.units):
            raise SchemeUnreadable(sheet.line, f"第 {sheet.line} 行的科室已经有一张表了：{'、'.join(sorted(twice))}。")
        codes.add(sheet.code)
        units.update(sheet.units)
    there = {sheet.section for sheet in sheets}
    if missing := [words for section, words in _PARTS.items() if section not in there]:
        raise SchemeUnreadable(end, f"读到末尾（第 {end} 行）没有找到：{'；'.join(missing)}。")


def _scheme(head: list[str], sheets: list["_Sheet"]) -> Scheme:
    told = [line.strip() for line in head]
    number = _first(told, _DOC_NUMBER, "文号，例如“某司发〔2021〕19号”")
    period = _first(told, _PERIOD, "考评周期，例如“2020年12月1日至2021年11月30日”")
    _first(told, _BEGINS, "以“一、”开头的正文")
    issued = [(at, day) for at, line in enumerate(told, 1) if (day := _DAY.fullmatch(line))]
    if not issued:
        raise SchemeUnreadable(1, "附件之前没有找到单独成行的成文日期，例如“2021 年 8 月 5 日”。")
    first, at = told.index(number.string), told.index(period.string) + 1
    begins = next(at for at, line in enumerate(told) if line.startswith("一、"))
    starts_on, ends_on = _date(period, 1, at), _date(period, 4, at)
    if starts_on > ends_on:
        raise SchemeUnreadable(at, f"第 {at} 行的考评周期到期早于开始。")
    return Scheme(
        doc_number=number[0],
        title=next(line for line in told[first + 1 :] if line),
        issuer=next(line for line in told if line),
        starts_on=starts_on,
        ends_on=ends_on,
        issued_on=_date(issued[-1][1], 1, issued[-1][0]),
        passages=tuple(Passage(at, line) for at, line in enumerate(told, 1) if line and at > begins),
        sheets=tuple(each.done() for each in sheets),
    )


def _first(told: list[str], pattern: re.Pattern[str], what: str) -> re.Match[str]:
    """Return the first place of something that no scheme is without."""
    found = next(filter(None, map(pattern.search, told)), None)
    if found is None:
        raise SchemeUnreadable(1, f"附件之前没有找到{what}。")
    return found


def _date(said: re.Match[str], at: int, line: int) -> date:
    try:
        return date(int(said[at]), int(said[at + 1]), int(said[at + 2]))
    except ValueError:
        raise SchemeUnreadable(line, f"第 {line} 行的日期不存在：{said[0]}。") from None


@dataclass
class _Sheet:
    """A sheet while it is read."""

    section: Section
    line: int
    number: int = 0
    units: tuple[str, ...] = ()
    points: Decimal | None = None
    items: list[Item] = field(default_factory=list)

    @property
    def code(self) -> str:
        """W6 for the sixth unit's work, T, F and X for the others."""
        return f"{_CODES[self.section]}{self.number or ''}"

    def done(self) -> Sheet:
        """Return it."""
        return Sheet(self.code, self.section, self.line, self.units, self.points, tuple(self.items))


class _Reading:
    """Takes the annexes line by line."""

    def __init__(self) -> None:
        """Begin before the first sheet."""
        self.sheets: list[_Sheet] = []
        self.section: Section | None = None
        self.points: Decimal | None = None

    def take(self, line: int, raw: str) -> None:
        """Take a line: a heading, a row of the sheet that was begun, or nothing."""
        words = raw.strip()
        annex, full, unit = _ANNEX.match(words), _FULL.match(words), _UNIT.match(words)
        if annex:
            self.section = _SECTIONS.get(annex[1])
            if self.section:
                self.sheets.append(_Sheet(self.section, line))
        elif full:
            self.section = Section.WORK if full[1] == "业务工作" else Section.TEAM
            self.points = Decimal(full[2])
            if self.section is Section.TEAM:
                self.sheets.append(_Sheet(Section.TEAM, line, points=self.points))
        elif unit and self.section is Section.WORK:
            self._begin_unit(line, unit)
        elif self.section and self.sheets and (cells := raw.split("\t"))[0].strip().isdecimal():
            self._row(line, [each.strip() for each in cells])

    def _begin_unit(self, line: int, said: re.Match[str]) -> None:
        number, units = _numeral(said[1]), tuple(said[2].strip().split("、"))
        before = self.sheets[-1].number if self.sheets else 0
        if self.sheets and (before, self.sheets[-1].units) == (number, units):
            return  # The heading of 执法监督科 is printed twice (X2-09).
        if number != before + 1:
            raise SchemeUnreadable(line, f"第 {line} 行是“{said[1]}、”，前一张表是第 {before} 张：次序不对。")
        self.sheets.append(_Sheet(Section.WORK, line, number, units, self.points))

    def _row(self, line: int, cells: list[str]) -> None:
        sheet = self.sheets[-1]
        number, expected = int(cells[0]), len(sheet.items) + 1
        if number != expected:
            raise SchemeUnreadable(line, f"第 {line} 行的序号是 {number}，应为 {expected}。")
        sheet.items.append(_ROWS[sheet.section](sheet, line, cells))


def _numeral(written: str) -> int:
    """Return what 一 to 九十九 say; 0 for what is no number."""
    tens, ten, ones = written.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return (_NUMERALS.find(tens or "一") + 1) * 10 * bool(ten) + (_NUMERALS.index(ones) + 1 if ones else 0)


def _item(sheet: _Sheet, line: int, title: str, text: str, points: Decimal | None, owner: str) -> Item:
    number = len(sheet.items) + 1
    code = f"{sheet.code}-{number}"
    before = sheet.items[-1] if sheet.items else None
    owners = tuple(owner.split()) or (before.owners if before else ())
    plain = MARKUP.sub("\n", text)
    clauses = read_clauses(code, line, plain)
    return Item(code, number, line, title, text, points, clauses, owners, bool(owner))


def _of_work(sheet: _Sheet, line: int, cells: list[str]) -> Item:
    if len(cells) < 4 or not cells[3].isdecimal():
        raise SchemeUnreadable(line, f"第 {line} 行应有考评内容、评分标准和分值三栏。")
    title = cells[1] or (sheet.items[-1].title if sheet.items else "")
    return _item(sheet, line, title, cells[2], Decimal(cells[3]), "")


def _of_team(sheet: _Sheet, line: int, cells: list[str]) -> Item:
    if len(cells) < 3 or not cells[2].isdecimal():
        raise SchemeUnreadable(line, f"第 {line} 行应有考核内容和分值两栏。")
    title = cells[1].partition("。")[0]
    return _item(sheet, line, title, cells[1], Decimal(cells[2]), cells[3] if len(cells) > 3 else "")


def _of_list(sheet: _Sheet, line: int, cells: list[str]) -> Item:
    if len(cells) < 2 or not cells[1]:
        raise SchemeUnreadable(line, f"第 {line} 行应有考核标准一栏。")
    cap = _CAP.search(cells[1])
    points = Decimal(cap[1]) if cap else None
    return _item(sheet, line, "", cells[1], points, cells[2] if len(cells) > 2 else "")


_ROWS: dict[Section, Callable[[_Sheet, int, list[str]], Item]] = {
    Section.WORK: _of_work,
    Section.TEAM: _of_team,
    Section.SPECIAL: _of_list,
    Section.BOTTOM_LINE: _of_list,
}
