"""The report in its fixed form, evidence files with versions, and reviews."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Model, UtcDateTime, Versioned
from tracker.people.models import one_of
from tracker.rules.reports import Decision, PinStep, ReportKind, ReportState, Situation


class Report(Versioned, Model):
    """A report: 完成情况, 存在问题, 下一步, situation, progress. One draft at most per assignment.

    `form_token` names the form it was written in, so that a second click files nothing twice.
    """

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint(one_of("kind", ReportKind), name="kind"),
        CheckConstraint(one_of("state", ReportState), name="state"),
        CheckConstraint(one_of("situation", Situation), name="situation"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        CheckConstraint("(state = 'draft') = (filed_at IS NULL)", name="filed_at"),
        Index(
            "uq_report_draft",
            "assignment_id",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
        Index("ix_report_assignment", "assignment_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    author_name: Mapped[str] = mapped_column(String(120))
    form_token: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(20), default=ReportKind.PROGRESS)
    state: Mapped[str] = mapped_column(String(20), default=ReportState.DRAFT)
    situation: Mapped[str] = mapped_column(String(20), default=Situation.SMOOTH)
    progress: Mapped[int] = mapped_column(default=0)
    done: Mapped[str] = mapped_column(Text, default="")
    problems: Mapped[str] = mapped_column(Text, default="")
    next_steps: Mapped[str] = mapped_column(Text, default="")
    help_needed: Mapped[str] = mapped_column(Text, default="")
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    filed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    filed_on: Mapped[date | None]


class Evidence(Model):
    """A file that proves something; the same name again is a new version, the old one stays."""

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("assignment_id", "name", "file_version"),
        CheckConstraint("size >= 0", name="size"),
        Index("ix_evidence_report", "report_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    name: Mapped[str] = mapped_column(String(200))
    file_version: Mapped[int] = mapped_column(default=1)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    uploaded_by: Mapped[str] = mapped_column(String(120))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Review(Model):
    """A named person's decision on a completion report."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("report_id"),
        CheckConstraint(one_of("decision", Decision), name="decision"),
        CheckConstraint("decision = 'accept' OR length(reason) > 0", name="reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reviewer_name: Mapped[str] = mapped_column(String(120))
    decision: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    day: Mapped[date]


class ApprovalPin(Model):
    """What exactly was approved: the report and the files on record, as canonical JSON with its sha256."""

    __tablename__ = "approval_pin"
    __table_args__ = (
        UniqueConstraint("report_id", "step"),
        CheckConstraint(one_of("step", PinStep), name="step"),
        Index("ix_approval_pin_assignment", "assignment_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    step: Mapped[str] = mapped_column(String(10))
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(120))
