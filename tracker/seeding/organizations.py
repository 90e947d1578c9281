"""Loads seeds/organizations: the trees, their aliases and groups."""

import csv
from collections.abc import Iterator
from pathlib import Path

from tracker.people import operations as people
from tracker.people import queries
from tracker.people.models import Organization
from tracker.people.units import next_position
from tracker.resources import resource
from tracker.rules.organizations import OrganizationKind

FIRST = "shanghai.csv"
"""The organizations of the plan that every installation begins with."""


class UnknownSet(LookupError):
    """A set of organizations that is not among the seeds; the message names those that are."""


def further_sets() -> dict[str, str]:
    """Return the sets that are loaded only when asked for: each name with its file."""
    return {row["name"]: row["organizations"] for row in _rows("sets.csv")}


def add_organizations(file: str = FIRST) -> int:
    """Add the organizations and groups of a file that are missing; return how many organizations were added."""
    added, before = 0, next_position()
    for place, row in enumerate(_rows(file)):
        aliases = row["aliases"].split("|") if row["aliases"] else []
        if known := queries.by_slug(row["slug"]):
            # Another plan's document may call a unit of the first one otherwise.
            _add_aliases(known, aliases)
            continue
        parent = _parent(row["parent"], file)
        unit = people.add_organization(
            slug=row["slug"],
            parent_id=parent.id if parent else None,
            kind=OrganizationKind(row["kind"]),
            name=row["name"],
            short_name=row["short_name"],
            position=before + place,
            source_note=row["source_note"],
        )
        _add_aliases(unit, aliases)
        added += 1
    if added:
        _add_groups(file)
    return added


def _add_aliases(unit: Organization, names: list[str]) -> None:
    """Add the names that a unit does not bear yet."""
    known = queries.aliases_of(unit.id)
    for name in names:
        if name not in known:
            people.add_alias(unit.id, name)


def add_further(names: tuple[str, ...]) -> int:
    """Add the organizations of further sets that are missing; raise UnknownSet before anything is added."""
    sets = further_sets()
    if unknown := [name for name in names if name not in sets]:
        raise UnknownSet(f"没有名为 {'、'.join(unknown)} 的单位集。可以载入：{'、'.join(sets)}。")
    return sum(add_organizations(sets[name]) for name in dict.fromkeys(names))


def _parent(slug: str, file: str) -> Organization | None:
    if not slug:
        return None
    parent = queries.by_slug(slug)
    if parent is None:
        raise queries.UnknownUnit(f"{file} 要挂在代码为 {slug} 的单位之下，但数据库中没有这个单位。")
    return parent


def _add_groups(file: str) -> None:
    for row in _rows("groups.csv"):
        root = queries.by_slug(row["root"]) if row["organizations"] == file else None
        if root and row["name"] not in queries.directory(root.id, root.valid_from).groups:
            people.add_group(root.id, row["name"], OrganizationKind(row["member_kind"]))


def _rows(name: str) -> Iterator[dict[str, str]]:
    with _path(name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _path(name: str) -> Path:
    return resource("seeds") / "organizations" / name
