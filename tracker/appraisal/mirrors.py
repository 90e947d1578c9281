"""What the city took from the bureau under a plan, task by task, for the clauses that follow it (R2-08)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tracker.plans import queries as plans
from tracker.plans.models import Plan
from tracker.rules.appraisal.points import Entry
from tracker.rules.appraisal.terms import Mirror
from tracker.rules.scoring import Fact
from tracker.scoring import queries as scores
from tracker.scoring.queries import UnknownDistrict


@dataclass(frozen=True)
class Taken:
    """A task for which the city took points from the bureau, and the lines of work that answer for it (各条线)."""

    clause: str
    plan_id: int
    doc_number: str
    fact: Fact
    lines: str
    points: Decimal
    reason: str

    @property
    def entry(self) -> Entry:
        """The same, as the rules take it."""
        return Entry(self.clause, points=self.points)


def mirrored(mirrors: tuple[Mirror, ...], issuer_id: int, day: date) -> tuple[Taken, ...]:
    """Return what the city took by a day under the plans that clauses follow; nothing where it has no such plan."""
    found: list[Taken] = []
    for mirror in mirrors:
        plan = plans.usual_scored(Plan.doc_number == mirror.doc_number)
        if plan is not None:
            found += _taken(mirror, plan, issuer_id, day)
    return tuple(found)


def is_mirrored(mirrors: tuple[Mirror, ...], clause: str) -> Mirror | None:
    """Return what a clause follows, where the city has that plan; then nobody enters it by hand."""
    mirror = next((each for each in mirrors if each.clause == clause), None)
    known = mirror is not None and plans.usual_scored(Plan.doc_number == mirror.doc_number) is not None
    return mirror if known else None


def _taken(mirror: Mirror, plan: Plan, issuer_id: int, day: date) -> list[Taken]:
    try:
        lines = scores.explained(plan, issuer_id, day).lines
    except UnknownDistrict:
        return []
    parties = {task.number: task.parties for task in plans.tasks(plan.id)}
    lost: dict[int, Decimal] = {}
    for line in lines:
        if line.fact is not None:
            # A point that an upheld objection gave back stands as a line of its own.
            lost[line.fact.assignment_id] = lost.get(line.fact.assignment_id, Decimal(0)) - line.points
    missed = [line for line in lines if line.fact is not None and line.points < 0 < lost[line.fact.assignment_id]]
    return [
        Taken(
            clause=mirror.clause,
            plan_id=plan.id,
            doc_number=plan.doc_number,
            fact=line.fact,
            lines=parties.get(line.fact.number, ""),
            points=lost[line.fact.assignment_id],
            reason=line.reason,
        )
        for line in missed
        if line.fact is not None
    ]
