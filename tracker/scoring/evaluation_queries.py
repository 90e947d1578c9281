"""What is said of each task at the evaluation, beside what the record says: the district's own word, and the city's."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import and_, case, exists, func, select

from tracker.assignments.models import Assignment
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans.models import Milestone, Plan, PlanState
from tracker.rules.evaluation import Stage, Verdict, recorded
from tracker.rules.permissions import Action, Actor, may
from tracker.rules.score_terms import Procedure
from tracker.rules.scoring import Cause, Fact, is_late
from tracker.rules.status import Status
from tracker.scoring import facts, terms
from tracker.scoring.models import Evaluation, EvaluationResult, Freeze, ScoreRule, SelfEvaluation


class Word(NamedTuple):
    """What was said of a task, by whom and when; without a verdict nothing was said yet, and the version is 0."""

    verdict: Verdict | None = None
    comment: str = ""
    version: int = 0
    by: str = ""
    day: date | None = None

    @property
    def seen(self) -> str:
        """The token by which a form tells what it was opened with."""
        return mark(self.verdict or "", self.comment)


NOTHING = Word()


@dataclass(frozen=True)
class Item:
    """One task of a district: what the record says of it, and both words."""

    assignment_id: int
    number: str
    text: str
    due_on: date | None
    status: Status
    completed_on: date | None
    late: bool
    extensions: int
    own: Word = NOTHING
    city: Word = NOTHING

    @property
    def recorded(self) -> Verdict:
        """The verdict that the record itself gives."""
        return recorded(self.status)

    def word(self, stage: Stage) -> Word:
        """Return what was said at a stage."""
        return self.city if stage is Stage.CITY else self.own

    def differs(self, stage: Stage) -> bool:
        """Tell whether something else was said than what the record says."""
        return self.word(stage).verdict not in (None, self.recorded)

    def unexplained(self, stage: Stage) -> bool:
        """Tell whether that was said without a reason: the record may have changed since."""
        return self.differs(stage) and not self.word(stage).comment


@dataclass(frozen=True)
class Own:
    """A district's own evaluation as a whole: its summary in Markdown, and when its lead handed it in."""

    summary: str = ""
    submitted_on: date | None = None
    submitted_by: str = ""

    @property
    def seen(self) -> str:
        """The token by which a form tells with which summary it was opened."""
        return mark(self.summary)


@dataclass(frozen=True)
class District:
    """How far the evaluation of one district is."""

    id: int
    name: str
    items: tuple[Item, ...]
    own: Own

    @property
    def judged(self) -> int:
        """How many tasks the city has judged."""
        return sum(item.city.verdict is not None for item in self.items)

    @property
    def differing(self) -> int:
        """How many of them otherwise than the record says."""
        return sum(item.differs(Stage.CITY) for item in self.items)

    @property
    def unexplained(self) -> int:
        """How many of these without a reason."""
        return sum(item.unexplained(Stage.CITY) for item in self.items)

    @property
    def said(self) -> int:
        """Of how many tasks the district has said something itself."""
        return sum(item.own.verdict is not None for item in self.items)

    def number(self, verdict: Verdict) -> int:
        """Return how many tasks the city judged so."""
        return sum(item.city.verdict == verdict for item in self.items)


class Source(NamedTuple):
    """Where the plan's document speaks of an evaluation: its words, their lines, what is doubtful."""

    raw: str
    line_from: int
    line_to: int
    note: str


def mark(*texts: str) -> str:
    """Return a few signs by which what was said can be told from something else."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]


def evaluation(plan_id: int) -> Evaluation | None:
    """Return the evaluation of a plan, once it was opened."""
    return db.session.scalar(select(Evaluation).where(Evaluation.plan_id == plan_id))


def items(plan: Plan, day: date, district_id: int | None = None) -> dict[int, list[Item]]:
    """Return the tasks of every district, or of one, in the plan's order, as they stand on `day`.

    What was withdrawn is nobody's any more and not evaluated. Four queries, and one more where the 司法所 count.
    """
    words = _words(plan.id, district_id)
    found = facts.of(plan, terms.rule_at(plan, day), day, district_id)
    told = {
        id_: [_item(fact, words) for fact in known if _on_record(fact).status is not Status.WITHDRAWN]
        for id_, known in found.items()
    }
    return {id_: known for id_, known in told.items() if known}


def _item(fact: Fact, words: dict[tuple[int, str], Word]) -> Item:
    plain, id_ = _on_record(fact), fact.assignment_id
    return Item(
        id_,
        fact.number,
        fact.text,
        fact.due_on,
        plain.status,
        plain.completed_on,
        is_late(plain),
        fact.extensions,
        words.get((id_, Stage.SELF), NOTHING),
        words.get((id_, Stage.CITY), NOTHING),
    )


def _on_record(fact: Fact) -> Fact:
    """Return a task without what the published evaluation makes of it."""
    if fact.judged is None or fact.judged.cause is not Cause.EVALUATION:
        return fact
    return replace(fact, status=fact.judged.recorded, completed_on=None)


def _words(plan_id: int, district_id: int | None) -> dict[tuple[int, str], Word]:
    columns = ("assignment_id", "stage", "verdict", "comment", "version", "actor_name", "day")
    wanted = select(*(getattr(EvaluationResult, name) for name in columns)).where(EvaluationResult.plan_id == plan_id)
    if district_id is not None:
        wanted = wanted.join(Assignment, Assignment.id == EvaluationResult.assignment_id).where(
            Assignment.district_id == district_id
        )
    return {
        (id_, stage): Word(Verdict(verdict), comment, version, by, day)
        for id_, stage, verdict, comment, version, by, day in db.session.execute(wanted)
    }


def districts(plan: Plan, day: date) -> list[District]:
    """Return how far every district's evaluation is, in the districts' usual order. Six queries or seven."""
    found, own = items(plan, day), _own(plan.id)
    names = db.session.execute(
        select(Organization.id, Organization.name)
        .where(Organization.id.in_(sorted(found)))
        .order_by(Organization.position, Organization.id)
    )
    return [District(id_, name, tuple(found[id_]), own.get(id_, Own())) for id_, name in names]


def district(plan: Plan, district_id: int, day: date) -> District | None:
    """Return one district's evaluation; None where it owes nothing of the plan."""
    found = items(plan, day, district_id).get(district_id)
    if found is None:
        return None
    name = db.session.scalar(select(Organization.name).where(Organization.id == district_id)) or ""
    return District(district_id, name, tuple(found), _own(plan.id, district_id).get(district_id, Own()))


