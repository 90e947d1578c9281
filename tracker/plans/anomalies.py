"""The desk of anomalies: what is odd about a document, what a person decided about it, when, and why."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, delete, func, select

from tracker.audit import operations as audit
from tracker.db import db
from tracker.plans import rows
from tracker.plans.models import Anomaly, Plan, PlanImport, Task
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.plan_text.drafts import Problem
from tracker.rules.plans import AnomalyState
from tracker.rules.words import say

LONGEST = 500

STATE_TEXT: dict[AnomalyState, str] = {
    AnomalyState.OPEN: say("待处理"),
    AnomalyState.ACCEPTED: say("照原文接受"),
    AnomalyState.PATCHED: say("已更正"),
    AnomalyState.ASKED: say("已向发文单位询问"),
}

WORDS_NEEDED = {
    AnomalyState.PATCHED: say("请写明怎样更正、依据是什么。"),
    AnomalyState.ASKED: say("请写明问了谁、问什么；有了答复再改为接受或更正。"),
}
"""Decisions that mean nothing without words."""


class DecisionRefused(ValueError):
    """A decision that cannot be kept as it is; the message says what to add."""


class StaleDecision(ValueError):
    """Somebody decided about it after the person had opened the page; the message says who and what."""


@dataclass(frozen=True)
class Listed:
    """An anomaly in its list; `tasks` are numbers of tasks."""

    id: int
    code: str
    severity: str
    line_from: int
    line_to: int
    message: str
    found: str
    handled: str
    tasks: tuple[str, ...]
    state: AnomalyState
    decision: str
    decided_by: str
    decided_at: datetime | None
    stamp: str


def of_plan(plan_id: int) -> ColumnElement[bool]:
    """Return the condition that an anomaly belongs to a plan."""
    return Anomaly.plan_id == plan_id


def of_import(import_id: int) -> ColumnElement[bool]:
    """Return the condition that an anomaly belongs to an import that is not published."""
    return Anomaly.import_id == import_id


@dataclass(frozen=True)
class Desk:
    """Whose anomalies are listed: the condition, a short name and a title."""

    of: ColumnElement[bool]
    name: str
    title: str


def desk(actor: Actor, plan_id: int | None, import_id: int | None) -> Desk | None:
    """Return the desk of a plan, or of an import; None where there is none that the actor may see."""
    require(actor, Action.VIEW_PLANS if plan_id else Action.EDIT_PLAN)
    if plan_id:
        plan = db.session.get(Plan, plan_id)
        return Desk(of_plan(plan_id), plan.doc_number, plan.title) if plan else None
    found = db.session.get(PlanImport, import_id)
    return Desk(of_import(found.id), found.filename, found.filename) if found else None


def counts(of: ColumnElement[bool]) -> dict[AnomalyState, int]:
    """Return how many anomalies stand how."""
    found = db.session.execute(select(Anomaly.state, func.count()).where(of).group_by(Anomaly.state))
    return dict.fromkeys(AnomalyState, 0) | {AnomalyState(state): number for state, number in found}


def listed(
    of: ColumnElement[bool], state: AnomalyState | None, limit: int, offset: int, only: int | None = None
) -> list[Listed]:
    """Return a page of anomalies, or one: what needs a person first, then in the order of the document."""
    wanted = select(Anomaly).where(of)
    if only is not None:
        wanted, offset = wanted.where(Anomaly.id == only), 0
    elif state is not None:
        wanted = wanted.where(Anomaly.state == state)
    found = db.session.scalars(wanted.order_by(_WEIGHT, Anomaly.line_from, Anomaly.id).limit(limit).offset(offset))
    return [_listed(anomaly) for anomaly in found]


_WEIGHT = case({"warning": 0, "notice": 1}, value=Anomaly.severity, else_=2)


def _listed(anomaly: Anomaly) -> Listed:
    return Listed(
        anomaly.id,
        anomaly.code,
        anomaly.severity,
        anomaly.line_from,
        anomaly.line_to,
        anomaly.message,
        anomaly.found,
        anomaly.handled,
        tuple(json.loads(anomaly.tasks)),
        AnomalyState(anomaly.state),
        anomaly.decision,
        anomaly.decided_by,
        anomaly.decided_at,
        stamp(anomaly),
    )


def stamp(anomaly: Anomaly) -> str:
    """Return what a form sends back to say which decision it was opened on."""
    return f"{anomaly.state} {anomaly.decided_at.isoformat() if anomaly.decided_at else ''}".strip()


def get(actor: Actor, anomaly_id: int) -> Anomaly | None:
    """Return an anomaly the actor may see."""
    require(actor, Action.VIEW_PLANS)
    return db.session.get(Anomaly, anomaly_id)


def decide(actor: Actor, at: datetime, anomaly_id: int, seen: str, state: AnomalyState, words: str) -> Anomaly:
    """Put a decision on record, or take it back with OPEN; an earlier one stays in the audit trail.

    `seen` is the stamp of what the person looked at. Raise StaleDecision where somebody decided since, DecisionRefused
    where words are missing or too long.
    """
    require(actor, Action.EDIT_PLAN)
    anomaly = db.session.get_one(Anomaly, anomaly_id, with_for_update=True)
    if stamp(anomaly) != seen:
        raise StaleDecision(_told(anomaly))
    said = words.strip()
    if len(said) > LONGEST:
        raise DecisionRefused(say("说明最多 {most} 字，现在有 {n} 字，请精简。", most=LONGEST, n=len(said)))
    if not said and state in WORDS_NEEDED:
        raise DecisionRefused(WORDS_NEEDED[state])
    opened = state is AnomalyState.OPEN
    anomaly.state, anomaly.decision = state, "" if opened else said
    anomaly.decided_by, anomaly.decided_at = ("", None) if opened else (actor.name, at)
    detail = f"第{anomaly.line_from}行：{anomaly.message} {STATE_TEXT[state]}；{said}"
    audit.record(actor, at, "decide_anomaly", "anomaly", anomaly.id, detail[:1000])
    return anomaly


def _told(anomaly: Anomaly) -> str:
    """Say what somebody decided meanwhile."""
    if anomaly.decided_at is None:
        return say("您打开页面之后，别人撤回了这一处的决定。您的决定没有保存：请看过再定，您写的还在下面。")
    return say(
        "您打开页面之后，{who}已对这一处作出决定：{state}。您的决定没有保存：请看过再定，您写的还在下面。",
        who=anomaly.decided_by,
        state=STATE_TEXT[AnomalyState(anomaly.state)],
    )


@dataclass(frozen=True)
class Sort:
    """Anomalies of one sort that nobody has decided about: how many, and the words of the first one."""

    code: str
    severity: str
    message: str
    number: int


def undecided(of: ColumnElement[bool]) -> list[Sort]:
    """Return the sorts that are still open, what needs a person first."""
    weight = func.min(_WEIGHT)
    rows = db.session.execute(
        select(Anomaly.code, func.min(Anomaly.severity), func.min(Anomaly.message), func.count())
        .where(of, Anomaly.state == AnomalyState.OPEN)
        .group_by(Anomaly.code)
        .order_by(weight, func.count().desc(), Anomaly.code)
    )
    return [Sort(*row) for row in rows]


def accept_all(actor: Actor, at: datetime, of: ColumnElement[bool], code: str, words: str) -> int:
    """Accept every open anomaly of one sort as the document has it; return how many. Raise DecisionRefused."""
    require(actor, Action.EDIT_PLAN)
    open_ones = select(Anomaly.id).where(of, Anomaly.code == code, Anomaly.state == AnomalyState.OPEN)
    # Locked, so that what somebody decides meanwhile is no longer among them.
    ids = list(db.session.scalars(open_ones.order_by(Anomaly.id).with_for_update()))
    for id_ in ids:
        decide(actor, at, id_, AnomalyState.OPEN, AnomalyState.ACCEPTED, words)
    return len(ids)


def refresh(import_id: int, problems: Iterable[Problem]) -> None:
    """Let an import's list say what was found now: what was decided stays, what was not is written anew."""
    db.session.execute(delete(Anomaly).where(of_import(import_id), Anomaly.state == AnomalyState.OPEN))
    decided = {
        (anomaly.code, anomaly.line_from, anomaly.line_to, anomaly.found)
        for anomaly in db.session.scalars(select(Anomaly).where(of_import(import_id)))
    }
    db.session.add_all(
        rows.anomaly(problem, import_id=import_id)
        for problem in problems
        if (problem.code, problem.line_from, problem.line_to, problem.found) not in decided
    )


def task_ids(plan_id: int, numbers: Iterable[str]) -> dict[str, int]:
    """Return the tasks of a plan that bear some numbers."""
    wanted = select(Task.number, Task.id).where(Task.plan_id == plan_id, Task.number.in_(sorted(set(numbers))))
    return dict(db.session.execute(wanted).all())
