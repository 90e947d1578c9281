"""Short runs of the drills with real processes; `make drill` runs the long ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from drills import sink, stage
from drills.kills import kill_often
from drills.sink import Sink
from drills.stage import FIRST_DAY, Stage
from drills.takeover import take_over
from tests.conftest import on_postgresql

RECIPIENTS = 100

pytestmark = pytest.mark.slow


@pytest.fixture
def mail() -> Iterator[Sink]:
    """A mail server that takes its time."""
    with sink.running() as server:
        yield server


@pytest.fixture
def place(seeded: Flask, database_url: str, tmp_path: Path, mail: Sink) -> Iterator[Stage]:
    """This test's own database with many recipients."""
    with stage.stage(database_url, tmp_path / "drill", mail.url) as made:
        stage.add_recipients(made, RECIPIENTS)
        made.day = FIRST_DAY
        yield made


def test_a_scheduler_killed_again_and_again_loses_and_doubles_nothing(place: Stage, mail: Sink) -> None:
    outcome = kill_often(place, mail, kills=6, least=RECIPIENTS, seed=3)
    assert outcome.figures.problems == [], str(outcome)
    assert outcome.fell.total() == 6


def test_another_scheduler_takes_over_within_seconds(place: Stage, mail: Sink) -> None:
    number = 3 if on_postgresql() else 2
    outcome = take_over(place, mail, number, kills=1, least=RECIPIENTS, seed=3, freeze=int(on_postgresql()))
    assert outcome.figures.problems == [], str(outcome)
