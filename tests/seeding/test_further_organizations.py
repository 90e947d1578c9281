"""The organizations of the other plans: what `tracker seed --with` adds, once, and what it leaves as it was."""

import csv
import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import moment, person, the_plan, unit_id
from tests.house.source import ROOT
from tests.seeding.test_seeding import sizes
from tracker.assignments import districts
from tracker.db import db, transaction
from tracker.overview.matrix import Part, matrix
from tracker.people.models import Group, Organization
from tracker.people.queries import UnknownUnit, directory, find_unit, members
from tracker.rules.organizations import OrganizationKind
from tracker.scoring.queries import scoreboard
from tracker.seeding import seed_all

Cli = Callable[..., Any]
SETS = ("putuo-2024", "beijing-2022")
DAY = date(2024, 2, 22)
BOARD_DAY = date(2021, 6, 24)
SECTIONS = [
    "办公室", "政治处", "依法治区工作科", "普法治理科", "综合监督科", "行政复议科", "行政应诉科", "公共法律服务管理科",
    "人民参与和促进法治科", "司法鉴定管理科", "社区矫正科", "教育帮扶科",
]  # fmt: skip
DOCUMENTS = {
    "putuo-2024-1.txt": "a0e52e154fd903af438e5838ebbed23d9bd03d52ae28524d740c55f6bf284772",
    "beijing-2022-42.txt": "322c4c4089868ae6e2a07767783beb3c3f30e69e29ae74fa2736e641cccfc7f8",
}


def load(*names: str) -> dict[str, int]:
    """Load further sets and commit."""
    with transaction():
        return seed_all(moment("2024-02-22"), further=names)


@pytest.fixture
def both(seeded: Flask) -> Flask:
    """The demo with the organizations of all three plans."""
    load(*SETS)
    return seeded


def meant(root: str, group: str) -> list[Organization]:
    """Return the units that a group of a root means."""
    wanted = select(Group.id).where(Group.root_id == unit_id(root), Group.name == group)
    found = members(db.session.scalars(wanted).one(), DAY)
    return [db.session.get_one(Organization, each.id) for each in found]


def test_the_further_sets_add_their_units_once(seeded: Flask) -> None:
    assert load(*SETS)["另行载入的单位"] == 15 + 18
    before = sizes()
    assert load("beijing-2022", "putuo-2024", "beijing-2022")["另行载入的单位"] == 0
    assert sizes() == before


def test_without_being_asked_for_nothing_of_them_is_there(seeded: Flask) -> None:
    kinds = set(db.session.scalars(select(Organization.kind)))
    assert OrganizationKind.SECTION not in kinds
    assert db.session.scalar(select(func.count()).select_from(Group)) == 2


def test_the_plans_themselves_are_left_to_the_import(both: Flask) -> None:
    assert the_plan().doc_number == "沪司发〔2021〕11号"


@pytest.mark.parametrize(("group", "size"), [("各科处室", 12), ("各科室", 12), ("各司法所", 10)])
def test_a_district_expands_its_groups_to_its_own(both: Flask, group: str, size: int) -> None:
    found = meant("putuo", group)
    assert len(found) == size
    assert {unit.parent_id for unit in found} == {unit_id("putuo")}


def test_the_sections_are_the_twelve_that_the_document_names(both: Flask) -> None:
    assert [unit.name.removeprefix("普陀区司法局") for unit in meant("putuo", "各科处室")] == SECTIONS
    assert all("待确认" in unit.source_note for unit in meant("putuo", "各科处室"))


@pytest.mark.parametrize(
    ("printed", "slug"),
    [
        *((name, "") for name in SECTIONS),
        ("普法与依法治理科", "putuo-pufazhili"),
        ("普法治理科", "putuo-pufazhili"),
        ("区法律援助中心", "putuo-fayuan"),
        ("法律援助中心", "putuo-fayuan"),
        ("普陀公证处", "putuo-gongzheng"),
        ("公证处", "putuo-gongzheng"),
        ("区公共法律服务中心（各街镇工作站）", "putuo-gongfu"),
        ("普陀区司法局", "putuo"),
    ],
)
def test_a_name_of_the_district_s_document_means_its_own_unit(both: Flask, printed: str, slug: str) -> None:
    found = db.session.get_one(Organization, directory(unit_id("putuo"), DAY).organizations[printed])
    assert found.slug == slug if slug else found.kind == OrganizationKind.SECTION


