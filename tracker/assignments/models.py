"""The assignment (task × unit) and the history of its status."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import FOREVER, Model, UtcDateTime, Versioned
from tracker.people.models import one_of
from tracker.rules.organizations import OrganizationKind
from tracker.rules.status import Move, Status

LIVE_SQL = "status IN ('pending_receipt', 'in_progress', 'under_review', 'returned')"


class Assignment(Versioned, Model):
    """What one unit owes of one task. `level` and `district_id` are frozen at publication."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("task_id", "unit_id"),
        CheckConstraint(one_of("status", Status), name="status"),
        CheckConstraint(one_of("level", OrganizationKind), name="level"),
        CheckConstraint("(status = 'completed') = (completed_on IS NOT NULL)", name="completed_on"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        Index(
            "ix_assignment_open",
            "due_on",
            "id",
            "plan_id",
            "level",
            "district_id",
            "unit_id",
            "task_id",
            "status",
            sqlite_where=text(LIVE_SQL),
            postgresql_where=text(LIVE_SQL),
        ),
        Index(
            "ix_assignment_review",
            "level",
            "task_id",
            "unit_id",
            "plan_id",
            sqlite_where=text("status = 'under_review'"),
            postgresql_where=text("status = 'under_review'"),
        ),
        Index(
            "ix_assignment_roll_up", "plan_id", "level", "district_id", "due_on", "status", "completed_on", "issued_on"
        ),
        Index("ix_assignment_unit", "unit_id", "status", "due_on"),
        Index("ix_assignment_district", "district_id", "level", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    level: Mapped[str] = mapped_column(String(20))
    due_on: Mapped[date | None]
    issued_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(20), default=Status.PENDING)
    completed_on: Mapped[date | None]
    progress: Mapped[int] = mapped_column(default=0)


class TaskReviewer(Model):
    """A city office that reviews the districts' reports on a task, in the document's order; frozen at publication."""

    __tablename__ = "task_reviewer"
    __table_args__ = (
        UniqueConstraint("task_id", "office_id"),
        Index("ix_task_reviewer_office", "office_id", "task_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    office_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    position: Mapped[int]


class StatusChange(Model):
    """One step of an assignment. It holds from `day` until the next step's day, so any past day can be asked."""

    __tablename__ = "status_change"
    __table_args__ = (
        CheckConstraint(one_of("to_status", Status), name="to_status"),
        CheckConstraint(one_of("move", Move), name="move"),
        CheckConstraint("day <= until_day", name="period"),
        # Two people who take a step at once: the second finds the place of the open period taken.
        Index(
            "uq_status_change_open",
            "assignment_id",
            unique=True,
            sqlite_where=text("until_day = '9999-12-31'"),
            postgresql_where=text("until_day = '9999-12-31'"),
        ),
        Index("ix_status_change_period", "assignment_id", "day", "until_day", "to_status"),
        Index("ix_status_change_day", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    move: Mapped[str] = mapped_column(String(20))
    from_status: Mapped[str] = mapped_column(String(20), default="")
    to_status: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]
    until_day: Mapped[date] = mapped_column(default=FOREVER)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text, default="")
