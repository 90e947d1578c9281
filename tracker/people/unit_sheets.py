"""Units in spreadsheets: what a sheet says, what it would change, and applying exactly that."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from tracker.audit import operations as audit
from tracker.db import FOREVER
from tracker.people import unit_lists, unit_names, units
from tracker.people.account_details import tidy
from tracker.people.unit_lists import KIND_TEXT, PARENT_KINDS, UnitRow
from tracker.people.unit_names import Borne
from tracker.people.units import FIELD_TEXT, Details
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.words import say

HEADS = ("代码", "类别", "上级", "名称", "简称", "别名", "电话", "序号")
"""The columns of a sheet to be read."""

STATE = "状态"
TOLD = (STATE, "启用日期", "停用日期", "承接单位", "在用账号", "未办结事项")
"""What an export tells besides; only the state is held against what stands, the rest is not read."""

DEMANDED = ("类别", "上级", "名称", "简称")
HEAD_WITHIN = 10
"""Among how many rows the heads are looked for: exports have a title above them."""

KINDS: dict[str, OrganizationKind] = {text: kind for kind, text in KIND_TEXT.items()}
DEPTH = {kind: depth for depth, kind in enumerate(OrganizationKind)}
BETWEEN = re.compile(r"[、,，;；|\n]")


class SheetRefused(ValueError):
    """A sheet of which nothing can be read; the message says what is missing."""


class RowRefused(ValueError):
    """A row that cannot be stored; the message says why."""


@dataclass(frozen=True)
class Line:
    """A row of a sheet: its number as the person sees it, and its cells by head."""

    row: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Refused:
    """A row that cannot be stored, and why."""

    row: int
    name: str
    why: str


@dataclass(frozen=True)
class New:
    """A unit to be made; its parent is named, since that may be new itself."""

    row: int
    kind: OrganizationKind
    parent: str
    slug: str
    details: Details
    aliases: tuple[str, ...]

    @property
    def kind_text(self) -> str:
        """The kind in the reader's words."""
        return KIND_TEXT[self.kind]


@dataclass(frozen=True)
class Changed:
    """A unit to be changed: by field, what it says and what it will say."""

    row: int
    before: UnitRow
    details: Details
    aliases: tuple[str, ...]
    fields: tuple[tuple[str, str, str], ...]


@dataclass
class Comparison:
    """What a sheet would change."""

    new: list[New] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    unchanged: list[UnitRow] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    @property
    def seen(self) -> str:
        """A fingerprint of what would be done to which versions of units."""
        touched = [(item.before.id, item.before.version, item.details, item.aliases) for item in self.changed]
        kept = [(row.id, row.version) for row in self.unchanged]
        said = repr((self.new, touched, kept, self.refused))
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def writes(self) -> bool:
        """Whether there is anything to apply."""
        return bool(self.new or self.changed) and not self.refused


# ---- reading


def lines(rows: Sequence[Sequence[str]]) -> list[Line]:
    """Return the rows below the heads; raise SheetRefused where heads are missing, unknown or double."""
    top, heads = _heads(rows)
    if missing := [head for head in DEMANDED if head not in heads]:
        raise SheetRefused(say("缺少这些列：{missing}。请照导出的表格补上表头。", missing=list(missing)))
    if strange := [head for head in heads if head not in {*HEADS, *TOLD, ""}]:
        raise SheetRefused(
            say("不认识这些列：{strange}。请删去，或照导出的表格改表头。", strange="、".join(strange)[:100])
        )
    if twice := {head for head in heads if head and heads.count(head) > 1}:
        raise SheetRefused(say("这些列出现了两次：{twice}。请删去多余的一列。", twice=sorted(twice)))
    found = [
        Line(at, {head: tidy(cell) for head, cell in zip(heads, row, strict=False) if head})
        for at, row in enumerate(rows[top:], top + 1)
        if any(row)
    ]
    if not found:
        raise SheetRefused(say("表头下面没有内容，请填写后再上传。"))
    return found


def _heads(rows: Sequence[Sequence[str]]) -> tuple[int, list[str]]:
    """Return the number of the row with the heads, from 1, and the heads."""
    for number, row in enumerate(rows[:HEAD_WITHIN], 1):
        heads = [tidy(cell) for cell in row]
        if "名称" in heads and "类别" in heads:
            return number, heads
    raise SheetRefused(say("没有找到表头：第一行应有 {heads}。请导出现有单位，照样填写。", heads=list(HEADS)))


