"""Sends what waits in the outbox: claims a letter, sends it outside any transaction, puts the outcome on record.

This is the one place below the doors that commits: its commits are its purpose. Call it outside a transaction.
"""

import logging
from collections.abc import Callable, Mapping, Set
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from tracker import clock
from tracker.db import db, transaction
from tracker.letters import one_line
from tracker.outbox.channels import CHANNELS, Channel, ChannelDown, Outgoing, PermanentError, TemporaryError
from tracker.outbox.models import Message, MessageState

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
"""For how long a claimed letter is its sender's alone; longer than a channel's SEND_SECONDS."""

BACK_OFF_MINUTES = (1, 5, 15, 60, 120, 240, 480, 720)
"""The waits after the first, second … failure; the last one repeats."""

MAX_ATTEMPTS = 14
"""With the waits above a letter is given up after four days, as mail servers do (RFC 5321, 4.5.4.1)."""

ERROR_LENGTH = 300

AddressOf = Callable[[str], str]
"""From an account to the address that holds now; raises PermanentError for someone who gets no mail."""


@dataclass
class Delivered:
    """What a run did: letters sent, put off for a later attempt, given up."""

    sent: int = 0
    postponed: int = 0
    dead: int = 0


@dataclass(frozen=True)
class Claimed:
    """A letter that is ours for the length of the lease; `attempts` tells our claim from a later one."""

    id: int
    attempts: int
    key: str
    channel: str
    recipient: str
    subject: str
    text: str
    html: str
    day: date
    queued_at: datetime


def deliver(
    settings: Mapping[str, Any],
    address_of: AddressOf,
    limit: int | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Delivered:
    """Send what is due, at most `limit` letters, until nothing is left or `stopped` says so."""
    done, down, opened = Delivered(), set[str](), dict[str, Channel]()
    with ExitStack() as closing:
        while not stopped() and (limit is None or done.sent + done.postponed + done.dead < limit):
            letter = _claim(down)
            if letter is None:
                break
            if letter.channel not in opened:
                opened[letter.channel] = CHANNELS[letter.channel](settings)
                closing.callback(opened[letter.channel].close)
            try:
                address = _send(letter, address_of, opened[letter.channel])
            except PermanentError as error:
                _give_up(letter, str(error))
                done.dead += 1
            except TemporaryError as error:
                if isinstance(error, ChannelDown):
                    down.add(letter.channel)
                if _postpone(letter, str(error)):
                    done.postponed += 1
                else:
                    done.dead += 1
            else:
                _finish(letter, state=MessageState.SENT, sent_at=clock.utc(), address=address, error="")
                done.sent += 1
    return done


def _claim(down: Set[str]) -> Claimed | None:
    """Make the next due letter ours, also one whose sender's lease ran out; None when there is none."""
    now = clock.utc()
    waiting = (
        Message.state.in_([MessageState.PENDING, MessageState.SENDING]),
        Message.next_try_at <= now,
        Message.channel.in_(set(CHANNELS) - down),
    )
    following = (
        select(Message.id)
        .where(*waiting)
        .order_by(Message.next_try_at, Message.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claim = (
        update(Message)
        .where(Message.id == following, *waiting)
        .values(state=MessageState.SENDING, attempts=Message.attempts + 1, next_try_at=now + LEASE)
        .returning(
            Message.id,
            Message.attempts,
            Message.key,
            Message.channel,
            Message.recipient,
            Message.subject,
            Message.body_text.label("text"),
            Message.body_html.label("html"),
            Message.day,
            Message.queued_at,
        )
        .execution_options(synchronize_session=False)
    )
    with transaction():
        row = db.session.execute(claim).one_or_none()
    return None if row is None else Claimed(**row._mapping)


def _send(letter: Claimed, address_of: AddressOf, channel: Channel) -> str:
    """Send a letter to the address of this moment and return that; any surprise is an error to try again."""
    try:
        address = _address(letter, address_of)
        channel.send(
            Outgoing(
                key=letter.key,
                address=address,
                subject=letter.subject,
                text=letter.text,
                html=letter.html,
                day=letter.day,
                recipient=letter.recipient,
                queued_at=letter.queued_at,
            )
        )
    except (PermanentError, TemporaryError):
        raise
    except Exception as error:
        log.exception("letter %s could not be sent", letter.key)
        raise TemporaryError(f"程序错误（{type(error).__name__}），详见日志") from error
    return address


def _address(letter: Claimed, address_of: AddressOf) -> str:
    try:
        return address_of(letter.recipient)
    finally:
        db.session.rollback()  # no transaction stays open while a server is talked to


def _postpone(letter: Claimed, error: str) -> bool:
    """Put a letter off; tell whether it will be tried again."""
    if letter.attempts >= MAX_ATTEMPTS:
        _give_up(letter, f"试了{letter.attempts}次仍未发出，已放弃。最后一次：{error}")
        return False
    wait = BACK_OFF_MINUTES[min(letter.attempts, len(BACK_OFF_MINUTES)) - 1]
    _finish(letter, state=MessageState.PENDING, next_try_at=clock.utc() + timedelta(minutes=wait), error=error)
    return True


def _give_up(letter: Claimed, error: str) -> None:
    log.warning("letter %s given up: %s", letter.key, error)
    _finish(letter, state=MessageState.DEAD, error=error)


def _finish(letter: Claimed, error: str, **new: Any) -> None:
    """Put the outcome on record, unless the lease ran out and the letter is another sender's by now."""
    ours = (Message.id == letter.id, Message.state == MessageState.SENDING, Message.attempts == letter.attempts)
    outcome = update(Message).where(*ours).values(error=one_line(error, ERROR_LENGTH), **new)
    with transaction():
        db.session.execute(outcome.execution_options(synchronize_session=False))
