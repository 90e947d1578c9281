"""The sentence by which a task counts as done: changed by supervisors, and by one at a time."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from tests.assignments.acts import moment, person
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.plans.models import Task
from tracker.plans.operations import StaleText, edit_acceptance
from tracker.rules.permissions import Forbidden

AT = moment("2021-06-24")


@pytest.fixture
def task(seeded: Flask) -> Task:
    """Task 7 of the plan."""
    return db.session.scalars(select(Task).where(Task.number == "7")).one()


def edit(account: str, task: Task, version: int, sentence: str) -> None:
    """Change the sentence as someone and commit."""
    with transaction():
        edit_acceptance(person(account), AT, task.id, version, sentence)


def test_a_supervisor_changes_the_sentence(task: Task) -> None:
    edit("supervisor", task, task.version, "  工作已承接并运行一个月。 ")
    db.session.refresh(task)
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert task.acceptance == "工作已承接并运行一个月。"
    assert (entry.act, entry.object_id, entry.detail) == ("edit_acceptance", task.id, task.acceptance)


def test_of_two_who_edit_the_same_version_the_second_is_refused_with_both_texts(task: Task) -> None:
    version = task.version
    edit("supervisor", task, version, "第一位写的")
    with pytest.raises(StaleText) as stale:
        edit("supervisor", task, version, "第二位写的")
    assert (stale.value.mine, stale.value.theirs, stale.value.version) == ("第二位写的", "第一位写的", version + 1)
    db.session.refresh(task)
    assert task.acceptance == "第一位写的"
    edit("supervisor", task, version + 1, "合并后的")
    db.session.refresh(task)
    assert task.acceptance == "合并后的"


@pytest.mark.parametrize("version", [0, 99, -1])
def test_a_version_that_never_was_is_stale(task: Task, version: int) -> None:
    with pytest.raises(StaleText):
        edit("supervisor", task, version, "文字")


@pytest.mark.parametrize(
    "account", ["admin", "leader", "auditor", "reviewer-xingfazhixing", "songjiang-lead", "songjiang-clerk"]
)
def test_nobody_else_changes_it(task: Task, account: str) -> None:
    with pytest.raises(Forbidden):
        edit(account, task, task.version, "文字")


def test_a_task_that_is_not_there_cannot_be_edited(seeded: Flask) -> None:
    with pytest.raises(NoResultFound), transaction():
        edit_acceptance(person("supervisor"), AT, 10**6, 1, "文字")
