"""Share the two further source documents between the tests of plans."""

from pathlib import Path

import pytest

from tracker.rules.plan_text.drafts import PlanDraft
from tracker.rules.plan_text.reader import read_plan

PLANS = Path(__file__).parents[3] / "seeds" / "plans"


def source_text(name: str) -> str:
    """Read a document of the seeds."""
    return (PLANS / name).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def putuo_text() -> str:
    """The plan of 2024 with 89 tasks, behind a summary of the year before."""
    return source_text("putuo-2024-1.txt")


@pytest.fixture(scope="session")
def putuo(putuo_text: str) -> PlanDraft:
    """The draft read from it."""
    return read_plan(putuo_text)


@pytest.fixture(scope="session")
def beijing_text() -> str:
    """The plan of three years without units."""
    return source_text("beijing-2022-42.txt")


@pytest.fixture(scope="session")
def beijing(beijing_text: str) -> PlanDraft:
    """The draft read from it."""
    return read_plan(beijing_text)
