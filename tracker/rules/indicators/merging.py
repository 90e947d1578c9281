"""Merge what came back in a file with what stands now: three ways, blank by blank."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Change(StrEnum):
    """What became of one blank between a file's going out and its coming back."""

    UNCHANGED = "unchanged"
    TAKEN = "taken"
    SAME = "same"
    KEPT = "kept"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Merged:
    """One blank three ways, as typed: when the file went out, in the file, and now."""

    blank: str
    base: str
    mine: str
    theirs: str
    change: Change


def merge(
    blanks: Iterable[str], base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]
) -> tuple[Merged, ...]:
    """Merge every blank; one that a side does not have is empty there. Nobody's change is ever dropped unseen."""
    return tuple(_merged(blank, base.get(blank, ""), mine.get(blank, ""), theirs.get(blank, "")) for blank in blanks)


def _merged(blank: str, base: str, mine: str, theirs: str) -> Merged:
    if mine == theirs:
        change = Change.UNCHANGED if mine == base else Change.SAME
    elif mine == base:
        change = Change.KEPT
    elif theirs == base:
        change = Change.TAKEN
    else:
        change = Change.CONFLICT
    return Merged(blank, base, mine, theirs, change)
