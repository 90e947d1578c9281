"""Queues letters in the caller's transaction, each key once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.dialects import postgresql, sqlite

from tracker import clock
from tracker.db import db
from tracker.letters import one_line
from tracker.outbox.models import Message, MessageState

REASON_LENGTH = 200


@dataclass(frozen=True)
class Letter:
    """A worded letter; `recipient` is an account, whose address is looked up when it is sent."""

    key: str
    kind: str
    channel: str
    recipient: str
    subject: str
    text: str
    html: str
    reason: str
    day: date


def enqueue(letter: Letter, at: datetime) -> int | None:
    """Queue one letter; return its id, or None where its key was queued before."""
    return enqueue_all([letter], at).get(letter.key)


def enqueue_all(letters: Sequence[Letter], at: datetime) -> dict[str, int]:
    """Queue letters; return the ids of those whose keys were new."""
    if not letters:
        return {}
    ready = clock.utc()
    rows = [
        {
            "key": letter.key,
            "kind": letter.kind,
            "channel": letter.channel,
            "recipient": letter.recipient,
            "address": "",
            "subject": one_line(letter.subject),
            "body_text": letter.text,
            "body_html": letter.html,
            "reason": one_line(letter.reason, REASON_LENGTH),
            "day": letter.day,
            "queued_at": at,
            "state": MessageState.PENDING,
            "attempts": 0,
            "next_try_at": ready,
            "error": "",
        }
        for letter in letters
    ]
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(Message).on_conflict_do_nothing().returning(Message.key, Message.id)
    return dict(db.session.execute(statement, rows).all())
