"""A district that is merged: past days keep their scores, and what goes over takes its due days along."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import delete, select

from tests.assignments.acts import complete, moment, owed, person, the_plan, unit_id
from tests.assignments.test_extensions import ask, decide
from tests.assignments.test_handover import DAY, merge
from tests.makers import make_score_rule
from tests.scoring.recompute import scores
from tests.scoring.test_recompute import exported
from tracker.assignments import dues
from tracker.assignments.models import Assignment, DistrictChange, DueChange, StatusChange
from tracker.assignments.operations import change_status
from tracker.assignments.queries import Filter, rows, state_at
from tracker.db import db, transaction
from tracker.overview.queries import todo
from tracker.people.models import Organization
from tracker.rules.permissions import SYSTEM, Actor, Role
from tracker.rules.score_terms import OfficesCondition
from tracker.rules.scoring import Fact
from tracker.rules.status import Move
from tracker.scoring import facts, record
from tracker.scoring.queries import rule_of, scoreboard

DAYS = [date(2021, 3, 1), date(2021, 3, 15), DAY - timedelta(days=1)]


def board(day: date) -> dict[str, Decimal]:
    """Return every district's score of a day, as the recount does."""
    db.session.expire_all()
    return {str(row.district_id): row.points.score for row in scoreboard(the_plan(), day)}


def offices_of(district: str) -> list[Organization]:
    """Return the 司法所 of a district."""
    below = select(Organization).where(Organization.parent_id == unit_id(district)).order_by(Organization.id)
    return list(db.session.scalars(below))


def done_by(office: Organization, day: str = "2021-02-20") -> None:
    """Let a 司法所 have done task 7."""
    actor, assignment_id = Actor(None, "", "经办", Role.CLERK, office.id, office.parent_id), owed("7", office.slug)
    with transaction():
        change_status(actor, moment(day), assignment_id, Move.ACKNOWLEDGE)
        change_status(actor, moment(day), assignment_id, Move.SUBMIT)
        change_status(SYSTEM, moment(day), assignment_id, Move.ACCEPT)


@pytest.fixture
def asking_for_offices(seeded: Flask) -> None:
    """A rule that asks for all 司法所: those of Qingpu have done task 7, of Songjiang's only three."""
    with transaction():
        make_score_rule(
            plan_id=the_plan().id,
            day=date(2021, 2, 11),
            at=moment("2021-02-11"),
            offices_condition=OfficesCondition.ALL,
        )
    for office in [*offices_of("songjiang")[:3], *offices_of("qingpu")]:
        done_by(office)
    for district in ("songjiang", "qingpu"):
        complete("7", district, "reviewer-xingfazhixing", "2021-02-21")


def test_the_offices_that_go_over_change_no_score_of_a_day_before(asking_for_offices: None) -> None:
    before = {day: board(day) for day in DAYS}
    known = {day: facts.of(the_plan(), rule_of(the_plan(), day), day) for day in DAYS}
    merge("songjiang", "qingpu")
    assert {day: board(day) for day in DAYS} == before
    assert {day: facts.of(the_plan(), rule_of(the_plan(), day), day) for day in DAYS} == known
    songjiang, qingpu = unit_id("songjiang"), unit_id("qingpu")
    assert before[DAYS[0]][str(songjiang)] < before[DAYS[0]][str(qingpu)]
    assert board(DAY)[str(qingpu)] < before[DAYS[-1]][str(qingpu)]


def test_the_recount_of_exported_events_follows_the_offices(asking_for_offices: None) -> None:
    merge("songjiang", "qingpu")
    for day in (*DAYS, DAY, DAY + timedelta(days=9)):
        assert scores(exported(the_plan()), day.isoformat()) == board(day), day


@pytest.mark.parametrize("district", ["songjiang", "qingpu"])
def test_one_districts_history_knows_the_offices_that_came_and_went(asking_for_offices: None, district: str) -> None:
    merge("songjiang", "qingpu")
    plan, id_ = the_plan(), unit_id(district)
    history = record.of(plan, id_)
    for day in (*DAYS, DAY):
        assert history.facts(day, id_) == facts.of(plan, rule_of(plan, day), day).get(id_, []), day


