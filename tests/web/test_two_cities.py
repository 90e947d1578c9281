"""Two cities' plans beside each other: which one a page shows unasked, and what its lists offer."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import the_plan, unit_id
from tests.beijing import DOC_NUMBER as BEIJING
from tests.beijing import account, publish_beijing
from tests.web.conftest import Visitor
from tracker.db import db, transaction
from tracker.plans.models import Plan, Task
from tracker.rules.permissions import Role

SHANGHAI = "沪司发〔2021〕11号"
DAY = "2022-07-01"


@pytest.fixture
def beijing(seeded: Flask, on_day: Callable[[str], date]) -> Plan:
    """Beijing's plan beside the first, in its period; Shanghai's has ended."""
    the_plan()
    found = publish_beijing()
    account("bj-supervisor", Role.SUPERVISOR, "北京市司法局")
    account("bj-clerk", Role.CLERK, "朝阳区司法局")
    on_day(DAY)
    return found


def headed(page: str) -> str:
    """Return the head of a page, which names its plan."""
    return page.split("<h1")[1].split("<form")[0]


@pytest.mark.parametrize(
    "name", ["supervisor", "leader", "songjiang-clerk", "songjiang-lead", "reviewer-xingfazhixing", "admin"]
)
@pytest.mark.parametrize("path", ["/matrix", "/overview", "/scores"])
def test_another_city_s_newer_plan_does_not_take_over_a_start_page(
    beijing: Plan, visitor: Visitor, name: str, path: str
) -> None:
    page = visitor(name).get(path)
    assert page.status_code == 200
    assert BEIJING not in headed(page.text)
    assert "没有与您有关的任务" not in page.text


@pytest.mark.parametrize("name", ["bj-supervisor", "bj-clerk"])
def test_the_other_city_s_people_begin_with_their_own(beijing: Plan, visitor: Visitor, name: str) -> None:
    browser = visitor(name)
    assert BEIJING in headed(browser.get("/matrix").text)
    assert browser.get("/overview").location.startswith(f"/plans/{beijing.id}/progress")


@pytest.mark.parametrize("name", ["bj-supervisor", "bj-clerk"])
def test_nobody_is_shown_another_city_s_ranking_unasked(beijing: Plan, visitor: Visitor, name: str) -> None:
    page = visitor(name).get("/scores").text
    assert BEIJING in headed(page)
    assert f"/plans/{beijing.id}/progress" in page
    assert "松江" not in page


@pytest.mark.parametrize(("name", "path"), [("bj-supervisor", "/evaluation"), ("bj-clerk", "/self-evaluation")])
def test_nobody_is_led_to_another_city_s_evaluation_unasked(
    beijing: Plan, visitor: Visitor, name: str, path: str
) -> None:
    page = visitor(name).get(path).text
    assert BEIJING in headed(page)
    assert f"/plans/{beijing.id}/progress" in page
    assert SHANGHAI not in page


def test_who_asks_for_another_city_s_ranking_gets_it(beijing: Plan, visitor: Visitor) -> None:
    assert "松江" in visitor("bj-supervisor").get("/scores?plan=1").text


@pytest.mark.parametrize("path", ["/ledger", "/overdue", "/appeals"])
def test_lists_offer_the_districts_of_one_s_own_city(beijing: Plan, visitor: Visitor, path: str) -> None:
    chaoyang, songjiang = (f'value="{unit_id(slug)}"' for slug in ("beijing-chaoyang", "songjiang"))
    ours, theirs = visitor("supervisor").get(path).text, visitor("bj-supervisor").get(path).text
    assert (songjiang in ours, chaoyang in ours) == (True, False)
    assert (songjiang in theirs, chaoyang in theirs) == (False, True)


@pytest.mark.parametrize("path", ["/ledger", "/overdue", "/appeals"])
def test_a_chosen_plan_s_districts_are_offered_to_whoever_chose_it(beijing: Plan, visitor: Visitor, path: str) -> None:
    page = visitor("supervisor").get(f"{path}?plan={beijing.id}").text
    assert f'value="{unit_id("beijing-chaoyang")}"' in page
    assert f'value="{unit_id("songjiang")}"' not in page


def test_a_plan_handed_out_to_others_is_not_said_to_be_still_to_come(beijing: Plan, visitor: Visitor) -> None:
    page = visitor("songjiang-clerk").get(f"/matrix?plan={beijing.id}").text
    assert "这一天还没有交办任务" not in page
    assert "没有与您有关的任务" in page


def test_withdrawn_tasks_are_told_beside_those_that_bind_wherever_a_plan_is_counted(
    beijing: Plan, visitor: Visitor
) -> None:
    with transaction():
        first = db.session.scalars(select(Task).where(Task.plan_id == beijing.id, Task.number == "1")).one()
        first.withdrawn_on = date(2022, 6, 20)
    browser = visitor("bj-supervisor")
    assert re.search(rf'href="/plans/{beijing.id}">1</a>[^/]*另有已撤下 1 项', browser.get("/plans").text)
    assert "任务清单（1 项，另有已撤下 1 项）" in browser.get(f"/plans/{beijing.id}").text
    assert "另有已撤下 1 项" in browser.get(f"/plans/{beijing.id}/progress").text
