"""Loads seeds/organizations: the tree, its aliases and groups."""

import csv
from collections.abc import Iterator

from tracker.people import operations as people
from tracker.people import queries
from tracker.resources import resource
from tracker.rules.organizations import OrganizationKind


def add_organizations() -> int:
    """Add the organizations and groups that are missing; return how many organizations were added."""
    added = 0
    for position, row in enumerate(_rows("shanghai.csv"), 1):
        if queries.by_slug(row["slug"]):
            continue
        parent = queries.by_slug(row["parent"]) if row["parent"] else None
        unit = people.add_organization(
            slug=row["slug"],
            parent_id=parent.id if parent else None,
            kind=OrganizationKind(row["kind"]),
            name=row["name"],
            short_name=row["short_name"],
            position=position,
            source_note=row["source_note"],
        )
        for alias in filter(None, row["aliases"].split("|")):
            people.add_alias(unit.id, alias)
        added += 1
    if added:
        _add_groups()
    return added


def _add_groups() -> None:
    for row in _rows("groups.csv"):
        root = queries.by_slug(row["root"])
        if root and row["name"] not in queries.directory(root.id, root.valid_from).groups:
            people.add_group(root.id, row["name"], OrganizationKind(row["member_kind"]))


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (resource("seeds") / "organizations" / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
