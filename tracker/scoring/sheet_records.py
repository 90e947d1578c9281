"""The records behind the lines of a score sheet: steps, due days, reports with files, pins, verdicts, appeals."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from tracker import clock
from tracker.assignments.models import Assignment, DueChange, Extension, StatusChange
from tracker.assignments.queries import state_at
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans.models import Plan, SourceDocument, Task
from tracker.reports.models import ApprovalPin, Evidence, Report, Review
from tracker.rules.evaluation import Stage
from tracker.rules.organizations import OrganizationKind
from tracker.rules.pins import digest
from tracker.rules.reports import ReportState
from tracker.rules.status import RequestState
from tracker.scoring.models import Appeal, Evaluation, EvaluationResult

Rows = dict[int, list[dict[str, Any]]]
"""Rows of a kind for each assignment, or district, in the order in which they came."""


@dataclass(frozen=True)
class Records:
    """What is on record by a day: of the plan, of each district, of each assignment."""

    source: dict[str, Any]
    evaluation: dict[str, Any] | None
    tasks: list[dict[str, Any]]
    appeals: Rows
    kinds: dict[str, Rows]
    verdicts: dict[int, dict[str, Any]]

    def of_assignment(self, assignment_id: int) -> dict[str, Any]:
        """Return what is on record for an assignment, by kinds."""
        found: dict[str, Any] = {kind: rows.get(assignment_id, []) for kind, rows in self.kinds.items()}
        return found | {"verdict": self.verdicts.get(assignment_id)}


def of(plan: Plan, day: date, district_id: int | None, with_offices: bool) -> Records:
    """Return what is on record by `day` for a plan's districts, or for one. Ten queries; 司法所 need two more."""
    counted = [Assignment.plan_id == plan.id, Assignment.level == OrganizationKind.DISTRICT_BUREAU]
    if district_id is not None:
        counted.append(Assignment.district_id == district_id)
    evaluation = _evaluation(plan.id, day)
    kinds = {
        "steps": _steps(counted, day),
        "dues": _dues(counted, day),
        "reports": _reports(counted, day),
        "pins": _pins(counted, day),
    }
    if with_offices:
        kinds["offices"] = _offices(plan.id, day, district_id)
    return Records(
        _source(plan.source_id),
        evaluation,
        _tasks(plan.id),
        _appeals(plan.id, day, district_id),
        kinds,
        _verdicts(counted) if evaluation else {},
    )


def _source(source_id: int) -> dict[str, Any]:
    row = db.session.execute(
        select(SourceDocument.filename, SourceDocument.sha256, SourceDocument.text).where(
            SourceDocument.id == source_id
        )
    ).one()
    return {"filename": row.filename, "sha256": row.sha256, "text_sha256": digest(row.text)}


def _evaluation(plan_id: int, day: date) -> dict[str, Any] | None:
    row = db.session.execute(
        select(Evaluation.opened_on, Evaluation.opened_by, Evaluation.published_on, Evaluation.published_by).where(
            Evaluation.plan_id == plan_id, Evaluation.published_on <= day
        )
    ).one_or_none()
    return None if row is None else _plain(row._asdict())


def _tasks(plan_id: int) -> list[dict[str, Any]]:
    asked = select(Task.id, Task.number, Task.text, Task.line_from, Task.line_to).where(Task.plan_id == plan_id)
    return [_plain(row._asdict()) for row in db.session.execute(asked.order_by(Task.position))]


def _appeals(plan_id: int, day: date, district_id: int | None) -> Rows:
    asked = select(
        Appeal.district_id,
        Appeal.id,
        Appeal.assignment_id.label("assignment"),
        Appeal.deduction_id.label("entry"),
        Appeal.points,
        Appeal.reason,
        Appeal.day,
        Appeal.asked_by.label("by"),
        Appeal.state,
        Appeal.answer,
        Appeal.decided_at,
        Appeal.decided_by,
        Appeal.reversal_id.label("reversal"),
    ).where(Appeal.plan_id == plan_id, Appeal.day <= day)
    if district_id is not None:
        asked = asked.where(Appeal.district_id == district_id)
    found: Rows = {}
    for row in db.session.execute(asked.order_by(Appeal.id)):
        told = row._asdict()
        if row.decided_at and clock.local(row.decided_at).date() > day:  # On that day it was still undecided.
            told |= {"state": RequestState.ASKED, "answer": "", "decided_at": None, "decided_by": "", "reversal": None}
        found.setdefault(told.pop("district_id"), []).append(_plain(told))
    return found


def _steps(counted: list[ColumnElement[bool]], day: date) -> Rows:
    return _rows(
        select(
            StatusChange.assignment_id,
            StatusChange.id,
            StatusChange.day,
            StatusChange.at,
            StatusChange.move,
            StatusChange.from_status.label("from"),
            StatusChange.to_status.label("to"),
            StatusChange.actor_name.label("by"),
            StatusChange.reason,
        )
        .join(Assignment, Assignment.id == StatusChange.assignment_id)
        .where(*counted, StatusChange.day <= day)
        .order_by(StatusChange.id)
    )


