"""Letters with their fate, for the administrator's list."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from tracker.db import db
from tracker.outbox.models import Message, MessageState

PAGE_SIZE = 50


@dataclass(frozen=True)
class LetterRow:
    """A line of the list of letters; moments are UTC."""

    id: int
    day: date
    recipient: str
    address: str
    channel: str
    subject: str
    reason: str
    state: str
    attempts: int
    queued_at: datetime
    next_try_at: datetime
    sent_at: datetime | None
    error: str


@dataclass(frozen=True)
class LetterPage:
    """One page of the list, and how many letters there are in all."""

    rows: list[LetterRow]
    total: int


def letters(page: int = 1, size: int = PAGE_SIZE, state: MessageState | None = None) -> LetterPage:
    """Return one page of letters, the newest first, without their bodies."""
    wanted = [] if state is None else [Message.state == state]
    statement = (
        select(
            Message.id,
            Message.day,
            Message.recipient,
            Message.address,
            Message.channel,
            Message.subject,
            Message.reason,
            Message.state,
            Message.attempts,
            Message.queued_at,
            Message.next_try_at,
            Message.sent_at,
            Message.error,
        )
        .where(*wanted)
        .order_by(Message.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    rows = [LetterRow(**row._mapping) for row in db.session.execute(statement).all()]
    total = db.session.scalar(select(func.count()).select_from(Message).where(*wanted)) or 0
    return LetterPage(rows, total)


def counts() -> dict[str, int]:
    """Return how many letters are in each state."""
    found = dict(db.session.execute(select(Message.state, func.count()).group_by(Message.state)).all())
    return {state.value: found.get(state.value, 0) for state in MessageState}


def keys_of(kind: str, day: date) -> set[str]:
    """Return the keys of one kind of letter that were queued for a day."""
    return set(db.session.scalars(select(Message.key).where(Message.day == day, Message.kind == kind)))
