"""Facts about the plan of 2021 as the reader finds it; each trap of the document has a test that names it."""

from collections import Counter
from datetime import date

import pytest

from tracker.rules.notices import latest_notice
from tracker.rules.plan_text.drafts import PlanDraft, Problem, Role, Severity, TaskDraft
from tracker.workdays.arrangements import is_working

Tasks = dict[str, TaskDraft]
Problems = dict[str, list[Problem]]


def printed(task: TaskDraft) -> list[str]:
    return [party.printed for party in task.parties]


def affected(problems: list[Problem]) -> list[str]:
    return [number for problem in problems for number in problem.tasks]


# ---- the head


def test_the_head_says_who_issued_what_and_when(shanghai: PlanDraft) -> None:
    head = shanghai.head

    assert (head.doc_number, head.issuer, head.printed_by) == (
        "沪司发〔2021〕11号",
        "上海市司法局",
        "上海市司法局办公室",
    )
    assert (head.issued_on, head.printed_on, head.openness) == (date(2021, 2, 9), date(2021, 2, 10), "主动公开")
    assert head.published_on == date(2021, 2, 10)


def test_the_notice_and_the_plan_have_each_their_title(shanghai: PlanDraft) -> None:
    assert shanghai.head.notice_title.startswith("关于印发《关于贯彻落实〈")
    assert shanghai.head.notice_title.endswith("》的通知")
    assert shanghai.head.title.startswith("关于贯彻落实《")
    assert shanghai.head.title.endswith("》的实施方案")


def test_recipients_are_named_one_by_one(shanghai: PlanDraft) -> None:
    assert shanghai.head.addressees == ("市局各相关部门", "各区局")
    assert shanghai.head.copied_to == ("市委组织部", "市委编办", "市发展改革委", "市财政局")


def test_the_parent_document_is_the_one_that_the_title_carries_out(shanghai: PlanDraft) -> None:
    parent = shanghai.head.parent

    assert parent is not None
    assert (parent.doc_number, parent.issued_on) == ("沪司发〔2020〕108号", date(2020, 12, 18))
    assert (parent.short_name, parent.line) == ("意见", 23)


# ---- sections and tasks


def test_six_sections_hold_twenty_eight_tasks(shanghai: PlanDraft) -> None:
    assert [(section.number, len(section.tasks)) for section in shanghai.sections] == [
        ("一", 11), ("二", 3), ("三", 2), ("四", 5), ("五", 4), ("六", 3),
    ]  # fmt: skip
    assert [task.number for task in shanghai.tasks] == [str(number) for number in range(1, 29)]


def test_due_months_are_spread_as_in_the_document(shanghai: PlanDraft) -> None:
    months = Counter(task.deadline.due_on.month for task in shanghai.tasks if task.deadline.due_on)

    assert months == {2: 2, 3: 6, 4: 4, 5: 4, 6: 4, 7: 3, 8: 2, 9: 3}


def test_twenty_one_offices_are_named_in_forty_places(shanghai: PlanDraft) -> None:
    offices = Counter(party.name for task in shanghai.tasks for party in task.parties if not party.collective)

    assert (len(offices), offices.total()) == (21, 40)
    assert offices.most_common(2) == [("市局促进法治处", 11), ("市局人事处", 4)]


def test_every_task_binds_all_districts_and_all_offices(shanghai: PlanDraft) -> None:
    for task in shanghai.tasks:
        assert (printed(task)[0], printed(task)[-1]) == ("各区局", "各司法所")


def test_a_span_runs_from_the_text_to_the_deadline(tasks: Tasks, shanghai_text: str) -> None:
    lines = shanghai_text.split("\n")

    for task in tasks.values():
        assert lines[task.line_from - 1].startswith(f"{task.number}. ")
        assert lines[task.line_to - 1] == f"完成时间：{task.deadline.raw}"


def test_every_sentence_of_a_task_is_kept_to_the_last_character(tasks: Tasks, shanghai_text: str) -> None:
    source = "".join(shanghai_text.split("\n"))

    for task in tasks.values():
        assert task.text in source
        assert task.text.endswith("。")


# ---- the traps


