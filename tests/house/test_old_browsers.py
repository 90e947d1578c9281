"""Scripts and style sheets use nothing that Chromium 86 does not know, but for what it may leave out without harm.

Without harm: accent-color (93), forced-color-adjust (89), page numbers in margin boxes (131), the plain twins of what
has a prefix. Of Bootstrap 5.3.8, whose makers build it for Chromium 60 and later, one rule is younger than the floor:
`inset` (87) in floating labels, which no page here uses.
"""

import re

import pytest

from tests.house.source import NOT_OURS, files, name

STATIC = "tracker/static/"

SCRIPT = {
    "optional chaining (80, but beyond ES2017)": r"\?\.(?!\d)",
    "?? and ??= (80 and 85, but beyond ES2017)": r"\?\?",
    "&&= and ||= (85)": r"(?:&&|\|\|)=",
    "classes, whose fields are young": r"\bclass\s+\w+[^{;]*\{|\bthis\.#",
    ".at() (92)": r"\.at\(",
    "Object.hasOwn (93)": r"\bhasOwn\(",
    "structuredClone (98)": r"\bstructuredClone\b",
    "findLast (97)": r"\.findLast(?:Index)?\(",
    "toSorted, toReversed, with (110)": r"\.(?:toSorted|toReversed|toSpliced|with)\(",
    "replaceAll (85)": r"\.replaceAll\(",
    "crypto.randomUUID (92)": r"\brandomUUID\b",
    "AbortSignal.timeout (103)": r"AbortSignal\.",
    "popover (114)": r"\b(?:show|hide|toggle)Popover\b",
    "View Transitions (111)": r"startViewTransition",
    "scrollend (114)": r"[\"']scrollend[\"']",
    "array groups (117)": r"\bgroupBy\(",
    "numbers with _ (75, but beyond ES2017)": r"\b\d+_\d",
    "modules": r"(?m)^\s*(?:import|export)\s",
}
STYLE = {
    ":has() (105)": r":has\(",
    ":is() and :where() (88)": r":(?:is|where)\(",
    ":not() with a list (88)": r":not\([^()]*,",
    "nesting (112)": r"(?m)^\s*&|\{[^{}]*&",
    "inset (87)": r"\binset(?:-(?:block|inline)[\w-]*)?\s*:",
    "aspect-ratio (88)": r"\baspect-ratio\s*:",
    "color-mix() (111)": r"\bcolor-mix\(",
    "oklch(), lab(), lch(), color() (111)": r"\b(?:oklch|oklab|lab|lch|hwb|color)\(",
    "container queries (105)": r"@container|\bcontainer(?:-type|-name)?\s*:|\d(?:cqw|cqi|cqh|cqb)\b",
    "@layer (99)": r"@layer",
    "@property (85, but of little use)": r"@property",
    "small, large and dynamic viewports (108)": r"\d(?:dv|sv|lv)(?:h|w|i|b|min|max)\b",
    "individual transforms (104)": r"(?m)(?:^|[{;])\s*(?:translate|rotate|scale)\s*:",
    "scrollbar-gutter (94), scrollbar-color (121)": r"\bscrollbar-(?:gutter|color|width)\s*:",
    "text-wrap (114)": r"\btext-wrap\s*:",
    "subgrid (117)": r"\bsubgrid\b",
    "logical sides and corners in pairs (87)": r"\b(?:margin|padding|border)-(?:block|inline)\s*:",
    "media ranges (104)": r"@media[^{]*[<>]",
    "light-dark() (123)": r"\blight-dark\(",
    "round(), mod(), sin() … (111 and 125)": r"\b(?:round|mod|rem|sin|cos|tan|pow|sqrt|hypot|abs|sign)\(",
    "overflow: clip (90)": r"\boverflow(?:-[xy])?\s*:\s*clip\b",
    "font-size-adjust, hyphenate-… (127, 106)": r"\b(?:font-size-adjust|hyphenate-[\w-]+)\s*:",
}


def sources(suffix: str) -> dict[str, str]:
    """Our own static files of a kind, their comments and texts left out."""
    found = {}
    for path in files():
        if name(path).startswith(STATIC) and path.suffix == suffix and not name(path).startswith(NOT_OURS):
            text = re.sub(r"/\*.*?\*/", " ", path.read_text("utf-8"), flags=re.DOTALL)
            text = re.sub(r"(?m)(?<![:\"'])//.*$", "", text) if suffix == ".js" else text
            found[name(path)] = re.sub(r"\"[^\"\n]*\"", '""', text) if suffix == ".js" else text
    return found


def uses(suffix: str, pattern: str) -> list[str]:
    """Where a pattern occurs."""
    return [
        f"{file}: {text[max(0, hit.start() - 20) : hit.end() + 20].strip()}"
        for file, text in sources(suffix).items()
        for hit in re.finditer(pattern, text)
    ]


def test_there_is_something_to_look_at() -> None:
    assert len(sources(".js")) > 5
    assert len(sources(".css")) > 5


@pytest.mark.parametrize("what", SCRIPT)
def test_no_script_uses(what: str) -> None:
    assert uses(".js", SCRIPT[what]) == []


@pytest.mark.parametrize("what", STYLE)
def test_no_style_sheet_uses(what: str) -> None:
    assert uses(".css", STYLE[what]) == []


@pytest.mark.parametrize("prefixed", ["mask", "print-color-adjust"])
def test_what_old_browsers_know_under_a_prefix_is_said_twice(prefixed: str) -> None:
    for file, text in sources(".css").items():
        for block in re.findall(r"\{([^{}]*)\}", text):
            plain = re.search(rf"(?<!-)\b{prefixed}(?:-image)?\s*:", block)
            assert not plain or f"-webkit-{prefixed}" in block, f"{file}: {block}"
