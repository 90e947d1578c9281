"""Every figure leads to the very rows that it counts: the link is followed, and the rows behind it are counted."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import update

from tests.assignments.acts import complete, owed, take, the_plan, unit_id
from tests.client import Client
from tests.overview.test_watched import RETURN, decide
from tests.web.conftest import REVIEWER, Visitor
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.reports.models import Report
from tracker.rules.status import Move

FIGURE = re.compile(
    r'<a(?: class="[^"]*")? href="(/ledger\?[^"]+)"[^>]*>(?:<[^>]+>[^<]*</[^>]+>)*\D{0,40}?(?:\d+ / )?(\d+)'
)
"""A linked figure; of two, the first is a part of the second, and that is how many rows there are."""


@pytest.fixture
def busy(seeded: Flask, on_day: Callable[[str], date]) -> None:
    """The fifth of March with one assignment of every sort, one of them reopened, one with a later due day."""
    on_day("2021-03-05")
    complete("7", "songjiang", REVIEWER, "2021-02-25")
    complete("8", "huangpu", "supervisor", "2021-03-02")
    take("supervisor", Move.EXEMPT, "2021-03-01", owed("9", "songjiang"), "没有此类机构")
    take("supervisor", Move.EXEMPT, "2021-03-01", owed("7", "huangpu"), "没有此类机构")
    complete("16", "songjiang", "supervisor", "2021-02-27")
    take("supervisor", Move.REOPEN, "2021-03-03", owed("16", "songjiang"), "复查不符")
    below = owed("1", "songjiang-yueyang")
    for account, move in (("office1", Move.ACKNOWLEDGE), ("office1", Move.SUBMIT), ("lead", Move.ACCEPT)):
        take(f"songjiang-{account}", move, "2021-03-01", below)
    with transaction():
        db.session.execute(
            update(Assignment).where(Assignment.id == owed("5", "songjiang")).values(due_on=date(2021, 3, 20))
        )


def page(browser: Client, address: str) -> str:
    """Return a page that must exist."""
    response = browser.get(html.unescape(address))
    assert response.status_code == 200, address
    return response.text


def rows_behind(browser: Client, address: str) -> int:
    """Return how many rows a list has: as it says, and as its pages show."""
    text = page(browser, address)
    found = re.search(r"共 (\d+) 项", text)
    assert found, address
    shown = len(set(re.findall(r'href="/assignments/(\d+)"', text)))
    assert shown == min(int(found[1]), 100), address
    return int(found[1])


def figures(text: str) -> Iterator[tuple[str, int]]:
    """Yield each linked figure of a page once."""
    yield from dict.fromkeys((address, int(value)) for address, value in FIGURE.findall(text))


@pytest.mark.parametrize(
    ("address", "least"),
    [
        ("/overview", 40),
        ("/overview?on=2021-02-27", 30),
        ("/matrix", 17),
        ("/matrix?light=done", 3),
        ("/matrix?light=excluded", 3),
        ("/matrix?light=near&on=2021-03-24", 17),
        ("/scores", 64),
        ("/scores?on=2021-02-28", 48),
        ("/scores/{songjiang}", 1),
        ("/tasks/{task}", 4),
    ],
)
@pytest.mark.usefixtures("busy")
def test_every_linked_figure_is_the_number_of_rows_behind_it(visitor: Visitor, address: str, least: int) -> None:
    leader, task = visitor("leader"), db.session.get_one(Assignment, owed("1", "songjiang")).task_id
    found = list(figures(page(leader, address.format(songjiang=unit_id("songjiang"), task=task))))
    assert len(found) >= least
    for link, value in found:
        assert rows_behind(leader, link) == value, link


@pytest.mark.usefixtures("busy")
def test_every_figure_of_the_overview_has_a_link(visitor: Visitor) -> None:
    text = page(visitor("leader"), "/overview")
    tables = text.split('class="chart-table"')[1].split("</table>")[0] + text.split('id="coming-title"')[1]
    assert set(re.findall(r'class="number"><?[^a]*?>?(\d+)</td>', tables)) <= {"0"}


@pytest.mark.usefixtures("busy")
def test_what_a_unit_still_owes_leads_to_its_rows(visitor: Visitor) -> None:
    admin = visitor("admin")
    found = list(figures(page(admin, "/admin/units")))
    assert len(found) > 50
    for link, value in found[:6] + found[-3:]:
        assert rows_behind(admin, link) == value, link
    (link, value), *_ = figures(page(admin, f"/admin/units/{unit_id('songjiang')}"))
    assert rows_behind(admin, link) == value == 26


@pytest.mark.parametrize("account", ["leader", "supervisor", "songjiang-clerk", "songjiang-lead", REVIEWER])
@pytest.mark.usefixtures("busy")
def test_the_number_of_a_tab_is_the_number_of_its_rows(visitor: Visitor, account: str) -> None:
    decide(owed("16", "songjiang"), RETURN, RETURN)
    browser = visitor(account)
    tabs = page(browser, "/todo").split('class="tabs"')[1].split("</nav>")[0]
    found = re.findall(r'href="(/todo\?tab=\w+)"[^>]*>[^<]+<span class="count[^>]*>(\d+)', tabs)
    assert found
    for link, value in found:
        rows = page(browser, link)
        assert len(set(re.findall(r'href="/assignments/(\d+)', rows))) == int(value), link


@pytest.mark.usefixtures("busy")
def test_the_plans_lead_to_their_tasks(visitor: Visitor) -> None:
    leader, plan = visitor("leader"), the_plan().id
    assert f'<a href="/plans/{plan}">28</a>' in page(leader, "/plans")
    assert len(re.findall(r'href="/tasks/\d+"', page(leader, f"/plans/{plan}"))) == 28


def test_a_leader_sees_what_is_returned_again_with_its_reason(seeded: Flask, visitor: Visitor) -> None:
    take("songjiang-clerk", Move.ACKNOWLEDGE, "2021-02-20", owed("16", "songjiang"))
    decide(owed("16", "songjiang"), RETURN, RETURN)
    for account in ("leader", "supervisor"):
        text = page(visitor(account), "/todo?tab=returns")
        assert "2 次" in text
        assert "材料不全" in text
    assert db.session.query(Report).count() == 2


def test_an_empty_week_says_when_the_next_one_comes(seeded: Flask, visitor: Visitor) -> None:
    leader = visitor("leader")
    text = page(leader, "/todo")
    assert "本周没有到期的事项" in text
    assert "2021年6月30日" in text
    link = re.search(r'href="(/ledger\?[^"]+)">看那天到期的', text)
    assert link
    assert "2021-06-30" in page(leader, link[1])
    assert "没有连续退回的事项" in page(leader, "/todo?tab=returns")
    assert "没有符合条件的事项" in page(leader, "/todo?tab=returns&q=没有")


@pytest.mark.parametrize("name", ["due_from", "due_by", "done_by"])
def test_a_bound_that_is_no_day_is_refused(seeded: Flask, visitor: Visitor, name: str) -> None:
    assert visitor("leader").get(f"/ledger?{name}=gestern").status_code == 400


def test_bounds_are_kept_in_the_bar_and_told_in_the_file(seeded: Flask, visitor: Visitor) -> None:
    leader = visitor("leader")
    text = page(leader, "/ledger?due_from=2021-06-30&due_by=2021-06-30")
    assert text.count('value="2021-06-30"') == 2
    lines = leader.get("/ledger?due_by=2021-06-30&format=csv").text.splitlines()
    assert "到期不晚于 2021-06-30" in lines[0]
