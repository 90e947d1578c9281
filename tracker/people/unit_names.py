"""The names that units go by, on which days: own names and aliases, and which of them are taken."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, or_, select

from tracker.db import db
from tracker.people.models import Organization, OrganizationAlias
from tracker.rules.organizations import INSIDE_A_BUREAU
from tracker.rules.words import say


@dataclass(frozen=True)
class Borne:
    """A name that a unit bears from a day on, until a day."""

    name: str
    unit_id: int
    unit: str
    parent_id: int | None
    own: bool
    since: date
    until: date
    inside: bool = False

    def elsewhere(self, unit_id: int, parent_id: int | None, kind: str) -> bool:
        """Tell whether it is borne in another house than that of a unit, or of one to be.

        Every bureau has its 办公室, and the documents of one never mean another's section.
        """
        houses = self.inside or kind in INSIDE_A_BUREAU
        return houses and self.parent_id not in (parent_id, unit_id) and self.unit_id != parent_id

    def meets(self, since: date, until: date) -> bool:
        """Tell whether it is borne on one of some days."""
        return self.since < until and since < self.until


def borne(names: Iterable[str]) -> list[Borne]:
    """Return who bears some names, on which days, as full name, short name or alias. Two queries."""
    wanted = sorted(set(names))
    units = db.session.scalars(
        select(Organization).where(or_(Organization.name.in_(wanted), Organization.short_name.in_(wanted)))
    )
    found = [
        Borne(name, unit.id, unit.name, unit.parent_id, True, unit.valid_from, unit.valid_until, _inside(unit))
        for unit in units
        for name in {unit.name, unit.short_name} & set(wanted)
    ]
    rows = db.session.execute(
        select(OrganizationAlias, Organization)
        .join(Organization, Organization.id == OrganizationAlias.organization_id)
        .where(OrganizationAlias.name.in_(wanted))
    )
    for alias, unit in rows:
        # With the unit all its names end.
        until = min(alias.valid_until, unit.valid_until)
        found.append(
            Borne(alias.name, unit.id, unit.name, unit.parent_id, False, alias.valid_from, until, _inside(unit))
        )
    return found


def _inside(unit: Organization) -> bool:
    return unit.kind in INSIDE_A_BUREAU


def taken(
    names: Mapping[str, str], parent_id: int | None, since: date, until: date, own_id: int | None = None
) -> dict[str, str]:
    """Return which names are taken below a parent: the full name for ever, each name on the same days. Two queries."""
    return clashes(names, borne(names.values()), parent_id, since, until, own_id)


def clashes(
    names: Mapping[str, str],
    others: Iterable[Borne],
    parent_id: int | None,
    since: date,
    until: date,
    own_id: int | None,
) -> dict[str, str]:
    """Return which names are taken below a parent by others, by field."""
    found: dict[str, str] = {}
    for other in others:
        if other.unit_id == own_id or other.parent_id != parent_id:
            continue
        for field, text in names.items():
            if other.name != text:
                continue
            if other.meets(since, until):
                found[field] = say(
                    "“{text}”已是同一上级下{unit}的名称、简称或别名，请换一个。", text=text, unit=other.unit
                )
            elif field == "name" and other.own and other.unit == text:
                found[field] = say(
                    "同一上级下已有名为“{text}”的单位，现已停用：可以重新启用它，或换一个名称。", text=text
                )
    return found


def alias_problem(name: str, since: date, until: date, unit: Organization) -> str:
    """Return why a unit cannot bear another name on some days, or nothing."""
    for other in borne([name]):
        if other.unit_id == unit.id and (other.own or other.meets(since, until)):
            return say("“{name}”已是本单位的名称、简称或这段时间的别名，不用再加。", name=name)
        if other.elsewhere(unit.id, unit.parent_id, unit.kind):
            continue
        if other.unit_id != unit.id and other.meets(since, until):
            return say(
                "“{name}”在这段时间已是{unit}的名称或别名：同一名称不能指两个单位。请换名称或日期。",
                name=name,
                unit=other.unit,
            )
    return ""


def keep(unit: Organization, name: str, since: date, until: date) -> bool:
    """Let a unit go by another name as well, unless it or another does on those days; tell whether it does now."""
    has = select(OrganizationAlias).where(OrganizationAlias.organization_id == unit.id, OrganizationAlias.name == name)
    known = db.session.scalar(has)
    others = [
        other
        for other in borne([name])
        if other.unit_id != unit.id
        and other.meets(since, until)
        and not other.elsewhere(unit.id, unit.parent_id, unit.kind)
    ]
    if others or name in (unit.name, unit.short_name):
        return False
    if known is None:
        db.session.add(OrganizationAlias(organization_id=unit.id, name=name, valid_from=since, valid_until=until))
    else:
        known.valid_from, known.valid_until = min(known.valid_from, since), max(known.valid_until, until)
    db.session.flush()  # the next name is held against this one
    return True


def forget(unit: Organization, names: Iterable[str]) -> None:
    """Let go of aliases that have become the unit's own names."""
    db.session.execute(
        delete(OrganizationAlias).where(
            OrganizationAlias.organization_id == unit.id, OrganizationAlias.name.in_(sorted(names))
        )
    )
