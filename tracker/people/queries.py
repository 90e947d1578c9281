"""Finds organizations by any of their names, groups' members, accounts and contacts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from tracker.db import db
from tracker.people.models import Group, Marker, Organization, OrganizationAlias, User
from tracker.rules.organizations import BELOW_A_DISTRICT, OrganizationKind
from tracker.rules.passwords import folded
from tracker.rules.permissions import Action, Actor, Role, Scope
from tracker.rules.words import SOURCE, say

HANDLING_ROLES = (Role.CLERK, Role.OFFICE, Role.REVIEWER)
"""The roles that sign for and report on what their own unit owes."""


AT_ONCE = 10_000
"""How many values a statement is given at most: drivers have limits."""


class UnknownUnit(LookupError):
    """A name that no organization bears; the message says what to do."""


@dataclass(frozen=True)
class Contact:
    """Whom to call about a unit."""

    name: str
    phone: str


@dataclass(frozen=True)
class Directory:
    """Names of one issuer's organizations and groups, for resolving the parties of a plan."""

    organizations: dict[str, int]
    groups: dict[str, int]


@dataclass(frozen=True)
class Member:
    """An organization as a plan's recipient; `district_id` is the district it scores for."""

    id: int
    kind: str
    district_id: int | None


def _valid(day: date) -> ColumnElement[bool]:
    return and_(Organization.valid_from <= day, Organization.valid_until > day)


def find_unit(name: str, day: date | None = None) -> Organization:
    """Return the organization with this full, short or other name or slug; raise UnknownUnit.

    With a day only names and units of that day count; a unit goes by its own name before another by an alias.
    """
    name = name.strip()
    alias = select(OrganizationAlias.organization_id).where(OrganizationAlias.name == name)
    if day is not None:
        alias = alias.where(OrganizationAlias.valid_from <= day, OrganizationAlias.valid_until > day)
    own = or_(Organization.name == name, Organization.short_name == name, Organization.slug == name)
    wanted = select(Organization).where(or_(own, Organization.id.in_(alias))).order_by(Organization.id)
    found = db.session.scalars(wanted if day is None else wanted.where(_valid(day))).all()
    if len(found) > 1:
        # The names of a merged unit are aliases of its successor.
        found = [unit for unit in found if name in (unit.name, unit.short_name, unit.slug)] or found
    if not found:
        raise UnknownUnit(say("找不到名为“{name}”的单位。请核对名称，全称、简称都可以。", name=name))
    if len(found) > 1:
        raise UnknownUnit(
            say("“{name}”对应多个单位：{found}。请写全称。", name=name, found=[unit.name for unit in found])
        )
    return found[0]


def unit(unit_id: int) -> Organization | None:
    """Return one organization."""
    return db.session.get(Organization, unit_id)


