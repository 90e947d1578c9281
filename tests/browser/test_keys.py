"""Pages by keyboard alone: rows, reporting, search, places, the sheet; and when keys keep quiet."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.servers import serving
from tests.browser.visitor import CLERK, SUPERVISOR, Visitor, sign_for
from tests.conftest import Databases


@pytest.fixture(scope="module")
def site(
    browser: Browser, databases: Databases, seeded_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """One server for all tests here: none of them changes what another one looks at."""
    with serving(databases, seeded_template, tmp_path_factory.mktemp("keys")) as (base, _):
        yield base


@pytest.fixture
def open_as(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Sign somebody in; the console must stay quiet."""
    opened = []

    def sign_in(account: str, **options: bool) -> Page:
        opened.append(Visitor(browser, site, **options))
        return opened[-1].sign_in(account)

    yield sign_in
    for visitor in opened:
        visitor.context.close()
        assert visitor.complaints == []


Open = Callable[..., Page]


def press(page: Page, *keys: str) -> None:
    """Press keys one after the other, on a page whose scripts listen."""
    page.wait_for_load_state()
    for key in keys:
        page.keyboard.press(key)


def test_rows_are_walked_ticked_and_opened(open_as: Open) -> None:
    page = open_as(SUPERVISOR)
    page.goto("/overdue")
    rows = page.locator("table[data-rows] tbody tr").filter(has=page.locator("a[href]"))
    press(page, "j", "j")
    expect(rows.nth(1)).to_have_class("row-current")
    press(page, "k")
    expect(rows.nth(0)).to_have_class("row-current")
    press(page, "x")
    expect(rows.nth(0).get_by_role("checkbox")).to_be_checked()
    address = rows.nth(0).locator("a[data-open], a[href]").first.get_attribute("href")
    press(page, "Enter")
    expect(page).to_have_url(f"{page.url.split('/overdue')[0].split('/assignments')[0]}{address}")


def test_e_reports_on_the_row_and_on_the_assignment(open_as: Open) -> None:
    page = open_as("jingan-clerk")
    sign_for(page)
    press(page, "e")
    page.wait_for_url("**/report")
    page.goto("/todo?tab=open")
    press(page, "j", "e")
    page.wait_for_url("**/report")


def test_g_and_a_letter_lead_to_places_of_the_menu(open_as: Open) -> None:
    page = open_as(CLERK)
    for letter, address in (("m", "/matrix"), ("s", "/scores"), ("t", "/todo")):
        press(page, "g", letter)
        page.wait_for_url(f"**{address}")


def test_a_place_that_is_not_in_the_menu_is_not_gone_to(open_as: Open) -> None:
    page = open_as("auditor")
    before = page.url
    press(page, "g", "t")
    page.wait_for_timeout(200)
    assert page.url == before


