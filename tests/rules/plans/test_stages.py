"""Facts about the stages between a text and its tasks, one by one."""

import pytest

from tracker.rules.plan_text.attributes import read_attributes
from tracker.rules.plan_text.blocks import assemble
from tracker.rules.plan_text.brackets import outer_brackets
from tracker.rules.plan_text.drafts import Span
from tracker.rules.plan_text.labels import Label, find_keys
from tracker.rules.plan_text.lines import fold, read_lines
from tracker.rules.plan_text.numbers import Form, read_number
from tracker.rules.plan_text.outline import Outline, build_outline
from tracker.rules.plan_text.phrases import read_phrase
from tracker.rules.plan_text.regions import Region, region_of
from tracker.rules.plan_text.repair import repair
from tracker.rules.plan_text.targets import read_targets


def outline(text: str) -> Outline:
    return build_outline(assemble(read_lines(text)))


# ---- repair


@pytest.mark.parametrize(
    "mark", ["- 3 -", "—3—", "— 12 —", "第3页 共9页", "第三页", "3/9", "·3·", "Page 3 of 9", "【打印】 【关闭】"]
)
def test_page_marks_and_buttons_are_left_out(mark: str) -> None:
    repaired = repair(read_lines(f"1. 甲事项\n{mark}\n继续办理。"))

    assert [line.text for line in repaired.lines] == ["1. 甲事项", "继续办理。"]
    assert len(repaired.dropped) == 1


def test_a_running_head_beside_page_marks_is_left_out() -> None:
    text = "某局文件\n甲\n- 1 -\n某局文件\n乙\n- 2 -\n某局文件\n丙"

    assert [line.text for line in repair(read_lines(text)).lines] == ["某局文件", "甲", "乙", "丙"]


def test_bare_numbers_count_pages_only_with_a_page_of_text_between_them() -> None:
    page = "甲" * 300
    pages = repair(read_lines(f"{page}\n1\n{page}\n2\n{page}"))
    rows = repair(read_lines("1\n甲项\n2\n乙项\n3\n丙项"))

    assert len(pages.lines) == 3
    assert len(rows.lines) == 6


# ---- numbers, brackets, labels


@pytest.mark.parametrize(
    ("line", "form", "rest"),
    [
        ("第一章 甲", Form.CHAPTER, "甲"),
        ("一、甲", Form.PART, "甲"),
        ("（一）甲", Form.STEP, "甲"),
        ("㈠甲", Form.STEP, "甲"),
        ("第三条 甲", Form.ARTICLE, "甲"),
        ("任务一：甲", Form.NAMED, "甲"),
        ("第二项：甲", Form.NAMED, "甲"),
        ("1.甲", Form.ITEM, "甲"),
        ("1．2024年甲", Form.ITEM, "2024年甲"),
        ("1.1 甲乙丙丁", Form.DOTTED, "甲乙丙丁"),
        ("（1）甲", Form.POINT, "甲"),
        ("1）甲", Form.HALF_BRACKET, "甲"),
        ("①甲", Form.CIRCLED, "甲"),
        ("第一，甲", Form.ORDINAL, "甲"),
        ("一是甲", Form.ENUMERATED, "甲"),
        ("——甲", Form.BULLET, "甲"),
        ("2024年甲", None, ""),
        ("3.5 倍", None, ""),
    ],
)
def test_a_number_is_known_by_its_form(line: str, form: Form | None, rest: str) -> None:
    number = read_number(fold(line))

    assert (number.form if number else None) is form
    assert number is None or line[number.rest :] == rest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲（乙（丙）丁）戊", ["（乙（丙）丁）"]),
        ("甲（乙)丙(丁）", ["（乙)", "(丁）"]),
        ("《甲（乙）》（丙）", ["（丙）"]),
        ("甲（乙（丙）", ["（丙）"]),
        ("甲（乙", ["（乙"]),
        ("《甲（乙。（丙）", ["（丙）"]),
    ],
)
def test_the_outermost_brackets_are_matched_in_any_width(text: str, expected: list[str]) -> None:
    assert [text[found.start : found.end] for found in outer_brackets(fold(text))] == expected


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("牵头单位：甲；责任单位：乙；完成时限：6月", [Label.LEAD, Label.RESPONSIBLE, Label.DEADLINE]),
        ("牵头部门：甲 参与部门：乙", [Label.LEAD, Label.COOPERATING]),
        ("【责任单位】甲【完成时限】6月", [Label.RESPONSIBLE, Label.DEADLINE]),
        ("整改责任单位：甲", [Label.RESPONSIBLE]),
        ("责任科室（单位）：甲", [Label.RESPONSIBLE]),
        ("督导单位：甲", [Label.UNKNOWN]),
        ("各区局：", []),
    ],
)
def test_labels_are_found_inside_a_text(text: str, labels: list[Label]) -> None:
    assert [key.label for key in find_keys(fold(text))] == labels


