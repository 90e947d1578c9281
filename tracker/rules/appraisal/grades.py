"""Who stands where, and who may be 优秀: the candidates under each reading of the document, and what is left to decide.

前3名 is all that the document says (l.47). It knows no rule for a tie at the third place, nor whether the place that
a barred unit leaves goes to the next, nor any threshold of the other grades (X2-04). So nobody is graded here: the
leading group sees the candidates and decides.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from tracker.rules.words import say

SEATS = 3


class Grade(StrEnum):
    """The four grades of a year (R2-05)."""

    EXCELLENT = "excellent"
    GOOD = "good"
    PASSED = "passed"
    FAILED = "failed"


GRADE_TEXT: dict[Grade, str] = {
    Grade.EXCELLENT: say("优秀"),
    Grade.GOOD: say("优良"),
    Grade.PASSED: say("合格"),
    Grade.FAILED: say("不合格"),
}


@dataclass(frozen=True)
class Standing:
    """A candidate's points and place; equal points share a place, and the places behind them are left out."""

    unit: str
    points: Decimal
    place: int
    barred: bool


@dataclass(frozen=True)
class Reading:
    """Who is 优秀 in one reading: `certain` ones, and those `tied` for the `left` seats; nobody tied leaves none.

    `beside` are barred units of the same points: whether they use a seat up is not said.
    """

    certain: tuple[str, ...]
    tied: tuple[str, ...] = ()
    left: int = 0
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidates:
    """Both readings of a barred unit among the first: its seat stays empty, or passes on to the next."""

    kept_empty: Reading
    passed_on: Reading
    barred: tuple[str, ...]

    @property
    def certain(self) -> tuple[str, ...]:
        """Whoever is 优秀 in either reading, whatever is decided."""
        return tuple(unit for unit in self.kept_empty.certain if unit in self.passed_on.certain)

    @property
    def questions(self) -> tuple[str, ...]:
        """What the leading group has to decide before anybody else is 优秀."""
        asked = []
        for reading in dict.fromkeys((self.kept_empty, self.passed_on)):
            if reading.tied and reading.beside:
                tied, beside = "、".join(reading.tied), "、".join(reading.beside)
                asked.append(say("{units}与不得评优的{barred}得分相同：由领导小组决定。", units=tied, barred=beside))
            elif reading.tied:
                tied = "、".join(reading.tied)
                asked.append(
                    say("{units}得分相同，名额还剩 {left} 个：由领导小组决定。", units=tied, left=reading.left)
                )
        if self.kept_empty != self.passed_on:
            barred = "、".join(self.barred)
            asked.append(say("{units}因突破底线不得评优，空出的名额是否递补：由领导小组决定。", units=barred))
        return tuple(dict.fromkeys(asked))


def standings(points: Mapping[str, Decimal], barred: Collection[str] = ()) -> tuple[Standing, ...]:
    """Rank units by their points, the most first; those of one place stand in the order they came in."""
    ordered = sorted(points.items(), key=lambda each: -each[1])
    return tuple(
        Standing(unit, own, 1 + sum(other > own for other in points.values()), unit in barred) for unit, own in ordered
    )


def candidates(found: Iterable[Standing], seats: int = SEATS) -> Candidates:
    """Return who may be 优秀 by the first places; a unit that broke the bottom line never is (l.47)."""
    everybody = tuple(found)
    first = _first(everybody, seats)
    barred = tuple(each.unit for each in everybody if each.barred and each.unit in (*first.certain, *first.tied))
    certain, tied = (tuple(unit for unit in units if unit not in barred) for units in (first.certain, first.tied))
    beside = tuple(unit for unit in first.tied if unit in barred)
    kept = Reading(certain, tied, first.left, beside) if tied else Reading(certain)
    return Candidates(kept, _first([each for each in everybody if not each.barred], seats), barred)


def _first(ranked: Iterable[Standing], seats: int) -> Reading:
    certain: list[str] = []
    for _, group in groupby(ranked, key=lambda each: each.points):
        units = [each.unit for each in group]
        left = seats - len(certain)
        if len(units) > left:
            return Reading(tuple(certain), tuple(units), left) if left else Reading(tuple(certain))
        certain += units
    return Reading(tuple(certain))
