"""Read what stands around a table and holds for all its rows: heading, year, remarks on who leads, units, deadlines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tracker.rules.plan_text.attributes import Attribute, read_attributes
from tracker.rules.plan_text.blocks import Block, Mark
from tracker.rules.plan_text.covering import Cover, first_leads, read_covers
from tracker.rules.plan_text.drafts import Role
from tracker.rules.plan_text.lines import fold, squash
from tracker.rules.plan_text.source import Source
from tracker.rules.plan_text.tables.cells import leading_number
from tracker.rules.plan_text.tables.columns import Field
from tracker.rules.plan_text.tables.finding import divider_of

HEADING_LINES = 3
LONGEST_HEADING = 40
TITLE_LINES = 12
"""Lines above a table that may be its title."""

LONGEST_REMARK = 600

YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?=年)(?!年[0-9]{1,2}月[0-9]{1,2}日)")
_SPAN_OF_YEARS = re.compile(r"20[0-9]{2}年?[-—–~～至]{1,2}20[0-9]{2}")
_TITLE_END = re.compile(
    r"(?:表|清单|方案|台账|计划|分解|要点|安排|任务|分工|目标|一览|项目库|工程|行动|措施|工作|事项)(?:\([^()]*\))?$"
)
_YEAR_TOLD = re.compile(r"(?:未|没有|不)(?:注明|标明|标注|写明|带|写)(?:具体)?年份?[^。;]{0,12}?(20[0-9]{2})年")
_SIGN = re.compile(
    r"[“\"'(]?([★☆▲△●◎○※*◆◇■□√✓◯])[”\"')]?(?:号|标记|标识|符号)?(?:的|者|处)?(?:为|是|表示|代表|:|指|—|-)?(?:该|此)?[^。;,、★☆▲△●◎○※*◆◇■□√]{0,8}?"
    r"(牵头|主责|主办|责任|承办|负责|配合|协办|协助|参与)"
)
_SIGN_ROLES = {"牵头": Role.LEAD, "配合": Role.COOPERATING, "协办": Role.COOPERATING, "协助": Role.COOPERATING,
               "参与": Role.COOPERATING}  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """What holds for all rows of a table."""

    fields: tuple[Field, ...]
    year: int | None = None
    chapter: str = ""
    """The numbered heading above the table."""
    above: tuple[Attribute, ...] = ()
    """Units and deadlines stated right above it."""
    covers: tuple[Cover, ...] = ()
    first_leads: bool = False
    """A remark says that the unit named first leads."""
    signs: dict[str, Role] = field(default_factory=dict)
    """Signs beside names or in cells, and the part they stand for."""


@dataclass(frozen=True)
class Remarks:
    """What the remarks of a document say about all its tables."""

    covers: tuple[Cover, ...]
    first_leads: bool
    signs: dict[str, Role]
    year: int | None


def read_remarks(source: Source) -> Remarks:
    """Read the remarks of a document, wherever they stand."""
    lines = [
        squash(line) for line in source.raw if len(line) <= LONGEST_REMARK and re.search("牵头|年份|责任|配合", line)
    ]
    signs = {match[1]: _SIGN_ROLES.get(match[2], Role.RESPONSIBLE) for line in lines for match in _SIGN.finditer(line)}
    told = next((match for line in lines if (match := _YEAR_TOLD.search(line))), None)
    first = any(map(first_leads, lines))
    return Remarks(tuple(read_covers(source.blocks)), first, signs, int(told[1]) if told else None)


def setting_of(
    source: Source, remarks: Remarks, fields: tuple[Field, ...], line: int, base_year: int | None, several: bool
) -> Setting:
    """Put together what holds for the table that begins in a line; several says that it is not the only one."""
    return Setting(
        fields,
        remarks.year or _year_of(source.raw, fields, line, base_year),
        _chapter(source.raw, line) if several else "",
        _stated_above(source.blocks, line),
        remarks.covers,
        remarks.first_leads,
        remarks.signs,
    )


def _chapter(raw: Sequence[str], line: int) -> str:
    """Give the numbered heading that stands above a table."""
    above = [text.strip() for text in raw[max(0, line - 1 - TITLE_LINES) : line - 1] if text.strip()]
    for text in reversed(above[-HEADING_LINES:]):
        number, rest = leading_number(text)
        if divider_of(text) or len(text) > LONGEST_HEADING:
            break
        if number and not number.isdigit() and len(text) > rest and text[-1] not in "。；;":
            return text
    return ""


def _stated_above(blocks: Sequence[Block], line: int) -> tuple[Attribute, ...]:
    """Give what the label lines right above a table state: "牵头单位：甲局"."""
    near = [block for block in blocks if line - 1 - HEADING_LINES <= block.line_from < line and block.line_to < line]
    return tuple(one for block in near if block.label for one in read_attributes(block) if one.binds)


def stated_in(title: str, line: int) -> list[Attribute]:
    """Give what the heading of a section states in its brackets: "一、治水（牵头单位：甲局）"."""
    if "(" not in fold(title):
        return []
    block = Block(Mark.PLAIN, "", None, title, line, line)
    return [one for one in read_attributes(block) if one.binds]


def _year_of(raw: Sequence[str], fields: Sequence[Field], line: int, base_year: int | None) -> int | None:
    """Give the year of months printed without one: of the heads, of the title above, of the document."""
    for entry in fields:
        if years := set(YEAR.findall(squash(entry.head))):
            return int(max(years))
    above = [squash(text) for text in raw[max(0, line - 1 - TITLE_LINES) : line - 1] if len(text) < 100]
    for title in reversed(above):
        years = set(YEAR.findall(title))
        if _TITLE_END.search(title) and len(years) == 1 and not _SPAN_OF_YEARS.search(title):
            return int(years.pop())
    return base_year or _first_year(raw)


def _first_year(raw: Sequence[str]) -> int | None:
    """Give the first year that a short text names."""
    found = (YEAR.search(fold(line)) for line in raw[:200] if len(line) < 500)
    return next((int(match[1]) for match in found if match), None)
