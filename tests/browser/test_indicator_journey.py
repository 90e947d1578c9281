"""A district clerk fills in a part of the indicator form by keyboard alone; the lead hands the form in."""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.assignments.acts import unit_id
from tests.browser.servers import serving
from tests.browser.visitor import Visitor
from tests.conftest import Databases, running
from tests.indicators.acts import explain, open_round, sheet, type_in
from tests.rules.indicators.answers import sensible
from tracker.rules.indicators.form import Nature

CLERK, LEAD = "songjiang-clerk", "songjiang-lead"
DAY = "2021-06-24"
SAVED = re.compile(r"已自动保存 \d\d:\d\d:\d\d$")
STEPS = {"是": 1, "否": 2}
"""How often the right arrow goes from 未填, where a choice begins: round to 是, then to 否."""


class Form:
    """Songjiang's form: its address, what a clerk types into its fourth part, and which of its blanks are choices."""

    def __init__(self, address: str, typed: dict[str, str], chosen: set[str]) -> None:
        """Keep them."""
        self.address, self.typed, self.chosen = address, typed, chosen


@pytest.fixture
def form() -> Form:
    """What the scene leaves to the clerk; the server fills in where it stands."""
    return Form("", {}, set())


@pytest.fixture
def prepared(databases: Databases, seeded_template: str, tmp_path: Path, form: Form) -> Iterator[str]:
    """A database in which all parts but the fourth are filled in, and every warning is explained."""
    address = databases.copy(seeded_template)
    with running(address, tmp_path / "made"):
        number = open_round()
        known = sheet(number).known.form
        fourth = {key: blank for key, own, blank in known.fields() if own.part == known.parts[3].title}
        typed = {**sensible(Random(1)), "I108": "否", "I109a": "2", "I109b": "矫正系统", "I109c": "调解系统"}
        type_in(number, {key: text for key, text in typed.items() if key not in fourth})
        for each in sheet(number).open_objections:
            explain(number, each.name, "经核对，情况属实。")
        form.address = f"/indicators/{number}/{unit_id('songjiang')}"
        form.typed = {key: typed.get(key, "") for key in fourth}
        form.chosen = {key for key, blank in fourth.items() if blank.nature is Nature.YES_NO}
    yield address
    databases.drop(address)


@pytest.fixture
def visitor(browser: Browser, databases: Databases, prepared: str, tmp_path: Path) -> Iterator[Visitor]:
    """Somebody at a browser that complains of nothing."""
    with serving(databases, prepared, tmp_path, DAY) as (base, _):
        visitor = Visitor(browser, base)
        yield visitor
        visitor.context.close()
        assert visitor.complaints == []


def focused(page: Page) -> str:
    """Return the name of the control that the keyboard is at."""
    return str(page.evaluate("document.activeElement.name || ''"))


def tab_to(page: Page, name: str) -> None:
    """Press Tab until a control has the focus."""
    for _ in range(80):
        if focused(page) == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {name}")


def answer(page: Page, form: Form, key: str) -> None:
    """Type or choose, at the blank that has the focus."""
    assert focused(page) == key
    if key not in form.chosen:
        page.keyboard.type(form.typed[key])
        return
    for _ in range(STEPS[form.typed[key]]):
        page.keyboard.press("ArrowRight")


def saved(page: Page) -> None:
    """Wait until the page has saved itself."""
    expect(page.locator("[data-save-state]")).to_have_text(SAVED)


