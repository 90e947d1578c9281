"""The matrix of a large plan: 89 tasks in pages, a district opened to its 司法所, and edges that count the whole."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from tests.assignments.acts import unit_id
from tests.client import Client
from tests.conftest import Queries
from tests.large_plan import OFFICES, add_offices, add_tasks
from tests.web.conftest import Visitor


@pytest.fixture
def supervisor(visitor: Visitor) -> Client:
    """The supervisor at the browser."""
    return visitor("supervisor")


@pytest.fixture
def large(seeded: Flask) -> None:
    """89 tasks, the new ones overdue in every district."""
    add_tasks()


@pytest.fixture
def wide(seeded: Flask) -> None:
    """220 司法所 of 松江."""
    add_offices()


def numbers(page: str) -> list[str]:
    """Return the numbers of the tasks on a page."""
    return re.findall(r"<tr><td>([^<]+)</td><th scope=\"row\">", page)


def test_eighty_nine_tasks_stand_on_three_pages_with_their_chapters(large: None, supervisor: Client) -> None:
    pages = [supervisor.get(f"/matrix?on=2021-06-24&page={number}").text for number in (1, 2, 3)]
    found = [numbers(page) for page in pages]
    assert [len(page) for page in found] == [30, 30, 29]
    assert [number for page in found for number in page] == [str(number) for number in range(1, 90)]
    assert all("89 项任务 × 16 区" in page for page in pages)
    assert ["附加的一章" in page for page in pages] == [True, True, True]
    assert 'rel="next"' in pages[0]
    assert 'rel="next"' not in pages[2]


def test_the_edges_count_the_whole_plan_on_every_page(large: None, supervisor: Client) -> None:
    feet = set()
    for number in (1, 3):
        page = supervisor.get(f"/matrix?on=2021-06-24&page={number}").text
        assert "合计为全部 89 项任务、16 个单位之和，不只本页。" in page
        feet.add(re.sub(r"<[^>]+>", " ", page.split("<tfoot>")[1].split("</tfoot>")[0]))
    assert len(feet) == 1
    rows = supervisor.get("/ledger?plan=1&on=2021-06-24&light=overdue&level=district_bureau").text
    total = feet.pop().split()[-1]
    assert f"共 {total} 项" in rows


def test_a_page_beyond_the_last_is_the_last(large: None, supervisor: Client) -> None:
    assert numbers(supervisor.get("/matrix?page=99").text)[-1] == "89"


def test_a_file_has_all_tasks_and_paper_repeats_its_head(large: None, supervisor: Client) -> None:
    lines = supervisor.get("/matrix?format=csv").get_data(as_text=True).splitlines()
    assert len(lines) == 2 + 89 + 1
    assert supervisor.get("/matrix?print=1&page=2").text.count('<th scope="row" class="task"><span>') == 89


def test_a_large_plan_asks_no_more_of_the_database_and_stays_lean(
    supervisor: Client, query_count: Callable[[], AbstractContextManager[Queries]], request: pytest.FixtureRequest
) -> None:
    supervisor.get("/matrix")
    with query_count() as before:
        supervisor.get("/matrix")
    request.getfixturevalue("large")
    supervisor.get("/matrix")
    with query_count() as after:
        page = supervisor.get("/matrix")
    assert len(after.selects) == len(before.selects)
    assert len(page.data) < 150_000


def test_one_district_of_a_large_plan_is_paged_too(large: None, supervisor: Client) -> None:
    page = supervisor.get(f"/matrix?district={unit_id('songjiang')}&page=3").text
    assert "松江区司法局：89 项任务" in page
    assert page.count('class="card-title"') == 29


def test_a_district_is_opened_to_its_offices(wide: None, supervisor: Client) -> None:
    songjiang = unit_id("songjiang")
    front = supervisor.get("/matrix").text
    assert f'href="/matrix?open={songjiang}"' in front
    page = supervisor.get(f"/matrix?open={songjiang}").text
    assert f"28 项任务 × {OFFICES + 1} 个单位" in page
    heads = re.findall(r'<th scope="col"><abbr title="([^"]+)">', page)
    assert (len(heads), heads[0]) == (20, "松江区司法局")
    assert "共 221 个单位" in page
    last = supervisor.get(f"/matrix?open={songjiang}&columns=12").text
    assert len(re.findall(r'<th scope="col"><abbr', last)) == 1
    assert "收起，看全部区" in last


def test_the_figures_of_an_opened_district_lead_to_its_rows(wide: None, supervisor: Client) -> None:
    songjiang = unit_id("songjiang")
    page = html_of(supervisor, f"/matrix?open={songjiang}&on=2021-03-05")
    total = re.search(r'<td class="late-text"><a href="([^"]+)">([0-9]+)</a></td></tr></tfoot>', page)
    row = re.search(r'<a class="sum" href="([^"]+)">([0-9]+)</a>', page)
    assert total
    assert row
    for href, number in (total.groups(), row.groups()):
        assert f"共 {number} 项" in supervisor.get(href.replace("&amp;", "&")).text


def html_of(browser: Client, address: str) -> str:
    """Return a page that is there."""
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("query", ["open=2000000", "open={foreign}", "open=x", "columns=x"])
def test_what_is_not_there_or_unreadable_is_refused(wide: None, visitor: Visitor, query: str) -> None:
    lead = visitor("songjiang-lead")
    answer = lead.get(f"/matrix?{query.format(foreign=unit_id('huangpu'))}")
    assert answer.status_code == (400 if query.endswith("x") else 404)


def test_a_lead_opens_the_own_district(wide: None, visitor: Visitor) -> None:
    lead = visitor("songjiang-lead")
    assert "展开所属司法所" in lead.get("/matrix").text
    assert f"× {OFFICES + 1} 个单位" in lead.get(f"/matrix?open={unit_id('songjiang')}").text
