"""Which version of a plan's score rule and procedure holds on a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select

from tracker.db import db
from tracker.plans.models import Milestone, Plan
from tracker.rules.score_terms import OfficesCondition, Procedure, Rule
from tracker.scoring.models import ScoreRule

EVALUATION, SELF_EVALUATION = "evaluation", "self_evaluation"
"""The milestones of a plan that name the days of its evaluation (R1-05, R1-06)."""


@dataclass(frozen=True)
class Terms:
    """One version: rule, procedure, and why it was made by whom (empty for the first, which came with the plan)."""

    rule: Rule
    procedure: Procedure
    reason: str = ""
    by: str = ""


def at(plan: Plan, day: date, moment: datetime | None = None) -> Terms:
    """Return the version that holds on `day`, or held at a moment of it. One query, or two for the plan's own terms."""
    found = _later(plan, day, moment)
    return first(plan) if found is None else _told(found)


def rule_at(plan: Plan, day: date) -> Rule:
    """Return the score rule that holds on `day`. One query."""
    found = _later(plan, day)
    return first_rule(plan) if found is None else _rule(found)


def _later(plan: Plan, day: date, moment: datetime | None = None) -> ScoreRule | None:
    """Return the version that holds on `day`, where it is not the one that came with the plan."""
    known = [] if moment is None else [ScoreRule.at <= moment]
    return db.session.scalars(
        select(ScoreRule)
        .where(ScoreRule.plan_id == plan.id, ScoreRule.day <= day, *known)
        .order_by(ScoreRule.number.desc())
        .limit(1)
    ).one_or_none()


def rules_at(plan_ids: Collection[int], day: date) -> dict[int, Rule]:
    """Return the score rule of each plan that holds on `day`. One query."""
    newest = (
        select(func.max(ScoreRule.number))
        .where(ScoreRule.plan_id == Plan.id, ScoreRule.day <= day)
        .correlate(Plan)
        .scalar_subquery()
    )
    found = db.session.execute(
        select(Plan, ScoreRule)
        .outerjoin(ScoreRule, and_(ScoreRule.plan_id == Plan.id, ScoreRule.number == newest))
        .where(Plan.id.in_(sorted(plan_ids)))
    )
    return {plan.id: first_rule(plan) if later is None else _rule(later) for plan, later in found}


def first_rule(plan: Plan) -> Rule:
    """Return the rule that came with the plan."""
    since = plan.published_on or plan.issued_on
    return Rule(
        plan.base_points, plan.points_per_miss, plan.late_counts, plan.rule_quote, plan.rule_source, since=since
    )


def first(plan: Plan) -> Terms:
    """Return the terms that came with the plan; its milestones say when it is evaluated. One query."""
    days = {
        row.kind: (row.starts_on or row.due_on, row.due_on)
        for row in db.session.execute(
            select(Milestone.kind, Milestone.starts_on, Milestone.due_on).where(
                Milestone.plan_id == plan.id, Milestone.kind.in_((EVALUATION, SELF_EVALUATION))
            )
        )
    }
    begins, ends = days.get(EVALUATION, (None, None))
    procedure = Procedure(begins, ends, days.get(SELF_EVALUATION, (None, None))[1])
    return Terms(first_rule(plan), procedure)


def versions(plan: Plan) -> list[Terms]:
    """Return every version of a plan's terms, the newest first."""
    later = db.session.scalars(select(ScoreRule).where(ScoreRule.plan_id == plan.id).order_by(ScoreRule.number.desc()))
    return [*map(_told, later), first(plan)]


def _told(row: ScoreRule) -> Terms:
    procedure = Procedure(
        row.evaluation_from,
        row.evaluation_to,
        row.self_evaluation_on,
        row.appeal_days,
        row.answer_days,
        row.board_open,
    )
    return Terms(_rule(row), procedure, row.reason, row.actor_name)


def _rule(row: ScoreRule) -> Rule:
    return Rule(
        row.base_points,
        row.points_per_miss,
        row.late_counts,
        row.quote,
        row.source,
        row.cap_points,
        OfficesCondition(row.offices_condition),
        row.offices_share,
        row.number,
        row.day,
    )
