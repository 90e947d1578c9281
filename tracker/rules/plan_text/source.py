"""Hold one document as every stage sees it: its lines and the blocks made of them."""

from dataclasses import dataclass
from functools import cached_property

from tracker.rules.plan_text.blocks import Block, assemble
from tracker.rules.plan_text.items import Item, items_with_units
from tracker.rules.plan_text.lines import Line, count_invisible, read_lines, unify_newlines
from tracker.rules.plan_text.outline import Outline, build_outline
from tracker.rules.plan_text.repair import Dropped, repair


@dataclass(frozen=True)
class Source:
    """A document cut into lines and blocks; invisible counts the characters left out, dropped the lines left out."""

    lines: tuple[Line, ...]
    blocks: tuple[Block, ...]
    invisible: int = 0
    dropped: tuple[Dropped, ...] = ()
    raw: tuple[str, ...] = ()
    """Every line as it stands, blank ones too, for what is read by its place (tables); the first is line 1."""

    @cached_property
    def outline(self) -> Outline:
        """Give the tree of numbered blocks."""
        return build_outline(self.blocks)

    @cached_property
    def stating_items(self) -> tuple[Item, ...]:
        """Give the items that state units or deadlines."""
        return tuple(items_with_units(self.outline))


def read_source(text: str) -> Source:
    """Cut a text into lines, leave out what is no part of it, and join the lines into blocks."""
    repaired = repair(read_lines(text))
    raw = tuple(unify_newlines(text).split("\n"))
    return Source(repaired.lines, assemble(repaired.lines), count_invisible(text), repaired.dropped, raw)
