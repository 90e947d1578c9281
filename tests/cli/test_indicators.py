"""The command line shows the statistical form, fills it in, checks it and totals it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.indicators.acts import fill, open_round, sheet, submit, type_in
from tracker.indicators.forms import UnknownForm, form_names, known_form
from tracker.rules.indicators.rounds import Source

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


def test_values_are_put_in_by_an_account_of_the_unit(seeded: Flask, cli: Cli) -> None:
    number = open_round()
    asked = ("indicators", "answer", number, "松江")
    ran = cli(*asked, "I007=3", "I008=是", "--as", "songjiang-clerk", "--json")
    assert (ran.code, ran.json["stored"]) == (0, {"I007": 1, "I008": 1})
    held = sheet(number).held["I007"]
    assert (held.value.number, held.source, held.by) == (3, Source.COMMAND, "松江经办（演示）")
    refused = cli(*asked, "I007=三", "I011=2", "--as", "songjiang-clerk")
    assert (refused.code, refused.out) == (1, "已存 1 个空格。\n")
    assert "I007：请只填数字" in refused.err
    partly = cli(*asked, "I999=3", "I012=2", "--as", "songjiang-clerk")
    assert (partly.code, partly.out) == (1, "已存 1 个空格。\n")
    assert "I999：没有这个空格" in partly.err


@pytest.mark.parametrize(
    ("values", "account", "why"),
    [
        (("I999=3",), "songjiang-clerk", "I999：没有这个空格"),
        (("I007=3", "I007"), "songjiang-clerk", "空格=值"),
        (("I007=3",), "nobody", "没有账号"),
        (("I007=3",), "huangpu-clerk", "没有找到这次指标填报"),
        (("I007=3",), "supervisor", "没有这项权限"),
    ],
)
def test_what_may_not_be_put_in_is_refused_whole(
    seeded: Flask, cli: Cli, values: tuple[str, ...], account: str, why: str
) -> None:
    number = open_round()
    ran = cli("indicators", "answer", number, "松江", *values, "--as", account)
    assert ran.code == 1
    assert why in ran.err
    assert sheet(number).held == {}


def test_what_is_missing_and_what_does_not_fit_is_told(seeded: Flask, cli: Cli) -> None:
    number = open_round()
    fill(number)
    type_in(number, {"I034a": "3", "I034b": "4", "I007": ""})
    (found,) = cli("indicators", "check", number, "--unit", "松江", "--json").json
    assert found["unanswered"] == ["I007"]
    assert ("part_of_34", "block", "4", "3") in [
        (each["name"], each["level"], each["left"], each["right"]) for each in found["objections"]
    ]
    assert len(cli("indicators", "check", number).out.splitlines()) == 16
    assert "I007" in cli("indicators", "check", number, "--unit", "松江").out
    assert cli("indicators", "check", 999).code == 1


def test_the_table_is_given_as_json_and_as_a_workbook(seeded: Flask, cli: Cli, tmp_path: Path) -> None:
    number = open_round()
    fill(number)
    type_in(number, {"I007": "12"})
    submit(number)
    found = cli("indicators", "table", number, "--json").json
    assert (found["submitted"], len(found["missing"]), len(found["totals"])) == (["松江区司法局"], 15, 136)
    seven = next(each for each in found["totals"] if each["blank"] == "I007")
    assert (seven["rule"], seven["total"], seven["counted"], seven["missing"]) == ("sum", "12", 1, 15)
    target = tmp_path / "table.xlsx"
    assert cli("indicators", "table", number, "--xlsx", target).code == 0
    assert target.read_bytes().startswith(b"PK")
    assert "I007\t12\t计入 1\t未报 15" in cli("indicators", "table", number).out
