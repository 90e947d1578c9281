"""Read plans in running text: items that state their units and deadlines, and items that state none."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from tracker.rules.plan_text.blocks import Block, Mark
from tracker.rules.plan_text.composing import Setting, compose
from tracker.rules.plan_text.covering import first_leads, read_covers
from tracker.rules.plan_text.drafts import SectionDraft
from tracker.rules.plan_text.guessing import guessed_items
from tracker.rules.plan_text.items import Item
from tracker.rules.plan_text.labels import Label
from tracker.rules.plan_text.numbered import items_without_units
from tracker.rules.plan_text.numbers import Form
from tracker.rules.plan_text.outline import Node, Outline, own_text
from tracker.rules.plan_text.regions import is_generic
from tracker.rules.plan_text.source import Source

LONGEST_NUMBER = 20
"""A task's number is a short thing; a path longer than this falls back to the plain number."""

TITLE_BLOCKS = 40
LONGEST_REMARK = 600
"""Characters: a longer paragraph is no remark on who leads."""


def read_labelled(source: Source, base_year: int | None) -> tuple[SectionDraft, ...]:
    """Read the items that state units or deadlines: in label lines, brackets, or a heading above them."""
    items = source.stating_items
    if not items:
        return ()
    return _sections(items, _setting(source.outline, items, base_year, "numbered_item"))


def read_numbered(source: Source, base_year: int | None) -> tuple[SectionDraft, ...]:
    """Read the finest items of a plan that states no units at all; who acts is only proposed."""
    if source.stating_items:
        return ()
    items = items_without_units(source.outline, _titles(source.blocks))
    return _sections(items, _setting(source.outline, items, base_year, "finest_item"))


def read_guessed(source: Source, base_year: int | None) -> tuple[SectionDraft, ...]:
    """Read the points of a document in which nothing else was found; every one of them is doubtful."""
    items = guessed_items(source.outline)
    return _sections(items, _setting(source.outline, items, base_year, "guessed_item"))


def _titles(blocks: Sequence[Block]) -> str:
    """Give the lines that may be the document's title."""
    plain = (block for block in blocks[:TITLE_BLOCKS] if block.mark is Mark.PLAIN)
    return "\n".join(block.text for block in plain if "。" not in block.text)


def _setting(outline: Outline, items: Sequence[Item], base_year: int | None, rule: str) -> Setting:
    blocks = [block for node in outline.nodes() for block in (node.block, *node.body)]
    notes = [block for block in (*outline.loose, *outline.closing, *blocks) if block.label in (None, Label.REMARK)]
    inside = {id(block) for item in items for node in item.node.walk() for block in (node.block, *node.body)}
    remarks = (block for block in notes if block.label is Label.REMARK or id(block) not in inside)
    leads = any(len(block.text) <= LONGEST_REMARK and first_leads(block.text) for block in remarks)
    return Setting(base_year, read_covers(notes), rule, [item.node.block.line_from for item in items], leads)


def _sections(items: Sequence[Item], setting: Setting) -> tuple[SectionDraft, ...]:
    """Group the tasks by the heading they stand under, and put each together."""
    numbers = _numbers(items)
    entries = [(_section_of(item.node), item, number) for item, number in zip(items, numbers, strict=True)]
    sections = []
    for heading, group in groupby(entries, key=lambda entry: entry[0]):
        members = list(group)
        tasks = tuple(compose(item, number, _path(item.node), setting) for _, item, number in members)
        line = heading.block.line_from if heading else members[0][1].node.block.line_from
        sections.append(
            SectionDraft(heading.number if heading else "", heading.heading if heading else "", line, tasks)
        )
    return tuple(sections)


def _section_of(node: Node) -> Node | None:
    """Give the heading that names the section: the outermost one that says more than 重点任务."""
    above = node.path()
    telling = [heading for heading in above if not is_generic(heading.heading)]
    return telling[0] if telling else above[-1] if above else None


def _path(node: Node) -> str:
    """Write the headings above a task, outermost first."""
    told = (heading for heading in node.path() if heading.number or not is_generic(heading.heading))
    return " ".join(_titled(heading) for heading in told)


def _titled(heading: Node) -> str:
    text = own_text(heading.block, heading.attributes).partition("\n")[0]
    if heading.form is Form.PART:
        return f"{heading.number}、{text}"
    return f"{heading.printed}{text}" if heading.form is not Form.ITEM else f"{heading.number}.{text}"


def _numbers(items: Sequence[Item]) -> list[str]:
    """Number the tasks as printed; numbers that begin anew under each heading get the heading's before them."""
    printed = _printed(items)
    longer = [_with_headings(item.node, number) for item, number in zip(items, printed, strict=True)]
    times, times_longer = Counter(printed), Counter(longer)
    return [
        path if times[number] > 1 and times_longer[path] == 1 and len(path) <= LONGEST_NUMBER else number
        for number, path in zip(printed, longer, strict=True)
    ]


def _printed(items: Sequence[Item]) -> list[str]:
    """Give the number of each; one that has none gets its place, or that of the item before it with a number behind."""
    printed: list[str] = []
    told = {item.node.printed for item in items}
    behind = 0
    for place, item in enumerate(items, 1):
        behind = behind + 1 if item.node.stray else 0
        if item.node.stray and f"{place}" in told and printed:
            printed.append(f"{printed[-behind]}-{behind}")
        else:
            printed.append(item.node.printed or f"{place}")
    return printed


def _with_headings(node: Node, number: str) -> str:
    headings = "".join(heading.printed for heading in node.path())
    return f"{headings}-{number}" if headings[-1:].isalnum() and number[0].isalnum() else f"{headings}{number}"
