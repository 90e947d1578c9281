"""A published task changes: who owes it changes with it, what was completed and what passed stay."""

import threading
from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import complete, moment, owed, person, take, the_plan, unit_id
from tests.makers import make_freeze
from tracker.assignments import changes, operations
from tracker.assignments.models import Assignment, StatusChange, TaskReviewer
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.people.models import Organization
from tracker.plans.changes import ChangeRefused, NewTask, NumberTaken
from tracker.plans.models import Task, TaskChange
from tracker.plans.operations import StaleText
from tracker.reminders.operations import plan_reminders
from tracker.rules.dues import read_due, read_due_or_none
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Forbidden
from tracker.rules.status import Move, MoveRefused, Status
from tracker.scoring import queries as scores

MARCH = moment("2021-03-10")
WHY = "依据市局通知。"

pytestmark = pytest.mark.usefixtures("seeded")


def task(number: str) -> Task:
    return db.session.scalars(select(Task).where(Task.number == number).execution_options(populate_existing=True)).one()


def dues(number: str) -> list[tuple[date | None, date | None]]:
    """Return the due days of what is owed of a task, each with the first one, where it was moved."""
    rows = db.session.execute(
        select(Assignment.due_on, Assignment.original_due_on)
        .join(Task, Task.id == Assignment.task_id)
        .where(Task.number == number)
        .distinct()
    )
    return sorted((row.due_on, row.original_due_on) for row in rows)


def new(number: str = "29", due: str = "2021-06", *units: str) -> NewTask:
    return NewTask(number, "开展专项检查。", read_due_or_none(due), units or ("各区局",))


def create(at: datetime = MARCH, *, task: NewTask | None = None, reason: str = WHY) -> Task:
    with transaction():
        return changes.create(person("supervisor"), at, the_plan().id, task or new(), reason)


def move(number: str, due: str, at: datetime = MARCH, reason: str = WHY, version: int | None = None) -> int:
    found = task(number)
    with transaction():
        return changes.move_due(person("supervisor"), at, found.id, version or found.version, read_due(due), reason)


def archive(number: str, at: datetime = MARCH, reason: str = WHY) -> int:
    found = task(number)
    with transaction():
        return changes.archive(person("supervisor"), at, found.id, found.version, reason)


def assign(number: str, unit: str, at: datetime = MARCH) -> Organization:
    with transaction():
        return changes.assign(person("supervisor"), at, task(number).id, unit, WHY)


def latest_change() -> TaskChange:
    return db.session.scalars(select(TaskChange).order_by(TaskChange.id.desc()).limit(1)).one()


# ---- added


def test_a_task_that_is_added_is_handed_out_as_the_others_were() -> None:
    added = create(task=new("29", "2021-06", "各区局", "市局秘书处"))
    owing = db.session.scalars(select(Assignment).where(Assignment.task_id == added.id)).all()
    assert (len(owing), {row.status for row in owing}) == (17, {Status.PENDING})
    assert {(row.due_on, row.issued_on) for row in owing} == {(date(2021, 6, 30), date(2021, 3, 10))}
    begun = select(func.count()).select_from(StatusChange).where(StatusChange.assignment_id.in_(r.id for r in owing))
    assert db.session.scalar(begun) == 17
    reviewers = db.session.scalars(select(TaskReviewer.office_id).where(TaskReviewer.task_id == added.id)).all()
    assert reviewers == [unit_id("mishu")]
    assert (added.line_from, added.line_to) == (0, 0)


def test_where_no_office_is_named_the_plans_owner_reviews_what_was_added() -> None:
    added = create()
    reviewers = db.session.scalars(select(TaskReviewer.office_id).where(TaskReviewer.task_id == added.id)).all()
    assert reviewers == [the_plan().owner_id]


def test_what_was_added_goes_the_whole_way_and_counts() -> None:
    create()
    id_ = complete("29", "songjiang", "supervisor", "2021-04-01")
    assert db.session.get_one(Assignment, id_).status == Status.COMPLETED
    counted = scores.explained(the_plan(), unit_id("songjiang"), date(2021, 7, 1)).lines
    assert max(int(line.fact.number) for line in counted if line.fact) == 29


