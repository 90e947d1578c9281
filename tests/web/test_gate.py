"""The gate before every page: what no browser showing our pages sends is refused in words, and stores nothing."""

import io
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.assignments.acts import the_plan
from tests.client import Client
from tests.conftest import running
from tests.web.conftest import CLERK, file, token
from tests.web.test_hostile import posts, require_words, rows

Visitor = Callable[[str], Client]

UNSEEN = ["\x00", "\x08", "\x1b", "\x7f", "\x85", "\u061c", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069"]


@pytest.fixture
def supervisor(visitor: Visitor) -> Client:
    """Someone who may open every list."""
    return visitor("supervisor")


def sent(browser: Client, address: str, data: dict[str, Any], **options: Any) -> TestResponse:
    """Send a form with the token of the browser's session."""
    return browser.post(address, data={"csrf_token": token(browser), **data}, **options)


# ---- text


@pytest.mark.parametrize("sign", UNSEEN)
def test_a_sign_that_cannot_be_seen_is_refused_by_its_number_and_stores_nothing(
    visitor: Visitor, seven: int, sign: str
) -> None:
    clerk = visitor(CLERK)
    form = posts(seven)[f"/assignments/{seven}/report"]
    before = rows()
    answer = sent(clerk, f"/assignments/{seven}/report", {**form, "done": f"已落实{sign}。"})
    require_words(answer, 422)
    assert f"U+{ord(sign):04X}" in answer.text
    assert ">\n已落实。</textarea>" in answer.text
    assert sign not in answer.text
    assert rows() == before


@pytest.mark.parametrize("sign", UNSEEN)
def test_in_an_address_it_is_refused_as_well(supervisor: Client, sign: str) -> None:
    require_words(supervisor.get("/overdue", query_string={"q": f"a{sign}b"}), 400)
    require_words(supervisor.get("/overdue", query_string={f"a{sign}b": "x"}), 400)


@pytest.mark.parametrize("line", ["a\nb", "a\r\nSet-Cookie: a=b"])
def test_what_is_searched_for_is_one_line(supervisor: Client, line: str) -> None:
    answer = supervisor.get("/overdue", query_string={"q": line})
    require_words(answer, 400)
    assert "Set-Cookie" not in answer.headers or "a=b" not in answer.headers["Set-Cookie"]


def test_lines_tabs_and_rare_signs_are_text(visitor: Visitor, seven: int) -> None:
    clerk = visitor(CLERK)
    form = posts(seven)[f"/assignments/{seven}/report"]
    done = "第一行\r\n\t第二行 𠮷 😀 é ﹏ 　"
    assert sent(clerk, f"/assignments/{seven}/report", {**form, "done": done}).status_code == 303


def test_a_name_of_a_field_is_looked_at_as_well(visitor: Visitor) -> None:
    require_words(sent(visitor(CLERK), "/todo/acknowledge", {"id\u202e": "1"}), 422)


# ---- repeats


@pytest.mark.parametrize("account", ["supervisor", CLERK])
def test_a_field_that_comes_twice_is_refused_and_changes_nothing(visitor: Visitor, seven: int, account: str) -> None:
    browser = visitor(account)
    before = rows()
    for address, form in posts(seven).items():
        for name in form.keys() - {"id"}:
            answer = sent(browser, address, {**form, name: ["1", "2"]})
            assert answer.status_code in (422, 403), (address, name)
    assert rows() == before


def test_a_condition_that_comes_twice_is_refused(supervisor: Client) -> None:
    require_words(supervisor.get("/overdue?q=a&q=b"), 400)
    assert supervisor.get("/overdue?q=a&on=2021-06-24").status_code == 200


def test_a_second_file_where_one_is_asked_for_is_refused(visitor: Visitor) -> None:
    admin = visitor("admin")
    two = [file("a.csv", b"x"), file("b.csv", b"x")]
    require_words(sent(admin, "/admin/calendar/import", {"file": two}), 422)


class Names(HTMLParser):
    """Collects the names that each form of a page would send, but for what is ticked one by one."""

    def __init__(self, page: str) -> None:
        """Read all of it."""
        super().__init__()
        self.forms: list[list[str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a form, or note a control's name."""
        got = dict(attrs)
        if tag == "form":
            self.forms.append([])
        elif tag in ("input", "select", "textarea") and got.get("type") not in ("radio", "submit") and self.forms:
            self.forms[-1].append(got.get("name") or f"none-{len(self.forms[-1])}")


@pytest.mark.parametrize(
    ("account", "address"),
    [
        ("supervisor", "/overdue"),
        ("supervisor", "/plans/{plan}/settings"),
        ("supervisor", "/plans/{plan}/reminders"),
        ("supervisor", "/assignments/{seven}"),
        ("supervisor", "/settings/reminders"),
        ("admin", "/admin/security"),
        ("admin", "/admin/calendar"),
        ("admin", "/admin/channels/new"),
        ("admin", "/admin/users"),
        (CLERK, "/assignments/{seven}/report"),
        (CLERK, "/todo"),
    ],
)
def test_no_page_of_ours_sends_a_field_twice_that_may_come_once(
    visitor: Visitor, seven: int, account: str, address: str
) -> None:
    page = visitor(account).get(address.format(plan=the_plan().id, seven=seven), follow_redirects=True)
    assert page.status_code == 200
    for names in Names(page.text).forms:
        single = [name for name in names if name not in ("id", "ways", "factor_roles")]
        assert len(single) == len(set(single)), names


# ---- bodies and addresses


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml", "nonsense/x", ""])
def test_a_body_that_is_no_form_is_refused_before_it_is_read(visitor: Visitor, kind: str) -> None:
    answer = visitor(CLERK).post("/todo/acknowledge", data=b"[" * 100_000, content_type=kind)
    require_words(answer, 415)


def test_an_address_that_is_too_long_is_refused(supervisor: Client) -> None:
    require_words(supervisor.get("/tasks", query_string={"q": "a" * 100_000}), 414)


@pytest.mark.parametrize("address", ["/overdue", "/admin/letters", "/tasks"])
def test_what_is_searched_for_is_never_cut_in_silence(supervisor: Client, address: str) -> None:
    name = "recipient" if address == "/admin/letters" else "q"
    answer = supervisor.get(address, query_string={name: "字" * 200})
    assert answer.status_code in (400, 422)
    assert "最多" in answer.text


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_link_does_not_become_a_form_by_a_header(supervisor: Client, seven: int, header: str) -> None:
    before = rows()
    require_words(supervisor.get(f"/assignments/{seven}/supervise", headers={header: "POST"}), 405)
    assert supervisor.get("/overdue?_method=POST").status_code == 200
    assert rows() == before


# ---- reasons


@pytest.mark.parametrize(
    ("path", "form"),
    [("/supervise", {"move": "exempt"}), ("/review", {"decision": "return"})],
)
def test_a_reason_that_is_too_long_is_refused_and_kept(
    supervisor: Client, seven: int, path: str, form: dict[str, str]
) -> None:
    before = rows()
    answer = sent(supervisor, f"/assignments/{seven}{path}", {**form, "reason": "因" * 501})
    assert answer.status_code == 422
    assert "理由最多 500 字，现有 501 字" in answer.text
    assert "因" * 501 in answer.text
    assert rows() == before


def test_lines_of_a_reason_count_as_the_browser_counts_them(supervisor: Client, seven: int) -> None:
    reason = "因\r\n" * 250
    answer = sent(supervisor, f"/assignments/{seven}/supervise", {"move": "exempt", "reason": reason})
    assert answer.status_code == 303


def test_a_standard_that_is_too_long_is_refused_and_kept(supervisor: Client, seeded: Flask, seven: int) -> None:
    address = next(place for place in posts(seven) if place.endswith("/acceptance"))
    answer = sent(supervisor, address, {"version": "1", "acceptance": "标" * 501})
    assert answer.status_code == 422
    assert "办结标准最多 500 字，现有 501 字" in answer.text
    assert "标" * 501 in answer.text


# ---- host and origin


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8000", "localhost.evil.example"]
)
def test_a_request_for_another_site_is_refused_without_its_name(visitor: Visitor, host: str) -> None:
    for browser in (visitor(""), visitor("supervisor")):
        answer = browser.get("/overdue", headers={"Host": host})
        require_words(answer, 400)
        assert "evil.example" not in f"{answer.text}{answer.headers}"
        assert "用管理员公布的网址打开" in answer.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "LOCALHOST"])
