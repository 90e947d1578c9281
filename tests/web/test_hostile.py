"""Hostile and broken requests: answered in Chinese, without a failure of the server, and without an effect."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse, encode_multipart

from tests.assignments.acts import owed, the_plan, unit_id
from tests.client import Client
from tests.web.conftest import CLERK, follow, token
from tracker.db import db
from tracker.plans.models import Task

Visitor = Callable[[str], Client]

IDS = [
    "0",
    "-1",
    "00",
    "01",
    "1.0",
    "1e3",
    "0x1",
    "１",
    "٣",
    "10" * 11,
    "9" * 5000,
    "2147483648",
    "4294967297",
    "%00",
    "%20",
    "null",
]
NUMBERS = ["abc", "-1", "1.5", "１", "٣", "1 2", "9" * 5000, "99999999999999999999", "1;drop table task"]
DAYS = [
    "x",
    "2021-02-30",
    "2021-13-01",
    "24.06.2021",
    "２０２１-０６-２４",
    "2021-06-24T00:00",
    "10000-01-01",
    "-1",
    "9" * 5000,
]
WORDS = [
    "' or 1=1 --",
    "%' or '%'='",
    "_",
    "%",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "\ufeff",
    "字" * 50,
    "\\",
]
LISTS = ["/overdue", "/matrix", "/todo", "/scores", "/overview", "/admin/letters", "/plans", "/inbox"]


def require_words(response: TestResponse, code: int) -> None:
    """Fail unless the answer is an error page in the reader's words, without anything from within."""
    page = response.get_data(as_text=True)
    assert response.status_code == code, page[:400]
    assert f"错误 {code}" in page
    assert "您可以" in page
    assert response.headers["X-Request-ID"] in page
    for inner in ("Traceback", "sqlalchemy", "werkzeug", 'File "', "SELECT"):
        assert inner not in page


def rows() -> dict[str, int]:
    """Return how many rows each table has, but for the record of logins."""
    tables = [table for table in db.Model.metadata.sorted_tables if table.name != "audit_entry"]
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


@pytest.fixture
def supervisor(visitor: Visitor) -> Client:
    """Someone who may open every list."""
    return visitor("supervisor")


# ---- addresses


@pytest.mark.parametrize(
    "address", ["/assignments/{}", "/plans/{}", "/plans/{}/matrix", "/tasks/{}", "/evidence/{}", "/scores/{}"]
)
def test_an_absurd_number_in_an_address_is_simply_not_there(supervisor: Client, address: str) -> None:
    for id_ in IDS:
        require_words(supervisor.get(address.format(id_)), 404)


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere",
        "/assignments/",
        "/assignments/1/nowhere",
        "/<script>alert(1)</script>",
        "/%ff%fe",
        "/overdue/",
        "/.git/config",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/nowhere.css",
        "/admin",
        "/patterns.html",
    ],
)
def test_an_unknown_address_is_not_found(supervisor: Client, address: str) -> None:
    response = supervisor.get(address)
    require_words(response, 404)
    assert "<script>alert" not in response.get_data(as_text=True)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "FOO"])
def test_an_unknown_method_is_refused(supervisor: Client, method: str) -> None:
    assert supervisor.open("/overdue", method=method).status_code in (400, 405)


@pytest.mark.parametrize("action", ["sign", "recall", "supervise", "review"])
def test_nothing_changes_by_following_a_link(supervisor: Client, action: str) -> None:
    before = rows()
    require_words(supervisor.get(f"/assignments/{owed('7', 'songjiang')}/{action}"), 405)
    require_words(supervisor.get("/logout"), 405)
    assert rows() == before


# ---- query strings


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/overdue", "page"),
        ("/overdue", "district"),
        ("/overdue", "unit"),
        ("/overdue", "task"),
        ("/overdue", "plan"),
        ("/scores", "plan"),
        ("/scores", "page"),
        ("/overview", "plan"),
        ("/matrix", "page"),
        ("/todo", "page"),
        ("/admin/letters", "page"),
    ],
)
def test_a_number_that_is_none_is_refused_in_words(supervisor: Client, address: str, name: str) -> None:
    for value in NUMBERS:
        require_words(supervisor.get(address, query_string={name: value}), 400)


@pytest.mark.parametrize("address", ["/overdue", "/matrix", "/scores", "/overview", "/admin/letters"])
def test_a_day_that_is_none_is_refused_with_how_to_write_it(supervisor: Client, address: str) -> None:
    for value in DAYS:
        response = supervisor.get(address, query_string={"on": value})
        require_words(response, 400)
        assert "2021-06-24" in response.text


