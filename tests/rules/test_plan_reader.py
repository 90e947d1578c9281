"""Facts about reading plans in general: invented documents, defects, hostile texts."""

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.effort import at_most
from tracker.rules.plan_text.checks.kinds import KINDS
from tracker.rules.plan_text.document import document_json
from tracker.rules.plan_text.drafts import PlanDraft, PlanUnreadable, Role
from tracker.rules.plan_text.reader import DIALECTS, LONGEST, read_plan

HEAD = """某市某局

某发〔2030〕7号

关于印发《年度工作方案》的通知

各县局：

某市某局

2030年1月15日

年度工作方案

"""


def task(number: int, parties: str = "责任部门：各县局，市局甲处", due: str = "完成时间：2030年6月") -> str:
    return "\n".join(line for line in (f"{number}. 办好第{number}件事并形成报告。", parties, due) if line) + "\n"


def codes(draft: PlanDraft) -> set[str]:
    return {problem.code for problem in draft.problems}


# ---- other plans of the same form


def test_a_plan_without_parts_has_one_nameless_section() -> None:
    draft = read_plan(HEAD + task(1) + task(2))

    assert [(section.number, section.title, len(section.tasks)) for section in draft.sections] == [("", "", 2)]


def test_all_three_roles_are_read_from_their_labels() -> None:
    draft = read_plan(HEAD + task(1, "牵头单位：甲局\n责任单位：乙局、丙局\n配合单位：丁局", "完成时限：3月底前"))

    (only,) = draft.tasks
    assert [(party.printed, party.role) for party in only.parties] == [
        ("甲局", Role.LEAD), ("乙局", Role.RESPONSIBLE), ("丙局", Role.RESPONSIBLE), ("丁局", Role.COOPERATING),
    ]  # fmt: skip
    assert "no_lead" not in codes(draft)


def test_a_month_without_a_year_takes_the_year_of_issue() -> None:
    assert read_plan(HEAD + task(1, due="完成时间：12月")).tasks[0].deadline.value == "2030-12"


def test_a_leader_named_in_a_label_is_not_a_unit_and_does_not_end_the_task() -> None:
    (only,) = read_plan(HEAD + task(1, "责任领导：赵某\n责任部门：甲局")).tasks

    assert [party.printed for party in only.parties] == ["甲局"]
    assert only.deadline.value == "2030-06"


def test_numbered_items_outside_the_task_list_are_not_tasks() -> None:
    text = HEAD + "一、总体要求\n1. 提高认识。\n2. 加强领导。\n二、任务\n" + task(1)

    assert [entry.text for entry in read_plan(text).tasks] == ["办好第1件事并形成报告。"]


def test_the_signature_under_the_list_does_not_become_part_of_it() -> None:
    draft = read_plan(HEAD + task(1, due="") + "抄送：某委、某办。\n某局办公室\n2030年1月16日印发\n")

    assert [party.printed for party in draft.tasks[0].parties] == ["各县局", "市局甲处"]
    assert draft.head.copied_to == ("某委", "某办")
    assert draft.head.printed_by == "某局办公室"


# ---- defects that a person should know


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEAD + task(1) + task(3), "numbering"),
        (HEAD + task(1) + task(1), "numbering"),
        (HEAD + task(1) + "二、其他\n责任部门：乙局\n", "stray_label"),
        (HEAD + task(1) + "完成时间：2030年9月\n", "stray_label"),
        (HEAD + task(1, parties=""), "no_parties"),
        (HEAD + task(1, due=""), "no_deadline"),
        (HEAD + task(1, due="完成时间：尽快"), "unreadable_deadline"),
        (task(1, due="完成时间：12月"), "unreadable_deadline"),
        (HEAD + task(1, due="完成时间：2029年12月"), "due_before_issue"),
        (HEAD + task(1, due="完成时间：2030年1月"), "short_notice"),
        (HEAD + task(1, parties="责任部门：甲局、甲局"), "repeated_party"),
        (HEAD + task(1, parties="责任部门：各县局"), "no_office"),
        (HEAD + task(1) + task(2).replace("并", "\x00并"), "invisible_characters"),
        (task(1), "head_incomplete"),
    ],
)
def test_a_defect_is_found_by_comparison(text: str, code: str) -> None:
    assert code in codes(read_plan(text))


def test_a_sound_plan_has_no_warning() -> None:
    draft = read_plan(HEAD + task(1) + task(2))

    assert [problem for problem in draft.problems if problem.severity == "warning"] == []


def test_an_item_that_lost_its_label_lines_is_still_a_task() -> None:
    draft = read_plan(HEAD + "一、任务\n" + task(1) + task(2, "", "") + task(3))

    assert [entry.number for entry in draft.tasks] == ["1", "2", "3"]
    assert {"no_parties", "no_deadline"} <= codes(draft)


