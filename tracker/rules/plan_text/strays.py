"""Find tasks that lost their number: paragraphs inside an item that state who and until when for themselves."""

from collections.abc import Sequence
from dataclasses import replace

from tracker.rules.plan_text.attributes import Attribute, read_attributes
from tracker.rules.plan_text.blocks import NUMBERED, Block, Mark
from tracker.rules.plan_text.labels import BULLETS, Label
from tracker.rules.plan_text.numbers import Form

SHORTEST = 4
"""Characters: a paragraph of fewer, but for who and until when, asks for nothing."""


def states_all(attributes: Sequence[Attribute]) -> bool:
    """Tell whether a paragraph says both who and until when."""
    who = any(one.label.role and one.value for one in attributes)
    return who and any(one.label is Label.DEADLINE and one.value for one in attributes)


def parted(block: Block) -> list[Block]:
    """Cut an item at the paragraphs behind its own statement that say who and until when for themselves."""
    if block.mark not in NUMBERED or "\n" not in block.text:
        return [block]
    bound = [one for one in read_attributes(block) if one.binds]
    if len(bound) < 3:  # its own one, and both of the other's
        return [block]
    starts = _beginnings(block, bound)
    if not starts:
        return [block]
    ends = [*starts[1:], len(block.text)]
    strays = [
        block.slice(start, end, Form.PARAGRAPH, "", _begin(block, start))
        for start, end in zip(starts, ends, strict=True)
    ]
    return [_shortened(block, starts[0] - 1), *(replace(stray, mark=Mark.PLAIN) for stray in strays)]


def _beginnings(block: Block, bound: Sequence[Attribute]) -> list[int]:
    """Give where the paragraphs begin that say it all, behind one that says something."""
    starts: list[int] = []
    stated, place = False, 0
    for paragraph in block.text.split("\n"):
        end = place + len(paragraph)
        inside = [one for one in bound if place <= one.start < end]
        cut = sum(last - first for first, last in {one.cut for one in inside})
        if stated and states_all(inside) and len(paragraph) - cut >= SHORTEST:
            starts.append(place)
        stated = stated or bool(inside)
        place = end + 1
    return starts


def _begin(block: Block, start: int) -> int:
    """Give where the words begin, behind a bullet."""
    while start < len(block.text) and block.text[start] in BULLETS | {" ", "\u3000"}:
        start += 1
    return start


def _shortened(block: Block, end: int) -> Block:
    """Give a block up to a character."""
    pieces = tuple(piece for piece in block.pieces if piece.at < end)
    last = pieces[-1].line.number if pieces else block.line_from
    return replace(block, text=block.text[:end], line_to=last, pieces=pieces)
