"""What is typed into one form of an import and not saved is asked about before another act of the page loses it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser.servers import serving
from tests.browser.visitor import SUPERVISOR, Visitor
from tests.conftest import Databases
from tests.import_texts import TEXT
from tests.published import SMALL

CASES = [
    ("/check", "#task-text", "#withdraw-form [type=submit]"),
    ("/check", "#task-text", "#head-form [type=submit]"),
    ("/check", "#split-parts", "#following"),
    ("/check", "#split-parts", "#save-task"),
    ("/check", "#withdraw-reason", "#to-units"),
    ("/units", "#reason", "a[href$='/rehearsal'].btn-primary"),
    ("/rehearsal", "#rule_quote", "a[href$='/units']"),
]
"""The page, where something is typed, and what is pressed then."""


@pytest.fixture(scope="module")
def site(
    browser: Browser, databases: Databases, seeded_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """One server for all tests here."""
    with serving(databases, seeded_template, tmp_path_factory.mktemp("unsaved")) as (base, _):
        yield base


@pytest.fixture(scope="module")
def visitor(browser: Browser, site: str) -> Iterator[Visitor]:
    """A supervisor with a document on its way; every question of the page is answered with no."""
    found = Visitor(browser, site)
    page = found.sign_in(SUPERVISOR)
    page.on("dialog", lambda dialog: dialog.dismiss())
    yield found
    found.context.close()
    assert found.complaints == []


def opened(page: Page, text: str) -> str:
    """Paste a document and return the address of its import."""
    page.goto("/plans/import")
    page.locator("#text").fill(text)
    page.get_by_role("button", name="上传并识别").click()
    page.wait_for_url(re.compile(r"/plans/import/\d+/check"))
    return page.url.rpartition("/check")[0]


@pytest.fixture(scope="module")
def addresses(visitor: Visitor) -> dict[str, str]:
    """Where each page is: one document has names that nobody knows, the other has none."""
    unknown, known = opened(visitor.page, TEXT.replace("示例市司法局", "上海市司法局")), opened(visitor.page, SMALL)
    return {"/check": f"{unknown}/check?task=1", "/units": f"{unknown}/units", "/rehearsal": f"{known}/rehearsal"}


@pytest.mark.parametrize(("place", "typed", "pressed"), CASES)
def test_what_is_typed_is_not_lost_without_a_question(
    visitor: Visitor, addresses: dict[str, str], place: str, typed: str, pressed: str
) -> None:
    page, asked = visitor.page, list[str]()

    def note(dialog: Dialog) -> None:
        asked.append(dialog.message)

    page.goto(addresses[place])
    page.evaluate("document.querySelectorAll('main details').forEach(function (one) { one.open = true; })")
    if pressed.startswith("#withdraw"):
        page.locator("#withdraw-reason").fill("重复。")
    page.locator(typed).fill("写了一半。")
    page.on("dialog", note)
    page.locator(pressed).first.click()
    page.wait_for_timeout(300)
    page.remove_listener("dialog", note)
    assert len(asked) == 1
    assert "还没有保存" in asked[0]
    expect(page.locator(typed)).to_have_value("写了一半。")


def test_nothing_is_asked_where_nothing_was_typed(visitor: Visitor, addresses: dict[str, str]) -> None:
    page = visitor.page
    page.goto(addresses["/check"])
    page.locator("#following").click()
    page.wait_for_url(re.compile("task=2"))
    page.goto(addresses["/rehearsal"])
    page.locator("a[href$='/units']").last.click()
    page.wait_for_url(re.compile("/units$"))
