"""The account of a section in a bureau's own plan: its own unit's work, and nothing of the rest of its bureau."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.beijing import account
from tests.client import Client
from tests.putuo import publish_putuo
from tests.web.conftest import Visitor, token
from tracker.assignments.models import Assignment
from tracker.db import db
from tracker.people.queries import find_unit
from tracker.plans.models import Plan
from tracker.rules.permissions import Role

SECTION = "普陀区司法局综合监督科"


@pytest.fixture
def plan(seeded: Flask, on_day: Callable[[str], date]) -> Plan:
    found = publish_putuo()
    account("section", Role.OFFICE, SECTION, date(2024, 6, 3))
    on_day("2024-07-01")
    return found


@pytest.fixture
def section(plan: Plan, visitor: Visitor) -> Client:
    return visitor("section")


def owed_by(plan: Plan, *, own: bool) -> list[int]:
    """Return what the section owes of the plan, or what the others do."""
    unit = find_unit(SECTION).id
    of_it = Assignment.unit_id == unit if own else Assignment.unit_id != unit
    return list(db.session.scalars(select(Assignment.id).where(Assignment.plan_id == plan.id, of_it)))


def test_a_section_sees_what_it_owes_and_not_what_others_do(section: Client, plan: Plan) -> None:
    own, others = owed_by(plan, own=True), owed_by(plan, own=False)
    assert own
    listed = section.get("/ledger?size=100").text
    assert all(f"/assignments/{id_}" in listed for id_ in own)
    assert not any(f'/assignments/{id_}"' in listed for id_ in others)
    assert section.get(f"/assignments/{own[0]}").status_code == 200
    assert section.get(f"/assignments/{others[0]}").status_code == 404


def test_the_progress_names_no_other_unit(section: Client, plan: Plan) -> None:
    page = section.get(f"/plans/{plan.id}/progress")
    assert page.status_code == 200
    assert f"unit={find_unit(SECTION).id}" in page.text
    assert f"unit={find_unit('普陀区司法局政治处').id}" not in page.text


def test_its_start_page_is_of_the_plan_that_gives_it_work(section: Client, plan: Plan) -> None:
    assert section.get("/overview").location.startswith(f"/plans/{plan.id}/progress")


def test_a_section_does_not_evaluate_its_bureau(section: Client) -> None:
    assert "自评" not in section.get("/todo").text
    assert section.get("/self-evaluation").status_code == 403
    assert section.post("/self-evaluation", data={"csrf_token": token(section)}).status_code == 403
