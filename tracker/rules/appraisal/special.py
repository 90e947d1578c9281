"""Special work: the band in which somebody puts an application's points, and the most that all of it adds (R2-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tracker.rules.words import say

MOST = Decimal(10)
"""特色工作分值上限为10分 (l.29)."""

LENGTHS = {"idea": 300, "contents": 300, "results": 1000}
"""The most characters of the fields of annex 4 (l.231-234); a page may be added to the results."""


@dataclass(frozen=True)
class Band:
    """The points between which an application stands."""

    least: Decimal
    most: Decimal


RECOGNISED, NOT_RECOGNISED = Band(Decimal(5), Decimal(10)), Band(Decimal(1), Decimal(5))
"""Of the city's recognition, with extra points there, and without it (l.29). The bands meet at 5 (X2-13)."""


class OutsideTheBand(ValueError):
    """Points that the band does not have; the message says which it has."""


def band_of(recognised: bool) -> Band:
    """Return the band of an application by whether the city gave points for it."""
    return RECOGNISED if recognised else NOT_RECOGNISED


def check(points: Decimal, recognised: bool) -> None:
    """Raise OutsideTheBand unless the points stand in their band; items of annex 2 are mere evidence (X2-13)."""
    band = band_of(recognised)
    if band.least <= points <= band.most:
        return
    if recognised:
        raise OutsideTheBand(say("获得市局加分的，分数应在 {least} 与 {most} 之间。", least=band.least, most=band.most))
    raise OutsideTheBand(say("未获得市局加分的，分数应在 {least} 与 {most} 之间。", least=band.least, most=band.most))


@dataclass(frozen=True)
class Added:
    """What the applications of a unit add together, and what the most of the scheme leaves without effect."""

    raw: Decimal
    points: Decimal

    @property
    def unapplied(self) -> Decimal:
        """What is over the most."""
        return self.raw - self.points


def added(points: Sequence[Decimal]) -> Added:
    """Add the points of applications up to the most."""
    raw = sum(points, Decimal(0))
    return Added(raw, min(raw, MOST))
