"""The assignment (task × unit) and the history of its status."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import FOREVER, Model, UtcDateTime, Versioned
from tracker.people.models import one_of
from tracker.plans.models import PartyRole
from tracker.rules.organizations import OrganizationKind
from tracker.rules.status import Move, RequestState, Status

LIVE_SQL = "status IN ('pending_receipt', 'in_progress', 'under_review', 'returned')"


class Assignment(Versioned, Model):
    """What one unit owes of one task. `level` is frozen at publication, `district_id` as far as DistrictChange tells.

    `role` is the unit's part: a lead reports and closes for the task, the others report theirs (R3-02).

    `original_due_on` is the first due day, once it was moved. `signed_off_on` is the district's consent to the report
    under review; `closed_on` (销号) is the supervisor's last word on what was completed.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("task_id", "unit_id"),
        CheckConstraint(one_of("status", Status), name="status"),
        CheckConstraint(one_of("level", OrganizationKind), name="level"),
        CheckConstraint(one_of("role", PartyRole), name="role"),
        CheckConstraint("(status = 'completed') = (completed_on IS NOT NULL)", name="completed_on"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        CheckConstraint("closed_on IS NULL OR status = 'completed'", name="closed_on"),
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
    role: Mapped[str] = mapped_column(String(20), default=PartyRole.RESPONSIBLE)
    due_on: Mapped[date | None]
    issued_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(20), default=Status.PENDING)
    completed_on: Mapped[date | None]
    progress: Mapped[int] = mapped_column(default=0)
    original_due_on: Mapped[date | None]
    signed_off_on: Mapped[date | None]
    signed_off_by: Mapped[str] = mapped_column(String(120), default="")
    closed_on: Mapped[date | None]
    closed_by: Mapped[str] = mapped_column(String(120), default="")


class YearVerdict(StrEnum):
    """How far a unit came with an item in one year of a plan (R4-01)."""

    MET = "met"
    PARTLY = "partly"
    UNMET = "unmet"


class YearReview(Model):
    """A reviewer's word on one unit's item for one year of the plan; the newest one counts, the others stay."""

    __tablename__ = "year_review"
    __table_args__ = (
        CheckConstraint(one_of("verdict", YearVerdict), name="verdict"),
        CheckConstraint("verdict = 'met' OR length(comment) > 0", name="comment"),
        Index("ix_year_review_assignment", "assignment_id", "year", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"))
    year: Mapped[int]
    verdict: Mapped[str] = mapped_column(String(10))
    comment: Mapped[str] = mapped_column(Text, default="")
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(120))


class TargetValue(Model):
    """What a unit reached of a quantity that its task names, as it said on a day; the newest one counts."""

    __tablename__ = "target_value"
    __table_args__ = (Index("ix_target_value_assignment", "assignment_id", "target_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"))
    target_id: Mapped[int] = mapped_column(ForeignKey("task_target.id", ondelete="CASCADE"))
    amount: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    note: Mapped[str] = mapped_column(String(300), default="")
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(120))


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
    done_on: Mapped[date | None]
    """Set where a step completes what was completed earlier: a new review that found the same report good."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text, default="")


class Extension(Model):
    """A request for a later due day, asked before the present one, and what the supervisor decided."""

    __tablename__ = "extension"
    __table_args__ = (
        CheckConstraint(one_of("state", RequestState), name="state"),
        CheckConstraint("length(reason) > 0", name="reason"),
        CheckConstraint("old_due_on < new_due_on", name="later"),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_at"),
        Index(
            "uq_extension_asked",
            "assignment_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
        Index("ix_extension_assignment", "assignment_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    state: Mapped[str] = mapped_column(String(10), default=RequestState.ASKED)
    old_due_on: Mapped[date]
    new_due_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    progress: Mapped[str] = mapped_column(String(500), default="")
    day: Mapped[date]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(String(120))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    answer: Mapped[str] = mapped_column(String(500), default="")


class DueChange(Model):
    """A due day that was moved on a day, by a granted extension or with the task itself; the old one stays findable."""

    __tablename__ = "due_change"
    __table_args__ = (
        # What is handed over takes its extensions along.
        UniqueConstraint("extension_id", "assignment_id"),
        Index("ix_due_change_assignment", "assignment_id", "day"),
        Index("ix_due_change_day", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    old_due_on: Mapped[date | None]
    new_due_on: Mapped[date | None]
    extension_id: Mapped[int | None] = mapped_column(ForeignKey("extension.id"))
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(120))


class DistrictChange(Model):
    """A 司法所's assignment that went over to another district on a day; for the days before it counts for the old."""

    __tablename__ = "district_change"
    __table_args__ = (
        Index("ix_district_change_assignment", "assignment_id", "day"),
        Index("ix_district_change_day", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    old_district_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    new_district_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(120))


class Comment(Model):
    """A remark on an assignment; a supervisor may hide it with a reason, and nobody deletes it."""

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint("(hidden_at IS NULL) = (length(hide_reason) = 0)", name="hide_reason"),
        Index("ix_comment_assignment", "assignment_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    author_name: Mapped[str] = mapped_column(String(120))
    author_unit: Mapped[str] = mapped_column(String(60), default="")
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_by: Mapped[str] = mapped_column(String(120), default="")
    hide_reason: Mapped[str] = mapped_column(String(500), default="")
