"""The tree of bureaus and offices: who is found by which name, and whom a group means on which day."""

from collections import Counter
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import factories as make
from tests.assignments.acts import unit_id
from tracker.db import db, transaction
from tracker.people.models import Group, Organization
from tracker.people.queries import UnknownUnit, contacts, directory, find_unit, member, members
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Role

DAY = date(2021, 6, 24)


def group(name: str) -> int:
    """Return the id of a group."""
    return db.session.scalars(select(Group.id).where(Group.name == name)).one()


def test_the_tree_has_one_bureau_21_offices_16_districts_and_27_justice_offices(seeded: Flask) -> None:
    kinds = dict(db.session.execute(select(Organization.kind, func.count()).group_by(Organization.kind)).all())
    assert kinds == {
        OrganizationKind.CITY_BUREAU: 1,
        OrganizationKind.CITY_OFFICE: 21,
        OrganizationKind.DISTRICT_BUREAU: 16,
        OrganizationKind.JUSTICE_OFFICE: 27,
    }


def test_the_justice_offices_are_those_of_putuo_and_songjiang_and_marked_as_not_from_the_source(seeded: Flask) -> None:
    offices = db.session.scalars(select(Organization).where(Organization.kind == OrganizationKind.JUSTICE_OFFICE)).all()
    assert Counter(office.parent_id for office in offices) == {unit_id("putuo"): 10, unit_id("songjiang"): 17}
    assert all(office.source_note.startswith("非原文") for office in offices)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("松江", "songjiang"),
        ("松江区司法局", "songjiang"),
        ("松江区局", "songjiang"),
        (" songjiang ", "songjiang"),
        ("浦东新区", "pudong"),
        ("市局秘书处", "mishu"),
        ("秘书处", "mishu"),
        ("市局", "shanghai"),
        ("市司法局", "shanghai"),
        ("岳阳街道司法所", "songjiang-yueyang"),
    ],
)
def test_a_unit_is_found_by_any_of_its_names(seeded: Flask, name: str, slug: str) -> None:
    assert find_unit(name).slug == slug


@pytest.mark.parametrize("name", ["档案处", "", "  ", "松江区司法局' or 1=1 --", "%", "松"])
def test_an_unknown_name_is_refused_with_what_to_write(seeded: Flask, name: str) -> None:
    with pytest.raises(UnknownUnit, match="请核对名称，全称、简称都可以"):
        find_unit(name)


def test_a_name_that_means_several_units_is_refused_with_all_of_them(seeded: Flask) -> None:
    with transaction():
        for slug in ("putuo", "songjiang"):
            make.make_alias(organization_id=unit_id(slug), name="西部片区")
    with pytest.raises(UnknownUnit, match="对应多个单位：普陀区司法局、松江区司法局"):
        find_unit("西部片区")


def test_a_printed_name_is_known_by_full_name_short_name_and_alias(seeded: Flask) -> None:
    known = directory(unit_id("shanghai"), DAY)
    for name in ("市局秘书处", "秘书处", "松江区司法局", "松江", "松江区局"):
        assert name in known.organizations
    assert set(known.groups) == {"各区局", "各司法所"}


def test_a_name_means_the_unit_only_while_both_are_valid(app: Flask) -> None:
    with transaction():
        root = make.make_organization(kind=OrganizationKind.CITY_BUREAU)
        office = make.make_organization(
            parent_id=root.id, kind=OrganizationKind.CITY_OFFICE, name="市局宣传处", valid_until=date(2021, 7, 1)
        )
        make.make_alias(
            organization_id=office.id, name="宣教处", valid_from=date(2021, 3, 1), valid_until=date(2021, 5, 1)
        )
    found = {
        day: set(directory(root.id, date.fromisoformat(day)).organizations) & {"市局宣传处", "宣教处"}
        for day in ("2021-02-28", "2021-03-01", "2021-04-30", "2021-05-01", "2021-06-30", "2021-07-01")
    }
    assert [sorted(names) for names in found.values()] == [
        ["市局宣传处"],
        ["宣教处", "市局宣传处"],
        ["宣教处", "市局宣传处"],
        ["市局宣传处"],
        ["市局宣传处"],
        [],
    ]


def test_a_unit_goes_by_its_own_name_even_where_another_has_it_as_alias(app: Flask) -> None:
    with transaction():
        root = make.make_organization(kind=OrganizationKind.CITY_BUREAU)
        old, new = (make.make_organization(parent_id=root.id, name=name) for name in ("甲处", "乙处"))
        make.make_alias(organization_id=old.id, name="乙处")
    assert directory(root.id, DAY).organizations["乙处"] == new.id


@pytest.mark.parametrize(("name", "size"), [("各区局", 16), ("各司法所", 27)])
def test_a_group_means_its_members_in_their_usual_order(seeded: Flask, name: str, size: int) -> None:
    found = members(group(name), DAY)
    positions = [db.session.get_one(Organization, each.id).position for each in found]
    assert len(found) == size
    assert positions == sorted(positions)


def test_a_group_means_the_members_of_the_day(seeded: Flask) -> None:
    with transaction():
        db.session.get_one(Organization, unit_id("chongming")).valid_until = DAY
    before, after = (len(members(group("各区局"), day)) for day in (date(2021, 6, 23), DAY))
    assert (before, after) == (16, 15)


@pytest.mark.parametrize(
    ("slug", "district"),
    [("songjiang", "songjiang"), ("songjiang-yueyang", "songjiang"), ("mishu", None), ("shanghai", None)],
)
def test_a_unit_scores_for_its_district(seeded: Flask, slug: str, district: str | None) -> None:
    assert member(unit_id(slug)).district_id == (unit_id(district) if district else None)


# ---- whom to call


def test_the_contact_of_a_unit_is_its_first_active_handler(app: Flask) -> None:
    with transaction():
        unit = make.make_organization(phone="021-1")
        make.make_user(unit_id=unit.id, role=Role.LEAD, name="负责人", phone="021-9")
        make.make_user(unit_id=unit.id, active=False, name="已调离", phone="021-8")
        make.make_user(unit_id=unit.id, name="第一位", phone="")
        make.make_user(unit_id=unit.id, name="第二位", phone="021-7")
        silent = make.make_organization()
    found = contacts([unit.id, silent.id])
    assert {id_: (contact.name, contact.phone) for id_, contact in found.items()} == {unit.id: ("第一位", "021-1")}
    assert contacts([]) == {}
