"""Pages that are reached by doing something; in the language of the window."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.scene import CODED
from tests.browser.visitor import CLERK, SUPERVISOR, TASK, Visitor
from tracker.seeding.accounts import DEMO_PASSWORD


def wrong_password(visitor: Visitor) -> None:
    """A refused login."""
    page, says = visitor.page, visitor.says
    page.goto("/login")
    page.get_by_label(says("账号")).fill("nobody")
    page.get_by_label(says("密码")).fill("nothing")
    page.get_by_role("button", name=says("登录")).click()
    expect(page.get_by_role("alert")).to_be_visible()


def asked_for_a_code(visitor: Visitor) -> None:
    """The second step of a login."""
    page, says = visitor.page, visitor.says
    page.goto("/login")
    page.get_by_label(says("账号")).fill(CODED)
    page.get_by_label(says("密码")).fill(DEMO_PASSWORD)
    page.get_by_role("button", name=says("登录")).click()
    expect(page.get_by_role("heading", name=says("两步验证"))).to_be_visible()


def task_to_sign_for(visitor: Visitor) -> None:
    """A task that waits for its receipt."""
    visitor.page.goto("/todo?tab=receipt")
    visitor.page.get_by_role("link", name=visitor.says("签收"), exact=True).first.click()


def refused_report(visitor: Visitor) -> None:
    """The report form with its errors."""
    page, says = visitor.page, visitor.says
    task_to_sign_for(visitor)
    page.get_by_role("main").get_by_role("button", name=says("签收")).click()
    page.get_by_role("main").get_by_role("link", name=says("填报"), exact=True).click()
    page.get_by_role("button", name=says("报送进展")).click()
    expect(page.get_by_role("alert")).to_be_visible()


def nothing_changed(visitor: Visitor) -> None:
    """Several tasks about to be filed as unchanged."""
    page, says = visitor.page, visitor.says
    page.goto("/todo?tab=open")
    page.locator("tbody input[type=checkbox]").first.check()
    page.get_by_role("button", name=says("批量填“无变化”")).click()
    page.wait_for_url("**/todo/unchanged")


def accepted_task(visitor: Visitor) -> None:
    """A task with reports, evidence, reviews and a timeline."""
    visitor.page.goto("/todo?tab=done")
    visitor.page.get_by_role("link", name=TASK).click()


def task_under_supervision(visitor: Visitor) -> None:
    """An overdue task with what a supervisor may do to it."""
    visitor.page.goto("/overdue?level=district_bureau")
    visitor.page.locator("a[data-open]").first.click()


def two_editors(visitor: Visitor) -> None:
    """A sentence that somebody else has changed meanwhile."""
    page, says = visitor.page, visitor.says
    other = page.context.new_page()
    for editor in (other, page):
        editor.goto("/tasks/3")
    for number, editor in enumerate((other, page)):
        editor.get_by_role("textbox", name=says("办结标准")).fill(f"由第 {number} 个窗口改写。")
        editor.get_by_role("button", name=says("保存办结标准")).click()
    other.close()
    expect(page.get_by_role("alert")).to_be_visible()


def forecast(visitor: Visitor) -> None:
    """A district's score with a forecast."""
    page, says = visitor.page, visitor.says
    page.goto("/scores")
    page.get_by_role("row", name="松江区司法局").get_by_role("link", name=says("扣分明细")).click()
    page.get_by_role("link", name=says("先做什么")).click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name=says("测算得分")).first.click()
    page.wait_for_url("**complete=**")


def refused_urge(visitor: Visitor) -> None:
    """The preview of a 催办 with its recipients, what is left out, and a text that was refused."""
    page, says = visitor.page, visitor.says
    page.goto("/overdue?level=district_bureau&sort=unit")
    page.locator("tbody input[type=checkbox]").first.check()
    page.get_by_role("button", name=says("催办")).click()
    page.locator("main .form-actions .btn-primary:not([formaction])").click()
    page.wait_for_url("**/overdue*")
    for place in range(3):
        page.locator("tbody input[type=checkbox]").nth(place).check()
    page.get_by_role("button", name=says("催办")).click()
    page.get_by_label(says("催办内容")).fill("")
    page.locator("main .form-actions .btn-primary:not([formaction])").click()
    expect(page.get_by_role("alert")).to_be_visible()


