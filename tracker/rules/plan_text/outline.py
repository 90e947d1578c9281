"""Put the numbered blocks of a document into a tree, each with the paragraphs and label lines under it."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, pairwise

from tracker.rules.plan_text.attributes import Attribute, read_attributes, units_at_end
from tracker.rules.plan_text.blocks import NUMBERED, Block, Mark
from tracker.rules.plan_text.drafts import Certainty
from tracker.rules.plan_text.endings import ENDING, closing_blocks, ends_item
from tracker.rules.plan_text.labels import Label
from tracker.rules.plan_text.lines import fold
from tracker.rules.plan_text.numbers import OUTERMOST, Form, count_of, printed_number
from tracker.rules.plan_text.periods import NEXT, is_period, lacks_year, period_wordings, settled_periods
from tracker.rules.plan_text.strays import parted, states_all
from tracker.rules.plan_text.units import is_office

LONGEST_HEADING = 60
FEWEST_POINTS = 2
MOST_OF = 0.6
SHORTEST_STRAY = 4
DEEPEST = 8
"""Levels: no document nests deeper, and a made-up one need not be followed further."""


@dataclass(eq=False)
class Node:
    """A numbered block with all that stands under it, before anyone has decided what is a task."""

    block: Block
    form: Form
    number: str
    parent: "Node | None" = None
    body: list[Block] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)
    attributes: list[Attribute] = field(default_factory=list)
    stray: bool = False
    """A paragraph without a number among numbered items that states who and until when."""

    @property
    def bound(self) -> list[Attribute]:
        """Give the units and deadlines that the node itself states."""
        return [one for one in self.attributes if one.binds]

    @cached_property
    def heading(self) -> str:
        """Give the node's own first line, without what it states about units."""
        return own_text(self.block, self.attributes).partition("\n")[0]

    @property
    def count(self) -> int:
        """Give its number as an integer."""
        return count_of(self.number)

    @property
    def printed(self) -> str:
        """Give its number as it is named."""
        return printed_number(self.form, self.number)

    def path(self) -> list["Node"]:
        """Give the headings above, outermost first."""
        above: list[Node] = []
        node = self.parent
        while node is not None:
            above.append(node)
            node = node.parent
        return above[::-1]

    def walk(self) -> Iterator["Node"]:
        """Give the node and everything below it in the order of the document."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))


@dataclass(frozen=True)
class Outline:
    """The tree of a document: its outermost nodes, and the paragraphs that stand outside every node."""

    roots: tuple[Node, ...]
    loose: tuple[Block, ...]
    closing: tuple[Block, ...] = ()
    """What stands behind an item and is no part of it: the end of the document, a sentence on all tasks."""

    def nodes(self) -> Iterator[Node]:
        """Give all nodes in the order of the document."""
        for root in self.roots:
            yield from root.walk()


def build_outline(blocks: Iterable[Block]) -> Outline:
    """Build the tree; a form that is open already goes on there, a new form begins a deeper level."""
    roots: list[Node] = []
    loose: list[Block] = []
    closing: list[Block] = []
    opened: list[Node] = []
    blocks = list(chain.from_iterable(map(parted, settled_periods(blocks))))
    ends = closing_blocks(blocks)
    for block in blocks:
        if block.form is Form.PARAGRAPH and opened:
            node = Node(block, Form.PARAGRAPH, "", opened[-1].parent, attributes=read_attributes(block), stray=True)
            (node.parent.children if node.parent else roots).append(node)
        elif block.mark in NUMBERED and block.form is not None:
            node = Node(block, block.form, block.number, attributes=read_attributes(block))
            opened = _place(node, opened, roots)
        elif block.mark in ENDING or block.label is Label.COPIES:
            opened = []
        elif not opened:
            loose.append(block)
        elif id(block) in ends and ends_item(block, opened[-1].block, opened[-1].attributes):
            closing.append(block)
        elif block.mark is not Mark.ROW:
            opened[-1].body.append(block)
            opened[-1].attributes += read_attributes(block)
    outline = Outline(tuple(roots), tuple(loose), tuple(closing))
    _settle(outline)
    return outline


def _place(node: Node, opened: list[Node], roots: list[Node]) -> list[Node]:
    """Hang a node into the tree, and give the nodes that are open after it."""
    forms = [above.form for above in opened]
    if node.form in forms:
        opened = opened[: forms.index(node.form)]
    elif node.form in OUTERMOST:
        opened = [above for above in opened if above.form is Form.CHAPTER and node.form is Form.PART]
    elif _is_wider(node.form, forms):
        opened = [above for above in opened if above.form in (Form.CHAPTER, Form.PART, Form.SECTION)]
    opened = opened[:DEEPEST]
    node.parent = opened[-1] if opened else None
    (node.parent.children if node.parent else roots).append(node)
    return [*opened, node]


def _is_wider(form: Form, forms: list[Form]) -> bool:
    """Tell whether a form that counts items stands under one that only counts points."""
    return form in (Form.SECTION, Form.STEP, Form.ITEM, Form.NAMED) and bool(forms) and forms[-1].minor


def _settle(outline: Outline) -> None:
    """Give every attribute to the node it is meant for, from the inside outward."""
    nodes = list(outline.nodes())
    for node in reversed(nodes):
        _dissolve_labels(node)
        _raise_from_last_point(node)
    for node in nodes:
        _free_strays(node)
        _split_points(node)
        _split_paragraphs(node)
    _agree(nodes, lambda node: units_at_end(node.block))
    _agree([node for node in nodes if node.children], _office_of)
    _date_periods(list(outline.nodes()))


def _date_periods(nodes: Sequence[Node]) -> None:
    """Give the headings of a calendar the deadline they mean, where the name of a month alone does not say it."""
    calendars: dict[tuple[int, Form, int], list[Node]] = {}
    part = 0
    for before, node in pairwise([None, *nodes]):
        if node and is_period(node.heading):
            part += before is not None and before.form in OUTERMOST and not (before.bound or is_period(before.heading))
            calendars.setdefault((id(node.parent), node.form, part), []).append(node)
    for calendar in calendars.values():
        wordings = period_wordings(node.heading for node in calendar)
        for node, wording in zip(calendar, wordings, strict=True):
            if wording and node.children and (not node.body or any(child.bound for child in node.children)):
                end = len(node.heading)
                node.attributes.append(
                    Attribute(Label.DEADLINE, wording, node.block, 0, end, "month_heading", Certainty.LIKELY)
                )
            if wording.startswith(NEXT):
                _doubt_months(node)


def _doubt_months(heading: Node) -> None:
    """Doubt the months without a year under a month of the next year: the year of the plan is not theirs."""
    for node in heading.walk():
        node.attributes = [
            replace(one, certainty=Certainty.DOUBTFUL)
            if node is not heading and one.label is Label.DEADLINE and lacks_year(one.value)
            else one
            for one in node.attributes
        ]


def _agree(nodes: Sequence[Node], read: Callable[[Node], list[Attribute]]) -> None:
    """Take what could be units for units where most nodes of one form state theirs so, and none otherwise."""
    groups: dict[Form, list[Node]] = {}
    for node in nodes:
        groups.setdefault(node.form, []).append(node)
    for group in groups.values():
        if any(node.bound for node in group):
            continue
        found = [(node, read(node)) for node in group]
        telling = [(node, stated) for node, stated in found if any(one.label.role for one in stated)]
        if len(telling) >= FEWEST_POINTS and len(telling) >= MOST_OF * len(group):
            for node, stated in telling:
                node.attributes += stated


def _office_of(node: Node) -> list[Attribute]:
    """Read a heading that is an office's name: the items under it are that office's."""
    name = node.heading.rstrip("：:")
    if not is_office(name):
        return []
    return [Attribute(Label.RESPONSIBLE, name, node.block, 0, len(name), "bare_bracket", Certainty.LIKELY)]


def _dissolve_labels(node: Node) -> None:
    """A numbered line that is nothing but labels (（1）责任单位：…) belongs to the item above it."""
    labels = [
        child for child in node.children if child.bound and not own_text(child.block, child.attributes).strip("。；; ")
    ]
    for child in labels:
        node.attributes += child.attributes
        node.body += [child.block, *child.body]
        node.children.remove(child)


def _raise_from_last_point(node: Node) -> None:
    """Units behind the last of an item's points, and behind no other, are the item's."""
    points = [child for child in node.children if child.form.minor]
    if not points or points != node.children or node.bound or not points[-1].bound:
        return
    if any(point.bound for point in points[:-1]) or (len(points) == 1 and node.form in OUTERMOST):
        return
    node.attributes += points[-1].attributes
    node.body += [block for block in points[-1].body if block.label is not None]
    points[-1].body = [block for block in points[-1].body if block.label is None]
    points[-1].attributes = []


_INLINE: tuple[tuple[Form, re.Pattern[str]], ...] = (
    (Form.ENUMERATED, re.compile("(?<![\u4e00-\u9fff])([一二三四五六七八九十]{1,2})(?:是|要)(?!否|求)[,:]?")),
    (Form.POINT, re.compile(r"(?<![\u4e00-\u9fff0-9])[(]([0-9]{1,2})[)]")),
    (Form.CIRCLED, re.compile("([①-⑳])[、.]?")),
    (Form.ORDINAL, re.compile("(?<![\u4e00-\u9fff])第([一二三四五六七八九十]{1,2})[,、]")),
    (Form.HALF_BRACKET, re.compile(r"(?<![0-9.(])([0-9]{1,2})[).、](?![0-9])")),
)
"""Numbers inside a paragraph: 一是…；二是…"""


def _split_points(node: Node) -> None:
    """Points inside one paragraph that each state their own units are items of their own."""
    if node.children:
        return
    stated = Counter(id(one.block) for one in node.bound)
    for block in [node.block, *node.body]:
        if stated[id(block)] < FEWEST_POINTS or block.label is not None:
            continue
        for form, pattern in _INLINE:
            points = _points(block, form, pattern)
            if sum(any(one.binds for one in read_attributes(point)) for point in points) >= FEWEST_POINTS:
                node.children = [
                    Node(point, form, point.number, node, attributes=read_attributes(point)) for point in points
                ]
                node.attributes = [one for one in node.attributes if one.block is not block]
                return


def _points(block: Block, form: Form, pattern: re.Pattern[str]) -> list[Block]:
    """Cut a block at numbers that count up from one."""
    found = [match for match in pattern.finditer(block.folded) if count_of(match[1])]
    counted = [match for place, match in enumerate(found, 1) if count_of(match[1]) == place]
    if len(counted) < FEWEST_POINTS or len(counted) != len(found):
        return []
    ends = [*(match.start() for match in counted[1:]), len(block.text)]
    return [
        block.slice(match.start(), end, form, match[1], match.end()) for match, end in zip(counted, ends, strict=True)
    ]


def _split_paragraphs(node: Node) -> None:
    """Several paragraphs under one heading that each state their own units are items without a number."""
    if node.children:
        return
    if len(node.body) < FEWEST_POINTS:
        return
    by_block = {id(one.block) for one in node.attributes if one.binds}
    groups = paragraphs(node.body)
    stated = [group for group in groups if any(id(block) in by_block for block in group)]
    if len(stated) < FEWEST_POINTS or any(one.binds and one.block is node.block for one in node.attributes):
        return
    node.children += [paragraph_node(group, node) for group in groups]
    node.body, node.attributes = [], []


def _free_strays(node: Node) -> None:
    """A whole sentence with who and until when, before items that state their own, is an item too, not the heading's.

    Were it the heading's, its units would hold for every item below that names none.
    """
    stating = [child for child in node.children if child.bound]
    if not stating or 2 * len(stating) <= len(node.children) or any(one.block is node.block for one in node.bound):
        return
    freed = [block for block in node.body if block.label is None and states_all(read_attributes(block))]
    freed = [block for block in freed if len(own_text(block, read_attributes(block)).strip("。；; ")) >= SHORTEST_STRAY]
    for block in reversed(freed):
        stray = Node(block, Form.PARAGRAPH, "", node, attributes=read_attributes(block), stray=True)
        node.children.insert(0, stray)
        node.body = [other for other in node.body if other is not block]
        node.attributes = [one for one in node.attributes if one.block is not block]


def paragraph_node(group: list[Block], parent: Node | None) -> Node:
    """Make a node of a paragraph without a number and the label lines under it."""
    node = Node(group[0], Form.PARAGRAPH, "", parent, body=group[1:])
    node.attributes = [one for block in group for one in read_attributes(block)]
    return node


def paragraphs(body: Iterable[Block]) -> list[list[Block]]:
    """Group blocks: a paragraph, and the label lines under it."""
    body = list(body)
    record = _record_label(body)
    groups: list[list[Block]] = []
    for block in body:
        is_statement = block.label is not None and not (record and _label_word(block) == record)
        is_statement = is_statement or not own_text(block, read_attributes(block)).strip("。；; ")
        if groups and is_statement:
            groups[-1].append(block)
        elif not is_statement:
            groups.append([block])
    return groups


def _record_label(body: Sequence[Block]) -> str:
    """Give the label that each record begins with (【事项】…), where it comes more than once; otherwise nothing."""
    words = [_label_word(block) for block in body if block.label is Label.CONTENT]
    return words[0] if words and words.count(words[0]) > 1 else ""


def _label_word(block: Block) -> str:
    if block.label is not Label.CONTENT or not block.pieces:
        return ""
    return block.pieces[0].line.folded[: block.pieces[0].start].strip()


def own_text(block: Block, attributes: Iterable[Attribute]) -> str:
    """Give a block's text without the stretches that state units and deadlines."""
    if block.label is not None and block.label is not Label.CONTENT:
        return ""
    stated = (one for one in attributes if one.block is block and not (block.label and one.label is Label.CONTENT))
    cuts = sorted({one.cut for one in stated if one.cut != (0, 0)})
    kept, place = [], 0
    for start, end in cuts:
        kept.append(block.text[place : max(place, start)])
        place = max(place, end)
    kept.append(block.text[place:])
    return _tidy("".join(kept), bool(cuts))


def _tidy(text: str, was_cut: bool) -> str:
    """Close the gap that a bracket left: no second full stop, no empty lines."""
    if not was_cut:
        return text
    lines = [line.strip() for line in text.split("\n")]
    joined = "\n".join(line for line in lines if line.strip("。；;，, 、"))
    for doubled in ("。。", "；。", "，。", "。；", "、。"):
        joined = joined.replace(doubled, "。")
    return joined.rstrip("，,；;→|｜ ") if not joined.endswith("；") else joined


def is_heading(node: Node) -> bool:
    """Tell whether a node is a title over others rather than a sentence of its own."""
    return len(node.heading) <= LONGEST_HEADING and not any(sign in fold(node.heading) for sign in "。;")
