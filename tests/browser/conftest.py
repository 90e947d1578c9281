"""A real Chromium on a real server, each test with a database of its own."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.servers import serving
from tests.conftest import Databases

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first draws without ever having a window, which takes a sixth less time."""

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Chromium as root, in a container, without looking for its maker's hosts."""

OTHER = os.environ.get("TRACKER_TEST_CHROMIUM", "")
"""The path of another Chromium to test with, such as an old one."""

INSTALL = "浏览器测试已跳过：未找到 Chromium，请先安装（apt-get install chromium-headless-shell fonts-wqy-microhei）。"
PATIENCE = 20
"""Seconds for anything to appear on a page."""

expect.set_options(timeout=PATIENCE * 1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, where it is installed; one for a module, since its event loop would be in the way of other tests."""
    program = OTHER or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip(INSTALL)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def server(browser: Browser, databases: Databases, seeded_template: str, tmp_path: Path) -> Iterator[str]:
    """The address of `tracker serve` on this test's own seeded database; the business day is DAY."""
    with serving(databases, seeded_template, tmp_path) as (base, _):
        yield base
