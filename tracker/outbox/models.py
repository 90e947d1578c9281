"""The queued letter with its attachments, as it will be and was sent, and the endpoints of chat robots."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Model, UtcDateTime, Versioned


class MessageState(StrEnum):
    """What became of a letter."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    VOID = "void"
    """Not needed any more when its turn came: everything it speaks of was done."""


class Endpoint(Versioned, Model):
    """A chat robot or webhook that an administrator added; `secret` is never shown again.

    `unit_id` is whose people may choose it; without one everybody may.
    """

    __tablename__ = "endpoint"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    url: Mapped[str] = mapped_column(String(500))
    secret: Mapped[str] = mapped_column(String(200), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    active: Mapped[bool] = mapped_column(default=True)


class Message(Model):
    """A letter with its unique key; the lease says until when one sender holds it.

    The salutation and the address are those of the moment of sending. `copy` marks the same letter on one more
    channel, which the in-app inbox does not show twice.
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'sending', 'sent', 'dead', 'void')", name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at"),
        Index(
            "ix_message_waiting",
            "next_try_at",
            "id",
            sqlite_where=text("state IN ('pending', 'sending')"),
            postgresql_where=text("state IN ('pending', 'sending')"),
        ),
        Index("ix_message_day", "day"),
        Index("ix_message_recipient", "recipient", "copy", "read_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    channel: Mapped[str] = mapped_column(String(20))
    endpoint_id: Mapped[int | None] = mapped_column(ForeignKey("endpoint.id"))
    recipient: Mapped[str] = mapped_column(String(60))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    copy: Mapped[bool] = mapped_column(default=False)
    salutation: Mapped[str] = mapped_column(String(140), default="")
    address: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(200))
    body_text: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(200))
    day: Mapped[date]
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(20), default=MessageState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(String(300), default="")


class MessageAttachment(Model):
    """A file that goes with a letter, kept in the evidence store by its hash."""

    __tablename__ = "message_attachment"
    __table_args__ = (UniqueConstraint("message_id", "position"), CheckConstraint("size >= 0", name="size"))

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
