"""Publication gives each unit its assignments: exactly those that the document names, as of that day."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import OWNER, moment, the_plan
from tests.factories import make_organization
from tracker.assignments.models import Assignment, StatusChange, TaskReviewer
from tracker.assignments.operations import publish
from tracker.assignments.queries import Filter, reviewer_names, rows, state_at
from tracker.db import db, transaction
from tracker.people.models import Organization
from tracker.plans.models import Plan, Task
from tracker.plans.operations import PlanRefused
from tracker.plans.settings import PlanSettings
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import SYSTEM
from tracker.rules.plan_text.reader import read_plan
from tracker.rules.status import Move, Status

OFFICES = {
    "1": ["秘书处"],
    "2": ["执法监督处"],
    "3": ["复议处", "应诉处"],
    "4": ["执法监督处"],
    "5": ["普法治理处"],
    "6": ["促进法治处"],
    "7": ["刑罚执行处"],
    "8": ["安置帮教处"],
    "9": ["促进法治处", "律工处", "公管处", "司鉴处", "仲裁处", "公服处"],
    "10": ["律工处", "促进法治处", "公服处"],
    "11": ["办公室", "促进法治处"],
    "12": ["人事处", "促进法治处"],
    "13": ["人事处", "促进法治处"],
    "14": ["促进法治处", "人事处"],
    "16": ["督察处", "促进法治处"],
    "19": ["干部处", "人事处"],
    "20": ["促进法治处", "干部处"],
    "22": ["计装处"],
    "23": ["促进法治处"],
    "24": ["计装处"],
    "25": ["信息处", "促进法治处"],
    "26": ["党群处"],
    "27": ["督察处"],
    "28": ["宣传处"],
}
"""The city offices of each task in the document's order; tasks 15, 17, 18 and 21 have none."""

UNNAMED = ("15", "17", "18", "21")
SEEDS = Path(__file__).parents[2] / "seeds"
Store = Callable[..., Plan]


def levels() -> dict[str, int]:
    """Return how many assignments each level has."""
    found = select(Assignment.level, func.count()).group_by(Assignment.level)
    return dict(db.session.execute(found).all())


def owing(task: str, level: OrganizationKind) -> list[str]:
    """Return the short names of the units of one level that owe a task, in the order they were handed out."""
    found = (
        select(Organization.short_name)
        .join(Assignment, Assignment.unit_id == Organization.id)
        .join(Task, Task.id == Assignment.task_id)
        .where(Task.number == task, Assignment.level == level)
        .order_by(Assignment.id)
    )
    return list(db.session.scalars(found))


def task_id(number: str) -> int:
    """Return the id of a task."""
    return db.session.scalars(select(Task.id).where(Task.number == number)).one()


def test_the_plan_becomes_448_and_40_and_27_times_28_assignments(seeded: Flask) -> None:
    assert levels() == {
        OrganizationKind.DISTRICT_BUREAU: 16 * 28,
        OrganizationKind.CITY_OFFICE: 40,
        OrganizationKind.JUSTICE_OFFICE: 27 * 28,
    }
    assert len(rows(SYSTEM, state_at(date(2021, 6, 24)), date(2021, 6, 24), Filter())) == 448 + 40 + 756


def test_a_task_binds_the_offices_that_the_document_names_in_its_order(seeded: Flask) -> None:
    for number in map(str, range(1, 29)):
        assert owing(number, OrganizationKind.CITY_OFFICE) == OFFICES.get(number, []), number
        assert len(owing(number, OrganizationKind.DISTRICT_BUREAU)) == 16
        assert len(owing(number, OrganizationKind.JUSTICE_OFFICE)) == 27


def test_the_offices_that_review_are_those_named_or_else_the_owner(seeded: Flask) -> None:
    for number in map(str, range(1, 29)):
        expected = [f"市局{name}" for name in OFFICES.get(number, ["促进法治处"])]
        assert reviewer_names(task_id(number)) == expected, number
    assert set(map(str, range(1, 29))) - set(OFFICES) == set(UNNAMED)


@pytest.mark.parametrize("number", UNNAMED)
def test_a_task_without_an_office_is_reviewed_by_the_owner_and_owed_by_no_office(seeded: Flask, number: str) -> None:
    assert owing(number, OrganizationKind.CITY_OFFICE) == []
    reviewers = db.session.scalars(
        select(Organization.slug)
        .join(TaskReviewer, TaskReviewer.office_id == Organization.id)
        .where(TaskReviewer.task_id == task_id(number))
    ).all()
    assert reviewers == [OWNER]


