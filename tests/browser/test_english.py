"""The fullest page of each area in English: a quiet console, no sideways scroll, and nothing axe objects to."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_pages import PAGES, site, violations
from tests.browser.visitor import Visitor

__all__ = ["site"]

FULL = (
    *("/login", "/todo?tab=open", "/ledger", "/overdue", "/matrix", "/scores", "/overview", "/plans/1", "/tasks"),
    *("/admin/letters", "/admin/channels", "/admin/calendar", "/admin/users", "/admin/units", "/admin/permissions"),
    *("/admin/security", "/admin/scheduler", "/account", "/settings/reminders", "/plans/1/reminders", "/help"),
)
"""Where the longest words stand beside each other; tests/web/test_languages.py reads every page."""


def speak_english(page: Page) -> None:
    """Choose the language on the login page, or in the bar of any other, as a person would."""
    page.goto("/account")
    if "/login" in page.url:
        page.get_by_role("button", name="English").click()
    else:
        page.locator(".bar-display > summary").click()
        page.get_by_label("English").check()
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.fixture(scope="module")
def readers(browser: Browser, site: str) -> Iterator[Callable[[str], Visitor]]:  # It is the fixture.
    """A window for each account, signed in once, in English."""
    opened: dict[str, Visitor] = {}

    def window(account: str) -> Visitor:
        if account not in opened:
            opened[account] = Visitor(browser, site)
            if account:
                opened[account].sign_in(account)
            speak_english(opened[account].page)
        return opened[account]

    yield window
    for visitor in opened.values():
        visitor.context.close()


@pytest.mark.parametrize(("account", "address"), dict.fromkeys(page for page in PAGES if page[1] in FULL))
def test_a_page_is_quiet_and_accessible_in_english(
    readers: Callable[[str], Visitor], account: str, address: str
) -> None:
    visitor, found = readers(account), dict[str, Any]()
    visitor.page.goto(address)
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    found["sideways"] = visitor.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    found["axe"] = violations(visitor.page)
    found["console"] = visitor.complaints.copy()
    visitor.complaints.clear()
    assert {what: value for what, value in found.items() if value} == {}
