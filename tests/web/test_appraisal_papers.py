"""The year's files over HTTP: who may fetch which, what they are named, and that nothing in them runs."""

import csv
import io
from urllib.parse import unquote

import pytest
from docx import Document
from flask import Flask
from python_calamine import CalamineWorkbook

from tests.appraisal.acts import COMPILER, HEAD, begin, put, sheet, unit
from tests.appraisal.recompute_year import year as anew
from tests.web.conftest import Visitor
from tracker.audit.models import AuditEntry
from tracker.db import db

OFFICE, OTHER = "songjiang-bangongshi", "songjiang-lvgong"
OF_YEAR = ("entries.csv", "entries.xlsx")
OF_RESULT = ("result.docx", "result.xlsx")
OF_UNIT = ("sheet.docx", "sheet.xlsx", "print")


@pytest.fixture
def year(seeded: Flask) -> int:
    """The number of a year in which something was recorded of two units."""
    number = begin()
    put("办公室", "W1-3.1", count=2, note="=1+1")
    put("律公科", "W9-1.1")
    return number


def test_each_file_is_for_those_who_see_what_is_in_it(visitor: Visitor, year: int) -> None:
    own = [f"/appraisal/{year}/units/{unit('办公室')}/{name}" for name in OF_UNIT]
    whole = [f"/appraisal/{year}/{name}" for name in OF_YEAR]
    result = [f"/appraisal/{year}/{name}" for name in OF_RESULT]
    for account, seen, hidden in (
        (HEAD, (*own, *whole, *result), ()),
        (COMPILER, (*own, *whole, *result), ()),
        (OFFICE, (*own, *whole), result),
        (OTHER, whole, (*own, *result)),
        ("supervisor", (), (*own, *whole, *result)),
        ("putuo-head", (), (*own, *whole, *result)),
    ):
        browser = visitor(account)
        for address in seen:
            assert browser.get(address).status_code == 200, (account, address)
        for address in hidden:
            assert browser.get(address).status_code == 404, (account, address)
    assert visitor("songjiang-clerk").get(whole[0]).status_code == 403


def test_the_entries_are_a_file_from_which_points_are_worked_out_anew(visitor: Visitor, year: int) -> None:
    response = visitor(COMPILER).get(f"/appraisal/{year}/entries.csv")
    assert response.data.startswith(b"\xef\xbb\xbf")
    assert unquote(response.headers["Content-Disposition"]).endswith("2021考评登记.csv")
    rows = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))
    assert [row["note"] for row in rows if row["unit"] == "办公室"] == ["'=1+1"]
    assert anew(response.data)["办公室"].total == sheet("办公室").year.total
    act = db.session.query(AuditEntry).filter_by(act="download").one()
    assert "2021考评登记.csv" in act.detail


def test_a_unit_finds_its_own_entries_alone_in_both_files(visitor: Visitor, year: int) -> None:
    browser = visitor(OFFICE)
    response = browser.get(f"/appraisal/{year}/entries.xlsx")
    assert unquote(response.headers["Content-Disposition"]).endswith("2021办公室考评登记.xlsx")
    cells = CalamineWorkbook.from_filelike(io.BytesIO(response.data)).get_sheet_by_index(0).to_python()
    assert "上海市松江区司法局" in cells[1][0]
    assert cells[3][:4] == ["类别", "编号", "科室", "条款"]
    assert [(row[0], row[2], row[12], row[18]) for row in cells[4:]] == [("登记", "办公室", "=1+1", "计分")]
    assert "律公科" not in browser.get(f"/appraisal/{year}/entries.csv").text


def test_a_sheet_on_paper_tells_the_same_as_the_word_file(visitor: Visitor, year: int) -> None:
    browser, place = visitor(OFFICE), f"/appraisal/{year}/units/{unit('办公室')}"
    page = browser.get(f"{place}/print").text
    assert page.index("上海市松江区司法局") < page.index("<h1>办公室年度工作考评表</h1>")
    assert "考评周期 2020-12-01 至 2021-11-30" in page
    assert "扣分随登记变化" in page
    assert "W1-3.1 参会率未达要求的，每次扣 2 分（第 84 行）：扣 4 分。" in page
    assert f'href="{place}"' in page
    response = browser.get(f"{place}/sheet.docx")
    assert unquote(response.headers["Content-Disposition"]).endswith("2021办公室考评表.docx")
    tables = Document(io.BytesIO(response.data)).tables
    assert "参会率未达要求的" in "".join(cell.text for row in tables[0].rows for cell in row.cells)
