"""A plan that a district's bureau issues to its own: who does, who sees, who reviews, and who hears of it."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import moment
from tests.factories import (
    make_assignment,
    make_group,
    make_organization,
    make_plan,
    make_responsibility,
    make_task,
    make_user,
)
from tracker.assignments import queries
from tracker.assignments.models import Assignment, TaskReviewer
from tracker.assignments.operations import change_status, publish
from tracker.assignments.queries import Filter
from tracker.assignments.reviewing import awaits_sign_off, is_reviewer, is_signer, is_turn
from tracker.assignments.state import PRESENT
from tracker.db import db, transaction
from tracker.people.models import User
from tracker.people.queries import actor_of
from tracker.plans.models import Plan, PlanState
from tracker.reminders.recipients import headed_from, hears, recipient_of
from tracker.rules.escalation import Target
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import SYSTEM, Action, Actor, Forbidden, Post, Role
from tracker.rules.status import Move

DAY = date(2024, 2, 22)
SECTION, INSTITUTION = OrganizationKind.SECTION, OrganizationKind.INSTITUTION


@pytest.fixture(params=[1, 2])
def house(app: Flask, request: pytest.FixtureRequest) -> dict[str, Any]:
    """A bureau whose plan binds three sections, an institution and a 司法所; reviewed on one level, or on two."""
    with transaction():
        city = make_organization(kind=OrganizationKind.CITY_BUREAU)
        bureau = make_organization(parent_id=city.id)
        owner, counter, section = (make_organization(kind=SECTION, parent_id=bureau.id) for _ in range(3))
        institution = make_organization(kind=INSTITUTION, parent_id=bureau.id)
        office = make_organization(kind=OrganizationKind.JUSTICE_OFFICE, parent_id=bureau.id)
        people = {
            "owner": make_user(unit_id=owner.id, role=Role.REVIEWER),
            "counter": make_user(unit_id=counter.id, role=Role.REVIEWER),
            "section": make_user(unit_id=section.id, role=Role.OFFICE),
            "section_head": make_user(unit_id=section.id, role=Role.OFFICE, post=Post.SECTION_HEAD),
            "institution": make_user(unit_id=institution.id, role=Role.OFFICE),
            "office": make_user(unit_id=office.id, role=Role.OFFICE),
            "clerk": make_user(unit_id=bureau.id),
            "lead": make_user(unit_id=bureau.id, role=Role.LEAD),
            "head": make_user(unit_id=bureau.id, role=Role.LEAD, post=Post.UNIT_HEAD),
            "supervisor": make_user(unit_id=owner.id, role=Role.SUPERVISOR),
            "other_lead": make_user(unit_id=make_organization(parent_id=city.id).id, role=Role.LEAD),
        }
        plan = make_plan(
            state=PlanState.DRAFT,
            issuer_id=bureau.id,
            owner_id=owner.id,
            counter_reviewer_id=counter.id,
            review_levels=request.param,
            offices_report=True,
        )
        task = make_task(plan_id=plan.id)
        sections = make_group(root_id=bureau.id, name="各科室", member_kind=SECTION)
        make_responsibility(task_id=task.id, group_id=sections.id)
        for unit in (institution, office):
            make_responsibility(task_id=task.id, organization_id=unit.id)
    with transaction():
        publish(SYSTEM, moment(DAY), plan)
    owed = dict(
        db.session.execute(select(Assignment.unit_id, Assignment.id).where(Assignment.plan_id == plan.id)).all()
    )
    units = {"owner": owner, "counter": counter, "section": section, "institution": institution, "office": office}
    return {
        "bureau": bureau,
        "plan": plan,
        "task": task,
        "people": {name: actor_of(user) for name, user in people.items()},
        "owed": {name: owed[unit.id] for name, unit in units.items()},
    }


def seen(house: dict[str, Any], who: str) -> set[str]:
    """Return whose assignments a person sees."""
    rows = queries.rows(house["people"][who], PRESENT, DAY, Filter(plan_id=house["plan"].id))
    names = {id_: name for name, id_ in house["owed"].items()}
    return {names[row.id] for row in rows}


def test_sections_and_institutions_count_for_their_district(house: dict[str, Any]) -> None:
    rows = db.session.scalars(select(Assignment).where(Assignment.plan_id == house["plan"].id)).all()
    assert len(rows) == 5
    assert {row.district_id for row in rows} == {house["bureau"].id}


@pytest.mark.parametrize("who", ["clerk", "lead", "owner", "supervisor"])
def test_the_bureau_s_own_people_and_the_owner_see_everything(house: dict[str, Any], who: str) -> None:
    assert seen(house, who) == set(house["owed"])


@pytest.mark.parametrize("who", ["section", "institution", "office"])
def test_a_clerk_sees_and_handles_only_what_the_own_unit_owes(house: dict[str, Any], who: str) -> None:
    clerk: Actor = house["people"][who]
    assert seen(house, who) == {who}
    assert [name for name, id_ in house["owed"].items() if queries.get(clerk, id_)] == [who]
    with transaction():
        change_status(clerk, moment(DAY), house["owed"][who], Move.ACKNOWLEDGE)
    for other in set(house["owed"]) - {who}:
        with pytest.raises(Forbidden), transaction():
            change_status(clerk, moment(DAY), house["owed"][other], Move.ACKNOWLEDGE)


def test_another_district_s_lead_sees_nothing_of_it(house: dict[str, Any]) -> None:
    assert seen(house, "other_lead") == set()


def test_the_lead_reaches_what_stands_below_the_bureau(house: dict[str, Any]) -> None:
    below = queries.within(house["people"]["lead"], Action.URGE)
    assert set(db.session.scalars(select(Assignment.id).where(below))) == set(house["owed"].values())


def test_only_the_owner_is_named_as_reviewer(house: dict[str, Any]) -> None:
    named = db.session.scalars(select(TaskReviewer.office_id).where(TaskReviewer.task_id == house["task"].id)).all()
    assert named == [house["people"]["owner"].unit_id]


@pytest.mark.parametrize(
    ("who", "reviewed"),
    [
        ("owner", {"counter", "section", "institution", "office"}),
        ("counter", {"owner"}),
        ("supervisor", {"counter", "section", "institution", "office"}),
        *((name, set()) for name in ("section", "institution", "office", "clerk", "lead", "head", "other_lead")),
    ],
)
def test_the_owner_reviews_everybody_and_the_counter_reviewer_the_owner(
    house: dict[str, Any], who: str, reviewed: set[str]
) -> None:
    actor = house["people"][who]
    assert {name for name, id_ in house["owed"].items() if is_reviewer(actor, id_)} == reviewed


def test_two_levels_of_review_leave_a_bureau_s_own_plan_at_one(house: dict[str, Any]) -> None:
    owner, lead, section = (house["people"][who] for who in ("owner", "lead", "section"))
    owed = house["owed"]["section"]
    for move in (Move.ACKNOWLEDGE, Move.SUBMIT):
        with transaction():
            change_status(section, moment(DAY), owed, move)
    assert not awaits_sign_off(owed)
    assert not is_signer(lead, owed)
    assert is_turn(owner, owed)
    with transaction():
        change_status(owner, moment(DAY), owed, Move.ACCEPT)
    assert db.session.get_one(Assignment, owed).completed_on == DAY


# ---- who hears of it


def heard(house: dict[str, Any], target: Target, unit: str) -> set[str]:
    """Return the names of those whom a rung tells of what a unit owes."""
    told = (
        select(User.account)
        .select_from(Assignment)
        .join(Plan, Plan.id == Assignment.plan_id)
        .join(User, recipient_of(target))
        .where(Assignment.id == house["owed"][unit])
    )
    accounts = {actor.account: name for name, actor in house["people"].items()}
    return {accounts[account] for account in db.session.scalars(told)}


@pytest.mark.parametrize(
    ("unit", "told"),
    [
        ("section", [{"section", "section_head"}, {"section_head", "lead"}, set(), {"head"}, {"supervisor"}]),
        ("institution", [{"institution"}, {"lead"}, set(), {"head"}, {"supervisor"}]),
        ("office", [{"office"}, {"lead"}, set(), set(), set()]),
        ("owner", [{"owner"}, {"lead"}, set(), {"head"}, {"supervisor"}]),
    ],
)
def test_the_unit_s_own_people_hear_first_then_the_bureau_s(
    house: dict[str, Any], unit: str, told: list[set[str]]
) -> None:
    assert [heard(house, target, unit) for target in Target] == told


def test_what_is_known_in_advance_names_the_same_heads(house: dict[str, Any]) -> None:
    bureau, section = house["bureau"].id, house["people"]["section"].unit_id
    assert headed_from(section, bureau, SECTION) == (section, bureau)
    assert headed_from(section, bureau, OrganizationKind.JUSTICE_OFFICE) == (bureau,)
    assert headed_from(section, None, OrganizationKind.CITY_OFFICE) == (section,)
    assert all(hears(target, SECTION) for target in Target)


# ---- a section in a city's plan


def test_what_a_city_hands_to_a_section_its_district_s_lead_reviews(app: Flask) -> None:
    with transaction():
        plan = make_plan()
        bureau = make_organization(parent_id=plan.issuer_id)
        section = make_organization(kind=SECTION, parent_id=bureau.id)
        lead = make_user(unit_id=bureau.id, role=Role.LEAD)
        office = make_organization(kind=OrganizationKind.CITY_OFFICE, parent_id=plan.issuer_id)
        reviewer = make_user(unit_id=office.id, role=Role.REVIEWER)
        plan.owner_id = office.id
        owed = make_assignment(task_id=make_task(plan_id=plan.id).id, unit_id=section.id)
    assert is_reviewer(actor_of(lead), owed.id)
    assert not is_reviewer(actor_of(reviewer), owed.id)
