"""A publication can be taken back until the first step of anybody, and leaves nothing behind."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.assignments.acts import moment, person, take
from tests.assignments.test_rehearsal import TODAY, rows
from tests.factories import make_message, make_notice, make_urge
from tests.makers import make_comment, make_deduction, make_extension, make_task_change
from tests.published import SMALL, make_import, publish
from tracker.assignments import amendments
from tracker.assignments.models import Assignment
from tracker.assignments.undoing import MADE_WITH_A_PLAN, WORDS, UndoRefused
from tracker.db import db, transaction
from tracker.outbox.models import Message, MessageState
from tracker.plans.models import Plan, PlanImport, Task
from tracker.plans.references import tables_about
from tracker.reminders import withdrawing
from tracker.reminders.withdrawing import Letters, ReasonMissing, Withdrawn
from tracker.rules.permissions import Forbidden
from tracker.rules.plans import ImportState
from tracker.rules.status import Move

AUDIT = ("audit_entry", "audit_head", "import_change")


@pytest.fixture
def published(seeded: Flask) -> int:
    """An import that became a plan."""
    made = make_import(SMALL).id
    publish(made)
    return made


def undo(import_id: int, account: str = "supervisor", reason: str = "发错了") -> Withdrawn:
    """Take a publication back and commit."""
    with transaction():
        return withdrawing.undo(person(account), moment(TODAY), import_id, reason)


def first(import_id: int) -> int:
    """Return one assignment of an import's plan, Songjiang's."""
    plan_id = db.session.get_one(PlanImport, import_id).plan_id
    owed = select(Assignment.id).where(Assignment.plan_id == plan_id, Assignment.level == "district_bureau")
    return db.session.scalars(owed.order_by(Assignment.id).limit(1)).one()


def test_undoing_leaves_every_table_as_it_was_but_for_the_record(seeded: Flask) -> None:
    made = make_import(SMALL).id
    before = rows()
    publish(made)
    undo(made)
    after = rows()
    assert {name: after[name] for name in after if name not in AUDIT} == {
        name: before[name] for name in before if name not in AUDIT
    }
    assert after["audit_entry"] > before["audit_entry"]
    assert db.session.get_one(PlanImport, made).state == ImportState.OPEN


def test_what_was_taken_back_can_be_published_again(published: int) -> None:
    undo(published)
    assert publish(published).number == 18


def test_a_first_step_of_a_unit_is_named(published: int) -> None:
    own = db.session.execute(select(Assignment.id, Assignment.unit_id).where(Assignment.id == first(published))).one()
    take("huangpu-clerk", Move.ACKNOWLEDGE, "2021-06-24", own.id)
    with pytest.raises(UndoRefused, match="不能撤回：黄浦经办（演示）已于 2021年6月24日 对黄浦区司法局的第1项“签收”"):
        undo(published)


def test_who_split_a_task_is_not_told_of_as_of_the_unit_that_owed_it(published: int) -> None:
    plan_id = db.session.get_one(PlanImport, published).plan_id
    with transaction():
        found = db.session.scalars(select(Task).where(Task.plan_id == plan_id, Task.number == "2")).one()
        day = moment("2021-06-25")
        amendments.split(person("supervisor"), day, found.id, found.version, "甲。\n\n乙。", "分两步做。")
    with pytest.raises(UndoRefused, match=r"不能撤回：督办员（演示）已于 2021年6月25日 对.+的第2项“撤销"):
        undo(published)


Doing = Callable[[int, int, int], object]

DONE: list[tuple[str, Doing, str]] = [
    ("comment", lambda item, plan, task: make_comment(assignment_id=item), "评论"),
    ("extension", lambda item, plan, task: make_extension(assignment_id=item), "延期申请"),
    ("urge", lambda item, plan, task: make_urge(assignment_id=item), "催办"),
    ("deduction", lambda item, plan, task: make_deduction(plan_id=plan), "扣分"),
    ("change", lambda item, plan, task: make_task_change(task_id=task, at=moment("2021-06-25")), "任务被修改"),
]


@pytest.mark.parametrize(("name", "act", "words"), DONE, ids=[name for name, _, _ in DONE])
def test_whatever_speaks_of_the_plan_keeps_it(published: int, name: str, act: Doing, words: str) -> None:
    with transaction():
        item = db.session.get_one(Assignment, first(published))
        act(item.id, item.plan_id, item.task_id)
    with pytest.raises(UndoRefused, match=words):
        undo(published)
    assert db.session.get_one(PlanImport, published).state == ImportState.PUBLISHED


def test_changed_settings_and_texts_keep_it(published: int) -> None:
    plan_id = db.session.get_one(PlanImport, published).plan_id
    with transaction():
        db.session.get_one(Plan, plan_id).near_days = 30
    with pytest.raises(UndoRefused, match="方案设定被修改"):
        undo(published)
    with transaction():
        db.session.execute(update(Plan).where(Plan.id == plan_id).values(version=2))
        db.session.scalars(select(Task).where(Task.plan_id == plan_id)).first().acceptance = "改过"  # type: ignore[union-attr]
    with pytest.raises(UndoRefused, match="第1项任务被修改"):
        undo(published)


def test_letters_that_wait_are_withdrawn_and_those_sent_are_counted(published: int) -> None:
    with transaction():
        item = first(published)
        waiting = make_message(state=MessageState.PENDING)
        sent = make_message(state=MessageState.SENT, sent_at=moment(TODAY))
        for letter in (waiting, sent):
            make_notice(assignment_id=item, message_id=letter.id)
    assert undo(published).letters == Letters(sent=1, waiting=1)
    states = dict(db.session.execute(select(Message.id, Message.state)).all())
    assert (states[waiting.id], states[sent.id]) == (MessageState.VOID, MessageState.SENT)


def test_an_import_that_is_not_published_is_not_taken_back(seeded: Flask) -> None:
    with pytest.raises(UndoRefused, match="没有发布"):
        undo(make_import(SMALL).id)


def test_a_clerk_takes_nothing_back_and_nobody_without_a_reason(published: int) -> None:
    with pytest.raises(Forbidden):
        undo(published, "songjiang-clerk")
    with pytest.raises(ReasonMissing):
        undo(published, reason="")


def test_every_table_about_a_plan_is_either_made_with_it_or_has_a_word(seeded: Flask) -> None:
    for target, own in MADE_WITH_A_PLAN.items():
        about = {table.name for table, _ in tables_about(target)} - own
        assert about <= set(WORDS), about - set(WORDS)
