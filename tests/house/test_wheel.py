"""The wheel holds everything the program needs, and runs where there is no checkout."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.house.source import ROOT

PLAN = "_seeds/plans/shanghai-2021-11.txt"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as pip does it, without what it depends on."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target"]
    subprocess.run([*install, str(folder / "site"), str(wheel)], check=True, capture_output=True)
    return folder / "site"


@pytest.fixture
def tracker(site: Path, tmp_path: Path) -> Callable[..., str]:
    """Run the installed console script far from the checkout; return what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(site), "TRACKER_DATA_DIR": str(tmp_path / "data")}

    def run(*arguments: Any) -> str:
        command = [sys.executable, "-P", str(site / "bin" / "tracker"), *map(str, arguments)]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_templates_migrations_and_seeds_travel_along(site: Path) -> None:
    for folder in ("templates", "migrations", "seeds"):
        kept = {path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*") if path.suffix != ".pyc"}
        packed = {
            path.relative_to(site / "tracker" / f"_{folder}") for path in (site / "tracker" / f"_{folder}").rglob("*")
        }
        assert {path for path in kept if path.name != "__pycache__"} <= packed
    assert (site / "tracker" / "static" / "app.css").is_file()


def test_the_installed_program_is_the_one_that_runs(site: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(site)}
    code = "import tracker, tracker.resources as r; print(tracker.__file__, r.resource('seeds'))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(site / "tracker" / "__init__.py"), str(site / "tracker" / "_seeds")]


def test_it_reads_the_plan_it_carries(site: Path, tracker: Callable[..., str]) -> None:
    found = json.loads(tracker("plans", "read", site / "tracker" / PLAN, "--json"))
    assert len(found["tasks"]) == 28


def test_it_makes_and_fills_a_database(tracker: Callable[..., str]) -> None:
    tracker("db", "upgrade")
    tracker("seed")
    [plan] = json.loads(tracker("plans", "list", "--json"))
    assert plan["tasks"] == 28
