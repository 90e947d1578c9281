"""Pages about a plan that a district's bureau issued to its own sections, beside the first city's plan."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import moment, owed, unit_id
from tests.client import Client
from tests.factories import make_plan, make_responsibility, make_task, make_user
from tests.web.conftest import Visitor
from tracker.assignments.models import Assignment
from tracker.assignments.operations import publish
from tracker.db import db, transaction
from tracker.people.models import Group, Organization, User
from tracker.people.queries import user_by_account
from tracker.plans.models import PlanState
from tracker.rules.permissions import SYSTEM, Role
from tracker.seeding import seed_all


def account(name: str, role: Role, unit: str) -> User:
    """Make an account in a unit, with the demo's password."""
    demo = user_by_account("supervisor")
    assert demo
    known = {"password_hash": demo.password_hash, "password_set_at": demo.password_set_at}
    return make_user(account=name, role=role, unit_id=unit_id(unit), **known)


@pytest.fixture
def own(seeded: Flask) -> dict[str, Any]:
    """One task for every section and every 司法所 of a district, with two people of theirs."""
    with transaction():
        seed_all(moment("2021-02-10"), further=("putuo-2024",))
    groups = select(Group).where(Group.root_id == unit_id("putuo"), Group.name.in_(["各科处室", "各司法所"]))
    with transaction():
        plan = make_plan(
            state=PlanState.DRAFT,
            issuer_id=unit_id("putuo"),
            owner_id=unit_id("putuo-bangongshi"),
            counter_reviewer_id=unit_id("putuo-zhengzhichu"),
            offices_report=True,
        )
        task = make_task(plan_id=plan.id)
        for group in db.session.scalars(groups):
            make_responsibility(task_id=task.id, group_id=group.id)
        account("fuyi-clerk", Role.OFFICE, "putuo-fuyi")
        account("office-reviewer", Role.REVIEWER, "putuo-bangongshi")
    with transaction():
        publish(SYSTEM, moment("2021-02-10"), plan)
    found = select(Organization.slug, Assignment.id).join(Assignment, Assignment.unit_id == Organization.id)
    rows = db.session.execute(found.where(Assignment.plan_id == plan.id)).all()
    return {"plan": plan.id, "task": task.id, "owed": dict(tuple(row) for row in rows)}


def page(browser: Client, address: str) -> str:
    """Return a page that must be there."""
    response = browser.get(address)
    assert response.status_code == 200, address
    return response.text


def test_the_matrix_of_a_bureau_s_own_plan_has_its_sections_and_justice_offices(
    own: dict[str, Any], visitor: Visitor
) -> None:
    shown = page(visitor("supervisor"), f"/matrix?plan={own['plan']}&on=2021-06-24")
    assert "普陀区司法局：1 项任务 × 22 个单位" in shown
    assert shown.index("教育帮扶科") < shown.index("曹杨新村")
    assert "收起，看全部区" not in shown
    assert 'name="open"' not in shown


def test_the_first_plan_s_pages_show_none_of_it(own: dict[str, Any], visitor: Visitor) -> None:
    supervisor = visitor("supervisor")
    for address in ("/?on=2021-06-24", "/scores?on=2021-06-24", "/matrix?plan=1&on=2021-06-24", "/evaluations"):
        response = supervisor.get(address, follow_redirects=True)
        assert "教育帮扶科" not in response.text, address
        assert "区局办公室" not in response.text, address


def test_a_task_of_a_bureau_s_plan_lists_the_justice_offices_themselves(own: dict[str, Any], visitor: Visitor) -> None:
    shown = page(visitor("supervisor"), f"/tasks/{own['task']}")
    assert "曹杨新村街道司法所" in shown
    assert "司法所办结" not in shown


def test_a_section_s_clerk_sees_the_own_assignment_and_no_other(own: dict[str, Any], visitor: Visitor) -> None:
    clerk = visitor("fuyi-clerk")
    mine = page(clerk, f"/assignments/{own['owed']['putuo-fuyi']}")
    assert "签收" in mine
    assert "普陀区司法局办公室" in mine
    assert "区局负责人" not in mine.split("审核</dt>")[1].split("</dd>")[0]
    for other in (own["owed"]["putuo-yingsu"], owed("7", "putuo"), owed("7", "putuo-caoyangxincun")):
        assert clerk.get(f"/assignments/{other}").status_code == 404


def test_the_bureau_s_clerk_sees_what_its_sections_owe(own: dict[str, Any], visitor: Visitor) -> None:
    clerk = visitor("putuo-clerk")
    assert clerk.get(f"/assignments/{own['owed']['putuo-fuyi']}").status_code == 200
    assert visitor("songjiang-clerk").get(f"/assignments/{own['owed']['putuo-fuyi']}").status_code == 404


def test_the_owner_s_reviewer_finds_what_waits(own: dict[str, Any], visitor: Visitor) -> None:
    with transaction():
        db.session.get_one(Assignment, own["owed"]["putuo-fuyi"]).status = "under_review"
    shown = page(visitor("office-reviewer"), "/todo?tab=review")
    assert f"/assignments/{own['owed']['putuo-fuyi']}" in shown


def test_the_ledger_tells_sections_by_their_kind(own: dict[str, Any], visitor: Visitor) -> None:
    shown = page(visitor("supervisor"), f"/ledger?plan={own['plan']}&level=section&on=2021-06-24")
    assert "共 12 项" in shown
    assert "曹杨新村街道司法所" not in shown
