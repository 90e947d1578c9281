"""tracker scores events and compare: the events as a file, and why a score changed."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from tests.assignments.acts import complete
from tests.scoring.recompute import scores

Cli = Callable[..., Any]


def test_the_events_are_written_to_a_file_or_to_standard_output(seeded: Flask, cli: Cli, tmp_path: Path) -> None:
    complete("7", "songjiang", "reviewer-xingfazhixing", "2021-02-25")
    target = tmp_path / "events.csv"
    assert cli("scores", "events", "--csv", target).code == 0
    text = target.read_bytes().decode("utf-8-sig")
    assert cli("scores", "events", "--csv", "-").out.removeprefix("\ufeff") == text
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert sorted(scores(rows, "2021-03-01").values()) == [18] * 15 + [19]


def test_a_file_that_cannot_be_written_is_refused_in_one_line(seeded: Flask, cli: Cli, tmp_path: Path) -> None:
    ran = cli("scores", "events", "--csv", tmp_path / "missing" / "events.csv")
    assert (ran.code, ran.err.count("\n")) == (1, 1)


def test_two_days_are_compared_as_one_document(seeded: Flask, cli: Cli) -> None:
    complete("7", "songjiang", "reviewer-xingfazhixing", "2021-03-05")
    asked = ("scores", "compare", "松江", "--from", "2021-02-28", "--to", "2021-03-31")
    found = cli(*asked, "--json").json
    assert {name: found[name] for name in ("district", "from", "to", "before", "after", "change")} == {
        "district": "松江区司法局",
        "from": "2021-02-28",
        "to": "2021-03-31",
        "before": "20",
        "after": "19",
        "change": "-1",
    }
    moved = [
        (row["day"], row["task_number"], row["points"], row["score"]) for row in found["events"] if row["line"] != "0"
    ]
    assert moved == [("2021-03-01", "7", "-1", "19"), ("2021-03-01", "8", "-1", "18"), ("2021-03-05", "7", "1", "19")]
    assert cli(*asked).out.splitlines()[-1] == "松江区司法局：20 → 19"


def test_an_unknown_district_or_a_missing_day_is_refused(seeded: Flask, cli: Cli) -> None:
    assert cli("scores", "compare", "不存在", "--from", "2021-02-28", "--to", "2021-03-31").code == 1
    assert cli("scores", "compare", "松江", "--from", "2021-02-28").code == 2
    assert cli("scores", "events").code == 2