def test_x1_01_a_word_cut_by_a_page_break_is_joined_without_a_space(tasks: Tasks, problems: Problems) -> None:
    assert "指导推动基层法治文化建设。" in tasks["5"].text
    assert "参与司法所工作，通过政府购买服务" in tasks["14"].text
    assert "与区局机关、街道乡镇及其他单位" in tasks["21"].text
    assert "司法所工作先进集体和先进个人" in tasks["28"].text
    assert affected(problems["text_joined"]) == ["5", "14", "21", "28"]


def test_x1_01_the_cut_in_the_body_is_reported_too(problems: Problems) -> None:
    assert [(problem.line_from, problem.line_to) for problem in problems["text_joined"] if not problem.tasks] == [
        (50, 52)
    ]


def test_x1_02_a_unit_cut_by_a_page_break_is_one_unit(tasks: Tasks, problems: Problems) -> None:
    assert printed(tasks["10"]) == ["各区局", "市局律工处", "促进法治处", "公服处", "各司法所"]
    (problem,) = problems["parties_joined"]
    assert (problem.tasks, problem.line_from, problem.line_to) == (("10",), 128, 130)


def test_x1_03_spaces_inside_a_date_do_not_matter(tasks: Tasks, problems: Problems) -> None:
    assert tasks["10"].deadline.raw == "2021 年 3 月"
    assert tasks["10"].deadline.value == tasks["9"].deadline.value == "2021-03"
    assert affected(problems["spaces_in_deadline"]) == ["10", "11", "12", "13", "26", "27"]


def test_x1_04_a_prefix_written_once_holds_for_its_whole_group(tasks: Tasks, problems: Problems) -> None:
    group = [party for party in tasks["9"].parties if party.group_index == 2]

    assert [party.name for party in group] == [
        "市局促进法治处", "市局律工处", "市局公管处", "市局司鉴处", "市局仲裁处", "市局公服处",
    ]  # fmt: skip
    assert [party.printed for party in group][1:] == ["律工处", "公管处", "司鉴处", "仲裁处", "公服处"]
    assert affected(problems["shared_prefix"]) == ["3", "9", "10", "11", "12", "13", "14", "16", "19", "20", "25"]


def test_x1_04_a_comma_ends_the_group_and_its_prefix(tasks: Tasks) -> None:
    assert [(party.name, party.group_index) for party in tasks["3"].parties] == [
        ("各区局", 1), ("市局复议处", 2), ("市局应诉处", 2), ("各司法所", 3),
    ]  # fmt: skip


def test_x1_05_nobody_is_made_lead_by_standing_first(shanghai: PlanDraft, problems: Problems) -> None:
    assert not any(task.of_role(Role.LEAD) for task in shanghai.tasks)
    assert len(problems["no_lead"]) == 1


def test_x1_05_the_order_of_offices_is_kept_and_differences_are_reported(tasks: Tasks, problems: Problems) -> None:
    assert printed(tasks["13"])[1:3] == ["市局人事处", "促进法治处"]
    assert printed(tasks["14"])[1:3] == ["市局促进法治处", "人事处"]
    assert [problem.tasks for problem in problems["order_differs"]] == [("9", "10"), ("12", "13", "14")]


def test_x1_06_a_longer_term_in_the_text_does_not_move_the_deadline(tasks: Tasks, problems: Problems) -> None:
    (problem,) = problems["long_term"]

    assert tasks["18"].deadline.due_on == date(2021, 9, 30)
    assert problem.tasks == ("18",)
    assert "在2年内" in problem.found
    assert "2023年2月" in problem.handled


def test_x1_07_tasks_due_within_a_month_of_publication_are_reported(tasks: Tasks, problems: Problems) -> None:
    assert affected(problems["short_notice"]) == ["7", "8"]
    due_on = tasks["7"].deadline.due_on
    assert due_on is not None
    notice = latest_notice(due_on, date(2021, 2, 10), date(2021, 2, 10), is_working)
    assert notice is not None
    assert notice.step == "publication"


def test_x1_08_continuing_duties_with_a_month_need_an_agreed_sentence(problems: Problems) -> None:
    assert affected(problems["continuing_duty"]) == [str(number) for number in range(1, 12)]