@pytest.mark.parametrize("address", ["/overdue", "/matrix", "/scores", "/overview", "/tasks/{task}", "/admin/letters"])
def test_any_day_of_a_hundred_years_can_be_asked_for_and_no_other(supervisor: Client, address: str) -> None:
    task = db.session.query(Task).first()
    assert task
    place = address.format(task=task.id)
    for day in ("2000-01-01", "2021-02-09", "2024-02-29", "2100-12-31"):
        assert supervisor.get(place, query_string={"on": day}).status_code == 200, day
    for day in ("0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31"):
        response = supervisor.get(place, query_string={"on": day})
        require_words(response, 400)
        assert "年份应在 2000 到 2100 之间" in response.text


@pytest.mark.parametrize("address", LISTS)
def test_unknown_words_in_a_query_are_passed_over(supervisor: Client, address: str) -> None:
    query = {"sort": "nonsense", "level": "x", "tab": "x", "nothing": "x", "q": "任务"}
    assert supervisor.get(address, query_string=query).status_code == 200


@pytest.mark.parametrize("address", ["/overdue", "/scores", "/admin/letters"])
def test_a_kind_of_file_that_is_not_made_is_refused(supervisor: Client, address: str) -> None:
    for kind in ("exe", "XLSX", "pdf", "../x"):
        require_words(supervisor.get(address, query_string={"format": kind}), 400)


@pytest.mark.parametrize("address", LISTS)
def test_a_page_beyond_the_last_is_no_failure(supervisor: Client, address: str) -> None:
    for page in ("", "0", "1", "99999", "2147483647"):
        assert supervisor.get(address, query_string={"page": page}).status_code == 200, page


def test_a_word_searched_for_is_text_and_nothing_else(supervisor: Client) -> None:
    for word in WORDS:
        page = supervisor.get("/overdue", query_string={"q": word, "on": "2021-10-01"}).text
        assert "没有逾期的事项" in page, word
        assert "<script>alert" not in page
        assert "49" not in page.split('name="q"')[1][:40]


def test_a_forecast_of_an_unknown_task_says_so(visitor: Visitor) -> None:
    browser = visitor(CLERK)
    for complete in ("x", "0", "99", "7'--", "７", "9" * 5000):
        response = browser.get(f"/scores/{unit_id('songjiang')}/forecast", query_string={"complete": complete})
        assert response.status_code == 200
        assert "本方案没有第" in response.text


@pytest.mark.parametrize("address", [*LISTS, "/login"])
def test_a_zero_byte_is_refused(supervisor: Client, address: str) -> None:
    for name in ("q", "on", "page", "level", "next"):
        response = supervisor.get(address, query_string={name: "a\x00b"})
        require_words(response, 400)


@pytest.mark.parametrize("address", ["/scores", "/overview", "/matrix"])
def test_a_plan_that_is_not_there_is_not_found(supervisor: Client, address: str) -> None:
    place = "/plans/4711/matrix" if address == "/matrix" else f"{address}?plan=4711"
    require_words(supervisor.get(place), 404)


# ---- forms


def posts(seven: int) -> dict[str, dict[str, Any]]:
    """Return an address and a plausible form for each thing a person can send."""
    task = db.session.query(Task).filter_by(number="7").one()
    report = {"intent": "progress", "done": "x", "situation": "smooth", "progress": "1", "token": "t", "version": "0"}
    return {
        "/todo/acknowledge": {"id": str(owed("8", "songjiang"))},
        f"/assignments/{seven}/report": report,
        f"/assignments/{seven}/review": {"decision": "return", "reason": "x"},
        f"/assignments/{seven}/supervise": {"move": "exempt", "reason": "x"},
        f"/tasks/{task.id}/acceptance": {"version": "1", "acceptance": "x"},
        f"/plans/{the_plan().id}/settings": {
            "base_points": "20",
            "points_per_miss": "1",
            "near_days": "7",
            "version": "1",
        },
        "/login": {"account": "x", "password": "x", "next": "/"},
    }


VALUES = [
    "",
    "x",
    "-1",
    "9" * 5000,
    "１",
    "NaN",
    "1e400",
    "\u202e",
    "' or 1=1 --",
    "<b>",
    "字" * 20_000,
    chr(0x1F600),
]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("account", ["supervisor", CLERK])
def test_no_value_of_any_field_fails_the_server(visitor: Visitor, seven: int, account: str, value: str) -> None:
    browser = visitor(account)
    sent = {"csrf_token": token(browser)}
    for address, form in posts(seven).items():
        for name in form:
            response = browser.post(address, data={**form, name: value, **sent})
            assert response.status_code in (200, 302, 303, 400, 403, 404, 409, 422), (address, name)


@pytest.mark.parametrize("account", ["supervisor", CLERK])
def test_a_zero_byte_in_any_field_is_refused_and_changes_nothing(visitor: Visitor, seven: int, account: str) -> None:
    browser = visitor(account)
    before, sent = rows(), {"csrf_token": token(browser)}
    for address, form in posts(seven).items():
        for name in form.keys() - {"account"}:  # The login form says so itself.
            response = browser.post(address, data={**form, name: "a\x00b", **sent})
            require_words(response, 422)
    assert rows() == before


