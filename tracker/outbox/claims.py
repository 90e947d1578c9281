"""Makes waiting letters one sender's own for a while, and puts their outcome on record, in the caller's transaction."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, literal_column, not_, select, update

from tracker import clock
from tracker.audit import operations as audit
from tracker.db import db
from tracker.letters import one_line
from tracker.outbox.channels import CHANNELS
from tracker.outbox.models import Message, MessageAttachment, MessageState
from tracker.rules.permissions import SYSTEM

LEASE = timedelta(seconds=120)
"""For how long a claimed letter is its sender's alone; longer than a channel's SEND_SECONDS."""

ERROR_LENGTH = 300

RECORDED = {MessageState.SENT: "send_letter", MessageState.DEAD: "give_up_letter"}
"""What becomes of a letter that stands in the audit trail; what only waits longer does not."""

WAITING: ColumnElement[bool] = literal_column("state IN ('pending', 'sending')")
"""Word for word the condition of the index of waiting letters, so that it is used whatever else is asked."""


class Way(NamedTuple):
    """A channel, with the endpoint where it has several."""

    channel: str
    endpoint_id: int | None


class File(NamedTuple):
    """An attachment as it is stored."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Claimed:
    """A letter that is ours for the length of the lease; `attempts` tells our claim from a later one."""

    id: int
    attempts: int
    key: str
    kind: str
    channel: str
    endpoint_id: int | None
    recipient: str
    unit_id: int | None
    address: str
    subject: str
    text: str
    html: str
    day: date
    queued_at: datetime
    files: tuple[File, ...] = ()

    @property
    def way(self) -> Way:
        """The way this letter takes."""
        return Way(self.channel, self.endpoint_id)


class Outcome(NamedTuple):
    """What became of a letter; address and salutation stay empty where nobody was to have it."""

    state: MessageState
    next_try_at: datetime
    address: str = ""
    salutation: str = ""
    error: str = ""
    sent_at: datetime | None = None


RETURNED = (
    Message.id,
    Message.attempts,
    Message.key,
    Message.kind,
    Message.channel,
    Message.endpoint_id,
    Message.recipient,
    Message.unit_id,
    Message.address,
    Message.subject,
    Message.body_text.label("text"),
    Message.body_html.label("html"),
    Message.day,
    Message.queued_at,
)


def claim(closed: Set[Way], number: int) -> list[Claimed]:
    """Make the next due letters ours, also those whose sender's lease ran out, save on ways that are `closed`."""
    now = clock.utc()
    due = (
        WAITING,
        Message.next_try_at <= now,
        Message.channel.in_(sorted(CHANNELS)),
        *(not_(_goes(way)) for way in sorted(closed, key=str)),
    )
    following = (
        select(Message.id)
        .where(*due)
        .order_by(Message.next_try_at, Message.id)
        .limit(number)
        .with_for_update(skip_locked=True)
        # PostgreSQL may run a subquery with a limit more than once and lock more than that; a CTE runs once.
        .cte("following")
    )
    ours = (
        update(Message)
        .where(Message.id.in_(select(following.c.id)))
        .values(state=MessageState.SENDING, attempts=Message.attempts + 1, next_try_at=now + LEASE)
        .returning(*RETURNED)
    )
    rows = db.session.execute(ours.execution_options(synchronize_session=False)).all()
    files = _files([row.id for row in rows])
    # The database returns what it changed in no certain order; letters that began to wait first have the lower number.
    return [Claimed(**row._mapping, files=files.get(row.id, ())) for row in sorted(rows, key=lambda row: row.id)]


def _goes(way: Way) -> ColumnElement[bool]:
    return and_(Message.channel == way.channel, Message.endpoint_id.is_not_distinct_from(way.endpoint_id))


def _files(ids: Sequence[int]) -> dict[int, tuple[File, ...]]:
    found: dict[int, tuple[File, ...]] = {}
    statement = (
        select(MessageAttachment.message_id, MessageAttachment.name, MessageAttachment.sha256)
        .where(MessageAttachment.message_id.in_(ids))
        .order_by(MessageAttachment.message_id, MessageAttachment.position)
    )
    for message_id, name, sha256 in db.session.execute(statement) if ids else ():
        found[message_id] = (*found.get(message_id, ()), File(name, sha256))
    return found


def finish(letter: Claimed, outcome: Outcome) -> None:
    """Put the outcome on record, unless the lease ran out and the letter is another sender's by now."""
    shown = outcome._replace(error=one_line(outcome.error, ERROR_LENGTH))
    if act := RECORDED.get(outcome.state):
        what = f"{letter.channel} {letter.recipient or letter.unit_id}：{letter.subject} {shown.error}".strip()
        audit.record(SYSTEM, clock.now(), act, "message", letter.id, what, about_unit=letter.unit_id)
    db.session.connection().execute(_FINISH, {**_ours(letter), **shown._asdict()})


def give_back(letters: Sequence[Claimed]) -> None:
    """Let letters wait again that were claimed and not tried; the claim counts as no attempt."""
    now = clock.utc()
    for letter in letters:
        db.session.connection().execute(
            _GIVE_BACK, {**_ours(letter), "attempts": letter.attempts - 1, "next_try_at": now}
        )


def _ours(letter: Claimed) -> dict[str, int]:
    return {"claimed_id": letter.id, "claimed_attempts": letter.attempts}


# Built once, and on the table itself, since they run for every letter.
_TABLE = Message.metadata.tables[Message.__tablename__]
_CLAIMED = update(_TABLE).where(
    _TABLE.c.id == bindparam("claimed_id"),
    _TABLE.c.state == MessageState.SENDING,
    _TABLE.c.attempts == bindparam("claimed_attempts"),
)
_FINISH = _CLAIMED.values({name: bindparam(name) for name in Outcome._fields})
_GIVE_BACK = _CLAIMED.values(
    state=MessageState.PENDING, attempts=bindparam("attempts"), next_try_at=bindparam("next_try_at")
)