def unit_names(unit_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of organizations."""
    named = select(Organization.id, Organization.name).where(Organization.id.in_(sorted(set(unit_ids))))
    return dict(db.session.execute(named).all())


def by_slug(slug: str) -> Organization | None:
    """Return the organization with this slug."""
    return db.session.scalar(select(Organization).where(Organization.slug == slug))


def aliases_of(unit_id: int) -> set[str]:
    """Return the other names of an organization, of whatever days."""
    return set(db.session.scalars(select(OrganizationAlias.name).where(OrganizationAlias.organization_id == unit_id)))


def directory(root_id: int, day: date) -> Directory:
    """Return every name, short name and alias valid on `day` of the root and those right below it, and its groups.

    The root is whoever issues a plan: a city's bureau, or a district's with its own sections.
    """
    units = db.session.execute(
        select(Organization.id, Organization.name, Organization.short_name).where(
            or_(Organization.id == root_id, Organization.parent_id == root_id), _valid(day)
        )
    ).all()
    ids = {row.id for row in units}
    names = {row.short_name: row.id for row in units} | {row.name: row.id for row in units}
    aliases = select(OrganizationAlias).where(OrganizationAlias.valid_from <= day, OrganizationAlias.valid_until > day)
    for alias in db.session.scalars(aliases):
        if alias.organization_id in ids:
            names.setdefault(alias.name, alias.organization_id)
    groups = db.session.execute(select(Group.name, Group.id).where(Group.root_id == root_id)).all()
    return Directory(names, {row.name: row.id for row in groups})


def members(group_id: int, day: date) -> list[Member]:
    """Return the organizations that a group means on `day`, in their usual order."""
    group = db.session.get_one(Group, group_id)
    parent = aliased(Organization)
    rows = db.session.execute(
        select(Organization.id, Organization.kind, Organization.parent_id)
        .join(parent, parent.id == Organization.parent_id)
        .where(
            Organization.kind == group.member_kind,
            or_(parent.id == group.root_id, parent.parent_id == group.root_id),
            _valid(day),
        )
        .order_by(parent.position, Organization.position)
    )
    return [Member(row.id, row.kind, district_of(row.id, row.kind, row.parent_id)) for row in rows]


def member(unit_id: int) -> Member:
    """Return one organization as a recipient."""
    found = db.session.get_one(Organization, unit_id)
    return Member(found.id, found.kind, district_of(found.id, found.kind, found.parent_id))


def standing_in(unit_id: int, day: date) -> int:
    """Return the unit that stands in for one on a day: itself, or where it was merged by then, its successor."""
    found = db.session.get_one(Organization, unit_id)
    while found.valid_until <= day and found.successor_id is not None:
        found = db.session.get_one(Organization, found.successor_id)
    return found.id


def district_of(unit_id: int, kind: str, parent_id: int | None) -> int | None:
    """Return the district that a unit belongs to or is."""
    if kind == OrganizationKind.DISTRICT_BUREAU:
        return unit_id
    return parent_id if kind in BELOW_A_DISTRICT else None


def of_kind(kind: OrganizationKind) -> list[Organization]:
    """Return the organizations of one kind in their usual order."""
    return list(
        db.session.scalars(select(Organization).where(Organization.kind == kind).order_by(Organization.position))
    )


def districts() -> list[Organization]:
    """Return the district bureaus in their usual order."""
    return of_kind(OrganizationKind.DISTRICT_BUREAU)


def user_by_account(account: str) -> User | None:
    """Return the account of this name, whatever its case and width."""
    return db.session.scalar(select(User).where(User.account == folded(account)))


_SESSION = (
    select(
        User.id,
        User.account,
        User.name,
        User.role,
        User.unit_id,
        Organization.kind,
        Organization.parent_id,
        Organization.name.label("unit_name"),
    )
    .join(Organization, Organization.id == User.unit_id)
    .where(
        User.id == bindparam("user_id"),
        User.session_version == bindparam("session_version"),
        User.active,
        User.valid_until > bindparam("day", type_=Date),
    )
)
"""Made once: to put a SELECT together takes longer than to run it."""


def session_actor(user_id: int, session_version: int, day: date) -> Actor | None:
    """Return the actor of an account, unless it was disabled or expired or had its sessions ended. One query."""
    values = {"user_id": user_id, "session_version": session_version, "day": day}
    row = db.session.execute(_SESSION, values).one_or_none()
    if row is None:
        return None
    district_id = district_of(row.unit_id, row.kind, row.parent_id)
    return Actor(row.id, row.account, row.name, Role(row.role), row.unit_id, district_id, row.unit_name)


def serving_actor(user_id: int, day: date) -> Actor | None:
    """Return who an account belongs to, unless it was disabled or expired."""
    version = db.session.scalar(select(User.session_version).where(User.id == user_id))
    return None if version is None else session_actor(user_id, version, day)


def actor_of(user: User) -> Actor:
    """Return the actor of an account."""
    found = session_actor(user.id, user.session_version, date.min)
    if found is None:
        raise UnknownUnit(say("账号 {account} 已停用。", account=user.account))
    return found


_CONTACTS = (
    select(User.unit_id, User.name, User.phone, Organization.phone)
    .join(Organization, Organization.id == User.unit_id)
    .where(User.unit_id.in_(bindparam("units", expanding=True)), User.active, User.role.in_(HANDLING_ROLES))
    .order_by(User.id.desc())
)


@dataclass(frozen=True)
class Person:
    """Somebody to write to; where nobody knows their own number, the unit's."""

    id: int
    account: str
    name: str
    unit_id: int
    unit: str
    phone: str
    language: str = SOURCE


_PERSON = (
    *(User.id, User.account, User.name, User.unit_id, Organization.name),
    *(User.phone, Organization.phone, User.language),
)


def _person(row: Any) -> Person:
    id_, account, name, unit_id, unit, phone, unit_phone, language = row
    return Person(id_, account, name, unit_id, unit, phone or unit_phone, language)


def serving(day: date) -> ColumnElement[bool]:
    """Return the condition that an account is in use on a day."""
    return and_(User.active, User.valid_until > day)


def handlers(unit_ids: Iterable[int], day: date) -> dict[int, list[Person]]:
    """Return for each unit the people who sign for and report on what it owes; units without any are absent."""
    rows = db.session.execute(
        select(*_PERSON)
        .join(Organization, Organization.id == User.unit_id)
        .where(User.unit_id.in_(sorted(set(unit_ids))), serving(day), _valid(day), User.role.in_(HANDLING_ROLES))
        .order_by(User.id)
    )
    found: dict[int, list[Person]] = {}
    for person in map(_person, rows):
        found.setdefault(person.unit_id, []).append(person)
    return found


def accounts_within(actor: Actor, action: Action) -> Select[str] | None:
    """Return the accounts whose records the person may take an action on, as a SELECT; None where all are."""
    if actor.reach(action) is Scope.ALL:
        return None
    unit = select(Organization.id).where(
        or_(Organization.id == actor.district_id, Organization.parent_id == actor.district_id)
    )
    return select(User.account).where(User.unit_id.in_(unit))


def persons(accounts: Iterable[str]) -> dict[str, Person]:
    """Return people by account, also those whose accounts are disabled; unknown accounts are absent."""
    wanted = sorted(set(accounts))
    found: dict[str, Person] = {}
    for first in range(0, len(wanted), AT_ONCE):
        rows = db.session.execute(
            select(*_PERSON)
            .join(Organization, Organization.id == User.unit_id)
            .where(User.account.in_(wanted[first : first + AT_ONCE]))
        )
        found |= {person.account: person for person in map(_person, rows)}
    return found


def contacts(unit_ids: Iterable[int]) -> dict[int, Contact]:
    """Return for each unit its first active handler, with the person's or else the unit's telephone."""
    rows = db.session.execute(_CONTACTS, {"units": sorted(set(unit_ids))})
    return {unit_id: Contact(name, phone or unit_phone) for unit_id, name, phone, unit_phone in rows}


def users() -> list[dict[str, object]]:
    """Return every account for the administrator's list."""
    rows = db.session.execute(
        select(User.account, User.name, User.role, Organization.name.label("unit"), User.active, User.demo)
        .join(Organization, Organization.id == User.unit_id)
        .order_by(User.id)
    )
    return [dict(row._mapping) for row in rows]


MARKER = select(Marker.value).where(Marker.name == bindparam("name"))
"""What the installation notes under `name`; public, so that a page's frame can ask for it beside other facts."""


def marker(name: str) -> str:
    """Return what this installation notes under a name, or an empty string."""
    return db.session.scalar(MARKER, {"name": name}) or ""


def has_demo_accounts() -> bool:
    """Tell whether any demo account exists."""
    return db.session.scalar(select(User.id).where(User.demo).limit(1)) is not None
