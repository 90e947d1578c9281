"""Administers units: adds, renames, moves, closes and reopens them, and keeps the other names they go by."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tracker.audit import operations as audit
from tracker.db import FOREVER, db
from tracker.people import unit_lists, unit_names
from tracker.people.account_details import PHONE, tidy
from tracker.people.models import Organization, OrganizationAlias
from tracker.people.unit_lists import KIND_TEXT, PARENT_KINDS, UnitRow
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.words import say

LENGTHS = {
    "name": (say("名称"), 60),
    "short_name": (say("简称"), 30),
    "phone": (say("电话"), 40),
    "slug": (say("代码"), 60),
}
"""How long the details of a unit may be, as the table holds them."""

FIELD_TEXT = {"name": say("名称"), "short_name": say("简称"), "phone": say("电话"), "position": say("序号")}
LARGEST_POSITION = 9999
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ALWAYS = date(1949, 10, 1)


class UnitRefused(ValueError):
    """A unit that cannot be stored as asked; `problems` says of each field why."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        """Keep them."""
        super().__init__("".join(problems.values()))
        self.problems = dict(problems)


class UnitStands(ValueError):
    """A change that something stands in the way of; the message says what to do first."""


class StaleUnit(ValueError):
    """A unit that somebody else changed meanwhile; `now` is how it stands."""

    def __init__(self, now: UnitRow) -> None:
        """Keep it."""
        super().__init__(say("别人刚刚修改了这个单位。"))
        self.now = now


@dataclass(frozen=True)
class Details:
    """What may be changed of a unit where it stands."""

    name: str
    short_name: str
    phone: str = ""
    position: int = 0


def told(details: Details | UnitRow) -> dict[str, str]:
    """Return a unit's details as a person reads them."""
    return {name: str(getattr(details, name)) for name in FIELD_TEXT}


def problems(details: Details) -> dict[str, str]:
    """Return what is wrong with details, by field."""
    found: dict[str, str] = {}
    for name in ("name", "short_name", "phone"):
        text, (label, most) = getattr(details, name), LENGTHS[name]
        if problem := _line_problem(label, text, most, demanded=name != "phone"):
            found[name] = problem
    if "phone" not in found and not PHONE.fullmatch(details.phone):
        found["phone"] = say("电话只能写数字和 + - ( ) 转 等符号，例如 021-12345678转801。")
    if not 0 <= details.position <= LARGEST_POSITION:
        found["position"] = say("序号应在 0 与 {largest_position} 之间。", largest_position=LARGEST_POSITION)
    return found


def _line_problem(label: str, text: str, most: int, demanded: bool) -> str:
    """Return why a text cannot be kept as one line, or nothing."""
    if len(text) > most:
        return say("{label}过长：最多 {most} 个字符。", label=label, most=most)
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in text):
        return say("{label}只能写一行，不能有换行或看不见的字符。", label=label)
    return say("请填写{label}。", label=label) if demanded and not text else ""


def names_of(unit: Details | Organization) -> dict[str, str]:
    """Return the names that a unit itself bears, by field."""
    return {"name": unit.name, "short_name": unit.short_name}


# ---- reading for a change


