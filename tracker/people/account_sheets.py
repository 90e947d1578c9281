"""Accounts in spreadsheets: what a sheet says, what it would change, and applying exactly that."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from tracker.audit import operations as audit
from tracker.db import FOREVER
from tracker.people import account_details, account_lists, accounts
from tracker.people.account_details import FIELD_TEXT, Details, account_name, tidy
from tracker.people.account_lists import NO_END, AccountRow, Unit
from tracker.people.operations import AccountRefused
from tracker.rules.calendar import DayRefused, asked_day
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import POST_TEXT, ROLE_TEXT, Action, Actor, Post, Role, Scope, may
from tracker.rules.words import say

HEADS = ("账号", "姓名", "角色", "单位", "邮箱", "电话", "职务", "失效日期")
"""The columns of a sheet to be read; a list that was exported has the state besides."""

STATE = "状态"
DEMANDED = ("账号", "姓名", "角色", "单位")
MOST_NEW = 300
"""New accounts of one sheet: each password costs a tenth of a second to hash."""

HEAD_WITHIN = 10
"""Among how many rows the heads are looked for: exports have a title above them."""

Word = TypeVar("Word", Role, Post)

ROLES = {
    **{text: role for role, text in ROLE_TEXT.items()},
    # What these two were called before sections had accounts: sheets in people's drawers still say so.
    "市局处室": Role.REVIEWER,
    "司法所经办": Role.OFFICE,
}
POSTS = {**{POST_TEXT[post]: post for post in Post if post}, "无": Post.NONE}


class SheetRefused(ValueError):
    """A sheet of which nothing can be read; the message says what is missing."""


@dataclass(frozen=True)
class Line:
    """A row of a sheet: its number as the person sees it, and its cells by head."""

    row: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Refused:
    """A row that cannot be stored, and why."""

    row: int
    account: str
    why: str


@dataclass(frozen=True)
class New:
    """An account to be made."""

    row: int
    account: str
    role: Role
    details: Details
    unit: str

    @property
    def told(self) -> dict[str, str]:
        """Its fields as a person reads them."""
        return account_details.told(self.role, self.details, self.unit)


@dataclass(frozen=True)
class Changed:
    """An account to be changed: by field, what it says and what it will say."""

    row: int
    before: AccountRow
    role: Role
    details: Details
    fields: tuple[tuple[str, str, str], ...]


@dataclass
class Comparison:
    """What a sheet would change."""

    new: list[New] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    unchanged: list[AccountRow] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    @property
    def seen(self) -> str:
        """A fingerprint of what would be done to which versions of accounts."""
        touched = [(item.before.id, item.before.version, item.role, item.details) for item in self.changed]
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
        raise SheetRefused(say("缺少这些列：{missing}。请照模板补上表头。", missing=list(missing)))
    known = {*HEADS, STATE, ""}
    if strange := [head for head in heads if head not in known]:
        raise SheetRefused(say("不认识这些列：{strange}。请删去，或照模板改表头。", strange="、".join(strange)[:100]))
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
        if "账号" in heads and "姓名" in heads:
            return number, heads
    raise SheetRefused(say("没有找到表头：第一行应有 {heads}。请下载模板，照样填写。", heads=list(HEADS)))


# ---- comparing


@dataclass(frozen=True)
class Known:
    """What a sheet is compared with: who asks, the units within reach by each of their names, and the day."""

    actor: Actor
    units: Mapping[str, list[Unit]]
    day: date

    def kind(self, unit_id: int) -> OrganizationKind | None:
        """Return the kind of a unit within reach."""
        return next((unit.kind for same in self.units.values() for unit in same if unit.id == unit_id), None)


def compare(actor: Actor, sheet: Sequence[Line], day: date) -> Comparison:
    """Compare a sheet with the accounts there are; nothing is written."""
    stored = account_lists.named(line.cells.get("账号", "").casefold() for line in sheet)
    known = Known(actor, account_lists.units_by_name(actor, day), day)
    found = Comparison()
    rows: dict[str, int] = {}
    for line in sheet:
        text = line.cells.get("账号", "").casefold()
        try:
            account = account_name(text)
            if account in rows:
                raise AccountRefused(say("与第 {rows} 行是同一个账号，请只留一行。", rows=rows[account]))
            rows[account] = line.row
            _sort(known, found, line, account, stored.get(account))
        except AccountRefused as refused:
            found.refused.append(Refused(line.row, text, str(refused)))
    why = say("一次最多新建 {most_new} 个账号，从这一行起请另存一个文件，分次导入。", most_new=MOST_NEW)
    found.refused += [Refused(item.row, item.account, why) for item in found.new[MOST_NEW:]]
    return found


def _sort(known: Known, found: Comparison, line: Line, account: str, before: AccountRow | None) -> None:
    """Put a row where it belongs; raise AccountRefused."""
    if before is None:
        role, details, unit = _read(line.cells, None, known)
        _refuse_role(known.actor, role)
        _refuse_wrong(known, role, details)
        found.new.append(New(line.row, account, role, details, unit))
        return
    if not _within_reach(known, before):
        raise AccountRefused(say("账号 {account} 已存在，请换一个。", account=account))
    role, details, unit = _read(line.cells, before, known)
    old, new = account_details.told(before.role, before, before.unit), account_details.told(role, details, unit)
    differing = tuple((FIELD_TEXT[key], old[key], new[key]) for key in FIELD_TEXT if old[key] != new[key])
    if line.cells.get(STATE, "") not in ("", account_lists.STATE_TEXT[before.state(known.day)]):
        raise AccountRefused(say("停用和启用不能在表格里改，请在人员页面办理。"))
    if not differing:
        found.unchanged.append(before)
        return
    _refuse_role(known.actor, before.role)
    if role != before.role:
        _refuse_new_role(known.actor, before)
    _refuse_wrong(known, role, details)
    found.changed.append(Changed(line.row, before, role, details, differing))


def _read(cells: Mapping[str, str], before: AccountRow | None, known: Known) -> tuple[Role, Details, str]:
    """Return role, details and the unit's name as a row says them; an empty cell leaves what is stored."""
    role = _word(cells, "角色", ROLES) or (before.role if before else None)
    post = _word(cells, "职务", POSTS)
    if post is None:
        post = before.post if before else Post.NONE
    unit = _named(cells.get("单位", ""), before, known)
    if role is None:
        raise AccountRefused(say("请填写角色：{roles}。", roles=list(ROLE_TEXT.values())))
    details = Details(
        name=cells.get("姓名", "") or (before.name if before else ""),
        unit_id=unit[0],
        email=cells.get("邮箱", "") or (before.email if before else ""),
        phone=cells.get("电话", "") or (before.phone if before else ""),
        post=post,
        valid_until=_end(cells.get("失效日期", ""), before),
    )
    return role, details, unit[1]


