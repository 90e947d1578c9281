"""The tree of units for those who administer it: who belongs where, under which names, since when and until when."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import aliased

from tracker.db import FOREVER, db
from tracker.people.models import Organization, OrganizationAlias, User
from tracker.people.queries import serving
from tracker.rules.organizations import BELOW_A_DISTRICT, OrganizationKind
from tracker.rules.permissions import ROLE_TEXT, Action, Actor, Role, require
from tracker.rules.words import say

KIND_TEXT = {
    OrganizationKind.CITY_BUREAU: say("市局"),
    OrganizationKind.CITY_OFFICE: say("市局处室"),
    OrganizationKind.DISTRICT_BUREAU: say("区局"),
    OrganizationKind.SECTION: say("科室"),
    OrganizationKind.INSTITUTION: say("所属机构"),
    OrganizationKind.JUSTICE_OFFICE: say("司法所"),
}

PARENT_KINDS = {
    OrganizationKind.CITY_OFFICE: OrganizationKind.CITY_BUREAU,
    OrganizationKind.DISTRICT_BUREAU: OrganizationKind.CITY_BUREAU,
    **dict.fromkeys(BELOW_A_DISTRICT, OrganizationKind.DISTRICT_BUREAU),
}
"""Below which kind a unit of each kind stands; nothing stands above the city bureau."""

OPEN, COMING, ENDING, CLOSED, MERGED = "active", "coming", "ending", "closed", "merged"
STATE_TEXT = {
    OPEN: say("在用"),
    COMING: say("尚未启用"),
    ENDING: say("将停用"),
    CLOSED: say("已停用"),
    MERGED: say("已并入"),
}


@dataclass(frozen=True)
class Alias:
    """Another name of a unit, from a day on and until a day."""

    id: int
    name: str
    valid_from: date
    valid_until: date

    @property
    def until_text(self) -> str:
        """Until when, in the reader's words."""
        return say("长期") if self.valid_until == FOREVER else say("{valid_until} 起停用", valid_until=self.valid_until)


@dataclass(frozen=True)
class UnitRow:
    """A unit as lists and forms show it; `people` counts the accounts in use."""

    id: int
    parent_id: int | None
    parent: str
    kind: OrganizationKind
    slug: str
    name: str
    short_name: str
    position: int
    phone: str
    valid_from: date
    valid_until: date
    successor_id: int | None
    successor: str
    version: int
    people: int = 0
    aliases: list[Alias] = field(default_factory=list)

    @property
    def kind_text(self) -> str:
        """The kind in the reader's words."""
        return KIND_TEXT[self.kind]

    @property
    def alias_names(self) -> list[str]:
        """The other names, each once."""
        return [alias.name for alias in self.aliases]

    def in_use(self, day: date) -> bool:
        """Tell whether the unit is valid on a day."""
        return self.valid_from <= day < self.valid_until

    def state(self, day: date) -> str:
        """Return how the unit stands on a day, as a word of STATE_TEXT."""
        if self.valid_until <= day:
            return MERGED if self.successor_id else CLOSED
        if self.valid_from > day:
            return COMING
        return OPEN if self.valid_until == FOREVER else ENDING

    def state_text(self, day: date) -> str:
        """Return the same in the reader's words, with the day or the successor."""
        state = self.state(day)
        if state == MERGED:
            return say("已并入{successor}", successor=self.successor)
        if state == ENDING:
            return say("{valid_until} 起停用", valid_until=self.valid_until)
        return say("{valid_from} 起启用", valid_from=self.valid_from) if state == COMING else STATE_TEXT[state]


@dataclass(frozen=True)
class Node:
    """A unit of the tree with those below it."""

    unit: UnitRow
    below: list["Node"]


@dataclass(frozen=True)
class Member:
    """Somebody with an account in use in a unit."""

    id: int
    version: int
    account: str
    name: str
    role: Role

    @property
    def role_text(self) -> str:
        """The role in the reader's words."""
        return ROLE_TEXT[self.role]


_above, _after = aliased(Organization), aliased(Organization)
_BELOW = Organization.kind.in_(BELOW_A_DISTRICT)
_ORDER = (
    case(
        (Organization.kind == OrganizationKind.CITY_BUREAU, 0),
        (Organization.kind == OrganizationKind.CITY_OFFICE, 1),
        else_=2,
    ),
    case((_BELOW, _above.position), else_=Organization.position),
    case((_BELOW, _above.id), else_=Organization.id),
    case(*((Organization.kind == kind, rank) for rank, kind in enumerate(BELOW_A_DISTRICT, 1)), else_=0),
    Organization.position,
    Organization.id,
)
"""City bureau, its offices, the districts, each before its sections and 司法所."""


