"""Before the first plan every line of the menu leads to a page that says what comes next; refusals name people."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from tests.client import Client
from tests.web.conftest import Visitor
from tracker.db import db, transaction
from tracker.people.models import User
from tracker.plans.models import Plan, PlanState
from tracker.web.frame import BRAND, MENU

ABOUT_A_PLAN = ("/overview", "/matrix", "/scores")
FIRST = {
    "songjiang-clerk": "/todo",
    "songjiang-office1": "/todo",
    "songjiang-lead": "/todo",
    "reviewer-mishu": "/todo",
    "supervisor": "/overdue",
    "leader": "/overview",
    "admin": "/admin/scheduler",
    "auditor": "/admin/audit",
}


@pytest.fixture
def unpublished(seeded: object) -> None:
    """No plan is published yet."""
    with transaction():
        db.session.execute(update(Plan).values(state=PlanState.DRAFT, published_on=None))


def menu(browser: Client) -> list[str]:
    """Return the addresses of a person's menu."""
    page = browser.get("/", follow_redirects=True).text
    return re.findall(r'<li><a href="([^"]+)"', page.split('class="side"')[1].split("</nav>")[0])


@pytest.mark.parametrize("account", list(FIRST))
def test_everybody_begins_with_what_is_needed_first(visitor: Visitor, account: str) -> None:
    assert visitor(account).get("/", follow_redirects=True).request.path == FIRST[account]


@pytest.mark.parametrize("account", list(FIRST))
def test_without_a_published_plan_no_line_of_the_menu_leads_to_an_error(
    unpublished: None, visitor: Visitor, account: str
) -> None:
    browser = visitor(account)
    found = {address: browser.get(address) for address in menu(browser)}
    assert {address: answer.status_code for address, answer in found.items()} == dict.fromkeys(found, 200)
    for address in ABOUT_A_PLAN:
        if address in found:
            assert "市局导入方案并发布以后" in found[address].text


def test_a_plan_that_is_not_there_is_still_missing(unpublished: None, visitor: Visitor) -> None:
    answer = visitor("leader").get("/matrix?plan=4711")
    assert answer.status_code == 404
    assert "tracker plans" not in answer.text


def test_a_refusal_names_those_to_call_and_the_nearest_first(visitor: Visitor) -> None:
    with transaction():
        db.session.execute(update(User).values(phone=""))
        for account, phone in (("songjiang-lead", "021-100"), ("supervisor", "021-200"), ("admin", "021-300")):
            db.session.execute(update(User).where(User.account == account).values(phone=phone))
    page = visitor("songjiang-clerk").get("/admin/users")
    assert page.status_code == 403
    asked = page.text.split("问谁")[1].split("</dd>")[0]
    assert asked.index("021-100") < asked.index("021-200")
    assert "021-300" not in asked
    assert "021-100" in visitor("songjiang-clerk").get("/assignments/2000000").text


def test_where_nobody_has_a_telephone_the_page_says_whom_in_general(visitor: Visitor) -> None:
    with transaction():
        db.session.execute(update(User).values(phone=""))
    assert "本单位管理员，或市局督办人员" in visitor("songjiang-clerk").get("/admin/users").text
    assert "本单位管理员，或市局督办人员" in visitor("").get("/nothing", follow_redirects=True).text


def test_the_program_and_its_page_bear_one_chinese_name_and_two_english_ones() -> None:
    pages = [label for label, *_ in MENU if label == BRAND]
    assert pages
    assert {label.source for label in pages} == {"督办台账"}
    assert BRAND.source != "督办台账"


def test_a_reviewer_begins_with_what_waits_for_review(send: Callable[..., TestResponse], visitor: Visitor) -> None:
    reviewer = visitor("reviewer-xingfazhixing")

    def begins() -> list[str]:
        return re.findall(r'<a href="/todo\?tab=([a-z]+)" class="active"', reviewer.get("/todo").text)

    assert begins() == ["receipt"]
    send("completion")
    assert begins() == ["review"]