def test_the_offices_of_the_list_are_the_21_that_the_document_names() -> None:
    draft = read_plan((SEEDS / "plans" / "shanghai-2021-11.txt").read_text(encoding="utf-8"))
    named = {party.name for task in draft.tasks for party in task.parties if not party.collective}
    with (SEEDS / "organizations" / "shanghai.csv").open(encoding="utf-8", newline="") as file:
        listed = [row["name"] for row in csv.DictReader(file) if row["kind"] == OrganizationKind.CITY_OFFICE]
    assert len(listed) == len(set(listed)) == 21
    assert set(listed) == named


def test_every_assignment_begins_with_its_dispatch(seeded: Flask) -> None:
    steps = db.session.execute(select(StatusChange.move, StatusChange.day, func.count()).group_by("move", "day")).all()
    assert [tuple(step) for step in steps] == [(Move.DISPATCH, date(2021, 2, 10), 448 + 40 + 756)]
    assert set(db.session.scalars(select(Assignment.status))) == {Status.PENDING}
    assert set(db.session.scalars(select(Assignment.issued_on))) == {date(2021, 2, 10)}


def test_an_assignment_scores_for_the_district_of_its_unit(seeded: Flask) -> None:
    both = select(Assignment, Organization).join(Organization, Organization.id == Assignment.unit_id)
    for assignment, unit in db.session.execute(both):
        expected = {OrganizationKind.DISTRICT_BUREAU: unit.id, OrganizationKind.JUSTICE_OFFICE: unit.parent_id}
        assert assignment.district_id == expected.get(OrganizationKind(unit.kind))


# ---- units come and go


@pytest.fixture
def other(store: Store) -> Callable[[], Plan]:
    """Store the same document under another number, to be published on another day."""

    def keep() -> Plan:
        text = (SEEDS / "plans" / "shanghai-2021-11.txt").read_text(encoding="utf-8")
        return store(text.replace("沪司发〔2021〕11号", "沪司发〔2021〕12号"), PlanSettings(owner="促进法治处"))

    return keep


def published_units(plan: Plan, day: str) -> list[str]:
    """Publish a plan on a day; return the district bureaus that then owe its tasks."""
    with transaction():
        publish(SYSTEM, moment(day), db.session.get_one(Plan, plan.id))
    found = (
        select(Organization.name)
        .join(Assignment, Assignment.unit_id == Organization.id)
        .where(Assignment.plan_id == plan.id, Assignment.level == OrganizationKind.DISTRICT_BUREAU)
        .distinct()
    )
    return sorted(db.session.scalars(found))


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "named"),
    [
        (date(2021, 6, 24), date(9999, 12, 31), True),
        (date(2021, 6, 25), date(9999, 12, 31), False),
        (date(2020, 1, 1), date(2021, 6, 24), False),
        (date(2020, 1, 1), date(2021, 6, 25), True),
    ],
)
def test_a_group_means_the_units_of_the_day_of_publication(
    seeded: Flask, other: Callable[[], Plan], valid_from: date, valid_until: date, named: bool
) -> None:
    with transaction():
        make_organization(
            parent_id=the_plan().issuer_id, name="新设区司法局", valid_from=valid_from, valid_until=valid_until
        )
    assert ("新设区司法局" in published_units(other(), "2021-06-24")) is named


def test_who_owes_a_plan_is_frozen_at_its_publication(seeded: Flask) -> None:
    before = levels()
    with transaction():
        make_organization(parent_id=the_plan().issuer_id, name="新设区司法局")
    assert levels() == before


def test_an_office_that_was_closed_before_the_document_is_unknown_to_it(
    seeded: Flask, other: Callable[[], Plan]
) -> None:
    with transaction():
        office = db.session.scalars(select(Organization).where(Organization.slug == "xuanchuan")).one()
        office.valid_until = date(2021, 2, 9)
    with pytest.raises(PlanRefused, match="单位库中没有：市局宣传处"):
        other()


def test_a_plan_that_binds_nobody_is_not_published(seeded: Flask, other: Callable[[], Plan]) -> None:
    plan = other()
    with transaction():
        db.session.execute(Task.__table__.delete().where(Task.plan_id == plan.id))
    with pytest.raises(PlanRefused, match="没有可交办的单位，不能发布"):
        published_units(plan, "2021-06-24")
    assert db.session.get_one(Plan, plan.id, populate_existing=True).published_on is None
