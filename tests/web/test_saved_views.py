"""Saved views at the browser: kept from the ledger, opened, renamed, deleted."""

import re

from flask import Flask

from tests.client import Client
from tests.web.conftest import CLERK, Visitor, follow, same_page, token
from tracker.db import db
from tracker.people.models import SavedView


def save(browser: Client, address: str, name: str, **fields: str) -> str:
    """Keep a list's filters by the form of its page, and return the page it leads to."""
    answer = browser.submit(browser.form(address, action="/views"), name=name, **fields)
    assert answer.status_code == 303, answer.text
    return answer.location


def kept() -> SavedView:
    """The only view there is."""
    return db.session.query(SavedView).one()


def test_the_filters_of_a_list_are_kept_and_opened_again(clerk: Client) -> None:
    assert save(clerk, "/ledger?light=near&q=司法所&page=2", "临期的") == (
        "/ledger?light=near&q=%E5%8F%B8%E6%B3%95%E6%89%80"
    )
    page = clerk.get("/ledger").text
    (href,) = re.findall(r'<a href="([^"]+)">临期的', page)
    opened = clerk.get(href.replace("&amp;", "&")).text
    assert 'class="active" aria-current="true">临期的' in opened
    assert "page=" not in kept().query


def test_what_is_no_filter_is_not_kept(clerk: Client) -> None:
    form = clerk.form("/overdue", action="/views")
    clerk.submit(form, name="都要", query="light=near&format=csv&page=9&next=//evil.example&on=2021-06-20")
    assert (kept().page, kept().query) == ("/overdue", "on=2021-06-20&light=near")


def test_a_view_saved_today_shows_tomorrow_what_stands_then(clerk: Client) -> None:
    assert save(clerk, "/ledger?on=2021-06-24&light=near", "临期的") == "/ledger?light=near"


def test_a_view_without_a_name_comes_back_with_everything_typed(visitor: Visitor) -> None:
    browser = visitor("supervisor")
    answer = browser.submit(browser.form("/ledger?light=near", action="/views"), name=" ", shared="1")
    assert answer.status_code == 422
    assert "请给视图起一个名称" in answer.text
    assert 'value="light=near"' in answer.text
    assert 'href="#name"' in answer.text
    assert "checked" in answer.text


def test_a_supervisor_shares_a_view_and_a_clerk_does_not(visitor: Visitor, clerk: Client) -> None:
    save(visitor("supervisor"), "/ledger?due=2021-06", "本月到期", shared="1")
    assert "本月到期" in clerk.get("/ledger").text
    assert 'name="shared"' not in clerk.get("/ledger").text
    answer = clerk.submit(clerk.form("/ledger", action="/views"), name="给大家", shared="1")
    assert answer.status_code == 403


def test_a_view_is_renamed_and_deleted(clerk: Client) -> None:
    save(clerk, "/ledger?light=near", "临期的")
    view = kept().id
    assert "快到期的" in follow(clerk, clerk.submit(clerk.form("/views", action=f"/views/{view}"), name="快到期的"))
    refused = clerk.submit(clerk.form("/views", action=f"/views/{view}"), name="")
    assert refused.status_code == 422
    assert "还没有保存视图" in follow(clerk, clerk.submit(clerk.form("/views", action=f"/views/{view}/delete")))


def test_a_foreign_view_answers_exactly_as_a_missing_one(seeded: Flask, visitor: Visitor) -> None:
    save(visitor("supervisor"), "/ledger?light=near", "共享的", shared="1")
    browser, view = visitor(CLERK), kept().id
    for act in ("", "/delete"):
        data = {"csrf_token": token(browser), "name": "别名"}
        found, missing = (same_page(browser.post(f"/views/{id_}{act}", data=data)) for id_ in (view, 2_000_000))
        assert found == missing
        assert found[0] == 404


def test_a_view_of_another_page_is_refused(clerk: Client) -> None:
    answer = clerk.submit(clerk.form("/ledger", action="/views"), name="别处", page="//evil.example")
    assert answer.status_code == 400
    assert db.session.query(SavedView).count() == 0
