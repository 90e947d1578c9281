"""The example beside the form: on which days a policy would remind of one task, and whom it would tell."""

from dataclasses import replace
from datetime import date

from tests.reminders.test_policy import OTHER, with_notices
from tracker.reminders.policy import DEFAULT_POLICY, Quiet
from tracker.reminders.policy_example import Sort, crowded_words, example
from tracker.rules.escalation import Rung, Target, Trigger
from tracker.rules.notices import NoticeStep, Unit
from tracker.workdays.arrangements import is_working

ISSUED = date(2021, 2, 10)
DUES = [date(2021, 3, 31)] * 6 + [date(2021, 4, 30)] * 4


def test_the_example_walks_the_most_common_due_day_from_dispatch_to_the_last_rung() -> None:
    found = example(DEFAULT_POLICY, DUES, ISSUED, is_working)
    assert found
    assert (found.due_on, found.tasks, found.crowded, found.goes_on) == (
        date(2021, 3, 31),
        6,
        False,
        "此后每 7 天一次，直到上报。",
    )
    assert [f"{line.day:%m-%d} {line.text} {line.told}".strip() for line in found.lines] == [
        "02-10 交办",
        "02-10 发布后首次提醒 承办人",
        "02-20 交办后未签收满3个工作日 承办人",
        "02-23 交办后未签收满5个工作日 科室负责人",
        "03-01 到期当月 承办人",
        "03-02 交办后未签收满10个工作日 分管领导",
        "03-24 到期前7天 承办人",
        "03-26 到期前3个工作日 承办人",
        "03-30 到期前1个工作日 承办人",
        "03-31 到期",
        "04-01 逾期1天 承办人",
        "04-02 逾期3天 承办人",
        "04-06 逾期未报满3个工作日 科室负责人",
        "04-07 逾期7天 承办人",
        "04-08 逾期未报满5个工作日 分管领导",
        "04-15 逾期未报满10个工作日 主要领导",
        "04-19 逾期每周 承办人",
        "04-22 逾期未报满15个工作日 市局督办人员",
        "04-26 逾期每周 承办人",
    ]


def test_the_example_follows_the_policy() -> None:
    found = example(
        replace(OTHER, quiet=(Quiet(date(2021, 3, 15), date(2021, 3, 19), "检修"),)), DUES, ISSUED, is_working
    )
    assert found
    assert [(line.day, line.sort) for line in found.lines] == [
        (ISSUED, Sort.DISPATCH),
        (date(2021, 3, 22), Sort.NOTICE),
        (date(2021, 3, 31), Sort.NOTICE),
        (date(2021, 3, 31), Sort.DUE),
        (date(2021, 4, 2), Sort.NOTICE),
        (date(2021, 4, 2), Sort.RUNG),
        (date(2021, 4, 12), Sort.NOTICE),
        (date(2021, 4, 22), Sort.NOTICE),
    ]


def test_the_example_of_what_was_due_before_it_was_issued_is_one_notice() -> None:
    found = example(DEFAULT_POLICY, [date(2021, 1, 31)], ISSUED, is_working)
    assert found
    assert [line.text for line in found.lines] == ["到期", "交办", "发布后首次提醒"]
    assert found.late_from_the_start
    assert found.goes_on == ""


def test_the_example_shows_everything_that_the_farthest_policy_holds() -> None:
    far = replace(
        with_notices(steps=(NoticeStep(Unit.DAYS, 366), NoticeStep(Unit.WORKDAYS, 250)), repeat_days=0),
        ladder=(Rung(Trigger.UNSIGNED, 250, Target.HANDLER), Rung(Trigger.OVERDUE, 250, Target.HANDLER)),
    )
    found = example(far, DUES, ISSUED, is_working)
    assert found
    assert [line.sort for line in found.lines].count(Sort.NOTICE) == 2
    assert [line.sort for line in found.lines].count(Sort.RUNG) == 2
    assert found.goes_on == ""


def test_a_plan_without_due_days_has_no_example() -> None:
    assert example(DEFAULT_POLICY, [], ISSUED, is_working) is None


def test_a_crowded_month_is_named_with_its_share() -> None:
    dues = [date(2024, 12, 31)] * 66 + [date(2024, 6, 30)] * 16
    assert crowded_words(DEFAULT_POLICY, dues) == ["2024年12月（66/82 项）"]
    assert crowded_words(DEFAULT_POLICY, DUES) == []
    found = example(DEFAULT_POLICY, dues, date(2024, 2, 1), is_working)
    assert found
    assert found.crowded
    assert sum(line.text.startswith("季度检查点") for line in found.lines) == 3
