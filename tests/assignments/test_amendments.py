"""A published task is split or merged: who owed it owes what it became, and nothing disappears."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.assignments.acts import complete, moment, owed, person, the_plan, unit_id
from tests.assignments.test_task_changes import WHY, task
from tracker.assignments import amendments, changes, dues
from tracker.assignments.models import Assignment, StatusChange, TaskReviewer
from tracker.db import db, transaction
from tracker.plans import amendments as of_tasks
from tracker.plans import provenance, queries
from tracker.plans.changes import Changed, ChangeRefused
from tracker.plans.models import Responsibility, Task, TaskChange
from tracker.plans.operations import StaleText
from tracker.rules.dues import read_due
from tracker.rules.permissions import Forbidden
from tracker.rules.status import MoveRefused, Status

MARCH = moment("2021-03-10")
PARTS = "做好第一部分。\n\n做好第二部分，\n并且做完。"

pytestmark = pytest.mark.usefixtures("seeded")


def split(
    number: str = "12", parts: str = PARTS, account: str = "supervisor", version: int | None = None
) -> list[Task]:
    found = task(number)
    with transaction():
        return amendments.split(person(account), MARCH, found.id, version or found.version, parts, WHY)


def merge(number: str = "17", *others: str, into: str = "17+19", text: str = "合并后的任务。") -> Task:
    found = task(number)
    with transaction():
        version = found.version
        return amendments.merge(person("supervisor"), MARCH, found.id, version, others or ("19",), into, text, WHY)


def statuses(number: str) -> dict[int, str]:
    rows = db.session.execute(
        select(Assignment.unit_id, Assignment.status).where(Assignment.task_id == task(number).id)
    )
    return {row.unit_id: row.status for row in rows}


def names(number: str) -> list[tuple[str, str]]:
    named = select(Responsibility.role, Responsibility.printed_name).where(Responsibility.task_id == task(number).id)
    return [(row.role, row.printed_name) for row in db.session.execute(named.order_by(Responsibility.position))]


def due(number: str, unit: str) -> date | None:
    return db.session.get_one(Assignment, owed(number, unit)).due_on


def offices(number: str) -> list[int]:
    reviewing = select(TaskReviewer.office_id).where(TaskReviewer.task_id == task(number).id)
    return list(db.session.scalars(reviewing.order_by(TaskReviewer.position)))


def test_parts_stand_where_the_task_stood_with_its_units_reviewers_and_lines() -> None:
    old, before = task("12"), names("12")
    reviewing = offices("12")
    pieces = split()
    assert [(piece.number, piece.text) for piece in pieces] == [
        ("12-1", "做好第一部分。"),
        ("12-2", "做好第二部分，\n并且做完。"),
    ]
    numbers = [row.number for row in queries.tasks(the_plan().id)]
    assert numbers[10:15] == ["11", "12", "12-1", "12-2", "13"]
    for piece in pieces:
        assert names(piece.number) == before
        assert offices(piece.number) == reviewing
        assert (piece.line_from, piece.line_to, piece.due_on) == (old.line_from, old.line_to, old.due_on)


def test_who_owed_the_task_owes_its_parts_and_the_old_one_is_withdrawn() -> None:
    before = statuses("12")
    split()
    assert set(statuses("12").values()) == {Status.WITHDRAWN}
    for number in ("12-1", "12-2"):
        assert statuses(number) == dict.fromkeys(before, Status.PENDING)
    begun = select(StatusChange).join(Assignment, Assignment.id == StatusChange.assignment_id)
    assert len(db.session.scalars(begun.where(Assignment.task_id == task("12-1").id)).all()) == len(before)


def test_what_was_completed_stays_completed_and_is_not_asked_again() -> None:
    complete("12", "xuhui", "reviewer-renshi", "2021-03-05")
    unit = unit_id("xuhui")
    split()
    assert statuses("12")[unit] == Status.COMPLETED
    assert unit not in statuses("12-1")


def test_a_unit_with_a_later_day_of_its_own_keeps_it_for_every_part() -> None:
    with transaction():
        db.session.get_one(Assignment, owed("12", "xuhui")).due_on = date(2021, 9, 30)
    split()
    assert due("12-2", "xuhui") == date(2021, 9, 30)
    assert due("12-2", "songjiang") == task("12").due_on


def test_the_split_is_on_record_at_the_old_task_and_leads_to_the_new_ones() -> None:
    split()
    change = db.session.scalars(select(TaskChange).where(TaskChange.task_id == task("12").id)).one()
    assert (change.what, change.reason) == (Changed.SPLIT, WHY)
    assert "12-1 做好第一部分。" in change.after
    assert [relative.number for relative in of_tasks.descendants(task("12").id)] == ["12-1", "12-2"]
    assert [relative.number for relative in of_tasks.ancestors(task("12-2").id)] == ["12"]


@pytest.mark.parametrize("parts", ["只有一段", "  \n\n  ", "\n\n".join(["段"] * 21)])
def test_one_part_or_too_many_are_refused_and_nothing_changes(parts: str) -> None:
    with pytest.raises(ChangeRefused, match="空行") as refused:
        split(parts=parts)
    assert refused.value.field == "parts"
    assert task("12").withdrawn_on is None


def test_what_was_due_already_is_not_split() -> None:
    with pytest.raises(MoveRefused, match="已过"):
        split("7")


def test_who_saw_an_older_task_splits_nothing() -> None:
    with pytest.raises(StaleText):
        split(version=99)


def test_only_a_supervisor_splits() -> None:
    with pytest.raises(Forbidden):
        split(account="xuhui-lead")


def test_a_split_task_is_not_split_again() -> None:
    split()
    with pytest.raises(MoveRefused, match="撤下"):
        split(version=task("12").version)


def test_merged_tasks_are_owed_once_by_whoever_owed_any_of_them() -> None:
    units = set(statuses("17")) | set(statuses("19"))
    whole = merge()
    assert set(statuses("17+19")) == units
    assert set(statuses("17").values()) == set(statuses("19").values()) == {Status.WITHDRAWN}
    assert set(names("17+19")) == set(names("17")) | set(names("19"))
    assert [relative.number for relative in of_tasks.ancestors(whole.id)] == ["17", "19"]
    assert (whole.line_from, whole.line_to) == (task("17").line_from, task("17").line_to)


def test_a_merged_task_stands_on_the_lines_of_all_only_where_nothing_lies_between() -> None:
    with transaction():
        task("19").line_from = task("19").line_to = task("17").line_to + 1
    whole = merge()
    assert (whole.line_from, whole.line_to) == (task("17").line_from, task("19").line_to)


def test_what_was_added_later_takes_no_lines_from_what_it_is_merged_with() -> None:
    with transaction():
        task("19").line_from = task("19").line_to = 0
    assert merge().line_from == task("17").line_from > 0


def test_every_line_still_leads_to_the_task_that_the_document_has_there() -> None:
    actor, before = person("supervisor"), provenance.document(person("supervisor"), the_plan(), 1000, 0)
    merge("17", "28", into="17+28")
    split()
    assert provenance.document(actor, the_plan(), 1000, 0) == before


def test_a_task_without_a_day_takes_none_from_what_it_is_merged_with() -> None:
    with transaction():
        open_ended, dated = task("19"), task("17")
        open_ended.due_on, open_ended.deadline_kind, open_ended.deadline_raw = None, "ongoing", "持续推进"
        owed_of_it = db.session.scalars(select(Assignment).where(Assignment.task_id == open_ended.id))
        for assignment in owed_of_it:
            assignment.due_on = None
        assert dated.due_on is not None
    extended = unit_id("xuhui")
    with transaction():
        db.session.get_one(Assignment, owed("17", "xuhui")).due_on = date(2021, 12, 31)
    whole, model = merge(), task("17")
    assert (whole.due_on, whole.deadline_kind, whole.deadline_raw) == (
        model.due_on,
        model.deadline_kind,
        model.deadline_raw,
    )
    given = select(Assignment.unit_id, Assignment.due_on).where(Assignment.task_id == whole.id)
    days = {row.unit_id: row.due_on for row in db.session.execute(given)}
    assert days.pop(extended) == date(2021, 12, 31)
    assert set(days.values()) == {model.due_on}


def test_of_tasks_without_a_day_none_is_made() -> None:
    with transaction():
        for number in ("17", "19"):
            found = task(number)
            found.due_on, found.deadline_kind, found.deadline_raw = None, "ongoing", "持续推进"
            for assignment in db.session.scalars(select(Assignment).where(Assignment.task_id == found.id)):
                assignment.due_on = None
    whole = merge()
    assert (whole.due_on, whole.deadline_raw) == (None, "持续推进")
    assert set(db.session.scalars(select(Assignment.due_on).where(Assignment.task_id == whole.id))) == {None}


def move(number: str, day: str) -> None:
    with transaction():
        found = task(number)
        changes.move_due(person("supervisor"), MARCH, found.id, found.version, read_due(day), "领导小组决定。")


def due_records(number: str) -> list[tuple[str, str, str]]:
    noted = select(TaskChange).where(TaskChange.task_id == task(number).id, TaskChange.what == Changed.DUE)
    return [(change.after, change.actor_name, change.reason) for change in db.session.scalars(noted)]


def test_parts_and_wholes_keep_the_record_of_how_their_day_was_moved() -> None:
    move("12", "2021-09")
    before = due_records("12")
    assert [(who, why) for _, who, why in before] == [(person("supervisor").name, "领导小组决定。")]
    split()
    assert due_records("12-1") == due_records("12-2") == before
    assert {row.number for row in queries.tasks(the_plan().id) if row.moved} == {"12", "12-1", "12-2"}
    move("19", "2021-09")
    merge()
    assert due_records("17+19") == due_records("19")


def test_a_merged_task_has_no_record_of_a_day_that_is_not_its_own() -> None:
    move("19", "2021-03-20")
    merge()
    assert task("17+19").due_on == task("17").due_on
    assert due_records("17+19") == []


def test_what_a_unit_owes_of_a_part_tells_how_its_day_was_moved() -> None:
    first = task("12").due_on
    move("12", "2021-09")
    split()
    for number in ("12-1", "12-2"):
        part = db.session.get_one(Assignment, owed(number, "xuhui"))
        assert (part.original_due_on, part.due_on) == (first, date(2021, 9, 30))
        assert [(each.old_due_on, each.new_due_on) for each in dues.history(part.id)] == [(first, date(2021, 9, 30))]


def test_the_latest_due_day_holds_for_the_merged_task() -> None:
    with transaction():
        changes.move_due(person("supervisor"), MARCH, task("19").id, task("19").version, read_due("2021-09"), WHY)
    assert merge().due_on == date(2021, 9, 30)
    assert due("17+19", "xuhui") == date(2021, 9, 30)


@pytest.mark.parametrize(
    ("others", "field"), [(("17",), "others"), (("99",), "others"), (tuple(str(n) for n in range(10, 29)), "others")]
)
def test_a_task_is_merged_with_others_of_its_plan(others: tuple[str, ...], field: str) -> None:
    with pytest.raises(ChangeRefused) as refused:
        merge("17", *others)
    assert refused.value.field == field
    assert task("17").withdrawn_on is None


@pytest.mark.parametrize(("into", "error"), [("", ChangeRefused), ("甲", ChangeRefused), ("20", MoveRefused)])
def test_the_merged_task_needs_a_number_of_its_own(into: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        merge(into=into)
    assert task("17").withdrawn_on is None


def test_numbers_of_amended_tasks() -> None:
    assert [of_tasks.number_read(text) for text in ("12", " 12-1 ", "7+8", "12-1-2")] == ["12", "12-1", "7+8", "12-1-2"]
    for text in ("0", "-1", "1-", "12--1", "１", "1" * 21):
        with pytest.raises(ChangeRefused):
            of_tasks.number_read(text)
