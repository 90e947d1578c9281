"""What a plan says about its reminders, what was given to whom, and the scheduler's lease and runs."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Model, UtcDateTime, Versioned
from tracker.people.models import one_of
from tracker.rules.escalation import Target, Trigger
from tracker.rules.notices import NoticeKind, Period, Shift, Unit


class Notice(Model):
    """A notice that a letter carried; the unique key is why nobody gets the same one twice.

    `due_on` is the day it counts from: the due day, the end of the report period, or the day of dispatch.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("user_id", "assignment_id", "due_on", "kind", "step"),
        CheckConstraint(one_of("kind", NoticeKind), name="kind"),
        Index("ix_notice_assignment", "assignment_id"),
        Index("ix_notice_message", "message_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), default=NoticeKind.DUE)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    due_on: Mapped[date]
    step: Mapped[str] = mapped_column(String(40))
    day: Mapped[date]
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))


class ReminderPolicy(Versioned, Model):
    """A plan's own way of reminding; a plan without a row reminds as `rules.notices.DEFAULT_PLAN` says."""

    __tablename__ = "reminder_policy"
    __table_args__ = (
        CheckConstraint(one_of("shift", Shift), name="shift"),
        CheckConstraint(one_of("period", Period), name="period"),
        CheckConstraint("repeat_days BETWEEN 0 AND 90", name="repeat_days"),
        CheckConstraint("repeat_weekday BETWEEN 0 AND 5", name="repeat_weekday"),
        CheckConstraint("crowded_percent BETWEEN 0 AND 100", name="crowded_percent"),
        CheckConstraint("daily_budget BETWEEN 1 AND 500", name="daily_budget"),
        CheckConstraint("urge_hours BETWEEN 1 AND 720", name="urge_hours"),
    )

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True)
    shift: Mapped[str] = mapped_column(String(20))
    repeat_days: Mapped[int]
    repeat_weekday: Mapped[int]
    crowded_percent: Mapped[int]
    period: Mapped[str] = mapped_column(String(20))
    daily_budget: Mapped[int]
    urge_hours: Mapped[int]


class ReminderOffset(Model):
    """One offset of a plan's notices: so many units from the due day, negative before it."""

    __tablename__ = "reminder_offset"
    __table_args__ = (
        UniqueConstraint("plan_id", "unit", "amount"),
        CheckConstraint(one_of("unit", Unit), name="unit"),
        CheckConstraint("amount BETWEEN -366 AND 366", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("reminder_policy.plan_id", ondelete="CASCADE"))
    unit: Mapped[str] = mapped_column(String(20))
    amount: Mapped[int]


class EscalationRung(Model):
    """One rung of a plan's ladder: after so many working days without receipt or report, who hears of it."""

    __tablename__ = "escalation_rung"
    __table_args__ = (
        UniqueConstraint("plan_id", "trigger", "workdays", "target"),
        CheckConstraint(one_of("trigger", Trigger), name="trigger"),
        CheckConstraint(one_of("target", Target), name="target"),
        CheckConstraint("workdays BETWEEN 1 AND 250", name="workdays"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("reminder_policy.plan_id", ondelete="CASCADE"))
    trigger: Mapped[str] = mapped_column(String(20))
    workdays: Mapped[int]
    target: Mapped[str] = mapped_column(String(20))


class QuietPeriod(Model):
    """Days on which a plan sends nothing, counted as days off by its notices."""

    __tablename__ = "quiet_period"
    __table_args__ = (
        UniqueConstraint("plan_id", "first_day", "last_day"),
        CheckConstraint("first_day <= last_day", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("reminder_policy.plan_id", ondelete="CASCADE"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(100))


class ReminderPause(Model):
    """A supervisor's word that an assignment is not reminded of until a day; it says nothing about its score."""

    __tablename__ = "reminder_pause"
    __table_args__ = (
        CheckConstraint("first_day <= until_day", name="period"),
        Index("ix_reminder_pause_assignment", "assignment_id", "first_day", "until_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    first_day: Mapped[date]
    until_day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(120))


class Urge(Model):
    """A 催办 of one assignment by a person; its letters are the notices of kind `urge` whose step names it."""

    __tablename__ = "urge"
    __table_args__ = (Index("ix_urge_assignment", "assignment_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(String(1000))


class ReminderRun(Model):
    """A business day whose letters were planned; on a day off nothing goes out unless the day before it is missing."""

    __tablename__ = "reminder_run"

    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    letters: Mapped[int]


class Preference(Versioned, Model):
    """How a person wants to be reminded; without a row: by mail, as soon as planned, of everything."""

    __tablename__ = "preference"
    __table_args__ = (
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
        CheckConstraint("email OR in_app", name="channel"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    hour: Mapped[int] = mapped_column(default=0)
    before_due: Mapped[bool] = mapped_column(default=True)
    email: Mapped[bool] = mapped_column(default=True)
    in_app: Mapped[bool] = mapped_column(default=False)


class PreferredEndpoint(Model):
    """A chat robot or webhook that a person wants letters on as well."""

    __tablename__ = "preferred_endpoint"
    __table_args__ = (UniqueConstraint("user_id", "endpoint_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id", ondelete="CASCADE"))


class CalendarFeed(Model):
    """The secret address of a person's calendar feed; only its hash is kept, and deleting the row revokes it."""

    __tablename__ = "calendar_feed"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Lease(Model):
    """A named duty that one process holds until a moment, by the database's clock; its holder's heartbeat."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(120))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    beat_at: Mapped[datetime] = mapped_column(UtcDateTime)


class JobRun(Model):
    """The last run of a job of the scheduler, and when the next is planned (UTC)."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(120))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(300), default="")
    failed: Mapped[bool] = mapped_column(default=False)
