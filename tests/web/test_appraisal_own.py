"""The page of a unit's own appraisal: saved, handed in, read by whoever compiles; nothing typed is lost."""

import re

import pytest
from flask import Flask

from tests.appraisal.acts import COMPILER, HEAD, begin, put, sheet, unit
from tests.client import Client
from tests.web.conftest import Visitor, file

OFFICE = "songjiang-bangongshi"
CODES = [*(f"W1-{n}" for n in range(1, 7)), *(f"T-{n}" for n in range(1, 7))]
EVERYTHING = {f"points-{code}": "3" for code in CODES} | {f"note-{code}": f"{code} 已完成" for code in CODES}
EVERYTHING |= {"summary": "全年总结一段", "city_material": "无"}


@pytest.fixture
def place(seeded: Flask) -> str:
    """The address of the unit's own appraisal in a year that has just begun."""
    return f"/appraisal/{begin()}/units/{unit('办公室')}/own"


@pytest.fixture
def office(visitor: Visitor, place: str) -> Client:
    """Somebody of the section at a browser."""
    return visitor(OFFICE)


def test_a_draft_is_saved_and_beside_each_item_stands_what_was_recorded(office: Client, place: str) -> None:
    put("办公室", "W1-3.1")
    page = office.get(place).text
    assert "登记 1 条" in page
    assert "待考评人填分" in page  # W1-5 is worked out elsewhere
    answer = office.submit(
        office.form(place, "/own"), **{"points-W1-1": "9.5", "note-W1-1": "缺一次", "summary": "半篇"}
    )
    assert answer.status_code == 303
    page = office.get(place).text
    for words in ('value="9.5"', "缺一次", "半篇", "还没有提交"):
        assert words in page


def test_handing_in_says_everything_that_is_missing_and_keeps_what_was_typed(office: Client, place: str) -> None:
    form = office.form(place, "/own")
    form.action = f"{place}/submit"
    wrong = {"points-W1-1": "11", "note-W1-2": "字" * 501, "points-T-3": "x"}
    answer = office.submit(form, **{**EVERYTHING, **wrong, "points-T-2": "", "note-T-2": "", "city_material": ""})
    assert answer.status_code == 422
    told = re.findall(r'<li><a href="#([\w-]+)">', answer.text)
    assert told == ["points-W1-1", "note-W1-2", "points-T-2", "points-T-3", "city_material"]
    for words in ("0 与 10 之间", "例如 8 或 8.5", "全年总结一段", "W1-4 已完成", 'value="x"'):
        assert words in answer.text
    assert sheet("办公室").self_scores == {}


def test_what_is_handed_in_is_read_by_the_compiler_and_taken_back_by_the_unit(
    visitor: Visitor, office: Client, place: str
) -> None:
    office.submit(office.form(place, "/own"), **EVERYTHING)
    compiler = visitor(COMPILER)
    draft = compiler.get(place).text
    assert "还没有提交自评" in draft
    assert "全年总结一段" not in draft
    form = office.form(place, "/own")
    form.action = f"{place}/submit"
    assert office.submit(form).status_code == 303
    for account in (COMPILER, HEAD):
        page = visitor(account).get(place).text
        assert "全年总结一段" in page
        assert "<textarea" not in page
    assert visitor("songjiang-lvgong").get(place).status_code == 404
    again = office.submit(form)
    assert again.status_code == 409
    assert "全年总结一段" in again.text
    assert office.submit(office.form(place, "/recall")).status_code == 303
    assert "还没有提交自评" in compiler.get(place).text


def test_what_a_colleague_saved_meanwhile_stands_beside_what_was_typed(office: Client, place: str) -> None:
    mine = office.form(place, "/own")
    office.submit(office.form(place, "/own"), **{"points-W1-1": "8", "note-W1-1": "同事写的"})
    answer = office.submit(mine, **{"points-W1-1": "9", "note-W1-1": "我写的"})
    assert answer.status_code == 409
    for words in ("同事写的", "我写的", "再次保存"):
        assert words in answer.text
    assert sheet("办公室").self_scores["W1-1"].note == "同事写的"


def test_a_file_is_added_to_the_summary(office: Client, place: str) -> None:
    sending = office.form(place, "/files")
    assert office.submit(sending, file=file("总结.pdf")).status_code == 303
    assert "总结.pdf" in office.get(place).text
    assert office.submit(sending, file=file("总结.exe")).status_code == 415
    assert office.submit(office.form(place, "/withdraw"), confirmed="1").status_code == 303
    page = office.get(place).text
    assert "附件：0 份" in page
    assert re.search(r"<s><a [^>]+>总结.pdf</a>.*?</s>.*?已移去", page)
