"""The command line shows the appraisal scheme."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tracker.appraisal.schemes import UnknownScheme, known_scheme, scheme_names

Cli = Callable[..., Any]
pytestmark = pytest.mark.once


def test_the_scheme_is_given_as_json(cli: Cli) -> None:
    ran = cli("appraisal", "scheme", "--json")
    scheme = json.loads(ran.out)
    assert (ran.code, scheme["starts_on"], scheme["ends_on"]) == (0, "2020-12-01", "2021-11-30")
    clauses = {
        clause["code"]: clause for sheet in scheme["sheets"] for item in sheet["items"] for clause in item["clauses"]
    }
    tasks = clauses["W6-4.1"]
    assert (tasks["line"], tasks["kind"], tasks["points"], tasks["unit"]) == (134, "ext", "1", "任务")
    assert "28 项具体任务" in tasks["quote"]
    assert (clauses["W2-4.5"]["least"], clauses["W2-4.5"]["points"]) == ("1", "2")
    assert clauses["W5-1.3"]["places"][1] == [5, 8, "0.75"]
    assert clauses["W5-2.4"]["group"] == "W5-2.3"
    assert "学习时长" in clauses["T-3.4"]["disabled"]
    assert {each["code"] for each in scheme["problems"]} >= {"sign", "late", "open_cap"}
    owners = {item["code"]: item["owners"] for sheet in scheme["sheets"] for item in sheet["items"]}
    assert (owners["F-7"], owners["X-5"]) == (["复议应诉科"], ["政治处", "办公室", "普法科"])


def test_the_scheme_is_listed_with_what_is_odd_about_it(cli: Cli) -> None:
    ran = cli("appraisal", "scheme")
    assert ran.out.splitlines()[0].endswith("2020-12-01 至 2021-11-30，2021-08-05 印发")
    assert "W4-3.2\t复议应诉科\tsubcap -3/件 ≤15\t第 115 行\t区局诉讼案件败诉的" in ran.out
    assert "X-1.1\t政治处\tdisc -5–10/起\t" in ran.out
    assert "W10-2.1\t法律援助中心\tzero\t" in ran.out
    assert "第 134 行：“低于平均值”的判断标准印作“≥0”" in ran.err


def test_an_unknown_scheme_is_named_with_those_there_are(cli: Cli) -> None:
    ran = cli("appraisal", "scheme", "../indicators/shanghai-112")
    assert ran.code == 1
    assert "songjiang-2021-19" in ran.err


def test_a_scheme_is_known_by_the_sum_of_its_text(app: Flask) -> None:
    assert scheme_names() == ["songjiang-2021-19"]
    assert known_scheme("songjiang-2021-19").sha256.startswith("b345a473")
    with pytest.raises(UnknownScheme):
        known_scheme("putuo")
