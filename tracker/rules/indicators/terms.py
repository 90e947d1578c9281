"""Hold what a form's text does not say but its users must: conditions, cross-checks, totals, polarity, links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """What a failed cross-check does: it blocks, or it warns and can be answered with an explanation."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True)
class Condition:
    """A blank is asked only where another one has an answer: 20 only if 19 is 是."""

    blank: str
    on: str
    answer: str


@dataclass(frozen=True)
class CrossCheck:
    """Two sums of blanks that must stand in an order: left `order` times × right.

    `order` is <=, >=, or "zero together" (both are 0 or neither is). `least` stands for the right side where that is a
    number; with `given` the check holds only where a blank has an answer. 不适用 counts as none unless
    `counts_nothing` is off, as for shares, of which none is not 0.
    """

    name: str
    left: tuple[str, ...]
    order: str
    right: tuple[str, ...]
    level: Level
    message: str
    times: Decimal = Decimal(1)
    least: Decimal | None = None
    given: tuple[str, str] | None = None
    counts_nothing: bool = True

    @property
    def blanks(self) -> tuple[str, ...]:
        """Return every blank that it looks at."""
        return (*self.left, *self.right, *(self.given[:1] if self.given else ()))


@dataclass(frozen=True)
class TotalTerm:
    """How a blank is totalled where its nature does not tell: weighted by a blank, or the ratio of two."""

    rule: str
    weight: str = ""
    part: str = ""
    whole: str = ""


@dataclass(frozen=True)
class Remark:
    """A correction or a placing that a person proposes, with its reason; the printed text stays."""

    concerns: str
    sort: str
    proposed: str
    reason: str


@dataclass(frozen=True)
class Link:
    """What of a plan an indicator belongs to: a task's number in a plan's document."""

    doc_number: str
    task: str
    indicators: tuple[int, ...]


@dataclass(frozen=True)
class FormTerms:
    """Everything said about a form beside its text. `bad_if_yes` and `survey_only` are numbers of indicators."""

    conditions: tuple[Condition, ...] = ()
    checks: tuple[CrossCheck, ...] = ()
    totals: Mapping[str, TotalTerm] | None = None
    bad_if_yes: frozenset[int] = frozenset()
    survey_only: frozenset[int] = frozenset()
    remarks: tuple[Remark, ...] = ()
    links: tuple[Link, ...] = ()


def read_terms(said: Mapping[str, Any]) -> FormTerms:
    """Make terms of a companion file's values; raises KeyError, TypeError or ValueError where it is not one."""
    return FormTerms(
        conditions=tuple(Condition(**each) for each in said["conditions"]),
        checks=tuple(_check(**each) for each in said["checks"]),
        totals={blank: TotalTerm(**term) for blank, term in said["totals"].items()},
        bad_if_yes=frozenset(said["bad_if_yes"]),
        survey_only=frozenset(said["survey_only"]),
        remarks=tuple(Remark(**each) for each in said["remarks"]),
        links=tuple(Link(each["doc_number"], each["task"], _numbers(each["indicators"])) for each in said["links"]),
    )


def _check(
    name: str,
    left: Sequence[str],
    order: str,
    level: str,
    message: str,
    right: Sequence[str] = (),
    times: str = "1",
    least: str | None = None,
    given: Sequence[str] | None = None,
    counts_nothing: bool = True,
) -> CrossCheck:
    return CrossCheck(
        name=name,
        left=tuple(left),
        order=order,
        right=tuple(right),
        level=Level(level),
        message=message,
        times=Decimal(times),
        least=None if least is None else Decimal(least),
        given=(given[0], given[1]) if given else None,
        counts_nothing=counts_nothing,
    )


def _numbers(ranges: str) -> tuple[int, ...]:
    """Read "90-94, 99" as the numbers it means."""
    found: list[int] = []
    for part in ranges.split(","):
        first, _, last = part.strip().partition("-")
        found.extend(range(int(first), int(last or first) + 1))
    return tuple(found)