def _own(plan_id: int, district_id: int | None = None) -> dict[int, Own]:
    columns = ("district_id", "summary", "submitted_on", "submitted_by")
    wanted = select(*(getattr(SelfEvaluation, name) for name in columns)).where(SelfEvaluation.plan_id == plan_id)
    if district_id is not None:
        wanted = wanted.where(SelfEvaluation.district_id == district_id)
    return {row.district_id: Own(row.summary, row.submitted_on, row.submitted_by) for row in db.session.execute(wanted)}


def seen(found: Iterable[District]) -> str:
    """Return the token by which the page of all districts tells what it showed: versions only ever rise."""
    versions = [item.city.version for each in found for item in each.items]
    return f"{sum(version > 0 for version in versions)}-{sum(versions)}"


class Asked(NamedTuple):
    """A plan for which a district still has to evaluate itself, and until when."""

    plan_id: int
    doc_number: str
    due_on: date


def asked_of(actor: Actor, day: date) -> list[Asked]:
    """Return for which plans the person's district has to evaluate itself now, or should have. One query."""
    if not may(actor, Action.SELF_EVALUATE) or actor.district_id is None:
        return []
    newest = select(func.max(ScoreRule.number)).where(ScoreRule.plan_id == Plan.id, ScoreRule.day <= day)
    due_on = case((ScoreRule.id.is_not(None), ScoreRule.self_evaluation_on), else_=Milestone.due_on)
    owed = exists().where(Assignment.plan_id == Plan.id, Assignment.unit_id == actor.district_id)
    of_it = and_(Milestone.plan_id == Plan.id, Milestone.kind == terms.SELF_EVALUATION)
    own = and_(SelfEvaluation.plan_id == Plan.id, SelfEvaluation.district_id == actor.district_id)
    rows = db.session.execute(
        select(Plan.id, Plan.doc_number, due_on)
        .outerjoin(
            ScoreRule, and_(ScoreRule.plan_id == Plan.id, ScoreRule.number == newest.correlate(Plan).scalar_subquery())
        )
        .outerjoin(Milestone, of_it)
        .outerjoin(SelfEvaluation, own)
        .outerjoin(Evaluation, Evaluation.plan_id == Plan.id)
        .outerjoin(Freeze, Freeze.plan_id == Plan.id)
        .where(
            Plan.state == PlanState.PUBLISHED,
            due_on.is_not(None),
            SelfEvaluation.submitted_on.is_(None),
            Evaluation.published_on.is_(None),
            Freeze.id.is_(None),
            owed.correlate(Plan),
        )
        .order_by(due_on, Plan.id)
    )
    return [Asked(*row) for row in rows if row[2].replace(day=1) <= day]


# ---- the days


def begins_on(procedure: Procedure) -> date | None:
    """Return from which day districts evaluate themselves: the first of the month in which it is due."""
    due_on = procedure.self_evaluation_on
    return due_on.replace(day=1) if due_on else None


def overdue_days(procedure: Procedure, own: Own, day: date) -> int:
    """Return how many days late a district's evaluation is, or was when it was handed in."""
    due_on, until = procedure.self_evaluation_on, own.submitted_on or day
    return max((until - due_on) // timedelta(days=1), 0) if due_on else 0


def source(plan_id: int, kind: str) -> Source | None:
    """Return where the document names the days of the evaluation, or of the districts' own."""
    row = db.session.execute(
        select(Milestone.date_raw, Milestone.line_from, Milestone.line_to, Milestone.note).where(
            Milestone.plan_id == plan_id, Milestone.kind == kind
        )
    ).first()
    return None if row is None else Source(*row)
