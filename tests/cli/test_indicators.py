"""The command line shows the statistical form."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tracker.indicators.forms import UnknownForm, form_names, known_form

Cli = Callable[..., Any]


@pytest.mark.once
def test_the_form_is_given_as_json(cli: Cli) -> None:
    ran = cli("indicators", "form", "--json")
    form = json.loads(ran.out)
    assert (ran.code, len(form["indicators"]), len(form["sub_tasks"]), len(form["contents"])) == (0, 112, 73, 21)
    by_code = {each["code"]: each for each in form["indicators"]}
    assert sum(len(each["blanks"]) for each in by_code.values()) == 136
    assert by_code["I020"]["blanks"][0]["asked_if"] == [["I019", "yes"]]
    assert by_code["I092"]["tasks"] == [["沪司发〔2021〕11号", "18"], ["京司发〔2022〕42号", "10"]]
    assert by_code["I009"]["proposed"][0]["proposed"] == "4"
    assert by_code["I060"]["bad_if_yes"]
    assert not by_code["I059"]["bad_if_yes"]
    assert "4 → 6" in next(each["message"] for each in form["problems"] if each["code"] == "missing_sub_task")


@pytest.mark.once
def test_the_form_is_listed_with_what_is_odd_about_it(cli: Cli) -> None:
    ran = cli("indicators", "form")
    assert ran.out.splitlines()[0].endswith("112 项指标，136 个空格")
    assert "I092\tP16 S62\t年度新提任司法所所长、副所长数量\t_____人" in ran.out
    assert "具备具备" in ran.err


@pytest.mark.once
def test_an_unknown_form_is_named_with_those_there_are(cli: Cli) -> None:
    ran = cli("indicators", "form", "putuo")
    assert ran.code == 1
    assert "shanghai-112" in ran.err


def test_a_form_is_known_by_the_sum_of_its_text() -> None:
    assert form_names() == ["shanghai-112"]
    assert known_form("shanghai-112").sha256.startswith("0299df04")
    with pytest.raises(UnknownForm):
        known_form("../plans/shanghai-2021-11")
