"""Every page as the roles that use it: a quiet console, no sideways scroll, and nothing axe objects to.

A page is looked at in Chinese here and in English in test_english.py, light and dark, at full width, at 200 % and on a
phone; looks.py says which rules run in which look.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser
from werkzeug.routing import Map

from tests.browser.looks import look, thin, violations
from tests.browser.places import NO_PAGES, PAGES
from tests.browser.stage import Open, Site, route, routes, site, windows
from tests.browser.states import STATES
from tests.browser.visitor import Visitor

__all__ = ["look", "site", "violations", "windows"]

NUMBERS = dict.fromkeys(("plan", "songjiang", "owed", "task", "seven", "in_hand", "first", "report"), 1)
MORE_NUMBERS = dict.fromkeys(("letter", "endpoint", "waiting", "ended", "held", "imported", "round"), 1)
YEAR_NUMBERS = dict.fromkeys(("year", "section", "entry", "appeal", "special"), 1)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Map:
    """Every address of the service."""
    return routes(tmp_path_factory.mktemp("routes"))


def test_every_page_of_the_service_is_looked_at(known: Map) -> None:
    looked_at = {
        route(known, urlsplit(address.format(**NUMBERS, **MORE_NUMBERS, **YEAR_NUMBERS)).path) for _, address in PAGES
    }
    looked_at |= {rule for _, rule, _ in STATES}
    answering = {rule.rule for rule in known.iter_rules() if "GET" in (rule.methods or ())}
    assert answering - looked_at == set(NO_PAGES)
    assert {rule for _, rule, _ in STATES} <= {rule.rule for rule in known.iter_rules()}


@pytest.mark.parametrize(
    ("odd", "rule"),
    [
        ("<a href='/77'></a>", "link-name"),
        ("<a href='/77' style='color: #eee'>任务七十七</a>", "color-contrast"),
        ("<input name='odd'>", "label"),
    ],
)
def test_what_is_wrong_with_one_of_a_hundred_alike_is_found(browser: Browser, odd: str, rule: str) -> None:
    visitor = Visitor(browser, "http://127.0.0.1")
    rows = [f"<tr><td>{number}</td><td><a href='/{number}'>任务{number:03}</a></td></tr>" for number in range(100)]
    for fault, found in (("", False), (f"<tr><td>77</td><td>{odd}</td></tr>", True)):
        body = "".join([*rows[:77], fault, *rows[77:]])
        visitor.page.set_content(f"<main><table><tbody>{body}</tbody></table></main>")
        thin(visitor.page)
        assert visitor.page.locator("tr").count() < 12
        assert any(line.startswith(f"{rule}:") for line in violations(visitor.page)) == found
    visitor.context.close()


@pytest.mark.parametrize(("account", "address"), PAGES)
def test_a_page_is_quiet_fits_every_width_and_is_accessible(
    windows: Open, site: Site, account: str, address: str
) -> None:
    visitor = windows(account)
    visitor.page.goto(address.format(**site[1]))
    assert look(visitor, frame=False) == {}


@pytest.mark.parametrize(("account", "rule", "reach"), STATES)
def test_a_page_reached_by_doing_is_quiet_fits_every_width_and_is_accessible(
    windows: Open, known: Map, account: str, rule: str, reach: Callable[[Visitor], None]
) -> None:
    visitor = windows(account)
    reach(visitor)
    assert route(known, urlsplit(visitor.page.url).path) == rule
    assert look(visitor) == {}
