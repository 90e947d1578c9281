"""Objections to lines of a score: until when, by when answered, by whom not, and the list of them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, false, func, select, true

from tracker import clock
from tracker.assignments.models import Assignment, StatusChange
from tracker.db import db
from tracker.people.models import Organization, User
from tracker.people.queries import serving
from tracker.plans.models import Plan, Task
from tracker.rules import appeals as rules
from tracker.rules import scoring
from tracker.rules.appeals import Clock
from tracker.rules.calendar import IsWorking
from tracker.rules.evaluation import Stage
from tracker.rules.permissions import Action, Actor, Role, Scope
from tracker.rules.score_terms import ANSWER_DAYS
from tracker.rules.scoring import Cause, Line, Outcome
from tracker.rules.status import Move, RequestState
from tracker.rules.words import say
from tracker.scoring import facts, terms
from tracker.scoring.models import Appeal, Deduction, Evaluation, EvaluationResult, ScoreRule
from tracker.workdays import queries as workdays

# ---- the window


@dataclass(frozen=True)
class Window:
    """How long one may object after the evaluation's results were published, by the rule of that day."""

    published_on: date
    days: int
    is_working: IsWorking

    def is_open(self, line: Line, day: date) -> bool:
        """Tell whether one may object to a line on a day."""
        return day <= self.closes_on(line)

    def closes_on(self, line: Line) -> date:
        """Return the last day for an objection to a line of the score."""
        return self.closes_after(arose_on(line))

    def closes_after(self, arose: date | None = None) -> date:
        """Return the last day for what arose on a day; without one, for what was there at the publication."""
        return rules.closes_on(self.published_on, arose, self.days, self.is_working) or self.published_on


def window(plan: Plan) -> Window | None:
    """Return a plan's window for objections; None until its evaluation is published: then one may always object."""
    wanted = select(Evaluation.published_on, Evaluation.published_at).where(Evaluation.plan_id == plan.id)
    published, at = db.session.execute(wanted).one_or_none() or (None, None)
    if published is None:
        return None
    # The rule of that moment, as the letters to the districts said: a later one, of the same day too, moves no end.
    return Window(published, terms.at(plan, published, at).procedure.appeal_days, workdays.calendar().is_working)


def arose_on(line: Line) -> date | None:
    """Return the day from which a line costs points; None for what the evaluation itself made of a task."""
    if line.entry is not None:
        return line.entry.day
    fact = line.fact
    if fact is None or (fact.judged is not None and fact.judged.cause is Cause.EVALUATION):
        return None
    if line.outcome is Outcome.LATE:
        return fact.completed_on
    return fact.due_on and fact.due_on + timedelta(days=1)


def open_until(plan: Plan, day: date) -> date | None:
    """Return the last day on which somebody may still object after the publication to what costs points on `day`.

    None without a publication.
    """
    found = window(plan)
    if found is None:
        return None
    entered = select(func.max(Deduction.day)).where(Deduction.plan_id == plan.id, Deduction.points > 0)
    rule = terms.rule_at(plan, day)
    lines = [line for known in facts.of(plan, rule, day).values() for line in scoring.explain(rule, known, day)]
    arose = [arose_on(line) for line in lines if line.points < 0 and line.fact and not line.fact.excused]
    return max(found.closes_after(since) for since in {None, db.session.scalar(entered), *arose})


# ---- the clock


def clocks(appeals: Iterable[Any], day: date) -> dict[int, Clock]:
    """Return the clock of each open objection (with id, plan_id, day, state), by its id. Three queries."""
    open_ones = [found for found in appeals if found.state == RequestState.ASKED]
    if not open_ones:
        return {}
    days, is_working = _answer_days({found.plan_id for found in open_ones}), workdays.calendar().is_working
    return {
        found.id: rules.clock_on(
            rules.answer_by(found.day, _on(days.get(found.plan_id, []), found.day), is_working), day, is_working
        )
        for found in open_ones
    }


def _answer_days(plan_ids: Collection[int]) -> dict[int, list[tuple[date, int]]]:
    """Return for each plan its versions' days with the days for an answer, the newest version first."""
    rows = db.session.execute(
        select(ScoreRule.plan_id, ScoreRule.day, ScoreRule.answer_days)
        .where(ScoreRule.plan_id.in_(sorted(plan_ids)))
        .order_by(ScoreRule.number.desc())
    )
    found: dict[int, list[tuple[date, int]]] = {}
    for plan_id, since, days in rows:
        found.setdefault(plan_id, []).append((since, days))
    return found


