"""What comes out of the printer: the right paper, no page too many, a head on every page."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.assignments.acts import unit_id
from tests.browser.servers import serving
from tests.browser.visitor import SUPERVISOR, Visitor
from tests.conftest import Databases, running
from tests.indicators.acts import fill, open_round

A3_LANDSCAPE, A4 = (420, 297), (210, 297)
"""In millimetres."""

POINT = 25.4 / 72


@pytest.fixture(scope="module")
def desk(
    browser: Browser, databases: Databases, seeded_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    """A supervisor's window."""
    with serving(databases, seeded_template, tmp_path_factory.mktemp("desk")) as (base, _):
        visitor = Visitor(browser, base)
        yield visitor.sign_in(SUPERVISOR)
        visitor.context.close()


def printed(page: Page, address: str) -> list[tuple[int, int]]:
    """Print a page, and return the size of each sheet in millimetres."""
    answer = page.goto(address)
    assert answer
    assert answer.ok, address
    pdf = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", pdf)
    return [(round(float(width) * POINT), round(float(height) * POINT)) for width, height in boxes]


@pytest.mark.parametrize(
    "address", ["/matrix?print=1", "/matrix?print=1&light=overdue", "/matrix?print=1&on=2021-10-01"]
)
def test_the_matrix_is_one_sheet_of_a3(desk: Page, address: str) -> None:
    assert printed(desk, address) == [A3_LANDSCAPE]


@pytest.mark.parametrize(
    ("address", "pages"),
    [
        ("/overdue?print=1&level=district_bureau", range(1, 4)),
        ("/scores?print=1", range(1, 2)),
        ("/scores?print=1&against=2021-02-28", range(1, 2)),
        ("/scores/35?print=1", range(1, 4)),
        ("/scores/35?print=1&on=2021-10-01", range(2, 5)),
        ("/scores/35/statement?print=1", range(2, 6)),
        ("/scores/35/statement?print=1&on=2021-10-01", range(4, 10)),
        ("/matrix?print=1&district=35", range(1, 3)),
        ("/overview?print=1", range(1, 3)),
    ],
)
def test_a_list_is_on_a4(desk: Page, address: str, pages: range) -> None:
    sheets = printed(desk, address)
    assert set(sheets) == {A4}
    assert len(sheets) in pages


def test_the_form_of_indicators_is_printed_as_its_original(
    browser: Browser, databases: Databases, seeded_template: str, tmp_path: Path
) -> None:
    address = databases.copy(seeded_template)
    with running(address, tmp_path):
        number, unit = open_round(), unit_id("songjiang")
        fill(number)
    with serving(databases, address, tmp_path) as (base, _):
        visitor = Visitor(browser, base)
        sheets = printed(visitor.sign_in(SUPERVISOR), f"/indicators/{number}/{unit}/paper")
        visitor.context.close()
    assert set(sheets) == {(297, 210)}
    assert len(sheets) in range(8, 21)


def test_a_sheet_is_ink_on_white_and_its_way_back_is_not_printed(desk: Page) -> None:
    desk.goto("/scores?on=2021-03-01")
    desk.get_by_role("link", name="打印").click()
    expect(desk.get_by_role("button", name="打印")).to_be_visible()
    desk.emulate_media(media="print", color_scheme="dark")
    expect(desk.get_by_role("button", name="打印")).to_be_hidden()
    assert desk.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    desk.emulate_media(media="screen")
    desk.get_by_role("link", name="返回").click()
    expect(desk).to_have_url(re.compile(r"/scores\?on=2021-03-01$"))


def test_the_head_of_a_table_stands_on_every_page(desk: Page) -> None:
    desk.goto("/overdue?print=1&level=district_bureau")
    assert desk.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
    assert desk.evaluate("getComputedStyle(document.querySelector('tbody tr')).breakInside") == "avoid"
