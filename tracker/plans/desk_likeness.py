"""Finds the units and bureaus whose names look like a printed one."""

from collections.abc import Iterable
from difflib import SequenceMatcher

from tracker.people.trees import Node, Tree

MOST_SUGGESTED = 4
ALIKE = 0.55
"""From which likeness on a known name is suggested for an unknown one."""
BUREAU = "司法局"
"""How the name of every bureau ends: it makes none of them like another."""


def similar(name: str, found: Tree) -> list[Node]:
    """Return the units whose names look most like a name, the likest first."""
    best = {unit_id: max(_likeness(name, own) for own in found.names[unit_id]) for unit_id in found.units}
    ranked = sorted((-likeness, unit_id) for unit_id, likeness in best.items() if likeness >= ALIKE)
    return [found.units[unit_id] for _, unit_id in ranked[:MOST_SUGGESTED]]


def alike(name: str, names: Iterable[str]) -> list[str]:
    """Return the names of bureaus most like one: the longest that it contains, then the likest."""
    ranked = sorted((other not in name, -_alike(name, other), -len(other), other) for other in names)
    return [other for _, likeness, _, other in ranked if -likeness >= ALIKE][:MOST_SUGGESTED]


def _alike(name: str, other: str) -> float:
    """Compare the names of two bureaus by what is not the same in all of them."""
    if other in name:
        return float(len(other))
    return _likeness(name.removesuffix(BUREAU), other.removesuffix(BUREAU))


def _likeness(name: str, other: str) -> float:
    """Compare two names between 0 and 1; one that holds the other whole is as like as two of nearly one length."""
    if not other or not name:
        return 0.0
    short, long = sorted((name, other), key=len)
    ratio = SequenceMatcher(None, name, other, autojunk=False).ratio()
    return max(ratio, 0.8) if len(short) > 2 and short in long else ratio