def test_the_slash_leads_to_the_search_and_two_characters_find(open_as: Open) -> None:
    page = open_as(CLERK)
    press(page, "/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("用房")
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("搜索")
    expect(page.locator("mark").first).to_have_text("用房")


def test_the_question_mark_opens_the_sheet_and_closes_it(open_as: Open) -> None:
    page = open_as(CLERK)
    press(page, "?")
    sheet = page.get_by_role("dialog", name="快捷键")
    expect(sheet).to_contain_text("填报当前行")
    expect(sheet.get_by_role("button", name="关闭")).to_be_focused()
    press(page, "?")
    expect(sheet).to_have_count(0)
    press(page, "?")
    expect(sheet).to_be_visible()
    press(page, "Escape")
    expect(sheet).to_have_count(0)


def test_where_dialogs_are_unknown_the_sheet_is_a_page(open_as: Open) -> None:
    page = open_as(CLERK)
    page.add_init_script("delete HTMLDialogElement.prototype.showModal")
    page.goto("/todo")
    press(page, "?")
    page.wait_for_url("**/help/keys")
    expect(page.get_by_role("heading", level=1)).to_have_text("快捷键")


def test_keys_are_letters_in_a_field(open_as: Open) -> None:
    page = open_as(CLERK)
    page.goto("/search")
    box = page.get_by_role("main").get_by_role("searchbox")
    box.focus()
    page.keyboard.type("jgt?/x")
    expect(box).to_have_value("jgt?/x")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_keys_keep_quiet_while_chinese_is_being_typed(open_as: Open) -> None:
    page = open_as(CLERK)
    composing = "new KeyboardEvent('keydown', {key: '?', bubbles: true, isComposing: true})"
    page.evaluate(f"document.body.dispatchEvent({composing})")
    page.wait_for_timeout(300)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_keys_with_another_key_held_down_belong_to_the_browser(open_as: Open) -> None:
    page = open_as(SUPERVISOR)
    page.goto("/overdue")
    page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', ctrlKey: true, bubbles: true}))")
    expect(page.locator(".row-current")).to_have_count(0)


def test_control_and_enter_submit_the_form_that_holds_the_focus(open_as: Open) -> None:
    page = open_as(CLERK)
    page.goto("/account")
    page.get_by_label("姓名").fill("松江经办（改名）")
    press(page, "Control+Enter")
    expect(page.get_by_role("main")).to_contain_text("姓名已保存")


def test_keys_can_be_turned_off_and_on_again_at_once(open_as: Open) -> None:
    page = open_as("huangpu-clerk")
    page.locator(".bar-display summary").click()
    with page.expect_response("**/account/display"):
        page.get_by_role("group", name="快捷键").get_by_role("radio", name="关").check()
    press(page, "Escape")
    page.reload()
    press(page, "?")
    page.wait_for_timeout(300)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator(".bar-display summary").click()
    with page.expect_response("**/account/display"):
        page.get_by_role("group", name="快捷键").get_by_role("radio", name="开").check()
    press(page, "Escape")
    page.get_by_role("heading", level=1).click()
    press(page, "?")
    expect(page.get_by_role("dialog")).to_be_visible()


# ---- the tour


def begin_tour(page: Page) -> None:
    """Ask for the tour in the help."""
    page.goto("/help")
    page.get_by_role("button", name="重看新手引导").click()


def test_the_tour_goes_step_by_step_and_does_not_come_back(open_as: Open) -> None:
    page = open_as(CLERK)
    begin_tour(page)
    tour = page.get_by_role("complementary", name="第一次使用")
    expect(tour).to_contain_text("第 1 步，共 5 步")
    expect(page.locator('.side a[href="/todo"]')).to_have_class("active tour-place")
    for _ in range(4):
        tour.get_by_role("button", name="下一步").click()
    expect(tour).to_contain_text("怎样提醒您")
    with page.expect_response("**/account/tour"):
        tour.get_by_role("button", name="开始使用").click()
    expect(tour).to_have_count(0)
    page.reload()
    expect(tour).to_have_count(0)


def test_the_tour_is_in_nobodys_way_and_can_be_left_at_once(open_as: Open) -> None:
    page = open_as(SUPERVISOR)
    begin_tour(page)
    tour = page.get_by_role("complementary", name="第一次使用")
    expect(tour).to_be_visible()
    page.locator("table[data-rows] input[type=checkbox]").nth(1).check()
    with page.expect_response("**/account/tour"):
        press(page, "Escape")
    expect(tour).to_have_count(0)


def test_without_scripts_the_tour_is_a_list_and_the_choices_are_a_form(open_as: Open) -> None:
    page = open_as("songjiang-lead", java_script=False)
    begin_tour(page)
    tour = page.get_by_role("complementary", name="第一次使用")
    expect(tour.get_by_role("listitem")).to_have_count(4)
    tour.get_by_role("button", name="知道了，不再显示").click()
    expect(tour).to_have_count(0)
    page.locator(".bar-display summary").click()
    page.get_by_role("radio", name="深色").check()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_without_scripts_the_machines_dark_colours_are_followed(browser: Browser, site: str) -> None:
    visitor = Visitor(browser, site, java_script=False)
    page = visitor.page
    for scheme, colour in (("dark", "rgb(21, 26, 32)"), ("light", "rgb(255, 255, 255)")):
        page.emulate_media(color_scheme=scheme)
        page.goto("/login")
        expect(page.locator("body")).to_have_css("background-color", colour)
    visitor.context.close()
