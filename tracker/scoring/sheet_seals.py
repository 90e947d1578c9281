"""What a sealed sheet holds besides what a statement shows of a day, so that no alteration of it goes unnoticed."""

import json
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.assignments.models import Assignment, DistrictChange, Extension, StatusChange
from tracker.db import db
from tracker.plans.models import Plan
from tracker.rules.evaluation import Stage
from tracker.rules.organizations import OrganizationKind
from tracker.rules.pins import digest
from tracker.scoring.models import Deduction, EvaluationResult, ScoreRule
from tracker.scoring.sheet_content import Content
from tracker.scoring.sheet_records import Rows, plain, rows, undecided_before


def add(said: Content, plan: Plan, day: date) -> Content:
    """Put into what is said of `day` whatever else its seal must hold. Four queries; 司法所 need two more."""
    rules = _moments(select(ScoreRule.number, ScoreRule.at).where(ScoreRule.plan_id == plan.id))
    entries = _moments(select(Deduction.id, Deduction.at).where(Deduction.plan_id == plan.id))
    asked, words, offices = _requests(plan.id, day), _self_evaluations(plan.id, day), _offices(said, plan.id, day)
    for rule in said["rules"]:
        rule["at"] = rules.get(rule["number"])
    for district in said["districts"]:
        for entry in district["entries"]:
            entry["at"] = entries.get(entry["id"])
        for assignment in district["assignments"]:
            assignment["requests"] = asked.get(assignment["id"], [])
            assignment["self_evaluation"] = words.get(assignment["id"], [])
            for office in assignment.get("offices", []):
                office["history"] = offices.get(office["office"])
    return said


def _moments(asked: Any) -> dict[int, str]:
    return {key: at.isoformat(timespec="seconds") for key, at in db.session.execute(asked)}


def _requests(plan_id: int, day: date) -> Rows:
    """Return who asked for a later due day, and what came of it."""
    asked = (
        select(
            Extension.assignment_id,
            Extension.id,
            Extension.old_due_on.label("old"),
            Extension.new_due_on.label("new"),
            Extension.reason,
            Extension.progress,
            Extension.day,
            Extension.asked_at,
            Extension.asked_by.label("by"),
            Extension.state,
            Extension.answer,
            Extension.decided_at,
            Extension.decided_by,
        )
        .join(Assignment, Assignment.id == Extension.assignment_id)
        .where(Assignment.plan_id == plan_id, Extension.day <= day)
        .order_by(Extension.id)
    )
    found: Rows = {}
    for row in db.session.execute(asked):
        told = undecided_before(row._asdict(), day)
        found.setdefault(told.pop("assignment_id"), []).append(plain(told))
    return found


def _self_evaluations(plan_id: int, day: date) -> Rows:
    return rows(
        select(
            EvaluationResult.assignment_id,
            EvaluationResult.verdict,
            EvaluationResult.comment,
            EvaluationResult.day,
            EvaluationResult.at,
            EvaluationResult.actor_name.label("by"),
        ).where(EvaluationResult.plan_id == plan_id, EvaluationResult.stage == Stage.SELF, EvaluationResult.day <= day)
    )


def _offices(said: Content, plan_id: int, day: date) -> dict[int, str]:
    """Return for each assignment of a 司法所 the sha256 of its steps and districts, which are too many to be listed."""
    if not any(assignment.get("offices") for district in said["districts"] for assignment in district["assignments"]):
        return {}
    by_office = [Assignment.plan_id == plan_id, Assignment.level == OrganizationKind.JUSTICE_OFFICE]
    steps = (
        select(
            StatusChange.assignment_id,
            StatusChange.id,
            StatusChange.day,
            StatusChange.done_on,
            StatusChange.at,
            StatusChange.move,
            StatusChange.from_status,
            StatusChange.to_status,
            StatusChange.actor_name,
            StatusChange.reason,
        )
        .join(Assignment, Assignment.id == StatusChange.assignment_id)
        .where(*by_office, StatusChange.day <= day)
        .order_by(StatusChange.id)
    )
    moves = (
        select(
            DistrictChange.assignment_id,
            DistrictChange.id,
            DistrictChange.day,
            DistrictChange.at,
            DistrictChange.old_district_id,
            DistrictChange.new_district_id,
            DistrictChange.actor_name,
        )
        .join(Assignment, Assignment.id == DistrictChange.assignment_id)
        .where(*by_office, DistrictChange.day <= day)
        .order_by(DistrictChange.id)
    )
    moved = rows(moves)
    return {
        id_: digest(json.dumps([told, moved.get(id_, [])], ensure_ascii=False)) for id_, told in rows(steps).items()
    }
