"""Why a unit's points changed between two days, and the sheet of a past day: pages and exports."""

import pytest
from flask import Flask

from tests.appraisal.acts import DAY, begin, put, take_back, the_year, unit
from tests.web.conftest import Visitor
from tests.web.test_evaluation_pages import Day

OFFICE, HEAD = "songjiang-bangongshi", "songjiang-head"


@pytest.fixture(autouse=True)
def year(seeded: Flask, on_day: Day) -> int:
    """A year in which something was recorded in March and taken back in May."""
    found = begin("2021-03-05")
    entry = put("办公室", "W1-3.1", count=2, day="2021-03-05", happened="2021-03-01", note="三月例会两人未到。")
    take_back(entry, day="2021-05-07", reason="会前已请假")
    put("办公室", "W1-3.2", day="2021-06-01", note="会上喧哗。")
    on_day(DAY)
    return found


def at(name: str, more: str = "") -> str:
    """Return the address of a unit's sheet."""
    return f"/appraisal/{the_year().id}/units/{unit(name)}{more}"


def test_the_page_answers_in_one_line_and_leads_to_every_event(visitor: Visitor) -> None:
    page = visitor(OFFICE).get(at("办公室", "/changes")).text
    assert "办公室：70 → 68 分，−2" in page
    assert "3 件事改变了合计" in page
    for words in ("三月例会两人未到。", "会前已请假", "会上喧哗。", "−4", "+4"):
        assert words in page
    assert f'href="/appraisal/{the_year().id}/entries/' in page
    assert f'href="{at("办公室")}?on=2020-11-30#sum"' in page
    spring = visitor(OFFICE).get(at("办公室", "/changes?from=2021-03-05&to=2021-04-01")).text
    assert "办公室：66 → 66 分，没有变化" in spring
    assert "这两天之间没有登记" in spring
    assert visitor(OFFICE).get(at("办公室", "/changes?from=2021-02-30")).status_code == 400


def test_the_sheet_of_a_past_day_says_so_and_lets_nobody_act(visitor: Visitor) -> None:
    past = visitor(HEAD).get(at("办公室", "?on=2021-04-01")).text
    assert "这是2021年4月1日" in past
    assert "10 − 4 = 6" in past.replace("&minus;", "−")
    for later in ("会上喧哗", "会前已请假", "/record", "sheet.docx"):
        assert later not in past
    assert "/record" in visitor(HEAD).get(at("办公室", f"?on={DAY}")).text


def test_the_events_are_exported_as_shown(visitor: Visitor) -> None:
    sent = visitor(HEAD).get(at("办公室", "/changes?format=csv"))
    lines = sent.text.splitlines()
    assert [line.split(",")[0] for line in lines if line.startswith("2021-")] == [
        "2021-03-05",
        "2021-05-07",
        "2021-06-01",
    ]
    assert "撤销登记" in sent.text


def test_others_changes_are_nobodys_business_before_publication(visitor: Visitor) -> None:
    assert visitor(OFFICE).get(at("公服科", "/changes")).status_code == 404
    assert visitor("supervisor").get(at("公服科", "/changes")).status_code == 404
