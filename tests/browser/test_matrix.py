"""The matrix at the keyboard: arrows move, Enter opens a cell beside it, and without scripts a cell is a link."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.servers import serving
from tests.browser.test_pages import violations
from tests.browser.visitor import SUPERVISOR, Visitor
from tests.conftest import Databases


@pytest.fixture(scope="module")
def site(
    browser: Browser, databases: Databases, seeded_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A server with the seeded plan."""
    with serving(databases, seeded_template, tmp_path_factory.mktemp("matrix")) as (base, _):
        yield base


@pytest.fixture(scope="module")
def matrix(browser: Browser, site: str) -> Iterator[Page]:
    """A supervisor's window."""
    visitor = Visitor(browser, site)
    yield visitor.sign_in(SUPERVISOR)
    assert visitor.complaints == []
    visitor.context.close()


def cell(page: Page, row: int, column: int) -> Locator:
    """Return the link of a cell by its place among tasks and districts."""
    return page.locator(".matrix tbody tr:not(.group)").nth(row).locator("td").nth(2 + column).locator("a")


def test_arrows_move_between_cells_and_the_whole_matrix_is_one_stop(matrix: Page) -> None:
    matrix.goto("/matrix")
    cell(matrix, 0, 0).focus()
    for key, row, column in (
        ("ArrowRight", 0, 1),
        ("ArrowDown", 1, 1),
        ("ArrowLeft", 1, 0),
        ("ArrowUp", 0, 0),
        ("End", 0, 15),
        ("Control+Home", 0, -1),
    ):
        matrix.keyboard.press(key)
        if column >= 0:
            expect(cell(matrix, row, column)).to_be_focused()
    expect(matrix.locator(".matrix tbody a[tabindex='0']")).to_have_count(1)
    matrix.keyboard.press("Tab")
    assert not matrix.evaluate("document.activeElement.closest('.matrix tbody')")


def test_enter_opens_a_cell_beside_the_matrix_and_escape_leads_back(matrix: Page) -> None:
    matrix.goto("/matrix")
    cell(matrix, 6, 12).focus()
    matrix.keyboard.press("Enter")
    beside = matrix.get_by_role("dialog", name="责任事项一览")
    expect(beside).to_contain_text("松江区司法局")
    expect(beside).to_contain_text("逾期 5 天")
    assert violations(matrix) == []
    matrix.keyboard.press("Escape")
    expect(beside).to_be_hidden()
    expect(cell(matrix, 6, 12)).to_be_focused()
    cell(matrix, 6, 12).click()
    beside.get_by_role("link", name="打开责任事项").click()
    expect(matrix).to_have_url(re.compile(r"/assignments/\d+$"))


def test_a_cell_whose_glance_is_refused_opens_as_a_link(matrix: Page) -> None:
    matrix.goto("/matrix")
    matrix.route("**/glance?*", lambda route: route.abort())
    with matrix.expect_navigation():
        cell(matrix, 0, 0).click()
    expect(matrix).to_have_url(re.compile(r"/assignments/\d+$"))
    matrix.unroute("**/glance?*")


def test_without_scripts_a_cell_is_a_link(browser: Browser, site: str) -> None:
    visitor = Visitor(browser, site, java_script=False)
    page = visitor.sign_in(SUPERVISOR)
    page.goto("/matrix")
    cell(page, 6, 12).click()
    expect(page.get_by_role("main")).to_contain_text("松江区司法局")
    visitor.context.close()


def test_on_a_phone_one_district_is_chosen(browser: Browser, site: str) -> None:
    visitor = Visitor(browser, site, phone=True)
    page = visitor.sign_in(SUPERVISOR)
    page.goto("/matrix")
    expect(page.locator(".matrix")).to_be_hidden()
    page.locator("select[name=district]").select_option(label="松江")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("松江区司法局：28 项任务")
    visitor.context.close()
