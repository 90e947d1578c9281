"""Every page as the roles that use it: a quiet console, no sideways scroll on a phone, and nothing axe objects to."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DAY, PATIENCE, serving
from tests.browser.visitor import CLERK, PHONE, REVIEWER, SUPERVISOR, TASK, WIDTH, Visitor, walk_the_loop
from tests.conftest import Databases
from tracker.seeding.accounts import DEMO_PASSWORD

AXE = (Path(__file__).parent / "axe.min.js").read_text("utf-8")
"""axe-core 4.14.1, under the licence beside it."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
THEMES = {"light": WIDTH, "dark": PHONE}
"""Each look at one width, which covers both layouts."""

PAGES = [
    ("", "/login"),
    (CLERK, "/todo?tab=open"),
    (CLERK, "/todo?tab=returned"),
    (CLERK, "/todo?tab=done"),
    (REVIEWER, "/todo?tab=review"),
    (SUPERVISOR, "/overdue"),
    (SUPERVISOR, "/overdue?on=2021-02-10"),
    (SUPERVISOR, "/matrix"),
    (SUPERVISOR, "/matrix?light=overdue"),
    (SUPERVISOR, "/matrix?district=35"),
    (CLERK, "/matrix"),
    ("songjiang-office1", "/matrix"),
    (SUPERVISOR, "/scores"),
    (SUPERVISOR, "/scores?against=2021-02-28"),
    (SUPERVISOR, "/scores/35"),
    (SUPERVISOR, "/scores?on=2021-01-10"),
    (SUPERVISOR, "/plans"),
    (SUPERVISOR, "/plans/1"),
    (SUPERVISOR, "/plans/1/settings"),
    (SUPERVISOR, "/tasks"),
    (SUPERVISOR, "/tasks/12"),
    (SUPERVISOR, "/plans/1/tasks/new"),
    (SUPERVISOR, "/plans/1/tasks/import"),
    (CLERK, "/tasks/15"),
    ("leader", "/overview"),
    ("admin", "/admin/letters"),
    ("admin", "/admin/channels"),
    ("admin", "/admin/channels/new"),
    (CLERK, "/inbox"),
    (CLERK, "/settings/reminders"),
    ("admin", "/admin/calendar"),
    ("admin", "/admin/channels"),
    ("admin", "/admin/channels/new"),
    ("admin", "/admin/users"),
    ("admin", "/admin/users/new"),
    ("admin", "/admin/users/1"),
    ("admin", "/admin/users/import"),
    ("admin", "/admin/units"),
    ("admin", "/admin/units/new"),
    ("admin", "/admin/units/35"),
    ("admin", "/admin/units/2/merge?into=20"),
    ("admin", "/admin/units/import"),
    ("songjiang-lead", "/admin/users"),
    ("auditor", "/admin/permissions"),
    ("admin", "/admin/security"),
    (CLERK, "/account/password"),
    (CLERK, "/account"),
    (CLERK, "/account/factor"),
    ("", "/reset"),
    (SUPERVISOR, "/extensions"),
    (SUPERVISOR, "/reports/1"),
    (SUPERVISOR, "/reports/1/history"),
    (SUPERVISOR, "/admin/scheduler"),
    (SUPERVISOR, "/plans/1/reminders"),
    (SUPERVISOR, "/reminders?on=2021-07-01"),
    (SUPERVISOR, "/reminders/escalations"),
    (CLERK, "/reminders?on=2021-07-03"),
    (CLERK, "/inbox"),
    (CLERK, "/settings/reminders"),
    (CLERK, "/help"),
    (CLERK, "/help/keys"),
    (CLERK, "/search?q=用房"),
    (SUPERVISOR, "/search?q=松江"),
    (CLERK, "/search?q=没有这样的字"),
    ("auditor", "/help"),
    ("auditor", "/todo"),
    (CLERK, "/assignments/999999"),
    (CLERK, "/overdue?on=someday"),
]
"""Who looks at which address; the last three are refused."""


def wrong_password(page: Page) -> None:
    """A refused login."""
    page.goto("/login")
    page.get_by_label("账号").fill("nobody")
    page.get_by_label("密码").fill("nothing")
    page.get_by_role("button", name="登录").click()


def accepted_task(page: Page) -> None:
    """A task with reports, evidence, reviews and a timeline."""
    page.goto("/todo?tab=done")
    page.get_by_role("link", name=TASK).click()


def task_to_sign_for(page: Page) -> None:
    """A task that waits for its receipt."""
    page.goto("/todo?tab=receipt")
    page.get_by_role("link", name="签收", exact=True).first.click()


def refused_report(page: Page) -> None:
    """The report form with its errors."""
    task_to_sign_for(page)
    page.get_by_role("main").get_by_role("button", name="签收").click()
    page.get_by_role("main").get_by_role("link", name="填报", exact=True).click()
    page.get_by_role("button", name="报送进展").click()
    expect(page.get_by_role("alert")).to_contain_text("需要修改")


def task_under_supervision(page: Page) -> None:
    """An overdue task with what a supervisor may do to it."""
    page.goto("/overdue?level=district_bureau")
    page.locator("a[data-open]").first.click()


def two_editors(page: Page) -> None:
    """A sentence that somebody else has changed meanwhile."""
    page.goto("/tasks/3")
    other = page.context.new_page()
    for editor in (other, page):
        editor.goto("/tasks/3")
    for editor in (other, page):
        editor.get_by_role("textbox", name="办结标准").fill(f"由第 {id(editor)} 个窗口改写。")
        editor.get_by_role("button", name="保存办结标准").click()
    other.close()
    expect(page.get_by_role("alert")).to_contain_text("已保存了新的内容")


