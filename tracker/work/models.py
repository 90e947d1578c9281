"""Pieces of long work: who asked for them, how far they are, what came of them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Model, UtcDateTime


class WorkState(StrEnum):
    """How a piece of work stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Work(Model):
    """A piece of long work: `done` of `total` steps, its result as a file, and the lines that failed.

    `arguments` and `failures` are JSON. `key` makes a second click ask for nothing twice. Whoever works on it holds it
    until `held_until` and carries on from `done` what another left; `stop_asked` asks them to leave off.
    """

    __tablename__ = "work"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="state"),
        CheckConstraint("done >= 0 AND total >= 0", name="progress"),
        Index("ix_work_owner", "owner_id", "id"),
        Index("ix_work_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(200))
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(10), default=WorkState.WAITING)
    arguments: Mapped[str] = mapped_column(Text, default="{}")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str] = mapped_column(Text, default="")
    failures: Mapped[str] = mapped_column(Text, default="[]")
    result_name: Mapped[str] = mapped_column(String(200), default="")
    result_sha256: Mapped[str] = mapped_column(String(64), default="")
    stop_asked: Mapped[bool] = mapped_column(default=False)
    holder: Mapped[str] = mapped_column(String(64), default="")
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
