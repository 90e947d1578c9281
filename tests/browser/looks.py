"""What is wrong with the page in a window: what axe objects to, what runs out of the window, what the console says.

All rules of axe run once on a page in each language: in the light theme in Chinese, in the dark one in English. Then
only those run that a change can bring to another answer, in Chinese: those of colour and size on a phone, in the dark
theme. Both languages have the same themes and the same parts; that longer words fit every width is asked of both.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.visitor import PHONE, WIDTH, Visitor

AXE = (Path(__file__).parent / "axe.min.js").read_text("utf-8")
"""axe-core 4.14.1, under the licence beside it."""

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOUR = ("color-contrast", "link-in-text-block")
LAYOUT = (
    *("target-size", "scrollable-region-focusable", "aria-hidden-focus", "nested-interactive", "skip-link"),
    *("empty-heading", "empty-table-header", "heading-order", "landmark-one-main", "page-has-heading-one", "region"),
    *("label", "select-name", "button-name", "link-name", "summary-name", "meta-viewport", "avoid-inline-spacing"),
)
"""Rules that a narrow window may answer otherwise: it hides texts and moves things."""

ZOOMED = WIDTH // 2
"""200 % in a window of WIDTH."""

SIDEWAYS = """() => {
  const root = document.documentElement, found = [];
  const wide = root.scrollWidth > root.clientWidth;
  if (wide) { found.push("page " + root.scrollWidth + " > " + root.clientWidth); }
  for (const box of document.body.querySelectorAll("*")) {
    if (wide && !box.children.length && box.getBoundingClientRect().right > root.clientWidth + 1) {
      found.push("beyond the edge: " + box.outerHTML.slice(0, 120));
    }
    if (box.scrollWidth <= box.clientWidth + 1 || box.matches("input, textarea, select, .matrix-wrap")) { continue; }
    if (["auto", "scroll"].includes(getComputedStyle(box).overflowX)) {
      found.push(box.tagName + "." + box.className + " " + box.scrollWidth + " > " + box.clientWidth);
    }
  }
  return found;
}"""
"""What is wider than its window or its box; the matrix may be, and what one types into."""

RUN = """([tags, rules]) => axe.run({
  runOnly: rules.length ? {type: "rule", values: rules} : {type: "tag", values: tags},
  resultTypes: ["violations"],
  preload: false,
  selectors: false,
})"""
"""Style sheets are not fetched once more: the one rule that reads them asks after pages that refuse to be turned."""


def violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Return what axe objects to; all rules unless named."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(RUN, [list(TAGS), list(rules)])
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"][:3]]


def sideways(page: Page, width: int) -> list[str]:
    """Return what can be moved sideways in a window of a width; tabs may on a phone."""
    page.set_viewport_size({"width": width, "height": 850})
    found: list[str] = page.evaluate(SIDEWAYS)
    return [box for box in found if width != PHONE or not box.startswith("NAV.tabs ")][:6]


def _theme(page: Page, name: Any) -> None:
    page.emulate_media(color_scheme=name)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", name)


def look(visitor: Visitor) -> dict[str, Any]:
    """Return what is wrong with the page in the window, in each look."""
    page, found = visitor.page, dict[str, Any]()
    chinese = visitor.language != "en"
    _theme(page, "light" if chinese else "dark")
    for width in (PHONE, ZOOMED, WIDTH):
        found[f"sideways at {width}"] = sideways(page, width)
    found["axe"] = violations(page)
    if chinese:
        _theme(page, "dark")
        page.set_viewport_size({"width": PHONE, "height": 850})
        found["axe, dark on a phone"] = violations(page, (*COLOUR, *LAYOUT))
        page.set_viewport_size({"width": WIDTH, "height": 850})
    found["console"] = visitor.complaints.copy()
    visitor.complaints.clear()
    return {what: value for what, value in found.items() if value}
