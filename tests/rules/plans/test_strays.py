"""Facts about tasks that lost their number, plain wordings of who and when, records and calendars of work."""

import pytest

from tests.effort import at_most
from tests.plan_facts import Fact, facts
from tracker.rules.plan_text.drafts import Certainty, PlanDraft
from tracker.rules.plan_text.reader import read_plan

HEAD = "某市某局2030年重点工作方案\n"
TWO = [Fact("建设水厂", "", "甲局", "乙局、丙局", "2030-06"), Fact("改造小区", "", "丁局", "各街道", "2030-10")]


def read(body: str) -> PlanDraft:
    return read_plan(HEAD + body)


def test_paragraphs_with_their_own_units_and_deadline_behind_an_item_are_tasks_to_be_confirmed() -> None:
    draft = read(
        "1. 制定计划。（责任单位：甲局；完成时限：2月）\n2. 完成验收。时限：明年3月\n"
        "（责任单位：乙局；完成时限：2030年5月）采购记录仪。\n· 建立台账（责任单位：丙室，完成时限：2030年7月）\n"
    )

    assert facts(draft)[1:] == [
        Fact("完成验收。", "", "", "", "2031-03"),
        Fact("采购记录仪。", "", "乙局", "", "2030-05"),
        Fact("建立台账", "", "丙室", "", "2030-07"),
    ]
    assert [task.evidence["text"].certainty for task in draft.tasks[2:]] == [Certainty.DOUBTFUL] * 2
    assert [(task.line_from, task.line_to) for task in draft.tasks] == [(2, 2), (3, 3), (4, 4), (5, 5)]


def test_an_item_with_two_statements_in_one_paragraph_is_doubtful() -> None:
    draft = read(
        "1. 制定计划。（责任单位：甲局；完成时限：2月）建立台账。（责任单位：乙局；完成时限：7月）\n"
        "2. 完成验收。（责任单位：甲局；完成时限：3月）\n"
    )

    assert [task.evidence["text"].certainty for task in draft.tasks] == [Certainty.DOUBTFUL, Certainty.CERTAIN]
    assert draft.tasks[0].evidence["text"].why


def test_a_labelled_sentence_without_a_number_between_numbered_ones_is_a_task() -> None:
    draft = read(
        "一、夯实基础\n1. 修订制度。（责任单位：甲局；完成时限：2月）\n二、提升能力\n"
        "完善回访机制。（责任单位：乙局；完成时限：第三季度）\n"
        "2. 召开座谈会。（责任单位：丙局；完成时限：4月）\n3. 推进数据治理。（责任单位：丁局；完成时限：5月）\n"
    )

    assert [(task.number, task.text) for task in draft.tasks] == [
        ("1", "修订制度。"),
        ("1-1", "完善回访机制。"),
        ("2", "召开座谈会。"),
        ("3", "推进数据治理。"),
    ]
    assert draft.tasks[1].evidence["text"].certainty is Certainty.DOUBTFUL
    assert [party.name for party in draft.tasks[2].parties] == ["丙局"]


def test_a_row_without_a_number_is_no_head_of_another_table() -> None:
    draft = read_plan(
        "序号\t工作任务\t责任单位\t完成时限\n1\t甲任务\t办公室\t2030年4月\n2\t乙任务\t政治处\t2030年5月\n"
        "\t丙任务\t装备科\t2030年6月\n"
    )

    assert facts(draft)[2] == Fact("丙任务", "", "装备科", "", "2030-06")


@pytest.mark.parametrize(("wording", "due"), [("一季度", "2030-Q1"), ("6月30日前", "2030-06-30"), ("长期", "ongoing")])
def test_a_short_label_before_nothing_but_a_deadline_is_a_label(wording: str, due: str) -> None:
    draft = read(
        f"1. 制定计划。牵头部门：甲科；配合部门：乙处。时限：{wording}\n2. 组织培训。牵头部门：乙处。时限：9月\n"
    )

    assert facts(draft)[0] == Fact("制定计划。", "甲科", "", "乙处", due)


def test_the_end_of_a_sentence_may_say_who_and_until_when() -> None:
    draft = read("一是加强宣传，由甲科牵头，2030年6月底前完成。\n二是推进调解，由乙科负责，9月底前完成。\n")

    assert facts(draft) == [
        Fact("加强宣传，由", "甲科", "", "", "2030-06"),
        Fact("推进调解，由", "", "乙科", "", "2030-09"),
    ]
    assert draft.tasks[0].evidence["lead"].certainty is Certainty.LIKELY


