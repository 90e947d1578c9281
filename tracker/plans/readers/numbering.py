"""Counts the automatic numbers of a Word text, as Word shows them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tracker.plans.readers.markup import Node
from tracker.plans.readers.numerals import numeral

LEVELS = 9
LONGEST_CHAIN = 20
"""Styles that rest on one another; a damaged file may have them go round."""

BULLET = "●"
_SLOT = re.compile(r"%([1-9])")
_PRIVATE = re.compile("[\ue000-\uf8ff]+")
"""Signs of a symbol font, which mean nothing outside of it."""

_OPEN_END = re.compile(r"[0-9A-Za-z.．,)〇一二三四五六七八九十百条章节款项部分①-⒛㊀-㊿]\Z")
"""Numbers that would run into the text behind them: 1.任务, 第一条任务."""


@dataclass(frozen=True)
class Level:
    """How one level of a list is numbered; restart is None for Word's own rule."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    follow: str = "tab"
    legal: bool = False
    restart: int | None = None


@dataclass
class List:
    """A list as paragraphs name it: the kind of list it counts in, its levels, the levels that it starts anew."""

    kind: str
    levels: Mapping[int, Level]
    fresh: dict[int, int] = field(default_factory=dict)


@dataclass
class Numbering:
    """The numbers of a document; `number` is asked for its paragraphs in order."""

    lists: Mapping[str, List]
    styles: Mapping[str, tuple[str, int]]
    default_style: str = ""
    counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def number(self, paragraph: Node) -> str:
        """Return what Word shows in front of a paragraph, with the space behind it; empty where there is nothing."""
        list_, level = self._belongs(paragraph)
        if list_ is None or level not in list_.levels:
            return ""
        counts = self._counted(list_, level)
        shown = self._written(list_, level, counts)
        if not shown or list_.levels[level].follow == "nothing":
            return shown
        return f"{shown} " if _OPEN_END.search(shown) or shown == BULLET else shown

    def _belongs(self, paragraph: Node) -> tuple[List | None, int]:
        style = paragraph.told("pPr", "pStyle") or self.default_style
        of_style, level = self.styles.get(style, ("", 0))
        number = paragraph.told("pPr", "numPr", "numId") or of_style
        own = paragraph.told("pPr", "numPr", "ilvl")
        if paragraph.find("pPr", "numPr", "numId") and not own:
            level = 0
        return self.lists.get(number), whole(own, level)

    def _counted(self, list_: List, level: int) -> dict[int, int]:
        counts = self.counts.setdefault(list_.kind, {})
        if level in list_.fresh:
            counts[level] = list_.fresh.pop(level)
        else:
            counts[level] = counts.get(level, list_.levels[level].start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            restart = list_.levels[deeper].restart if deeper in list_.levels else None
            if restart is None or level < restart:
                del counts[deeper]
        return counts

    def _written(self, list_: List, level: int, counts: Mapping[int, int]) -> str:
        shape = list_.levels[level]

        def fill(slot: re.Match[str]) -> str:
            at = int(slot[1]) - 1
            of = list_.levels.get(at, Level())
            form = "decimal" if shape.legal and of.form not in ("none", "bullet") else of.form
            return numeral(counts.get(at, of.start), form)

        if shape.form == "bullet":
            return _PRIVATE.sub(BULLET, shape.text.strip())
        return _SLOT.sub(fill, shape.text).strip()


def numbering(definitions: Node, styles: Node) -> Numbering:
    """Return the numbering of a document from its two parts; both may be empty."""
    kinds = {node.attributes.get("abstractNumId", ""): node for node in definitions.each("abstractNum")}
    nums = {node.attributes.get("numId", ""): node for node in definitions.each("num")}
    of_style = {node.attributes.get("styleId", ""): node for node in styles.each("style")}
    lists = {
        number: found
        for number, node in nums.items()
        if (found := _list(node, kinds, nums, of_style)) is not None and number != "0"
    }
    default = next((id_ for id_, node in of_style.items() if _is_default(node)), "")
    return Numbering(lists, {id_: _style(id_, of_style, nums, kinds) for id_ in of_style}, default)


def _is_default(style: Node) -> bool:
    return style.attributes.get("type") == "paragraph" and style.attributes.get("default") in ("1", "true", "on")


def _list(num: Node, kinds: Mapping[str, Node], nums: Mapping[str, Node], styles: Mapping[str, Node]) -> List | None:
    kind = num.told("abstractNumId")
    link = kinds[kind].told("numStyleLink") if kind in kinds else ""
    if link and link in styles:
        # A list that follows a style of lists: the style names the list that has the levels.
        linked = nums.get(styles[link].told("pPr", "numPr", "numId"))
        kind = linked.told("abstractNumId") if linked else kind
    if kind not in kinds:
        return None
    levels = {whole(node.attributes.get("ilvl"), 0): _level(node) for node in kinds[kind].each("lvl")}
    fresh = {}
    for change in num.each("lvlOverride"):
        at = whole(change.attributes.get("ilvl"), 0)
        if (own := change.find("lvl")) is not None:
            levels[at] = _level(own)
        if change.find("startOverride") is not None:
            fresh[at] = whole(change.told("startOverride"), 1)
    return List(kind, levels, fresh)


def _level(node: Node) -> Level:
    return Level(
        start=whole(node.told("start"), 0 if node.find("start") is None else 1),
        form=node.told("numFmt") or "decimal",
        text=node.told("lvlText"),
        follow=node.told("suff") or "tab",
        legal=node.is_set("isLgl"),
        restart=whole(node.told("lvlRestart"), 0) if node.find("lvlRestart") is not None else None,
    )


def _style(
    id_: str, styles: Mapping[str, Node], nums: Mapping[str, Node], kinds: Mapping[str, Node]
) -> tuple[str, int]:
    """Return the list and the level of a style, its own or those of the style that it rests on."""
    found = styles.get(id_)
    for _ in range(LONGEST_CHAIN):
        if found is None:
            break
        if number := found.told("pPr", "numPr", "numId"):
            own = found.told("pPr", "numPr", "ilvl")
            num = nums.get(number)
            kind = kinds.get(num.told("abstractNumId")) if num else None
            named = [lvl for lvl in kind.each("lvl") if lvl.told("pStyle") == id_] if kind else []
            return number, whole(named[0].attributes.get("ilvl"), 0) if named else whole(own, 0)
        found = styles.get(found.told("basedOn"))
    return "", 0


def whole(digits: str | None, default: int) -> int:
    """Return a number as Word writes it, or the default for what is none."""
    if digits and len(digits) <= 9 and digits.isascii() and digits.isdigit():
        return int(digits)
    return default
