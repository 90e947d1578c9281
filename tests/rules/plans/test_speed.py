"""Facts about what reading costs."""

import pytest

from tests.effort import at_most
from tracker.rules.plan_text.reader import read_plan

HEAD = "某局关于印发《2030年工作要点》的通知\n某发〔2030〕1号\n某局\n2030年1月2日\n2030年工作要点\n一、重点任务\n"

AT_MOST = 0.1
"""Seconds; alone on the machine a reading costs less than half of this."""


def of_tasks(count: int) -> str:
    return HEAD + "".join(
        f"{number}. 推进第{number}项工作，组织{number % 7 + 1}次检查，形成报告。"
        f"（牵头单位：市甲局；责任单位：市乙局、市丙局，各县（市、区）人民政府；完成时限：{number % 12 + 1}月底前）\n"
        for number in range(1, count + 1)
    )


def test_the_plan_of_89_tasks_costs_a_fraction_of_a_second(putuo_text: str) -> None:
    read_plan(putuo_text)

    with at_most(10 * AT_MOST):
        for _ in range(10):
            read_plan(putuo_text)


@pytest.mark.parametrize(("count", "seconds"), [(250, 0.25), (500, 0.5), (1000, 1.0)])
def test_the_cost_grows_with_the_number_of_tasks(count: int, seconds: float) -> None:
    text = of_tasks(count)
    read_plan(of_tasks(2))

    with at_most(seconds):
        draft = read_plan(text)

    assert len(draft.tasks) == count