def test_a_unit_may_be_named_by_its_number() -> None:
    added = create(task=new("29", "", str(unit_id("songjiang"))))
    assert db.session.scalars(select(Assignment.unit_id).where(Assignment.task_id == added.id)).all() == [
        unit_id("songjiang")
    ]
    assert added.due_on is None


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (NewTask("0", "x", read_due("2021-06"), ("各区局",)), "number"),
        (NewTask("２９", "x", read_due("2021-06"), ("各区局",)), "number"),
        (NewTask("029", "x", read_due("2021-06"), ("各区局",)), "number"),
        (NewTask("29", " ", read_due("2021-06"), ("各区局",)), "text"),
        (NewTask("29", "x" * 2001, read_due("2021-06"), ("各区局",)), "text"),
        (NewTask("29", "x", read_due("2021-02"), ("各区局",)), "due"),
        (NewTask("29", "x", read_due("2021-06"), ()), "units"),
        (NewTask("29", "x", read_due("2021-06"), ("各区局", "月球分局")), "units"),
    ],
)
def test_what_is_wrong_with_a_new_task_is_said_and_nothing_is_stored(wanted: NewTask, field: str) -> None:
    with pytest.raises(ChangeRefused) as refused:
        create(task=wanted)
    assert refused.value.field == field
    assert db.session.scalar(select(func.count()).select_from(Task)) == 28


def test_a_number_is_used_once() -> None:
    with pytest.raises(NumberTaken):
        create(task=new("28"))
    archive("28")
    with pytest.raises(NumberTaken):
        create(task=new("28"))


def test_of_several_tasks_all_are_added_or_none() -> None:
    with pytest.raises(NumberTaken), transaction():
        changes.create_many(person("supervisor"), MARCH, the_plan().id, [new("29"), new("28")], WHY)
    assert db.session.scalar(select(func.count()).select_from(Task)) == 28


# ---- corrected


def test_a_correction_keeps_what_the_document_said() -> None:
    before = task("7").text
    with transaction():
        changes.edit(person("supervisor"), MARCH, task("7").id, 1, " 改过的文字。 ", WHY)
    changed = latest_change()
    assert (changed.before, changed.after, changed.reason) == (before, "改过的文字。", WHY)
    assert task("7").text == "改过的文字。"
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.act, entry.object_id) == ("task_text", task("7").id)
    assert before in entry.detail
    assert "改过的文字。" in entry.detail


def test_who_decided_on_an_older_text_is_told() -> None:
    with transaction():
        changes.edit(person("supervisor"), MARCH, task("7").id, 1, "先保存的。", WHY)
    for act in (
        lambda: changes.edit(person("supervisor"), MARCH, task("7").id, 1, "后保存的。", WHY),
        lambda: changes.archive(person("supervisor"), MARCH, task("7").id, 1, WHY),
        lambda: changes.move_due(person("supervisor"), MARCH, task("7").id, 1, read_due("2021-06"), WHY),
    ):
        with pytest.raises(StaleText) as stale, transaction():
            act()
        assert "先保存的。" in stale.value.theirs
    assert task("7").text == "先保存的。"


# ---- put off


def test_a_new_due_day_holds_for_everybody_who_still_owes_the_task() -> None:
    complete("16", "huangpu", "reviewer-ducha", "2021-03-05")
    moved = move("16", "2021-08")
    old, later = date(2021, 6, 30), date(2021, 8, 31)
    rows = db.session.execute(
        select(Assignment.status, Assignment.due_on, Assignment.original_due_on, func.count())
        .where(Assignment.task_id == task("16").id)
        .group_by(Assignment.status, Assignment.due_on, Assignment.original_due_on)
        .order_by(Assignment.status)
    ).all()
    assert [tuple(row) for row in rows] == [
        (Status.COMPLETED, old, None, 1),
        (Status.PENDING, later, old, moved),
    ]
    assert task("16").due_on == later
    assert task("16").deadline_raw == "2021年6月"
    assert (latest_change().before, latest_change().after.split("（")[0]) == ("2021-06-30", "2021-08-31")


