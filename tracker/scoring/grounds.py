"""The lines of a score, each with what it rests on: what counted, what did not count and why, and what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.plans.models import Plan
from tracker.rules.calendar import days_overdue
from tracker.rules.score_terms import Rule
from tracker.rules.scoring import Cause, Fact, Line, Outcome
from tracker.rules.status import Move, Status
from tracker.rules.words import say
from tracker.scoring import circumstances, queries
from tracker.scoring.circumstances import Circumstances, Happened
from tracker.scoring.models import Appeal
from tracker.scoring.queries import Explanation

NOTHING = Circumstances()
UNDONE = (Move.REOPEN, Move.CORRECT, Move.RECHECK)
"""Steps that take back what was accepted."""

_DECIDES: dict[Outcome, tuple[Move, ...]] = {
    Outcome.DONE: (Move.ACCEPT,),
    Outcome.LATE: (Move.ACCEPT,),
    Outcome.EXCLUDED: (Move.EXEMPT, Move.WITHDRAW),
}


@dataclass(frozen=True)
class Ground:
    """A line, what happened (the earliest first), the one event it rests on, and what did not count and why."""

    line: Line
    found: Circumstances = NOTHING
    objections: tuple[Happened, ...] = ()
    rests_on: Happened | None = None
    left_out: str = ""
    late_days: int = 0


def of(found: Explanation, appeals: Sequence[Appeal]) -> list[Ground]:
    """Return every line of a district's score with what it rests on. Seven queries."""
    known = circumstances.of([line.fact.assignment_id for line in found.lines if line.fact], found.day)
    objections = circumstances.appeals(appeals, found.day)
    return [_ground(line, found.rule, found.day, known, objections) for line in found.lines]


def explained(plan: Plan, found: Explanation) -> list[Ground]:
    """Return the same, with the district's appeals. Eight queries."""
    return of(found, queries.appeals(plan, found.standing.district_id))


def _ground(
    line: Line,
    rule: Rule,
    day: date,
    known: dict[int, Circumstances],
    objections: dict[tuple[int | None, int | None], list[Happened]],
) -> Ground:
    if line.fact is None:
        return Ground(line, objections=tuple(objections.get((None, line.entry.id), ())) if line.entry else ())
    about = known.get(line.fact.assignment_id, NOTHING)
    if line.outcome is Outcome.EXCUSED:
        # What happened stands on the line that took the point; here is only why it came back.
        return Ground(line, objections=tuple(objections.get((line.fact.assignment_id, None), ())))
    return Ground(
        line,
        about,
        tuple(objections.get((line.fact.assignment_id, None), ())),
        rests_on(line, about),
        left_out(line, about, rule, day),
        _late_days(line, day),
    )


def rests_on(line: Line, about: Circumstances) -> Happened | None:
    """Return the event that a line rests on: the acceptance, the word that excluded it, the evaluation's verdict."""
    if line.fact and line.fact.judged and line.fact.judged.cause is Cause.EVALUATION:
        return next((event for event in reversed(about.events) if event.judged), None)
    return about.last(*_DECIDES.get(line.outcome, ()))


def left_out(line: Line, about: Circumstances, rule: Rule, day: date) -> str:
    """Return what did not count for a line and why; empty where nothing was left out."""
    fact = line.fact
    if fact is None or fact.judged:
        return ""
    if line.outcome is Outcome.EXCLUDED:
        return say("不计入应办结，也不扣分。")
    if line.outcome is Outcome.LATE:
        late = _late_days(line, day)
        if rule.late_counts:
            return say("超过时限 {n} 天；按规则 {rule}，逾期后办结同样扣分。", n=late, rule=rule.name)
        return say("超过时限 {n} 天；按规则 {rule}，逾期后办结不扣分。", n=late, rule=rule.name)
    return _not_yet(fact, about) if line.outcome is Outcome.MISSED else ""


def _not_yet(fact: Fact, about: Circumstances) -> str:
    """Return why what was done for a missed task is not enough."""
    undone = about.last(*UNDONE)
    if undone is not None and about.last(Move.ACCEPT) is not None:
        return say("此前的审核通过因“{move}”失效，不计为完成。", move=undone.what)
    if fact.status is Status.UNDER_REVIEW:
        return say("已申请办结，截至当天没有审核通过，不计为完成。")
    if fact.status is Status.RETURNED:
        return say("办结申请已被退回，不计为完成。")
    if about.reports:
        return say("填报 {n} 次，没有申请并通过办结审核，不计为完成。", n=len(about.reports))
    return say("没有填报。")


def _late_days(line: Line, day: date) -> int:
    if line.fact is None or line.outcome not in (Outcome.MISSED, Outcome.LATE):
        return 0
    return days_overdue(line.fact.due_on, line.fact.completed_on or day)
