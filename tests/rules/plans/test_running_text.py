"""Facts about plans in running text: the ways in which their items state who and until when."""

import pytest

from tests.plan_facts import Fact, facts
from tracker.rules.plan_text.drafts import Certainty
from tracker.rules.plan_text.reader import read_plan

HEAD = (
    "某市某局关于印发《2030年重点工作方案》的通知\n某发〔2030〕5号\n各有关单位：\n某市某局\n2030年1月8日\n"
    "2030年重点工作方案\n"
)


TWO = [Fact("修订办案规程", "甲局", "乙局", "", "2030-06"), Fact("开展专项检查", "丙局", "", "丁局", "ongoing")]

LAYOUTS = {
    "label lines": (
        "1.修订办案规程。\n牵头单位：甲局\n责任单位：乙局\n完成时限：6月底前\n"
        "2.开展专项检查。\n牵头单位：丙局\n配合单位：丁局\n完成时限：持续推进\n"
    ),
    "spaced-out label lines": (
        "1、修订办案规程。\n牵 头 单 位：甲局\n责 任 单 位：乙局\n完 成 时 限：2030年6月底\n"
        "2、开展专项检查。\n牵 头 单 位：丙局\n配 合 单 位：丁局\n完 成 时 限：长期坚持\n"
    ),
    "several labels on one line": (
        "1. 修订办案规程。\n牵头单位：甲局　责任单位：乙局　完成时限：6月\n"
        "2. 开展专项检查。\n牵头单位：丙局；配合单位：丁局；完成时限：常态化开展\n"
    ),
    "labels in one bracket": (
        "（一）修订办案规程。（牵头单位：甲局；责任单位：乙局；完成时限：2030年6月底前）\n"
        "（二）开展专项检查。（牵头单位：丙局；配合单位：丁局；完成时限：持续推进）\n"
    ),
    "brackets of two widths": (
        "(一)修订办案规程。(牵头单位:甲局,责任单位:乙局,完成时限:2030年6月）\n"
        "(二)开展专项检查。（牵头单位:丙局,配合单位:丁局,完成时限:长期)\n"
    ),
    "black brackets": (
        "1.修订办案规程。【牵头单位：甲局；责任单位：乙局；完成时限：6月】\n"
        "2.开展专项检查。【牵头单位：丙局；配合单位：丁局；完成时限：全年】\n"
    ),
    "labels in black brackets": (
        "1.修订办案规程。\n【牵头单位】甲局\n【责任单位】乙局\n【完成时限】2030.6\n"
        "2.开展专项检查。\n【牵头单位】丙局\n【配合单位】丁局\n【完成时限】长期坚持\n"
    ),
    "bare brackets": (
        "1. 修订办案规程。（甲局牵头，乙局负责，6月底前完成）\n2. 开展专项检查。（丙局牵头，丁局配合，持续推进）\n"
    ),
    "labels behind the sentence": (
        "1. 修订办案规程。牵头单位：甲局；责任单位：乙局；完成时限：2030年6月。\n"
        "2. 开展专项检查。牵头单位：丙局；配合单位：丁局；完成时限：持续推进。\n"
    ),
    "a closing sentence": (
        "1. 修订办案规程。由甲局牵头，乙局负责，2030年6月底前完成。\n"
        "2. 开展专项检查。由丙局牵头，丁局配合，长期坚持。\n"
    ),
    "circled numbers": (
        "①修订办案规程。（牵头单位：甲局；责任单位：乙局；时限：6月）\n"
        "②开展专项检查。（牵头单位：丙局；配合单位：丁局；时限：长期）\n"
    ),
    "named items": (
        "任务一：修订办案规程。\n牵头：甲局\n责任：乙局\n时限：6月底前\n"
        "任务二：开展专项检查。\n牵头：丙局\n配合：丁局\n时限：持续推进\n"
    ),
    "articles": (
        "第一条　修订办案规程。（牵头单位：甲局；责任单位：乙局；完成时限：6月）\n"
        "第二条　开展专项检查。（牵头单位：丙局；配合单位：丁局；完成时限：长期）\n"
    ),
    "no numbers at all": (
        "修订办案规程，统一文书。（牵头单位：甲局；责任单位：乙局；完成时限：6月）\n"
        "开展专项检查，逐家登记。（牵头单位：丙局；配合单位：丁局；完成时限：长期）\n"
    ),
    "points in one paragraph": (
        "（一）强化管理。一是修订办案规程（甲局牵头，乙局负责，6月底前完成）；"
        "二是开展专项检查（丙局牵头，丁局配合，持续推进）。\n"
    ),
    "page marks between the lines": (
        "1. 修订办案规\n— 3 —\n程。\n牵头单位：甲局\n责任单位：乙\n第4页 共9页\n局\n完成时限：6月\n"
        "2. 开展专项检查。\n牵头单位：丙局\n配合单位：丁局\n完成时限：长期\n"
    ),
    "leaders beside the units": (
        "1. 修订办案规程。\n责任领导：赵某某\n牵头单位：甲局\n责任单位：乙局\n责任人：钱某\n完成时限：6月\n"
        "2. 开展专项检查。\n牵头单位：丙局\n配合单位：丁局\n联系人：孙某 0000-1234567\n完成时限：长期\n"
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_item_is_read_however_it_states_its_units(layout: str) -> None:
    assert facts(read_plan(HEAD + "一、重点任务\n" + LAYOUTS[layout])) == TWO


# ---- which items are the tasks


def test_goals_principles_and_requirements_hold_no_task() -> None:
    text = (
        "一、总体要求\n（一）坚持统筹。统一部署。\n（二）坚持实效。不搞形式。\n"
        "二、主要任务\n（三）修订规程。（甲局负责）\n（四）开展检查。（乙局、丙局按职责分工负责）\n"
        "三、保障措施\n（五）加强领导。各单位要高度重视。\n（六）严格考核。纳入考评。\n"
    )

    assert facts(read_plan(HEAD + text), 4) == [Fact("修订规程", "", "甲局"), Fact("开展检查", "", "乙局、丙局")]


def test_points_inside_an_item_stay_in_its_text() -> None:
    (task,) = read_plan(
        HEAD + "一、重点任务\n1. 修订规程。\n（1）梳理问题；\n（2）征求意见。\n责任单位：甲局\n完成时限：6月\n"
    ).tasks

    assert task.text == "修订规程。\n（1）梳理问题；\n（2）征求意见。"
    assert [party.printed for party in task.parties] == ["甲局"]


def test_units_of_a_heading_hold_for_the_items_under_it_and_are_likely_only() -> None:
    text = (
        "一、强化监管（责任单位：甲局；完成时限：9月）\n1. 修订规程。\n2. 开展检查。（完成时限：6月）\n"
        "二、优化服务\n3. 减少环节。（责任单位：乙局）\n"
    )
    draft = read_plan(HEAD + text)

    assert facts(draft, 4) == [
        Fact("修订规程", "", "甲局", "", "2030-09"),
        Fact("开展检查", "", "甲局", "", "2030-06"),
        Fact("减少环节", "", "乙局"),
    ]
    assert draft.tasks[0].evidence["responsible"].certainty is Certainty.LIKELY
    assert draft.tasks[0].evidence["responsible"].rule == "inherited"


def test_units_behind_the_last_item_of_every_group_hold_for_the_group() -> None:
    text = (
        "一、强化监管\n1. 修订规程。\n2. 开展检查。\n责任单位：甲局\n完成时限：6月\n"
        "二、优化服务\n3. 减少环节。\n4. 公开信息。\n责任单位：乙局\n完成时限：9月\n"
    )

    assert [(fact.responsible, fact.due) for fact in facts(read_plan(HEAD + text))] == [
        ("甲局", "2030-06"), ("甲局", "2030-06"), ("乙局", "2030-09"), ("乙局", "2030-09"),
    ]  # fmt: skip


COVERS = {
    "以下任务均由甲局牵头，2030年9月底前完成。": ([], "2030-09"),
    "本方案所列任务由甲局牵头。未注明时限的，均于2030年9月底前完成。": ([], "2030-09"),
}


@pytest.mark.parametrize("note", COVERS)
def test_one_sentence_may_hold_for_all_tasks(note: str) -> None:
    draft = read_plan(f"{HEAD}{note}\n一、重点任务\n1. 修订办案规程。\n2. 开展专项检查，完成时限另行通知。\n")

    assert [(fact.lead, fact.due) for fact in facts(draft)] == [("甲局", "2030-09")] * 2
    assert draft.tasks[0].evidence["lead"].rule == "covering_note"


def test_a_sentence_may_hold_for_numbered_tasks_only() -> None:
    text = (
        "1. 修订规程。\n责任单位：乙局\n2. 开展检查。\n责任单位：丙局\n3. 减少环节。\n责任单位：丁局\n"
        "第1至2项于6月底前完成。\n"
    )

    assert [fact.due for fact in facts(read_plan(f"{HEAD}一、重点任务\n{text}"))] == ["2030-06", "2030-06", ""]


def test_numbers_that_begin_anew_are_told_apart_by_their_headings() -> None:
    text = "一、监管\n1. 修订规程。（甲局负责）\n2. 开展检查。（乙局负责）\n二、服务\n1. 减少环节。（丙局负责）\n"

    assert [task.number for task in read_plan(HEAD + text).tasks] == ["一-1", "2", "二-1"]


# ---- what is doubtful is said


def test_of_two_deadlines_the_last_counts_and_a_person_must_look() -> None:
    (task,) = read_plan(HEAD + "1. 修订规程。\n责任单位：甲局\n完成时限：3月底前出台，9月底前完成\n").tasks

    assert task.deadline.value == "2030-09"
    assert task.evidence["deadline"].certainty is Certainty.DOUBTFUL


def test_an_unknown_label_is_reported_and_not_used() -> None:
    draft = read_plan(HEAD + "1. 修订规程。\n责任单位：甲局\n督导单位：乙局\n完成时限：9月\n")

    assert [party.printed for party in draft.tasks[0].parties] == ["甲局"]
    assert "unknown_label" in {problem.code for problem in draft.problems}


def test_who_acts_in_a_plan_without_labels_is_only_proposed() -> None:
    draft = read_plan(HEAD + "一、重点任务\n1. 修订规程。由甲局组织实施新的规程。\n2. 开展检查。各区局要逐家登记。\n")

    assert [task.parties for task in draft.tasks] == [(), ()]
    assert [[party.name for party in task.proposed] for task in draft.tasks] == [["甲局"], ["各区局"]]


@pytest.mark.parametrize("value", ["无", "/", "—", "-"])
def test_a_label_that_names_nobody_gives_no_unit(value: str) -> None:
    (task,) = read_plan(HEAD + f"1. 修订规程。\n责任单位：甲局\n配合单位：{value}\n").tasks

    assert [party.printed for party in task.parties] == ["甲局"]


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("甲局、乙局等有关部门按职责分工负责", ["甲局", "乙局"]),
        ("市教育局和财政局", ["市教育局", "财政局"]),
        ("市文化和旅游局、市工业和信息化局", ["市文化和旅游局", "市工业和信息化局"]),
        ("各县（市、区）人民政府，市直有关部门", ["各县（市、区）人民政府", "市直有关部门"]),
        ("甲中心（各街镇工作站）、乙局", ["甲中心（各街镇工作站）", "乙局"]),
        ("甲科 乙科", ["甲科", "乙科"]),
    ],
)
def test_lists_are_split_at_whole_names(listed: str, expected: list[str]) -> None:
    (task,) = read_plan(HEAD + f"1. 修订规程。\n责任单位：{listed}\n").tasks

    assert [party.printed for party in task.parties] == expected
