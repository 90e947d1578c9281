"""Facts about calendars of work, the year that their months belong to, and wordings that name more than one day."""

import pytest

from tests.plan_facts import facts
from tracker.rules.calendar import DeadlineKind, read_deadline
from tracker.rules.plan_text.drafts import Certainty, PlanDraft
from tracker.rules.plan_text.reader import read_plan
from tracker.rules.plan_text.regions import PERIOD, Region, region_of
from tracker.rules.plan_text.several import names_several

TITLE = "某局2030年重点工作\n"


def _dues(draft: PlanDraft) -> list[str]:
    return [fact.due for fact in facts(draft)]


def _under(*headings: str, title: str = TITLE) -> PlanDraft:
    """Read a plan with one task under each heading."""
    return read_plan(
        title
        + "".join(f"{heading}\n{number}.修订办案规程。责任单位：甲局\n" for number, heading in enumerate(headings, 1))
    )


def _certainties(draft: PlanDraft) -> list[Certainty]:
    return [task.evidence["deadline"].certainty for task in draft.tasks]


# ---- headings


@pytest.mark.parametrize(
    "heading",
    [
        "三月", "【三月】", "（三月）", "[3月]", "【一季度】", "【第二季度重点工作】",
        "全年", "【全年】", "上半年", "（下半年）", "次年1月", "7—8月", "【2030年1月】",
    ],
)  # fmt: skip
def test_a_period_alone_is_a_heading(heading: str) -> None:
    assert region_of(heading) is Region.TASKS


@pytest.mark.parametrize(
    "line", ["【三月", "三月）", "全年工作总结", "上半年重点工作", "2030年3月", "（2030年3月）", "三月底前"]
)
def test_other_lines_are_no_periods(line: str) -> None:
    assert not PERIOD.fullmatch(line)


@pytest.mark.parametrize(
    ("headings", "dues"),
    [
        (("【一季度】", "【二季度】", "【全年】"), ["2030-Q1", "2030-Q2", "ongoing"]),
        (("（三月）", "（四月）", "（十月）"), ["2030-03", "2030-04", "2030-10"]),
        (("上半年", "下半年", "全年"), ["2030-06", "2030-12", "ongoing"]),
        (("2季度", "【第3季度】"), ["2030-Q2", "2030-Q3"]),
        (("1—2月", "7-8月"), ["2030-02", "2030-08"]),
    ],
)
def test_periods_head_the_tasks_that_follow(headings: tuple[str, ...], dues: list[str]) -> None:
    draft = _under(*headings)
    assert _dues(draft) == dues
    assert set(_certainties(draft)) == {Certainty.LIKELY}
    assert [task.text for task in draft.tasks] == ["修订办案规程。"] * len(headings)


def test_periods_between_numbered_tasks_are_not_the_deadlines_of_those_above() -> None:
    draft = read_plan(
        f"{TITLE}1.修订规程。责任单位：甲局\n【二季度】\n2.开展检查。责任单位：乙局\n（十月）\n3.公布结果。责任单位：丙局；时限：9月\n"
    )
    assert _dues(draft) == ["", "2030-Q2", "2030-09"]


def test_brackets_below_every_task_are_their_deadlines() -> None:
    draft = read_plan(
        f"{TITLE}1.修订规程。责任单位：甲局\n（三月）\n2.开展检查。责任单位：乙局\n（四月）\n联系人：某某\n"
    )
    assert _dues(draft) == ["2030-03", "2030-04"]
    assert _certainties(draft) == [Certainty.CERTAIN] * 2


def test_a_period_under_an_empty_label_is_its_value() -> None:
    draft = read_plan(
        f"{TITLE}1.修订规程。\n责任单位：甲局\n完成时限：\n全年\n2.开展检查。\n责任单位：乙局\n完成时限：\n三月\n"
    )
    assert _dues(draft) == ["ongoing", "2030-03"]


# ---- the turn of the year


@pytest.mark.parametrize(
    ("headings", "dues"),
    [
        (("10月", "12月", "1月", "3月"), ["2030-10", "2030-12", "2031-01", "2031-03"]),
        (("10月", "次年1月", "2月"), ["2030-10", "2031-01", "2031-02"]),
        (("四季度", "一季度"), ["2030-Q4", "2031-Q1"]),
        (("【2030年12月】", "【2031年1月】", "【2月】"), ["2030-12", "2031-01", "2031-02"]),
        (("一月", "十二月", "一月"), ["2030-01", "2030-12", "2030-01"]),
        (("九月", "三月", "九月"), ["2030-09", "2030-03", "2030-09"]),
    ],
)
def test_months_behind_the_last_of_a_year_are_those_of_the_next(headings: tuple[str, ...], dues: list[str]) -> None:
    assert _dues(_under(*headings)) == dues


