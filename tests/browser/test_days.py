"""A whole day of each role: by mouse, by keyboard alone, on a telephone, and without scripts."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import PATIENCE
from tests.browser.days import administrator, clerk, leader, reviewer, supervisor
from tests.browser.days.ground import prepare
from tests.browser.days.hands import Hand, Phone, Plain, PlainPhone
from tests.browser.days.keyboard import Keyboard
from tests.browser.servers import DAY, serving
from tests.conftest import Databases, running
from tracker.db import transaction
from tracker.jobs import run_day

DAYS = {
    "clerk": clerk.STEPS,
    "reviewer": reviewer.STEPS,
    "supervisor": supervisor.STEPS,
    "leader": leader.STEPS,
    "administrator": administrator.STEPS,
}
HANDS = (Hand, Keyboard, Phone, Plain)
RUNS = [*((role, hand) for role in DAYS for hand in HANDS), ("clerk", PlainPhone)]
"""Who works by which hand; a telephone without scripts is tried by those who have the oldest ones."""


@pytest.fixture(scope="module")
def month(databases: Databases, seeded_template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database as it is when the day begins."""
    address = databases.copy(seeded_template)
    with running(address, tmp_path_factory.mktemp("data"), TRACKER_TODAY=DAY):
        with transaction():
            prepare()
        for _ in run_day(date.fromisoformat(DAY), "http://127.0.0.1"):
            """The letters of the morning."""
    return address


@contextmanager
def scheduler(environment: dict[str, str], log: Path) -> Iterator[None]:
    """Run `tracker scheduler` beside the server, which sends letters and does the long work."""
    with log.open("wb") as lines:
        process = subprocess.Popen([sys.executable, "-m", "tracker", "scheduler"], env=environment, stderr=lines)
    try:
        for _ in range(PATIENCE * 10):
            if "is on duty" in log.read_text("utf-8"):
                break
            assert process.poll() is None, log.read_text("utf-8")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.mark.parametrize(("role", "hand"), RUNS, ids=[f"{role}-{hand.name}" for role, hand in RUNS])
def test_a_whole_day_is_done_by(
    browser: Browser, databases: Databases, month: str, tmp_path: Path, role: str, hand: type[Hand]
) -> None:
    with serving(databases, month, tmp_path) as (base, environment):
        alone: AbstractContextManager[None] = nullcontext()
        with scheduler(environment, tmp_path / "scheduler.log") if role == "administrator" else alone:
            person = hand(browser, base, role)
            for step in DAYS[role]:
                step(person)
                person.picture(step.__name__.replace("_", "-"))
            person.visitor.context.close()
            assert person.visitor.complaints == []


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("<main><button tabindex='-1'>签收</button></main>", "not reached"),
        ("<style>button { outline: none !important }</style><main><button>签收</button></main>", "no visible focus"),
    ],
)
def test_the_keyboard_does_not_press_what_nobody_could(browser: Browser, page: str, why: str) -> None:
    person = Keyboard(browser, "http://127.0.0.1", "nobody")
    person.page.set_content(page)
    with pytest.raises(AssertionError, match=why):
        person.press("签收")
    person.visitor.context.close()
