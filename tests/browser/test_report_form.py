"""The report form at a real browser: it saves itself, shows conflicts, takes files, and gives back what was lost."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, LocatorAssertions, Page, expect
from sqlalchemy import create_engine, text

from tests.browser.servers import serving
from tests.browser.test_pages import look
from tests.browser.visitor import CLERK, Visitor, sign_for
from tests.conftest import Databases
from tracker.seeding.accounts import DEMO_PASSWORD

STOP = "。"
"""What is written last, so that its saving can be told from an earlier one."""

SAVED = re.compile(r"已自动保存 \d\d:\d\d:\d\d")


def open_form(page: Page) -> Page:
    """Sign for task 7 and open its report form."""
    sign_for(page)
    page.get_by_role("main").get_by_role("link", name="填报", exact=True).click()
    return page


@pytest.fixture
def visitor(browser: Browser, server: str) -> Visitor:
    """Songjiang's clerk before an empty report form of task 7."""
    visitor = Visitor(browser, server)
    open_form(visitor.sign_in(CLERK))
    return visitor


def state(page: Page) -> LocatorAssertions:
    """Return what is expected of the line that says when the page saved."""
    return expect(page.locator("[data-save-state]"))


def test_what_is_typed_is_saved_by_itself_and_there_after_a_reload(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_label("完成情况").press_sequentially("已走访两个司法所")
    state(page).to_have_text(SAVED)
    page.reload()
    expect(page.get_by_label("完成情况")).to_have_value("已走访两个司法所")
    page.get_by_label("完成情况").press_sequentially("，另两个下周走访")
    state(page).to_have_text(SAVED)
    page.get_by_label("完成情况").press("Control+Enter")
    expect(page.get_by_role("main")).to_contain_text("进展已报送")
    assert visitor.complaints == []


def test_leaving_asks_only_while_something_is_not_saved(visitor: Visitor) -> None:
    page, asked = visitor.page, []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("完成情况").press_sequentially("写了一点")
    page.goto("/inbox")
    assert asked == ["beforeunload"]
    page.go_back()
    page.get_by_label("完成情况").press_sequentially("写完了")
    state(page).to_have_text(SAVED)
    page.goto("/inbox")
    assert asked == ["beforeunload"]


def test_two_windows_at_one_report_see_both_texts_and_choose(visitor: Visitor) -> None:
    first = visitor.page
    second = visitor.context.new_page()
    second.goto(first.url)
    first.get_by_label("完成情况").fill("第一个窗口写的")
    state(first).to_have_text(SAVED)
    second.get_by_label("完成情况").fill("第二个窗口写的")
    conflict = second.get_by_role("region", name="两份内容不一致")
    expect(conflict).to_contain_text("第一个窗口写的")
    expect(conflict).to_contain_text("第二个窗口写的")
    conflict.get_by_role("button", name="保留我的内容").click()
    state(second).to_have_text(SAVED)
    first.reload()
    expect(first.get_by_label("完成情况")).to_have_value("第二个窗口写的")
    assert visitor.complaints == []


def test_a_file_goes_up_by_itself_and_is_taken_out_again(visitor: Visitor) -> None:
    page = visitor.page
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_label("完成情况").fill("附件见下")
    page.get_by_label("佐证材料").set_input_files(
        [
            {"name": "清单.txt", "mimeType": "text/plain", "buffer": "清单".encode()},
            {"name": "程序.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x90"},
        ]
    )
    uploads = page.locator("[data-uploads] li")
    expect(uploads.nth(0)).to_contain_text("类型与内容相符")
    expect(uploads.nth(1)).to_contain_text("只接受 pdf")
    files = page.locator("[data-draft-files]")
    expect(files).to_contain_text("清单.txt")
    expect(page.get_by_label("完成情况")).to_have_value("附件见下")
    files.get_by_role("button", name="删除").click()
    expect(files).to_contain_text("草稿中还没有附件")
    expect(page.get_by_label("完成情况")).to_have_value("附件见下")
    assert visitor.complaints == []


def test_the_preview_comes_without_leaving_the_page(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_label("完成情况").fill("- 一\n- **二**")
    page.get_by_role("button", name="预览").click()
    expect(page.locator(".preview strong")).to_have_text("二")
    assert page.url.endswith("/report")
    assert visitor.complaints == []


def test_the_form_with_preview_file_and_conflict_is_accessible_in_both_looks(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_label("完成情况").fill("- 一\n- **二**")
    page.get_by_label("佐证材料").set_input_files(
        {"name": "清单.txt", "mimeType": "text/plain", "buffer": "清单".encode()}
    )
    expect(page.locator("[data-draft-files]")).to_contain_text("清单.txt")
    page.get_by_role("button", name="预览").click()
    expect(page.locator(".preview strong")).to_have_text("二")
    assert look(visitor) == {}
    other = visitor.context.new_page()
    other.goto(page.url)
    other.get_by_label("完成情况").fill("另一个窗口写的")
    state(other).to_have_text(SAVED)
    page.get_by_label("存在问题").fill("这个窗口写的")
    expect(page.get_by_role("region", name="两份内容不一致")).to_be_visible()
    assert look(visitor) == {}


@pytest.mark.parametrize("how", ["button", "by itself"])
def test_what_is_sent_after_the_session_ran_out_comes_back_after_the_login(
    browser: Browser, databases: Databases, seeded_template: str, tmp_path: Path, how: str
) -> None:
    with serving(databases, seeded_template, tmp_path) as (base, environment):
        visitor = Visitor(browser, base)
        page = open_form(visitor.sign_in(CLERK))
        run_out(environment["TRACKER_DATABASE_URL"])
        page.get_by_label("完成情况").fill("写了很久的一段文字")
        if how == "button":
            page.get_by_role("button", name="报送进展").click()
            expect(page.get_by_role("main")).to_contain_text("您写的文字已由系统保留")
        else:
            state(page).to_contain_text("登录已失效。您写的文字已由系统保留")
            page.on("dialog", lambda dialog: dialog.accept())
        page.goto("/login")
        page.get_by_label("账号").fill(CLERK)
        page.get_by_label("密码").fill(DEMO_PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.get_by_role("link", name="查看并继续").click()
        expect(page.get_by_role("main")).to_contain_text("写了很久的一段文字")
        assert look(visitor) == {}
        page.get_by_role("button", name="放回表单继续").click()
        expect(page.get_by_label("完成情况")).to_have_value("写了很久的一段文字")
        page.get_by_role("button", name="报送进展").click()
        expect(page.get_by_role("main")).to_contain_text("进展已报送")


def run_out(address: str) -> None:
    """End every session, as if nobody had touched a page for hours."""
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM login_session"))
    engine.dispose()


def test_whoever_signed_out_elsewhere_is_told_so_and_goes_on_after_signing_in_again(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_label("完成情况").fill("第一段")
    state(page).to_have_text(SAVED)
    other = visitor.context.new_page()
    other.goto("/inbox")
    other.get_by_role("button", name="退出").click()
    page.get_by_label("完成情况").fill("第一段和第二段")
    state(page).to_contain_text("文字只在本页上，请勿关闭")
    with visitor.context.expect_page() as opened:
        page.get_by_role("link", name="在新窗口登录").click()
    visitor.page = opened.value
    visitor.sign_in(CLERK)
    page.bring_to_front()
    page.get_by_label("完成情况").press("End")
    with page.expect_response(lambda answer: answer.ok and STOP in (answer.request.post_data or "")):
        page.get_by_label("完成情况").type(STOP)
    state(page).to_have_text(SAVED)
    page.reload()
    expect(page.get_by_label("完成情况")).to_have_value("第一段和第二段。")
    assert visitor.complaints == []
