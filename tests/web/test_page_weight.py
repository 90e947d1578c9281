"""No list weighs more than 50 kB before compression with a hundred full rows on it, in either language."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask, template_rendered
from sqlalchemy import func, insert, literal, select, update

from bench import data
from tests import factories as make
from tests import makers, tables
from tests.assignments.acts import the_plan, unit_id
from tests.client import Client
from tests.house.test_templates import TEMPLATES, source
from tests.web.test_query_counts import numbers
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.people.models import User
from tracker.plans.models import Plan
from tracker.reminders.models import Urge
from tracker.rules.status import Status

HEAVIEST = 50_000
HUNDRED = 100
ENOUGH = 10
"""Rows from which the weight of a hundred can be told."""

CLERK, DISTRICT = "songjiang-clerk", "songjiang"
THIS_WEEK = date(2021, 6, 25)
SENTENCE = "健全新录用的市、区局机关干部到司法所锻炼制度，建立健全司法所干部到市、区局机关交流任职制度，落实相关待遇。"

LISTS = {
    "supervisor": (
        "/overdue",
        "/overdue?level=district_bureau&sort=-due",
        "/ledger?size=100",
        "/ledger?light=overdue&group=month&more=1",
        "/tasks?size=100",
        "/plans",
        "/plans/{hundred}",
        "/plans/{hundred}/progress",
        "/tasks/{task}",
        "/scores/{district}?plan={hundred}",
        "/scores/{district}/forecast?plan={hundred}",
        "/scores/{district}/compare?from=2021-01-01&show=all",
        "/scores/draft",
        "/scores/replay",
        "/reminders?on=2021-07-01",
        "/reminders/escalations",
        "/admin/letters",
        "/extensions",
        "/todo",
    ),
    "leader": ("/todo?tab=week",),
    "admin": ("/admin/users", "/admin/units", "/jobs"),
    "auditor": ("/admin/audit", "/admin/audit/day"),
    CLERK: ("/todo?tab=open", "/todo?tab=urged", "/todo?tab=done", "/ledger", "/inbox"),
}
"""Every list by who reads it. One with fewer rows on a page is reckoned as if it had a hundred."""

SHORT = {
    "plans/progress/years.html": "a plan's own items, thirty at most in those known, each with a cell per year",
    "search/results.html": "twenty of each kind, then a link to the whole list",
    "overview/views.html": "each person keeps thirty views at most",
    "outbox/channels.html": "the group chats of a bureau, each with its buttons",
    "scoring/board.html": "the districts, thirty on a page, each figure a link to its rows",
    "appeals/index.html": "fifty on a page, each with its line, its reason and its clock",
    "appraisal/changes.html": "what was recorded of one unit in a year, by two days that the reader chooses",
    "scoring/freeze.html": "every district once more, before a plan is closed",
    "home/overview.html": "what comes next, cut to a few lines",
    "overview/matrix.html": "the matrix: a light in every cell",
    "patterns.html": "a page for those who build pages",
}
"""Tables that never have a hundred rows, and why."""


@pytest.fixture
def full(seeded: Flask) -> Flask:
    """The application with more than a hundred rows in every list, each as long as they are in life."""
    with transaction():
        data.grow(HUNDRED + 10, reports=1)
        plan = make.make_plan(issuer_id=the_plan().issuer_id)
        units = {slug: unit_id(slug) for slug in (DISTRICT, "huangpu", "jingan")}
        for _ in range(HUNDRED):
            task = make.make_task(plan_id=plan.id, text=SENTENCE)
            for slug, status in (
                (DISTRICT, Status.IN_PROGRESS),
                ("huangpu", Status.UNDER_REVIEW),
                ("jingan", Status.IN_PROGRESS),
            ):
                due_on = THIS_WEEK if slug == "jingan" else make.DUE
                item = make.make_assignment(task_id=task.id, unit_id=units[slug], status=status, due_on=due_on)
                makers.make_extension(assignment_id=item.id, reason=SENTENCE)
                if slug == "huangpu":
                    makers.make_appeal(plan_id=plan.id, district_id=units[slug], assignment_id=item.id, reason=SENTENCE)
            letter = {"subject": "【督办提醒】2021年6月24日：逾期 3 项，本月到期 5 项", "kind": "urge"}
            failed = {"state": "dead", "error": "收件服务器拒收：没有这个收件人", "attempts": 8}
            make.make_message(recipient="supervisor", **letter, **failed)
            make.make_message(recipient=CLERK, channel="in_app", state="sent", sent_at=make.AT, **letter)
            makers.make_work(owner_id=account_id("admin"))
        for _ in range(ENOUGH):
            make.make_plan(issuer_id=plan.issuer_id, title=f"关于{SENTENCE[:40]}的实施方案")
        _urge_every_other()
        db.session.execute(update(User).values(name="测试用户", phone="021-64330000"))
    return seeded


def _urge_every_other() -> None:
    told = {"actor_name": "测试用户", "text": "请抓紧办理。"}
    at = literal(make.AT + timedelta(days=60), Urge.at.type)
    urges = select(Assignment.id, literal(make.DAY, Urge.day.type), at, *map(literal, told.values()))
    db.session.execute(
        insert(Urge).from_select(["assignment_id", "day", "at", *told], urges.where(Assignment.id % 2 == 0))
    )


def account_id(account: str) -> int:
    """Return the number of an account."""
    return db.session.scalars(select(User.id).where(User.account == account)).one()


def weight(page: str) -> tuple[int, int]:
    """Return how many rows a page has, and what it would weigh with a hundred of them."""
    rows = len(tables.rows(page)) or page.count('<div class="branch-row">')
    parts = re.findall(r'<tbody>.*?</tbody>|<ul class="branches">.*</ul>', page, re.DOTALL)
    body = sum(len(part.encode()) for part in parts)
    return rows, len(page.encode()) + (round(body * (HUNDRED - rows) / rows) if rows else 0)


def weighed(app: Flask, language: str) -> Iterator[tuple[str, int, int]]:
    """Yield every list with its rows, and what it would weigh with a hundred of them."""
    known = numbers()
    hundred = db.session.scalar(select(func.min(Plan.id)).where(Plan.id > known["plan"]))
    with transaction():
        db.session.execute(update(User).values(language=language))
    for account, pages in LISTS.items():
        browser = app.test_client()
        assert isinstance(browser, Client)
        browser.login(account)
        for address in pages:
            response = browser.get(address.format(**{**known, "hundred": hundred}))
            assert response.status_code == 200, address
            yield f"{account} {address}", *weight(response.text)


@pytest.fixture
def rendered(full: Flask) -> Iterator[set[str]]:
    """The templates that were rendered meanwhile."""
    names: set[str] = set()

    def note(_app: Flask, template: Any, **_context: Any) -> None:
        names.add(template.name or "")

    with template_rendered.connected_to(note, full):
        yield names


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_list_of_a_hundred_rows_stays_below_fifty_thousand_bytes(
    full: Flask, rendered: set[str], language: str
) -> None:
    found = list(weighed(full, language))
    assert {address: rows for address, rows, _ in found if rows < ENOUGH} == {}
    assert {address: reckoned for address, _, reckoned in found if reckoned > HEAVIEST} == {}
    assert {name for name in TEMPLATES if is_list(name)} - set(SHORT) - rendered == set()


def is_list(name: str) -> bool:
    """Tell whether a page has a table that the keyboard walks through, as every list has."""
    text = source(name)
    return not name.startswith("macros/") and ("data-rows" in text or "macros/entries.html" in text)


@pytest.mark.parametrize(
    ("account", "address"),
    [("supervisor", "/scores"), ("supervisor", "/appeals"), ("supervisor", "/search?q=司法"), ("leader", "/overview")],
)
def test_a_short_list_stays_below_fifty_thousand_bytes_as_it_is(full: Flask, account: str, address: str) -> None:
    browser = full.test_client()
    assert isinstance(browser, Client)
    browser.login(account)
    response = browser.get(address)
    assert response.status_code == 200
    assert len(response.data) <= HEAVIEST
