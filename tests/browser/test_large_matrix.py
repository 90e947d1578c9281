"""The matrix of 89 tasks: keys lead from page to page, paper takes several sheets, an opened district fits in."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.servers import serving
from tests.browser.test_print import A3_LANDSCAPE, printed
from tests.browser.visitor import SUPERVISOR, Visitor
from tests.conftest import Databases, running
from tests.large_plan import add_tasks


@pytest.fixture(scope="module")
def matrix(
    browser: Browser, databases: Databases, seeded_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    """A supervisor's window on the large plan."""
    folder = tmp_path_factory.mktemp("large")
    large = databases.copy(seeded_template)
    with running(large, folder):
        add_tasks()
    with serving(databases, large, folder) as (base, _):
        visitor = Visitor(browser, base)
        yield visitor.sign_in(SUPERVISOR)
        assert visitor.complaints == []
        visitor.context.close()
    databases.drop(large)


def test_the_keys_lead_from_the_last_row_to_the_next_page_and_back(matrix: Page) -> None:
    matrix.goto("/matrix")
    matrix.locator(".matrix tbody tr").last.locator("td a").first.focus()
    matrix.keyboard.press("ArrowDown")
    expect(matrix.get_by_role("navigation", name="任务翻页").get_by_role("link", name="下一页")).to_be_focused()
    with matrix.expect_navigation():
        matrix.keyboard.press("Enter")
    expect(matrix.locator(".matrix tbody tr:not(.group)").first.locator("td").first).to_have_text("31")
    matrix.locator(".matrix tbody tr:not(.group)").first.locator("td a").first.focus()
    matrix.keyboard.press("ArrowUp")
    expect(matrix.get_by_role("navigation", name="任务翻页").get_by_role("link", name="上一页")).to_be_focused()


def test_at_the_end_of_the_last_page_the_keys_stop(matrix: Page) -> None:
    matrix.goto("/matrix?page=3")
    last = matrix.locator(".matrix tbody tr").last.locator("td a").first
    last.focus()
    matrix.keyboard.press("ArrowDown")
    expect(last).to_be_focused()


def test_a_large_plan_is_several_sheets_of_a3_each_with_the_head(matrix: Page) -> None:
    sheets = printed(matrix, "/matrix?print=1")
    assert set(sheets) == {A3_LANDSCAPE}
    assert 2 <= len(sheets) <= 4
    assert matrix.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"


def test_an_opened_district_moves_within_its_own_frame(matrix: Page) -> None:
    matrix.goto("/matrix")
    matrix.locator(".matrix thead").get_by_role("link", name="松江").click()
    expect(matrix.get_by_role("heading", level=1)).to_contain_text("松江区司法局及司法所")
    assert matrix.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
