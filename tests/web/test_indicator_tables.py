"""The pages of a round's table: totals lead to the rows behind them, a district sees its own, files are safe."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import unit_id
from tests.indicators.acts import fill, open_round, type_in
from tests.indicators.test_tables import hand_in
from tests.web.conftest import Visitor
from tracker.audit.models import AuditEntry
from tracker.db import db

DISTRICTS = ("songjiang", "huangpu", "xuhui")
VALUES = {
    "songjiang": {"I007": "10", "I013": "是", "I019": "是", "I020": "2", "I082b": "4"},
    "huangpu": {"I007": "20", "I013": "否", "I019": "是", "I020": "6.5", "I082b": "5"},
    "xuhui": {"I007": "不适用", "I013": "否", "I019": "否", "I020": ""},
}
MORE = {"I066a": "是", "I066b": "", "I082a": "60"}


@pytest.fixture
def number(seeded: Flask) -> int:
    """A round in which three districts have handed in."""
    found = open_round()
    for seed, slug in enumerate(DISTRICTS):
        fill(found, slug, seed)
        type_in(found, VALUES[slug] | MORE, slug)
        hand_in(found, slug)
    return found


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_every_total_leads_to_the_indicator_and_every_value_to_its_history(visitor: Visitor, number: int) -> None:
    page = visitor("leader").get(f"/indicators/{number}/table").text
    assert f'<a href="/indicators/{number}/indicator/7#I007">30</a>' in page
    assert f'<a href="/indicators/{number}/{unit_id("songjiang")}/blank/I007">10</a>' in page
    assert "缺报清单：13 个单位还没有上报" in page
    assert "未报 13" in page
    assert "不适用 1" in page
    assert "“是”为发生问题" in page
    numbers = re.findall(rf'/indicators/{number}/indicator/(\d+)">\d+\. ', page)
    assert numbers == [str(n) for n in range(1, 16)]


def test_a_part_is_a_page(visitor: Visitor, number: int) -> None:
    browser = visitor("supervisor")
    for part, first, last in ((2, 16, 80), (3, 81, 98), (4, 99, 112), (99, 99, 112)):
        page = browser.get(f"/indicators/{number}/table?part={part}").text
        numbers = re.findall(rf'/indicators/{number}/indicator/(\d+)">\d+\. ', page)
        assert numbers == [str(n) for n in range(first, last + 1)]


def test_an_indicator_tells_how_its_total_is_made(visitor: Visitor, number: int) -> None:
    page = visitor("reviewer-xingfazhixing").get(f"/indicators/{number}/indicator/20").text
    assert "乘积之和 40.5 除以权数之和 9，得 4.5" in page
    assert "全区司法所政法专项编制和司法所数量（司法所（个））”（I082b）" in page
    assert "不需填 1 个" in page
    assert "松江经办（演示）" in page
    assert "页面填写" in page


def test_what_is_bad_and_what_is_only_asked_is_said(visitor: Visitor, number: int) -> None:
    browser = visitor("supervisor")
    assert "填“是”表示发生了问题" in browser.get(f"/indicators/{number}/indicator/13").text
    assert "填“是”表示发生了问题" not in browser.get(f"/indicators/{number}/indicator/2").text
    assert "仅为调查数据" in browser.get(f"/indicators/{number}/indicator/108").text
    assert browser.get(f"/indicators/{number}/indicator/113").status_code == 404


def test_a_district_sees_its_own_column_and_no_total(visitor: Visitor, number: int) -> None:
    clerk = visitor("songjiang-clerk")
    page = clerk.get(f"/indicators/{number}/table").text
    assert "本区指标" in page
    assert "黄浦" not in page
    assert "table.xlsx" not in page
    near = clerk.get(f"/indicators/{number}/indicator/7").text
    assert "黄浦" not in near
    assert "30" not in re.findall(r"<strong>(.*?)</strong>", near)
    for name in ("table.xlsx", "table.docx", "table.csv"):
        assert clerk.get(f"/indicators/{number}/{name}").status_code == 403
    answers = rows(clerk.get(f"/indicators/{number}/answers.csv").data)
    assert {row[0] for row in answers[1:]} == {"松江区司法局"}
    assert clerk.get(f"/indicators/{number}/{unit_id('huangpu')}/paper.docx").status_code == 404


def test_others_see_nothing(visitor: Visitor, number: int) -> None:
    for account in ("songjiang-office1", "auditor"):
        assert visitor(account).get(f"/indicators/{number}/table").status_code == 403
    assert visitor("supervisor").get("/indicators/999/table").status_code == 404


def test_the_answers_are_a_file_in_which_no_cell_runs(visitor: Visitor, seeded: Flask) -> None:
    number = open_round()
    fill(number)
    type_in(number, {"I108": "否", "I109a": "1", "I109b": "=1+1", "I109c": ""})
    hand_in(number, "songjiang")
    response = visitor("supervisor").get(f"/indicators/{number}/answers.csv")
    assert response.data.startswith(b"\xef\xbb\xbf")
    assert response.headers["Content-Disposition"].startswith("attachment")
    found = rows(response.data)
    assert len(found) == 1 + 16 * 136
    (risky,) = [row for row in found if row[0] == "松江区司法局" and row[3] == "I109b"]
    assert (risky[6], risky[7], risky[8], risky[10]) == ("'=1+1", "given", "松江经办（演示）", "form")


def test_whoever_takes_a_file_out_is_on_record(visitor: Visitor, number: int) -> None:
    browser, own = visitor("supervisor"), unit_id("songjiang")
    for name in ("answers.csv", "table.csv", "table.xlsx", "table.docx", f"{own}/paper.docx", f"{own}/paper.xlsx"):
        assert browser.get(f"/indicators/{number}/{name}").status_code == 200
        last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert last
        assert (last.act, f"/indicators/{number}/{name}" in last.detail) == ("download", True)


def test_the_form_is_a_page_to_print(visitor: Visitor, number: int) -> None:
    page = visitor("songjiang-lead").get(f"/indicators/{number}/{unit_id('songjiang')}/paper").text
    assert page.count("<tr>") == 112 + 9
    assert "<u> 10 </u> 人" in page
    assert "☑是或☐否" in page
    assert "A4 横向" in page


def test_the_queries_do_not_grow_with_the_units(visitor: Visitor, number: int, query_count: Callable[[], Any]) -> None:
    browser, numbers = visitor("supervisor"), []
    for slug in ("baoshan", "putuo"):
        browser.get(f"/indicators/{number}/table?part=2")
        with query_count() as queries:
            browser.get(f"/indicators/{number}/table?part=2")
        numbers.append(len(queries.selects))
        fill(number, slug)
        hand_in(number, slug)
    assert numbers[0] == numbers[1] <= 20
