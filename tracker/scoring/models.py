"""What moves a district's score besides its tasks: the rule's versions, deductions, appeals, evaluation; the freeze."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Model, UtcDateTime, Versioned
from tracker.people.models import one_of
from tracker.rules.evaluation import Stage, Verdict
from tracker.rules.score_terms import ANSWER_DAYS, APPEAL_DAYS, OfficesCondition
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
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
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


class ScoreRule(Model):
    """A later version of a plan's score rule and procedure, valid from its day on; the first is the plan's own terms.

    Of two versions of one day the one with the higher number holds. No version is ever changed.
    """

    __tablename__ = "score_rule"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint(
            "base_points >= 0 AND points_per_miss >= 0 AND (cap_points IS NULL OR cap_points >= 0)", name="points"
        ),
        CheckConstraint(one_of("offices_condition", OfficesCondition), name="offices_condition"),
        CheckConstraint("offices_share BETWEEN 1 AND 100", name="offices_share"),
        CheckConstraint("appeal_days BETWEEN 0 AND 365 AND answer_days BETWEEN 1 AND 90", name="days"),
        CheckConstraint("evaluation_from <= evaluation_to", name="evaluation"),
        CheckConstraint("length(reason) > 0", name="reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    day: Mapped[date]
    base_points: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    points_per_miss: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    cap_points: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    late_counts: Mapped[bool]
    offices_condition: Mapped[str] = mapped_column(String(10), default=OfficesCondition.NONE)
    offices_share: Mapped[int] = mapped_column(default=100)
    evaluation_from: Mapped[date | None]
    evaluation_to: Mapped[date | None]
    self_evaluation_on: Mapped[date | None]
    appeal_days: Mapped[int] = mapped_column(default=APPEAL_DAYS)
    answer_days: Mapped[int] = mapped_column(default=ANSWER_DAYS)
    board_open: Mapped[bool] = mapped_column(default=True)
    quote: Mapped[str] = mapped_column(String(300), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(120))


class Evaluation(Versioned, Model):
    """The evaluation of a plan's districts (R1-05), from its opening to the publication of its results."""

    __tablename__ = "evaluation"
    __table_args__ = (CheckConstraint("(published_on IS NULL) = (published_at IS NULL)", name="published"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), unique=True)
    opened_on: Mapped[date]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[str] = mapped_column(String(120))
    published_on: Mapped[date | None]
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by: Mapped[str] = mapped_column(String(120), default="")


class EvaluationResult(Versioned, Model):
    """What a district says of one of its tasks, or the city: 完成, 未完成, 不适用, with a comment.

    `overrides` is the status on record at publication where the city's word differs from it; from then on the score
    follows the word.
    """

    __tablename__ = "evaluation_result"
    __table_args__ = (
        UniqueConstraint("assignment_id", "stage"),
        CheckConstraint(one_of("stage", Stage), name="stage"),
        CheckConstraint(one_of("verdict", Verdict), name="verdict"),
        Index("ix_evaluation_result_plan", "plan_id", "stage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    stage: Mapped[str] = mapped_column(String(10))
    verdict: Mapped[str] = mapped_column(String(20))
    comment: Mapped[str] = mapped_column(String(500), default="")
    overrides: Mapped[str] = mapped_column(String(20), default="")
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(120))


class SelfEvaluation(Versioned, Model):
    """A district's own evaluation (R1-06): its summary, and when its lead handed it in."""

    __tablename__ = "self_evaluation"
    __table_args__ = (
        UniqueConstraint("plan_id", "district_id"),
        CheckConstraint("(submitted_on IS NULL) = (submitted_at IS NULL)", name="submitted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    district_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    summary: Mapped[str] = mapped_column(Text, default="")
    submitted_on: Mapped[date | None]
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by: Mapped[str] = mapped_column(String(120), default="")
