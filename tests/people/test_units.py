"""Administering the tree: names on their days, codes, and who is meant by a name when units come and go."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import NoResultFound

from tests.assignments.acts import moment, person, unit_id
from tests.factories import make_alias, make_organization
from tracker.db import FOREVER, db, transaction
from tracker.people import unit_lists, units
from tracker.people.models import Organization
from tracker.people.queries import UnknownUnit, directory, find_unit, member, standing_in
from tracker.people.units import Details, StaleUnit, UnitRefused, UnitStands
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Forbidden

DAY = date(2021, 6, 24)
OFFICE = OrganizationKind.JUSTICE_OFFICE


def add(name: str, parent: str = "songjiang", kind: OrganizationKind = OFFICE, **more: Any) -> Organization:
    """Add a unit and commit."""
    with transaction():
        return units.add(person("admin"), moment(DAY), kind, unit_id(parent), Details(name, name), **more)


def end(slug: str, successor: str = "", day: date = DAY) -> None:
    """Let a unit end, with or without a successor."""
    with transaction():
        units.end(db.session.get_one(Organization, unit_id(slug)), day, unit_id(successor) if successor else None)


def alias(unit: Organization, name: str) -> None:
    """Let a unit go by another name for ever."""
    with transaction():
        units.add_alias(person("admin"), moment(DAY), unit.id, name, None, None)


def rename(slug: str, name: str, until: date | None = None) -> None:
    """Give a unit another full name."""
    unit = db.session.get_one(Organization, unit_id(slug))
    details = Details(name, unit.short_name, unit.phone, unit.position)
    with transaction():
        units.edit(person("admin"), moment(DAY), unit.id, unit.version, details, until)


@pytest.mark.parametrize("account", ["supervisor", "leader", "auditor", "songjiang-lead", "reviewer-mishu"])
def test_only_an_administrator_touches_units(seeded: Flask, account: str) -> None:
    actor, unit = person(account), unit_id("mishu")
    for act in (
        lambda: units.add(actor, moment(DAY), OFFICE, unit_id("songjiang"), Details("甲", "甲")),
        lambda: units.edit(actor, moment(DAY), unit, 1, Details("甲", "甲")),
        lambda: units.move(actor, moment(DAY), unit, 1, unit_id("shanghai")),
        lambda: units.close(actor, moment(DAY), unit, 1, DAY),
        lambda: units.reopen(actor, moment(DAY), unit, 1),
        lambda: units.add_alias(actor, moment(DAY), unit, "甲", None, None),
        lambda: unit_lists.rows(actor, DAY),
        lambda: unit_lists.get(actor, unit, DAY),
    ):
        with pytest.raises(Forbidden), transaction():
            act()


def test_codes_are_made_from_the_unit_above_and_never_twice(seeded: Flask) -> None:
    with transaction():
        make_organization(slug="songjiang-19")
    assert len({add(name).slug for name in ("甲司法所", "乙司法所", "丙司法所")}) == 3


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        (OFFICE, "shanghai"),
        (OFFICE, "mishu"),
        (OrganizationKind.CITY_OFFICE, "songjiang"),
        (OrganizationKind.DISTRICT_BUREAU, "songjiang"),
        (OrganizationKind.SECTION, "shanghai"),
        (OrganizationKind.INSTITUTION, "mishu"),
        (OrganizationKind.CITY_BUREAU, "shanghai"),
    ],
)
def test_a_kind_stands_below_its_own_kind_of_parent_alone(seeded: Flask, kind: OrganizationKind, parent: str) -> None:
    with pytest.raises(UnitRefused):
        add("甲", parent, kind)


@pytest.mark.parametrize("kind", [OrganizationKind.SECTION, OrganizationKind.INSTITUTION])
def test_a_section_and_an_institution_stand_below_a_district(seeded: Flask, kind: OrganizationKind) -> None:
    made = add("甲", "songjiang", kind)
    assert member(made.id).district_id == unit_id("songjiang")


def test_a_section_may_bear_the_name_of_another_bureau_s(seeded: Flask) -> None:
    offices = [add(name, slug, OrganizationKind.SECTION) for slug, name in (("songjiang", "甲科"), ("putuo", "乙科"))]
    for office in offices:
        alias(office, "办公室")
    assert [directory(office.parent_id or 0, DAY).organizations["办公室"] for office in offices] == [
        office.id for office in offices
    ]


def test_within_one_bureau_a_name_means_one_section(seeded: Flask) -> None:
    alias(add("甲科", "songjiang", OrganizationKind.SECTION), "办公室")
    for name in ("办公室", "松江"):
        with pytest.raises(UnitRefused, match="同一名称不能指两个单位"):
            alias(add(f"乙{name}", "songjiang", OrganizationKind.SECTION), name)


def test_the_list_shows_a_district_before_its_sections_and_these_before_its_justice_offices(seeded: Flask) -> None:
    for kind in (OrganizationKind.INSTITUTION, OrganizationKind.SECTION):
        add(kind.value, "songjiang", kind)
    kinds = [unit.kind for unit in unit_lists.rows(person("admin"), DAY) if unit.parent_id == unit_id("songjiang")]
    assert kinds == [OrganizationKind.SECTION, OrganizationKind.INSTITUTION, *[OFFICE] * 17]


def test_no_unit_is_added_below_one_that_ended(seeded: Flask) -> None:
    end("songjiang")
    with pytest.raises(UnitRefused, match="已停用"):
        add("甲司法所")


def test_the_same_name_may_stand_in_another_district(seeded: Flask) -> None:
    assert add("岳阳街道司法所", "qingpu").parent_id == unit_id("qingpu")


def test_a_name_of_a_unit_that_ended_is_told_to_be_opened_again(seeded: Flask) -> None:
    end("songjiang-yueyang")
    with pytest.raises(UnitRefused, match="可以重新启用它"):
        add("岳阳街道司法所")


def test_a_renamed_unit_is_meant_by_its_old_name_until_the_day(seeded: Flask) -> None:
    rename("mishu", "市局综合处", date(2022, 1, 1))
    root, unit = unit_id("shanghai"), unit_id("mishu")
    for day, known in ((date(2021, 1, 1), True), (date(2021, 12, 31), True), (date(2022, 1, 1), False)):
        assert (directory(root, day).organizations.get("市局秘书处") == unit) is known


def test_a_unit_that_gets_its_old_name_back_keeps_no_alias_of_it(seeded: Flask) -> None:
    rename("mishu", "市局综合处")
    rename("mishu", "市局秘书处")
    found = unit_lists.get(person("admin"), unit_id("mishu"), DAY)
    assert found
    assert "市局秘书处" not in found.alias_names
    assert "市局综合处" in found.alias_names


def test_what_somebody_else_changed_is_refused_with_what_stands(seeded: Flask) -> None:
    rename("mishu", "市局综合处")
    with pytest.raises(StaleUnit) as stale, transaction():
        units.edit(person("admin"), moment(DAY), unit_id("mishu"), 1, Details("市局文秘处", "文秘处"))
    assert stale.value.now.name == "市局综合处"


def test_a_unit_that_is_not_there_is_not_found(seeded: Flask) -> None:
    with pytest.raises(NoResultFound), transaction():
        units.close(person("admin"), moment(DAY), 999_999, 1, DAY)


def test_a_district_with_justice_offices_is_not_closed(seeded: Flask) -> None:
    with pytest.raises(UnitStands, match="还有 17 个下级单位"), transaction():
        units.close(person("admin"), moment(DAY), unit_id("songjiang"), 1, DAY)


def test_a_unit_below_one_that_ended_is_not_opened_again(seeded: Flask) -> None:
    end("songjiang-yueyang")
    end("songjiang")
    version = db.session.get_one(Organization, unit_id("songjiang-yueyang")).version
    with pytest.raises(UnitStands, match="上级单位松江区司法局已停用"), transaction():
        units.reopen(person("admin"), moment(DAY), unit_id("songjiang-yueyang"), version)


# ---- who is meant


def test_a_name_means_the_unit_that_bears_it_itself_before_one_that_has_it_as_alias(seeded: Flask) -> None:
    end("chongming", "baoshan")
    with transaction():
        make_alias(organization_id=unit_id("baoshan"), name="崇明", valid_from=DAY)
    assert find_unit("崇明").slug == "chongming"


def test_on_a_day_a_name_means_only_who_is_in_use_then(seeded: Flask) -> None:
    end("chongming", "baoshan")
    with transaction():
        make_alias(organization_id=unit_id("baoshan"), name="崇明", valid_from=DAY)
    assert find_unit("崇明", date(2021, 6, 23)).slug == "chongming"
    assert find_unit("崇明", DAY).slug == "baoshan"
    with pytest.raises(UnknownUnit):
        find_unit("chongming", DAY)


def test_the_command_line_makes_accounts_in_the_successor(seeded: Flask, cli: Any) -> None:
    end("chongming", "baoshan")
    with transaction():
        make_alias(organization_id=unit_id("baoshan"), name="崇明", valid_from=DAY)
    arguments = ("--name", "某", "--role", "clerk", "--unit", "崇明", "--password", "Neu-2021!tracker")
    assert cli("users", "create", "newcomer", *arguments).code == 0
    assert person("newcomer").unit_id == unit_id("baoshan")


def test_a_unit_is_stood_in_for_by_its_successors_successor(seeded: Flask) -> None:
    end("chongming", "baoshan", date(2021, 6, 1))
    end("baoshan", "jiading")
    found = [standing_in(unit_id("chongming"), day) for day in (date(2021, 5, 31), date(2021, 6, 1), DAY)]
    assert found == [unit_id("chongming"), unit_id("baoshan"), unit_id("jiading")]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "在用"),
        ({"valid_from": date(2021, 7, 1)}, "2021-07-01 起启用"),
        ({"valid_until": date(2021, 7, 1)}, "2021-07-01 起停用"),
        ({"valid_until": DAY}, "已停用"),
    ],
)
def test_a_list_says_how_a_unit_stands(seeded: Flask, fields: dict[str, date], said: str) -> None:
    with transaction():
        made = make_organization(parent_id=unit_id("shanghai"), **fields)
    found = unit_lists.get(person("admin"), made.id, DAY)
    assert found
    assert found.state_text(DAY) == said
    assert (found.valid_until == FOREVER) is ("valid_until" not in fields)
