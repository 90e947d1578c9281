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

THIN = """seen => {
  const words = box => [...box.childNodes].filter(node => node.nodeType === 3).map(node => node.data).join("").trim();
  const own = box => box.tagName + [...box.attributes].map(({name, value}) => {
    const told = /^(class|style|type|role|hidden|disabled|checked|aria-(?!label|describedby|controls|owns))/.test(name);
    return " " + name + "=" + (told ? value : Boolean(value.trim()));
  }).sort().join("") + ":" + Math.min(words(box).length, 3);
  const kind = box => own(box) + "(" + [...box.children].map(kind).join() + ")";
  for (const list of document.querySelectorAll("tbody, ul, ol, select, optgroup")) {
    if (list.querySelector("[rowspan]")) { continue; }
    const times = new Map();
    for (const item of [...list.children]) {
      const cells = item.tagName === "TR" ? [...item.children].map((cell, place) => place + kind(cell)) : [kind(item)];
      const kinds = new Set([own(item), ...cells]);
      const known = [...kinds].every(each => times.get(each) >= seen);
      if (known) { item.remove(); }
      else { kinds.forEach(each => times.set(each, (times.get(each) || 0) + 1)); }
    }
  }
}"""
"""Takes away rows of which every cell, and items of a list which, stand there as often as is said, alike in all but
their words: same elements, same classes and states, a name or none, a short one or a longer one."""

ALIKE = 3
"""How many of a kind axe looks at: more of them cost most of its time, and it has nothing else to say of them."""

FRAME = (".bar-top", ".side", ".foot")
"""What stands around every page of a role alike."""

RUN = """([tags, rules, without]) => axe.run({exclude: without.map(part => [part])}, {
  runOnly: rules.length ? {type: "rule", values: rules} : {type: "tag", values: tags},
  resultTypes: ["violations"],
  preload: false,
  selectors: false,
})"""
"""Style sheets are not fetched once more: the one rule that reads them asks after pages that refuse to be turned."""


def violations(page: Page, rules: Sequence[str] = (), without: Sequence[str] = ()) -> list[str]:
    """Return what axe objects to; all rules unless named, everywhere but in parts that are left out."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(RUN, [list(TAGS), list(rules), list(without)])
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"][:3]]


def sideways(page: Page, width: int) -> list[str]:
    """Return what can be moved sideways in a window of a width; tabs may on a phone."""
    page.set_viewport_size({"width": width, "height": 850})
    found: list[str] = page.evaluate(SIDEWAYS)
    return [box for box in found if width != PHONE or not box.startswith("NAV.tabs ")][:6]


def thin(page: Page) -> None:
    """Leave of every list only so much that each kind of thing in it is still looked at, beside its like."""
    page.evaluate(THIN, ALIKE)


def _theme(page: Page, name: Any) -> None:
    page.emulate_media(color_scheme=name)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", name)


def look(visitor: Visitor, frame: bool = True) -> dict[str, Any]:
    """Return what is wrong with the page in the window, in each look.

    Without its frame: axe passes over what stands around every page, once it has seen it in this window.
    """
    page, found = visitor.page, dict[str, Any]()
    without = () if frame or not visitor.frame_seen else FRAME
    visitor.frame_seen = visitor.frame_seen or page.locator(".side").count() > 0
    chinese = visitor.language != "en"
    _theme(page, "light" if chinese else "dark")
    for width in (PHONE, ZOOMED, WIDTH):
        found[f"sideways at {width}"] = sideways(page, width)
    thin(page)
    found["axe"] = violations(page, without=without)
    if chinese:
        _theme(page, "dark")
        page.set_viewport_size({"width": PHONE, "height": 850})
        found["axe, dark on a phone"] = violations(page, (*COLOUR, *LAYOUT), without)
        page.set_viewport_size({"width": WIDTH, "height": 850})
    found["console"] = visitor.complaints.copy()
    visitor.complaints.clear()
    return {what: value for what, value in found.items() if value}
