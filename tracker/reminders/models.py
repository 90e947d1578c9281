"""The record of a notice, and the lease and heartbeat of the scheduler."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Model, UtcDateTime


class Notice(Model):
    """A notice that a letter carried; the unique key is why nobody gets the same one twice."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("user_id", "assignment_id", "due_on", "step"),
        Index("ix_notice_assignment", "assignment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    due_on: Mapped[date]
    step: Mapped[str] = mapped_column(String(30))
    day: Mapped[date]
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))


class Lease(Model):
    """A named duty that one process holds until a moment, by the database's clock; its holder's heartbeat."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(120))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    beat_at: Mapped[datetime] = mapped_column(UtcDateTime)