def forecast(page: Page) -> None:
    """A district's score with a forecast."""
    page.goto("/scores")
    page.get_by_role("row", name="松江区司法局").get_by_role("link", name="扣分明细").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="测算得分").click()
    expect(page.get_by_role("main")).to_contain_text("名次由")


def refused_urge(page: Page) -> None:
    """The preview of a 催办 with its recipients, what is left out, and a text that was refused."""
    page.goto("/overdue?level=district_bureau&sort=unit")
    page.locator("tbody input[type=checkbox]").first.check()
    page.get_by_role("button", name="催办").click()
    page.get_by_role("button", name="发出催办信").click()
    expect(page.get_by_role("main")).to_contain_text("已向 1 人发出催办信 1 封")
    for place in range(3):
        page.locator("tbody input[type=checkbox]").nth(place).check()
    page.get_by_role("button", name="催办").click()
    expect(page.get_by_role("main")).to_contain_text("不催的事项（1 项）")
    page.get_by_label("催办内容").fill("")
    page.get_by_role("button", name="发出催办信").click()
    expect(page.get_by_role("alert")).to_contain_text("请写明催办的内容")


def paused_task(page: Page) -> None:
    """A task that was urged, with its reminders paused and the form to change that open."""
    task_under_supervision(page)
    page.locator("summary", has_text="暂停").click()
    page.get_by_label("恢复提醒的日期").fill("2021-03-20")
    page.get_by_label("暂停的理由").fill("职责正在交接。")
    page.get_by_role("button", name="暂停提醒").click()
    page.locator("summary", has_text="更改暂停").click()


def sheet_of_keys(page: Page) -> None:
    """The dialog with the keys of the keyboard."""
    page.goto("/account")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def display_choices(page: Page) -> None:
    """The panel in the bar, open."""
    page.goto("/account")
    page.locator(".bar-display summary").click()
    expect(page.get_by_role("group", name="字号")).to_be_visible()


def first_visit(page: Page) -> None:
    """The tour."""
    page.goto("/help")
    page.get_by_role("button", name="重看新手引导").click()
    expect(page.get_by_role("complementary", name="第一次使用")).to_be_visible()


def unseen_sign(page: Page) -> None:
    """A form refused by the gate, with what was typed."""
    page.goto("/account")
    page.get_by_label("姓名").fill("松江经办\u202e（改名）")
    page.get_by_role("button", name="保存姓名").click()
    expect(page.get_by_role("main")).to_contain_text("您刚才填写的文字")


def second_factor(page: Page) -> None:
    """What the telephone scans."""
    page.goto("/account/factor")
    page.get_by_label("登录密码").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="开始设置").click()
    expect(page.get_by_role("img", name="二维码")).to_be_visible()


STATES: list[tuple[str, Callable[[Page], None]]] = [
    ("", wrong_password),
    (CLERK, accepted_task),
    (CLERK, task_to_sign_for),
    (CLERK, refused_report),
    (SUPERVISOR, task_under_supervision),
    (SUPERVISOR, refused_urge),
    (SUPERVISOR, paused_task),
    (SUPERVISOR, two_editors),
    (SUPERVISOR, forecast),
    ("leader", second_factor),
    ("reviewer-mishu", sheet_of_keys),
    ("reviewer-mishu", display_choices),
    ("auditor", first_visit),
    ("huangpu-clerk", unseen_sign),
]
"""Pages that are reached by doing something."""


@pytest.fixture(scope="module")
def site(
    browser: Browser, databases: Databases, seeded_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A server on which one task went through the loop and the day's letters were written."""
    with serving(databases, seeded_template, tmp_path_factory.mktemp("site")) as (base, environment):
        visitor = Visitor(browser, base)
        walk_the_loop(visitor)
        visitor.context.close()
        subprocess.run([sys.executable, "-m", "tracker", "remind", "--on", DAY], env=environment, check=True)
        yield base


@pytest.fixture(scope="module")
def windows(browser: Browser, site: str) -> Iterator[Callable[[str], Visitor]]:
    """A window for each account, signed in once."""
    opened: dict[str, Visitor] = {}

    def window(account: str) -> Visitor:
        if account not in opened:
            opened[account] = Visitor(browser, site)
            if account:
                opened[account].sign_in(account)
        return opened[account]

    yield window
    for visitor in opened.values():
        visitor.context.close()


def look(visitor: Visitor) -> dict[str, Any]:
    """What is wrong with the page in the window, in each look."""
    page, found = visitor.page, {}
    for theme, width in THEMES.items():
        page.set_viewport_size({"width": width, "height": 850})
        page.emulate_media(color_scheme=theme)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        found[f"sideways in {theme}"] = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        found[f"axe in {theme}"] = violations(page)
    found["console"] = visitor.complaints.copy()
    visitor.complaints.clear()
    return {what: value for what, value in found.items() if value}


def violations(page: Page) -> list[str]:
    """What axe objects to."""
    page.evaluate(AXE)
    found = page.evaluate("tags => axe.run({runOnly: tags, resultTypes: ['violations']})", RULES)
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"][:3]]


@pytest.mark.parametrize(("account", "address"), PAGES)
def test_a_page_is_quiet_fits_a_phone_and_is_accessible(
    windows: Callable[[str], Visitor], account: str, address: str
) -> None:
    visitor = windows(account)
    visitor.page.goto(address)
    assert look(visitor) == {}


@pytest.mark.parametrize(("account", "reach"), STATES)
def test_a_page_reached_by_doing_is_quiet_fits_a_phone_and_is_accessible(
    windows: Callable[[str], Visitor], account: str, reach: Callable[[Page], None]
) -> None:
    visitor = windows(account)
    visitor.page.set_default_timeout(PATIENCE * 1000)
    reach(visitor.page)
    assert look(visitor) == {}
