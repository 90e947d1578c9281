"""The page of an assignment: its source, its facts, its course by kind, the 司法所 below a district."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.assignments.acts import moment, person
from tests.client import Client
from tests.web.conftest import CLERK, REVIEWER, Visitor
from tests.web.test_query_counts import Counting
from tracker import clock
from tracker.assignments import comments
from tracker.db import db, transaction
from tracker.people import held
from tracker.people.models import HeldForm
from tracker.reports import operations
from tracker.rules.reports import Decision
from tracker.web.assignments.course import SIZE


def entries(page: str) -> list[str]:
    """Return the marks of the entries of the course, in their order."""
    return re.findall(r'<li class="event event-[a-z]+" id="([^"]+)"', page)


@pytest.fixture
def returned(send: Callable[..., TestResponse], seven: int) -> int:
    """Songjiang's task 7, filed twice and returned once."""
    send("progress", progress="30")
    send("completion")
    with transaction():
        operations.review(person(REVIEWER), moment("2021-06-25"), seven, Decision.RETURN, "缺附件")
    return seven


def test_the_page_tells_source_origin_of_the_due_day_and_who_sees_it(clerk: Client, seven: int) -> None:
    page = clerk.get(f"/assignments/{seven}").text
    for words in (
        "沪司发〔2021〕11号",
        "查看原文位置",
        "原文“2021年2月”，按月末计",
        "责任部门",
        "下一次提醒",
        "谁看得到",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("show", "kinds"),
    [
        ("all", ["step", "report", "report", "step", "step"]),
        ("reports", ["report", "report"]),
        ("reviews", ["step"]),
        ("reminders", []),
        ("nonsense", ["step", "report", "report", "step", "step"]),
    ],
)
def test_the_course_is_narrowed_by_the_address(clerk: Client, returned: int, show: str, kinds: list[str]) -> None:
    page = clerk.get(f"/assignments/{returned}?show={show}").text
    assert [mark.partition("-")[0] for mark in entries(page)] == kinds


def test_a_choice_without_entries_says_what_to_do(clerk: Client, seven: int) -> None:
    assert "选“全部”看其他记录" in clerk.get(f"/assignments/{seven}?show=reminders").text


def test_every_entry_has_an_address_that_leads_to_its_page(clerk: Client, seven: int) -> None:
    with transaction():
        for number in range(SIZE + 3):
            comments.add(person(CLERK), moment("2021-06-24", 9), seven, f"第{number}条")
    first, second = clerk.get(f"/assignments/{seven}").text, clerk.get(f"/assignments/{seven}?page=2").text
    assert (len(entries(first)), len(set(entries(first)) & set(entries(second)))) == (SIZE, 0)
    for mark in (entries(first)[0], entries(second)[-1]):
        assert f'href="?event={mark}#{mark}"' in first + second
        assert mark in entries(clerk.get(f"/assignments/{seven}?event={mark}").text)


def test_a_district_shows_the_offices_below_it_to_whoever_may_see_them(
    visitor: Visitor, seeded: Flask, seven: int
) -> None:
    page = visitor("supervisor").get(f"/assignments/{seven}").text
    found = re.findall(r'href="/assignments/(\d+)">([^<]+司法所)<', page)
    assert len(found) > 1
    assert 'id="offices-title"' not in visitor("supervisor").get(f"/assignments/{found[0][0]}").text


def test_the_form_and_what_was_kept_ask_the_database_a_fixed_number_of_times(
    clerk: Client, send: Callable[..., TestResponse], seven: int, query_count: Counting
) -> None:
    send("progress", progress="30")
    send("draft", done="草稿")
    with transaction():
        held.hold(person(CLERK).id or 0, f"/assignments/{seven}/report", {"done": "文字"}, clock.utc())
    kept = db.session.scalars(select(HeldForm.id)).one()
    # The assignment, whether its plan is final, the draft (to fill in, and for its files), the last report, the
    # task's terms, what was given for its indicators; the form that was kept, and others.
    for address, number in ((f"/assignments/{seven}/report", 2 + 8), (f"/held/{kept}", 2 + 2)):
        with query_count() as queries:
            clerk.get(address)
        assert len(queries.selects) == number, "\n".join(queries.selects)
