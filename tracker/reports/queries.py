"""Reports of an assignment with their evidence and reviews."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, or_, select

from tracker.assignments import queries as assignments
from tracker.assignments.models import Assignment, StatusChange
from tracker.db import db
from tracker.reports.models import Evidence, Report, Review
from tracker.rules.permissions import Actor
from tracker.rules.reports import Decision, ReportKind, ReportState
from tracker.rules.status import Move

FILED_BY = frozenset({Move.SUBMIT, Move.CORRECT})
"""The steps that a report takes: it asks for closure, or corrects what was accepted."""


@dataclass(frozen=True)
class Filed:
    """A filed report with its files and the decision on it."""

    report: Report
    files: list[Evidence]
    review: Review | None
    correction: bool = False

    @classmethod
    def of(cls, row: Row[*tuple[Any, ...]], files: list[Evidence]) -> "Filed":
        """Make one of a row that `with_review` selected."""
        return cls(row.Report, files, row.Review, row.correction)

    @property
    def rechecked(self) -> bool:
        """Tell whether a supervisor had the report reviewed anew after it was accepted."""
        accepted = self.review is not None and self.review.decision == Decision.ACCEPT
        return accepted and self.report.state != ReportState.ACCEPTED


@dataclass(frozen=True)
class Download:
    """Where a piece of evidence lies and what it is called."""

    name: str
    sha256: str
    size: int


def filed(assignment_id: int) -> list[Filed]:
    """Return an assignment's filed reports, the newest first. Two queries."""
    rows = db.session.execute(
        with_review()
        .where(Report.assignment_id == assignment_id, Report.state != ReportState.DRAFT)
        .order_by(Report.id.desc())
    ).all()
    files = files_by_report(assignment_id)
    return [Filed.of(row, files.get(row.Report.id, [])) for row in rows]


def with_review() -> Select[*tuple[Any, ...]]:
    """Return a SELECT of reports, each with its review, and whether it corrected an accepted one."""
    corrected = select(StatusChange.id).where(
        StatusChange.assignment_id == Report.assignment_id,
        StatusChange.move == Move.CORRECT,
        StatusChange.at == Report.filed_at,
    )
    return select(Report, Review, corrected.exists().label("correction")).outerjoin(
        Review, Review.report_id == Report.id
    )


def files_by_report(assignment_id: int) -> dict[int, list[Evidence]]:
    """Return the files of all reports of an assignment. One query."""
    found: dict[int, list[Evidence]] = {}
    evidence = select(Evidence).where(Evidence.assignment_id == assignment_id).order_by(Evidence.id)
    for file in db.session.scalars(evidence):
        found.setdefault(file.report_id, []).append(file)
    return found


def draft(assignment_id: int) -> Report | None:
    """Return the unit's unfinished report."""
    return db.session.scalar(
        select(Report).where(Report.assignment_id == assignment_id, Report.state == ReportState.DRAFT)
    )


def files_of(report_id: int) -> list[Evidence]:
    """Return the files of one report."""
    return list(db.session.scalars(select(Evidence).where(Evidence.report_id == report_id).order_by(Evidence.id)))


def previous(assignment_id: int) -> Report | None:
    """Return the last filed report, whose 下一步 stands beside the new 完成情况."""
    return db.session.scalar(
        select(Report)
        .where(Report.assignment_id == assignment_id, Report.state.not_in([ReportState.DRAFT, ReportState.RECALLED]))
        .order_by(Report.id.desc())
        .limit(1)
    )


def accepted(assignment_id: int) -> Report | None:
    """Return the report for which an assignment counts, or counted last, as completed."""
    return db.session.scalar(
        select(Report)
        .where(
            Report.assignment_id == assignment_id,
            Report.kind == ReportKind.COMPLETION,
            Report.state == ReportState.ACCEPTED,
        )
        .order_by(Report.id.desc())
        .limit(1)
    )


def is_reviewed(report_id: int) -> bool:
    """Tell whether somebody already decided on a report."""
    return db.session.scalar(select(Review.id).where(Review.report_id == report_id)) is not None


def is_within(actor: Actor, evidence_id: int) -> bool:
    """Tell whether a piece of evidence belongs to an assignment that the person may see."""
    wanted = select(Evidence.id).join(Assignment, Assignment.id == Evidence.assignment_id)
    return db.session.scalar(wanted.where(Evidence.id == evidence_id, assignments.visible(actor))) is not None


def download(actor: Actor, evidence_id: int) -> Download | None:
    """Return a piece of evidence within the person's scope; a foreign one answers like a missing one."""
    row = db.session.execute(
        select(Evidence.name, Evidence.sha256, Evidence.size)
        .join(Assignment, Assignment.id == Evidence.assignment_id)
        .join(Report, Report.id == Evidence.report_id)
        .where(
            Evidence.id == evidence_id,
            assignments.visible(actor),
            or_(Report.state != ReportState.DRAFT, Assignment.unit_id == actor.unit_id),
        )
    ).one_or_none()
    return Download(**row._mapping) if row else None
