"""Hold one document as every stage sees it: its lines and the blocks made of them."""

from dataclasses import dataclass

from tracker.rules.plan_text.blocks import Block, assemble
from tracker.rules.plan_text.lines import Line, count_invisible, read_lines


@dataclass(frozen=True)
class Source:
    """A document cut into lines and blocks; invisible counts the characters left out."""

    lines: tuple[Line, ...]
    blocks: tuple[Block, ...]
    invisible: int = 0


def read_source(text: str) -> Source:
    """Cut a text into lines and join them into blocks."""
    lines = read_lines(text)
    return Source(lines, assemble(lines), count_invisible(text))
