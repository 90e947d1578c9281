"""Facts about a corrected line: the document is read again, and nothing that a person did is lost."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import person
from tests.import_texts import FIRST, LINES, opened
from tests.plans.test_desk import AT, act, edit, now, seen, task
from tracker.db import db, transaction
from tracker.plans import desk, desk_heads, desk_patches
from tracker.plans.desk_heads import Head
from tracker.plans.desk_patches import TasksLost
from tracker.plans.desk_queries import stamp_of_head
from tracker.plans.desk_record import StaleTask
from tracker.plans.models import Anomaly, ImportChange
from tracker.plans.rereading import Reread
from tracker.rules.plan_text.drafts import PlanDraft, PlanUnreadable
from tracker.rules.plan_text.editing import EditRefused
from tracker.rules.plan_text.patches import PatchRefused
from tracker.rules.plans import AnomalyState

REASON = "原件印错"


@pytest.fixture
def number(seeded: Flask) -> int:
    """The number of an open import."""
    return opened({})


def correct(number: int, line: int, old: str, new: str, reason: str = REASON, sure: str = "") -> Reread:
    with transaction():
        return desk_patches.patch(person("supervisor"), AT, number, line, old, new, reason, sure)


def replaced(number: int, line: int, what: str, by: str) -> Reread:
    return correct(number, line, LINES[line - 1], LINES[line - 1].replace(what, by))


def numbers(number: int) -> list[str]:
    return [found.number for found in now(number).draft.tasks]


def test_a_corrected_line_is_read_again_and_the_others_stay_as_they_are(number: int) -> None:
    found = replaced(number, FIRST, "2024年6月", "2024年5月")
    assert (found.kept, found.changed, found.added, found.gone) == ((), ("1",), (), ())
    assert task(number, "1").deadline.value == "2024-05"
    assert now(number).lines[FIRST - 1].endswith("完成时间：2024年5月）")


def test_the_document_as_it_came_is_not_touched(number: int) -> None:
    replaced(number, FIRST, "2024年6月", "2024年5月")
    assert [patch.old for patch in now(number).patches] == [LINES[FIRST - 1]]


@pytest.mark.parametrize(
    ("step", "args"),
    [(desk.withdraw, ["不是任务"]), (desk.split, [["甲。", "乙。"]])],
)
def test_what_a_person_did_to_a_task_stays_when_another_line_is_corrected(
    number: int, step: Any, args: list[Any]
) -> None:
    act(step, number, "4", seen(number, "4"), *args)
    before = [found for found in now(number).draft.tasks if found.key.split(".")[0] == "4"]
    replaced(number, FIRST, "2024年6月", "2024年5月")
    assert [found for found in now(number).draft.tasks if found.key.split(".")[0] == "4"] == before


def test_an_edited_task_stays_also_when_its_own_line_is_corrected(number: int) -> None:
    edit(number, "1", text="按我的写。")
    found = replaced(number, FIRST, "2024年6月", "2024年5月")
    assert found.kept == ("1",)
    assert (task(number, "1").text, task(number, "1").deadline.value) == ("按我的写。", "2024-06")


def test_a_renumbered_task_is_not_read_a_second_time(number: int) -> None:
    edit(number, "4", number="40")
    replaced(number, FIRST, "2024年6月", "2024年5月")
    assert numbers(number) == ["1", "2", "3", "40", "5", "6"]


def test_merged_tasks_are_not_read_a_second_time(number: int) -> None:
    edit(number, "6", deadline="2024年10月")
    act(desk.merge, number, "5", seen(number, "5"), ["6"])
    replaced(number, FIRST, "2024年6月", "2024年5月")
    assert numbers(number) == ["1", "2", "3", "4", "5"]


def test_an_added_task_keeps_its_place(number: int) -> None:
    act(desk.add, number, "2", "2-1", "补录。", (0, 0))
    replaced(number, FIRST, "2024年6月", "2024年5月")
    assert numbers(number) == ["1", "2", "2-1", "3", "4", "5", "6"]


def test_a_line_that_is_a_task_only_now_brings_one_more(number: int) -> None:
    with pytest.raises(TasksLost, match="清单会少 1 项任务：第3项“建成丙类平台") as lost:
        replaced(number, FIRST + 2, LINES[FIRST + 1], "这一行不是任务。")
    assert numbers(number) == ["1", "2", "3", "4", "5", "6"]
    first = correct(number, FIRST + 2, LINES[FIRST + 1], "这一行不是任务。", sure=lost.value.token)
    assert first.gone == ("3",)
    second = correct(number, FIRST + 2, "这一行不是任务。", LINES[FIRST + 1])
    assert second.added == ("3",)
    assert len({found.key for found in now(number).draft.tasks}) == 6


def test_a_head_that_a_person_wrote_stays(number: int) -> None:
    head = now(number).draft.head
    assert head.issued_on
    act(
        desk_heads.edit_head,
        number,
        stamp_of_head(head),
        Head("示司发〔2024〕9号", "标题", "示例市司法局", head.issued_on),
    )
    replaced(number, FIRST, "2024年6月", "2024年5月")
    assert now(number).draft.head.doc_number == "示司发〔2024〕9号"


def test_a_correction_is_on_record_and_among_what_is_odd(number: int) -> None:
    replaced(number, FIRST, "2024年6月", "2024年5月")
    row = db.session.scalars(select(ImportChange).where(ImportChange.what == "patch")).one()
    assert (row.field, row.reason, row.before) == (f"{FIRST}", REASON, LINES[FIRST - 1])
    odd = db.session.scalars(select(Anomaly).where(Anomaly.code == "patched")).one()
    assert (odd.state, odd.decision, odd.line_from) == (AnomalyState.PATCHED, REASON, FIRST)


def test_a_line_that_was_corrected_meanwhile_is_not_overwritten(number: int) -> None:
    replaced(number, FIRST, "2024年6月", "2024年5月")
    with pytest.raises(StaleTask):
        replaced(number, FIRST, "2024年6月", "2024年4月")


@pytest.mark.parametrize(
    ("line", "new", "reason"),
    [
        (0, "新", REASON),
        (999, "新", REASON),
        (FIRST, LINES[FIRST - 1], REASON),
        (FIRST, "新", " "),
        (FIRST, "长" * 20_001, REASON),
    ],
)
def test_a_correction_that_corrects_nothing_is_refused(number: int, line: int, new: str, reason: str) -> None:
    old = LINES[line - 1] if 0 < line <= len(LINES) else ""
    with pytest.raises(EditRefused):
        correct(number, line, old, new, reason)


def test_a_correction_stays_on_its_line(number: int) -> None:
    with pytest.raises(PatchRefused):
        correct(number, FIRST, LINES[FIRST - 1], "一行\n两行")


def test_a_correction_that_leaves_no_task_changes_nothing(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(_text: str) -> PlanDraft:
        raise PlanUnreadable("没有找到任务。")

    monkeypatch.setattr(desk_patches, "read_plan", unreadable)
    with pytest.raises(PlanUnreadable):
        replaced(number, FIRST, "2024年6月", "2024年5月")
    assert now(number).patches == []
    assert len(now(number).draft.tasks) == 6


def test_a_line_of_a_task_is_emptied_only_by_somebody_who_said_so_twice(number: int) -> None:
    edit(number, "1", text="按我的写。")
    with pytest.raises(TasksLost, match="属于第1项，改后是空行") as lost:
        correct(number, FIRST, LINES[FIRST - 1], "")
    assert correct(number, FIRST, LINES[FIRST - 1], "", sure=lost.value.token).kept == ("1",)


def test_who_agreed_to_lose_one_task_is_asked_again_about_another(number: int) -> None:
    with pytest.raises(TasksLost) as lost:
        correct(number, FIRST, LINES[FIRST - 1], "这一行不是任务。")
    with pytest.raises(TasksLost):
        correct(number, FIRST + 1, LINES[FIRST], "这一行不是任务。", sure=lost.value.token)
