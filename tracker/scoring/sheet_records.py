"""The records behind the lines of a score sheet: steps, due days, reports with files, pins, verdicts, appeals."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select

from tracker import clock
from tracker.assignments import districts
from tracker.assignments.models import Assignment, DueChange, Extension, StatusChange
from tracker.assignments.queries import state_at
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans.models import Plan, SourceDocument, Task
from tracker.reports.models import ApprovalPin, Evidence, Report, Review
from tracker.rules.evaluation import Stage
from tracker.rules.organizations import OrganizationKind
from tracker.rules.pins import digest
from tracker.rules.reports import ReportKind, ReportState
from tracker.rules.status import Move, RequestState
from tracker.scoring.models import Appeal, Deduction, Evaluation, EvaluationResult

Rows = dict[int, list[dict[str, Any]]]
"""Rows of a kind for each assignment, or district, in the order in which they came."""

Steps = Sequence[Row[*tuple[Any, ...]]]

OF_IT = ("assignment_id", "task_id", "issued_on")
"""What a step tells of its assignment."""

FILED = (Move.SUBMIT, Move.CORRECT)
"""The steps that come with a report which asks for completion."""

DECIDED = {
    Move.ACCEPT: ReportState.ACCEPTED,
    Move.RETURN: ReportState.RETURNED,
    Move.RECALL: ReportState.RECALLED,
    Move.RECHECK: ReportState.FILED,
}
"""What the steps after it make of such a report."""


@dataclass(frozen=True)
class Records:
    """What is on record by a day: of the plan, of each district, of each assignment."""

    source: dict[str, Any]
    evaluation: dict[str, Any] | None
    tasks: list[dict[str, Any]]
    appeals: Rows
    assignments: dict[int, dict[str, Any]]
    kinds: dict[str, Rows]
    verdicts: dict[int, dict[str, Any]]

    def of_assignment(self, assignment_id: int) -> dict[str, Any]:
        """Return what is on record for an assignment, by kinds."""
        found: dict[str, Any] = {kind: rows.get(assignment_id, []) for kind, rows in self.kinds.items()}
        return self.assignments.get(assignment_id, {}) | found | {"verdict": self.verdicts.get(assignment_id)}


def of(plan: Plan, day: date, district_id: int | None, with_offices: bool) -> Records:
    """Return what is on record by `day` for a plan's districts, or for one. Ten queries; 司法所 need two more."""
    counted = [Assignment.plan_id == plan.id, Assignment.level == OrganizationKind.DISTRICT_BUREAU]
    if district_id is not None:
        counted.append(Assignment.district_id == district_id)
    evaluation, steps = _evaluation(plan.id, day), _steps(counted)
    kinds = {
        "steps": _told_steps(steps, day),
        "dues": _dues(counted, day),
        "reports": _reports(counted, day, steps),
        "pins": _pins(counted, day),
    }
    if with_offices:
        kinds["offices"] = _offices(plan.id, day, district_id)
    return Records(
        _source(plan.source_id),
        evaluation,
        _tasks(plan.id),
        _appeals(plan.id, day, district_id),
        {step.assignment_id: plain({"task_id": step.task_id, "issued_on": step.issued_on}) for step in steps},
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
        select(
            Evaluation.opened_on,
            Evaluation.opened_at,
            Evaluation.opened_by,
            Evaluation.published_on,
            Evaluation.published_at,
            Evaluation.published_by,
        ).where(Evaluation.plan_id == plan_id, Evaluation.published_on <= day)
    ).one_or_none()
    return None if row is None else plain(row._asdict())


def _tasks(plan_id: int) -> list[dict[str, Any]]:
    asked = select(Task.id, Task.number, Task.text, Task.line_from, Task.line_to, Task.due_on)
    found = db.session.execute(asked.where(Task.plan_id == plan_id).order_by(Task.position))
    return [plain(row._asdict()) for row in found]


