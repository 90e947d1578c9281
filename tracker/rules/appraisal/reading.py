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
_NUMERALS = "一二三四五六七八九十"
_SECTIONS = {"2": Section.SPECIAL, "3": Section.BOTTOM_LINE}
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
    return _scheme(head, reading.sheets)


def _scheme(head: list[str], sheets: list["_Sheet"]) -> Scheme:
    told = [line.strip() for line in head]
    period = next(filter(None, map(_PERIOD.search, told)), None)
    number = next(filter(None, map(_DOC_NUMBER.search, told)), None)
    issued = [day for line in told if (day := _DAY.fullmatch(line))]
    if period is None or number is None or not issued:
        raise SchemeUnreadable(1, "没有找到文号、考评周期或成文日期。")
    first = told.index(number.string)
    begins = next(at for at, line in enumerate(told) if line.startswith("一、"))
    return Scheme(
        doc_number=number[0],
        title=next(line for line in told[first + 1 :] if line),
        issuer=next(line for line in told if line),
        starts_on=_date(period, 1),
        ends_on=_date(period, 4),
        issued_on=_date(issued[-1], 1),
        passages=tuple(Passage(at, line) for at, line in enumerate(told, 1) if line and at > begins),
        sheets=tuple(each.done() for each in sheets),
    )


def _date(said: re.Match[str], at: int) -> date:
    return date(int(said[at]), int(said[at + 1]), int(said[at + 2]))


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
        number, units = _NUMERALS.index(said[1]) + 1, tuple(said[2].strip().split("、"))
        if self.sheets and (self.sheets[-1].number, self.sheets[-1].units) == (number, units):
            return  # The heading of 执法监督科 is printed twice (X2-09).
        self.sheets.append(_Sheet(Section.WORK, line, number, units, self.points))

    def _row(self, line: int, cells: list[str]) -> None:
        sheet = self.sheets[-1]
        number, expected = int(cells[0]), len(sheet.items) + 1
        if number != expected:
            raise SchemeUnreadable(line, f"第 {line} 行的序号是 {number}，应为 {expected}。")
        sheet.items.append(_ROWS[sheet.section](sheet, line, cells))


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
