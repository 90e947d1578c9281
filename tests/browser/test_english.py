"""Every page in English, where words are longer: a quiet console, no sideways scroll, and nothing axe objects to."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.looks import look
from tests.browser.places import PAGES
from tests.browser.stage import Open, Site, site, windows
from tests.browser.states import STATES
from tests.browser.visitor import PHONE, Visitor

__all__ = ["site", "windows"]

LANGUAGE = "en"


@pytest.mark.parametrize(("account", "address"), PAGES)
def test_a_page_is_quiet_fits_every_width_and_is_accessible_in_english(
    windows: Open, site: Site, account: str, address: str
) -> None:
    visitor = windows(account)
    visitor.page.goto(address.format(**site[1]))
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    assert look(visitor, frame=False) == {}


@pytest.mark.parametrize(("account", "reach"), [(account, reach) for account, _, reach in STATES])
def test_a_page_reached_by_doing_is_quiet_fits_every_width_and_is_accessible_in_english(
    windows: Open, account: str, reach: Callable[[Visitor], None]
) -> None:
    visitor = windows(account)
    reach(visitor)
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    assert look(visitor) == {}


def test_a_long_label_of_a_card_wraps_beside_its_number(windows: Open, site: Site) -> None:
    page = windows("songjiang-zhengzhichu").page
    page.set_viewport_size({"width": PHONE, "height": 850})
    page.goto("/appraisal/{year}".format(**site[1]))
    cells = page.locator("td.number[data-l]")
    wrapped = cells.evaluate_all("cells => cells.map(cell => getComputedStyle(cell, '::before').whiteSpace)")
    assert wrapped
    assert set(wrapped) == {"normal"}
