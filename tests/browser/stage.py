"""A server on the scene for one module, and a window for each account, in the module's language."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from tests.browser.conftest import PATIENCE
from tests.browser.scene import prepare
from tests.browser.servers import DAY, serving
from tests.browser.visitor import Visitor
from tests.conftest import Databases, running, settings
from tracker.app import create_app
from tracker.rules.words import SOURCE

Open = Callable[[str], Visitor]
Site = tuple[str, dict[str, int]]


@pytest.fixture(scope="module")
def site(
    browser: Browser, databases: Databases, seeded_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The address of a server on the scene, and the numbers that addresses need."""
    folder = tmp_path_factory.mktemp("site")
    address = databases.copy(seeded_template)
    with running(address, folder / "data", TRACKER_TODAY=DAY):
        places = prepare(DAY, folder / "data")
    with serving(databases, address, folder) as (base, _):
        yield base, places
    databases.drop(address)


@pytest.fixture(scope="module")
def windows(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Open]:
    """A window for each account, signed in once, in the language that the module names."""
    opened: dict[str, Visitor] = {}

    def window(account: str) -> Visitor:
        if account not in opened:
            opened[account] = visitor = Visitor(browser, site[0])
            visitor.context.set_default_timeout(PATIENCE * 1000)
            if account:
                visitor.sign_in(account)
            if getattr(request.module, "LANGUAGE", SOURCE) != SOURCE:
                visitor.speak_english()
        return opened[account]

    yield window
    for visitor in opened.values():
        visitor.context.close()


def routes(folder: Any) -> Map:
    """Return the addresses that the service knows; no database is needed for that."""
    return create_app(settings("sqlite://", folder)).url_map


def route(known: Map, path: str) -> str:
    """Return the rule that answers an address, whatever the method; an empty text where there is none."""
    for method in ("GET", "POST"):
        try:
            return known.bind("").match(path, method=method, return_rule=True)[0].rule
        except HTTPException:
            continue
    return ""