def _dues(counted: list[ColumnElement[bool]], day: date) -> Rows:
    return _rows(
        select(
            DueChange.assignment_id,
            DueChange.id,
            DueChange.day,
            DueChange.old_due_on.label("old"),
            DueChange.new_due_on.label("new"),
            DueChange.actor_name.label("by"),
            DueChange.extension_id.label("extension"),
            Extension.asked_by,
            Extension.reason,
            Extension.progress,
            Extension.answer,
        )
        .join(Assignment, Assignment.id == DueChange.assignment_id)
        .outerjoin(Extension, Extension.id == DueChange.extension_id)
        .where(*counted, DueChange.day <= day)
        .order_by(DueChange.id)
    )


def _reports(counted: list[ColumnElement[bool]], day: date) -> Rows:
    """Return the reports that were filed, each with what was decided of it and its files. Two queries."""
    files = _files(counted, day)
    found: Rows = {}
    asked = (
        select(
            Report,
            Review.decision,
            Review.reason,
            Review.reviewer_name.label("by"),
            Review.day,
        )
        .join(Assignment, Assignment.id == Report.assignment_id)
        .outerjoin(Review, and_(Review.report_id == Report.id, Review.day <= day))
        .where(*counted, Report.state != ReportState.DRAFT, Report.filed_on <= day)
        .order_by(Report.id)
    )
    for report, *review in db.session.execute(asked):
        told = {
            "id": report.id,
            "kind": report.kind,
            "state": report.state,
            "filed_on": report.filed_on,
            "by": report.author_name,
            "content": _content_of(report),
            "review": _plain(dict(zip(("decision", "reason", "by", "day"), review, strict=True)))
            if review[0]
            else None,
        }
        found.setdefault(report.assignment_id, []).append(_plain(told) | {"files": files.get(report.id, [])})
    return found


def _content_of(report: Report) -> str:
    """Return the sha256 of everything that was written in a report."""
    fields = (report.situation, report.progress, report.done, report.problems, report.next_steps, report.help_needed)
    return digest(json.dumps(fields, ensure_ascii=False))


def _files(counted: list[ColumnElement[bool]], day: date) -> Rows:
    return _rows(
        select(
            Evidence.report_id,
            Evidence.id,
            Evidence.name,
            Evidence.file_version.label("version"),
            Evidence.sha256,
            Evidence.size,
            Evidence.uploaded_by.label("by"),
        )
        .join(Report, Report.id == Evidence.report_id)
        .join(Assignment, Assignment.id == Report.assignment_id)
        .where(*counted, Report.state != ReportState.DRAFT, Report.filed_on <= day)
        .order_by(Evidence.id)
    )


def _pins(counted: list[ColumnElement[bool]], day: date) -> Rows:
    return _rows(
        select(
            ApprovalPin.assignment_id,
            ApprovalPin.id,
            ApprovalPin.report_id.label("report"),
            ApprovalPin.step,
            ApprovalPin.sha256,
            ApprovalPin.day,
            ApprovalPin.actor_name.label("by"),
        )
        .join(Assignment, Assignment.id == ApprovalPin.assignment_id)
        .where(*counted, ApprovalPin.day <= day)
        .order_by(ApprovalPin.id)
    )


def _offices(plan_id: int, day: date, district_id: int | None) -> Rows:
    """Return how the 司法所 below each district's assignment stood. Two queries."""
    state = state_at(day)
    district = select(Assignment.task_id, Assignment.district_id, Assignment.id).where(
        Assignment.plan_id == plan_id, Assignment.level == OrganizationKind.DISTRICT_BUREAU
    )
    above = district.subquery()
    asked = (
        state.apply(
            select(
                above.c.id,
                Assignment.id.label("office"),
                Organization.short_name.label("unit"),
                state.status.label("status"),
                state.completed_on.label("completed_on"),
            ).select_from(Assignment)
        )
        .join(above, and_(above.c.task_id == Assignment.task_id, above.c.district_id == Assignment.district_id))
        .join(Organization, Organization.id == Assignment.unit_id)
        .where(
            Assignment.plan_id == plan_id,
            Assignment.level == OrganizationKind.JUSTICE_OFFICE,
            Assignment.issued_on <= day,
        )
        .order_by(Assignment.id)
    )
    return _rows(asked if district_id is None else asked.where(Assignment.district_id == district_id))


def _verdicts(counted: list[ColumnElement[bool]]) -> dict[int, dict[str, Any]]:
    asked = (
        select(
            EvaluationResult.assignment_id,
            EvaluationResult.verdict,
            EvaluationResult.comment,
            EvaluationResult.overrides,
            EvaluationResult.day,
            EvaluationResult.actor_name.label("by"),
        )
        .join(Assignment, Assignment.id == EvaluationResult.assignment_id)
        .where(*counted, EvaluationResult.stage == Stage.CITY)
    )
    return {id_: rows[0] for id_, rows in _rows(asked).items()}


def _rows(asked: Any) -> Rows:
    """Return rows by their first column, without it."""
    found: Rows = {}
    for row in db.session.execute(asked):
        told = row._asdict()
        of_it = told.pop(next(iter(told)))
        found.setdefault(of_it, []).append(_plain(told))
    return found


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    """Return a row in values that JSON can hold, and that are the same from either database."""
    return {name: _value(value) for name, value in told.items()}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
