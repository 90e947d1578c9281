"""Who sees the board: everybody, or, where the rule says so, a district only its own row."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from tests.assignments.acts import complete, the_plan
from tests.client import Client
from tests.makers import make_score_rule
from tests.web.conftest import CLERK, Visitor
from tracker.db import transaction

DISTRICT = [CLERK, "songjiang-lead", "songjiang-office1"]
CITY = ["supervisor", "leader", "admin", "reviewer-mishu"]


@pytest.fixture
def closed(seeded: Flask, on_day: Callable[[str], date]) -> None:
    """The tenth of May; since the fifth a district sees its own row."""
    on_day("2021-05-10")
    complete("7", "songjiang", "reviewer-xingfazhixing", "2021-03-05")
    complete("7", "huangpu", "reviewer-xingfazhixing", "2021-03-05")
    complete("6", "huangpu", "reviewer-cujinfazhi", "2021-03-05")
    with transaction():
        make_score_rule(plan_id=the_plan().id, day=date(2021, 5, 5), board_open=False)


def districts(page: str) -> set[str]:
    """The districts whose scores a page names."""
    return set(re.findall(r"(?:松江|黄浦|徐汇|崇明)区司法局", page))


@pytest.mark.parametrize("account", DISTRICT)
@pytest.mark.parametrize("query", ["", "?on=2021-05-01", "?against=2021-03-01", "?print=1", "?page=2"])
def test_a_district_sees_its_own_row_and_its_place_among_all(
    closed: None, visitor: Visitor, account: str, query: str
) -> None:
    page = board(visitor(account), query)
    assert districts(page) == {"松江区司法局"}


def board(browser: Client, query: str = "") -> str:
    """What the board shows below its head: the person's own unit stands above."""
    answer = browser.get(f"/scores{query}")
    assert answer.status_code == 200
    return answer.text.split("<tbody")[1].split("</tbody>")[0]


def test_the_page_says_that_others_are_not_shown(closed: None, visitor: Visitor) -> None:
    page = visitor(CLERK).get("/scores").text
    assert "名次是在全部 16 个区中的名次" in page
    assert re.search(r"<td>2\s*<th", board(visitor(CLERK)))


@pytest.mark.parametrize("account", CITY)
def test_the_city_sees_all(closed: None, visitor: Visitor, account: str) -> None:
    browser = visitor(account)
    assert districts(board(browser)) == {"松江区司法局", "黄浦区司法局", "徐汇区司法局", "崇明区司法局"}
    assert "名次是在全部" not in browser.get("/scores").text


def test_while_the_board_is_open_a_district_sees_all(
    seeded: Flask, on_day: Callable[[str], date], visitor: Visitor
) -> None:
    on_day("2021-05-10")
    assert len(districts(board(visitor(CLERK)))) == 4


def test_a_file_holds_what_the_page_shows(closed: None, visitor: Visitor) -> None:
    answer = visitor("songjiang-lead").get("/scores?format=csv")
    assert answer.mimetype == "text/csv"
    assert districts(answer.data.decode("utf-8-sig")) == {"松江区司法局"}


@pytest.mark.parametrize("query", ["", "?print=1"])
def test_the_overview_speaks_of_the_own_score(closed: None, visitor: Visitor, query: str) -> None:
    page = visitor(CLERK).get(f"/overview{query}").text
    assert "本区得分" in page
    assert "扣分最多的区" not in page
    assert "徐汇区司法局" not in page
    assert "扣分最多的区" in visitor("leader").get("/overview").text


def test_the_explanation_of_the_own_score_stays(closed: None, visitor: Visitor) -> None:
    browser = visitor(CLERK)
    found = re.search(r'href="(/scores/\d+\?[^"]+)"', board(browser))
    assert found
    assert browser.get(found[1].replace("&amp;", "&")).status_code == 200