@pytest.mark.parametrize("group", ["各区司法局", "各区", "区司法局"])
def test_seventeen_units_answer_for_the_districts_of_the_third_plan(both: Flask, group: str) -> None:
    found = meant("beijing", group)
    assert len(found) == 17
    assert found[-1].name == "北京经济技术开发区平安办"
    assert {unit.parent_id for unit in found} == {unit_id("beijing")}


def test_naming_the_zone_s_office_beside_the_districts_adds_no_unit(both: Flask) -> None:
    known = directory(unit_id("beijing"), DAY).organizations
    everybody = {unit.id for unit in meant("beijing", "各区司法局")} | {known["北京经济技术开发区平安办"]}
    assert len(everybody) == 17


@pytest.mark.parametrize("group", ["市局相关处室", "各司法所", "司法所"])
def test_a_group_of_which_the_document_names_nobody_is_empty(both: Flask, group: str) -> None:
    assert meant("beijing", group) == []


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("办公室", "bangongshi"),
        ("市局", "shanghai"),
        ("普陀", "putuo"),
        ("朝阳", "beijing-chaoyang"),
        ("北京市局", "beijing"),
        ("区局办公室", "putuo-bangongshi"),
        ("综合监督科", "putuo-zonghejiandu"),
    ],
)
def test_no_name_of_theirs_takes_one_that_was_known(both: Flask, name: str, slug: str) -> None:
    assert find_unit(name).slug == slug


def test_every_short_name_and_code_is_borne_by_one_unit(both: Flask) -> None:
    for column in (Organization.short_name, Organization.slug):
        assert db.session.scalars(select(column).group_by(column).having(func.count() > 1)).all() == []


def test_what_two_cities_call_the_same_is_refused_with_both(both: Flask) -> None:
    with pytest.raises(UnknownUnit, match="对应多个单位：上海市司法局、北京市司法局"):
        find_unit("市司法局")


# ---- what stays as it was


def picture() -> Sequence[object]:
    """Return the score board, the columns of the matrix and the drop-down lists of the first plan."""
    plan = the_plan()
    board = [(row.district_id, row.district, row.points.score) for row in scoreboard(plan, BOARD_DAY)]
    shown = matrix(person("supervisor"), plan, BOARD_DAY, Part())
    lists = districts.choices(99), districts.choices(99, plan.id)
    return board, [unit.id for unit in shown.units], shown.unit_total, lists


def test_the_first_plan_s_board_matrix_and_lists_are_unchanged(seeded: Flask) -> None:
    before = picture()
    load(*SETS)
    assert picture() == before
    assert len(districts.choices(99)) == 16


def test_the_demo_gives_accounts_to_the_first_city_only(app: Flask) -> None:
    load(*SETS)
    with transaction():
        assert seed_all(moment("2024-02-22"), demo=True)["演示账号"] == 5 + 21 + 4 * 16 + 2 + 1


# ---- the command


def test_the_command_loads_a_set_by_name(seeded: Flask, cli: Cli) -> None:
    done = cli("seed", "--with", "putuo-2024", "--with", "beijing-2022")
    assert done.code == 0
    assert "另行载入的单位 33" in done.err
    assert unit_id("beijing-chaoyang")


def test_an_unknown_set_is_refused_with_those_there_are(seeded: Flask, cli: Cli) -> None:
    done = cli("seed", "--with", "tianjin-2023", "--with", "putuo-2024")
    assert done.code == 1
    assert done.err.strip() == "没有名为 tianjin-2023 的单位集。可以载入：putuo-2024、beijing-2022、songjiang-2021。"
    assert find_unit("putuo").short_name == "普陀"
    with pytest.raises(UnknownUnit):
        find_unit("putuo-bangongshi")


# ---- the files


@pytest.mark.parametrize(("name", "sha256"), DOCUMENTS.items())
def test_a_document_is_kept_byte_for_byte_and_listed(name: str, sha256: str) -> None:
    assert hashlib.sha256((ROOT / "seeds" / "plans" / name).read_bytes()).hexdigest() == sha256
    assert f"| `{name}` |" in (listed := (ROOT / "seeds" / "README.md").read_text(encoding="utf-8"))
    assert sha256 in listed


def test_every_line_of_a_set_says_where_it_comes_from() -> None:
    for name in ("putuo.csv", "beijing.csv", "groups.csv"):
        with (ROOT / "seeds" / "organizations" / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                assert "〔" in row["source_note"] or row["source_note"].startswith("非原文"), row
