"""Facts about the work on a draft: every step gives a whole draft, and says what it cannot do."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tracker.rules.plan_text import editing
from tracker.rules.plan_text.drafts import Certainty, Evidence, PlanDraft, Role, Span, TaskKind
from tracker.rules.plan_text.editing import EditRefused
from tracker.rules.plan_text.keeping import DraftDamaged, keep, restore
from tracker.rules.plan_text.reader import read_plan

SEED = Path(__file__).parents[2] / "seeds" / "plans" / "shanghai-2021-11.txt"


JOINED_AT_A_PAGE_BREAK = ("10", "responsible")
"""The one doubt of the document itself: a page break cuts the name of a unit."""


@pytest.fixture(scope="module")
def read() -> PlanDraft:
    return editing.keyed(read_plan(SEED.read_text(encoding="utf-8")))


def numbers(draft: PlanDraft) -> list[str]:
    return [task.number for task in draft.tasks]


def names(draft: PlanDraft, key: str, role: Role = Role.RESPONSIBLE) -> list[str]:
    return [party.name for party in editing.task_of(draft, key).of_role(role)]


def test_a_kept_draft_comes_back_equal(read: PlanDraft) -> None:
    assert restore(keep(read)) == read


def test_a_kept_draft_of_an_older_release_gets_the_defaults_of_today(read: PlanDraft) -> None:
    assert restore(keep(read).replace(',"years":[]', "")) == read


@pytest.mark.parametrize("damaged", ["", "[]", "{}", '{"dialect":1}', "null"])
def test_a_damaged_draft_is_told_as_such(damaged: str) -> None:
    with pytest.raises(DraftDamaged):
        restore(damaged)


def test_every_task_has_a_key_of_its_own(read: PlanDraft) -> None:
    assert len({task.key for task in read.tasks}) == 28


def test_split_tasks_share_units_deadline_and_place_and_get_numbers_below_the_old_one(read: PlanDraft) -> None:
    old = editing.task_of(read, "3")
    split = editing.split(read, "3", ["做好第一件事。", " ", "做好第二件事。"])
    pieces = [editing.task_of(split, key) for key in ("3.1", "3.2")]
    assert numbers(split)[2:4] == ["3-1", "3-2"]
    assert [piece.text for piece in pieces] == ["做好第一件事。", "做好第二件事。"]
    for piece in pieces:
        assert (piece.parties, piece.deadline) == (old.parties, old.deadline)
        assert (piece.line_from, piece.line_to) == (old.line_from, old.line_to)
    assert len(split.tasks) == 29


def test_one_part_is_no_split(read: PlanDraft) -> None:
    with pytest.raises(EditRefused, match="至少分成两段") as refused:
        editing.split(read, "3", ["只有一段"])
    assert refused.value.field == "parts"


def test_merged_tasks_stand_in_place_of_the_first_with_the_units_of_all(read: PlanDraft) -> None:
    tasks = [editing.task_of(read, key) for key in ("7", "8")]
    merged = editing.merge(read, ["8", "7"])
    found = editing.task_of(merged, "7")
    assert found.text == f"{tasks[0].text}\n{tasks[1].text}"
    assert set(names(merged, "7")) == {party.name for task in tasks for party in task.parties}
    assert [party.position for party in found.parties] == list(range(1, len(found.parties) + 1))
    assert (found.line_from, found.line_to) == (tasks[0].line_from, tasks[1].line_to)
    assert len(merged.tasks) == 27


def test_pieces_that_are_one_again_get_their_number_back(read: PlanDraft) -> None:
    pieces = editing.split(read, "8", ["甲。", "乙。", "丙。"])
    assert numbers(editing.merge(pieces, ["8.1", "8.2", "8.3"])) == numbers(read)


def test_pieces_of_which_one_is_left_keep_the_number_of_the_first(read: PlanDraft) -> None:
    pieces = editing.split(read, "8", ["甲。", "乙。", "丙。"])
    assert numbers(editing.merge(pieces, ["8.1", "8.2"]))[7:9] == ["8-1", "8-3"]
    taken = editing.edit_number(pieces, "9", "8")
    assert numbers(editing.merge(taken, ["8.1", "8.2", "8.3"]))[7:9] == ["8-1", "8"]


def test_tasks_of_different_months_are_not_merged_silently(read: PlanDraft) -> None:
    with pytest.raises(EditRefused, match="完成时间不同"):
        editing.merge(read, ["1", "2"])


def test_a_withdrawn_task_stays_with_its_reason_and_comes_back(read: PlanDraft) -> None:
    withdrawn = editing.withdraw(read, "5", "已另行部署")
    assert editing.task_of(withdrawn, "5").withdrawn == "已另行部署"
    assert len(withdrawn.tasks) == 28
    assert editing.take_back(withdrawn, "5") == read
    with pytest.raises(EditRefused, match="理由"):
        editing.withdraw(read, "5", "  ")


def test_units_written_by_a_person_are_read_as_in_a_document(read: PlanDraft) -> None:
    edited = editing.edit_parties(read, "1", Role.LEAD, "市局甲处、乙处")
    assert names(edited, "1", Role.LEAD) == ["市局甲处", "市局乙处"]
    assert names(edited, "1") == names(read, "1")
    assert editing.task_of(edited, "1").evidence["lead"].rule == "person"


@pytest.mark.parametrize(
    ("wording", "due"),
    [
        ("2021-06", date(2021, 6, 30)),
        ("6月底前", date(2021, 6, 30)),
        ("2021年第三季度", date(2021, 9, 30)),
        ("持续推进", None),
        ("", None),
    ],
)
def test_a_deadline_is_set_by_its_wording(read: PlanDraft, wording: str, due: date | None) -> None:
    edited = editing.edit_deadline(read, "1", wording, 2021)
    assert editing.task_of(edited, "1").deadline.due_on == due


def test_a_wording_that_is_no_day_is_refused(read: PlanDraft) -> None:
    with pytest.raises(EditRefused, match="读不成日期") as refused:
        editing.edit_deadline(read, "1", "看情况", 2021)
    assert refused.value.field == "deadline"


def test_a_number_is_borne_once(read: PlanDraft) -> None:
    with pytest.raises(EditRefused, match="已有第2项"):
        editing.edit_number(read, "1", "2")
    assert numbers(editing.edit_number(read, "1", "1-1"))[0] == "1-1"


def test_a_task_that_was_missed_is_added_behind_another(read: PlanDraft) -> None:
    added = editing.add(read, "11", "11-1", "补上的任务。", (130, 131))
    assert numbers(added)[11] == "11-1"
    task = added.tasks[11]
    assert (task.section, task.line_from) == (added.tasks[10].section, 130)
    assert len({task.key for task in added.tasks}) == 29


def test_what_is_doubtful_is_listed_until_a_person_has_looked(read: PlanDraft) -> None:
    doubt = Evidence("inherited", Certainty.DOUBTFUL, (Span(1, 0, 1, 2),), "两种读法")
    task = editing.task_of(read, "4")
    doubtful = editing.put(read, replace(task, evidence={"deadline": doubt}))
    assert [(found.key, found.field) for found in editing.doubts(doubtful)] == [
        ("4", "deadline"),
        JOINED_AT_A_PAGE_BREAK,
    ]
    seen = editing.confirm(doubtful, "4", "deadline")
    assert [(found.key, found.field) for found in editing.doubts(seen)] == [JOINED_AT_A_PAGE_BREAK]
    assert editing.task_of(seen, "4").evidence["deadline"].spans == doubt.spans


def test_proposed_units_bind_only_once_a_person_took_them(read: PlanDraft) -> None:
    task = editing.task_of(read, "4")
    own = tuple(replace(party, role=Role.RESPONSIBLE) for party in task.parties)
    evidence = {"proposed": Evidence("actor", Certainty.DOUBTFUL)}
    proposing = editing.put(read, replace(task, parties=(), proposed=own, evidence=evidence))
    assert names(proposing, "4") == []
    assert names(editing.confirm(proposing, "4", "proposed"), "4") == [party.name for party in own]
    dismissed = editing.doubts(editing.dismiss_proposed(proposing, "4"))
    assert [(found.key, found.field) for found in dismissed] == [JOINED_AT_A_PAGE_BREAK]


def test_a_task_that_is_gone_is_told(read: PlanDraft) -> None:
    with pytest.raises(EditRefused, match="已不在清单里"):
        editing.edit_kind(read, "99", TaskKind.REQUIREMENT)