def _rows(day: date) -> Select[*tuple[Any, ...]]:
    people = select(func.count()).where(User.unit_id == Organization.id, serving(day))
    return (
        select(
            Organization.id,
            Organization.parent_id,
            func.coalesce(_above.name, "").label("parent"),
            Organization.kind,
            Organization.slug,
            Organization.name,
            Organization.short_name,
            Organization.position,
            Organization.phone,
            Organization.valid_from,
            Organization.valid_until,
            Organization.successor_id,
            func.coalesce(_after.name, "").label("successor"),
            Organization.version,
            people.correlate(Organization).scalar_subquery().label("people"),
        )
        .outerjoin(_above, _above.id == Organization.parent_id)
        .outerjoin(_after, _after.id == Organization.successor_id)
        .order_by(*_ORDER)
    )


def _read(statement: Select[*tuple[Any, ...]], aliases: dict[int, list[Alias]]) -> list[UnitRow]:
    return [
        UnitRow(**{**row._mapping, "kind": OrganizationKind(row.kind)}, aliases=aliases.get(row.id, []))
        for row in db.session.execute(statement)
    ]


def _aliases(unit_id: int | None = None) -> dict[int, list[Alias]]:
    wanted = select(OrganizationAlias).order_by(OrganizationAlias.valid_from, OrganizationAlias.id)
    if unit_id is not None:
        wanted = wanted.where(OrganizationAlias.organization_id == unit_id)
    found: defaultdict[int, list[Alias]] = defaultdict(list)
    for row in db.session.scalars(wanted.execution_options(populate_existing=True)):
        found[row.organization_id].append(Alias(row.id, row.name, row.valid_from, row.valid_until))
    return found


def rows(actor: Actor, day: date) -> list[UnitRow]:
    """Return every unit in the order of the tree. Two queries."""
    require(actor, Action.EDIT_UNITS)
    return _read(_rows(day), _aliases())


def get(actor: Actor, unit_id: int, day: date) -> UnitRow | None:
    """Return one unit. Two queries."""
    require(actor, Action.EDIT_UNITS)
    found = _read(_rows(day).where(Organization.id == unit_id), _aliases(unit_id))
    return found[0] if found else None


def matching(units: Sequence[UnitRow], text: str) -> list[UnitRow]:
    """Return the units that a text names, with those above and below them, in the same order."""
    wanted = text.casefold()
    hits = {unit.id for unit in units if any(wanted in said.casefold() for said in _said(unit))}
    parents = {unit.id: unit.parent_id for unit in units}
    shown = set(hits)
    for unit_id in hits:
        above = parents[unit_id]
        while above is not None:
            shown.add(above)
            above = parents[above]
    bureaus = {unit.id for unit in units if unit.kind == OrganizationKind.DISTRICT_BUREAU and unit.id in hits}
    return [unit for unit in units if unit.id in shown or unit.parent_id in bureaus]


def _said(unit: UnitRow) -> Iterable[str]:
    return unit.name, unit.short_name, unit.slug, unit.phone, *unit.alias_names


def tree(units: Sequence[UnitRow]) -> list[Node]:
    """Arrange units below one another, in the order given."""
    nodes = {unit.id: Node(unit, []) for unit in units}
    tops: list[Node] = []
    for unit in units:
        above = nodes.get(unit.parent_id or 0)
        (above.below if above else tops).append(nodes[unit.id])
    return tops


def members(unit_id: int, day: date) -> list[Member]:
    """Return who has an account in use in a unit."""
    found = db.session.execute(
        select(User.id, User.version, User.account, User.name, User.role)
        .where(User.unit_id == unit_id, serving(day))
        .order_by(User.id)
    )
    return [Member(row.id, row.version, row.account, row.name, Role(row.role)) for row in found]


def parents(units: Sequence[UnitRow], kind: OrganizationKind | None, day: date) -> list[UnitRow]:
    """Return the units below which one of a kind, or of any kind, may stand."""
    above = set(PARENT_KINDS.values()) if kind is None else {PARENT_KINDS.get(kind)}
    return [unit for unit in units if unit.kind in above and unit.in_use(day)]


def successors(units: Sequence[UnitRow], unit: UnitRow, day: date) -> list[UnitRow]:
    """Return the units into which one can be merged: of the same kind, and in use."""
    return [other for other in units if other.kind == unit.kind and other.id != unit.id and other.in_use(day)]
