"""The pages of objections: a unit objects, the list shows the clock, whoever did not record the entry decides."""

import pytest
from flask import Flask

from tests.appraisal.acts import COMPILER, HEAD, begin, put, sheet, take_back
from tests.appraisal.test_appeals import appeal
from tests.client import Client
from tests.web.conftest import Visitor

OFFICE = "songjiang-bangongshi"


@pytest.fixture
def place(seeded: Flask) -> str:
    """The address of a year that has just begun."""
    return f"/appraisal/{begin()}"


@pytest.fixture
def office(visitor: Visitor, place: str) -> Client:
    """Somebody of an ordinary section at a browser."""
    return visitor(OFFICE)


def test_a_unit_objects_and_the_leading_group_upholds(visitor: Visitor, office: Client, place: str) -> None:
    entry = put("办公室", "W1-3.1", note="实到4人")
    here = f"{place}/entries/{entry}/appeal"
    empty = office.submit(office.form(here, "/appeal"), reason=" ")
    assert empty.status_code == 422
    answer = office.submit(office.form(here, "/appeal"), reason="已事先请假")
    assert answer.status_code == 303
    assert "待裁定" in office.get(answer.location).text
    assert "已经提出过异议" in office.get(here).text
    head = visitor(HEAD)
    page = head.get(f"{place}/appeals").text
    for words in ("已事先请假", "前答复", "实到4人", answer.location):
        assert words in page
    form = head.form(answer.location, "/appeals/")
    unsaid = head.submit(form, answer="经核对属实", decision="")
    assert unsaid.status_code == 422
    assert "经核对属实" in unsaid.text
    assert head.submit(form, answer="", decision="grant").status_code == 422
    assert head.submit(form, answer="经核对属实", decision="grant").status_code == 303
    assert sheet("办公室").results["W1-3"].points == 10
    assert "经核对属实" in office.get(f"{place}/appeals?state=granted").text
    assert head.submit(form, answer="再来一次", decision="refuse").status_code == 409


def test_an_objection_that_comes_too_late_keeps_its_text(office: Client, place: str) -> None:
    entry = put("办公室", "W1-3.1")
    form = office.form(f"{place}/entries/{entry}/appeal", "/appeal")
    take_back(entry)
    answer = office.submit(form, reason="写了很久的理由")
    assert answer.status_code == 409
    assert "已经撤销" in answer.text
    assert "写了很久的理由" in answer.text


def test_whoever_recorded_the_entry_sees_who_may_decide_instead_of_the_form(visitor: Visitor, place: str) -> None:
    asked = appeal(put("政治处", "W2-1.1"), COMPILER)
    page = visitor(HEAD).get(f"{place}/appeals/{asked}").text
    assert "须由他人裁定" in page
    assert "成立</button>" not in page
    assert "须由他人裁定" in visitor(HEAD).get(f"{place}/appeals").text
    assert "成立</button>" in visitor("songjiang-lead").get(f"{place}/appeals/{asked}").text
    assert "成立</button>" not in visitor(COMPILER).get(f"{place}/appeals/{asked}").text


def test_a_unit_finds_its_own_objections_alone(visitor: Visitor, office: Client, place: str) -> None:
    entry = put("律公科", "W9-1.1")
    asked = appeal(entry, "songjiang-lvgong", reason="律公科的理由")
    assert "律公科的理由" not in office.get(f"{place}/appeals").text
    assert "律公科的理由" in visitor("songjiang-lvgong").get(f"{place}/appeals").text
    assert office.get(f"{place}/appeals/{asked}").status_code == 404
    assert office.get(f"{place}/entries/{entry}/appeal").status_code == 404
    assert visitor("supervisor").get(f"{place}/appeals").status_code == 404