def _word(cells: Mapping[str, str], head: str, words: Mapping[str, Word]) -> Word | None:
    text = cells.get(head, "")
    if text and text not in words:
        raise AccountRefused(
            say("{head}“{text}”不认识，只能是：{words}。", head=head, text=text[:20], words=list(words))
        )
    return words.get(text)


def _named(name: str, before: AccountRow | None, known: Known) -> tuple[int, str]:
    """Return the number and the full name of a row's unit."""
    # The stored unit may share its name with another, or be merged, and is still the one that is meant.
    if before and name in ("", before.unit):
        return before.unit_id, before.unit
    if not name:
        raise AccountRefused(say("请填写单位。"))
    found = known.units.get(name, [])
    if not found:
        raise AccountRefused(say("找不到单位“{name}”，请写全称或简称，并确认在您的管理范围内。", name=name[:30]))
    if len(found) > 1:
        raise AccountRefused(
            say("“{name}”对应多个单位：{found}。请写全称。", name=name, found=[unit.name for unit in found])
        )
    return found[0].id, found[0].name


def _end(text: str, before: AccountRow | None) -> date:
    if not text:
        return before.valid_until if before else FOREVER
    if text == NO_END:
        return FOREVER
    try:
        return asked_day(text)
    except DayRefused:
        raise AccountRefused(
            say("失效日期“{text}”读不出来，请写成 2026-12-31 的形式，或写“{no_end}”。", text=text[:20], no_end=NO_END)
        ) from None


# ---- what must not be


def _within_reach(known: Known, row: AccountRow) -> bool:
    """Tell whether the person may know of an account."""
    return known.actor.reach(Action.EDIT_USERS) is Scope.ALL or known.kind(row.unit_id) is not None


def _refuse_role(actor: Actor, role: Role) -> None:
    if role not in account_details.grantable(actor):
        raise AccountRefused(say("只能办理本区经办人员的账号，其他角色请联系系统管理员。"))


def _refuse_new_role(actor: Actor, before: AccountRow) -> None:
    if not may(actor, Action.GRANT_ROLES):
        raise AccountRefused(say("不能修改角色，请联系系统管理员。"))
    if before.id == actor.id:
        raise AccountRefused(say("不能修改自己的角色，请由另一位系统管理员办理。"))


def _refuse_wrong(known: Known, role: Role, details: Details) -> None:
    if wrong := account_details.problems(role, details, known.kind(details.unit_id)):
        raise AccountRefused("".join(wrong.values()))


# ---- applying


def apply(actor: Actor, at: datetime, found: Comparison, hashes: Mapping[str, str], day: date) -> None:
    """Make and change accounts as compared; `hashes` holds those of the new accounts' passwords."""
    for item in found.new:
        accounts.create(actor, at, item.account, item.role, item.details, hashes[item.account], day)
    for change in found.changed:
        before = change.before
        role = change.role if change.role != before.role else None
        accounts.change(actor, at, before.id, before.version, change.details, role, day)
    detail = f"新建 {len(found.new)} 个，修改 {len(found.changed)} 个，不变 {len(found.unchanged)} 个"
    audit.record(actor, at, "import_users", "user", None, detail)
