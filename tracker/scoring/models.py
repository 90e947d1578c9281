"""What moves a district's score besides its tasks: entered deductions, appeals; and the frozen sheet."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Model, UtcDateTime
from tracker.people.models import one_of
from tracker.rules.status import RequestState


class Deduction(Model):
    """Points a supervisor took off with a reason, or, negative, gave back because an appeal was upheld.

    A line is never changed or removed; another line takes its effect back from its own day on.
    """

    __tablename__ = "deduction"
    __table_args__ = (
        CheckConstraint("points <> 0", name="points"),
        CheckConstraint("length(reason) > 0", name="reason"),
        Index("ix_deduction_plan", "plan_id", "district_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    district_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    points: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    reason: Mapped[str] = mapped_column(String(500))
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(120))


class Appeal(Model):
    """A district's objection to a line of its score: a missed task, or an entered deduction.

    `reversal_id` is the line that gave the points back, where it was upheld.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint(one_of("state", RequestState), name="state"),
        CheckConstraint("length(reason) > 0", name="reason"),
        CheckConstraint("assignment_id IS NULL OR deduction_id IS NULL", name="one_line"),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_at"),
        Index(
            "uq_appeal_assignment",
            "assignment_id",
            unique=True,
            sqlite_where=text("state <> 'refused'"),
            postgresql_where=text("state <> 'refused'"),
        ),
        Index(
            "uq_appeal_deduction",
            "deduction_id",
            unique=True,
            sqlite_where=text("state <> 'refused'"),
            postgresql_where=text("state <> 'refused'"),
        ),
        Index("ix_appeal_district", "plan_id", "district_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    district_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    deduction_id: Mapped[int | None] = mapped_column(ForeignKey("deduction.id"))
    points: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10), default=RequestState.ASKED)
    day: Mapped[date]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(String(120))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    answer: Mapped[str] = mapped_column(String(500), default="")
    reversal_id: Mapped[int | None] = mapped_column(ForeignKey("deduction.id"), unique=True)


class Freeze(Model):
    """The whole score sheet of a plan as it stood on the day it was made final, with its sha256."""

    __tablename__ = "score_freeze"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), unique=True)
    day: Mapped[date]
    sheet: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(120))
