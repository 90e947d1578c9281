"""Scores by the rule 未能完成的，每项任务扣1分，扣完为止: pure arithmetic on facts of a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from itertools import groupby

from tracker.rules.decimals import plain
from tracker.rules.score_terms import Rule
from tracker.rules.status import EXCLUDED, STATUS_TEXT, Status
from tracker.rules.words import say

CENT = Decimal("0.01")
ZERO = Decimal(0)
STEP, MOST = Decimal("0.5"), Decimal(10)
"""What may be entered by hand as one deduction: half points, ten at most."""


@dataclass(frozen=True)
class Fact:
    """One task of one district as it stood on the day asked for.

    Where `judged` is set, `status` and `completed_on` are what it makes of the record. `held` is what its acceptance
    alone does not make good: that too few 司法所 have done it (C-05).
    """

    number: str
    text: str
    due_on: date | None
    status: Status
    completed_on: date | None
    assignment_id: int = 0
    line_from: int = 0
    line_to: int = 0
    excused: bool = False
    original_due_on: date | None = None
    extensions: int = 0
    judged: "Judged | None" = None
    held: str = ""


class Cause(StrEnum):
    """Why a task counts otherwise than its record says."""

    EVALUATION = "evaluation"
    OFFICES = "offices"


@dataclass(frozen=True)
class Judged:
    """Why a task counts otherwise than the record says, what the record says, and the reason in words."""

    cause: Cause
    recorded: Status
    reason: str


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
    text = typed.strip()
    refusal = PointsRefused(
        say("扣分应为 {least} 到 {most} 之间的数，按 {least} 分递增，例如 1 或 0.5。", least=STEP, most=MOST)
    )
    if not text.isascii() or not text.replace(".", "", 1).isdigit():
        raise refusal
    try:
        points = Decimal(text)
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


def shifted(rule: Rule, before: Tally, recorded: Iterable[Fact], judged: Iterable[Fact], day: date) -> Tally:
    """Return a tally in which some tasks count as judged, not as recorded."""
    out, in_ = tally(rule, recorded, day), tally(rule, judged, day)
    counts = ("total", "due", "completed", "completed_due", "missed", "late", "excused")
    return replace(before, **{name: getattr(before, name) - getattr(out, name) + getattr(in_, name) for name in counts})


def points(rule: Rule, tally: Tally) -> Points:
    """Return the points for what a district missed and what was entered; never below zero (扣完为止)."""
    misses = tally.missed - tally.excused + (tally.late if rule.late_counts else 0)
    lost = rule.per_miss * misses
    raw = (lost + tally.entered).quantize(CENT, ROUND_HALF_UP)
    deducted = min((_capped(rule, lost) + tally.entered).quantize(CENT, ROUND_HALF_UP), rule.base)
    return Points(rule.base, raw, deducted, rule.base - deducted)


def _capped(rule: Rule, lost: Decimal) -> Decimal:
    """Return what missed tasks cost at most together, where the plan has such a cap (X2-02)."""
    return lost if rule.cap is None else min(lost, rule.cap)


def explain(rule: Rule, facts: Sequence[Fact], day: date, entries: Sequence[Entry] = ()) -> list[Line]:
    """Return every line of a score: the base, what moves points, what the caps give back, then the other tasks."""
    lines = [line for fact in facts for line in _lines(rule, fact, day)]
    lines += [Line(Outcome.ENTERED, -entry.points, entry.reason, entry=entry) for entry in entries]
    moving = [Line(Outcome.BASE, rule.base, say("本项满分"))] + [line for line in lines if line.points]
    moving += _sub_cap(rule, lines)
    over = -sum((line.points for line in moving), Decimal(0))
    if over > 0:
        reason = say("扣完为止：应扣 {raw} 分，封顶 {base} 分", raw=plain(rule.base + over), base=plain(rule.base))
        moving.append(Line(Outcome.CAP, over, reason))
    return moving + [line for line in lines if not line.points]


def _sub_cap(rule: Rule, lines: Sequence[Line]) -> list[Line]:
    """Return the line that gives back what missed tasks would cost beyond their own cap (X2-02)."""
    lost = -sum((line.points for line in lines if line.fact), ZERO)
    if rule.cap is None or lost <= rule.cap:
        return []
    reason = say("未完成任务合计应扣 {lost} 分，最多扣 {cap} 分", lost=plain(lost), cap=plain(rule.cap))
    return [Line(Outcome.CAP, lost - rule.cap, reason)]


def _lines(rule: Rule, fact: Fact, day: date) -> list[Line]:
    found = [_line(rule, fact, day)]
    if fact.excused and is_charged(rule, fact, day):
        # The deduction stays readable; another line takes its effect back.
        found.append(Line(Outcome.EXCUSED, rule.per_miss, say("异议成立，退回所扣的分"), fact))
    return found


def _line(rule: Rule, fact: Fact, day: date) -> Line:
    outcome, points, reason = _outcome(rule, fact, day)
    if fact.judged is not None:
        reason = fact.judged.reason
    if fact.extensions and fact.original_due_on is not None:
        reason = say(
            "{reason}（延期 {times} 次，原时限 {due}）", reason=reason, times=fact.extensions, due=fact.original_due_on
        )
    return Line(outcome, points, reason, fact)


def _outcome(rule: Rule, fact: Fact, day: date) -> tuple[Outcome, Decimal, str]:
    """Return what a task means for the score, its points, and the reason in words."""
    if fact.status in EXCLUDED:
        return Outcome.EXCLUDED, ZERO, say("{status}，不计", status=STATUS_TEXT[fact.status])
    if is_missed(fact, day):
        reason = say("截至 {day} 未办结（{status}）", day=day, status=STATUS_TEXT[fact.status])
        return Outcome.MISSED, -rule.per_miss, reason
    if is_late(fact):
        cost = -rule.per_miss if rule.late_counts else ZERO
        return Outcome.LATE, cost, say("{day} 逾期后办结", day=fact.completed_on)
    if fact.status is Status.COMPLETED:
        return Outcome.DONE, ZERO, say("{day} 按期办结", day=fact.completed_on)
    return Outcome.NOT_DUE, ZERO, say("未到期") if fact.due_on else say("持续推进，无截止日")


def ranks(scores: Sequence[Decimal]) -> list[int]:
    """Return the rank of each score; equal scores share one and the next is skipped (1, 1, 1, 4)."""
    ordered = sorted(scores, reverse=True)
    first = {score: next(same)[0] for score, same in groupby(enumerate(ordered, 1), key=lambda place: place[1])}
    return [first[score] for score in scores]
