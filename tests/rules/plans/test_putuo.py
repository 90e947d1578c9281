"""Facts about the plan of 2024 with 89 tasks; each trap of the document has a test that names it."""

import io
import json
import runpy
from collections import Counter
from pathlib import Path

import pytest

from tracker.rules.calendar import DeadlineKind
from tracker.rules.plan_text.document import document_json
from tracker.rules.plan_text.drafts import Certainty, PlanDraft, Problem, Role, TaskDraft

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture(scope="module")
def tasks(putuo: PlanDraft) -> dict[str, TaskDraft]:
    """The tasks by number."""
    return {task.number: task for task in putuo.tasks}


@pytest.fixture(scope="module")
def problems(putuo: PlanDraft) -> dict[str, list[Problem]]:
    """The problems by code."""
    by_code: dict[str, list[Problem]] = {}
    for problem in putuo.problems:
        by_code.setdefault(problem.code, []).append(problem)
    return by_code


def printed(task: TaskDraft, role: Role = Role.RESPONSIBLE) -> list[str]:
    return [party.printed for party in task.of_role(role)]


def affected(problems: list[Problem]) -> list[str]:
    return [number for problem in problems for number in problem.tasks]


def test_the_reading_scores_one_in_every_column(putuo: PlanDraft, tmp_path: Path) -> None:
    (tmp_path / "seed_putuo_89.json").write_text(json.dumps(document_json(putuo)), encoding="utf-8")

    score = runpy.run_path(str(GOLDEN / "score.py"))
    columns = score["run"](str(tmp_path), str(GOLDEN), out=io.StringIO())["documents"]["seed_putuo_89"]

    assert {name: columns[name] for name in ("recall", "precision", "lead", "responsible", "due_s", "f1")} == {
        "recall": 1, "precision": 1, "lead": 1, "responsible": 1, "due_s": 1, "f1": 1,
    }  # fmt: skip


def test_five_parts_hold_eighty_nine_tasks(putuo: PlanDraft) -> None:
    assert [(section.number, len(section.tasks)) for section in putuo.sections] == [
        ("一", 15), ("二", 16), ("三", 15), ("四", 18), ("五", 25),
    ]  # fmt: skip
    assert [task.number for task in putuo.tasks] == [str(number) for number in range(1, 90)]
    assert len({task.section for task in putuo.tasks}) == 17


def test_months_printed_without_a_year_belong_to_the_year_of_the_title(putuo: PlanDraft) -> None:
    due = Counter(task.deadline.value for task in putuo.tasks)

    assert putuo.head.title == "2024年普陀区司法行政工作要点 和责任分工"
    assert due == {
        "2024-12": 66, None: 7, "2024-06": 5, "2024-10": 4, "2024-03": 2, "2024-09": 2, "2024-01": 2, "2024-11": 1,
    }  # fmt: skip


def test_sixteen_tasks_have_a_lead_and_two_have_several(putuo: PlanDraft, tasks: dict[str, TaskDraft]) -> None:
    assert sum(bool(task.of_role(Role.LEAD)) for task in putuo.tasks) == 16
    assert printed(tasks["78"], Role.LEAD) == ["办公室", "普法治理科"]
    assert printed(tasks["79"], Role.LEAD) == ["办公室", "公共法律服务管理科", "人民参与和促进法治科"]


def test_work_that_goes_on_has_no_day(putuo: PlanDraft) -> None:
    ongoing = [task.number for task in putuo.tasks if task.deadline.kind is DeadlineKind.ONGOING]

    assert ongoing == ["18", "20", "21", "24", "25", "26", "28"]


def test_counts_inside_the_text_become_targets(tasks: dict[str, TaskDraft]) -> None:
    assert [target.raw for number in ("11", "16", "23") for target in tasks[number].targets] == [
        "每季度", "2次", "十个",
    ]  # fmt: skip


def test_a_units_evidence_points_at_its_letters(putuo: PlanDraft, putuo_text: str) -> None:
    lines = putuo_text.split("\n")

    for task in putuo.tasks:
        for span in task.evidence["deadline"].spans:
            assert lines[span.line_from - 1][span.column_from : span.column_to] == task.deadline.raw


