"""Choose which nodes of a document's tree are its tasks."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tracker.rules.plan_text.attributes import Attribute
from tracker.rules.plan_text.blocks import Block, Mark
from tracker.rules.plan_text.labels import Label
from tracker.rules.plan_text.lines import squash
from tracker.rules.plan_text.numbers import Form
from tracker.rules.plan_text.outline import Node, Outline, is_heading, own_text, paragraph_node, paragraphs
from tracker.rules.plan_text.regions import NOTES, Region, region_of

SHORTEST_TASK = 4
"""Characters: a heading of fewer (其他) asks for nothing by itself."""

PASSED_OVER = frozenset({Region.STEPS, Region.OTHER, Region.REVIEW, Region.REQUIREMENTS})

GOES_ON = frozenset({Region.UNTOLD, Region.TASKS})
"""Where a point that states nothing may go on counting behind the last task."""


@dataclass(frozen=True)
class Item:
    """A node that is a task; region tells what its part of the plan is for."""

    node: Node
    region: Region
    place: int = 0
    """Its place among the tasks, counted from 0."""

    @property
    def bound(self) -> list[Attribute]:
        """Give the units and deadlines that the item itself states."""
        return self.node.bound


def region_of_node(node: Node) -> Region:
    """Give what the part of the plan is for that a node stands in: the nearest heading that says so."""
    for above in reversed(node.path()):
        if (region := region_of(above.heading)) is not Region.UNTOLD:
            return region
    return Region.UNTOLD


def items_with_units(outline: Outline) -> list[Item]:
    """Choose the deepest nodes that state units or deadlines, and the like of them that lost theirs."""
    nodes = list(outline.nodes())
    _lift(nodes)
    carriers = [node for node in nodes if _carries(node)]
    above = {id(parent) for node in carriers for parent in node.path()}
    chosen = {id(task): task for node in carriers if id(node) not in above for task in _tasks_under(node)}
    loose = _loose_items(outline.loose)
    if len(loose) > 1 or not chosen:
        chosen |= {id(node): node for node in loose}
    chosen |= {id(node): node for node in _neighbours(nodes, chosen)}
    ordered = sorted(chosen.values(), key=lambda node: node.block.line_from)
    return [Item(node, region_of_node(node), place) for place, node in enumerate(ordered)]


def _carries(node: Node) -> bool:
    """Tell whether a node states enough to be a task; a date alone in a step or a goal is none."""
    if not node.bound or len(squash(whole_text(node))) < SHORTEST_TASK:
        return False
    if any(NOTES.fullmatch(squash(above.heading).rstrip(":")) for above in node.path()[:1]):
        return False
    if any(one.label.role and one.value for one in node.bound):
        return True
    region = region_of_node(node)
    stated = any(one.rule != "bare_bracket" for one in node.bound)
    return region not in PASSED_OVER or (stated and region is Region.REQUIREMENTS)


def _tasks_under(node: Node) -> list[Node]:
    """Give the node, or the items under it when it is a title whose units hold for all of them."""
    has_body = any(block.mark is Mark.PLAIN for block in node.body if own_text(block, node.attributes))
    if _states_before_points(node) and not has_body:
        return list(node.children)
    if has_body or not is_heading(node):
        return [node]
    return leaves(node)


def _states_before_points(node: Node) -> bool:
    """Tell whether label lines stand between a title and its points: then they hold for each of the points."""
    if not node.children or not is_heading(node):
        return False
    first = node.children[0].block.line_from
    return all(one.block.label is not None and one.block.line_from < first for one in node.bound)


def leaves(node: Node) -> list[Node]:
    """Give the finest numbered items under a node; points inside an item do not count."""
    major = [child for child in node.children if not child.form.minor]
    return [leaf for child in major for leaf in leaves(child)] if major else [node]


def _lift(nodes: Iterable[Node]) -> None:
    """Where every group of items states its units behind its last item only, they hold for the whole group."""
    groups: dict[Form, list[Node]] = defaultdict(list)
    for node in nodes:
        for form in {child.form for child in node.children if child.bound and not child.form.minor}:
            groups[form].append(node)
    for form, parents in groups.items():
        several = [parent for parent in parents if len(parent.children) > 1]
        if len(several) < 2 or not all(_only_last_states(parent, form) for parent in parents):
            continue
        for parent in several:
            last = parent.children[-1]
            parent.attributes += last.attributes
            parent.body += [block for block in last.body if block.label is not None]
            last.body = [block for block in last.body if block.label is None]
            last.attributes = []


def _only_last_states(parent: Node, form: Form) -> bool:
    *before, last = parent.children
    on_own_lines = all(one.block.label is not None for one in last.bound)
    return last.form is form and bool(last.bound) and on_own_lines and not any(child.bound for child in before)


def _neighbours(nodes: Sequence[Node], chosen: dict[int, Node]) -> list[Node]:
    """Give the nodes that stand among the tasks, in their form, and state nothing themselves."""
    if not chosen:
        return []
    covered = {id(parent) for node in chosen.values() for parent in node.path()}
    covered |= {id(below) for node in chosen.values() for below in node.walk()}
    kinds = {(id(node.parent), node.form) for node in chosen.values()}
    forms = {node.form for node in chosen.values() if not node.form.minor}
    places = [place for place, node in enumerate(nodes) if id(node) in chosen]
    first, last = (places[0], places[-1]) if places else (0, -1)
    ends = {node.form: node for node in sorted(chosen.values(), key=lambda node: node.block.line_from)}
    found = []
    for place, node in enumerate(nodes):
        within = first < place < last
        beside = (id(node.parent), node.form) in kinds and (node.parent is not None or within)
        among = within and node.form in forms and region_of_node(node) not in PASSED_OVER
        follows = place > last and _counts_on(node, ends.get(node.form)) and _has_no_other_use(node)
        if follows:
            ends[node.form] = node
        if id(node) not in covered and (beside or among or follows) and len(squash(whole_text(node))) >= SHORTEST_TASK:
            found.append(node)
    return found


def _has_no_other_use(node: Node) -> bool:
    """Tell whether neither a point's own heading nor one above says that it is something else than a task."""
    return region_of(node.heading) is Region.UNTOLD and region_of_node(node) in GOES_ON


