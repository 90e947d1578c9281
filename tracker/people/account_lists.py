"""Lists of accounts for those who administer them: filtered, sorted, paged, and never beyond the person's scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import aliased

from tracker.db import FOREVER, db
from tracker.people.models import Organization, OrganizationAlias, User
from tracker.people.queries import AT_ONCE
from tracker.rules.organizations import BELOW_A_DISTRICT, OrganizationKind
from tracker.rules.permissions import POST_TEXT, ROLE_TEXT, Action, Actor, Post, Role, Scope
from tracker.rules.words import say

PAGE_SIZE = 50

ACTIVE, EXPIRED, DISABLED = "active", "expired", "disabled"
STATE_TEXT = {ACTIVE: say("启用"), EXPIRED: say("已失效"), DISABLED: say("已停用")}

NO_END = say("长期")


@dataclass(frozen=True)
class AccountRow:
    """An account as lists and forms show it."""

    id: int
    account: str
    name: str
    role: Role
    unit_id: int
    unit: str
    email: str
    phone: str
    post: Post
    active: bool
    valid_until: date
    must_change: bool
    version: int

    @property
    def role_text(self) -> str:
        """The role in the reader's words."""
        return ROLE_TEXT[self.role]

    @property
    def post_text(self) -> str:
        """The post in the reader's words, or an empty string."""
        return POST_TEXT[self.post]

    @property
    def end_text(self) -> str:
        """From which day on the account is of no use."""
        return told_end(self.valid_until)

    def state(self, day: date) -> str:
        """Return whether the account can be used on a day, as a word of STATE_TEXT."""
        if not self.active:
            return DISABLED
        return ACTIVE if self.valid_until > day else EXPIRED


def told_end(day: date) -> str:
    """Return an account's end as people read and write it."""
    return NO_END if day == FOREVER else day.isoformat()


@dataclass(frozen=True)
class Wanted:
    """Which accounts a list asks for; what is empty asks for nothing."""

    text: str = ""
    role: str = ""
    unit_id: int | None = None
    state: str = ""


@dataclass(frozen=True)
class Unit:
    """A unit that accounts can belong to."""

    id: int
    name: str
    kind: OrganizationKind
    parent_id: int | None


def within(actor: Actor, action: Action) -> ColumnElement[bool]:
    """Return the condition that a unit's people lie within the person's scope of an action."""
    match actor.reach(action):
        case Scope.ALL:
            return Organization.id.is_not(None)
        case Scope.DISTRICT if actor.district_id is not None:
            return or_(Organization.id == actor.district_id, Organization.parent_id == actor.district_id)
        case _:
            return false()


_above = aliased(Organization)
_BELOW = Organization.kind.in_(BELOW_A_DISTRICT)
_PLACE: tuple[Any, ...] = (
    case(
        (Organization.kind == OrganizationKind.CITY_BUREAU, 0),
        (Organization.kind == OrganizationKind.CITY_OFFICE, 1),
        else_=2,
    ),
    case((_BELOW, _above.position), else_=Organization.position),
    case(*((Organization.kind == kind, rank) for rank, kind in enumerate(BELOW_A_DISTRICT, 1)), else_=0),
    Organization.position,
    Organization.id,
)
"""City bureau first, then its offices, then the districts, each before its sections and 司法所."""

SORTS: dict[str, tuple[Any, ...]] = {
    "unit": (*_PLACE, User.id),
    "account": (User.account,),
    "name": (User.name, User.id),
    "new": (User.id.desc(),),
}
"""How the list can be sorted, by the word in the address."""

_ROW = (
    User.id,
    User.account,
    User.name,
    User.role,
    User.unit_id,
    Organization.name.label("unit"),
    User.email,
    User.phone,
    User.post,
    User.active,
    User.valid_until,
    User.must_change,
    User.version,
)


