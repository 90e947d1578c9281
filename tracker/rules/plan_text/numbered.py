"""Choose the tasks of a plan that states no units and no deadlines: its finest numbered items."""

import re
from collections.abc import Sequence

from tracker.rules.plan_text.items import Item, leaves, region_of_node, whole_text
from tracker.rules.plan_text.lines import squash
from tracker.rules.plan_text.numbers import Form
from tracker.rules.plan_text.outline import Node, Outline
from tracker.rules.plan_text.regions import Region, region_of

PLAN_TITLE = re.compile("方案|要点|计划|安排|清单|任务|意见|措施|分工|行动|规划|实事|打算|设想")
SHORTEST_TASK = 4


def items_without_units(outline: Outline, title: str) -> list[Item]:
    """Choose the finest items of the parts that hold tasks, and requirements that the document counts along."""
    roots = _of_last_document(outline.roots)
    parts = [(node, region_of(node.heading)) for node in roots]
    told = [node for node, region in parts if region is Region.TASKS]
    chosen = told or [node for node, region in parts if region is Region.UNTOLD]
    if not told and not PLAN_TITLE.search(title):
        return []
    tasks = [leaf for node in chosen for leaf in _items_of(node)]
    counted_along = [
        leaf for node, region in parts if region is Region.REQUIREMENTS for leaf in _items_of(node)
    ]  # fmt: skip
    tasks += _counted_along(tasks, counted_along)
    return [Item(node, region_of_node(node), place) for place, node in enumerate(tasks)]


def _of_last_document(roots: Sequence[Node]) -> list[Node]:
    """Leave out what stands before the last beginning of the numbering, when two documents share a file."""
    tops = [node for node in roots if node.form is roots[0].form] if roots else []
    starts = [place for place, node in enumerate(roots) if node in tops and node.count == 1]
    if len(starts) < 2:
        return list(roots)
    halves = [list(roots[start:end]) for start, end in zip(starts, [*starts[1:], len(roots)], strict=True)]
    return max(reversed(halves), key=_tells_tasks)


def _tells_tasks(half: Sequence[Node]) -> int:
    return sum(region_of(node.heading) is Region.TASKS for node in half)


def _items_of(part: Node) -> list[Node]:
    """Give the items of a part, without the parts inside it that hold none."""
    if region_of(part.heading) in (Region.OTHER, Region.REVIEW, Region.STEPS):
        return []
    inner = [child for child in part.children if not child.form.minor]
    if inner and any(grandchild for child in inner for grandchild in child.children):
        found = [leaf for child in inner for leaf in _items_of(child)]
    else:
        found = leaves(part)
    if found == [part] and part.form is Form.PART and region_of(part.heading) is Region.TASKS:
        found = [child for child in part.children if child.form.minor]
    return [node for node in found if len(squash(whole_text(node))) >= SHORTEST_TASK]


def _counted_along(tasks: Sequence[Node], later: Sequence[Node]) -> list[Node]:
    """Give the requirements whose numbers go on where those of the tasks end."""
    if not tasks or not later or later[0].form is not Form.ITEM or tasks[-1].form is not Form.ITEM:
        return []
    return list(later) if later[0].count == tasks[-1].count + 1 else []