# ---- comparing


@dataclass
class Known:
    """What a sheet is compared with: the units there are, who bears which name, and what the rows before said."""

    day: date
    by_slug: Mapping[str, UnitRow]
    by_name: Mapping[tuple[str, str], UnitRow]
    parents: Mapping[str, OrganizationKind]
    borne: Mapping[str, list[Borne]]
    said: dict[tuple[str, str], int] = field(default_factory=dict)


def compare(actor: Actor, sheet: Sequence[Line], day: date) -> Comparison:
    """Compare a sheet with the units there are; nothing is written. Four queries."""
    require(actor, Action.EDIT_UNITS)
    stored = unit_lists.rows(actor, day)
    known = Known(
        day,
        {unit.slug: unit for unit in stored},
        {(unit.parent, unit.name): unit for unit in stored},
        _parents(stored, sheet, day),
        _borne(sheet),
    )
    found = Comparison()
    for line in sheet:
        try:
            _sort(known, found, line)
        except RowRefused as refused:
            found.refused.append(Refused(line.row, line.cells.get("名称", ""), str(refused)))
    return found


def _parents(stored: Sequence[UnitRow], sheet: Sequence[Line], day: date) -> dict[str, OrganizationKind]:
    """Return what can stand above others, by full name: units in use, and those that the sheet would make."""
    made = {line.cells.get("名称", ""): KINDS.get(line.cells.get("类别", "")) for line in sheet}
    found = {name: kind for name, kind in made.items() if kind}
    return found | {unit.name: unit.kind for unit in stored if unit.in_use(day)}


def _borne(sheet: Sequence[Line]) -> dict[str, list[Borne]]:
    names = {line.cells.get(head, "") for line in sheet for head in ("名称", "简称")}
    names |= {name for line in sheet for name in _split(line.cells.get("别名", ""))}
    found: dict[str, list[Borne]] = {}
    for other in unit_names.borne(names - {""}):
        found.setdefault(other.name, []).append(other)
    return found


def _split(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in BETWEEN.split(text) if (name := tidy(part))))


def _sort(known: Known, found: Comparison, line: Line) -> None:
    """Put a row where it belongs; raise RowRefused."""
    cells = line.cells
    slug, name, parent = cells.get("代码", ""), cells.get("名称", ""), cells.get("上级", "")
    before = known.by_slug.get(slug) if slug else known.by_name.get((parent, name))
    key = ("", before.slug) if before else (parent, name)
    if key in known.said:
        raise RowRefused(say("与第 {said} 行是同一个单位，请只留一行。", said=known.said[key]))
    known.said[key] = line.row
    if before is None:
        found.new.append(_new(known, line, slug))
        return
    _refuse_moved(known, cells, before)
    details = _details(cells, before)
    place = (before.id, before.parent_id, before.kind)
    aliases = _new_aliases(known, cells, place, {details.name, details.short_name, *before.alias_names})
    old, new = units.told(before), units.told(details)
    differing = [(FIELD_TEXT[key], old[key], new[key]) for key in FIELD_TEXT if old[key] != new[key]]
    if aliases:
        differing.append((say("别名"), "", say("增加 {aliases}", aliases=list(aliases))))
    if not differing:
        found.unchanged.append(before)
        return
    until = before.valid_until
    _refuse(units.problems(details), _taken(known, details, before.parent, before.valid_from, until, before.id))
    found.changed.append(Changed(line.row, before, details, aliases, tuple(differing)))


def _new(known: Known, line: Line, slug: str) -> New:
    cells = line.cells
    kind, parent = KINDS.get(cells.get("类别", "")), cells.get("上级", "")
    if kind is None or kind not in PARENT_KINDS:
        allowed = [KIND_TEXT[kind] for kind in PARENT_KINDS]
        raise RowRefused(
            say("类别“{get}”不能新建，只能是：{allowed}。", get=cells.get("类别", "")[:20], allowed=allowed)
        )
    if known.parents.get(parent) != PARENT_KINDS[kind]:
        above = KIND_TEXT[PARENT_KINDS[kind]]
        raise RowRefused(
            say(
                "上级“{parent}”不对：{kind}应在{above}之下，请写它的全称，并确认在用。",
                parent=parent[:30],
                kind=KIND_TEXT[kind],
                above=above,
            )
        )
    details = _details(cells, None)
    _refuse(
        units.problems(details),
        units.slug_problems(slug),
        _taken(known, details, parent, known.day, FOREVER, None),
    )
    above_id = next((unit.id for unit in known.by_slug.values() if unit.name == parent), None)
    aliases = _new_aliases(known, cells, (0, above_id, kind), {details.name, details.short_name})
    return New(line.row, kind, parent, slug, details, aliases)