def test_every_office_has_a_calendar_of_its_own() -> None:
    one, other = (f"{month}\n1.修订规程。责任单位：甲局\n" for month in ("10月", "1月"))
    assert _dues(read_plan(f"{TITLE}一、综合科\n{one}二、人事科\n{other}")) == ["2030-10", "2030-01"]


def test_a_calendar_named_by_its_months_begins_in_the_first_year() -> None:
    draft = _under("10月", "次年1月", title="秋冬季行动任务分解（2030年10月—2031年3月）\n")
    assert _dues(draft) == ["2030-10", "2031-01"]
    assert [party.name for task in draft.tasks for party in task.parties] == ["甲局", "甲局"]


def test_a_month_without_year_under_one_of_the_next_year_is_doubtful() -> None:
    draft = read_plan(
        f"{TITLE}12月\n1.修订规程。责任单位：甲局；完成时限：12月20日\n1月\n2.开展检查。责任单位：乙局；完成时限：1月20日\n"
    )
    assert _certainties(draft) == [Certainty.CERTAIN, Certainty.DOUBTFUL]


# ---- the year of the plan


@pytest.mark.parametrize(
    "title",
    [
        "2030年民生实事任务分解",
        "2030年统计局重点任务时间表",
        "某局2030年进度表",
        "某县2030年民生项目库",
        "2030年重点任务责任分解表",
    ],
)
def test_the_year_of_the_title_outdoes_an_issue_late_in_the_year_before(title: str) -> None:
    draft = read_plan(f"{title}\n1.修订规程。责任单位：甲局；完成时限：2月\n某市某局\n2029年12月20日\n")
    assert _dues(draft) == ["2030-02"]


def test_a_sentence_over_the_tasks_gives_no_year() -> None:
    draft = read_plan(
        "重点任务\n按照2031年远景规划，现安排如下：\n1.修订规程。责任单位：甲局；完成时限：2月\n某局\n2030年1月9日\n"
    )
    assert _dues(draft) == ["2030-02"]


# ---- wordings


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("去年12月底", DeadlineKind.MONTH, "2029-12"),
        ("去年底", DeadlineKind.YEAR_END, "2029-12-31"),
        ("上年末", DeadlineKind.YEAR_END, "2029-12-31"),
        ("上一年度四季度", DeadlineKind.QUARTER, "2029-Q4"),
        ("上半年", DeadlineKind.MONTH, "2030-06"),
        ("2030年7月1日起", DeadlineKind.RELATIVE, None),
        ("7月起持续推进", DeadlineKind.ONGOING, None),
        ("2030年7月1日起至12月31日", DeadlineKind.RANGE, "2030-07-01/2030-12-31"),
    ],
)
def test_wordings_of_the_year_before_and_of_beginnings(text: str, kind: DeadlineKind, value: str | None) -> None:
    spec = read_deadline(text, 2030)
    assert (spec.kind, spec.value) == (kind, value)


@pytest.mark.parametrize(
    "text",
    [
        "5月底前完成方案，其余长期坚持",
        "5月底前完成方案，其余持续推进",
        "2030年6月底或12月底",
        "6月底和12月底",
        "年底前完成并长期坚持",
    ],
)
def test_two_deadlines_in_one_field_are_doubtful(text: str) -> None:
    assert names_several(text)
    draft = read_plan(
        f"{TITLE}1.修订规程。责任单位：甲局；完成时限：{text}\n2.开展检查。责任单位：乙局；完成时限：6月\n"
    )
    assert _certainties(draft) == [Certainty.DOUBTFUL, Certainty.CERTAIN]


@pytest.mark.parametrize(
    "text",
    ["6月底前", "2030年3月至9月", "每年6月和12月", "持续推进", "2030年6月，并及时报送", "汛期前（5月31日前）", "立即"],
)
def test_one_deadline_is_one(text: str) -> None:
    assert not names_several(text)


def test_a_beginning_alone_is_no_deadline_and_a_person_says_the_day() -> None:
    draft = read_plan(
        f"{TITLE}1.修订规程。责任单位：甲局；完成时限：2030年7月1日起\n2.开展检查。责任单位：乙局；完成时限：6月\n"
    )
    assert draft.tasks[0].deadline.due_on is None
    assert _certainties(draft) == [Certainty.DOUBTFUL, Certainty.CERTAIN]