def _counts_on(node: Node, before: Node | None) -> bool:
    """Tell whether a point goes on counting behind the last task, at its level, as one that states no units."""
    if before is None or node.children or node.count != before.count + 1:
        return False
    return _depth(node) == _depth(before) and not node.form.minor


def _depth(node: Node) -> int:
    return len(list(node.path()))


def left_out(outline: Outline, taken: Collection[range]) -> list[Node]:
    """Give the finest points in a form that tasks have, of which no task takes a line and no heading tells the use."""
    lines = {line for span in taken for line in span}
    forms = {node.form for node in outline.nodes() if node.block.line_from in lines and not node.form.minor}
    return [
        node
        for node in outline.nodes()
        if node.form in forms
        and not node.children
        and node.block.line_from not in lines
        and _has_no_other_use(node)
        and len(squash(whole_text(node))) >= SHORTEST_TASK
    ]


def _loose_items(loose: Sequence[Block]) -> list[Node]:
    """Make items of paragraphs outside the tree that state their own units."""
    nodes = (paragraph_node(group, None) for group in paragraphs(loose))
    return [node for node in nodes if node.bound and whole_text(node)]


def whole_text(node: Node) -> str:
    """Give the text of a task: its own, the paragraphs before and the points under it, without what states units."""
    parts = [own_text(node.block, node.attributes), *(_body_text(node))]
    for child in node.children:
        for below in child.walk():
            number = below.block.number and _as_printed(below)
            parts.append(f"{number}{own_text(below.block, below.attributes)}")
            parts.extend(_body_text(below))
    return "\n".join(part for part in parts if part.strip("。；;，, "))


def _body_text(node: Node) -> list[str]:
    return [own_text(block, node.attributes) for block in node.body if block.label in (None, Label.CONTENT)]


def _as_printed(node: Node) -> str:
    line = node.block.pieces[0] if node.block.pieces else None
    return line.line.text[: line.start] if line else node.printed
