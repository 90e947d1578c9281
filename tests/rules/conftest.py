"""Share the one real document between the tests of the rules."""

from pathlib import Path

import pytest
from hypothesis import settings

from tracker.rules.plan_text.drafts import PlanDraft, Problem, TaskDraft
from tracker.rules.plan_text.reader import read_plan

# How long an example takes says more of who else is using the machine than of the rules.
settings.register_profile("rules", deadline=None)
settings.load_profile("rules")

PLANS = Path(__file__).parents[2] / "seeds" / "plans"


@pytest.fixture(scope="session")
def shanghai_text() -> str:
    """The notice, plan and annex of 2021 as published."""
    return (PLANS / "shanghai-2021-11.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def shanghai(shanghai_text: str) -> PlanDraft:
    """The draft read from it."""
    return read_plan(shanghai_text)


@pytest.fixture(scope="session")
def tasks(shanghai: PlanDraft) -> dict[str, TaskDraft]:
    """Its tasks by number."""
    return {task.number: task for task in shanghai.tasks}


@pytest.fixture(scope="session")
def problems(shanghai: PlanDraft) -> dict[str, list[Problem]]:
    """Its problems by code."""
    by_code: dict[str, list[Problem]] = {}
    for problem in shanghai.problems:
        by_code.setdefault(problem.code, []).append(problem)
    return by_code
