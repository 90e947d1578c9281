"""The drill of wrong logins in miniature, against a real server with two processes."""

from pathlib import Path

import pytest
from flask import Flask

from drills.logins import hammer, serving
from drills.stage import stage

pytestmark = pytest.mark.slow


def test_a_flood_of_wrong_logins_locks_one_account_and_nothing_else(
    seeded: Flask, database_url: str, tmp_path: Path
) -> None:
    with stage(database_url, tmp_path / "drill", "") as place, serving(place) as port:
        outcome = hammer(place, port, tries=400, clients=8)
    assert outcome.answers == {422: 5, 429: 395}, str(outcome)
    assert (outcome.counted, outcome.recorded) == (5, 5)
    assert set(outcome.pages) == {200}
    assert outcome.steps == {"locked": 429, "lifted": 303, "after": 303}