@pytest.mark.parametrize("account", ["supervisor", CLERK])
def test_a_field_sent_twice_or_not_at_all_fails_nothing(visitor: Visitor, seven: int, account: str) -> None:
    browser = visitor(account)
    sent = {"csrf_token": token(browser)}
    for address, form in posts(seven).items():
        for name, value in form.items():
            without = {key: each for key, each in form.items() if key != name}
            for data in (without, {**form, name: [value, value, "x"]}):
                response = browser.post(address, data={**data, **sent})
                assert response.status_code < 500, (address, name)


def test_more_fields_than_any_form_has_are_refused(visitor: Visitor) -> None:
    browser = visitor(CLERK)
    data = {"csrf_token": token(browser), **{f"field{number}": "x" for number in range(600)}}
    require_words(browser.post("/todo/acknowledge", data=data, content_type="multipart/form-data"), 413)


def test_a_huge_text_is_refused_before_it_is_read_into_memory(visitor: Visitor, seven: int) -> None:
    browser = visitor(CLERK)
    data = {**posts(seven)[f"/assignments/{seven}/report"], "done": "x" * 2_000_000, "csrf_token": token(browser)}
    boundary, body = encode_multipart(data)
    for content_type, sent in (
        (f"multipart/form-data; boundary={boundary}", body),
        ("application/x-www-form-urlencoded", urlencode(data).encode()),
    ):
        require_words(browser.post(f"/assignments/{seven}/report", data=sent, content_type=content_type), 413)


def test_a_body_larger_than_all_files_may_be_is_refused_by_its_length(visitor: Visitor, seeded: Flask) -> None:
    response = visitor(CLERK).post(
        "/todo/acknowledge",
        data=b"x",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(seeded.config["MAX_CONTENT_LENGTH"] + 1)},
    )
    require_words(response, 413)


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("multipart/form-data", b"no boundary", 400),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=", 400),
        ("application/json", b"{", 415),
        ("text/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'http://127.0.0.1/x'>]><a>&b;</a>", 415),
        ("application/x-www-form-urlencoded", b"%ff%fe=%c0%80&=&&=;", 400),
        ("nonsense", b"\xff\xfe", 415),
    ],
)
def test_a_body_that_is_no_form_is_refused(visitor: Visitor, content_type: str, body: bytes, code: int) -> None:
    require_words(visitor(CLERK).post("/todo/acknowledge", data=body, content_type=content_type), code)


def test_nothing_ticked_is_said_and_changes_nothing(visitor: Visitor) -> None:
    browser = visitor(CLERK)
    before = rows()
    response = browser.post("/todo/acknowledge", data={"csrf_token": token(browser)})
    assert "请先勾选要签收的事项" in follow(browser, response)
    assert rows() == before


def test_signing_for_several_is_all_or_nothing(visitor: Visitor) -> None:
    browser = visitor(CLERK)
    own, foreign = owed("8", "songjiang"), owed("8", "huangpu")
    before = rows()
    response = browser.post("/todo/acknowledge", data={"csrf_token": token(browser), "id": [str(own), str(foreign)]})
    require_words(response, 404)
    assert rows() == before
    good = [str(owed(number, "songjiang")) for number in ("8", "1", "3")]
    browser.post("/todo/acknowledge", data={"csrf_token": token(browser), "id": good})
    assert rows()["status_change"] == before["status_change"] + 3


# ---- headers


@pytest.mark.parametrize(
    "address",
    ["/login", "/help", "/nowhere", "/overdue?page=x", "/healthz", "/static/app.css", "/logout", "/overdue?format=csv"],
)
def test_every_answer_carries_the_headers_of_safety(supervisor: Client, address: str) -> None:
    with supervisor.get(address) as response:
        headers = response.headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert len(headers["X-Request-ID"]) == 12
        assert ("no-store" in headers["Cache-Control"]) is not address.startswith("/static")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:99999", "a b", "'\"<script>"])
def test_no_link_follows_the_host_that_a_request_names(visitor: Visitor, host: str) -> None:
    response = visitor("").get("/overdue", headers={"Host": host})
    assert response.status_code in (302, 400)
    assert response.headers.get("Location", "/login?next=/overdue") == "/login?next=/overdue"


def test_a_failure_nobody_thought_of_is_told_without_its_inside(
    supervisor: Client, seeded: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("the inside")

    seeded.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr("tracker.plans.queries.plan_rows", fail)
    response = supervisor.get("/plans")
    require_words(response, 500)
    assert "the inside" not in response.get_data(as_text=True)
    assert response.headers["X-Frame-Options"] == "DENY"