def _row(row: Any) -> AccountRow:
    return AccountRow(**{**row._mapping, "role": Role(row.role), "post": Post(row.post)})


def _matching(actor: Actor, wanted: Wanted, day: date) -> list[ColumnElement[bool]]:
    found = [within(actor, Action.VIEW_USERS)]
    if wanted.text:
        text = wanted.text
        columns = (User.account, User.name, User.email, User.phone, Organization.name, Organization.short_name)
        found.append(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    if wanted.role:
        found.append(User.role == wanted.role)
    if wanted.unit_id:
        found.append(User.unit_id == wanted.unit_id)
    if wanted.state:
        found.append(
            {
                ACTIVE: and_(User.active, User.valid_until > day),
                EXPIRED: and_(User.active, User.valid_until <= day),
                DISABLED: User.active.is_(False),
            }[wanted.state]
        )
    return found


def rows(actor: Actor, wanted: Wanted, day: date, sort: str, limit: int, offset: int = 0) -> list[AccountRow]:
    """Return a part of the accounts that the person may see. One query."""
    statement = (
        select(*_ROW)
        .join(Organization, Organization.id == User.unit_id)
        .outerjoin(_above, _above.id == Organization.parent_id)
        .where(*_matching(actor, wanted, day))
        .order_by(*SORTS[sort])
        .limit(limit)
        .offset(offset)
    )
    return [_row(row) for row in db.session.execute(statement)]


def count(actor: Actor, wanted: Wanted, day: date) -> int:
    """Return how many accounts a list has."""
    statement = (
        select(func.count())
        .select_from(User)
        .join(Organization, Organization.id == User.unit_id)
        .where(*_matching(actor, wanted, day))
    )
    return db.session.scalar(statement) or 0


def get(actor: Actor, user_id: int) -> AccountRow | None:
    """Return one account, if the person may see it."""
    row = db.session.execute(
        _joined().where(User.id == user_id, within(actor, Action.VIEW_USERS)).execution_options(populate_existing=True)
    ).one_or_none()
    return None if row is None else _row(row)


def named(accounts: Iterable[str]) -> dict[str, AccountRow]:
    """Return accounts by name, whoever asks; unknown ones are absent."""
    wanted, found = sorted(set(accounts)), {}
    for first in range(0, len(wanted), AT_ONCE):
        part = _joined().where(User.account.in_(wanted[first : first + AT_ONCE]))
        found.update({row.account: _row(row) for row in db.session.execute(part)})
    return found


def _joined() -> Select[*tuple[Any, ...]]:
    return select(*_ROW).join(Organization, Organization.id == User.unit_id)


def units(actor: Actor, day: date) -> list[Unit]:
    """Return the units in use on `day` whose accounts the person may make, each district before what it has."""
    statement = (
        select(Organization.id, Organization.name, Organization.kind, Organization.parent_id)
        .outerjoin(_above, _above.id == Organization.parent_id)
        .where(Organization.valid_from <= day, Organization.valid_until > day, within(actor, Action.EDIT_USERS))
        .order_by(*_PLACE)
    )
    return [Unit(row.id, row.name, OrganizationKind(row.kind), row.parent_id) for row in db.session.execute(statement)]


def units_by_name(actor: Actor, day: date) -> dict[str, list[Unit]]:
    """Return the same units under every name they bear. Two queries."""
    known = {unit.id: unit for unit in units(actor, day)}
    names: dict[str, list[Unit]] = {}
    short = select(Organization.id, Organization.name, Organization.short_name, Organization.slug)
    for id_, *spellings in db.session.execute(short):
        for spelling in set(spellings):
            if id_ in known:
                names.setdefault(spelling, []).append(known[id_])
    aliases = select(OrganizationAlias.organization_id, OrganizationAlias.name)
    for id_, alias in db.session.execute(aliases):
        if id_ in known and known[id_] not in names.get(alias, []):
            names.setdefault(alias, []).append(known[id_])
    return names