def _refuse_moved(known: Known, cells: Mapping[str, str], before: UnitRow) -> None:
    """Refuse what only the unit's own page can do."""
    if cells.get("类别", "") not in ("", before.kind_text):
        raise RowRefused(say("已有单位的类别不能改。请核对代码，或新建一个单位。"))
    if cells.get("上级", "") not in ("", before.parent):
        raise RowRefused(say("移动单位不能在表格里办，请在单位页面办理。"))
    if cells.get(STATE, "") not in ("", before.state_text(known.day)):
        raise RowRefused(say("停用、启用和合并不能在表格里办，请在单位页面办理。"))


def _details(cells: Mapping[str, str], before: UnitRow | None) -> Details:
    """Return what a row says; an empty cell leaves what is stored."""

    def said(head: str, name: str) -> str:
        return cells.get(head, "") or (str(getattr(before, name)) if before else "")

    position = said("序号", "position") or "0"
    if not (position.isascii() and position.isdigit() and len(position) <= 4):
        raise RowRefused(
            say(
                "序号“{position}”应为 0 到 {largest_position} 的整数。",
                position=position[:10],
                largest_position=units.LARGEST_POSITION,
            )
        )
    return Details(said("名称", "name"), said("简称", "short_name"), said("电话", "phone"), int(position))


def _new_aliases(
    known: Known, cells: Mapping[str, str], place: tuple[int, int | None, str], has: Iterable[str]
) -> tuple[str, ...]:
    """Return the aliases that a unit does not have yet; raise RowRefused for one that another bears.

    `place` is the unit's id, its parent's and its kind.
    """
    found = tuple(name for name in _split(cells.get("别名", "")) if name not in set(has))
    for name in found:
        if len(name) > units.LENGTHS["name"][1]:
            raise RowRefused(
                say("别名“{name}”过长：最多 {lengths} 个字符。", name=name[:20], lengths=units.LENGTHS["name"][1])
            )
        others = [
            other.unit
            for other in known.borne.get(name, [])
            if other.unit_id != place[0] and not other.elsewhere(*place)
        ]
        if others:
            raise RowRefused(
                say("别名“{name}”已是{others}的名称或别名，同一名称不能指两个单位。", name=name, others=others[0])
            )
    return found


def _taken(known: Known, details: Details, parent: str, since: date, until: date, own_id: int | None) -> dict[str, str]:
    above = {unit.name: unit.id for unit in known.by_slug.values()}
    if parent not in above:
        return {}
    others = [other for name in (details.name, details.short_name) for other in known.borne.get(name, [])]
    return unit_names.clashes(units.names_of(details), others, above[parent], since, until, own_id)


def _refuse(*problems: Mapping[str, str]) -> None:
    if found := [why for each in problems for why in each.values()]:
        raise RowRefused("".join(found))


# ---- applying


def apply(actor: Actor, at: datetime, found: Comparison) -> None:
    """Make and change units as compared, those above first; raise UnitRefused, StaleUnit."""
    named = {unit.name: unit.id for unit in unit_lists.rows(actor, at.date()) if unit.in_use(at.date())}
    aliases: list[tuple[int, tuple[str, ...]]] = []
    for item in sorted(found.new, key=lambda item: (DEPTH[item.kind], item.row)):
        parent = named.get(item.parent, 0)
        made = units.add(actor, at, item.kind, parent, item.details, item.slug)
        named[made.name] = made.id
        aliases.append((made.id, item.aliases))
    for change in found.changed:
        units.edit(actor, at, change.before.id, change.before.version, change.details)
        aliases.append((change.before.id, change.aliases))
    for unit_id, names in aliases:
        for name in names:
            units.add_alias(actor, at, unit_id, name, None, None)
    detail = f"新建 {len(found.new)} 个，修改 {len(found.changed)} 个，不变 {len(found.unchanged)} 个"
    audit.record(actor, at, "import_units", "organization", None, detail)
