"""A forgotten password at the browser: the same answer for every name, a link that works once, nothing on pages."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.client import Client
from tests.conftest import TODAY
from tests.makers import make_login_attempt, make_second_factor
from tests.web.conftest import CLERK, text
from tracker import clock
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.jobs import deliver
from tracker.outbox.models import Message
from tracker.people import operations
from tracker.people.models import User
from tracker.people.queries import user_by_account
from tracker.rules.permissions import SYSTEM
from tracker.sealing import unseal

Visitor = Callable[[str], Client]
NEW = "Quiet-river-2021"


@pytest.fixture
def user(seeded: Flask) -> User:
    """Songjiang's clerk, with an address."""
    found = user_by_account(CLERK)
    assert found
    with transaction():
        found.email = "clerk@example.invalid"
    return found


def ask(browser: Client, account: str = CLERK) -> TestResponse:
    """Fill in the form of a forgotten password."""
    return browser.submit(browser.form("/reset"), account=account)


def link() -> str:
    """Return the path of the newest mailed link."""
    db.session.rollback()
    newest = db.session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()
    found = re.search(r"/reset/[\w-]+", unseal(newest.body_text))
    assert found
    return found[0]


def plain(answer: TestResponse) -> str:
    """Return a page without what differs with every request."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", text(answer))


def test_the_login_page_leads_to_it(client: Client, seeded: Flask) -> None:
    assert 'href="/reset"' in client.get("/login").text


@pytest.mark.parametrize("other", ["nobody-here", "huangpu-clerk", "x" * 60])
def test_the_answer_is_the_same_for_every_name(user: User, visitor: Visitor, other: str) -> None:
    with transaction():
        for account in db.session.scalars(select(User).where(User.account == "huangpu-clerk")):
            account.email = ""
    known, unknown = ask(visitor("")), ask(visitor(""), other)
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert plain(known) == plain(unknown)
    assert db.session.scalar(select(func.count()).select_from(Message)) == 1


@pytest.mark.parametrize(
    ("account", "status"), [("", 422), (" ", 422), ("x" * 61, 422), ("a\x00b", 422), ("a\r\nb", 422)]
)
def test_what_is_no_name_is_said_and_asks_nothing(user: User, visitor: Visitor, account: str, status: int) -> None:
    assert ask(visitor(""), account).status_code == status
    assert db.session.scalar(select(func.count()).select_from(Message)) == 0


def test_a_host_that_somebody_made_up_does_not_reach_the_letter(user: User, visitor: Visitor) -> None:
    browser = visitor("")
    form = browser.form("/reset")
    sent = {**form.fields, "account": CLERK}
    for headers in ({"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}):
        assert browser.post("/reset", data=sent, headers=headers).status_code in (200, 400)
    for letter in db.session.scalars(select(Message)):
        words = unseal(letter.body_text) + unseal(letter.body_html) + letter.subject
        assert "evil.example" not in words
        assert "http://127.0.0.1:8000/reset/" in words


def test_a_mailed_link_sets_a_new_password(user: User, visitor: Visitor) -> None:
    signed_in, browser = visitor(CLERK), visitor("")
    ask(browser)
    answer = browser.submit(browser.form(link()), new=NEW, again=NEW)
    assert (answer.status_code, answer.location) == (303, "/login")
    assert "密码已重设" in browser.get("/login").text
    assert operations.authenticate(CLERK, NEW, TODAY)
    assert signed_in.get("/todo").status_code == 302
    assert browser.login(CLERK, NEW).location == "/"


def test_the_letter_arrives_with_the_link(seeded: Flask, user: User, visitor: Visitor) -> None:
    ask(visitor(""))
    deliver(seeded.config, lambda: False)
    (file,) = (seeded.config["TRACKER_DATA_DIR"] / "outbox").glob("*.eml")
    content = file.read_text("utf-8")
    assert "clerk@example.invalid" in content
    assert db.session.scalars(select(Message.state)).one() == "sent"


def test_a_link_that_is_of_no_use_answers_alike_whatever_is_wrong(
    user: User, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = visitor("")
    ask(browser)
    used = link()
    form = browser.form(used)
    assert browser.submit(form, new=NEW, again=NEW).status_code == 303
    browser.get("/login")  # What it says of the new password is said once.
    again = browser.submit(form, new=f"{NEW}x", again=f"{NEW}x")
    ask(browser)
    late, real = link(), clock.utc
    monkeypatch.setattr(clock, "utc", lambda: real() + timedelta(minutes=31))
    answers = [again, *(browser.get(address) for address in (used, late, "/reset/made-up"))]
    assert {answer.status_code for answer in answers} == {404}
    assert len({plain(answer) for answer in answers}) == 1
    assert "重新申请" in answers[0].text
    assert operations.authenticate(CLERK, NEW, TODAY)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"new": ""}, "请填写新密码"),
        ({"again": "Quiet-river-2022"}, "两次输入的新密码不一致"),
        ({"new": "password123", "again": "password123"}, "太常见"),
        ({"new": "short-1A", "again": "short-1A"}, "密码长度应为"),
        ({"new": f"{CLERK}-2021A", "again": f"{CLERK}-2021A"}, "不能包含账号名"),
        ({"new": "x" * 129, "again": "x" * 129}, "最多 128"),
    ],
)
def test_a_password_that_will_not_do_is_named_and_the_link_still_works(
    user: User, visitor: Visitor, fields: dict[str, str], words: str
) -> None:
    browser = visitor("")
    ask(browser)
    answer = browser.submit(browser.form(link()), **{"new": NEW, "again": NEW, **fields})
    assert answer.status_code == 422
    assert words in answer.text
    assert all(value not in answer.text for value in fields.values() if value)
    assert browser.submit(browser.form(link()), new=NEW, again=NEW).status_code == 303


def test_a_new_password_leaves_the_second_factor_on(user: User, visitor: Visitor) -> None:
    with transaction():
        make_second_factor(user_id=user.id)
    browser = visitor("")
    ask(browser)
    browser.submit(browser.form(link()), new=NEW, again=NEW)
    assert browser.login(CLERK, NEW).location.startswith("/login/code")


def test_a_locked_account_may_ask_too(user: User, visitor: Visitor) -> None:
    with transaction():
        for _ in range(5):
            make_login_attempt(account=CLERK, at=clock.utc())
    ask(visitor(""))
    assert link()


def test_administrators_see_that_a_letter_went_and_not_the_link(user: User, visitor: Visitor) -> None:
    ask(visitor(""))
    admin, secret = visitor("admin"), link()
    number = db.session.scalars(select(Message.id)).one()
    pages = [admin.get("/admin/letters").text, admin.get(f"/admin/letters/{number}").text]
    assert "（含一次性链接，不显示）" in pages[1]
    assert "重发这封信" not in pages[1]
    for page in (*pages, visitor(CLERK).get("/inbox").text):
        assert secret not in page
        assert "v1:" not in page


def test_the_link_is_nowhere_on_record(user: User, visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    browser = visitor("")
    ask(browser)
    secret = link()
    browser.submit(browser.form(secret), new=NEW, again=NEW)
    signed_in = visitor("huangpu-clerk")
    assert signed_in.get(secret).status_code == 404
    token = secret.removeprefix("/reset/")
    assert token not in " ".join(db.session.scalars(select(AuditEntry.detail)))
    assert token not in caplog.text
    assert NEW not in " ".join(db.session.scalars(select(AuditEntry.detail)))


def test_who_was_disabled_meanwhile_gets_no_further(user: User, visitor: Visitor) -> None:
    browser = visitor("")
    ask(browser)
    form = browser.form(link())
    with transaction():
        operations.disable(SYSTEM, clock.now(), db.session.get_one(User, user.id))
    assert browser.submit(form, new=NEW, again=NEW).status_code == 404