def paused_task(visitor: Visitor) -> None:
    """A task that was urged, with its reminders paused and the form to change that open."""
    page, says = visitor.page, visitor.says
    task_under_supervision(visitor)
    page.locator("summary", has_text=says("暂停提醒")).click()
    page.get_by_label(says("恢复提醒的日期")).fill("2021-03-20")
    page.get_by_label(says("暂停的理由")).fill("职责正在交接。")
    page.get_by_role("button", name=says("暂停提醒")).click()
    page.locator("summary", has_text=says("更改暂停")).click()


def sheet_of_keys(visitor: Visitor) -> None:
    """The dialog with the keys of the keyboard."""
    visitor.page.goto("/account")
    visitor.page.keyboard.press("?")
    expect(visitor.page.get_by_role("dialog")).to_be_visible()


def display_choices(visitor: Visitor) -> None:
    """The panel in the bar, open."""
    visitor.page.goto("/account")
    visitor.page.locator(".bar-display > summary").click()
    expect(visitor.page.get_by_role("group", name=visitor.says("字号"))).to_be_visible()


def first_visit(visitor: Visitor) -> None:
    """The tour."""
    page, says = visitor.page, visitor.says
    page.goto("/help")
    page.get_by_role("button", name=says("重看新手引导")).click()
    expect(page.get_by_role("complementary", name=says("第一次使用，看这几步"))).to_be_visible()


def unseen_sign(visitor: Visitor) -> None:
    """A form refused by the gate, with what was typed."""
    page, says = visitor.page, visitor.says
    page.goto("/account")
    page.get_by_label(says("姓名")).fill("松江经办\u202e（改名）")
    page.get_by_role("button", name=says("保存姓名")).click()
    expect(page.get_by_role("main")).to_contain_text(says("您刚才填写的文字"))


def second_factor(visitor: Visitor) -> None:
    """What the telephone scans."""
    page, says = visitor.page, visitor.says
    page.goto("/account/factor")
    page.get_by_label(says("登录密码")).fill(DEMO_PASSWORD)
    page.get_by_role("button", name=says("开始设置")).click()
    expect(page.get_by_role("main").get_by_role("img")).to_be_visible()


def pattern_dialog(visitor: Visitor) -> None:
    """A dialog, opened above the page."""
    visitor.page.goto("/patterns")
    visitor.page.locator("summary[data-dialog]").click()
    expect(visitor.page.get_by_role("dialog")).to_be_visible()


STATES: list[tuple[str, str, Callable[[Visitor], None]]] = [
    ("", "/login", wrong_password),
    ("", "/login/code", asked_for_a_code),
    (CLERK, "/assignments/<id:assignment_id>", accepted_task),
    (CLERK, "/assignments/<id:assignment_id>", task_to_sign_for),
    (CLERK, "/assignments/<id:assignment_id>/report", refused_report),
    (CLERK, "/todo/unchanged", nothing_changed),
    (SUPERVISOR, "/assignments/<id:assignment_id>", task_under_supervision),
    (SUPERVISOR, "/urge", refused_urge),
    (SUPERVISOR, "/assignments/<id:assignment_id>", paused_task),
    (SUPERVISOR, "/tasks/<id:task_id>/acceptance", two_editors),
    (SUPERVISOR, "/scores/<id:unit_id>/forecast", forecast),
    ("leader", "/account/factor", second_factor),
    ("reviewer-mishu", "/account", sheet_of_keys),
    ("reviewer-mishu", "/account", display_choices),
    ("auditor", "/admin/audit", first_visit),
    ("huangpu-clerk", "/account", unseen_sign),
    ("admin", "/patterns", pattern_dialog),
]
"""Who gets to a page of which route, and how."""
