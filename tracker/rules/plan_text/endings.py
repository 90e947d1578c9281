"""Find the paragraphs that end a document, and the sentences on all tasks: they are no part of the last task."""

import re
from collections.abc import Sequence

from tracker.rules.plan_text.attributes import Attribute, read_attributes, units_at_end
from tracker.rules.plan_text.blocks import Block, Mark
from tracker.rules.plan_text.closing import closes, covers, needs_no_statement
from tracker.rules.plan_text.covering import read_covers
from tracker.rules.plan_text.labels import Label

ENDING = frozenset({Mark.ANNEX, Mark.DATE, Mark.PRINTED, Mark.SIGNATURE})
"""Blocks behind which nothing goes on."""

_BESIDE = frozenset({Label.PERSON, Label.REMARK, Label.COPIES})


def closing_blocks(blocks: Sequence[Block]) -> frozenset[int]:
    """Give the ids of the paragraphs behind which no task follows, and of those that only speak of all tasks."""
    found: set[int] = set()
    at_end = True
    for block in reversed(blocks):
        if block.mark in ENDING or block.label is Label.ANNEX:
            at_end = True
        elif block.mark is Mark.PLAIN and _is_cover(block):
            found.add(id(block))
        elif block.mark is Mark.PLAIN and closes(block.folded):
            if at_end and not any(one.binds for one in read_attributes(block)):
                found.add(id(block))
        elif block.mark is not Mark.ROW and block.label not in _BESIDE:
            at_end = False
    return frozenset(found)


def _is_cover(block: Block) -> bool:
    """Tell whether a paragraph is nothing but sentences on all the tasks before it."""
    if not covers(block.folded) or any(one.binds for one in read_attributes(block)):
        return False
    sentences = [sentence for sentence in re.split("(?<=[。;\n])", block.folded) if sentence.strip()]
    return len(read_covers([block])) >= len(sentences)


def ends_item(block: Block, last: Block, stated: Sequence[Attribute]) -> bool:
    """Tell whether a closing paragraph stands behind an item that has said who or until when, or needs no such sign."""
    if covers(block.folded) or needs_no_statement(block.folded):
        return True
    return any(one.binds for one in stated) or bool(units_at_end(last))