def _appeals(plan_id: int, day: date, district_id: int | None) -> Rows:
    asked = (
        select(
            Appeal.district_id,
            Appeal.id,
            Appeal.assignment_id.label("assignment"),
            Appeal.deduction_id.label("entry"),
            Appeal.points,
            Appeal.reason,
            Appeal.day,
            Appeal.asked_at,
            Appeal.asked_by.label("by"),
            Appeal.state,
            Appeal.answer,
            Appeal.decided_at,
            Appeal.decided_by,
            Deduction,
        )
        .outerjoin(Deduction, Deduction.id == Appeal.reversal_id)
        .where(Appeal.plan_id == plan_id, Appeal.day <= day)
    )
    if district_id is not None:
        asked = asked.where(Appeal.district_id == district_id)
    found: Rows = {}
    for row in db.session.execute(asked.order_by(Appeal.id)):
        told = undecided_before(row._asdict(), day)
        reversal = told.pop("Deduction")
        told["reversal"] = _reversal(reversal) if reversal and reversal.day <= day else None
        found.setdefault(told.pop("district_id"), []).append(plain(told))
    return found


def undecided_before(told: dict[str, Any], day: date) -> dict[str, Any]:
    """Return what was asked for as it stood on `day`, when a later decision was not there yet."""
    if told["decided_at"] is None or clock.local(told["decided_at"]).date() <= day:
        return told
    return told | {"state": RequestState.ASKED, "answer": "", "decided_at": None, "decided_by": ""}


def _reversal(line: Deduction) -> dict[str, Any]:
    told = {"id": line.id, "points": line.points, "reason": line.reason, "day": line.day, "at": line.at}
    return plain(told | {"by": line.actor_name})