def test_a_clerk_fills_in_a_part_by_keyboard_alone_and_the_lead_hands_it_in(visitor: Visitor, form: Form) -> None:
    page = visitor.sign_in(CLERK)
    page.goto(f"{form.address}/part/4")
    expect(page.locator("[data-part]")).to_have_text("0/14")
    tab_to(page, "I099")
    for place, key in enumerate(form.typed):
        answer(page, form, key)
        page.keyboard.press("Enter" if place % 2 else "Tab")
        while focused(page) == "":  # Tab also comes to the links beside the blanks.
            page.keyboard.press("Tab")
    saved(page)
    expect(page.locator("[data-part]")).to_have_text("14/14")
    expect(page.locator("[data-answered]")).to_have_text("112/112")
    page.reload()
    for key, text in form.typed.items():
        stands = page.locator(f"[name={key}]:checked") if key in form.chosen else page.locator(f"[name={key}]")
        expect(stands).to_have_value(text)
    tab_to(page, "I112")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("main")).to_contain_text("填写的内容都已保存。")
    tab_to_button(page, "保存，查看核对")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("已经填齐，请区局负责人在本页上报市局。")

    page = visitor.sign_in(LEAD)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(form.address)
    tab_to_button(page, "上报市局")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("由松江负责人（演示）上报市局")
    page.goto(f"{form.address}/part/4")
    expect(page.locator("#I112")).to_have_text(form.typed["I112"])
    expect(page.locator("main input")).to_have_count(0)


def tab_to_button(page: Page, words: str) -> None:
    """Press Tab until a button has the focus."""
    for _ in range(80):
        if page.evaluate("document.activeElement.textContent.trim()") == words:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {words}")


def paste(page: Page, text: str) -> None:
    """Paste at the focus, as the browser does for the keys."""
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
          document.activeElement.dispatchEvent(event);
        }""",
        text,
    )


def test_a_pasted_column_fills_the_blanks_below_and_says_what_did_not_fit(visitor: Visitor, form: Form) -> None:
    page = visitor.sign_in(CLERK)
    page.goto(f"{form.address}/part/4#I099")
    expect(page.locator("#I099")).to_be_focused()
    paste(page, "3\r\n\r\n是\r\n有\r\n否\r\n")
    status = page.locator("[data-save-state]")
    expect(status).to_have_text("已粘贴，填入 3 个空格。第102项没有“有”这个选项，未填入。")
    saved(page)
    page.reload()
    expect(page.locator("#I099")).to_have_value("3")
    expect(page.locator("#I100")).to_have_value("")
    expect(page.locator("[name=I101]:checked")).to_have_value("是")
    expect(page.locator("[name=I102]:checked")).to_have_value("")
    expect(page.locator("[name=I103]:checked")).to_have_value("否")


def test_a_page_warns_while_one_types_and_lets_two_windows_choose(visitor: Visitor, form: Form) -> None:
    page = visitor.sign_in(CLERK)
    page.goto(f"{form.address}/part/4")
    other = visitor.context.new_page()
    other.goto(f"{form.address}/part/4")
    page.locator("#I099").fill("900")
    page.locator("#I100").fill("多")
    expect(page.locator("#I100-error")).to_contain_text("请只填数字")
    expect(page.locator("[data-save-state]")).to_contain_text("另有 1 个空格没有保存")
    page.locator("#I100").fill("0")
    expect(page.locator("#I100-error")).to_have_count(0)
    expect(page.locator("[data-findings='99']")).to_contain_text("司法所合计多于司法所数量。现为 900 与")
    other.locator("#I099").fill("4")
    expect(other.locator("#I099-error")).to_contain_text("松江经办（演示）刚改为“900”，您填的是“4”。")
    other.get_by_role("button", name="用我填的").click()
    saved(other)
    other.reload()
    expect(other.locator("#I099")).to_have_value("4")


def test_a_blank_that_is_not_asked_is_switched_off_only_while_it_is_empty(visitor: Visitor, form: Form) -> None:
    page = visitor.sign_in(CLERK)
    page.goto(f"{form.address}/part/4")
    page.locator("#I109a").fill("2")
    page.locator("[name=I108][value=是]").check()
    expect(page.locator("#I109a")).to_be_enabled()
    expect(page.locator("#I109b")).to_be_disabled()
    expect(page.locator("[data-findings='109']")).to_contain_text("第109项（a）不用填")
    page.locator("#I109a").fill("")
    expect(page.locator("#I109a")).to_be_disabled()
    page.locator("[name=I108][value=否]").check()
    expect(page.locator("#I109b")).to_be_enabled()
    saved(page)