RECORDS: dict[str, str] = {
    "on lines of their own": (
        "一、建设水厂\n【主办单位】甲局\n【协办单位】乙局、丙局\n【办理时限】6月底前\n【进展】已招标。\n"
        "二、改造小区\n【主办单位】丁局\n【协办单位】各街道\n【办理时限】2030年10月\n【进展】在设计。\n"
    ),
    "on one line": (
        "1．建设水厂\n【主办单位】甲局 【协办单位】乙局、丙局 【办理时限】6月底前 【进展】已招标。\n"
        "2．改造小区\n【主办单位】丁局 【协办单位】各街道 【办理时限】2030年10月 【进展】在设计。\n"
    ),
    "without numbers": (
        "建设水厂\n【主办单位】甲局\n【协办单位】乙局、丙局\n【办理时限】6月底前\n【进展】已招标。\n"
        "改造小区\n【主办单位】丁局\n【协办单位】各街道\n【办理时限】2030年10月\n【进展】在设计。\n"
    ),
    "with colons, and named progress": (
        "【督查事项一】建设水厂\n【主办单位】：甲局\n【协办单位】：乙局、丙局\n【办理时限】：6月底前\n【办理进展】：已招标。\n"
        "【督查事项二】改造小区\n【主办单位】：丁局\n【协办单位】：各街道\n【办理时限】：2030年10月\n【办理进展】：在设计。\n"
    ),
    "that begin with a label": (
        "【事项】建设水厂\n【主办单位】甲局\n【协办单位】乙局、丙局\n【办理时限】6月底前\n【进展】已招标。\n"
        "【事项】改造小区\n【主办单位】丁局\n【协办单位】各街道\n【办理时限】2030年10月\n【进展】在设计。\n"
    ),
}


@pytest.mark.parametrize("body", RECORDS.values(), ids=RECORDS)
def test_records_with_labels_in_brackets_are_tasks(body: str) -> None:
    draft = read_plan("某市2030年督查台账\n" + body)

    assert facts(draft, 10) == TWO


def test_the_content_behind_a_label_is_part_of_the_task() -> None:
    draft = read("1. 修订规程\n工作内容：修订办案规程全文。\n责任单位：甲局\n2. 开展检查\n责任单位：乙局\n")

    assert [task.text for task in draft.tasks] == ["修订规程\n修订办案规程全文。", "开展检查"]


@pytest.mark.parametrize(
    "months", [("★三月", "★四月"), ("一、3月份", "二、4月份"), ("一、三月重点工作", "二、四月重点工作")]
)
def test_tasks_under_a_month_are_due_in_it(months: tuple[str, str]) -> None:
    draft = read(
        f"{months[0]}\n1. 开展志愿服务。（责任单位：甲科）\n2. 召开工作会议。（责任单位：乙科）\n"
        f"{months[1]}\n1. 开展教育宣传。（责任单位：丙科）\n2. 组织春季培训。（责任单位：丁科；完成时限：4月20日）\n"
    )

    assert [task.deadline.value for task in draft.tasks] == ["2030-03", "2030-03", "2030-04", "2030-04-20"]
    assert draft.tasks[0].evidence["deadline"].certainty is Certainty.LIKELY
    assert draft.tasks[0].text == "开展志愿服务。"


def test_a_plan_of_one_year_has_no_goals_of_years(putuo: PlanDraft) -> None:
    assert putuo.years == ()


MARKS = "\u200b\n\ufeff\n\u202e\n"
STACKED = "".join(f"{cell}\n\n" for cell in ("序号", "工作项目", "工作内容", "责任部门", "完成时间", "备注"))
ROWS = "".join(
    f"{count}\n\n修复档案\n\n修复破损档案{count}页。\n\n利用科\n\n2030.1{count % 3}\n\n" for count in range(1, 6)
)


@pytest.mark.parametrize(
    "text",
    [
        STACKED + MARKS + ROWS,
        STACKED + ROWS + MARKS + STACKED + ROWS,
        MARKS + STACKED.replace("\n\n", f"\n{MARKS}") + ROWS.replace("\n\n", f"\n{MARKS}"),
        STACKED + "责任部门：\n" + MARKS + "完成时间：\n" + MARKS + ROWS,
        STACKED + ROWS.replace("利用科", "\u200b"),
    ],
)
def test_lines_of_nothing_but_invisible_marks_stop_no_table(text: str) -> None:
    with at_most(0.5):
        draft = read_plan("某馆2030年重点工作计划表\n" + text)

    assert draft.tasks


def test_thousands_of_different_units_are_compared_in_a_fraction_of_a_second() -> None:
    rows = (
        f"{count}\t推进第{count}项工作\t市{chr(0x4E00 + count)}{chr(0x5E00 + count)}局\t6月" for count in range(1, 1500)
    )

    with at_most(1.5):
        draft = read_plan("某市2030年任务清单\n序号\t工作任务\t责任单位\t完成时限\n" + "\n".join(rows))

    assert len(draft.tasks) == 1499
