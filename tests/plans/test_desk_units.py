"""What printed names mean: as the directory knows them, or as a person chose; kept and given back whole."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import moment, person, unit_id
from tests.published import SMALL, make_import, publish, text_of
from tracker.db import db, transaction
from tracker.people import queries as people
from tracker.people.models import Group, Organization, OrganizationAlias
from tracker.people.trees import tree
from tracker.plans import desk_likeness, desk_settings, desk_units
from tracker.plans.desk_blockers import Desk, desk
from tracker.plans.desk_settings import Wanted
from tracker.plans.desk_units import Choice, ChoiceRefused, Chosen, Made, NewUnit, typed
from tracker.plans.models import PlanImport
from tracker.plans.settings import EarlyChoice, PlanSettings
from tracker.rules.organizations import OrganizationKind
from tracker.rules.plan_text.editing import keyed
from tracker.rules.plan_text.reader import read_plan
from tracker.rules.plans import Closing, Early, ReportEvery
from tracker.seeding.organizations import add_further

TODAY = date(2021, 6, 24)
UNKNOWN = SMALL.replace("市局秘书处", "机要处")


def look(import_id: int) -> Desk:
    """Return an import as its pages see it."""
    found = desk(person("supervisor"), import_id, TODAY)
    assert found
    return found


def choose(import_id: int, name: str, choice: Choice) -> None:
    """Choose and commit."""
    seen = look(import_id).seen_units
    with transaction():
        desk_units.choose(person("supervisor"), moment(TODAY), import_id, seen, [name], choice)


def test_groups_count_the_members_that_publication_hands_out_to(seeded: Flask) -> None:
    found = look(make_import(SMALL).id).units
    group = next(named for named in found.names if named.name == "各区局")
    id_ = db.session.scalars(select(Group.id).where(Group.name == "各区局")).one()
    assert {unit.id for unit in group.units} == {member.id for member in people.members(id_, TODAY)}


def test_a_name_that_looks_like_a_known_one_is_suggested(seeded: Flask) -> None:
    with transaction():
        add_further(("putuo-2024",))
    root = people.find_unit("普陀区司法局").id
    found = desk_likeness.similar("普法与依法治理工作科", tree(root, date(2024, 3, 1)))
    assert found[0].name == "普陀区司法局普法治理科"


def test_a_chosen_alias_is_remembered_with_publication_and_forgotten_with_undoing(seeded: Flask) -> None:
    made = make_import(UNKNOWN).id
    choose(made, "机要处", Choice(unit_id=unit_id("mishu"), remember=True))
    aliases = select(OrganizationAlias.name).where(OrganizationAlias.name == "机要处")
    assert db.session.scalar(aliases) is None
    publish(made)
    assert db.session.scalar(aliases) == "机要处"
    assert not look(make_import(UNKNOWN.replace("77号", "78号")).id).units.unknown


def test_a_name_may_mean_nobody_with_a_reason(seeded: Flask) -> None:
    made = make_import(UNKNOWN).id
    choose(made, "机要处", Choice(nobody="已撤并"))
    assert not look(made).blockers
    assert publish(made).number == 16


def test_a_new_group_means_every_unit_of_its_kind(seeded: Flask) -> None:
    made = make_import(SMALL.replace("各区局", "各分局")).id
    choose(made, "各分局", Choice(members="district_bureau"))
    assert publish(made).number == 18


@pytest.mark.parametrize(("text", "found"), [("松江", "songjiang"), ("松江区司法局", "songjiang"), ("秘书处", "mishu")])
def test_a_typed_name_may_be_any_that_the_unit_bears(seeded: Flask, text: str, found: str) -> None:
    root = people.find_unit("上海市司法局").id
    assert typed(text, tree(root, TODAY)) == Choice(unit_id=unit_id(found))


def test_a_mistyped_name_is_answered_with_those_that_look_like_it(seeded: Flask) -> None:
    root = people.find_unit("上海市司法局").id
    with pytest.raises(ChoiceRefused, match="松江区司法局"):
        typed("松江区司法居", tree(root, TODAY))


def test_an_unknown_issuer_is_chosen_and_known_from_publication_on(seeded: Flask) -> None:
    made = make_import(SMALL.replace("上海市司法局", "上海市司法厅")).id
    assert any("还没有选定发文单位" in blocker.words for blocker in look(made).blockers)
    with transaction():
        desk_units.choose_issuer(person("supervisor"), moment(TODAY), made, look(made).seen_units, "上海市司法局")
    assert not look(made).blockers
    publish(made)
    assert people.find_unit("上海市司法厅").name == "上海市司法局"


def test_what_was_chosen_comes_back_from_json_whole() -> None:
    new = NewUnit("档案处", "档案", OrganizationKind.CITY_OFFICE, 1)
    chosen = Chosen(
        3, {"甲": Choice(unit_id=1, remember=True), "乙": Choice(new=new), "丙": Choice(nobody="无")}, Made((4,))
    )
    assert desk_units.restored(desk_units.kept(chosen)) == chosen


def test_settings_come_back_from_json_whole() -> None:
    draft = keyed(read_plan(SMALL))
    plain = PlanSettings(owner="甲", base_points=Decimal("12.5"), period_to=date(2022, 1, 1), closing=Closing.ANY)
    early = {"1": EarlyChoice(Early.MOVED, "改期", date(2021, 12, 31))}
    wanted = Wanted(plain, ReportEvery.MONTH, ReportEvery.QUARTER, "有清单", {"1": "有目录"}, early)
    assert desk_settings.restored(desk_settings.kept(wanted), draft) == wanted


def test_the_companion_of_a_known_document_settles_what_it_leaves_open() -> None:
    draft = keyed(read_plan(text_of("shanghai-2021-11.txt")))
    wanted = desk_settings.restored("{}", draft)
    assert wanted.plain.owner == "促进法治处"
    assert len(wanted.acceptance) == 28


def test_blockers_name_a_number_that_another_plan_bears(seeded: Flask) -> None:
    found = look(make_import(SMALL.replace("77号", "11号")).id)
    assert [blocker.words for blocker in found.blockers] == ["沪司发〔2021〕11号 已有方案，不能重复发布。"]
    assert found.blockers[0].plan_id is not None


def test_new_units_stand_where_they_were_put(seeded: Flask) -> None:
    made = make_import(UNKNOWN).id
    root = people.find_unit("上海市司法局").id
    choose(made, "机要处", Choice(new=NewUnit("机要处", "机要", OrganizationKind.CITY_OFFICE, root), remember=True))
    publish(made)
    unit = db.session.scalars(select(Organization).where(Organization.name == "机要处")).one()
    assert (unit.parent_id, unit.kind) == (root, "city_office")
    assert desk_units.restored(db.session.get_one(PlanImport, made).units).made.units == (unit.id,)
