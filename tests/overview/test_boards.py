"""The overview's months and coming tasks, the lights of tasks, and a cell looked at closely, on any day."""

from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from tests.assignments.acts import complete, owed, person, take, the_plan
from tests.assignments.walk import Walk, all_days, begun
from tracker.assignments.queries import state_at
from tracker.overview import dashboard
from tracker.overview.dashboard import ComingTask, Progress
from tracker.overview.matrix import glance, task_lights
from tracker.overview.queries import figures
from tracker.plans.models import Plan
from tracker.rules.permissions import SYSTEM
from tracker.rules.status import EXCLUDED, Light, Move, Status, light
from tracker.web.charts import burn_up

REVIEWER = "reviewer-xingfazhixing"
DAY = date(2021, 3, 5)


@pytest.fixture
def walk(app: Flask) -> Callable[[int], Walk]:
    """Begin a walk by the number of its dice."""
    return begun


def progress(plan: Plan, day: date, account: str = "") -> Progress:
    """Return the months of a plan as somebody sees them."""
    return dashboard.progress(person(account) if account else SYSTEM, plan, state_at(day), day)


@pytest.mark.parametrize("seed", range(40, 42))
def test_on_every_day_of_a_random_history_the_boards_are_those_of_the_rules(
    walk: Callable[[int], Walk], seed: int
) -> None:
    course = walk(seed)
    days = list(course.days())
    for day in all_days(days):
        for plan in course.plans:
            facts = course.facts(day, plan)
            counted = [fact for fact in facts if fact.status not in EXCLUDED]
            lights = Counter(light(fact.status, fact.due_on, fact.completed_on, day, plan.near_days) for fact in facts)
            assert sum(task_lights(SYSTEM, plan, day).values(), Counter[Light]()) == lights, day

            found = progress(plan, day)
            assert found.total == len(counted)
            for month in found.months:
                until = month.last
                assert month.due == sum(bool(fact.due_on and fact.due_on <= until) for fact in counted)
                if month.completed is not None:
                    done = [fact.completed_on for fact in counted if fact.status is Status.COMPLETED]
                    assert month.completed == sum(bool(on and on <= until) for on in done)
            if found.months:
                assert found.months[-1].due == sum(bool(fact.due_on) for fact in counted)
                assert sum(month.falling for month in found.months) == found.months[-1].due


def test_the_months_of_the_plan_run_from_its_issue_to_its_last_due_day(seeded: Flask) -> None:
    complete("7", "songjiang", REVIEWER, "2021-02-25")
    found = progress(the_plan(), DAY)
    assert [f"{month.first:%Y-%m}" for month in found.months] == [f"2021-{month:02}" for month in range(2, 10)]
    assert [month.due for month in found.months] == [32, 128, 192, 256, 320, 368, 400, 448]
    assert [month.completed for month in found.months] == [1, 1, None, None, None, None, None, None]
    assert found.months[1].last == date(2021, 3, 31)
    assert found.months[0].last == date(2021, 2, 28)


def test_before_its_issue_a_plan_has_no_months_and_no_chart(seeded: Flask) -> None:
    found = progress(the_plan(), date(2021, 2, 9))
    assert (found.total, found.months) == (0, [])
    assert burn_up(found.months, found.total, 2021) is None


def test_this_month_and_the_next_are_told_with_what_is_done(seeded: Flask) -> None:
    complete("7", "songjiang", REVIEWER, "2021-02-25")
    day = date(2021, 2, 28)
    found = dashboard.coming(SYSTEM, the_plan(), state_at(day), day)
    assert [task.number for task in found] == ["7", "8", "1", "3", "6", "9", "10", "23"]
    assert found[0] == ComingTask(found[0].id, "7", found[0].text, date(2021, 2, 28), 16, 1)


def test_everyone_sees_the_own_scope_only(seeded: Flask) -> None:
    assert progress(the_plan(), DAY, "songjiang-clerk").total == 28
    assert progress(the_plan(), DAY, "auditor").total == 0
    lights = task_lights(person("songjiang-lead"), the_plan(), DAY)
    assert sum(lights.values(), Counter[Light]()).total() == 28


def test_the_chart_ends_at_the_figures_of_the_day(seeded: Flask) -> None:
    complete("7", "songjiang", REVIEWER, "2021-02-25")
    found = progress(the_plan(), DAY)
    chart = burn_up(found.months, found.total, 2021)
    assert chart
    assert chart.due_end.value == found.total == figures(SYSTEM, the_plan(), DAY).total
    assert chart.done_end
    assert chart.done_end.value == figures(SYSTEM, the_plan(), DAY).completed
    assert [month.label for month in chart.months] == [f"{month}月" for month in range(2, 10)]
    assert int(chart.rows[-1].label) >= found.total


def test_a_cell_tells_the_report_that_was_last_on_its_day(seeded: Flask) -> None:
    seven = owed("7", "songjiang")
    complete("7", "songjiang", REVIEWER, "2021-03-02")
    before, after = glance(SYSTEM, seven, date(2021, 3, 1)), glance(SYSTEM, seven, DAY)
    assert before
    assert after
    assert (before.status, after.status, after.completed_on) == (Status.PENDING, Status.COMPLETED, date(2021, 3, 2))
    assert (before.unit, before.number, before.report) == ("松江区司法局", "7", None)


def test_a_foreign_cell_and_one_before_its_day_are_not_there(seeded: Flask) -> None:
    seven = owed("7", "songjiang")
    assert glance(person("huangpu-lead"), seven, DAY) is None
    assert glance(person("songjiang-lead"), seven, date(2021, 2, 9)) is None
    assert glance(person("songjiang-lead"), 2_000_000, DAY) is None


def test_the_step_that_was_taken_last_decides_the_light(seeded: Flask) -> None:
    take("songjiang-clerk", Move.ACKNOWLEDGE, "2021-02-20", owed("28", "songjiang"))
    tasks = task_lights(SYSTEM, the_plan(), DAY)
    assert sum(lights[Light.NORMAL] for lights in tasks.values()) == 1
