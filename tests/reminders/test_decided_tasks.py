"""What letters say of a due day that had passed at publication, and of a task that its leads have completed."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.assignments.acts import moment, person
from tests.factories import make_assignment, make_organization, make_plan, make_task, make_user
from tests.reminders.test_reminders import remind
from tracker.assignments import early
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.people.models import OrganizationKind
from tracker.plans.models import PartyRole, Task
from tracker.reminders.operations import Planned, plan_reminders
from tracker.reminders.outlook import outlook
from tracker.rules.permissions import Role
from tracker.rules.plans import Early
from tracker.rules.status import Status
from tracker.workdays import queries as workdays

DUE, ISSUED = date(2024, 1, 31), date(2024, 2, 22)


@pytest.fixture
def kept(app: Flask) -> Callable[[date | None], int]:
    """Hand out a task that was due before; a supervisor decides on a day, or has before: kept(date(2024, 3, 5))."""

    def make(day: date | None) -> int:
        with transaction():
            plan = make_plan(scored=False, published_on=ISSUED, issued_on=ISSUED)
            unit = make_organization(parent_id=plan.issuer_id)
            office = make_organization(kind=OrganizationKind.CITY_OFFICE, parent_id=plan.issuer_id)
            make_user(account="clerk", unit_id=unit.id)
            make_user(account="lead", unit_id=unit.id, role=Role.LEAD)
            make_user(account="supervisor", unit_id=office.id, role=Role.SUPERVISOR)
            task = make_task(plan_id=plan.id, due_on=DUE, early=Early.UNDECIDED if day else Early.KEPT)
            found = make_assignment(
                task_id=task.id, unit_id=unit.id, due_on=None if day else DUE, issued_on=ISSUED, status=Status.PENDING
            )
            task_id, found_id = task.id, found.id
        if day:
            with transaction():
                version = db.session.get_one(Task, task_id).version
                early.decide(person("supervisor"), moment(day), task_id, version, Early.KEPT, None, "未办")
        return found_id

    return make


def groups(letters: dict[str, Planned]) -> list[str]:
    """Return in which parts of the clerk's letter the task stands."""
    return [task["group"] for task in letters["clerk"].tasks] if "clerk" in letters else []


def test_kept_it_is_overdue_in_the_letters_and_named_again_each_week(kept: Callable[[date | None], int]) -> None:
    kept(date(2024, 3, 5))
    assert groups(remind("2024-03-05")) == ["overdue"]
    assert groups(remind("2024-03-06")) == []
    assert groups(remind("2024-03-11")) == ["overdue"]
    assert groups({letter.recipient: letter for letter in plan_reminders(date(2024, 7, 1))}) == ["overdue"]


def test_kept_before_publication_it_is_overdue_from_that_day_on(kept: Callable[[date | None], int]) -> None:
    kept(None)
    assert groups(remind("2024-02-22")) == ["overdue"]
    assert groups(remind("2024-02-26")) == ["overdue"]


def test_its_leads_are_not_told_at_once_of_a_silence_before_the_decision(kept: Callable[[date | None], int]) -> None:
    found = kept(date(2024, 6, 3))
    assert "lead" not in remind("2024-06-03")
    ahead = outlook(found, date(2024, 6, 4), workdays.calendar())
    assert any(not step.escalation for step in ahead)
    assert min(step.day for step in ahead if step.escalation) > date(2024, 6, 4)


# ---- done by its leads


@pytest.fixture
def led(app: Flask) -> dict[str, Any]:
    """A task due on 31 March 2021 of which the lead's part is completed and another unit's is not."""
    with transaction():
        plan = make_plan()
        task = make_task(plan_id=plan.id)
        units = [make_organization(parent_id=plan.issuer_id) for _ in range(2)]
        make_user(account="clerk", unit_id=units[1].id)
        named = {"task_id": task.id, "due_on": date(2021, 3, 31)}
        lead = make_assignment(
            unit_id=units[0].id,
            role=PartyRole.LEAD,
            status=Status.COMPLETED,
            completed_on=date(2021, 3, 29),
            **named,
        )
        part = make_assignment(unit_id=units[1].id, role=PartyRole.RESPONSIBLE, status=Status.IN_PROGRESS, **named)
        return {"lead": lead.id, "part": part.id}


def test_nobody_is_told_that_a_part_is_overdue_once_the_leads_are_done(led: dict[str, Any]) -> None:
    assert groups(remind("2021-03-30")) == ["near"]
    assert remind("2021-04-01") == {}
    assert outlook(led["part"], date(2021, 4, 1), workdays.calendar()) == []


def test_taken_up_again_the_lead_brings_the_letters_back(led: dict[str, Any]) -> None:
    with transaction():
        lead = db.session.get_one(Assignment, led["lead"])
        lead.status, lead.completed_on = Status.IN_PROGRESS, None
    assert groups(remind("2021-04-01")) == ["overdue"]
