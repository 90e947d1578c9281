"""The page of printed names: a unit yet to be made serves every spelling, and counts tell what will be there."""

from flask import Flask
from sqlalchemy import select

from tests.client import Client
from tests.published import SMALL, make_import
from tests.web.plans.test_wizard_publish import choose, count, press, publish, supervisor
from tracker.db import db
from tracker.people.models import Organization, OrganizationAlias
from tracker.people.queries import find_unit

__all__ = ["supervisor"]

TWO = SMALL.replace("责任部门：市局秘书处", "责任部门：机要秘书处").replace("，市局秘书处", "，机要处")
"""Two tasks, one office under two names that nobody knows."""


def test_a_unit_to_be_made_can_be_chosen_for_a_second_spelling(seeded: Flask, supervisor: Client) -> None:
    base = f"/plans/import/{make_import(TWO).id}"
    units = count(Organization)
    assert choose(supervisor, base, "机要处", how="new", kind="city_office", new_name="机要处").status_code == 303
    assert '<option value="机要处">' in supervisor.get(f"{base}/units?name=机要秘书处").text
    assert choose(supervisor, base, "机要秘书处", how="unit", unit="机要处", remember="y").status_code == 303
    assert supervisor.get(f"{base}/units").text.count("新建：机要处（市局处室）") == 2
    assert "将新建 1 个单位：机要处" in supervisor.get(f"{base}/rehearsal").text
    assert publish(supervisor, base).status_code == 303
    assert count(Organization) == units + 1
    aliases = select(OrganizationAlias.name).where(OrganizationAlias.organization_id == find_unit("机要处").id)
    assert "机要秘书处" in list(db.session.scalars(aliases))
    assert press(supervisor, f"{base}/publish", "/undo", reason="测试").status_code == 303
    assert count(Organization) == units


def test_the_same_new_unit_may_be_written_out_for_both_spellings(seeded: Flask, supervisor: Client) -> None:
    base = f"/plans/import/{make_import(TWO).id}"
    for printed in ("机要处", "机要秘书处"):
        answer = choose(supervisor, base, printed, how="new", kind="city_office", new_name="机要处", new_short="机要处")
        assert answer.status_code == 303
    other = choose(supervisor, base, "机要秘书处", how="new", kind="city_office", new_name="机要处", new_short="机要")
    assert other.status_code == 422
    assert "将新建 1 个单位：机要处" in supervisor.get(f"{base}/rehearsal").text


def test_a_group_counts_the_units_that_come_with_the_plan(seeded: Flask, supervisor: Client) -> None:
    base = f"/plans/import/{make_import(TWO.replace('各区局', '各处室')).id}"
    choose(supervisor, base, "机要处", how="new", kind="city_office")
    choose(supervisor, base, "各处室", how="members", kind="city_office")
    shown = supervisor.get(f"{base}/units").text
    known = [unit for unit in db.session.scalars(select(Organization)) if unit.kind == "city_office"]
    assert f"（{len(known) + 1} 个），其中 1 个发布时新建</summary>" in shown


def test_many_names_are_counted_where_not_all_are_told(seeded: Flask, supervisor: Client) -> None:
    names = [f"机要{number}处" for number in "一二三四五六七"]
    base = f"/plans/import/{make_import(SMALL.replace('，市局秘书处', '，' + '、'.join(names))).id}"
    forms = supervisor.forms(f"{base}/units")
    many = next(form for form in forms if "new_parent" in form.fields and "unit" not in form.fields)
    assert supervisor.submit(many, id=names, kind="city_office").status_code == 303
    assert "机要五处等 7 个名称的含义" in supervisor.get(f"{base}/units").text
