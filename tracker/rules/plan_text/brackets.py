"""Match brackets of any width, nested to any depth."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SIGNS = re.compile(r"[()\[\]《》。\n]")
OPENING, CLOSING = "([", ")]"


@dataclass(frozen=True)
class Bracket:
    """A pair of brackets and what stands between them; one that never closes ends with the text."""

    start: int
    end: int
    closed: bool

    @property
    def inside(self) -> tuple[int, int]:
        """Give where the content begins and ends."""
        return self.start + 1, self.end - 1 if self.closed else self.end


def outer_brackets(folded: str) -> list[Bracket]:
    """Find the outermost brackets of a folded text that stand outside quoted titles.

    A bracket that never closes hides nothing behind it; the last of them counts as open up to the end of the text.
    """
    pairs: list[tuple[int, int]] = []
    opened: list[int] = []
    for place, sign in _outside_quotations(folded):
        if sign in OPENING:
            opened.append(place)
        elif opened:
            pairs.append((opened.pop(), place + 1))
    found: list[Bracket] = []
    for start, end in sorted(pairs):
        if not found or start >= found[-1].end:
            found.append(Bracket(start, end, True))
    if opened and (not found or opened[-1] >= found[-1].start):
        inner = [bracket for bracket in found if bracket.start < opened[-1]]
        return [*inner, Bracket(opened[-1], len(folded), False)]
    return found


def _outside_quotations(folded: str) -> Iterator[tuple[int, str]]:
    """Give the brackets that no 《…》 holds; a quotation ends with its sentence at the latest."""
    quoted = 0
    for match in _SIGNS.finditer(folded):
        sign = match[0]
        if sign == "《":
            quoted += 1
        elif sign in "》。\n":
            quoted = max(0, quoted - 1) if sign == "》" else 0
        elif not quoted:
            yield match.start(), sign


def open_bracket(folded: str) -> int | None:
    """Give the place of the innermost bracket that is still open at the end of a folded text."""
    depth = 0
    for place in range(len(folded) - 1, -1, -1):
        if folded[place] in CLOSING:
            depth += 1
        elif folded[place] in OPENING:
            if depth == 0:
                return place
            depth -= 1
    return None