def test_outside_production_this_machine_may_be_asked_by_its_own_names(visitor: Visitor, host: str) -> None:
    assert visitor("").get("/login", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_monitors_ask_by_any_name(visitor: Visitor, address: str) -> None:
    assert visitor("").get(address, headers={"Host": "10.0.0.7:8000"}).status_code == 200


def test_only_the_names_that_are_set_may_be_asked_for(database_url: str, tmp_path: Any) -> None:
    names = {"TRACKER_ENV": "production", "TRACKER_TODAY": "", "TRACKER_BASE_URL": "https://duban.example"}
    for allowed, host, code in (
        ("", "duban.example", 200),
        ("", "localhost", 400),
        ("a.example,b.example", "b.example", 200),
        ("a.example,b.example", "duban.example", 400),
    ):
        with running(database_url, tmp_path / "data", **names, TRACKER_ALLOWED_HOSTS=allowed) as app:
            answer = app.test_client().get("/login", headers={"Host": host})
            assert answer.status_code == code, (allowed, host)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Origin": "http://evil.example"}, 400),
        ({"Origin": "https://localhost.evil.example"}, 400),
        ({"Origin": "http://localhost:1"}, 400),
        ({"Origin": "null"}, 400),
        ({"Origin": "nonsense"}, 400),
        ({"Origin": "http://[::1"}, 400),
        ({"Referer": "http://evil.example/localhost"}, 400),
        ({"Origin": "http://evil.example", "Referer": "http://localhost/"}, 400),
        ({"Origin": "http://localhost"}, 302),
        ({"Origin": "http://127.0.0.1:8000"}, 302),
        ({"Referer": "http://localhost/todo"}, 302),
        ({}, 302),
    ],
)
def test_a_form_of_another_site_is_refused_whatever_it_brings_along(
    visitor: Visitor, headers: dict[str, str], code: int
) -> None:
    answer = sent(visitor(CLERK), "/todo/acknowledge", {}, headers=headers)
    assert answer.status_code in (code, code + 1)
    if code == 400:
        require_words(answer, 400)


def test_a_link_from_another_site_may_be_followed(supervisor: Client) -> None:
    assert supervisor.get("/overdue", headers={"Referer": "http://evil.example/<script>"}).status_code == 200


def test_a_file_of_a_form_is_not_taken_for_text(visitor: Visitor, seven: int) -> None:
    clerk = visitor(CLERK)
    form = posts(seven)[f"/assignments/{seven}/report"]
    answer = sent(clerk, f"/assignments/{seven}/report", {**form, "done": (io.BytesIO(b"x"), "done")})
    assert answer.status_code == 422
