"""Scores by the rule 未能完成的，每项任务扣1分，扣完为止: pure arithmetic on facts of a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from itertools import groupby

from tracker.rules.status import EXCLUDED, STATUS_TEXT, Status
from tracker.rules.words import say

CENT = Decimal("0.01")
ZERO = Decimal(0)
STEP, MOST = Decimal("0.5"), Decimal(10)
"""What may be entered by hand as one deduction: half points, ten at most."""


@dataclass(frozen=True)
class Rule:
    """A plan's rule: full points, points lost per miss, and whether a task done late counts as missed."""

    base: Decimal
    per_miss: Decimal
    late_counts: bool = False
    quote: str = ""
    source: str = ""


@dataclass(frozen=True)
class Fact:
    """One task of one district as it stood on the day asked for."""

    number: str
    text: str
    due_on: date | None
    status: Status
    completed_on: date | None
    assignment_id: int = 0
    line_from: int = 0
    line_to: int = 0
    excused: bool = False


@dataclass(frozen=True)
class Entry:
    """Points a supervisor took off on a day with a reason; negative where an upheld appeal gave them back."""

    id: int
    points: Decimal
    reason: str
    day: date
    by: str


@dataclass(frozen=True)
class Tally:
    """How many tasks of a district count, were due, are done, missed, done late.

    `excused` counts those whose point came back by an upheld appeal, `entered` is what was entered by hand.
    """

    total: int
    due: int
    completed: int
    completed_due: int
    missed: int
    late: int
    excused: int = 0
    entered: Decimal = ZERO


@dataclass(frozen=True)
class Points:
    """Raw deduction, what of it was applied, and what remains."""

    base: Decimal
    raw_deduction: Decimal
    deducted: Decimal
    score: Decimal


class Outcome(StrEnum):
    """What a task meant for the score."""

    BASE = "base"
    MISSED = "missed"
    EXCUSED = "excused"
    ENTERED = "entered"
    LATE = "late"
    DONE = "done"
    NOT_DUE = "not_due"
    EXCLUDED = "excluded"
    CAP = "cap"


@dataclass(frozen=True)
class Line:
    """One line of the explanation; the points of all lines add up to the score."""

    outcome: Outcome
    points: Decimal
    reason: str
    fact: Fact | None = None
    entry: Entry | None = None


class PointsRefused(ValueError):
    """Points that cannot be entered; the message says which can."""


def read_points(typed: str) -> Decimal:
    """Return typed points: a plain decimal number of half points between 0.5 and 10; raise PointsRefused."""
    plain = typed.strip()
    refusal = PointsRefused(
        say("扣分应为 {least} 到 {most} 之间的数，按 {least} 分递增，例如 1 或 0.5。", least=STEP, most=MOST)
    )
    if not plain.isascii() or not plain.replace(".", "", 1).isdigit():
        raise refusal
    try:
        points = Decimal(plain)
    except InvalidOperation:
        raise refusal from None
    if not STEP <= points <= MOST or points % STEP:
        raise refusal
    return points


def is_missed(fact: Fact, day: date) -> bool:
    """Tell whether a task was applicable, due before `day`, and not accepted by then."""
    return fact.due_on is not None and fact.due_on < day and fact.status not in EXCLUDED | {Status.COMPLETED}


def is_late(fact: Fact) -> bool:
    """Tell whether a task was accepted after its due day."""
    return fact.due_on is not None and fact.completed_on is not None and fact.completed_on > fact.due_on


def is_charged(rule: Rule, fact: Fact, day: date) -> bool:
    """Tell whether a task costs points on `day`: missed, or done late where that counts."""
    return is_missed(fact, day) or (rule.late_counts and is_late(fact) and fact.status is Status.COMPLETED)


def tally(rule: Rule, facts: Iterable[Fact], day: date) -> Tally:
    """Count a district's facts of `day`."""
    counted = [fact for fact in facts if fact.status not in EXCLUDED]
    due = [fact for fact in counted if fact.due_on is not None and fact.due_on < day]
    return Tally(
        total=len(counted),
        due=len(due),
        completed=sum(fact.status is Status.COMPLETED for fact in counted),
        completed_due=sum(fact.status is Status.COMPLETED for fact in due),
        missed=sum(is_missed(fact, day) for fact in counted),
        late=sum(is_late(fact) for fact in counted),
        excused=sum(fact.excused and is_charged(rule, fact, day) for fact in counted),
    )


def points(rule: Rule, tally: Tally) -> Points:
    """Return the points for what a district missed and what was entered; never below zero (扣完为止)."""
    misses = tally.missed - tally.excused + (tally.late if rule.late_counts else 0)
    raw = (rule.per_miss * misses + tally.entered).quantize(CENT, ROUND_HALF_UP)
    deducted = min(raw, rule.base)
    return Points(rule.base, raw, deducted, rule.base - deducted)


def explain(rule: Rule, facts: Sequence[Fact], day: date, entries: Sequence[Entry] = ()) -> list[Line]:
    """Return every line of a score: the base, what moves points, what the cap gives back, then the other tasks."""
    lines = [line for fact in facts for line in _lines(rule, fact, day)]
    lines += [Line(Outcome.ENTERED, -entry.points, entry.reason, entry=entry) for entry in entries]
    moving = [Line(Outcome.BASE, rule.base, say("本项满分"))] + [line for line in lines if line.points]
    over = -sum((line.points for line in moving), Decimal(0))
    if over > 0:
        reason = say("扣完为止：应扣 {raw} 分，封顶 {base} 分", raw=f"{rule.base + over:f}", base=f"{rule.base:f}")
        moving.append(Line(Outcome.CAP, over, reason))
    return moving + [line for line in lines if not line.points]


def _lines(rule: Rule, fact: Fact, day: date) -> list[Line]:
    found = [_line(rule, fact, day)]
    if fact.excused and is_charged(rule, fact, day):
        # The deduction stays readable; another line takes its effect back.
        found.append(Line(Outcome.EXCUSED, rule.per_miss, say("异议成立，退回所扣的分"), fact))
    return found


def _line(rule: Rule, fact: Fact, day: date) -> Line:
    if fact.status in EXCLUDED:
        return Line(Outcome.EXCLUDED, Decimal(0), say("{status}，不计", status=STATUS_TEXT[fact.status]), fact)
    if is_missed(fact, day):
        return Line(
            Outcome.MISSED,
            -rule.per_miss,
            say("截至 {day} 未办结（{status}）", day=day, status=STATUS_TEXT[fact.status]),
            fact,
        )
    if is_late(fact):
        cost = -rule.per_miss if rule.late_counts else Decimal(0)
        return Line(Outcome.LATE, cost, say("{day} 逾期后办结", day=fact.completed_on), fact)
    if fact.status is Status.COMPLETED:
        return Line(Outcome.DONE, Decimal(0), say("{day} 按期办结", day=fact.completed_on), fact)
    return Line(Outcome.NOT_DUE, Decimal(0), say("未到期") if fact.due_on else say("持续推进，无截止日"), fact)


def ranks(scores: Sequence[Decimal]) -> list[int]:
    """Return the rank of each score; equal scores share one and the next is skipped (1, 1, 1, 4)."""
    ordered = sorted(scores, reverse=True)
    first = {score: next(same)[0] for score, same in groupby(enumerate(ordered, 1), key=lambda place: place[1])}
    return [first[score] for score in scores]
