"""A unit fills in the form of annex 4, its compiler records evidence and judges; every refusal keeps what was typed."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from tests.appraisal.acts import COMPILER, DAY, begin, put, the_year, unit
from tests.appraisal.test_special import apply, applying, row
from tests.assignments.acts import moment, person
from tests.client import Client
from tests.web.conftest import Visitor, file
from tracker.appraisal import special
from tracker.appraisal.models import AppraisalFile, SpecialApplication
from tracker.db import db, transaction

OFFICE = "songjiang-bangongshi"
FILLED = {"title": "直通车", "idea": "首创", "contents": "内容", "results": "成效", "contact": "王", "phone": "1234"}


@pytest.fixture
def place(seeded: Flask) -> str:
    """The address of a year that has just begun."""
    return f"/appraisal/{begin()}"


@pytest.fixture
def office(visitor: Visitor, place: str) -> Client:
    """Somebody of an ordinary section at a browser."""
    return visitor(OFFICE)


def test_a_unit_applies_changes_and_adds_a_page(office: Client, place: str) -> None:
    own = f"{place}/units/{unit('办公室')}/special/new"
    assert f'href="{own}"' in office.get(f"{place}/special").text
    answer = office.submit(office.form(own, "/special/new"), **FILLED)
    assert answer.status_code == 303
    here = answer.location
    assert "直通车" in office.get(here).text
    assert office.submit(office.form(f"{here}/change", "/change"), idea="首创，改过").status_code == 303
    sending = office.form(here, "/files")
    assert office.submit(sending, file=file("附页.pdf")).status_code == 303
    assert "附页.pdf" in office.get(here).text
    assert len(db.session.scalars(select(AppraisalFile)).all()) == 1
    assert office.submit(sending, file=None).status_code == 422
    off = f"/files/{db.session.scalars(select(AppraisalFile.id)).one()}/withdraw"
    assert office.submit(office.form(here, off), confirmed="1").status_code == 303
    page = office.get(here).text
    assert "附页和凭据：0 份" in page
    assert re.search(r"<s><a [^>]+>附页.pdf</a>.*?</s>.*?已移去", page)


def test_what_is_too_long_is_told_with_its_count_and_kept(office: Client, place: str) -> None:
    own = f"{place}/units/{unit('办公室')}/special/new"
    answer = office.submit(office.form(own, "/special/new"), **{**FILLED, "idea": "新" * 312})
    assert answer.status_code == 422
    assert "最多 300 字，现有 312 字" in answer.text
    assert "新" * 312 in answer.text
    assert db.session.scalars(select(SpecialApplication)).all() == []


def test_whoever_applies_for_the_same_again_is_led_to_the_first(office: Client, place: str) -> None:
    first, own = apply(), f"{place}/units/{unit('办公室')}/special/new"
    answer = office.submit(office.form(own, "/special/new"), **{**FILLED, "title": "直 通 车", "idea": "另写的"})
    assert answer.status_code == 422
    assert "已申报过同名的特色工作" in answer.text
    assert f'href="{place}/special/{first}"' in answer.text
    assert "另写的" in answer.text


def test_what_a_colleague_saved_meanwhile_stands_beside_what_was_typed(office: Client, place: str) -> None:
    application = apply()
    form = office.form(f"{place}/special/{application}/change", "/change")
    with transaction():
        wanted = applying(idea="同事写的")
        special.change(person(OFFICE), moment(DAY), the_year().id, application, wanted, row(application).version)
    answer = office.submit(form, idea="我写的")
    assert answer.status_code == 409
    assert "同事写的" in answer.text
    assert "我写的" in answer.text
    assert row(application).idea == "同事写的"


def test_another_unit_finds_nothing(visitor: Visitor, office: Client, place: str) -> None:
    application, other = apply(), visitor("songjiang-lvgong")
    for address in (
        f"/special/{application}",
        f"/special/{application}/change",
        f"/units/{unit('办公室')}/special/new",
    ):
        assert other.get(place + address).status_code == 404
    assert "直通车" not in other.get(f"{place}/special").text
    assert visitor("supervisor").get(f"{place}/special").status_code == 404
    assert visitor("songjiang-clerk").get(f"{place}/special").status_code == 403


def test_the_compiler_records_evidence_and_judges_within_the_band(visitor: Visitor, place: str) -> None:
    application, browser = apply(), visitor(COMPILER)
    here = f"{place}/special/{application}"
    form = browser.form(here, "/items")
    filled = {"code": "F-22.1", "day": "2021-05-06", "note": "通报"}
    assert browser.submit(form, **{**filled, "day": ""}).status_code == 422
    assert browser.submit(form, **{**filled, "code": "W1-1.1"}).status_code == 422
    refused = browser.submit(form, **{**filled, "note": "", "count": "两", "day": "2020-11-30"})
    assert refused.status_code == 422
    assert re.findall(r'<li><a href="#([\w-]+)">', refused.text) == ["day", "count", "note"]
    assert browser.submit(form, **{**filled, "count": "3"}).status_code == 303
    page = browser.get(here).text
    assert "超出 1.5 分不计" in page
    outside = browser.submit(browser.form(here, "/judge"), recognised="no", points="7", reason="很有新意")
    assert outside.status_code == 422
    assert "1 与 5" in outside.text
    assert "很有新意" in outside.text
    done = browser.submit(browser.form(here, "/judge"), recognised="no", points="４．５", reason="很有新意")
    assert done.status_code == 303
    assert row(application).points == 4.5
    assert "合计 4.5 分" in browser.get(here).text
    assert "4.5" in browser.get(f"{place}/special?state=judged").text


def test_a_judgement_on_a_text_that_changed_meanwhile_is_not_taken_silently(visitor: Visitor, place: str) -> None:
    application, browser = apply(), visitor(COMPILER)
    here = f"{place}/special/{application}"
    form = browser.form(here, "/judge")
    with transaction():
        wanted = applying(idea="改过")
        special.change(person(OFFICE), moment(DAY), the_year().id, application, wanted, row(application).version)
    answer = browser.submit(form, recognised="no", points="2", reason="一般")
    assert answer.status_code == 409
    assert "改过" in answer.text
    assert "一般" in answer.text
    assert row(application).points is None


def test_the_compiling_unit_is_not_offered_to_judge_itself(visitor: Visitor, place: str) -> None:
    application = apply(COMPILER, "政治处")
    here = f"{place}/special/{application}"
    page = visitor(COMPILER).get(here).text
    assert "由考评领导小组评定" in page
    assert f"{here}/judge" not in page
    assert f"{here}/judge" in visitor("songjiang-head").get(here).text


def test_an_application_is_taken_back(office: Client, place: str) -> None:
    application = apply()
    put("办公室", "F-22.1", application_id=application)
    here = f"{place}/special/{application}"
    assert office.submit(office.form(here, "/withdraw")).status_code == 303
    page = office.get(here).text
    assert "已撤回，不评定" in page
    assert "各项合计</" not in page.replace("各项合计 <b>0 分</b>", "")
    assert "直通车" in office.get(f"{place}/special?state=withdrawn").text
