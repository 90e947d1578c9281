"""Files hold exactly what the page shows, with Chinese names, and no cell of them can run."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from flask import Flask

from tests import tables
from tests.assignments.acts import complete
from tests.client import Client
from tracker.db import db, transaction
from tracker.people.queries import user_by_account
from tracker.plans.models import Task
from tracker.web.rows import brief

Visitor = Callable[[str], Client]
SHEET = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
RISKY = [
    "=1+1",
    "+86 21 0000",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example")',
]


def csv_rows(browser: Client, address: str, heads: bool = False) -> list[list[str]]:
    """Return the rows of a CSV export, on request with the heads of its columns."""
    response = browser.get(address)
    assert response.status_code == 200
    assert response.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))[1 if heads else 2 :]


def workbook(browser: Client, address: str, heads: bool = False) -> tuple[list[list[str]], str]:
    """Return the rows of an Excel export, on request with the heads of its columns, and the XML of its sheet."""
    response = browser.get(address)
    assert response.status_code == 200
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
        texts = [
            "".join(part.itertext())
            for part in ElementTree.fromstring(archive.read("xl/sharedStrings.xml")).findall("m:si", SHEET)
        ]
    rows = [
        [_cell(cell, texts) for cell in row.findall("m:c", SHEET)]
        for row in ElementTree.fromstring(xml).findall(".//m:row", SHEET)
    ]
    return rows[2 if heads else 3 :], xml


def _cell(cell: ElementTree.Element, texts: list[str]) -> str:
    value = cell.findtext("m:v", "", SHEET)
    return texts[int(value)] if cell.get("t") == "s" else value


def shown(browser: Client, address: str) -> list[dict[str, str]]:
    """Return the rows that all pages of a list show."""
    rows: list[dict[str, str]] = []
    last: list[dict[str, str]] = []
    for page in range(1, 20):
        found = tables.rows(browser.get(f"{address}&page={page}").text)
        if found == last:
            # Beyond the last page stands the last one.
            return rows
        rows, last = rows + found, found
    raise AssertionError("the list has no end")


FILTERS = [
    "on=2021-03-01",
    "on=2021-04-01&level=district_bureau",
    "on=2021-03-01&level=city_office",
    "on=2021-10-01&level=district_bureau&sort=-due",
    "on=2021-10-01&q=司法所&sort=unit",
    "on=2021-02-28",
]


@pytest.mark.parametrize("query", FILTERS)
@pytest.mark.parametrize("account", ["supervisor", "songjiang-clerk", "reviewer-cujinfazhi"])
def test_an_export_of_the_overdue_list_holds_the_rows_of_the_page(visitor: Visitor, account: str, query: str) -> None:
    browser = visitor(account)
    page = [" ".join(row.values()) for row in shown(browser, f"/overdue?{query}")]
    from_csv = csv_rows(browser, f"/overdue?{query}&format=csv")
    assert len(from_csv) == len(page)
    for line, row in zip(page, from_csv, strict=True):
        number, task, unit, district, due_on, days, status, urged, last, name, phone, original, extended = row
        assert line.startswith(f"{number} ")
        assert not district or district in (unit, "普陀区司法局", "松江区司法局")
        for told in (brief(task), unit, due_on, f"{days} 天", status, urged, last, name or "未登记", phone):
            assert told in line, (told, line)
        assert (original, extended) == ("", "0")
    rows, _ = workbook(browser, f"/overdue?{query}&format=xlsx&page=2")
    assert [(*row[:4], *row[5:]) for row in rows] == [(*row[:4], *row[5:]) for row in from_csv]


@pytest.mark.parametrize("day", ["2021-03-01", "2021-03-05", "2021-10-01", "2021-02-09"])
def test_an_export_of_the_board_holds_the_numbers_of_the_page(visitor: Visitor, day: str) -> None:
    complete("7", "songjiang", "reviewer-xingfazhixing", "2021-03-05")
    browser = visitor("supervisor")
    same = ("名次", "区局", "得分", "应扣", "实扣", "逾期后办结")
    page = [[row[label] for label in same] for row in tables.rows(browser.get(f"/scores?on={day}").text)]
    for rows in (
        csv_rows(browser, f"/scores?on={day}&format=csv", heads=True),
        workbook(browser, f"/scores?on={day}&format=xlsx", heads=True)[0],
    ):
        places = [rows[0].index(label) for label in same]
        assert [[row[place].removesuffix(".00") for place in places] for row in rows[1:]] == page


def test_a_role_that_is_shown_no_scores_is_given_no_export(visitor: Visitor) -> None:
    response = visitor("reviewer-mishu").get("/scores?format=csv")
    assert response.mimetype == "text/html"


@pytest.mark.parametrize(
    ("address", "media", "name"),
    [
        ("/overdue?format=csv", "text/csv", "逾期清单.csv"),
        ("/overdue?format=xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "逾期清单.xlsx"),
        ("/scores?format=csv", "text/csv", "得分排名.csv"),
    ],
)
def test_an_export_is_an_attachment_with_a_chinese_name(visitor: Visitor, address: str, media: str, name: str) -> None:
    response = visitor("supervisor").get(address)
    disposition = response.headers["Content-Disposition"]
    assert response.mimetype == media
    assert disposition.startswith("attachment; filename*=UTF-8''")
    assert unquote(disposition.rpartition("''")[2]) == name
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("risky", RISKY)
def test_no_cell_of_an_export_can_run(seeded: Flask, visitor: Visitor, risky: str) -> None:
    with transaction():
        db.session.query(Task).filter_by(number="7").one().text = risky
        clerk = user_by_account("songjiang-clerk")
        assert clerk
        clerk.name, clerk.phone = risky, risky
    browser = visitor("songjiang-clerk")
    address = "/overdue?on=2021-03-01&level=district_bureau&format="
    (row, _) = csv_rows(browser, f"{address}csv")
    assert (row[1], row[9], row[10]) == (f"'{risky}",) * 3
    rows, xml = workbook(browser, f"{address}xlsx")
    assert "<f>" not in xml
    assert "<hyperlink" not in xml
    assert _plain(rows[0][1]) == _plain(risky)


def _plain(value: str) -> str:
    """Return a text without the blanks that XML does not keep."""
    return re.sub(r"[\t\r]|_x000D_", "", value)
