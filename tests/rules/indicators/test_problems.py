"""Everything that requirements 2.3 find odd about the form is found, by its line (X0-01 … X0-15)."""

import pytest

from tracker.rules.indicators.form import Form
from tracker.rules.indicators.problems import CHECKS, PROBLEM_TEXT, FormProblem, find_problems
from tracker.rules.indicators.reading import read_form


@pytest.fixture(scope="module")
def found(text: str, form: Form) -> tuple[FormProblem, ...]:
    return find_problems(text, form)


@pytest.mark.parametrize(
    ("code", "places"),
    [
        ("missing_sub_task", {(11, 19, "S05"), (107, 108, "S58")}),
        ("without_sub_task", {(16, 16, "I009"), (17, 17, "I010"), (18, 18, "I011"), (131, 131, "I108")}),
        ("content_differs", {(104, 113, "P16")}),
        ("odd_unit", {(55, 55, "I042"), (101, 101, "I082"), (102, 102, "I083")}),
        ("no_unit", {(84, 84, "I067"), (95, 95, "I078")}),
        ("double_unit", {(32, 32, "I023"), (87, 87, "I070")}),
        ("same_wording", {(70, 71, "I055 I056")}),
        ("single_choice", {(10, 10, "I003")}),
        ("cut_off", {(95, 95, "S51")}),
    ],
)  # X0-01, X0-02, X0-03, X0-06, X0-08, X0-10, X0-12
def test_what_is_odd_stands_at_its_line(
    found: tuple[FormProblem, ...], code: str, places: set[tuple[int, int, str]]
) -> None:
    of_code = [problem for problem in found if problem.code == code]
    assert {(each.line_from, each.line_to, " ".join(each.concerns)) for each in of_code} == places


def test_every_indicator_that_slid_is_named(found: tuple[FormProblem, ...]) -> None:  # X0-04
    slid = [problem.concerns[0] for problem in found if problem.code == "column_drift"]
    assert len(slid) == 20
    assert {"I010", "I082", "I107"} <= set(slid)
    assert [each.line_from for each in found if each.code == "table_width"] == [24, 99]


def test_the_tables_of_one_form_are_one(found: tuple[FormProblem, ...]) -> None:  # X0-05
    told = {problem.code: problem.what for problem in found}
    assert told["repeated_head"] == "9"
    assert [each.what for each in found if each.code == "repeated_part"] == [
        "二、业务建设 × 5",
        "三、组织队伍建设 × 2",
        "四、保障能力建设 × 2",
    ]
    assert [each.line_from for each in found if each.code == "markup"] == [83]


def test_two_wordings_of_one_content_are_compared(found: tuple[FormProblem, ...]) -> None:  # X0-06
    differs = next(each for each in found if each.code == "content_differs")
    assert differs.what == "一线。更好 / 一线，更好；能力。择优 / 能力，择优"


def test_three_series_begin_at_one(found: tuple[FormProblem, ...]) -> None:  # X0-07
    assert [each.what for each in found if each.code == "three_series"] == ["P1–P21、S1–S75、I1–I112"]


def test_questions_that_mean_nothing_alone_are_named(found: tuple[FormProblem, ...]) -> None:  # X0-10
    alone = {each.concerns[0] for each in found if each.code == "needs_sub_task"}
    assert {"I072", "I079", "I090"} <= alone


def test_slips_of_the_pen_are_quoted(found: tuple[FormProblem, ...]) -> None:  # X0-11
    slips = {each.concerns[0]: each.what for each in found if each.code == "typing_slip"}
    assert "具备具备" in slips["I088"]
    assert "司法所司法所" in slips["I094"]
    assert "能力和。" in slips["P17"]
    assert [each.what for each in found if each.code == "turned_words"] == ["街道（乡镇） / 乡镇（街道）"]


def test_a_question_that_repeats_its_sub_task_is_told(found: tuple[FormProblem, ...]) -> None:  # X0-13
    assert "I008" in {each.concerns[0] for each in found if each.code == "same_as_sub_task"}


def test_the_form_has_no_cover_and_only_blanks(found: tuple[FormProblem, ...]) -> None:  # X0-14, X0-15
    assert {"no_cover", "only_blanks"} <= {each.code for each in found}


def test_every_sort_has_its_sentence(found: tuple[FormProblem, ...]) -> None:
    assert {each.code for each in found} <= set(PROBLEM_TEXT)
    assert len(CHECKS) == len(set(CHECKS))


def test_a_form_without_oddities_has_only_what_holds_for_every_form() -> None:
    plain = (
        "统计表\n\n工作项目\t项目内容\t任务细化\t评估指标\t落实情况\n"
        "一、建设\t1. 统领。坚持政治建设。\t1. 建立制度。\t1. 是否建立台账\t是或否\n"
        "\t\t2. 开展活动。\t2. 全年活动场次\t_____场次\n"
    )
    codes = {each.code for each in find_problems(plain, read_form(plain))}
    assert codes == {"three_series", "no_cover", "only_blanks"}
