"""How far the 89 tasks of 2024 have come on 1 July: worked out from what is known of the document."""

from collections import Counter
from datetime import date

import pytest
from flask import Flask

from tests.putuo import SECTIONS, TRUTH, publish_putuo
from tracker.overview.progress import Progress, Standing, progress
from tracker.plans.models import Plan
from tracker.rules.permissions import SYSTEM

JULY = date(2024, 7, 1)


@pytest.fixture
def plan(seeded: Flask) -> Plan:
    """The 89 tasks, published on the day they were issued."""
    return publish_putuo()


def on(plan: Plan, day: date = JULY) -> Progress:
    return progress(SYSTEM, plan, day)


def test_of_89_tasks_on_1_july_2024_seven_are_overdue_and_two_were_due_before_their_issue(plan: Plan) -> None:
    found = on(plan)
    assert len(found.tasks) == 89
    assert found.tally == {Standing.OVERDUE: 7, Standing.EARLY: 2, Standing.ONGOING: 7, Standing.NORMAL: 73}
    overdue = [task.number for task in found.tasks if task.standing is Standing.OVERDUE]
    due = {"2024-03", "2024-06"}
    assert overdue == [task["number"] for task in TRUTH if task["deadline"]["value"] in due]
    assert [task.number for task in found.tasks if task.standing is Standing.EARLY] == ["23", "58"]


def spell(name: str) -> set[str]:
    """Return the units of the bureau's own house that a printed name stands for."""
    return set(SECTIONS) if name in ("各科处室", "各科室") else {name.replace("普法与依法治理科", "普法治理科")}


def expected(section: str) -> Counter[Standing]:
    """Count what one section owes of the 89 tasks on 1 July, nothing of it being done."""
    kinds = {
        "2024-01": Standing.EARLY,
        "2024-03": Standing.OVERDUE,
        "2024-06": Standing.OVERDUE,
        None: Standing.ONGOING,
    }
    return Counter(
        kinds.get(task["deadline"]["value"], Standing.NORMAL)
        for task in TRUTH
        if section in set().union(*map(spell, task["lead"] + task["responsible"]))
    )


def test_each_section_owes_on_1_july_what_the_document_says(plan: Plan) -> None:
    found = {unit.name.removeprefix("普陀区司法局"): unit.tally for unit in on(plan).units}
    assert {section: found[section] for section in SECTIONS} == {section: expected(section) for section in SECTIONS}
    assert {section: tally[Standing.OVERDUE] for section, tally in found.items() if tally[Standing.OVERDUE]} == {
        "依法治区工作科": 1,
        "行政复议科": 1,
        "行政应诉科": 2,
        "公共法律服务管理科": 1,
        "人民参与和促进法治科": 1,
        "社区矫正科": 1,
    }


def test_chapters_and_months_hold_every_task_once(plan: Plan) -> None:
    found = on(plan)
    assert sum(tally.total() for _, _, tally in found.by_section()) == 89
    months = {month and f"{month:%Y-%m}": tally.total() for month, tally in found.by_month()}
    assert months == {"2024-03": 2, "2024-06": 5, "2024-09": 2, "2024-10": 4, "2024-11": 1, "2024-12": 66, None: 9}


def test_before_it_was_published_a_plan_has_no_tasks(plan: Plan) -> None:
    assert on(plan, date(2024, 2, 21)).tasks == []
    assert len(on(plan, date(2024, 2, 22)).tasks) == 89
