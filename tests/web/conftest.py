"""People at their browsers, and Songjiang's task 7 in the state a page needs."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.assignments.acts import owed, take
from tests.client import Client
from tracker.assignments.models import Assignment
from tracker.db import db
from tracker.rules.status import Move, Status

Visitor = Callable[[str], Client]

CLERK, REVIEWER = "songjiang-clerk", "reviewer-xingfazhixing"
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"


@pytest.fixture
def visitor(seeded: Flask) -> Callable[[str], Client]:
    """Sign someone in, in a browser of their own; an empty name is nobody: visitor("supervisor").get("/overdue")."""

    def open_browser(account: str) -> Client:
        browser = seeded.test_client()
        assert isinstance(browser, Client)
        if account:
            browser.login(account)
        return browser

    return open_browser


@pytest.fixture
def seven(seeded: Flask) -> int:
    """What Songjiang owes of task 7, signed for."""
    found = owed("7", "songjiang")
    take(CLERK, Move.ACKNOWLEDGE, "2021-02-20", found)
    return found


def text(response: TestResponse) -> str:
    """Return a page without the number of its request."""
    page: str = response.get_data(as_text=True)
    return page.replace(response.headers["X-Request-ID"], "")


def same_page(response: TestResponse) -> tuple[int, str, list[tuple[str, str]]]:
    """Return everything of an answer that an onlooker could compare: status, body, headers but for the numbers."""
    body = re.sub(r'name="csrf_token" value="[^"]*"', "", text(response))
    varying = {"X-Request-ID", "Set-Cookie", "Date"}
    headers = [(name, value) for name, value in response.headers if name not in varying]
    return response.status_code, body, [item for item in headers if item[0] != "Content-Length"]


def token(browser: Client) -> str:
    """Return the CSRF token of the browser's session, from a page that everyone may open."""
    page = browser.get("/help")
    found = re.search(
        r'name="csrf_token" value="([^"]+)"', (page if page.status_code == 200 else browser.get("/login")).text
    )
    assert found
    return found[1]


def follow(browser: Client, response: TestResponse) -> str:
    """Return the page that a form led to."""
    assert response.status_code in (302, 303), response.text
    return browser.get(response.location).text


def file(name: str, content: bytes = PDF) -> tuple[io.BytesIO, str]:
    """Return a file as a form sends it."""
    return io.BytesIO(content), name


@pytest.fixture
def clerk(visitor: Visitor) -> Client:
    """Songjiang's clerk at the browser."""
    return visitor(CLERK)


@pytest.fixture
def send(clerk: Client, seven: int) -> Callable[..., TestResponse]:
    """Fill in the report form and press a button: send("progress", done="…", files=file("a.pdf"))."""

    def press(intent: str, **fields: Any) -> TestResponse:
        return clerk.submit(clerk.form(f"/assignments/{seven}/report"), intent=intent, **{"done": "已落实。", **fields})

    return press


def status(id_: int) -> Status:
    """Return the present status."""
    return Status(db.session.get_one(Assignment, id_, populate_existing=True).status)
