"""What secret ballots come to: leaders count 60 %, units 40 % (R2-04); shown beside the score and never added to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from tracker.rules.words import say

LEADERS, UNITS = Decimal("0.6"), Decimal("0.4")
INNER, SHOWN = Decimal("0.0001"), Decimal("0.01")
"""How the document's silence about rounding is filled: four places inside, two to be seen (R2-09)."""


class Bench(StrEnum):
    """Whose ballots are counted together: the bureau's leaders, its units and departments."""

    LEADERS = "leaders"
    UNITS = "units"


BENCH_TEXT: dict[Bench, str] = {
    Bench.LEADERS: say("局领导"),
    Bench.UNITS: say("局属各部门、各单位"),
}


@dataclass(frozen=True)
class Outcome:
    """The means of both benches and their weighted mean; a bench with fewer voters than the least has none.

    With fewer, a ballot could be told by whoever knows the others.
    """

    leaders: Decimal | None
    units: Decimal | None
    leaders_voted: int
    units_voted: int

    @property
    def weighted(self) -> Decimal | None:
        """The weighted mean to four places; nothing while a bench has too few voters."""
        if self.leaders is None or self.units is None:
            return None
        return (LEADERS * self.leaders + UNITS * self.units).quantize(INNER, ROUND_HALF_UP)

    @property
    def shown(self) -> Decimal | None:
        """The weighted mean as it is shown, rounded once, from the exact means."""
        if self.leaders is None or self.units is None:
            return None
        return (LEADERS * self.leaders + UNITS * self.units).quantize(SHOWN, ROUND_HALF_UP)


def outcome(leaders: Sequence[Decimal], units: Sequence[Decimal], least: int) -> Outcome:
    """Return what the ballots for one unit come to; each bench needs at least `least` of them."""
    return Outcome(_mean(leaders, least), _mean(units, least), len(leaders), len(units))


def _mean(values: Sequence[Decimal], least: int) -> Decimal | None:
    if len(values) < max(least, 1):
        return None
    return sum(values, Decimal(0)) / len(values)
