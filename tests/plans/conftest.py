"""Documents to import: the real one, and small ones with one thing wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.assignments.acts import moment
from tracker.db import transaction
from tracker.plans.creation import create_plan
from tracker.plans.models import Plan
from tracker.plans.settings import PlanSettings, Source
from tracker.rules.permissions import SYSTEM, Actor
from tracker.rules.plan_text.reader import read_plan

SEED = Path(__file__).parents[2] / "seeds" / "plans" / "shanghai-2021-11.txt"


@pytest.fixture
def document() -> str:
    """The notice, plan and annex of 2021 as published."""
    return SEED.read_text(encoding="utf-8")


@pytest.fixture
def store() -> Callable[..., Plan]:
    """Read a text and store it as a plan: store(text, settings=…, actor=…)."""

    def keep(text: str, settings: PlanSettings | None = None, actor: Actor = SYSTEM) -> Plan:
        with transaction():
            return create_plan(
                actor,
                moment("2021-06-24"),
                read_plan(text),
                source=Source("方案.txt", text),
                settings=settings or PlanSettings(),
            )

    return keep
