"""The facts a score rests on: each district's tasks as they stood on a day, and what makes them count otherwise."""

from datetime import date
from typing import Any

from sqlalchemy import Select, and_, select

from tracker.assignments import districts, dues
from tracker.assignments.models import Assignment
from tracker.assignments.queries import state_at
from tracker.assignments.state import State
from tracker.db import db
from tracker.plans.models import Plan, Task
from tracker.rules.evaluation import Share, Stage, Verdict, evaluated, share, with_offices
from tracker.rules.organizations import OrganizationKind
from tracker.rules.score_terms import Rule
from tracker.rules.scoring import Fact
from tracker.rules.status import Status
from tracker.scoring import ledger
from tracker.scoring.models import Evaluation, EvaluationResult


def of(
    plan: Plan, rule: Rule, day: date, district_id: int | None = None, state: State | None = None
) -> dict[int, list[Fact]]:
    """Return the tasks of every district, or of one, as they stood on `day`, in the plan's order.

    Two queries, one less where the `state` of the day is known, and one more where the rule asks for the 司法所.
    """
    state = state or state_at(day)
    statement = _statement(state, plan, day)
    if district_id is not None:
        statement = statement.where(Assignment.district_id == district_id)
    shares = _shares(state, plan, rule, day, district_id) if rule.needed else {}
    found: dict[int, list[Fact]] = {}
    for row in db.session.execute(statement):
        found.setdefault(row.district_id or 0, []).append(_fact(row, rule.needed, shares))
    return found


def overridden(plan: Plan, state: State, day: date) -> dict[int, list[tuple[Fact, Fact]]]:
    """Return for each district the tasks that count by the evaluation's word: as recorded, and as evaluated. One query.

    What the 司法所 have to do with it is not asked.
    """
    statement = _statement(state, plan, day).where(EvaluationResult.id.is_not(None))
    found: dict[int, list[tuple[Fact, Fact]]] = {}
    for row in db.session.execute(statement):
        found.setdefault(row.district_id or 0, []).append((_recorded(row), _fact(row, 0, {})))
    return found


def _statement(state: State, plan: Plan, day: date) -> Select[*tuple[Any, ...]]:
    due = dues.then(day)
    return (
        due.apply(
            state.apply(
                select(
                    Assignment.district_id,
                    Assignment.task_id,
                    Assignment.id,
                    Task.number,
                    Task.text,
                    Task.line_from,
                    Task.line_to,
                    due.on.label("due_on"),
                    state.status.label("status"),
                    state.completed_on.label("completed_on"),
                    ledger.upheld_at(day).label("upheld_at"),
                    due.original.label("original_due_on"),
                    due.extensions.label("extensions"),
                    EvaluationResult.verdict,
                    EvaluationResult.comment,
                    Evaluation.published_on,
                    Evaluation.published_at,
                ).select_from(Assignment)
            )
        )
        .join(Task, Task.id == Assignment.task_id)
        .outerjoin(Evaluation, and_(Evaluation.plan_id == Assignment.plan_id, Evaluation.published_on <= day))
        .outerjoin(
            EvaluationResult,
            and_(
                EvaluationResult.assignment_id == Assignment.id,
                EvaluationResult.stage == Stage.CITY,
                EvaluationResult.overrides != "",
                Evaluation.published_on.is_not(None),
            ),
        )
        .where(
            Assignment.plan_id == plan.id,
            Assignment.level == OrganizationKind.DISTRICT_BUREAU,
            Assignment.issued_on <= day,
        )
        .order_by(Task.position)
    )


def _fact(row: Any, needed: int, shares: dict[tuple[int, int | None], Share]) -> Fact:
    fact = _recorded(row)
    offices = shares.get((row.task_id, row.district_id))
    if offices is not None:
        fact = with_offices(fact, offices, needed)
    # The city's word at the evaluation stands above everything that was counted before it.
    if not row.verdict:
        return fact
    upheld_since = row.upheld_at is not None and row.upheld_at > row.published_at
    return evaluated(fact, Verdict(row.verdict), row.comment, row.published_on, upheld_since)


def _recorded(row: Any) -> Fact:
    return Fact(
        row.number,
        row.text,
        row.due_on,
        Status(row.status),
        row.completed_on,
        row.id,
        row.line_from,
        row.line_to,
        row.upheld_at is not None,
        row.original_due_on,
        row.extensions,
    )


def _shares(
    state: State, plan: Plan, rule: Rule, day: date, district_id: int | None
) -> dict[tuple[int, int | None], Share]:
    """Return for each (task, district) how many of its 司法所 count and have done it, and when enough of them had.

    Enough is `rule.needed` percent, rounded up; the day is that of the k-th to finish of those that are done.
    """
    district = districts.of(state)
    statement = (
        state.apply(select(Assignment.task_id, district, state.completed_on).select_from(Assignment))
        .where(
            Assignment.plan_id == plan.id,
            Assignment.level == OrganizationKind.JUSTICE_OFFICE,
            Assignment.issued_on <= day,
            state.counted,
        )
        .order_by(Assignment.id)
    )
    if district_id is not None:
        statement = statement.where(district == district_id)
    each: dict[tuple[int, int | None], list[date | None]] = {}
    for task_id, unit_id, done_on in db.session.execute(statement):
        each.setdefault((task_id, unit_id), []).append(done_on)
    return {pair: share(days, rule.needed) for pair, days in each.items()}
