"""The page of what a search found."""

import pytest

from tests.client import Client
from tests.web.conftest import CLERK, Visitor


def search(visitor: Visitor, typed: str, account: str = CLERK) -> str:
    """Search from the box in the bar."""
    browser = visitor(account)
    return browser.get("/search", query_string={"q": typed}).text


def test_the_box_stands_in_the_bar_of_whoever_may_search(visitor: Visitor) -> None:
    assert 'action="/search" role="search"' in visitor(CLERK).get("/help").text
    assert 'action="/search"' not in visitor("auditor").get("/help").text


def test_hits_are_grouped_counted_and_marked(visitor: Visitor) -> None:
    page = search(visitor, "用房")
    assert '<h2 id="found-tasks">任务 <span class="count">1</span></h2>' in page
    assert "业务<mark>用房</mark>保障水平" in page
    assert "found-units" not in page


def test_a_unit_leads_to_what_it_owes_and_to_its_score(visitor: Visitor) -> None:
    page = search(visitor, "松江区")
    assert "<mark>松江区</mark>司法局" in page
    assert 'href="/overdue?unit=' in page
    assert 'href="/scores/' in page
    assert "/admin/units" not in page


def test_an_administrator_is_led_to_the_unit(visitor: Visitor) -> None:
    assert 'href="/admin/units/' in search(visitor, "松江区", "admin")


def test_nothing_found_says_what_to_try(visitor: Visitor) -> None:
    page = search(visitor, "没有这样的字")
    assert "没有找到“没有这样的字”" in page
    assert "请换一个更短的词" in page
    assert "<table" not in page


def test_nothing_typed_says_what_can_be_found(visitor: Visitor) -> None:
    assert "想找什么？" in search(visitor, "")


def test_more_than_fit_lead_to_the_list(visitor: Visitor) -> None:
    page = search(visitor, "。")
    assert "先列出 20 项" in page
    assert 'href="/tasks?q=%E3%80%82"' in page


@pytest.mark.parametrize("typed", ['"><script>alert(1)</script>', "<b>用房</b>", "{{ 7 * 7 }}"])
def test_what_was_typed_is_shown_as_text(visitor: Visitor, typed: str) -> None:
    page = search(visitor, typed)
    assert "<script>alert" not in page
    assert "<b>用房" not in page
    assert "49" not in page.split("<main")[1].split("</main")[0]


def test_a_too_long_text_is_refused_in_words(clerk: Client) -> None:
    answer = clerk.get("/search", query_string={"q": "字" * 61})
    assert answer.status_code == 400
    assert "查询的文字太长：最多 60 字，现有 61 字" in answer.text