def test_moving_twice_keeps_the_first_day() -> None:
    move("16", "2021-08")
    move("16", "2021-09-15")
    assert {first for _, first in dues("16")} == {date(2021, 6, 30)}
    assert task("16").due_on == date(2021, 9, 15)


def test_who_was_granted_a_later_day_keeps_it_unless_the_new_one_is_later_still() -> None:
    id_ = owed("16", "songjiang")
    with transaction():
        mine = db.session.get_one(Assignment, id_)
        mine.due_on, mine.original_due_on = date(2021, 8, 31), date(2021, 6, 30)
    move("16", "2021-07")
    assert db.session.get_one(Assignment, id_, populate_existing=True).due_on == date(2021, 8, 31)
    move("16", "2021-09")
    assert db.session.get_one(Assignment, id_, populate_existing=True).due_on == date(2021, 9, 30)


def test_a_day_that_passed_is_not_moved_and_the_past_stays_as_it_was() -> None:
    before = scores.scoreboard(the_plan(), date(2021, 3, 9))
    with pytest.raises(MoveRefused, match="已过"):
        move("7", "2021-06")
    move("1", "2021-06")
    assert scores.scoreboard(the_plan(), date(2021, 3, 9)) == before


@pytest.mark.parametrize("due", ["2021-02", "2021-03-09", "2021-03", "2021-03-31"])
def test_a_new_day_lies_ahead_and_is_another(due: str) -> None:
    with pytest.raises(ChangeRefused) as refused:
        move("1", due)
    assert refused.value.field == "due"


def test_reminders_follow_the_new_day() -> None:
    def noticed(day: str) -> int:
        return sum(len(letter.notices) for letter in plan_reminders(date.fromisoformat(day)))

    before = noticed("2021-03-24")
    move("1", "2021-09")
    assert noticed("2021-03-24") < before


# ---- handed to one more unit


def test_one_more_unit_gets_the_task_from_that_day() -> None:
    found = assign("16", "市局宣传处")
    mine = db.session.get_one(Assignment, owed("16", found.slug))
    assert (mine.issued_on, mine.due_on, mine.status) == (date(2021, 3, 10), date(2021, 6, 30), Status.PENDING)
    assert mine.level == OrganizationKind.CITY_OFFICE
    with pytest.raises(MoveRefused, match="已经承办"):
        assign("16", "市局宣传处")


@pytest.mark.parametrize("unit", ["", "月球分局", "9" * 30, "2000000", "' or 1=1 --"])
def test_an_unknown_unit_gets_nothing(unit: str) -> None:
    with pytest.raises(ChangeRefused) as refused:
        assign("16", unit)
    assert refused.value.field == "unit"


def test_a_unit_that_is_no_longer_in_use_gets_nothing() -> None:
    with transaction():
        db.session.get_one(Organization, unit_id("xuanchuan")).valid_until = date(2021, 3, 1)
    with pytest.raises(ChangeRefused, match="不在用"):
        assign("16", "市局宣传处")


def test_nobody_is_handed_what_is_overdue_already() -> None:
    with pytest.raises(MoveRefused, match="已过"):
        assign("7", "市局宣传处")


# ---- taken off


def test_a_task_taken_off_leaves_what_was_completed() -> None:
    done = complete("16", "huangpu", "reviewer-ducha", "2021-03-05")
    withdrawn = archive("16")
    states = dict(
        db.session.execute(
            select(Assignment.status, func.count())
            .where(Assignment.task_id == task("16").id)
            .group_by(Assignment.status)
        ).all()
    )
    assert states == {Status.COMPLETED: 1, Status.WITHDRAWN: withdrawn}
    assert db.session.get_one(Assignment, done).status == Status.COMPLETED
    assert task("16").withdrawn_on == date(2021, 3, 10)


def test_the_supervisors_own_unit_does_not_keep_the_task_alone() -> None:
    assert person("supervisor").unit_id == unit_id("cujinfazhi")
    archive("16")
    assert db.session.get_one(Assignment, owed("16", "cujinfazhi")).status == Status.WITHDRAWN


