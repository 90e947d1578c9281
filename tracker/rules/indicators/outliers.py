"""Mark the values of units that stand far from the others', or far from the unit's own value in the last round.

A mark asks a person to look; it refuses nothing and takes no points.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from tracker.rules.indicators.values import plain
from tracker.rules.words import say

LEAST = 5
"""Units that must have given a number before any of them is called far from the others."""

FAR = Decimal("3.5")
"""How many robust deviations are far: the bound of Iglewicz and Hoaglin (1993) for the modified z-score."""

MEDIAN_SCALE = Decimal("1.4826")
"""Makes the median absolute deviation comparable to a standard deviation."""

MEAN_SCALE = Decimal("1.2533")
"""The same for the mean absolute deviation, which stands in where more than half of the values are equal."""

CHANGE_TIMES = 3
"""A value more than so many times the last round's, or the other way round, has changed much."""

CHANGE_LEAST = 10
"""The larger of two values must reach this: from 1 to 4 is little, whatever the factor."""

_TENTH = Decimal("0.1")


class Sort(StrEnum):
    """Which way a value stands out."""

    HIGH = "high"
    LOW = "low"
    RISEN = "risen"
    FALLEN = "fallen"


SORT_TEXT: dict[Sort, str] = {
    Sort.HIGH: say("偏高"),
    Sort.LOW: say("偏低"),
    Sort.RISEN: say("大增"),
    Sort.FALLEN: say("大减"),
}


@dataclass(frozen=True)
class Mark:
    """A value that stands out, and why in words."""

    sort: Sort
    reason: str

    @property
    def text(self) -> str:
        """The mark in a word."""
        return SORT_TEXT[self.sort]


def median(numbers: Collection[Decimal]) -> Decimal:
    """Return the middle number, or the mean of the middle two; there must be one."""
    ordered, half = sorted(numbers), len(numbers) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def outliers(numbers: Mapping[str, Decimal]) -> dict[str, Mark]:
    """Return the marks of the units whose numbers are far from the median; none for fewer than LEAST units."""
    if len(numbers) < LEAST:
        return {}
    middle = median(numbers.values())
    away = {unit: abs(number - middle) for unit, number in numbers.items()}
    usual = MEDIAN_SCALE * median(away.values()) or MEAN_SCALE * sum(away.values(), Decimal(0)) / len(away)
    bound = FAR * usual
    return {
        unit: _mark(number, middle, bound, len(numbers))
        for unit, number in numbers.items()
        if usual and away[unit] > bound
    }


def _mark(number: Decimal, middle: Decimal, bound: Decimal, units: int) -> Mark:
    words = {
        "number": plain(number),
        "median": _short(middle),
        "away": _short(abs(number - middle)),
        "bound": _short(bound),
        "n": units,
    }
    if number > middle:
        return Mark(
            Sort.HIGH, say("{n} 个单位的中位数是 {median}，这里是 {number}，高出 {away}，超过界限 {bound}。", **words)
        )
    return Mark(
        Sort.LOW, say("{n} 个单位的中位数是 {median}，这里是 {number}，低了 {away}，超过界限 {bound}。", **words)
    )


def jump(now: Decimal | None, before: Decimal | None) -> Mark | None:
    """Return the mark of a value that is more than CHANGE_TIMES the last round's, or less than that part of it."""
    if now is None or before is None or max(now, before) < CHANGE_LEAST:
        return None
    words = {"now": plain(now), "before": plain(before), "times": CHANGE_TIMES}
    if now > CHANGE_TIMES * before:
        return Mark(Sort.RISEN, say("上次是 {before}，这次是 {now}，超过上次的 {times} 倍。", **words))
    if before > CHANGE_TIMES * now:
        return Mark(Sort.FALLEN, say("上次是 {before}，这次是 {now}，不到上次的 1/{times}。", **words))
    return None


def _short(number: Decimal) -> str:
    return plain(number.quantize(_TENTH, ROUND_HALF_UP))
