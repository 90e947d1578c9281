"""Points in sections that state no units, and parts of a task that only a heading or a covering note states."""

import pytest

from tracker.rules.plan_text.drafts import Certainty, PlanDraft, TaskDraft
from tracker.rules.plan_text.reader import read_plan

STATED = """某区2025年重点工作任务清单
一、经济工作
1.发布统计公报。（牵头单位：区统计局；完成时限：2025年3月底前）
2.开展抽样调查。（牵头单位：区统计局；完成时限：2025年6月底前）
"""
GOES_ON = "二、城市建设\n3.改造老旧小区十个。\n4.新建公园三座。\n三、社会事业\n5.建成区图书馆。\n"
BEGINS_AGAIN = "二、城市建设\n1.改造老旧小区十个。\n2.新建公园三座。\n"
HEADED = "某区2025年任务分解\n一、工业（牵头单位：区工信局；配合单位：区财政局；完成时限：2025年6月底前）\n"


def left_out(draft: PlanDraft) -> list[str]:
    return [problem.found for problem in draft.problems if problem.code == "point_left_out"]


def parties(task: TaskDraft) -> dict[str, str]:
    return {party.role.value: party.printed for party in task.parties}


def test_points_that_go_on_counting_are_tasks_whatever_section_they_stand_in() -> None:
    draft = read_plan(STATED + GOES_ON)
    assert [task.number for task in draft.tasks] == ["1", "2", "3", "4", "5"]
    assert draft.tasks[4].evidence["text"].certainty is not Certainty.CERTAIN
    assert [problem.tasks for problem in draft.problems if problem.code == "no_parties"] == [("3",), ("4",), ("5",)]
    assert left_out(draft) == []


def test_points_that_begin_again_are_told_where_nothing_says_that_they_are_tasks() -> None:
    draft = read_plan(STATED + BEGINS_AGAIN)
    assert [task.number for task in draft.tasks] == ["1", "2"]
    assert left_out(draft) == ["改造老旧小区十个。", "新建公园三座。"]


@pytest.mark.parametrize("heading", ["二、保障措施", "二、工作要求", "二、工作目标"])
def test_points_of_a_part_with_a_use_of_its_own_are_none(heading: str) -> None:
    draft = read_plan(f"{STATED}{heading}\n3.加强组织领导，压实责任。\n4.强化督促检查。\n")
    assert [task.number for task in draft.tasks] == ["1", "2"]
    assert left_out(draft) == []


def test_a_last_section_on_how_to_work_is_no_task() -> None:
    plan = (
        "2025年政务公开工作要点\n一、依申请公开\n规范办理流程。（责任单位：市司法局；6月底前完成）\n"
        "二、平台建设\n推进网站集约化。（责任单位：市数据局；10月底前完成）\n"
    )
    draft = read_plan(f"{plan}三、有关要求\n请各单位于4月10日前报送方案。\n")
    assert [task.number for task in draft.tasks] == ["一", "二"]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("（责任单位：区统计局）", {"lead": "区工信局", "responsible": "区统计局", "cooperating": "区财政局"}),
        ("（配合单位：区住建局）", {"lead": "区工信局", "cooperating": "区住建局"}),
        ("（牵头单位：区商务局）", {"lead": "区商务局", "cooperating": "区财政局"}),
        ("", {"lead": "区工信局", "cooperating": "区财政局"}),
    ],
)
def test_parts_that_an_item_leaves_open_hold_from_its_heading(own: str, expected: dict[str, str]) -> None:
    task = read_plan(f"{HEADED}1.新增企业。{own}\n2.建成基站。\n").tasks[0]
    assert parties(task) == expected
    for role, found in task.evidence.items():
        if role in expected:
            assert (found.certainty is Certainty.CERTAIN) == (expected[role] in own)


def test_a_lead_of_its_own_replaces_whoever_is_responsible_above() -> None:
    above = "某区2025年任务分解\n一、工业（责任单位：区工信局；完成时限：2025年6月底前）\n"
    draft = read_plan(f"{above}1.新增企业。（牵头单位：区商务局）\n2.建成基站。\n")
    assert [parties(task) for task in draft.tasks] == [{"lead": "区商务局"}, {"responsible": "区工信局"}]


def test_a_covering_note_leads_the_tasks_that_name_only_who_is_responsible() -> None:
    covered = "某区2025年任务分解\n各项任务均由区应急管理局牵头，2025年11月底前完成。\n"
    draft = read_plan(f"{covered}1.排查隐患。（责任单位：区住建局）\n2.组织演练。（责任单位：区教育局）\n")
    assert [parties(task) for task in draft.tasks] == [
        {"lead": "区应急管理局", "responsible": "区住建局"},
        {"lead": "区应急管理局", "responsible": "区教育局"},
    ]


@pytest.mark.parametrize("due", ["待机构改革后三个月内", "机构改革完成后3个月内", "待省里部署后"])
def test_a_deadline_that_counts_from_an_event_waits_for_a_person(due: str) -> None:
    in_a_table = (
        f"2025年任务分解\n序号\t工作任务\t责任单位\t完成时限\n1\t新增企业\t区商务局\t{due}\n2\t建站\t区通管办\t6月\n"
    )
    in_text = f"2025年任务分解\n1.新增企业。（责任单位：区商务局；完成时限：{due}）\n2.建站。（责任单位：区通管办）\n"
    for text in (in_a_table, in_text):
        task = read_plan(text).tasks[0]
        assert (task.deadline.due_on, task.evidence["deadline"].certainty) == (None, Certainty.DOUBTFUL)


@pytest.mark.parametrize("due", ["2025年6月底或12月底", "5月底前完成方案，其余长期坚持"])
def test_two_deadlines_in_one_cell_wait_for_a_person(due: str) -> None:
    table = (
        f"2025年任务分解\n序号\t工作任务\t责任单位\t完成时限\n1\t新增企业\t区商务局\t{due}\n2\t建站\t区通管办\t6月\n"
    )
    evidence = read_plan(table).tasks[0].evidence["deadline"]
    assert (evidence.certainty, bool(evidence.why)) == (Certainty.DOUBTFUL, True)