def _on(versions: list[tuple[date, int]], day: date) -> int:
    return next((days for since, days in versions if since <= day), ANSWER_DAYS)


# ---- who must not answer

DECISIONS = (Move.ACCEPT, Move.RETURN, Move.REOPEN, Move.RECHECK)
"""Steps of a task that are the city's word on its report."""

Part = dict[int, dict[int, str]]
"""For each objection the persons who had a part in the line, and which."""


def parts(appeals: Sequence["Filed"]) -> Part:
    """Return who must not answer open objections: who made the line or had the last word on the task. Three queries."""
    found: Part = {appeal.id: {} for appeal in appeals if appeal.state == RequestState.ASKED}
    entries = {appeal.deduction_id: appeal.id for appeal in appeals if appeal.id in found and appeal.deduction_id}
    tasks = {appeal.assignment_id: appeal.id for appeal in appeals if appeal.id in found and appeal.assignment_id}
    _note(found, entries, say("登记了这条扣分"), _enterers(entries))
    _note(found, tasks, say("审核过这项任务的最后一份报告"), _reviewers(tasks))
    _note(found, tasks, say("在评估中认定了这项任务"), _judges(tasks))
    return found


def _note(found: Part, places: dict[int, int], what: str, persons: Iterable[Any]) -> None:
    for id_, person_id in persons:
        if person_id is not None:
            found[places[id_]][person_id] = what


def _enterers(ids: Collection[int]) -> Sequence[Any]:
    wanted = select(Deduction.id, Deduction.actor_id).where(Deduction.id.in_(sorted(ids)))
    return db.session.execute(wanted).all() if ids else []


def _reviewers(ids: Collection[int]) -> Sequence[Any]:
    last = (
        select(func.max(StatusChange.id))
        .where(StatusChange.assignment_id.in_(sorted(ids)), StatusChange.move.in_(DECISIONS))
        .group_by(StatusChange.assignment_id)
    )
    wanted = select(StatusChange.assignment_id, StatusChange.actor_id).where(StatusChange.id.in_(last))
    return db.session.execute(wanted).all() if ids else []


def _judges(ids: Collection[int]) -> Sequence[Any]:
    wanted = select(EvaluationResult.assignment_id, EvaluationResult.actor_id).where(
        EvaluationResult.assignment_id.in_(sorted(ids)), EvaluationResult.stage == Stage.CITY
    )
    return db.session.execute(wanted).all() if ids else []


def refusals(actor: Actor, appeals: Sequence["Filed"], day: date) -> dict[int, str]:
    """Return why a person must not answer each open objection, with who may; those they may answer are absent."""
    barred = {id_: had for id_, had in parts(appeals).items() if actor.id in had}
    if not barred or actor.id is None:
        return {}
    supervisors = _supervisors(day)
    found = {}
    for id_, had in barred.items():
        others = [name for person_id, name in supervisors.items() if person_id not in had]
        found[id_] = _refusal(had[actor.id], others)
    return found


def _refusal(what: str, others: list[str]) -> str:
    if others:
        return say("您{what}，这条异议须由他人裁定。可以裁定的人：{others}。", what=what, others=others)
    return say("您{what}，这条异议须由他人裁定。现在没有其他督办人员，请系统管理员增设一个督办人员账号。", what=what)


def deciders(appeals: Sequence["Filed"], day: date) -> dict[int, list[int]]:
    """Return for each open objection the supervisors who may answer it. Four queries."""
    supervisors = _supervisors(day)
    return {
        id_: [person_id for person_id in supervisors if person_id not in barred]
        for id_, barred in parts(appeals).items()
    }


def _supervisors(day: date) -> dict[int, str]:
    wanted = select(User.id, User.name).where(User.role == Role.SUPERVISOR, serving(day)).order_by(User.id)
    return dict(db.session.execute(wanted).all())


# ---- as it stood


@dataclass(frozen=True)
class Stood:
    """An objection as it stood on a day; undecided then, it has no answer."""

    id: int
    plan_id: int
    assignment_id: int | None
    deduction_id: int | None
    points: Decimal
    reason: str
    day: date
    asked_by: str
    state: RequestState = RequestState.ASKED
    answer: str = ""
    decided_by: str = ""


def stood(filed: Iterable[Appeal], day: date) -> list[Stood]:
    """Return what was objected to by a day, as it stood on that day, in the order given."""
    return [_stood(found, day) for found in filed if found.day <= day]


