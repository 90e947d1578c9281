"""The form of 112 indicators is read whole from its damaged tables (requirements 2.3)."""

import re
from collections import Counter

import pytest

from tests.golden_files import same_as_golden
from tracker.rules.indicators.cells import read_cell
from tracker.rules.indicators.form import Blank, Form, Indicator, Nature
from tracker.rules.indicators.reading import FormUnreadable, read_form

YES_NO = (
    *(
        2,
        8,
        9,
        10,
        13,
        *range(15, 20),
        21,
        24,
        26,
        29,
        *range(31, 34),
        35,
        37,
        38,
        41,
        46,
        *range(50, 53),
        *range(54, 57),
    ),
    *(*range(58, 66), 68, 69, *range(72, 75), 76, 77, 79, 80, 84, 85, 89, 90, *range(101, 109), 112),
)
DRIFTED = (17, 18, 19, 36, 38, 41, 45, 47, 72, 80, 101, 102, 103, 108, 109, 111, 112, 124, 127, 128)


def of(form: Form, number: int) -> Indicator:
    return form.indicators[number - 1]


def test_it_has_4_parts_21_contents_73_sub_tasks_112_indicators_and_136_blanks(form: Form) -> None:
    assert form.title == "上海市司法所规范化建设任务细化清单及评估指标体系统统计表"
    assert [part.title for part in form.parts] == [
        "一、政治建设",
        "二、业务建设",
        "三、组织队伍建设",
        "四、保障能力建设",
    ]
    assert [content.number for content in form.contents] == list(range(1, 22))
    assert [sub_task.number for sub_task in form.sub_tasks] == [*range(1, 5), *range(6, 58), *range(59, 76)]
    assert [indicator.number for indicator in form.indicators] == list(range(1, 113))
    assert len(list(form.fields())) == len({key for key, _, _ in form.fields()}) == 136


def test_each_kind_has_the_indicators_that_the_requirements_count(form: Form) -> None:
    kinds = {indicator.number: indicator.kind for indicator in form.indicators}
    assert [number for number, kind in kinds.items() if kind == "yes_no"] == list(YES_NO)
    assert {number: kind for number, kind in kinds.items() if kind in SINGLE} == {
        3: "choice",
        20: "average",
        66: "yes_no_rest",
        81: "nested",
        91: "yearly_share",
        109: "list",
    }
    assert Counter(kinds.values()) >= Counter({"yes_no": 58, "count": 35, "counts": 13})


SINGLE = ("choice", "average", "yes_no_rest", "nested", "yearly_share", "list")


def test_50_indicators_hold_67_numbers_besides_the_mixed_ones(form: Form) -> None:
    mixed = ("yes_no", "choice", "yes_no_rest", "nested", "list")
    numeric = [indicator for indicator in form.indicators if indicator.kind not in mixed]
    assert (len(numeric), sum(len(indicator.blanks) for indicator in numeric)) == (50, 67)


def test_an_indicator_is_found_whatever_column_it_has_slid_to(form: Form) -> None:
    assert tuple(each.line for each in form.indicators if each.column != 3) == DRIFTED


@pytest.mark.parametrize("number", [9, 10, 11, 108])
def test_a_row_without_a_sub_task_invents_none(form: Form, number: int) -> None:
    assert of(form, number).sub_task is None


def test_indicators_stand_under_the_contents_and_sub_tasks_of_their_rows(form: Form) -> None:
    where = {
        number: (of(form, number).content, of(form, number).sub_task) for number in (1, 8, 9, 57, 65, 84, 88, 89, 92)
    }
    assert where == {
        1: (1, 1),
        8: (2, 4),
        9: (3, None),
        57: (7, 34),
        65: (9, 42),
        84: (15, 55),
        88: (16, 57),
        89: (16, 59),
        92: (16, 62),
    }
    assert of(form, 92).code == "I092"


def test_a_content_that_is_printed_four_times_is_one(form: Form) -> None:
    content = form.contents[15]
    assert (content.code, content.title, content.lines) == ("P16", "提升队伍素质", (104, 107, 110, 113))
    assert len(content.wordings) == 2


def test_the_sentence_put_together_again_is_the_cell_as_printed(form: Form) -> None:
    for indicator in form.indicators:
        pattern = "".join(
            re.escape(segment) if isinstance(segment, str) else "(_{2,}|是或否|.+/.+)" for segment in indicator.segments
        )
        assert re.fullmatch(pattern, indicator.cell), indicator.code


def test_blanks_have_the_units_and_words_around_them(form: Form) -> None:
    assert [(blank.letter, blank.label, blank.unit) for blank in of(form, 34).blanks] == [
        ("a", "总量", "件"),
        ("b", "其中被决定确认违法、撤销、变更和责令履行", "件"),
    ]
    assert [blank.label for blank in of(form, 91).blanks] == [f"{year}年占比" for year in (2020, 2021, 2022, 2023)]
    assert [form.indicators[80].key(blank) for blank in of(form, 81).blanks] == ["I081a", "I081b", "I081c"]
    assert of(form, 3).blanks == (Blank("a", Nature.CHOICE, options=("街道（乡镇）", "区司法局")),)
    assert of(form, 23).blanks[0].unit == "条、次"


def test_the_whole_form_is_what_a_person_read(form: Form) -> None:
    same_as_golden("indicators_112.txt", "\n".join(told(form)) + "\n")


def told(form: Form) -> list[str]:
    """The form as text: contents, sub-tasks and indicators in their order, each blank with its name and unit."""
    lines = [form.title]
    part, content, sub_task = "", 0, None
    sub_tasks = {each.number: each for each in form.sub_tasks}
    for each in form.indicators:
        if each.part != part:
            part = each.part
            lines.append(f"\n{part}")
        if each.content != content:
            content, sub_task = each.content, None
            lines.append(f"  P{content} {form.contents[content - 1].title}")
        if each.sub_task is not None and each.sub_task != sub_task:
            lines.append(f"    S{each.sub_task:02} {sub_tasks[each.sub_task].text}")
        sub_task = each.sub_task
        sentence = "".join(seg if isinstance(seg, str) else _blank(each, seg) for seg in each.segments)
        lines.append(f"      {each.code} [{each.kind}] {each.question} → {sentence}")
    return lines


def _blank(indicator: Indicator, blank: Blank) -> str:
    about = " ".join(word for word in (blank.nature.value, blank.unit, "/".join(blank.options)) if word)
    return f"{{{indicator.key(blank)} {about}}}"


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (lambda text: text.replace("12. 开展纪律教育", "14. 开展纪律教育"), 19),
        (lambda text: text.replace("_____ 个", "", 1), 11),
        (
            lambda text: text.replace("59. 建立激励机制", "79. 建立激励机制"),
            108,
        ),
        (lambda text: "没有表格", 1),
    ],
)
def test_a_form_that_does_not_go_on_is_refused_with_its_line(text: str, damage: object, line: int) -> None:
    with pytest.raises(FormUnreadable) as refused:
        read_form(damage(text))  # type: ignore[operator]
    assert refused.value.line == line


def test_a_cell_of_three_blanks_keeps_the_words_between_them() -> None:
    found = read_cell("甲_____； 乙_____； 丙_____次")
    assert [segment if isinstance(segment, str) else segment.letter for segment in found] == [
        "甲", "a", "； 乙", "b", "； 丙", "c", "次"
    ]  # fmt: skip
