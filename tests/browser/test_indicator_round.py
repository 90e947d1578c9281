"""A supervisor's round from its form to its end in a real browser: one unit extended, closed with 15 missing."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.servers import serving
from tests.browser.visitor import CLERK, SUPERVISOR, Visitor
from tests.conftest import Databases

DAY = "2021-06-21"
ONE_SUBMITS = """
from tests.indicators.acts import fill, submit
from tracker.app import create_app
from tracker.indicators import queries
from tests.assignments.acts import person
with create_app().app_context():
    number = queries.rounds(person("supervisor"))[0].id
    fill(number, "huangpu")
    submit(number, "huangpu")
"""
"""What a district's people do meanwhile; how they type is told elsewhere."""


@pytest.fixture
def at_work(
    browser: Browser, databases: Databases, seeded_template: str, tmp_path: Path
) -> Iterator[tuple[str, dict[str, str]]]:
    """A server on the day on which the round opens, and the environment for what happens beside it."""
    with serving(databases, seeded_template, tmp_path, DAY) as served:
        yield served


def test_a_supervisor_opens_extends_and_closes(browser: Browser, at_work: tuple[str, dict[str, str]]) -> None:
    base, environment = at_work
    visitor = Visitor(browser, base)
    page = visitor.sign_in(SUPERVISOR)
    opens(page)
    grants_more_time(page)
    page.get_by_role("link", name="结束填报").click()
    expect(page.get_by_role("main")).to_contain_text("还有 16 个区没有上报")
    subprocess.run([sys.executable, "-c", ONE_SUBMITS], env=environment, check=True)
    closes(page)
    page = visitor.sign_in(CLERK)
    page.goto("/indicators")
    expect(page.get_by_role("row", name="2020年度指标")).to_contain_text("缺报")
    visitor.context.close()
    assert visitor.complaints == []


def opens(page: Page) -> None:
    """By the form, whose districts are all ticked; what is missing is said first."""
    page.goto("/indicators")
    page.get_by_role("main").get_by_role("link", name="新建填报").first.click()
    page.get_by_label("年度", exact=True).fill("2020")
    page.get_by_label("截止日", exact=True).fill("2021-06-30")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(16)
    page.get_by_role("button", name="建立填报并通知各区").click()
    expect(page.get_by_role("alert")).to_contain_text("请填写填报名称")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(16)
    page.get_by_label("填报名称").fill("2020年度指标")
    page.get_by_role("button", name="建立填报并通知各区").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2020年度指标")
    expect(page.get_by_role("main")).to_contain_text("已给 16 个单位的经办人和负责人发信")


def grants_more_time(page: Page) -> None:
    """To one district, with the reason in its row."""
    page.get_by_role("link", name="给松江区司法局延期").click()
    page.get_by_label("延期到").fill("2021-07-10")
    page.get_by_label("延期的理由").fill("系统升级")
    page.get_by_role("button", name="准予延期").click()
    row = page.get_by_role("row", name="松江区司法局")
    expect(row).to_contain_text("2021-07-10")
    expect(row).to_contain_text("延期：系统升级")


def closes(page: Page) -> None:
    """Not over a figure that has changed since it was seen; then with 15 missing and nothing corrected."""
    page.get_by_role("button", name="确认结束，缺报 16 个区").click()
    expect(page.get_by_role("alert")).to_contain_text("现在还有 15 个单位未报")
    expect(page.get_by_role("row", name="黄浦区司法局")).to_have_count(0)
    page.get_by_role("button", name="确认结束，缺报 15 个区").click()
    expect(page.get_by_role("main")).to_contain_text("填报已结束。")
    expect(page.get_by_role("main")).to_contain_text("结束以来没有更正过")
    expect(page.get_by_role("row", name="黄浦区司法局")).to_contain_text("已上报")
    page.get_by_role("link", name="未报 15", exact=True).click()
    expect(page.get_by_role("row", name="缺报")).to_have_count(15)
    expect(page.get_by_role("link", name="给松江区司法局延期")).to_have_count(0)