def test_only_what_an_office_still_owes_goes_over(asking_for_offices: None) -> None:
    merge("songjiang", "qingpu")
    office = offices_of("qingpu")[0]
    done = owed("7", "songjiang-yueyang")
    changed = set(db.session.scalars(select(DistrictChange.assignment_id)))
    assert owed("8", "songjiang-yueyang") in changed
    assert done not in changed
    assert db.session.get_one(Assignment, done).district_id == unit_id("songjiang")
    assert office.parent_id == unit_id("qingpu")


# ---- what is handed over to a successor that has not got the task


@pytest.fixture
def extended(seeded: Flask) -> date:
    """Task 20, which Baoshan does not owe, put off for Chongming by thirty days; return its first due day."""
    lacked, mine = owed("20", "baoshan"), owed("20", "chongming")
    with transaction():
        db.session.execute(delete(StatusChange).where(StatusChange.assignment_id == lacked))
        db.session.execute(delete(Assignment).where(Assignment.id == lacked))
    due_on = db.session.get_one(Assignment, mine).due_on
    assert due_on
    decide(ask(mine, due_on + timedelta(days=30), "2021-06-01", "chongming-lead"), day="2021-06-02")
    return due_on


def fact(district: str, day: date) -> Fact:
    """Return how a district stands with task 20."""
    known = facts.of(the_plan(), rule_of(the_plan(), day), day, unit_id(district))[unit_id(district)]
    return next(fact for fact in known if fact.number == "20")


def test_what_is_handed_over_keeps_its_first_due_day_and_its_extensions(extended: date) -> None:
    merge("chongming", "baoshan")
    new, later = owed("20", "baoshan"), extended + timedelta(days=30)
    assert db.session.get_one(Assignment, new).due_on == later
    told = fact("baoshan", DAY)
    assert (told.due_on, told.original_due_on, told.extensions) == (later, extended, 1)
    (row,) = [row for row in rows(SYSTEM, state_at(DAY), DAY, Filter(unit_id=unit_id("baoshan"))) if row.id == new]
    assert (row.due_on, row.original_due_on, row.extensions) == (later, extended, 1)
    (owing,) = [row for row in todo(person("baoshan-clerk"), "receipt", 100, 0) if row.id == new]
    assert (owing.original_due_on, owing.extensions) == (extended, 1)
    (moved,) = dues.history(new)
    assert (moved.old_due_on, moved.new_due_on, moved.reason) == (extended, later, "人员调整")
    assert (moved.at.date(), moved.by) == (date(2021, 6, 2), person("supervisor").name)


def test_what_is_handed_over_with_its_extensions_can_be_replayed_and_recounted(extended: date) -> None:
    days = [date(2021, 6, 1), date(2021, 6, 2), DAY - timedelta(days=1)]
    before = {day: board(day) for day in days}
    merge("chongming", "baoshan")
    assert {day: board(day) for day in days} == before
    rows_, last = exported(the_plan()), extended + timedelta(days=31)
    for day in (*days, DAY, extended + timedelta(days=1), extended + timedelta(days=30), last):
        assert scores(rows_, day.isoformat()) == board(day), day
    told = [row for row in record.of(the_plan()).facts(DAY, unit_id("baoshan")) if row.number == "20"]
    assert told == [fact("baoshan", DAY)]


def test_what_is_handed_over_can_be_put_off_again(extended: date) -> None:
    merge("chongming", "baoshan")
    new, last, tomorrow = owed("20", "baoshan"), extended + timedelta(days=60), DAY + timedelta(days=1)
    decide(ask(new, last, str(tomorrow), "baoshan-lead"), day=str(tomorrow))
    told = fact("baoshan", tomorrow)
    assert (told.due_on, told.original_due_on, told.extensions) == (last, extended, 2)
    assert fact("baoshan", DAY).extensions == 1
    assert db.session.query(DueChange).filter_by(assignment_id=new).count() == 2