def locked(actor: Actor, unit_id: int, version: int | None, day: date) -> Organization:
    """Return a unit, held until the transaction ends; raise NoResultFound, or StaleUnit on another version."""
    require(actor, Action.EDIT_UNITS)
    unit = db.session.scalars(
        select(Organization)
        .where(Organization.id == unit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if version is not None and unit.version != version:
        now = unit_lists.get(actor, unit_id, day)
        if now is not None:
            raise StaleUnit(now)
    return unit


def _parent(kind: OrganizationKind, parent_id: int, day: date) -> Organization:
    """Return the unit below which one of a kind is to stand; raise UnitRefused where it may not."""
    parent = db.session.get(Organization, parent_id, populate_existing=True)
    if parent is None or not parent.valid_from <= day < parent.valid_until:
        raise UnitRefused({"parent": say("没有这个上级单位，或它已停用。请另选。")})
    if PARENT_KINDS.get(kind) != parent.kind:
        above = KIND_TEXT[PARENT_KINDS[kind]] if kind in PARENT_KINDS else ""
        words = (
            say("{kind}应在{above}之下，请另选上级。", kind=KIND_TEXT[kind], above=above)
            if above
            else say("市局没有上级，不能新建或移动。")
        )
        raise UnitRefused({"parent": words})
    return parent


def _refuse(found: Mapping[str, str]) -> None:
    if found:
        raise UnitRefused(found)


def _flush(name: str) -> None:
    try:
        db.session.flush()  # whatever another was faster with shows here, not at commit
    except IntegrityError:
        raise UnitRefused({"name": say("刚刚有人新建了“{name}”，或用了同一代码。请核对后再试。", name=name)}) from None


# ---- making and changing


def add(
    actor: Actor,
    at: datetime,
    kind: OrganizationKind,
    parent_id: int,
    details: Details,
    slug: str = "",
    valid_from: date | None = None,
) -> Organization:
    """Add a unit below another, from a day on or from that of `at`; raise UnitRefused."""
    require(actor, Action.EDIT_UNITS)
    since = valid_from or at.date()
    found = problems(details) | slug_problems(slug)
    parent = _parent(kind, parent_id, at.date())
    _refuse(found | unit_names.taken(names_of(details), parent.id, since, FOREVER))
    unit = Organization(
        parent_id=parent.id,
        kind=kind,
        slug=slug or free_slug(parent),
        name=details.name,
        short_name=details.short_name,
        phone=details.phone,
        position=details.position or next_position(),
        valid_from=since,
    )
    db.session.add(unit)
    _flush(details.name)
    words = f"{KIND_TEXT[kind]} {unit.name}（{unit.short_name}），上级：{parent.name}，{since} 起"
    audit.record(actor, at, "add_unit", "organization", unit.id, words, about_unit=unit.id)
    return unit


def slug_problems(slug: str) -> dict[str, str]:
    """Return what is wrong with a code that somebody chose."""
    if not slug:
        return {}
    if len(slug) > LENGTHS["slug"][1] or not SLUG.fullmatch(slug):
        return {
            "slug": say("代码只能由小写英文字母、数字和横线组成，最多 {lengths} 个字符。", lengths=LENGTHS["slug"][1])
        }
    if db.session.scalar(select(Organization.id).where(Organization.slug == slug)) is not None:
        return {"slug": say("代码 {slug} 已被使用，请换一个，或空着由系统编排。", slug=slug)}
    return {}


def free_slug(parent: Organization) -> str:
    """Return a code that nobody has: that of the unit above with a number."""
    stem = parent.slug[: LENGTHS["slug"][1] - 8]
    taken = set(db.session.scalars(select(Organization.slug).where(Organization.slug.startswith(f"{stem}-"))))
    number = len(taken) + 1
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def next_position() -> int:
    """Return the place behind all others."""
    last = db.session.scalar(select(func.max(Organization.position))) or 0
    return min(last + 1, LARGEST_POSITION)


def edit(
    actor: Actor, at: datetime, unit_id: int, version: int, details: Details, old_until: date | None = None
) -> bool:
    """Change a unit's details; tell whether anything was changed. Raise StaleUnit or UnitRefused.

    Names that it gives up become aliases, until `old_until` or for good: documents go on naming it so.
    """
    unit = locked(actor, unit_id, version, at.date())
    _refuse(
        problems(details)
        | unit_names.taken(names_of(details), unit.parent_id, unit.valid_from, unit.valid_until, unit.id)
    )
    before = Details(unit.name, unit.short_name, unit.phone, unit.position)
    old, new = told(before), told(details)
    differing = [field for field in FIELD_TEXT if old[field] != new[field]]
    if not differing:
        return False
    until = old_until or FOREVER
    if until <= at.date():
        raise UnitRefused({"old_until": say("旧名称的停用日期应晚于今天；要立即停用，请保存后删除这个别名。")})
    unit.name, unit.short_name, unit.phone, unit.position = (
        details.name,
        details.short_name,
        details.phone,
        details.position,
    )
    _flush(details.name)
    unit_names.forget(unit, names_of(details).values())
    for given_up in {before.name, before.short_name} - {details.name, details.short_name}:
        unit_names.keep(unit, given_up, unit.valid_from, until)
    words = "；".join(
        f"{FIELD_TEXT[field]}：{old[field] or '（空）'} → {new[field] or '（空）'}" for field in differing
    )
    audit.record(actor, at, "edit_unit", "organization", unit.id, f"{unit.name} {words}", about_unit=unit.id)
    return True


def move(actor: Actor, at: datetime, unit_id: int, version: int, parent_id: int) -> bool:
    """Put a unit below another; what it owes keeps its district, what it is handed from now on has the new one.

    Raise StaleUnit or UnitRefused; tell whether it moved.
    """
    unit = locked(actor, unit_id, version, at.date())
    parent = _parent(OrganizationKind(unit.kind), parent_id, at.date())
    if parent.id == unit.parent_id:
        return False
    place(actor, at, unit, parent)
    return True


def place(actor: Actor, at: datetime, unit: Organization, parent: Organization) -> None:
    """Put a unit below another, unless its name is taken there."""
    taken = unit_names.taken(names_of(unit), parent.id, unit.valid_from, unit.valid_until, unit.id)
    if taken:
        raise UnitRefused({"parent": "".join(taken.values())})
    before = db.session.get(Organization, unit.parent_id) if unit.parent_id else None
    unit.parent_id = parent.id
    _flush(unit.name)
    words = f"{unit.name}：{before.name if before else '—'} → {parent.name}"
    audit.record(actor, at, "move_unit", "organization", unit.id, words, about_unit=unit.id)


# ---- other names


def add_alias(actor: Actor, at: datetime, unit_id: int, name: str, since: date | None, until: date | None) -> None:
    """Let documents name a unit otherwise, from a day on and until a day; raise UnitRefused."""
    unit = locked(actor, unit_id, None, at.date())
    first, last = since or ALWAYS, until or FOREVER
    name = tidy(name)
    wrong = {"alias": _line_problem(say("别名"), name, LENGTHS["name"][1], demanded=True)}
    if first >= last:
        wrong["alias_until"] = say("停用日期应晚于启用日期。")
    if not any(wrong.values()):
        wrong["alias"] = unit_names.alias_problem(name, first, last, unit)
    _refuse({field: why for field, why in wrong.items() if why})
    has = select(OrganizationAlias.id).where(
        OrganizationAlias.organization_id == unit.id, OrganizationAlias.name == name
    )
    if db.session.scalar(has) is not None:
        raise UnitRefused(
            {"alias": say("本单位已有别名“{name}”，只是日期不同：请先删除它，再按新的日期添加。", name=name)}
        )
    db.session.add(OrganizationAlias(organization_id=unit.id, name=name, valid_from=first, valid_until=last))
    db.session.flush()  # whatever another was faster with shows here, not at commit
    words = f"{unit.name}：{name}（{first} 至 {'长期' if last == FOREVER else last}）"
    audit.record(actor, at, "add_alias", "organization", unit.id, words, about_unit=unit.id)


def remove_alias(actor: Actor, at: datetime, unit_id: int, alias_id: int) -> None:
    """Let a unit no longer go by another name; raise NoResultFound."""
    unit = locked(actor, unit_id, None, at.date())
    alias = db.session.scalars(
        select(OrganizationAlias).where(OrganizationAlias.id == alias_id, OrganizationAlias.organization_id == unit.id)
    ).one()
    words = f"{unit.name}：{alias.name}（{alias.valid_from} 至 {alias.valid_until}）"
    db.session.delete(alias)
    audit.record(actor, at, "remove_alias", "organization", unit.id, words, about_unit=unit.id)


# ---- closing and opening


def close(actor: Actor, at: datetime, unit_id: int, version: int, day: date) -> None:
    """Let a unit be of no use from a day on, once nobody and nothing stands below it; raise StaleUnit, UnitStands."""
    unit = locked(actor, unit_id, version, at.date())
    if unit.parent_id is None:
        raise UnitStands(say("市局是单位树的根，不能停用。"))
    if unit.valid_until <= at.date():
        raise UnitStands(say("{name}已经停用。", name=unit.name))
    if day < at.date():
        raise UnitStands(say("停用日期不能早于今天：过去的日子的清单和得分不能改。"))
    if day <= unit.valid_from:
        raise UnitStands(say("停用日期应晚于启用日期 {valid_from}。", valid_from=unit.valid_from))
    below = db.session.scalars(
        select(Organization.name)
        .where(Organization.parent_id == unit.id, Organization.valid_until > day)
        .order_by(Organization.position)
    ).all()
    if below:
        raise UnitStands(
            say(
                "{name}还有 {n} 个下级单位：{some}。请先移动或停用它们，或改用合并。",
                name=unit.name,
                n=len(below),
                some=_some(below),
            )
        )
    people = [person.name for person in unit_lists.members(unit.id, at.date())]
    if people:
        raise UnitStands(
            say(
                "{name}还有 {n} 个在用账号：{some}。请先调走或停用，或改用合并。",
                name=unit.name,
                n=len(people),
                some=_some(people),
            )
        )
    end(unit, day)
    audit.record(actor, at, "close_unit", "organization", unit.id, f"{unit.name}，{day} 起停用", about_unit=unit.id)


def _some(names: Iterable[str]) -> str:
    found = list(names)
    shown = found[:5]
    return say("{names}等 {n} 个", names=shown, n=len(found)) if len(found) > 5 else say("{each}", each=shown)


def end(unit: Organization, day: date, successor_id: int | None = None) -> None:
    """Let a unit end on a day, with the one that takes its place."""
    unit.valid_until, unit.successor_id = day, successor_id
    db.session.flush()  # a lost race shows here, not at commit


def reopen(actor: Actor, at: datetime, unit_id: int, version: int) -> bool:
    """Take a closed unit into use again, or one that is to be closed; tell whether it was. What was handed over stays.

    Raise StaleUnit or UnitStands.
    """
    unit = locked(actor, unit_id, version, at.date())
    if unit.valid_until == FOREVER:
        return False
    parent = db.session.get(Organization, unit.parent_id) if unit.parent_id else None
    if parent is None or parent.valid_until <= at.date():
        raise UnitStands(say("上级单位{name}已停用，请先启用上级，或新建单位。", name=parent.name if parent else ""))
    clash = [
        other
        for other in unit_names.borne(names_of(unit).values())
        if other.unit_id != unit.id and other.parent_id == unit.parent_id and other.meets(at.date(), FOREVER)
    ]
    if clash:
        used = sorted({f"{other.unit}（{other.name}）" for other in clash})
        raise UnitStands(
            say(
                "这些单位现在用着{name}的名称：{used}。请先到该单位的页面删除这个别名，再重新启用。",
                name=unit.name,
                used=used,
            )
        )
    end(unit, FOREVER)
    audit.record(actor, at, "reopen_unit", "organization", unit.id, unit.name, about_unit=unit.id)
    return True
