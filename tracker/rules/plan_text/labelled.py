"""Read numbered tasks whose units and deadlines stand on label lines of their own."""

from collections.abc import Sequence
from itertools import groupby

from tracker.rules.calendar import DeadlineKind, DeadlineSpec, read_deadline
from tracker.rules.plan_text.blocks import Block, Mark
from tracker.rules.plan_text.drafts import PartyDraft, SectionDraft, TaskDraft
from tracker.rules.plan_text.labels import Label
from tracker.rules.plan_text.source import Source
from tracker.rules.plan_text.units import read_parties

NO_DEADLINE = DeadlineSpec(DeadlineKind.NONE, None, "")
NO_HEADING = Block(Mark.PART, "", None, "", 0, 0)
PASSED_OVER = frozenset({Label.PERSON, Label.REMARK})


def read_labelled(source: Source, base_year: int | None) -> tuple[SectionDraft, ...]:
    """Read the tasks between the first and the last numbered item that has label lines."""
    items = _items(source.blocks)
    labelled = [place for place, (_, _, labels) in enumerate(items) if labels]
    if not labelled:
        return ()
    within = _with_unlabelled_neighbours(items, labelled[0], labelled[-1])
    sections = groupby(within, key=lambda entry: entry[0])
    return tuple(_section(heading, list(entries), base_year) for heading, entries in sections)


Item = tuple[Block, Block, list[Block]]
"""The heading of its section, the item, its label lines."""


def _items(blocks: Sequence[Block]) -> list[Item]:
    """Give every numbered item with the part heading above it and the label lines below it."""
    items: list[Item] = []
    heading, open_item = NO_HEADING, False
    for block in blocks:
        if block.mark is Mark.PART:
            heading, open_item = block, False
        elif block.mark is Mark.ITEM:
            items.append((heading, block, []))
            open_item = True
        elif open_item and _belongs(block):
            items[-1][2].append(block)
        else:
            open_item = open_item and block.label in PASSED_OVER
    return items


def _belongs(block: Block) -> bool:
    return block.label is not None and (block.label is Label.DEADLINE or block.label.role is not None)


def _with_unlabelled_neighbours(items: list[Item], first: int, last: int) -> list[Item]:
    """Keep items whose label lines are missing where the same section has labelled ones."""
    while first > 0 and items[first - 1][0] is items[first][0]:
        first -= 1
    while last + 1 < len(items) and items[last + 1][0] is items[last][0]:
        last += 1
    return items[first : last + 1]


def _section(heading: Block, items: list[Item], base_year: int | None) -> SectionDraft:
    title = f"{heading.number}、{heading.text}" if heading.number else ""
    tasks = tuple(_task(item, labels, title, base_year) for _, item, labels in items)
    return SectionDraft(heading.number, heading.text, heading.line_from or items[0][1].line_from, tasks)


def _task(item: Block, labels: list[Block], section: str, base_year: int | None) -> TaskDraft:
    """Put a task together; of several deadlines the first one counts."""
    due = next((block for block in labels if block.label is Label.DEADLINE), None)
    units = [block for block in labels if block.label is not Label.DEADLINE]
    return TaskDraft(
        number=item.number,
        section=section,
        text=item.text,
        parties=tuple(party for block in units for party in _parties(block)),
        deadline=read_deadline(due.text, base_year) if due else NO_DEADLINE,
        line_from=item.line_from,
        line_to=labels[-1].line_to if labels else item.line_to,
        parties_line=units[0].line_from if units else 0,
        deadline_line=due.line_from if due else 0,
    )


def _parties(block: Block) -> tuple[PartyDraft, ...]:
    role = block.label.role if block.label else None
    return read_parties(block.text, role) if role else ()