def test_ongoing_work_needs_no_day() -> None:
    assert "no_deadline" not in codes(read_plan(HEAD + task(1, due="完成时间：持续推进")))


def test_every_kind_of_problem_says_what_was_done_about_it() -> None:
    assert all(kind.message.endswith("。") and kind.handled.endswith("。") for kind in KINDS.values())


# ---- texts that are no plans


@pytest.mark.parametrize("text", ["", " \n\t\n", "\ufeff\u200b\x00"])
def test_an_empty_text_is_refused_with_advice(text: str) -> None:
    with pytest.raises(PlanUnreadable, match=r"没有可读的文字.*重新上传"):
        read_plan(text)


@pytest.mark.parametrize("text", ["你好", HEAD, "1. 一件事。\n2. 又一件事。", "责任部门：甲处", "PK\x03\x04\x14"])
def test_a_text_without_tasks_is_refused_with_advice(text: str) -> None:
    with pytest.raises(PlanUnreadable, match=r"没有找到任务.*重新上传"):
        read_plan(text)


def test_a_text_longer_than_any_plan_is_refused() -> None:
    with pytest.raises(PlanUnreadable, match="文件过长"):
        read_plan("1" * (LONGEST + 1))


HOSTILE: dict[str, Callable[[], str]] = {
    "one long line": lambda: "1. " + "甲" * 500_000 + "\n责任部门：各区局\n",
    "100,000 lines of one task": lambda: "1. 甲\n责任部门：甲\n" + "甲，乙\n" * 100_000,
    "100,000 headings": lambda: "二、实施步骤\n" + "（一）甲（3月）\n" * 100_000,
    "10,000 tasks": lambda: "".join(task(number % 999) for number in range(10_000)),
    "a list of 100,000 units": lambda: "1. 甲\n责任部门：" + "市局甲处、" * 100_000,
    "brackets never closed": lambda: "1. 甲\n责任部门：" + "（" * 500_000,
    "quotations never closed": lambda: "《" * 500_000,
    "half a reference": lambda: "《甲〔" * 200_000,
    "references": lambda: "《甲》(甲甲〔2021〕1号)" * 50_000,
    "a deadline of years": lambda: "1. 甲\n完成时间：" + "2021年" * 200_000,
    "empty deadlines": lambda: "1. 甲\n" + "完成时间：\n" * 50_000,
    "a step that names nobody": lambda: "二、实施步骤\n（一）甲（3月）\n" + "由" * 500_000 + "\n1. 甲\n责任部门：甲\n",
    "words of spaced characters": lambda: "甲 " * 300_000,
    "control characters": lambda: "\x00\x1b[31m" * 200_000,
    "spaces": lambda: "1" + " " * 500_000 + ". 甲",
    "dates": lambda: "2021年2月9日\n" * 50_000,
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_is_read_or_refused_in_seconds(make: Callable[[], str]) -> None:
    text = make()

    with at_most(20), contextlib.suppress(PlanUnreadable):
        read_plan(text)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="1. 一、（二）甲乙处责任部门完成时间：2021年3月，。\n《》〔〕实施步骤于前由", max_size=200))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    try:
        draft = read_plan("1. 甲\n责任部门：乙\n" + text)
    except PlanUnreadable:
        return
    document_json(draft)
    assert all(problem.line_from <= problem.line_to for problem in draft.problems)


# ---- the form given to others


def test_the_document_has_the_fixed_shape(shanghai: PlanDraft) -> None:
    document = document_json(shanghai)

    assert set(document) == {"document", "tasks", "milestones", "problems", "years"}
    assert set(document["tasks"][2]) == {
        "number", "section", "text", "lead", "responsible", "cooperating", "parties", "deadline", "source",
        "kind", "proposed", "targets", "evidence",
    }  # fmt: skip
    assert document["tasks"][2]["responsible"] == ["各区局", "市局复议处", "应诉处", "各司法所"]
    assert document["tasks"][2]["deadline"] == {"kind": "month", "value": "2021-03", "raw": "2021年3月"}
    assert document["tasks"][2]["source"] == {"line_from": 82, "line_to": 86}
    assert document["tasks"][2]["parties"][2]["name"] == "市局应诉处"
    assert document["tasks"][2]["evidence"]["deadline"] == {
        "rule": "label_line", "certainty": "certain", "why": "",
        "spans": [{"line_from": 86, "column_from": 5, "line_to": 86, "column_to": 12}],
    }  # fmt: skip


def test_every_dialect_is_named_in_the_draft_it_reads(shanghai: PlanDraft) -> None:
    assert shanghai.dialect in DIALECTS
