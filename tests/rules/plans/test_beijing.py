"""Facts about the plan of three years without units; each trap of the document has a test that names it."""

from decimal import Decimal

import pytest

from tracker.rules.plan_text.drafts import Certainty, PlanDraft, TaskDraft, TaskKind
from tracker.rules.plan_text.patches import Patch, apply_patches
from tracker.rules.plan_text.reader import read_plan


@pytest.fixture(scope="module")
def tasks(beijing: PlanDraft) -> dict[str, TaskDraft]:
    """The items by number."""
    return {task.number: task for task in beijing.tasks}


def test_five_sections_hold_eighteen_items(beijing: PlanDraft) -> None:
    assert [(section.title, len(section.tasks)) for section in beijing.sections] == [
        ("政治建设", 3), ("业务建设", 6), ("干部队伍建设", 2), ("保障能力建设", 4), ("工作要求", 3),
    ]  # fmt: skip
    assert beijing.dialect == "numbered"


def test_each_year_has_its_goal(beijing: PlanDraft) -> None:
    assert [(goal.year, goal.name, goal.line_from, goal.line_to) for goal in beijing.years] == [
        (2022, "推进年", 49, 49), (2023, "提升年", 51, 51), (2024, "深化年", 53, 53),
    ]  # fmt: skip
    assert beijing.years[1].text.endswith("走在全国前列。")


def test_who_acts_is_proposed_from_the_sentence_and_binds_nobody(tasks: dict[str, TaskDraft]) -> None:
    assert all(task.parties == () for task in tasks.values())
    proposed = {number: [party.name for party in task.proposed] for number, task in tasks.items() if task.proposed}
    assert proposed == {
        "10": ["区司法局"], "11": ["市司法局", "区司法局"], "12": ["市司法局", "区司法局"], "13": ["区司法局"],
        "14": ["市司法局", "区司法局"], "15": ["区司法局"], "16": ["各区司法局", "市司法局"], "17": ["各区司法局"],
        "18": ["各区司法局", "市司法局"],
    }  # fmt: skip
    assert tasks["10"].evidence["proposed"].certainty is Certainty.DOUBTFUL


def test_quantified_standards_become_targets(tasks: dict[str, TaskDraft]) -> None:
    found = {
        (target.amount, target.unit, target.per) for number in ("6", "10", "13") for target in tasks[number].targets
    }

    assert found == {
        (Decimal(3), "名", "每个行政村"), (Decimal(1), "个", "每个街道(乡镇)和社区(村)"), (Decimal(1), "名", ""),
        (Decimal(120), "平方米", ""), (Decimal(30), "平方米", ""),
    }  # fmt: skip
    assert [target.per for target in tasks["11"].targets] == ["每年"]


def test_x4_01_a_number_needs_no_space_behind_it(tasks: dict[str, TaskDraft]) -> None:
    assert tasks["5"].text.startswith("深入推进矛盾纠纷化解工作。")
    assert tasks["4"].text.startswith("深入推进基层政府依法行政。")


def test_x4_02_an_orphan_line_is_reported_and_only_a_patch_drops_it(beijing: PlanDraft, beijing_text: str) -> None:
    (orphan,) = (problem for problem in beijing.problems if problem.code == "orphan_line")
    assert (orphan.line_from, orphan.found) == (39, "升。")
    assert "第39行改为空行" in orphan.handled

    patch = Patch(39, "升。", "", "重复第37行末尾", "督办人员")
    patched = read_plan("\n".join(apply_patches(beijing_text.split("\n"), [patch])))
    assert not any(problem.code == "orphan_line" for problem in patched.problems)


def test_x4_03_sentences_cut_by_a_page_break_are_whole(tasks: dict[str, TaskDraft]) -> None:
    assert "“三项制度”和行政执法责任制" in tasks["4"].text
    assert "重点人帮教工作方案" in tasks["8"].text
    assert "领导司法所规范化建设" in tasks["16"].text


def test_x4_04_slips_of_the_pen_are_kept_as_printed(tasks: dict[str, TaskDraft]) -> None:
    assert "立足司法所新能新任务" in tasks["12"].text
    assert [task.number for task in tasks.values() if "干部队伍建设" in task.section] == ["10", "11"]


def test_x4_05_no_item_has_a_day_it_could_miss(tasks: dict[str, TaskDraft]) -> None:
    assert all(task.deadline.due_on is None for task in tasks.values())


def test_x4_06_requirements_are_told_from_tasks(tasks: dict[str, TaskDraft]) -> None:
    assert [number for number, task in tasks.items() if task.kind is TaskKind.REQUIREMENT] == ["16", "17", "18"]


def test_x4_07_units_of_another_city_are_taken_as_they_are(beijing: PlanDraft) -> None:
    assert beijing.head.addressees == ("各区司法局", "北京经济技术开发区平安办", "市局相关处室")
