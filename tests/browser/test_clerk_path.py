"""A clerk's month, counted: from the link in the reminder letter, signed out, to a filed report."""

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import create_engine, text

from tests.browser.servers import DAY, serving
from tests.browser.visitor import CLERK, Visitor
from tests.conftest import Databases
from tracker.seeding.accounts import DEMO_PASSWORD

MOST_CLICKS, FORMS = 6, 1


class Hand:
    """Somebody who counts every click, and every page on which something was typed."""

    def __init__(self, page: Page) -> None:
        """Take the mouse."""
        self.page, self.clicks = page, 0
        self.forms: set[str] = set()

    def click(self, target: Locator) -> None:
        """Click, and wait for the page that it leads to."""
        self.clicks += 1
        target.click()
        self.page.wait_for_load_state()

    def type(self, label: str, words: str) -> None:
        """Type into a field."""
        if not self.page.url.partition("?")[0].endswith("/login"):
            self.forms.add(self.page.url)
        self.page.get_by_label(label).fill(words)


def letter(address: str) -> str:
    """Return the reminder letter to the clerk as a mail program shows it."""
    engine = create_engine(address)
    with engine.connect() as connection:
        wanted = text("SELECT body_html FROM message WHERE recipient = :who AND channel = 'email' ORDER BY id")
        found: str = connection.execute(wanted, {"who": CLERK}).scalars().one()
    engine.dispose()
    return found


@pytest.mark.parametrize("java_script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_from_the_letters_link_to_a_filed_report_takes_few_clicks_and_one_form(
    browser: Browser, databases: Databases, seeded_template: str, tmp_path: Path, java_script: bool
) -> None:
    with serving(databases, seeded_template, tmp_path) as (base, environment):
        subprocess.run([sys.executable, "-m", "tracker", "remind", "--on", DAY], env=environment, check=True)
        visitor = Visitor(browser, base, java_script=java_script)
        page, hand = visitor.page, Hand(visitor.page)
        page.set_content(letter(environment["TRACKER_DATABASE_URL"]))

        hand.click(page.locator('a[href*="/assignments/"]').first)
        hand.type("账号", CLERK)
        hand.type("密码", DEMO_PASSWORD)
        hand.click(page.get_by_role("button", name="登录"))
        assert "/assignments/" in page.url
        hand.click(page.get_by_role("main").get_by_role("button", name="签收"))
        hand.click(page.get_by_role("main").get_by_role("link", name="填报", exact=True))
        hand.type("完成情况", "已与社区矫正机构办理委托手续。")
        hand.type("完成进度", "60")
        hand.click(page.get_by_role("button", name="报送进展"))

        expect(page.get_by_role("main")).to_contain_text("进展已报送")
        expect(page.get_by_role("main")).to_contain_text("进度 60%")
        assert (hand.clicks <= MOST_CLICKS, len(hand.forms)) == (True, FORMS)
        assert visitor.complaints == []
        visitor.context.close()