def test_x1_09_the_evaluation_lies_outside_the_phase_of_its_heading(shanghai: PlanDraft, problems: Problems) -> None:
    (evaluation,) = (step for step in shanghai.milestones if step.kind == "evaluation")

    assert (evaluation.window.starts_on, evaluation.window.ends_on) == (date(2021, 10, 1), date(2021, 10, 31))
    assert evaluation.outside_phase
    assert evaluation.line_from == evaluation.line_to == 40
    (problem,) = problems["outside_phase"]
    assert problem.severity is Severity.WARNING
    assert "2021年2月至9月" in problem.found


def test_x1_10_mixed_brackets_are_read_alike_and_kept_as_printed(shanghai: PlanDraft, problems: Problems) -> None:
    assert [step.title for step in shanghai.milestones if step.phase is None] == [
        "统一部署,召开全市司法所工作会议",
        "组织轮训,全面提升履职能力",
        "加强督办，确保《意见》落地见效",
        "总结评估，形成常态化机制",
    ]
    assert problems["mixed_width"][0].found == "半角见第23、27、31、32、34、224行"


def test_x1_11_the_document_knows_no_points(problems: Problems) -> None:
    assert len(problems["no_scoring"]) == 1


def test_tasks_without_a_city_office_are_reported_and_nobody_is_assigned(tasks: Tasks, problems: Problems) -> None:
    assert affected(problems["no_office"]) == ["15", "17", "18", "21"]
    assert printed(tasks["15"]) == ["各区局", "各司法所"]


def test_a_report_period_that_is_not_given_is_not_invented(problems: Problems) -> None:
    assert [(problem.line_from, problem.found) for problem in problems["no_report_period"]] == [(40, "定期上报")]


def test_no_other_kinds_of_problem_are_found(problems: Problems) -> None:
    assert set(problems) == {
        "ambiguous_date", "continuing_duty", "long_term", "mixed_width", "no_lead", "no_office", "no_owner",
        "no_report_period", "no_scoring", "order_differs", "outside_phase", "parties_joined", "shared_prefix",
        "short_notice", "spaces_in_deadline", "text_joined", "title_spelling",
    }  # fmt: skip


# ---- the steps of the plan


@pytest.mark.parametrize(
    ("kind", "owner", "starts_on", "ends_on", "lines"),
    [
        ("meeting", "市局促进法治处", date(2021, 2, 21), date(2021, 2, 28), (31, 32)),
        ("training", "", date(2021, 4, 1), date(2021, 4, 30), (34, 36)),
        ("supervision", "市局促进法治处", date(2021, 2, 1), date(2021, 9, 30), (38, 40)),
        ("evaluation", "市局", date(2021, 10, 1), date(2021, 10, 31), (40, 40)),
        ("summary", "各区局", date(2021, 9, 1), date(2021, 9, 30), (42, 44)),
        ("self_evaluation", "各区局", None, date(2021, 9, 20), (44, 44)),
    ],
)
def test_a_step_has_its_owner_its_days_and_its_lines(
    shanghai: PlanDraft, kind: str, owner: str, starts_on: date | None, ends_on: date, lines: tuple[int, int]
) -> None:
    (step,) = (step for step in shanghai.milestones if step.kind == kind)

    assert step.owner == owner
    assert (step.window.starts_on, step.window.ends_on) == (starts_on, ends_on)
    assert (step.line_from, step.line_to) == lines


def test_the_training_has_three_sessions_of_two_days(shanghai: PlanDraft) -> None:
    (training,) = (step for step in shanghai.milestones if step.kind == "training")

    assert (training.sessions, training.days_per_session) == (3, 2)
    assert training.participants == "全市司法所所长、各区促进法治科（处）和依法治区秘书科（处）负责人"


def test_the_self_evaluation_keeps_its_ambiguous_wording(shanghai: PlanDraft, problems: Problems) -> None:
    (step,) = (step for step in shanghai.milestones if step.window.ambiguous)

    assert (step.kind, step.window.raw) == ("self_evaluation", "9月中旬前")
    assert "2021-09-20" in problems["ambiguous_date"][0].handled
