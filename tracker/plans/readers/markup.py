"""Reads the markup of a Word part into a small tree of what carries meaning, in one pass and within limits."""

from collections.abc import Iterator
from dataclasses import dataclass, field

# Expat limits entities since 2.4, and a part with a DOCTYPE is refused below.
from xml.parsers import expat  # nosec B407 # see above

from tracker.plans.readers.limits import MAX_CHARACTERS, MAX_DEPTH, MAX_NODES
from tracker.plans.readers.unreadable import Unreadable, damaged, too_large
from tracker.rules.words import say

KEPT = frozenset(
    {
        *("body", "p", "pPr", "pStyle", "numPr", "ilvl", "numId", "r", "t", "tab", "br", "cr", "sym", "noBreakHyphen"),
        *("tbl", "tr", "tc", "gridSpan", "vMerge", "hMerge", "gridBefore", "txbxContent", "vanish"),
        # Of styles and numberings.
        *("style", "basedOn", "abstractNum", "num", "abstractNumId", "lvl", "lvlOverride", "start", "startOverride"),
        *("numFmt", "lvlText", "suff", "isLgl", "lvlRestart", "numStyleLink", "styleLink"),
    }
)
"""Elements that become nodes; any other hands its children to the element around it."""

DROPPED = frozenset(
    {
        *("del", "moveFrom", "delText", "instrText", "delInstrText", "Fallback", "rt", "binData", "tabs"),
        *("pPrChange", "rPrChange", "tblPrChange", "tblGridChange", "trPrChange", "tcPrChange", "sectPrChange"),
        *("tblPrExChange", "numberingChange", "sectPr", "tblPr", "tblGrid", "tblPrEx", "tblStylePr"),
    }
)
"""Elements that are left out with all that is in them: deleted text, former properties, second copies."""

MARKS = frozenset({"rPr", "trPr"})
"""Elements in which `del` is a property, of a paragraph's end or of a row, and not a wrapping."""


@dataclass(slots=True)
class Node:
    """An element: its name and attributes without prefixes, its text, the nodes in it."""

    name: str
    attributes: dict[str, str]
    children: list["Node"] = field(default_factory=list)
    text: str = ""

    @property
    def val(self) -> str:
        """Give the attribute that most of Word's elements carry."""
        return self.attributes.get("val", "")

    def find(self, *names: str) -> "Node | None":
        """Give the first node down this path, or None."""
        node: Node | None = self
        for name in names:
            node = next((child for child in node.children if child.name == name), None) if node else None
        return node

    def each(self, name: str) -> Iterator["Node"]:
        """Yield the nodes of a name that stand directly in this one."""
        return (child for child in self.children if child.name == name)

    def told(self, *names: str) -> str:
        """Give the value at the end of this path, or an empty text."""
        node = self.find(*names)
        return node.val if node else ""

    def is_set(self, *names: str) -> bool:
        """Tell whether there is a switch at the end of this path, and it is on."""
        node = self.find(*names)
        return node is not None and node.val not in ("0", "false", "off")


class _Builder:
    """Takes what expat tells and keeps the part of it that carries meaning."""

    def __init__(self) -> None:
        self.root = Node("", {})
        self.path: list[str] = []
        self.open: list[tuple[int, Node]] = [(0, self.root)]
        self.skipped_from = 0
        self.nodes = self.characters = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.path.append(local := name.rpartition(" ")[2])
        depth = len(self.path)
        if depth > MAX_DEPTH:
            raise _too_deep()
        if self.skipped_from:
            return
        is_mark = local in ("del", "vanish") and depth > 1 and self.path[-2] in MARKS
        if local in DROPPED and not is_mark:
            self.skipped_from = depth
        elif local in KEPT or is_mark:
            self._keep(local, attributes, depth)

    def _keep(self, local: str, attributes: dict[str, str], depth: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise too_large()
        node = Node(local, {key.rpartition(" ")[2]: value for key, value in attributes.items()})
        self.open[-1][1].children.append(node)
        self.open.append((depth, node))

    def end(self, _: str) -> None:
        depth = len(self.path)
        if self.skipped_from == depth:
            self.skipped_from = 0
        if self.open[-1][0] == depth:
            self.open.pop()
        self.path.pop()

    def write(self, text: str) -> None:
        depth, node = self.open[-1]
        if node.name == "t" and depth == len(self.path) and not self.skipped_from:
            self.characters += len(text)
            if self.characters > MAX_CHARACTERS:
                raise too_large()
            node.text += text


def tree(part: bytes) -> Node:
    """Return the tree of a part; raise Unreadable where it is damaged, too deep, or too large."""
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.write
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise damaged() from None
    return builder.root


def _refuse_doctype(*_: object) -> None:
    raise damaged()


def _too_deep() -> Unreadable:
    return Unreadable(
        say("文件里的表格或文本框一层套一层，层次太多，没有读取。请把内容改为普通表格或文字，另存一份后重新选择。")
    )
