"""How a person works a page: by mouse, on a telephone, without scripts; each finds things by what they are called."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import PATIENCE
from tests.browser.pictures import draw
from tests.browser.visitor import Visitor
from tracker.seeding.accounts import DEMO_PASSWORD

WAIT = PATIENCE * 1000


def _named(label: str) -> re.Pattern[str]:
    """Match a label, which may say that the field has to be filled."""
    return re.compile(rf"^\s*{re.escape(label)}\s*(必填)?\s*$")


class Screen:
    """A browser whose windows have something more than a plain one, such as a screen to be touched."""

    def __init__(self, browser: Browser, more: Mapping[str, Any]) -> None:
        """Keep what the windows have more."""
        self.browser, self.more = browser, more

    def new_context(self, **options: Any) -> BrowserContext:
        """Open a window."""
        return self.browser.new_context(**options, **self.more)


class Hand:
    """Somebody who walks through a day and sees what the page says; the mouse, unless said otherwise."""

    name = "mouse"
    java_script, phone = True, False
    more: Mapping[str, Any] = {}

    def __init__(self, browser: Browser, server: str, role: str) -> None:
        """Sit down."""
        screen = cast(Browser, Screen(browser, self.more))
        self.visitor = Visitor(screen, server, java_script=self.java_script, phone=self.phone)
        self.page: Page = self.visitor.page
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.role, self.taken = role, 0

    @property
    def main(self) -> Locator:
        """What the page is about."""
        return self.page.get_by_role("main")

    # ---- what differs from hand to hand

    def touch(self, target: Locator) -> None:
        """Press a link, a button, a box or a summary, on a page whose scripts listen."""
        self.page.wait_for_load_state()
        target.click()

    def write(self, target: Locator, words: str) -> None:
        """Put words in the place of what a field holds."""
        self.touch(target)
        target.fill(words)

    def pick(self, target: Locator, option: str) -> None:
        """Choose from a list."""
        target.select_option(label=option)

    def tick(self, label: str, within: Locator | None = None) -> None:
        """Tick a box or choose one of several."""
        box = (within or self.main).get_by_label(label, exact=True)
        if not box.is_checked():
            self.touch(box)
        expect(box).to_be_checked(timeout=WAIT)

    def tick_row(self, row: Locator) -> None:
        """Tick the row of a list."""
        box = row.get_by_role("checkbox")
        self.touch(box)
        expect(box).to_be_checked(timeout=WAIT)

    def open_row(self, row: Locator) -> None:
        """Open what the row of a list is about, which is what it names first."""
        self.touch(row.get_by_role("link").first)

    def go(self, label: str) -> None:
        """Go to a place of the menu."""
        self.touch(self.page.get_by_role("navigation", name="主菜单").get_by_role("link", name=label))

    def open_cell(self, task: str, district: str) -> None:
        """Open what a district owes of a task, from the matrix."""
        self.touch(self.cell(task, district))
        beside = self.page.get_by_role("dialog", name="责任事项一览")
        expect(beside).to_contain_text("最近填报", timeout=WAIT)
        self.touch(beside.get_by_role("link", name="打开责任事项"))

    # ---- what they all do

    def cell(self, task: str, district: str) -> Locator:
        """Find the cell of the matrix where a task meets a district."""
        short = district.removesuffix("区司法局")
        heads = [head.strip() for head in self.page.locator(".matrix thead th").all_inner_texts()]
        return self.main.get_by_role("row", name=task).locator("> *").nth(heads.index(short)).get_by_role("link")

    def field(self, label: str, within: Locator | None = None) -> Locator:
        """Find a field to be written into by its label."""
        named = (within or self.main).get_by_label(_named(label))
        return named.and_(self.page.locator("input, textarea"))

    def row(self, *names: str) -> Locator:
        """Find the one row of a list that says all of this."""
        rows = self.main.locator("tbody tr")
        for name in names:
            rows = rows.filter(has_text=name)
        return rows

    def sign_in(self, account: str, password: str = DEMO_PASSWORD) -> None:
        """Sign in."""
        self.page.goto("/login")
        self.fill("账号或手机号", account)
        self.fill("密码", password)
        self.press("登录")
        expect(self.page.get_by_role("banner").get_by_role("button", name="退出")).to_be_visible(timeout=WAIT)
        self.page.wait_for_load_state()

    def sign_out(self) -> None:
        """Leave."""
        self.touch(self.page.get_by_role("banner").get_by_role("button", name="退出"))
        self.at("登录督办台账")

    def search(self, words: str) -> None:
        """Look for words from the bar above every page."""
        self.write(self.page.get_by_role("banner").get_by_role("searchbox"), words)
        self.page.keyboard.press("Enter")

    def follow(self, name: str, within: Locator | None = None, exact: bool = False) -> None:
        """Follow a link."""
        self.touch((within or self.main).get_by_role("link", name=name, exact=exact))

    def press(self, name: str, within: Locator | None = None, exact: bool = False) -> None:
        """Press a button."""
        self.touch((within or self.main).get_by_role("button", name=name, exact=exact))

    def unfold(self, name: str, within: Locator | None = None) -> None:
        """Unfold what is folded away under a name."""
        self.touch((within or self.main).locator("summary", has_text=name))

    def fill(self, label: str, words: str, within: Locator | None = None) -> None:
        """Write into a field."""
        self.write(self.field(label, within), words)

    def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        """Choose from a list by its label."""
        self.pick((within or self.main).get_by_role("combobox", name=_named(label)), option)

    def attach(self, label: str, file: Path) -> None:
        """Choose a file of this machine."""
        with self.page.expect_file_chooser() as chooser:
            self.touch(self.field(label))
        chooser.value.set_files(file)
        sent = self.page.locator("[data-draft-files]")
        if self.java_script and sent.count():  # It goes up at once, and the buttons below move down for its line.
            expect(sent).to_contain_text(file.name, timeout=WAIT)

    def download(self, name: str) -> Path:
        """Follow a link to a file."""
        with self.page.expect_download() as download:
            self.follow(name)
        return download.value.path()

    def at(self, heading: str) -> None:
        """Be on a page, by its heading."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading, timeout=WAIT)

    def sees(self, *words: str) -> None:
        """Read words on the page."""
        for each in words:
            expect(self.main).to_contain_text(each, timeout=WAIT)

    def picture(self, name: str) -> None:
        """Keep what is on the screen, where pictures are asked for."""
        self.taken += 1
        draw(self.page, Path("days") / f"{self.role}-{self.name}-{self.taken:02}-{name}")


class Plain(Hand):
    """The mouse, where scripts are switched off."""

    name = "plain"
    java_script = False

    def open_cell(self, task: str, district: str) -> None:
        """Follow the cell, which is a link."""
        self.touch(self.cell(task, district))


class Phone(Hand):
    """A finger on a screen of 390 px."""

    name = "phone"
    phone = True
    more: Mapping[str, Any] = {"has_touch": True, "is_mobile": True}

    def touch(self, target: Locator) -> None:
        """Tap."""
        self.page.wait_for_load_state()
        target.tap()

    def go(self, label: str) -> None:
        """Open the menu first."""
        self.touch(self.page.locator("summary", has_text="菜单"))
        super().go(label)

    def picture(self, name: str) -> None:
        """See that nothing has to be pushed sideways."""
        super().picture(name)
        assert self.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    def open_cell(self, task: str, district: str) -> None:
        """Choose the district, whose tasks are a list."""
        self.follow(district, self.main.get_by_role("navigation", name="按区查看"))
        self.at(district)
        self.open_row(self.row(task))


class PlainPhone(Phone):
    """The telephone, where scripts are switched off."""

    name = "plain-phone"
    java_script = False
