"""What the city took from the bureau under a plan, task by task, for the clauses that follow it (R2-08)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from tracker.appraisal.models import AppraisalDecision
from tracker.plans import queries as plans
from tracker.plans.models import Plan
from tracker.rules.appraisal.decisions import LINE, subject
from tracker.rules.appraisal.points import Entry
from tracker.rules.appraisal.scheme import Scheme
from tracker.rules.appraisal.terms import Mirror
from tracker.rules.scoring import Fact
from tracker.scoring import queries as scores
from tracker.scoring.queries import UnknownDistrict


@dataclass(frozen=True)
class Taken:
    """A task for which the city took points from the bureau, and the lines of work that answer for it (各条线).

    `lines` are those printed in the plan; `named` is every decision on the bureau's own section, the latest first.
    """

    clause: str
    plan_id: int
    doc_number: str
    fact: Fact
    lines: str
    points: Decimal
    reason: str
    named: tuple[AppraisalDecision, ...] = ()

    @property
    def section(self) -> str:
        """The bureau's own section that answers for it; empty where none was named."""
        return self.named[0].value if self.named else ""

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


def attributed(found: Iterable[Taken], decided: Iterable[AppraisalDecision]) -> tuple[Taken, ...]:
    """Return tasks with the sections named for them, given a year's decisions in their order."""
    rows: dict[str, tuple[AppraisalDecision, ...]] = {}
    for row in decided:
        rows[row.subject] = (row, *rows.get(row.subject, ()))
    return tuple(replace(each, named=rows.get(subject(LINE, str(each.fact.assignment_id)), ())) for each in found)


def sections_named(decided: Iterable[AppraisalDecision]) -> set[str]:
    """Return the sections that were ever named to answer for a task, given a year's decisions."""
    return {row.value for row in decided if row.subject.startswith(subject(LINE, ""))}


def answered_for(found: Iterable[Taken], section: str, paid: Collection[str]) -> tuple[Taken, ...]:
    """Return the tasks that a section answers for and another pays; `paid` are the clauses of its own sheet."""
    return tuple(each for each in found if each.section == section and each.clause not in paid)


def payers(scheme: Scheme, found: Iterable[Taken]) -> list[str]:
    """Return the units on whose sheets the city's points of tasks are taken, each once."""
    clauses = {each.clause for each in found}
    paying = [unit for sheet, _, clause in scheme.clauses() if clause.code in clauses for unit in sheet.units]
    return list(dict.fromkeys(paying))


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
