"""Every link of every page of each role leads somewhere, and the page there is quiet.

From the first page of a role on, as many links of each route and of each filter of it are followed as SAMPLES says.
What no role saw before is opened in the window, with its scripts; the rest is asked for by the same session without
being drawn.
"""

from collections import Counter, deque
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import pytest
from werkzeug.routing import Map

from tests.browser.stage import Open, Site, route, routes, site, windows
from tests.web.test_pages import ROLES

__all__ = ["site", "windows"]

SAMPLES = 1
LARGEST = 300
"""More pages than any role has kinds of: a crawl that does not end is a failure."""

LEADS_AWAY = ("tel:", "mailto:")

Kind = tuple[str, str]
"""A route, and the name of a filter in the address or nothing."""


class Links(HTMLParser):
    """Collects where the links of a page lead."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up a link."""
        href = dict(attrs).get("href") if tag == "a" else None
        if href and not href.startswith(LEADS_AWAY):
            self.found.append(href)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Map:
    """Every address of the service."""
    return routes(tmp_path_factory.mktemp("routes"))


@pytest.fixture(scope="module")
def drawn() -> set[Kind]:
    """What some role has looked at."""
    return set()


def kinds(known: Map, address: str) -> set[Kind]:
    """Return what an address is a sample of; nothing where no route answers it."""
    parts = urlsplit(address)
    rule = route(known, parts.path)
    return {(rule, name) for name in ("", *dict(parse_qsl(parts.query)))} if rule else set()


def links(page: str, address: str, base: str) -> Iterator[str]:
    """Yield the addresses that a page leads to, without their fragments."""
    reader = Links()
    reader.feed(page)
    for href in reader.found:
        target = urldefrag(urljoin(base + address, href)).url
        assert target.startswith(base), f"{address} leads to another machine: {target}"
        yield target.removeprefix(base)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "anonymous"])
def test_every_link_leads_to_a_quiet_page(windows: Open, site: Site, known: Map, drawn: set[Kind], role: str) -> None:
    visitor, base = windows(ROLES[role]), site[0]
    waiting, followed, seen, wrong = deque([("", "/")]), Counter[Kind](), set[str](), list[str]()
    while waiting:
        origin, address = waiting.popleft()
        samples = kinds(known, address)
        if address in seen or (samples and all(followed[kind] >= SAMPLES for kind in samples)):
            continue
        seen.add(address)
        followed.update(samples)
        answer = visitor.context.request.get(address)
        if not samples or not answer.ok:
            wrong.append(f"{origin} leads to {address}: {answer.status}")
        elif "text/html" in answer.headers["content-type"]:
            waiting += [(address, target) for target in links(answer.text(), address, base)]
            if samples - drawn:
                drawn |= samples
                visitor.page.goto(address)
        assert len(seen) < LARGEST
    assert wrong == []
    assert visitor.complaints == []