def _steps(counted: list[ColumnElement[bool]]) -> Steps:
    """Return every step of every day, each with its assignment."""
    return db.session.execute(
        select(
            StatusChange.assignment_id,
            Assignment.task_id,
            Assignment.issued_on,
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
        .where(*counted)
        .order_by(StatusChange.id)
    ).all()


def _told_steps(steps: Steps, day: date) -> Rows:
    found: Rows = {}
    for step in steps:
        if step.day <= day:
            told = {name: value for name, value in step._asdict().items() if name not in OF_IT}
            found.setdefault(step.assignment_id, []).append(plain(told))
    return found


def _dues(counted: list[ColumnElement[bool]], day: date) -> Rows:
    return rows(
        select(
            DueChange.assignment_id,
            DueChange.id,
            DueChange.day,
            DueChange.at,
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


def _reports(counted: list[ColumnElement[bool]], day: date, steps: Steps) -> Rows:
    """Return the reports that were filed, each with what was decided of it and its files. Two queries."""
    files = _files(counted, day)
    asked = (
        select(
            Report,
            Review.decision,
            Review.reason,
            Review.reviewer_name.label("by"),
            Review.day,
            Review.at,
        )
        .join(Assignment, Assignment.id == Report.assignment_id)
        .outerjoin(Review, and_(Review.report_id == Report.id, Review.day <= day))
        .where(*counted, Report.state != ReportState.DRAFT, Report.filed_on <= day)
        .order_by(Report.id)
    )
    filed = db.session.execute(asked).all()
    decided = _decided([report for report, *_ in filed], steps)
    found: Rows = {}
    for report, *review in filed:
        told = {
            "id": report.id,
            "kind": report.kind,
            "state": _state(report, decided.get(report.id, []), day),
            "filed_on": report.filed_on,
            "filed_at": report.filed_at,
            "by": report.author_name,
            "content": _content_of(report),
            "review": plain(dict(zip(("decision", "reason", "by", "day", "at"), review, strict=True)))
            if review[0]
            else None,
        }
        found.setdefault(report.assignment_id, []).append(plain(told) | {"files": files.get(report.id, [])})
    return found


def _decided(reports: Iterable[Report], steps: Steps) -> dict[int, list[Row[*tuple[Any, ...]]]]:
    """Return for each report that asked for completion the steps that decided of it, on whatever day."""
    filed: dict[tuple[int, datetime | None], list[int]] = {}
    for report in reports:
        if report.kind == ReportKind.COMPLETION:
            filed.setdefault((report.assignment_id, report.filed_at), []).append(report.id)
    under_review: dict[int, int | None] = {}
    found: dict[int, list[Row[*tuple[Any, ...]]]] = {}
    for step in steps:
        if step.move in FILED:
            waiting = filed.get((step.assignment_id, step.at))
            under_review[step.assignment_id] = waiting.pop(0) if waiting else None
        elif step.move in DECIDED and (report_id := under_review.get(step.assignment_id)) is not None:
            found.setdefault(report_id, []).append(step)
    return found


def _state(report: Report, decided: Steps, day: date) -> str:
    """Return how a report stood on `day`: as it stands, unless something was decided of it later."""
    then = [step for step in decided if step.day <= day]
    if len(then) == len(decided):
        return report.state
    return DECIDED[Move(then[-1].move)] if then else ReportState.FILED


def _content_of(report: Report) -> str:
    """Return the sha256 of everything that was written in a report."""
    fields = (report.situation, report.progress, report.done, report.problems, report.next_steps, report.help_needed)
    return digest(json.dumps(fields, ensure_ascii=False))


def _files(counted: list[ColumnElement[bool]], day: date) -> Rows:
    return rows(
        select(
            Evidence.report_id,
            Evidence.id,
            Evidence.name,
            Evidence.file_version.label("version"),
            Evidence.sha256,
            Evidence.size,
            Evidence.uploaded_by.label("by"),
            Evidence.uploaded_at.label("at"),
        )
        .join(Report, Report.id == Evidence.report_id)
        .join(Assignment, Assignment.id == Report.assignment_id)
        .where(*counted, Report.state != ReportState.DRAFT, Report.filed_on <= day)
        .order_by(Evidence.id)
    )


def _pins(counted: list[ColumnElement[bool]], day: date) -> Rows:
    found = rows(
        select(
            ApprovalPin.assignment_id,
            ApprovalPin.id,
            ApprovalPin.report_id.label("report"),
            ApprovalPin.step,
            ApprovalPin.content,
            ApprovalPin.sha256,
            ApprovalPin.day,
            ApprovalPin.at,
            ApprovalPin.actor_name.label("by"),
        )
        .join(Assignment, Assignment.id == ApprovalPin.assignment_id)
        .where(*counted, ApprovalPin.day <= day)
        .order_by(ApprovalPin.id)
    )
    for pin in (pin for pins in found.values() for pin in pins):
        pin["content"] = digest(pin["content"])
    return found


def _offices(plan_id: int, day: date, district_id: int | None) -> Rows:
    """Return how the 司法所 below each district's assignment stood. Two queries."""
    state = state_at(day)
    district = districts.of(state)
    above = (
        select(Assignment.task_id, Assignment.district_id, Assignment.id)
        .where(Assignment.plan_id == plan_id, Assignment.level == OrganizationKind.DISTRICT_BUREAU)
        .subquery()
    )
    asked = (
        state.apply(
            select(
                above.c.id,
                Assignment.id.label("office"),
                Organization.short_name.label("unit"),
                Assignment.issued_on,
                state.status.label("status"),
                state.completed_on.label("completed_on"),
            ).select_from(Assignment)
        )
        .join(above, and_(above.c.task_id == Assignment.task_id, above.c.district_id == district))
        .join(Organization, Organization.id == Assignment.unit_id)
        .where(
            Assignment.plan_id == plan_id,
            Assignment.level == OrganizationKind.JUSTICE_OFFICE,
            Assignment.issued_on <= day,
        )
        .order_by(Assignment.id)
    )
    return rows(asked if district_id is None else asked.where(district == district_id))


def _verdicts(counted: list[ColumnElement[bool]]) -> dict[int, dict[str, Any]]:
    asked = (
        select(
            EvaluationResult.assignment_id,
            EvaluationResult.verdict,
            EvaluationResult.comment,
            EvaluationResult.overrides,
            EvaluationResult.day,
            EvaluationResult.at,
            EvaluationResult.actor_name.label("by"),
        )
        .join(Assignment, Assignment.id == EvaluationResult.assignment_id)
        .where(*counted, EvaluationResult.stage == Stage.CITY)
    )
    return {id_: found[0] for id_, found in rows(asked).items()}


def rows(asked: Any) -> Rows:
    """Return rows by their first column, without it."""
    found: Rows = {}
    for row in db.session.execute(asked):
        told = row._asdict()
        of_it = told.pop(next(iter(told)))
        found.setdefault(of_it, []).append(plain(told))
    return found


def plain(told: dict[str, Any]) -> dict[str, Any]:
    """Return a row in values that JSON can hold, and that are the same from either database."""
    return {name: _value(value) for name, value in told.items()}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
