"""Facts about the work on an import: every step is kept and on record, and none overwrites another's."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound

from tests.assignments.acts import moment, person, the_plan
from tests.import_texts import FIRST, TASKS, draft, now, opened, task
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.plans import desk, desk_heads, desk_opening, desk_queries
from tracker.plans.desk import TaskEdit
from tracker.plans.desk_heads import Head
from tracker.plans.desk_opening import Upload
from tracker.plans.desk_queries import AlreadyOpen, AlreadyPublished, party_words, stamp, stamp_of_head
from tracker.plans.desk_record import ImportClosed, StaleTask
from tracker.plans.models import Anomaly, ImportChange, PlanImport
from tracker.plans.readers import Reading
from tracker.rules.permissions import Forbidden
from tracker.rules.plan_text.drafts import Role, TaskDraft
from tracker.rules.plan_text.editing import EditRefused
from tracker.rules.plans import ImportState

AT = moment("2024-02-21")


@pytest.fixture
def number(seeded: Flask) -> int:
    """The number of an open import."""
    return opened()


def seen(number: int, key: str) -> str:
    return stamp(task(number, key))


def as_is(found: TaskDraft, **fields: Any) -> TaskEdit:
    units = {role.value: party_words(found, role) for role in Role}
    own = {"number": found.number, "kind": found.kind, "text": found.text, "deadline": found.deadline.raw}
    return TaskEdit(**{**own, **units, **fields})


def act(step: Callable[..., Any], number: int, *args: Any) -> Any:
    with transaction():
        return step(person("supervisor"), AT, number, *args)


def edit(number: int, key: str, /, **fields: Any) -> list[str]:
    found = task(number, key)
    changed: list[str] = act(desk.edit_task, number, key, stamp(found), as_is(found, **fields))
    return changed


def record(number: int) -> list[tuple[str, str, str, str, str]]:
    """Return what is on record of an import but that it was opened."""
    rows = db.session.scalars(select(ImportChange).where(ImportChange.import_id == number).order_by(ImportChange.id))
    return [(row.what, row.task_number, row.field, row.before, row.after) for row in rows if row.what != "open"]


def test_an_import_keeps_its_text_and_what_is_odd_about_it(number: int) -> None:
    found = now(number)
    assert len(found.binding) == TASKS
    assert found.lines[FIRST - 1].startswith("1. ")
    odd = db.session.scalar(select(func.count()).select_from(Anomaly).where(Anomaly.import_id == number))
    assert odd == len(found.draft.problems)


def test_the_same_file_is_on_its_way_once(number: int) -> None:
    with pytest.raises(AlreadyOpen) as refused:
        opened()
    assert refused.value.import_id == number


def test_a_document_that_is_a_plan_already_is_not_taken_again(seeded: Flask) -> None:
    known = replace(draft(), head=replace(draft().head, doc_number=the_plan().doc_number))
    with pytest.raises(AlreadyPublished), transaction():
        desk_opening.open_import(person("supervisor"), AT, Upload("x.txt", "b" * 64, Reading("", (), "txt")), known)


def test_only_who_may_edit_plans_may_work_on_an_import(number: int) -> None:
    for account in ("songjiang-clerk", "leader", "admin"):
        with pytest.raises(Forbidden):
            desk_queries.get(person(account), number)
        with pytest.raises(Forbidden), transaction():
            desk_opening.drop(person(account), AT, number, 1)


def test_each_changed_field_is_a_line_of_the_record_with_before_and_after(number: int) -> None:
    changed = edit(number, "1", text="组织培训。", responsible="法治科、办公室", deadline="2024年7月")
    assert changed == ["text", "responsible", "deadline"]
    assert record(number) == [
        ("edit", "1", "text", "组织开展甲类培训，覆盖全部街镇。", "组织培训。"),
        ("edit", "1", "responsible", "法治科", "法治科、办公室"),
        ("edit", "1", "deadline", "2024年6月", "2024年7月"),
    ]
    found = task(number, "1")
    assert (found.text, party_words(found, Role.RESPONSIBLE)) == ("组织培训。", "法治科、办公室")
    assert found.deadline.due_on == date(2024, 7, 31)


def test_a_month_without_a_year_gets_that_of_the_document(number: int) -> None:
    edit(number, "1", deadline="8月")
    assert task(number, "1").deadline.due_on == date(2024, 8, 31)


def test_nothing_changed_is_nothing_on_record(number: int) -> None:
    version = now(number).version
    assert edit(number, "1") == []
    assert record(number) == []
    assert now(number).version == version


def test_line_ends_of_a_browser_are_no_change(number: int) -> None:
    assert edit(number, "1", text=task(number, "1").text + "\r\n") == []


def test_a_change_that_is_refused_in_part_leaves_everything_as_it_was(number: int) -> None:
    with pytest.raises(EditRefused):
        edit(number, "1", text="新的。", deadline="下回再说")
    assert record(number) == []
    assert task(number, "1").text != "新的。"


def test_whoever_saw_an_older_task_changes_nothing(number: int) -> None:
    before = task(number, "1")
    edit(number, "1", text="先到的。")
    with pytest.raises(StaleTask):
        act(desk.edit_task, number, "1", stamp(before), as_is(before, text="后到的。"))
    assert task(number, "1").text == "先到的。"


def test_work_on_one_task_does_not_disturb_work_on_another(number: int) -> None:
    before = task(number, "1")
    edit(number, "3", text="改第三项。")
    act(desk.edit_task, number, "1", stamp(before), as_is(before, text="改第一项。"))
    assert (task(number, "1").text, task(number, "3").text) == ("改第一项。", "改第三项。")


def test_a_confirmed_doubt_is_none_any_more(number: int) -> None:
    assert act(desk.confirm, number, "2", seen(number, "2"), []) == 1
    assert [doubt.key for doubt in now(number).doubts] == ["5", "6"]
    assert record(number) == [("confirm", "2", "deadline", "", "9月（2024-09）")]


def test_a_field_that_was_just_changed_needs_no_confirmation(number: int) -> None:
    edit(number, "2", deadline="10月")
    assert act(desk.confirm, number, "2", None, []) == 0


def test_all_doubts_of_one_rule_are_confirmed_each_on_record(number: int) -> None:
    assert act(desk.confirm_rule, number, "bare_bracket") == 2
    assert [doubt.key for doubt in now(number).doubts] == ["6"]
    assert [(line[0], line[1]) for line in record(number)] == [("confirm", "2"), ("confirm", "5")]


def test_a_split_task_becomes_several_in_its_place(number: int) -> None:
    pieces = act(desk.split, number, "3", seen(number, "3"), ["建成平台。", "投入使用。"])
    assert [piece.number for piece in pieces] == ["3-1", "3-2"]
    assert [found.number for found in now(number).draft.tasks] == ["1", "2", "3-1", "3-2", "4", "5", "6"]
    assert record(number)[0][:3] == ("split", "3", "text")


def test_tasks_merge_into_the_first_once_their_deadlines_agree(number: int) -> None:
    with pytest.raises(EditRefused) as refused:
        act(desk.merge, number, "6", seen(number, "6"), ["5"])
    assert refused.value.field == "others"
    edit(number, "5", deadline="2024年11月")
    merged = act(desk.merge, number, "6", seen(number, "6"), ["5"])
    assert (merged.key, merged.number) == ("5", "5")
    assert merged.text == "完善戊类机制，形成报告。\n总结己类经验，报送材料。"


def test_a_number_that_no_task_bears_cannot_be_merged(number: int) -> None:
    with pytest.raises(EditRefused, match="没有第77项"):
        act(desk.merge, number, "1", seen(number, "1"), ["77"])


def test_a_withdrawn_task_stays_to_be_seen_and_can_come_back(number: int) -> None:
    act(desk.withdraw, number, "5", seen(number, "5"), "不是任务")
    assert len(now(number).binding) == TASKS - 1
    assert [doubt.key for doubt in now(number).doubts] == ["2", "6"]
    act(desk.take_back, number, "5", seen(number, "5"))
    assert len(now(number).binding) == TASKS
    assert [line[0] for line in record(number)] == ["withdraw", "take_back"]


@pytest.mark.parametrize("reason", ["", "  ", "长" * 501])
def test_a_task_is_not_withdrawn_without_a_reason_of_some_length(number: int, reason: str) -> None:
    with pytest.raises(EditRefused):
        act(desk.withdraw, number, "5", seen(number, "5"), reason)


def test_a_missed_task_is_added_behind_another(number: int) -> None:
    made = act(desk.add, number, "4", "4-1", "补录的任务。", (14, 14))
    assert [found.number for found in now(number).draft.tasks][3:5] == ["4", "4-1"]
    assert (made.line_from, made.line_to) == (14, 14)


@pytest.mark.parametrize("lines", [(0, 3), (3, 2), (1, 1000)])
def test_lines_that_the_document_does_not_have_are_refused(number: int, lines: tuple[int, int]) -> None:
    with pytest.raises(EditRefused) as refused:
        act(desk.add, number, "4", "4-1", "补录的任务。", lines)
    assert refused.value.field == "line_from"


def test_another_year_of_the_document_moves_the_months_without_one(number: int) -> None:
    head = now(number).draft.head
    wanted = Head(head.doc_number, head.title, head.issuer, date(2025, 2, 5))
    assert act(desk_heads.edit_head, number, stamp_of_head(head), wanted) == 1
    assert task(number, "2").deadline.due_on == date(2025, 9, 30)
    assert task(number, "1").deadline.due_on == date(2024, 6, 30)
    assert [line[0] for line in record(number)] == ["head", "date"]


def test_a_head_cannot_take_the_number_of_a_plan(number: int) -> None:
    head = now(number).draft.head
    wanted = Head(the_plan().doc_number, head.title, head.issuer, date(2024, 2, 5))
    with pytest.raises(AlreadyPublished):
        act(desk_heads.edit_head, number, stamp_of_head(head), wanted)


def test_a_dropped_import_is_closed_and_its_file_may_come_again(number: int) -> None:
    act(desk_opening.drop, number, now(number).version)
    assert not now(number).open
    with pytest.raises(ImportClosed):
        act(desk.confirm_rule, number, "bare_bracket")
    assert opened() != number


def test_nobody_drops_what_somebody_else_has_just_worked_on(number: int) -> None:
    version = now(number).version
    edit(number, "1", text="刚改的。")
    with pytest.raises(StaleTask):
        act(desk_opening.drop, number, version)


def test_a_published_import_is_closed(number: int) -> None:
    with transaction():
        row = db.session.get_one(PlanImport, number)
        row.state, row.plan_id = ImportState.PUBLISHED, the_plan().id
    with pytest.raises(ImportClosed):
        act(desk.confirm_rule, number, "bare_bracket")
    assert [row.id for row in desk_queries.published_rows(person("supervisor"))] == [number]
    assert desk_queries.open_rows(person("supervisor")) == []


def test_an_import_that_is_not_there_is_not_found(seeded: Flask) -> None:
    with pytest.raises(NoResultFound):
        act(desk.confirm_rule, 2_000_000, "bare_bracket")


def test_every_step_is_an_entry_of_the_audit_trail(number: int) -> None:
    edit(number, "1", text="改了。")
    act(desk_opening.drop, number, now(number).version)
    acts = db.session.scalars(
        select(AuditEntry.act).where(AuditEntry.object_type == "plan_import").order_by(AuditEntry.id)
    )
    assert list(acts) == ["open_import", "edit_import", "drop_import"]


def test_an_open_import_is_listed_with_its_doubts(number: int) -> None:
    row = desk_queries.open_rows(person("supervisor"))[0]
    assert (row.id, row.tasks, row.doubts, row.doc_number) == (number, TASKS, 3, "示司发〔2024〕8号")


@pytest.mark.parametrize(
    "step",
    [
        lambda number: edit(number, "4", text="改了。"),
        lambda number: act(desk.split, number, "4", seen(number, "4"), ["甲。", "乙。"]),
        lambda number: act(desk.merge, number, "4", seen(number, "4"), ["5"]),
        lambda number: act(desk.merge, number, "5", seen(number, "5"), ["4"]),
        lambda number: act(desk.withdraw, number, "4", seen(number, "4"), "再撤一次"),
        lambda number: act(desk.confirm, number, "4", None, []),
        lambda number: act(desk.dismiss, number, "4", None),
    ],
)
def test_a_withdrawn_task_is_changed_by_nobody(number: int, step: Callable[[int], Any]) -> None:
    act(desk.withdraw, number, "4", seen(number, "4"), "不是任务")
    with pytest.raises(EditRefused, match="第4项已经撤下"):
        step(number)
    assert len(now(number).binding) == TASKS - 1


def test_an_open_import_stands_at_its_doubts_then_at_its_units(number: int) -> None:
    assert desk_queries.open_rows(person("supervisor"))[0].step == "check"
    for rule in ("bare_bracket", "label_inline"):
        act(desk.confirm_rule, number, rule)
    assert desk_queries.open_rows(person("supervisor"))[0].step == "units"


def test_a_piece_leads_on_from_what_was_split_and_what_was_merged(number: int) -> None:
    act(desk.split, number, "3", seen(number, "3"), ["甲。", "乙。"])
    assert [heir.key for heir in desk_queries.heirs(now(number), "3", "3")] == ["3.1", "3.2"]
    edit(number, "6", deadline="2024年10月")
    act(desk.merge, number, "5", seen(number, "5"), ["6"])
    assert [heir.key for heir in desk_queries.heirs(now(number), "6", "6")] == ["5"]
    assert desk_queries.heirs(now(number), "99", "99") == []
