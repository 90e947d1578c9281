"""The words of a letter: order, due day, distance, shortened text, reason."""

from datetime import date
from typing import Any

import pytest

from tracker.people.queries import Contact
from tracker.reminders import digest
from tracker.reminders.digest import DueNotice, Group
from tracker.rules.notices import NoticeKind

DAY = date(2021, 3, 1)


def notice(number: str, due_on: date, step: str = "due_month", step_day: date = DAY, **fields: Any) -> DueNotice:
    named = {
        "user_id": 1,
        "account": "anna",
        "name": "安娜",
        "unit_id": 1,
        "unit": "测试局",
        "assignment_id": int(number),
        "owing_id": 1,
        "owing": "测试局",
        "number": number,
        "position": int(number),
        "text": f"任务{number}。其余。",
        "plan_id": 1,
        "doc_number": "测〔2021〕1号",
        "plan_title": "方案",
        "due_on": due_on,
        "issued_on": date(2020, 1, 1),
        "kind": NoticeKind.DUE,
        "step": step,
        "step_day": step_day,
        "anchor": due_on,
    }
    return DueNotice(**{**named, **fields})


def rung(number: str, step: str, owing: int = 2) -> DueNotice:
    named = {"assignment_id": 100 * owing + int(number), "owing_id": owing, "owing": f"第{owing}局"}
    return notice(number, date(2021, 2, 20), step, kind=NoticeKind.ESCALATION, **named)


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


def test_what_is_escalated_is_one_line_per_unit_and_rung() -> None:
    told = [
        rung("7", "overdue_3_section_head"),
        rung("8", "overdue_3_section_head"),
        rung("7", "overdue_3_section_head", 3),
    ]
    escalated = digest.context(told, DAY, "http://t", {2: Contact("李", "021")})["escalated"]
    assert escalated["units"] == 2
    assert [(row["unit"], row["numbers"], row["longest"], row["contact"]) for row in escalated["rows"]] == [
        ("第2局", "7、8", "最长已逾期9天", "李 021"),
        ("第3局", "7", "最长已逾期9天", "未登记承办人"),
    ]


def test_what_was_not_signed_for_is_one_line_whatever_its_number() -> None:
    told = [rung(str(number), "unsigned_3_handler") for number in range(1, 29)]
    context = digest.context(told, DAY)
    assert context["unsigned"]["count"] == 28
    assert context["groups"] == []


@pytest.mark.parametrize(
    ("numbers", "words"),
    [("7 8", "7、8"), ("1 2 3 5 8 9 10", "1—3、5、8—10"), ("1", "1"), ("（一） 2 3 4", "（一）、2—4")],
)
def test_numbers_in_a_row_are_drawn_together(numbers: str, words: str) -> None:
    assert digest.in_runs(numbers.split()) == words


def test_a_rung_of_overdue_that_tells_the_unit_itself_names_the_task_once_as_overdue() -> None:
    told = [OVERDUE, notice("7", date(2021, 2, 28), "overdue_1_handler", kind=NoticeKind.ESCALATION)]
    context = digest.context(digest.in_letter_order(told, DAY), DAY)
    assert [(group["title"], len(group["rows"])) for group in context["groups"]] == [("已逾期", 1)]
    assert context["unsigned"] is None


def test_a_budget_holds_back_what_can_wait_and_nothing_else() -> None:
    overdue = [notice(str(number), date(2021, 2, 28), "days_after_1") for number in range(1, 6)]
    coming = [notice(str(number), date(2021, 4, 30), "month_before") for number in range(6, 11)]
    kept = digest.within([*overdue, *coming, rung("7", "overdue_3_section_head")], DAY, 2)
    assert [kept_one.number for kept_one in kept] == ["1", "2", "3", "4", "5", "6", "7", "7"]


def test_what_was_due_before_it_was_dispatched_is_not_called_overdue() -> None:
    early = notice("23", date(2021, 1, 31), "publication", issued_on=date(2021, 2, 22))
    assert early.group(DAY) is Group.EARLY
    assert digest.context([early], DAY)["groups"][0]["rows"][0]["distance"] == "早于发布"
