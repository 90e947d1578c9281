"""The plan as read from its document, with the settings that the document leaves open."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Model, UtcDateTime, Versioned
from tracker.people.models import one_of


class PlanState(StrEnum):
    """Whether the plan binds anyone yet."""

    DRAFT = "draft"
    PUBLISHED = "published"


class PartyRole(StrEnum):
    """What a named party owes."""

    LEAD = "lead"
    RESPONSIBLE = "responsible"
    COOPERATING = "cooperating"


class SourceDocument(Model):
    """The document a plan was read from, kept as it came."""

    __tablename__ = "source_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    text: Mapped[str] = mapped_column(Text)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Plan(Versioned, Model):
    """An issued plan. Points and thresholds are settings: the document says nothing about them (X1-11).

    With two `review_levels` a district's lead signs off before the city reviews.
    """

    __tablename__ = "plan"
    __table_args__ = (
        CheckConstraint(one_of("state", PlanState), name="state"),
        CheckConstraint("(state = 'published') = (published_on IS NOT NULL)", name="published_on"),
        CheckConstraint("base_points >= 0 AND points_per_miss >= 0", name="points"),
        CheckConstraint("near_days BETWEEN 0 AND 90", name="near_days"),
        CheckConstraint("review_levels BETWEEN 1 AND 2", name="review_levels"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source_document.id"), unique=True)
    issuer_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    counter_reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    doc_number: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    issuer: Mapped[str] = mapped_column(String(60))
    issued_on: Mapped[date]
    printed_on: Mapped[date | None]
    openness: Mapped[str] = mapped_column(String(20), default="")
    parent_document: Mapped[str] = mapped_column(String(300), default="")
    addressees: Mapped[str] = mapped_column(String(300), default="")
    copied_to: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(20), default=PlanState.DRAFT)
    published_on: Mapped[date | None]
    base_points: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(20))
    points_per_miss: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(1))
    late_counts: Mapped[bool] = mapped_column(default=False)
    near_days: Mapped[int] = mapped_column(default=7)
    review_levels: Mapped[int] = mapped_column(default=1)
    offices_report: Mapped[bool] = mapped_column(default=True)
    rule_quote: Mapped[str] = mapped_column(String(300), default="")
    rule_source: Mapped[str] = mapped_column(String(200), default="")


class Section(Model):
    """A numbered part of the plan's task list."""

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("plan_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    position: Mapped[int]
    number: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))


class Task(Versioned, Model):
    """A numbered item of the plan: its exact text, its deadline as worded, the lines it stands on (0: added later)."""

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("plan_id", "position"),
        CheckConstraint("line_from <= line_to", name="lines"),
        Index("ix_task_section", "section_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id", ondelete="CASCADE"))
    position: Mapped[int]
    number: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    deadline_kind: Mapped[str] = mapped_column(String(20))
    deadline_value: Mapped[str] = mapped_column(String(30), default="")
    deadline_raw: Mapped[str] = mapped_column(String(100), default="")
    due_on: Mapped[date | None]
    line_from: Mapped[int]
    line_to: Mapped[int]
    acceptance: Mapped[str] = mapped_column(Text, default="")
    withdrawn_on: Mapped[date | None]


class TaskChange(Model):
    """A change of a published task: what stood before, what stands now, why. The document's own text stays findable."""

    __tablename__ = "task_change"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason"),
        Index("ix_task_change_task", "task_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(20))
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(String(500))
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(120))


class Responsibility(Model):
    """A party named for a task, in the document's order; it is an organization or a group."""

    __tablename__ = "responsibility"
    __table_args__ = (
        UniqueConstraint("task_id", "position"),
        CheckConstraint(one_of("role", PartyRole), name="role"),
        CheckConstraint("(organization_id IS NULL) <> (group_id IS NULL)", name="one_party"),
        Index("ix_responsibility_organization", "organization_id", "task_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(20))
    printed_name: Mapped[str] = mapped_column(String(60))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("organization_group.id"))


class Milestone(Model):
    """A dated step of the plan besides its tasks: meeting, training, self-evaluation, evaluation."""

    __tablename__ = "milestone"
    __table_args__ = (UniqueConstraint("plan_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(200))
    owner: Mapped[str] = mapped_column(String(100), default="")
    date_raw: Mapped[str] = mapped_column(String(60), default="")
    starts_on: Mapped[date | None]
    due_on: Mapped[date | None]
    line_from: Mapped[int]
    line_to: Mapped[int]
    note: Mapped[str] = mapped_column(String(300), default="")


class Anomaly(Model):
    """Something about the source that a person should know, and what was done about it."""

    __tablename__ = "anomaly"
    __table_args__ = (Index("ix_anomaly_plan", "plan_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str] = mapped_column(String(20))
    line_from: Mapped[int]
    line_to: Mapped[int]
    message: Mapped[str] = mapped_column(Text)
    handled: Mapped[str] = mapped_column(Text, default="")
