"""A task that was due before its document was issued: without light or reminder until a supervisor has decided."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import moment, person
from tests.putuo import publish_putuo
from tracker.assignments import early
from tracker.assignments.models import Assignment
from tracker.assignments.operations import change_status
from tracker.assignments.queries import Filter, rows, state_at
from tracker.db import db, transaction
from tracker.overview.progress import Standing, progress
from tracker.plans.changes import ChangeRefused
from tracker.plans.models import Plan, Task, TaskChange
from tracker.plans.operations import StaleText
from tracker.plans.settings import EarlyChoice
from tracker.rules.permissions import SYSTEM, Forbidden
from tracker.rules.plans import Early
from tracker.rules.status import Light, Move, MoveRefused, Status, light

DUE = date(2024, 1, 31)
BEFORE, DAY, AFTER = date(2024, 3, 4), date(2024, 3, 5), date(2024, 3, 6)


@pytest.fixture
def plan(seeded: Flask) -> Plan:
    """The 89 tasks, of which 23 and 58 were due in January, before they were issued."""
    return publish_putuo()


def task(number: str = "23") -> Task:
    db.session.expire_all()
    return db.session.scalars(select(Task).join(Plan).where(Task.number == number, Plan.scored.is_(False))).one()


def owed() -> Assignment:
    return db.session.scalars(select(Assignment).where(Assignment.task_id == task().id)).one()


def decide(choice: Early, due_on: date | None = None, reason: str = "经核实", account: str = "supervisor") -> int:
    with transaction():
        found = task()
        return early.decide(person(account), moment(DAY), found.id, found.version, choice, due_on, reason)


def overdue(day: date) -> list[str]:
    db.session.expire_all()
    return [row.number for row in rows(SYSTEM, state_at(day), day, Filter(overdue=True, task_id=task().id))]


def shown(day: date = AFTER) -> Light:
    found = owed()
    return light(Status(found.status), found.due_on, found.completed_on, day, 7)


def test_until_somebody_decides_there_is_no_due_day_and_so_nothing_is_overdue(plan: Plan) -> None:
    assert task().early == Early.UNDECIDED
    assert owed().due_on is None
    assert overdue(AFTER) == []


def test_kept_it_is_overdue_from_the_day_of_the_decision_on_and_not_before(plan: Plan) -> None:
    assert decide(Early.KEPT) == 1
    assert (owed().due_on, shown()) == (DUE, Light.OVERDUE)
    assert overdue(AFTER) == overdue(DAY) == ["23"]
    assert overdue(BEFORE) == []
    standing = {day: {one.number: one.standing for one in progress(SYSTEM, plan, day).tasks} for day in (BEFORE, AFTER)}
    assert (standing[BEFORE]["23"], standing[AFTER]["23"]) == (Standing.EARLY, Standing.OVERDUE)


def test_moved_it_is_due_on_the_later_day(plan: Plan) -> None:
    decide(Early.MOVED, date(2024, 9, 30))
    assert (owed().due_on, task().due_on, shown()) == (date(2024, 9, 30), date(2024, 9, 30), Light.NOT_STARTED)


@pytest.mark.parametrize(("due_on", "field"), [(None, "due"), (date(2024, 3, 4), "due")])
def test_moved_it_needs_a_day_that_has_not_passed(plan: Plan, due_on: date | None, field: str) -> None:
    with pytest.raises(ChangeRefused) as refused:
        decide(Early.MOVED, due_on)
    assert refused.value.field == field
    assert task().early == Early.UNDECIDED


def test_recorded_it_was_done_on_the_day_it_was_due_and_not_late(plan: Plan) -> None:
    decide(Early.RECORDED)
    found = owed()
    assert (found.status, found.completed_on, found.due_on, shown()) == (Status.COMPLETED, DUE, DUE, Light.DONE)
    assert {one.number: one.standing for one in progress(SYSTEM, plan, AFTER).tasks}["23"] is Standing.DONE
    assert {one.number: one.standing for one in progress(SYSTEM, plan, BEFORE).tasks}["23"] is Standing.EARLY


def test_the_decision_is_kept_with_its_reason_beside_the_task(plan: Plan) -> None:
    decide(Early.RECORDED, reason="一月已办，见总结")
    change = db.session.scalars(select(TaskChange).where(TaskChange.task_id == task().id)).one()
    assert (change.what, change.reason) == ("early", "一月已办，见总结")
    assert "2024-01-31" in change.before
    assert "已完成补录" in change.after


def test_it_is_decided_once(plan: Plan) -> None:
    decide(Early.KEPT)
    with pytest.raises(MoveRefused, match="已经作过决定"):
        decide(Early.RECORDED)


def test_a_reason_is_needed(plan: Plan) -> None:
    with pytest.raises(ChangeRefused):
        decide(Early.KEPT, reason=" ")


def test_nobody_but_who_may_change_the_plan_decides(plan: Plan) -> None:
    with pytest.raises(Forbidden):
        decide(Early.KEPT, account="leader")


def test_what_changed_meanwhile_is_told(plan: Plan) -> None:
    found = task()
    with pytest.raises(StaleText), transaction():
        early.decide(person("supervisor"), moment(DAY), found.id, found.version - 1, Early.KEPT, None, "理由")


def test_a_choice_made_before_publication_is_carried_out_with_it(seeded: Flask) -> None:
    choices = {"23": EarlyChoice(Early.RECORDED, "一月已办"), "58": EarlyChoice(Early.KEPT, "未办")}
    publish_putuo(early=choices)
    assert (owed().status, owed().completed_on) == (Status.COMPLETED, DUE)
    other = db.session.scalars(select(Assignment).where(Assignment.task_id == task("58").id)).first()
    assert other
    assert (other.status, other.due_on) == (Status.PENDING, DUE)


def test_one_assignment_alone_is_never_recorded_as_done(plan: Plan) -> None:
    with pytest.raises(MoveRefused, match="整项任务"):
        change_status(person("supervisor"), moment(DAY), owed().id, Move.RECORD, "理由")
