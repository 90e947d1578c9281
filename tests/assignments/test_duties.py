"""Which of the real accounts may take which step, on which unit's assignment."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.assignments.acts import OWNER, moment, owed, person
from tracker.assignments.models import Assignment, StatusChange
from tracker.assignments.operations import change_status
from tracker.assignments.queries import get
from tracker.assignments.reviewing import is_reviewer
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.rules.permissions import Forbidden
from tracker.rules.status import MOVE_TEXT, TRANSITIONS, Duty, Move, Status

ACCOUNTS = (
    "admin",
    "supervisor",
    "leader",
    "auditor",
    "songjiang-lead",
    "songjiang-clerk",
    "songjiang-office1",
    "huangpu-lead",
    "huangpu-clerk",
    "putuo-office1",
    "reviewer-xingfazhixing",
    "reviewer-mishu",
    "reviewer-cujinfazhi",
    "reviewer-bangongshi",
)
HOLDERS: dict[tuple[str, str], dict[Duty, set[str]]] = {
    ("7", "songjiang"): {
        Duty.HANDLER: {"songjiang-clerk"},
        Duty.REVIEWER: {"supervisor", "reviewer-xingfazhixing"},
    },
    ("15", "songjiang"): {
        Duty.HANDLER: {"songjiang-clerk"},
        Duty.REVIEWER: {"supervisor", "reviewer-cujinfazhi"},
    },
    ("7", "songjiang-yueyang"): {
        Duty.HANDLER: {"songjiang-office1"},
        Duty.REVIEWER: {"supervisor", "songjiang-lead"},
    },
    ("7", "xingfazhixing"): {
        Duty.HANDLER: {"reviewer-xingfazhixing"},
        Duty.REVIEWER: {"supervisor", "reviewer-cujinfazhi"},
    },
    ("11", "bangongshi"): {
        Duty.HANDLER: {"reviewer-bangongshi"},
        Duty.REVIEWER: {"supervisor", "reviewer-cujinfazhi"},
    },
    ("6", "cujinfazhi"): {
        Duty.HANDLER: {"reviewer-cujinfazhi"},
        Duty.REVIEWER: {"reviewer-bangongshi"},
    },
}
"""Who holds which duty for what a unit owes; 督办 supervises everything but what its own unit owes."""

SINGLE = [move for move in TRANSITIONS if move is not Move.RECORD]
"""The steps of one assignment; what was due before its document is recorded for the whole task (test_early.py)."""

CASES = [(task, unit, move) for task, unit in HOLDERS for move in SINGLE]


class Undone(Exception):
    """Takes a tried step back."""


def put(assignment_id: int, status: Status) -> None:
    """Set an assignment into a status."""
    completed_on = date(2021, 2, 11) if status is Status.COMPLETED else None
    db.session.execute(
        update(Assignment).where(Assignment.id == assignment_id).values(status=status, completed_on=completed_on)
    )


def tries(account: str, move: Move, assignment_id: int) -> bool:
    """Tell whether an account may take a step; nothing of it stays."""
    source = sorted(TRANSITIONS[move].sources)[0]
    try:
        with transaction():
            put(assignment_id, source)
            change_status(person(account), moment("2021-03-01"), assignment_id, move, "理由")
            raise Undone
    except Undone:
        return True
    except Forbidden:
        return False


@pytest.mark.parametrize(("task", "unit", "move"), CASES)
def test_a_step_is_open_to_those_who_hold_its_duty_and_to_nobody_else(
    seeded: Flask, task: str, unit: str, move: Move
) -> None:
    holders = HOLDERS[task, unit] | {Duty.SUPERVISOR: {"supervisor"} if unit != OWNER else set()}
    assignment_id = owed(task, unit)
    assert {account for account in ACCOUNTS if tries(account, move, assignment_id)} == holders[TRANSITIONS[move].duty]


def test_a_refused_person_leaves_no_trace(seeded: Flask) -> None:
    assignment_id = owed("7", "songjiang")
    before = [db.session.scalar(select(func.count()).select_from(table)) for table in (StatusChange, AuditEntry)]
    for account in set(ACCOUNTS) - {"songjiang-clerk"}:
        with pytest.raises(Forbidden), transaction():
            change_status(person(account), moment("2021-03-01"), assignment_id, Move.ACKNOWLEDGE)
    after = [db.session.scalar(select(func.count()).select_from(table)) for table in (StatusChange, AuditEntry)]
    assert after == before
    assert db.session.get_one(Assignment, assignment_id).status == Status.PENDING


@pytest.mark.parametrize("account", ["supervisor", "reviewer-cujinfazhi"])
def test_the_owner_of_the_plan_does_not_review_itself(seeded: Flask, account: str) -> None:
    assert not is_reviewer(person(account), owed("6", "cujinfazhi"))
    assert is_reviewer(person("reviewer-bangongshi"), owed("6", "cujinfazhi"))


def test_no_account_reviews_what_its_own_unit_owes(seeded: Flask) -> None:
    for account in ACCOUNTS:
        actor = person(account)
        own = db.session.scalars(select(Assignment.id).where(Assignment.unit_id == actor.unit_id)).all()
        assert not any(is_reviewer(actor, assignment_id) for assignment_id in own)


def test_whoever_may_take_a_step_also_sees_the_assignment(seeded: Flask) -> None:
    for (task, unit), holders in HOLDERS.items():
        for account in {"supervisor"}.union(*holders.values()):
            assert get(person(account), owed(task, unit)), (account, task, unit)


@pytest.mark.parametrize("move", SINGLE)
def test_a_step_is_on_record_with_who_when_and_why(seeded: Flask, move: Move) -> None:
    assignment_id = owed("7", "songjiang")
    account = {Duty.HANDLER: "songjiang-clerk", Duty.REVIEWER: "reviewer-xingfazhixing", Duty.SUPERVISOR: "supervisor"}[
        TRANSITIONS[move].duty
    ]
    source = sorted(TRANSITIONS[move].sources)[0]
    with transaction():
        put(assignment_id, source)
        change_status(person(account), moment("2021-03-01"), assignment_id, move, "  证明材料不全 ")
    step = db.session.scalars(select(StatusChange).order_by(StatusChange.id.desc()).limit(1)).one()
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()

    assert (step.assignment_id, step.move, step.from_status) == (assignment_id, move, source)
    assert (step.to_status, step.day, step.at) == (TRANSITIONS[move].target, date(2021, 3, 1), moment("2021-03-01"))
    assert (step.actor_id, step.actor_name, step.reason) == (person(account).id, person(account).name, "证明材料不全")
    assert (entry.account, entry.act, entry.object_id, entry.detail) == (account, move, assignment_id, "证明材料不全")
    assert MOVE_TEXT[move]
