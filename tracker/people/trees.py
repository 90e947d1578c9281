"""The units below one bureau with every name they bear and the groups they make up, read at once."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ScalarSelect, SQLColumnExpression, func, or_, select
from sqlalchemy.orm import aliased

from tracker.db import db
from tracker.people.models import Group, Organization, OrganizationAlias


@dataclass(frozen=True)
class Node:
    """A unit of the tree."""

    id: int
    parent_id: int | None
    kind: str
    name: str
    short_name: str


@dataclass(frozen=True)
class Collective:
    """A group: every unit of one kind below the root."""

    id: int
    name: str
    member_kind: str


@dataclass(frozen=True)
class Tree:
    """A root with what stands on the two floors below it, in the usual order; `names` are all names by unit."""

    root: int
    units: dict[int, Node]
    names: dict[int, tuple[str, ...]]
    groups: dict[int, Collective]

    def of_kind(self, kind: str) -> tuple[Node, ...]:
        """Return the units of one kind below the root: those that a group of this kind means."""
        return tuple(unit for unit in self.units.values() if unit.kind == kind and unit.id != self.root)


def root_of(unit_id: SQLColumnExpression[int]) -> ScalarSelect[int]:
    """Return the bureau at the head of a unit's tree, which has three floors, as a column of a SELECT."""
    unit, above, head = aliased(Organization), aliased(Organization), aliased(Organization)
    return (
        select(func.coalesce(head.id, above.id, unit.id))
        .select_from(unit)
        .outerjoin(above, above.id == unit.parent_id)
        .outerjoin(head, head.id == above.parent_id)
        .where(unit.id == unit_id)
        .scalar_subquery()
    )


def tree(root_id: int, day: date) -> Tree:
    """Return the tree of a root as it stands on a day. Three queries."""
    valid = (Organization.valid_from <= day, Organization.valid_until > day)
    below = select(Organization.id).where(Organization.parent_id == root_id)
    rows = db.session.execute(
        select(Organization.id, Organization.parent_id, Organization.kind, Organization.name, Organization.short_name)
        .where(
            or_(Organization.id == root_id, Organization.parent_id == root_id, Organization.parent_id.in_(below)),
            *valid,
        )
        .order_by(Organization.position, Organization.id)
    )
    units = {row.id: Node(*row) for row in rows}
    aliases: dict[int, list[str]] = defaultdict(list)
    borne = select(OrganizationAlias.organization_id, OrganizationAlias.name).where(
        OrganizationAlias.valid_from <= day, OrganizationAlias.valid_until > day
    )
    for alias in db.session.execute(borne):
        aliases[alias.organization_id].append(alias.name)
    names = {unit.id: tuple(dict.fromkeys((unit.name, unit.short_name, *aliases[unit.id]))) for unit in units.values()}
    groups = db.session.execute(select(Group.id, Group.name, Group.member_kind).where(Group.root_id == root_id))
    return Tree(root_id, units, names, {row.id: Collective(*row) for row in groups})