# ---- phrases


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲局牵头，乙局、丙局配合", [("lead", "甲局"), ("cooperating", "乙局、丙局")]),
        ("甲局，各县（市、区）人民政府负责", [("responsible", "甲局，各县（市、区）人民政府")]),
        ("甲局、乙局按职责分工负责，6月底前完成", [("responsible", "甲局、乙局"), ("deadline", "6月底前完成")]),
        ("由甲局会同乙局办理", [("lead", "甲局"), ("cooperating", "乙局")]),
        ("持续推进", [("deadline", "持续推进")]),
    ],
)
def test_a_phrase_of_units_verbs_and_dates_is_read(text: str, expected: list[tuple[str, str]]) -> None:
    parts = read_phrase(text)

    assert parts is not None
    assert [(part.label.value, text[part.start : part.end]) for part in parts] == expected


@pytest.mark.parametrize("text", ["以下简称《意见》", "试行", "志愿者参与，逐户登记", "覆盖率达到90%", "详见附件"])
def test_a_remark_is_no_phrase(text: str) -> None:
    assert read_phrase(text) is None


# ---- attributes and outline


def test_an_attribute_knows_the_letters_it_stands_on() -> None:
    (block,) = assemble(read_lines("\n  1. 甲事项。（责任单位：乙\n局；完成时限：6月）"))
    units, due = read_attributes(block)

    assert (units.value, units.span) == ("乙局", Span(2, 15, 3, 1))
    assert (due.value, due.span) == ("6月", Span(3, 7, 3, 9))


def test_invisible_characters_do_not_shift_a_column() -> None:
    (block,) = assemble(read_lines("\ufeff1. 甲\u200b事项。（责任单位：乙局）"))
    (units,) = read_attributes(block)

    assert units.span == Span(1, 15, 1, 17)


def test_numbers_nest_by_their_forms_and_go_on_across_chapters() -> None:
    tree = outline("一、甲\n（一）乙\n1. 丙\n（1）丁\n（二）戊\n二、己\n（三）庚")

    paths = [[*(above.printed for above in node.path()), node.printed] for node in tree.nodes()]
    assert paths == [
        ["一"], ["一", "（一）"], ["一", "（一）", "1"], ["一", "（一）", "1", "（1）"], ["一", "（二）"], ["二"],
        ["二", "（三）"],
    ]  # fmt: skip


def test_a_heading_without_a_number_begins_a_part() -> None:
    assert [node.heading for node in outline("重点任务\n1. 甲\n工作保障\n1. 乙").roots] == ["重点任务", "工作保障"]


@pytest.mark.parametrize(
    ("heading", "region"),
    [
        ("重点任务", Region.TASKS),
        ("主要任务及分工", Region.TASKS),
        ("指导思想和原则目标", Region.OTHER),
        ("工作目标", Region.OTHER),
        ("实施步骤", Region.STEPS),
        ("组织实施和保障措施", Region.REQUIREMENTS),
        ("切实加强组织领导", Region.REQUIREMENTS),
        ("2023年工作总结", Region.REVIEW),
        ("规范场所建设", Region.UNTOLD),
    ],
)
def test_a_part_is_told_by_its_heading(heading: str, region: Region) -> None:
    assert region_of(heading) is region


# ---- targets


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("组织2次活动", [("2次", "次", "")]),
        ("每季度开展", [("每季度", "", "每季度")]),
        ("新建不少于10个站点", [("不少于10个", "个", "")]),
        ("通过十个街镇", [("十个", "个", "")]),
        ("覆盖率达到90%", [("达到90%", "%", "")]),
        ("增强“四个意识”，落实八项规定", []),
        ("2024年3月起推进", []),
    ],
)
def test_quantities_become_targets(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(target.raw, target.unit, target.per) for target in read_targets(text)] == expected
