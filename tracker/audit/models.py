"""The audit entry, chained to the one before it, and the end of the chain."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Model, UtcDateTime


class Outcome(StrEnum):
    """Whether an act was done, or refused to the person who tried it."""

    DONE = "done"
    REFUSED = "refused"


class AuditEntry(Model):
    """One act: who, when, what, on which record; people are kept by account and name, not by key.

    `number` counts the chain without gaps and `hash` is the keyed hash of the entry and of the hash before it.
    `unit_id` is the acting person's unit, `about_unit_id` and `about_task_id` are what the act was about. No key is
    a foreign one: an entry says what was so, whatever became of the rows.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint("outcome IN ('done', 'refused')", name="outcome"),
        Index("ix_audit_entry_object", "object_type", "object_id"),
        Index("ix_audit_entry_day", "day", "number"),
        Index("ix_audit_entry_account", "account", "number"),
        Index("ix_audit_entry_unit", "unit_id", "number"),
        Index("ix_audit_entry_about_unit", "about_unit_id", "number"),
        Index("ix_audit_entry_about_task", "about_task_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    day: Mapped[date]
    account: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120), default="")
    role: Mapped[str] = mapped_column(String(20), default="")
    unit_id: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(60), default="")
    act: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(10), default=Outcome.DONE)
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int | None]
    about_unit_id: Mapped[int | None]
    about_task_id: Mapped[int | None]
    detail: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(String(45), default="")
    request_id: Mapped[str] = mapped_column(String(20), default="")
    hash: Mapped[str] = mapped_column(String(64), default="")


class AuditHead(Model):
    """The newest entry's number and hash: one row, which writers hold one after the other."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