def test_nothing_more_happens_to_a_task_that_was_taken_off() -> None:
    archive("16")
    for act in (lambda: move("16", "2021-09"), lambda: archive("16"), lambda: assign("16", "市局宣传处")):
        with pytest.raises(MoveRefused, match="撤下"):
            act()


def test_who_joins_later_does_not_get_what_was_taken_off() -> None:
    archive("16")
    with transaction():
        huangpu = db.session.get_one(Organization, unit_id("huangpu"))
        joined = Organization(
            slug="xinqu",
            parent_id=huangpu.parent_id,
            kind=huangpu.kind,
            name="新区司法局",
            short_name="新区",
            position=99,
        )
        db.session.add(joined)
        db.session.flush()  # its id is needed
        operations.join_unit(person("supervisor"), MARCH, the_plan(), joined)
    has = select(Assignment.id).where(Assignment.unit_id == joined.id, Assignment.task_id == task("16").id)
    assert db.session.scalar(has) is None


# ---- for all


@pytest.mark.parametrize("reason", ["", " \n", "字" * 501])
def test_every_change_has_a_reason(reason: str) -> None:
    acts = (
        lambda: create(reason=reason),
        lambda: move("16", "2021-08", reason=reason),
        lambda: archive("16", reason=reason),
    )
    for act in acts:
        with pytest.raises(ChangeRefused) as refused:
            act()
        assert refused.value.field == "reason"
    assert db.session.scalar(select(func.count()).select_from(TaskChange)) == 0


@pytest.mark.parametrize(
    "account", ["admin", "leader", "songjiang-lead", "songjiang-clerk", "reviewer-mishu", "auditor"]
)
def test_only_a_supervisor_changes_tasks(account: str) -> None:
    who, id_, plan = person(account), task("16").id, the_plan().id
    for act in (
        lambda: changes.create(who, MARCH, plan, new(), WHY),
        lambda: changes.edit(who, MARCH, id_, 1, "x", WHY),
        lambda: changes.move_due(who, MARCH, id_, 1, read_due("2021-08"), WHY),
        lambda: changes.archive(who, MARCH, id_, 1, WHY),
        lambda: changes.assign(who, MARCH, id_, "市局宣传处", WHY),
    ):
        with pytest.raises(Forbidden), transaction():
            act()


def test_nothing_moves_once_the_scores_are_final(seeded: Flask) -> None:
    with transaction():
        make_freeze(plan_id=the_plan().id)
    for act in (
        create,
        lambda: move("16", "2021-08"),
        lambda: archive("16"),
        lambda: assign("16", "市局宣传处"),
        lambda: take("songjiang-clerk", Move.ACKNOWLEDGE, "2021-03-10", owed("16", "songjiang")),
    ):
        with pytest.raises(MoveRefused, match="定稿"):
            act()


def test_filing_and_taking_off_at_once_wait_for_each_other_and_neither_fails(seeded: Flask) -> None:
    """Both lock the plan and the assignment; a change that held the plan alone would let each wait for the other."""
    units = ["huangpu", "xuhui", "changning", "jingan", "putuo", "hongkou"]
    ids = {unit: owed("16", unit) for unit in units}
    start, failures = threading.Barrier(len(units) + 1), list[str]()

    def run(act: Callable[[], object]) -> None:
        with seeded.app_context():
            start.wait(10)
            try:
                act()
            except MoveRefused:
                pass  # The task was taken off first.
            except Exception as error:
                failures.append(repr(error))

    def filing(unit: str) -> Callable[[], None]:
        return lambda: take(f"{unit}-clerk", Move.ACKNOWLEDGE, "2021-03-10", ids[unit])

    acts: list[Callable[[], object]] = [filing(unit) for unit in units]
    threads = [threading.Thread(target=run, args=[act]) for act in [*acts, lambda: archive("16")]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    db.session.rollback()  # What was read before is an old picture.
    owing = select(func.count()).where(Assignment.task_id == task("16").id, Assignment.status != Status.WITHDRAWN)
    assert db.session.scalar(owing) == 0
