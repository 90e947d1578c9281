"""The ledger at the browser: lights as tabs, filters, orders, groups and pages in the address, files alike."""

import re

import pytest

from tests import tables
from tests.assignments.acts import owed, unit_id
from tests.client import Client
from tests.web.conftest import CLERK, Visitor
from tests.web.test_exports import csv_rows, shown


@pytest.fixture
def supervisor(visitor: Visitor) -> Client:
    """The supervisor at the browser."""
    return visitor("supervisor")


def tabs(page: str) -> dict[str, str]:
    """The lights above the list with their numbers."""
    head = page.split('class="tabs"')[1].split("</nav>")[0]
    return dict(re.findall(r'>([^<>]+)<span class="count[^"]*">(\d+)<', head))


@pytest.mark.parametrize(
    ("account", "title", "number"),
    [
        ("supervisor", "督办台账", 1244),
        ("leader", "督办台账", 1244),
        ("reviewer-xingfazhixing", "本处室台账", 44),
        (CLERK, "本单位台账", 28 + 17 * 28),
        ("songjiang-office1", "本单位台账", 28),
    ],
)
def test_everyone_has_the_ledger_of_their_scope(visitor: Visitor, account: str, title: str, number: int) -> None:
    page = visitor(account).get("/ledger").text
    assert f"<h1>{title}</h1>" in page
    assert tabs(page)["全部"] == str(number)
    menu = page.split('aria-label="主菜单"')[1].split("</nav>")[0]
    assert title in menu


def test_the_numbers_of_the_lights_are_the_rows_behind_them(supervisor: Client) -> None:
    page = supervisor.get("/ledger?level=district_bureau").text
    numbers = tabs(page)
    assert sum(int(number) for label, number in numbers.items() if label != "全部") == int(numbers["全部"]) == 448
    for href, label in re.findall(r'<a href="(/ledger\?[^"]*light=[^"]*)"[^>]*>([^<]+)<', page):
        if label in numbers:
            listed = csv_rows(supervisor, href.replace("&amp;", "&") + "&format=csv")
            assert len(listed) == int(numbers[label]), label


def test_the_overdue_list_is_the_ledger_with_its_light_fixed(supervisor: Client) -> None:
    fixed = csv_rows(supervisor, "/overdue?level=district_bureau&light=done&format=csv")
    asked = csv_rows(supervisor, "/ledger?level=district_bureau&light=overdue&format=csv")
    assert [row[:13] for row in asked] == fixed
    assert {row[13] for row in asked} == {"逾期"}


@pytest.mark.parametrize(
    "query",
    [
        "level=district_bureau&light=near,overdue&sort=-due",
        "due=2021-06&group=district&q=司法所",
        "level=city_office&group=office&sort=task",
        "level=district_bureau&group=month&sort=-unit&size=50&light=overdue",
    ],
)
def test_a_file_of_the_ledger_holds_the_rows_of_the_page(supervisor: Client, query: str) -> None:
    page = [row for row in shown(supervisor, f"/ledger?{query}") if "序号" in row]
    listed = csv_rows(supervisor, f"/ledger?{query}&format=csv")
    grouped = 1 if "group" in query else 0
    assert [(row["序号"], row["单位"]) for row in page] == [(row[grouped], row[grouped + 2]) for row in listed]
    assert listed


def test_a_file_says_when_and_under_which_conditions(supervisor: Client) -> None:
    page = supervisor.get(f"/ledger?light=near&district={unit_id('songjiang')}&q=司法所&format=csv").text
    first = page.splitlines()[0]
    assert "督办台账,截至 2021-06-24，导出于 " in first.replace('"', "")
    assert "条件：临期、松江区司法局、司法所" in first


def test_a_group_says_how_many_it_has_on_all_pages_and_leads_to_them(supervisor: Client) -> None:
    page = supervisor.get("/ledger?group=district&size=20&sort=task").text
    assert "市局处室" in page
    supervisor_page = supervisor.get(f"/ledger?group=district&size=20&district={unit_id('songjiang')}").text
    (href,) = re.findall(
        r'colspan="\d+"><a href="([^"]+)">松江区司法局</a> <span class="quiet">504 项', supervisor_page
    )
    assert tabs(supervisor.get(href.replace("&amp;", "&")).text)["全部"] == "504"


def test_heads_turn_their_order_round(supervisor: Client) -> None:
    page = supervisor.get("/ledger?sort=unit&page=2").text
    assert re.search(r'<th scope="col"[^>]* aria-sort="ascending"><a href="/ledger\?sort=-unit">单位', page)
    turned = supervisor.get("/ledger?sort=-unit").text
    assert re.search(r'<th scope="col"[^>]* aria-sort="descending"><a href="/ledger\?sort=unit">单位', turned)


@pytest.mark.parametrize(("size", "rows"), [("20", 20), ("50", 50), ("100", 100), ("999", 100)])
def test_a_page_has_as_many_rows_as_asked_for(supervisor: Client, size: str, rows: int) -> None:
    assert len(tables.rows(supervisor.get(f"/ledger?size={size}").text)) == rows


def test_seldom_filters_are_offered_on_request_and_where_they_are_used(supervisor: Client) -> None:
    assert 'name="office"' not in supervisor.get("/ledger").text
    assert 'name="office"' in supervisor.get("/ledger?more=1").text
    office = unit_id("xingfazhixing")
    page = supervisor.get(f"/ledger?office={office}").text
    assert f'<option value="{office}" selected>' in page
    assert tabs(page)["全部"] == "44"


@pytest.mark.parametrize("month", ["2021", "2021-13", "1999-01", "2101-01", "二月"])
def test_a_month_that_is_none_is_refused_with_how_to_write_it(supervisor: Client, month: str) -> None:
    answer = supervisor.get("/ledger", query_string={"due": month})
    assert answer.status_code == 400
    assert "2021-06" in answer.text


def test_rows_still_owed_can_be_urged_from_the_ledger(supervisor: Client) -> None:
    near = owed("16", "songjiang")
    form = supervisor.form("/ledger?light=near", action="/urge/preview")
    answer = supervisor.submit(form, id=str(near))
    assert answer.status_code == 200
    assert 'name="back" value="/ledger?light=near"' in answer.text


def test_a_list_without_rows_says_what_to_do(supervisor: Client) -> None:
    assert "没有符合条件的事项" in supervisor.get("/ledger?q=没有这样的任务").text
    assert "没有逾期的事项" in supervisor.get("/overdue?q=没有这样的任务").text


def test_the_past_can_be_looked_at_and_not_urged(supervisor: Client) -> None:
    page = supervisor.get("/ledger?on=2021-02-20").text
    assert tabs(page)["全部"] == "1244"
    assert "/urge/preview" not in page