def test_x3_01_tasks_due_before_the_issue_are_reported_and_keep_their_day(problems: dict[str, list[Problem]]) -> None:
    assert affected(problems["due_before_issue"]) == ["23", "58"]


def test_x3_02_items_cut_by_a_page_break_are_whole(tasks: dict[str, TaskDraft]) -> None:
    assert printed(tasks["38"]) == printed(tasks["37"], Role.LEAD) == ["普法治理科"]
    assert printed(tasks["25"]) == ["行政复议科"]
    assert printed(tasks["75"]) == ["政治处", "公共法律服务管理科"]
    assert tasks["80"].deadline.value == "2024-12"
    assert "示范街道乡镇”创建培育" in tasks["13"].text
    assert "做好《提升行政执法质量" in tasks["19"].text


def test_x3_02_a_name_joined_at_a_page_break_is_doubtful(tasks: dict[str, TaskDraft]) -> None:
    doubtful = [
        task.number
        for task in tasks.values()
        if any(evidence.certainty is Certainty.DOUBTFUL for evidence in task.evidence.values())
    ]

    assert doubtful == ["25", "75"]


def test_x3_03_brackets_that_open_and_close_unlike_are_read_and_reported(
    tasks: dict[str, TaskDraft], problems: dict[str, list[Problem]]
) -> None:
    assert all(printed(tasks[str(number)], Role.LEAD) == ["办公室"] for number in range(80, 87))
    assert problems["unlike_brackets"][0].found == "第157、315、319、321、323、325、327、329行"


def test_x3_04_a_bracket_inside_the_bracket_belongs_to_its_name(tasks: dict[str, TaskDraft]) -> None:
    assert printed(tasks["64"]) == ["区公共法律服务中心（各街镇工作站）", "法律援助中心"]


def test_x3_05_full_stops_and_spaces_out_of_place_do_not_matter(tasks: dict[str, TaskDraft]) -> None:
    assert tasks["46"].text.endswith("服务网络。")
    assert tasks["81"].text.endswith("工作影响力")
    assert tasks["7"].deadline.value == "2024-12"


def test_x3_06_comma_and_pause_mark_both_divide_a_list(tasks: dict[str, TaskDraft]) -> None:
    assert printed(tasks["77"]) == ["各科处室", "法律援助中心", "公证处"]
    assert printed(tasks["81"]) == ["各科处室", "各司法所", "法律援助中心", "公证处"]


def test_x3_07_spellings_of_one_unit_are_reported_and_kept(problems: dict[str, list[Problem]]) -> None:
    assert {problem.found for problem in problems["name_variant"]} == {
        "普法治理科 / 普法与依法治理科", "各科室 / 各科处室", "法律援助中心 / 区法律援助中心", "公证处 / 普陀公证处",
    }  # fmt: skip


def test_x3_08_a_group_that_holds_the_lead_is_reported(problems: dict[str, list[Problem]]) -> None:
    expected = [str(number) for number in range(77, 90) if number != 82]

    assert affected(problems["group_contains_lead"]) == expected


def test_x3_09_the_summary_before_the_plan_holds_no_task(putuo: PlanDraft, problems: dict[str, list[Problem]]) -> None:
    (summary,) = problems["summary_left_out"]

    assert (summary.line_from, summary.line_to) == (19, 86)
    assert putuo.tasks[0].line_from == 95
    assert [problem.line_from for problem in problems["foreign_word"]] == [21]


def test_x3_10_a_sentence_without_its_verb_is_kept_as_printed(tasks: dict[str, TaskDraft]) -> None:
    assert tasks["65"].text.startswith("深入司法所规范化建设年活动，")
    assert "打造“掌上枫桥”、“楼上枫桥”，“链上枫桥”、“心上枫桥”" in tasks["53"].text


def test_x3_11_overlapping_tasks_refer_to_each_other_and_stay_apart(problems: dict[str, list[Problem]]) -> None:
    pairs = {problem.tasks for problem in problems["shared_wording"]}

    assert {("1", "36"), ("14", "77"), ("39", "78")} <= pairs


def test_x3_12_a_month_in_which_most_tasks_are_due_is_reported(problems: dict[str, list[Problem]]) -> None:
    assert [problem.found for problem in problems["crowded_month"]] == ["2024年12月：66项"]
