"""A real Chromium on a real server, each test with a database of its own."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import Databases, settings

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
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

INSTALL = "浏览器测试已跳过：未找到 Chromium，请先安装（apt-get install chromium fonts-wqy-microhei）。"
DAY = "2021-03-05"
"""The business day: the two tasks of February are five days overdue."""

PATIENCE, STARTING = 20, 60
"""Seconds for anything to appear on a page, and for a server to begin on a busy machine."""


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


@contextmanager
def serving(databases: Databases, template: str, folder: Path, day: str = DAY) -> Iterator[tuple[str, dict[str, str]]]:
    """Run `tracker serve` on a copy of a database; give its address, and the environment for further commands."""
    address, port = databases.copy(template), free_port()
    base = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        **settings(address, folder / "data"),
        "TRACKER_BASE_URL": base,
        "TRACKER_TODAY": day,
    }
    process = started(environment, port, folder / "server.log")
    try:
        yield base, environment
    finally:
        process.terminate()
        process.wait(PATIENCE)
        databases.drop(address)


def free_port() -> int:
    """Return a port of this machine that nobody listens to."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def started(environment: dict[str, str], port: int, log: Path) -> "subprocess.Popen[bytes]":
    """Start `tracker serve`, and return it once it answers."""
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "tracker", "serve", "--port", str(port), "--workers", "1"],
            env=environment,
            stdout=file,
            stderr=file,
        )
    try:
        _wait(process, f"http://127.0.0.1:{port}/healthz", log)
    except BaseException:
        process.terminate()
        raise
    return process


def _wait(process: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    for _ in range(STARTING * 10):
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE):
                return
        except (URLError, ConnectionError):
            assert process.poll() is None, log.read_text("utf-8")
            time.sleep(0.1)
    raise AssertionError(f"no answer from {address}:\n{log.read_text('utf-8')}")
