"""The words of a letter: order, due day, distance, shortened text, reason."""

from datetime import date

import pytest

from tracker.reminders import digest
from tracker.reminders.digest import DueNotice, Group

DAY = date(2021, 3, 1)


def notice(number: str, due_on: date, step: str = "due_month", step_day: date = DAY, position: int = 1) -> DueNotice:
    return DueNotice(
        user_id=1,
        account="anna",
        name="安娜",
        unit="测试局",
        assignment_id=int(number),
        number=number,
        position=position,
        text=f"任务{number}。其余。",
        doc_number="测〔2021〕1号",
        plan_title="方案",
        due_on=due_on,
        step=step,
        step_day=step_day,
    )


OVERDUE = notice("7", date(2021, 2, 28), "days_after_1")
NEAR = notice("1", date(2021, 3, 31))
COMING = notice("2", date(2021, 4, 30), "month_before")


def test_overdue_comes_before_near_before_coming() -> None:
    assert digest.in_letter_order([COMING, NEAR, OVERDUE], DAY) == [OVERDUE, NEAR, COMING]


def test_what_is_due_on_the_day_itself_is_near() -> None:
    assert notice("1", DAY).group(DAY) is Group.NEAR


def test_the_same_month_of_another_year_is_coming() -> None:
    assert notice("1", date(2022, 3, 31)).group(DAY) is Group.COMING


def test_empty_groups_are_left_out() -> None:
    assert [group["title"] for group in digest.context([OVERDUE], DAY)["groups"]] == ["已逾期"]


@pytest.mark.parametrize(
    ("due_on", "due", "distance"),
    [
        (date(2021, 2, 28), "截至2月28日 周日", "已逾期1天"),
        (date(2021, 3, 1), "截至3月1日 周一", "今天到期"),
        (date(2021, 3, 31), "截至3月31日 周三", "还剩30天"),
        (date(2020, 12, 31), "截至2020年12月31日 周四", "已逾期60天"),
    ],
)
def test_a_due_day_in_words(due_on: date, due: str, distance: str) -> None:
    assert (digest.due_words(due_on, DAY), digest.distance_words(due_on, DAY)) == (due, distance)


def test_a_text_is_cut_after_its_first_sentence_or_its_sixtieth_character() -> None:
    assert digest.shortened("承担相关\n工作。负责其他。") == "承担相关 工作"
    assert digest.shortened("长" * 61) == "长" * 59 + "…"


def test_the_reason_counts_notices_and_marks_those_made_up_for() -> None:
    weekly = [notice(str(n), date(2021, 1, 31), f"days_after_{14 + 7 * n}", DAY) for n in (1, 2)]
    missed = notice("9", date(2021, 3, 31), "due_month", date(2021, 2, 26))
    assert digest.reason([*weekly, NEAR, missed], DAY) == "逾期每周 2项；到期当月 1项；到期当月（补发） 1项"
