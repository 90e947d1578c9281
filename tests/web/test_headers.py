"""Every answer carries what keeps a browser from doing more than it should."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.client import Client
from tests.conftest import running
from tests.web.conftest import CLERK, file, token
from tests.web.test_hostile import posts
from tracker.db import db
from tracker.reports.models import Evidence

Visitor = Callable[[str], Client]

ANSWERS = [
    ("supervisor", "GET", "/", 302),
    ("supervisor", "GET", "/overdue", 200),
    ("supervisor", "GET", "/overdue?format=csv", 200),
    ("supervisor", "GET", "/overdue?format=xlsx", 200),
    ("supervisor", "GET", "/overdue?page=x", 400),
    ("supervisor", "GET", "/admin/security", 403),
    ("supervisor", "GET", "/nowhere", 404),
    ("supervisor", "GET", "/assignments/999999", 404),
    ("supervisor", "GET", "/logout", 405),
    ("supervisor", "POST", "/logout", 400),
    ("supervisor", "GET", "/tasks?q=" + "a" * 9000, 414),
    ("supervisor", "GET", "/static/app.css", 200),
    ("supervisor", "GET", "/static/nowhere.css", 404),
    ("supervisor", "GET", "/healthz", 200),
    ("", "GET", "/overdue", 302),
    ("", "POST", "/todo/acknowledge", 401),
    ("", "GET", "/login", 200),
]


def require_headers(answer: TestResponse) -> None:
    """Fail unless the answer carries them all."""
    headers = answer.headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";") if " " in part)
    assert policy["default-src"] == "'none'"
    assert "unsafe" not in str(policy)
    assert "*" not in str(policy)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Cookie" in headers["Vary"]
    assert re.fullmatch("[0-9a-f]{12}", headers["X-Request-ID"])
    assert "Server" not in headers
    assert "X-Powered-By" not in headers


@pytest.mark.parametrize(("account", "method", "address", "code"), ANSWERS)
def test_every_kind_of_answer_carries_them(
    visitor: Visitor, account: str, method: str, address: str, code: int
) -> None:
    with visitor(account).open(address, method=method) as answer:
        assert answer.status_code == code
        require_headers(answer)
        assert ("no-store" in answer.headers["Cache-Control"]) is ("/static/app" not in address)


def test_a_failure_of_the_server_carries_them(visitor: Visitor, seeded: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("the inside")

    seeded.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr("tracker.plans.queries.plan_rows", fail)
    answer = visitor("supervisor").get("/plans")
    assert answer.status_code == 500
    require_headers(answer)


def test_a_stored_file_is_a_download_in_which_nothing_runs(visitor: Visitor, seven: int) -> None:
    clerk, address = visitor(CLERK), f"/assignments/{seven}/report"
    form = {**posts(seven)[address], "csrf_token": token(clerk), "files": file("松江 佐证“一”.pdf")}
    assert clerk.post(address, data=form).status_code == 303
    evidence = db.session.query(Evidence).one()
    with clerk.get(f"/evidence/{evidence.id}") as answer:
        require_headers(answer)
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E6%9D%BE%E6%B1%9F%20")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox;")


@pytest.mark.parametrize(("base", "told"), [("https://duban.example", True), ("http://127.0.0.1:8000", False)])
def test_a_browser_is_told_to_stay_with_https_where_there_is_any(
    database_url: str, tmp_path: Path, base: str, told: bool
) -> None:
    with running(database_url, tmp_path / "data", TRACKER_BASE_URL=base) as app:
        answer = app.test_client().get("/login")
        assert ("max-age=31536000" in answer.headers.get("Strict-Transport-Security", "")) is told


def test_behind_a_proxy_that_speaks_https_the_forms_work(database_url: str, seeded: Flask, tmp_path: Path) -> None:
    names = {"TRACKER_BASE_URL": "https://duban.example", "TRACKER_PROXIES": "1"}
    forwarded = {
        "X-Forwarded-For": "198.51.100.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "duban.example",
        "Host": "127.0.0.1:8000",
    }
    with running(database_url, tmp_path / "data", **names) as app:
        browser = app.test_client()
        page = browser.get("/login", headers=forwarded)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert found
        key = page.headers["Set-Cookie"].partition(";")[0]
        form = {"csrf_token": found[1], "account": "nobody", "password": "x"}
        origin = {"Origin": "https://duban.example", "Referer": "https://duban.example/login", "Cookie": key}
        assert browser.post("/login", data=form, headers={**forwarded, **origin}).status_code == 422
        foreign = {**origin, "Origin": "https://evil.example"}
        assert browser.post("/login", data=form, headers={**forwarded, **foreign}).status_code == 400


def test_without_a_declared_proxy_nobody_says_who_or_where_they_are(visitor: Visitor) -> None:
    claimed = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    answer = visitor("").get("/overdue", headers=claimed)
    assert answer.headers["Location"] == "/login?next=/overdue"


def test_a_hidden_record_answers_byte_for_byte_like_a_missing_one(visitor: Visitor, seven: int) -> None:
    huangpu = visitor("huangpu-clerk")
    pages = []
    for number in (seven, 999_999):
        answer = huangpu.get(f"/assignments/{number}")
        headers = [(name, value) for name, value in answer.headers if name not in ("X-Request-ID", "Set-Cookie")]
        body = answer.get_data().replace(answer.headers["X-Request-ID"].encode(), b"")
        pages.append((answer.status_code, re.sub(rb'csrf_token" value="[^"]*"', b"", body), headers))
    assert pages[0] == pages[1]
    assert pages[0][0] == 404