def _stood(found: Appeal, day: date) -> Stood:
    open_one = Stood(
        found.id,
        found.plan_id,
        found.assignment_id,
        found.deduction_id,
        found.points,
        found.reason,
        found.day,
        found.asked_by,
    )
    if found.decided_at is None or clock.local(found.decided_at).date() > day:
        return open_one
    return replace(open_one, state=RequestState(found.state), answer=found.answer, decided_by=found.decided_by)


# ---- the list


class Row(NamedTuple):
    """A line of the list: the objection, and what it is about."""

    id: int
    plan_id: int
    doc_number: str
    district_id: int
    district: str
    assignment_id: int | None
    deduction_id: int | None
    number: str
    text: str
    points: Decimal
    reason: str
    day: date
    asked_by: str
    state: str
    answer: str
    decided_by: str
    decided_at: datetime | None


Filed = Appeal | Stood | Row
"""An objection, wherever it was read from."""


def counts(actor: Actor, plan_id: int | None, district_id: int | None) -> dict[RequestState, int]:
    """Return how many objections within the person's scope stand in each state. One query."""
    rows = db.session.execute(
        select(Appeal.state, func.count()).where(*_wanted(actor, plan_id, district_id)).group_by(Appeal.state)
    )
    found = {RequestState(state): number for state, number in rows}
    return {state: found.get(state, 0) for state in RequestState}


def listed(
    actor: Actor,
    state: RequestState,
    plan_id: int | None,
    district_id: int | None,
    day: date,
    limit: int | None = None,
    offset: int = 0,
) -> list[tuple[Row, Clock | None]]:
    """Return objections of a state: open ones by the day of their answer, decided ones the newest first."""
    wanted = [Appeal.state == state, *_wanted(actor, plan_id, district_id)]
    if state is not RequestState.ASKED:
        newest = _rows(*wanted).order_by(Appeal.decided_at.desc(), Appeal.id.desc()).limit(limit).offset(offset)
        return [(Row._make(row), None) for row in db.session.execute(newest)]
    # The day of an answer depends on the calendar, so that the open ones, which are few, are put in order here.
    known = db.session.execute(select(Appeal.id, Appeal.plan_id, Appeal.day, Appeal.state).where(*wanted)).all()
    ticking = clocks(known, day)
    ordered = sorted(ticking, key=lambda id_: (ticking[id_].answer_by, id_))
    chosen = ordered[offset : None if limit is None else offset + limit]
    found = {row.id: Row._make(row) for row in db.session.execute(_rows(Appeal.id.in_(chosen)))}
    return [(found[id_], ticking[id_]) for id_ in chosen]


def by_ids(ids: Collection[int]) -> list[Row]:
    """Return objections by their numbers, whoever asks, in the order they were filed."""
    return [Row._make(row) for row in db.session.execute(_rows(Appeal.id.in_(sorted(ids))).order_by(Appeal.id))]


def _wanted(actor: Actor, plan_id: int | None, district_id: int | None) -> list[ColumnElement[bool]]:
    found = [_within(actor)]
    if plan_id is not None:
        found.append(Appeal.plan_id == plan_id)
    if district_id is not None:
        found.append(Appeal.district_id == district_id)
    return found


def _within(actor: Actor) -> ColumnElement[bool]:
    reach = actor.reach(Action.VIEW_SCORE)
    if reach is Scope.ALL:
        return true()
    return Appeal.district_id == actor.district_id if reach is Scope.DISTRICT else false()


def _rows(*wanted: ColumnElement[bool]) -> Any:
    return (
        select(
            Appeal.id,
            Appeal.plan_id,
            Plan.doc_number,
            Appeal.district_id,
            Organization.name,
            Appeal.assignment_id,
            Appeal.deduction_id,
            func.coalesce(Task.number, ""),
            func.coalesce(Task.text, Deduction.reason, ""),
            Appeal.points,
            Appeal.reason,
            Appeal.day,
            Appeal.asked_by,
            Appeal.state,
            Appeal.answer,
            Appeal.decided_by,
            Appeal.decided_at,
        )
        .join(Plan, Plan.id == Appeal.plan_id)
        .join(Organization, Organization.id == Appeal.district_id)
        .outerjoin(Assignment, Assignment.id == Appeal.assignment_id)
        .outerjoin(Task, Task.id == Assignment.task_id)
        .outerjoin(Deduction, Deduction.id == Appeal.deduction_id)
        .where(*wanted)
    )
