"""Units that come and go after the publication: dated, and nothing before that day changes."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import complete, moment, owed, person, the_plan, unit_id
from tests.factories import make_organization, make_plan
from tracker.assignments.models import Assignment
from tracker.assignments.operations import join_unit, leave_unit
from tracker.assignments.queries import Filter, changes, count, state_at
from tracker.db import db, transaction
from tracker.people.models import Organization
from tracker.plans.models import PlanState
from tracker.plans.operations import PlanRefused
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import SYSTEM, Forbidden
from tracker.rules.status import Move, MoveRefused, Status
from tracker.scoring.queries import scoreboard

REVIEWER = "reviewer-xingfazhixing"


@pytest.fixture
def newcomer(seeded: Flask) -> Organization:
    """A 17th district."""
    with transaction():
        return make_organization(parent_id=unit_id("shanghai"), slug="linggang", name="临港区司法局", position=900)


def join(unit: Organization, day: str = "2021-06-01", account: str = "supervisor") -> int:
    """Hand a unit what it owes and commit."""
    with transaction():
        return join_unit(person(account), moment(day), the_plan(), unit)


def leave(unit: Organization, day: str = "2021-06-01", reason: str = "机构撤并", account: str = "supervisor") -> int:
    """Withdraw what a unit owes and commit."""
    with transaction():
        return leave_unit(person(account), moment(day), the_plan(), unit, reason)


def total(day: date) -> int:
    """Return how many assignments there were on a day."""
    return count(SYSTEM, state_at(day), day, Filter())


def test_a_unit_that_joins_owes_what_falls_due_from_that_day(newcomer: Organization) -> None:
    assert join(newcomer) == 12
    assert (total(date(2021, 5, 31)), total(date(2021, 6, 1))) == (1244, 1244 + 12)
    rows = db.session.scalars(select(Assignment).where(Assignment.unit_id == newcomer.id)).all()
    assert {(row.issued_on, row.district_id, row.status) for row in rows} == {
        (date(2021, 6, 1), newcomer.id, Status.PENDING)
    }
    assert all([step.move for step in changes(row.id)] == [Move.DISPATCH] for row in rows)
    boards = [len(scoreboard(the_plan(), day)) for day in (date(2021, 5, 31), date(2021, 6, 1))]
    assert boards == [16, 17]


def test_a_justice_office_that_joins_scores_for_no_district_of_its_own(newcomer: Organization) -> None:
    with transaction():
        office = make_organization(
            parent_id=unit_id("songjiang"), kind=OrganizationKind.JUSTICE_OFFICE, name="新桥南司法所"
        )
    assert join(office) == 12
    assert set(db.session.scalars(select(Assignment.district_id).where(Assignment.unit_id == office.id))) == {
        unit_id("songjiang")
    }
    assert len(scoreboard(the_plan(), date(2021, 6, 1))) == 16


def test_a_unit_joins_once(newcomer: Organization) -> None:
    join(newcomer)
    with pytest.raises(PlanRefused, match="没有新的责任事项"):
        join(newcomer)
    assert total(date(2021, 6, 1)) == 1244 + 12


def test_a_unit_that_no_party_means_joins_nothing(seeded: Flask) -> None:
    with transaction():
        stranger = make_organization(name="外省司法局")
        future = make_organization(parent_id=unit_id("shanghai"), name="未来区司法局", valid_from=date(2022, 1, 1))
    for unit in (stranger, future):
        with pytest.raises(PlanRefused, match="不属于任何责任部门"):
            join(unit)


def test_nobody_joins_a_draft(newcomer: Organization) -> None:
    with transaction():
        draft = make_plan(state=PlanState.DRAFT)
    with pytest.raises(PlanRefused, match="尚未发布"), transaction():
        join_unit(SYSTEM, moment("2021-06-01"), draft, newcomer)


def test_a_unit_that_leaves_owes_nothing_more_and_what_it_completed_stays(seeded: Flask) -> None:
    seven = complete("7", "chongming", REVIEWER, "2021-03-05")
    unit = db.session.get_one(Organization, unit_id("chongming"))
    assert leave(unit) == 27
    statuses = select(Assignment.status, func.count()).where(Assignment.unit_id == unit.id).group_by(Assignment.status)
    assert dict(db.session.execute(statuses).all()) == {Status.WITHDRAWN: 27, Status.COMPLETED: 1}
    assert db.session.get_one(Assignment, seven).status == Status.COMPLETED
    assert changes(owed("8", "chongming"))[0].reason == "机构撤并"
    rows = {day: _missed(unit, day) for day in (date(2021, 5, 31), date(2021, 6, 1))}
    assert rows == {date(2021, 5, 31): 11, date(2021, 6, 1): 0}


def _missed(unit: Organization, day: date) -> int:
    board = scoreboard(the_plan(), day)
    return next(standing.tally.missed for standing in board if standing.district_id == unit.id)


def test_leaving_is_all_or_nothing_and_needs_a_reason(seeded: Flask) -> None:
    unit = db.session.get_one(Organization, unit_id("chongming"))
    with pytest.raises(MoveRefused, match="必须写明理由"):
        leave(unit, reason=" ")
    assert total(date(2021, 6, 1)) == 1244
    assert set(db.session.scalars(select(Assignment.status).where(Assignment.unit_id == unit.id))) == {Status.PENDING}
    leave(unit)
    with pytest.raises(PlanRefused, match="没有未办结的事项"):
        leave(unit)


@pytest.mark.parametrize("account", ["admin", "leader", "songjiang-lead", "reviewer-cujinfazhi", "auditor"])
def test_only_a_supervisor_lets_units_join_and_leave(newcomer: Organization, account: str) -> None:
    with pytest.raises(Forbidden):
        join(newcomer, account=account)
    with pytest.raises(Forbidden):
        leave(db.session.get_one(Organization, unit_id("songjiang")), account=account)
