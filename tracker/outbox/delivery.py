"""Sends what waits in the outbox: claims letters, sends each outside any transaction, puts its outcome on record.

This is the one place below the doors that commits: its commits are its purpose. Call it outside a transaction.
"""

import logging
from collections import Counter, deque
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import select

from tracker import clock, sealing, storage
from tracker.db import db, transaction
from tracker.letters import Body, greeted, one_line
from tracker.outbox import claims, confidential
from tracker.outbox.channels import (
    CHANNELS,
    Addressee,
    Attachment,
    Channel,
    ChannelDown,
    EndpointAddress,
    NotNeeded,
    Outgoing,
    PermanentError,
    TemporaryError,
    contract,
)
from tracker.outbox.claims import LEASE, Claimed, File, Outcome, Way
from tracker.outbox.models import Endpoint, MessageState
from tracker.outbox.operations import ADDRESS_LENGTH, TEST

__all__ = ["LEASE", "Claimed", "Delivered", "deliver"]

log = logging.getLogger(__name__)

BACK_OFF_MINUTES = (1, 5, 15, 60, 120, 240, 480, 720)
"""The waits after the first, second … failure; the last one repeats."""

MAX_ATTEMPTS = 14
"""With the waits above a letter is given up after four days, as mail servers do (RFC 5321, 4.5.4.1)."""

HANDFUL = 8
"""How many letters one claim takes: their common lease leaves the last of them its time as well (see Hand)."""

SALUTATION_LENGTH = 140

NOBODY = Addressee("", "")

Resolve = Callable[[Claimed], Addressee]
"""From a letter to where it goes now; raises PermanentError for someone who gets none, NotNeeded for a letter."""


@dataclass
class Delivered:
    """What a run did: letters sent, put off for a later attempt, given up, found needless."""

    sent: int = 0
    postponed: int = 0
    dead: int = 0
    void: int = 0

    @property
    def handled(self) -> int:
        """How many letters had their turn."""
        return self.sent + self.postponed + self.dead + self.void

    def count(self, state: MessageState) -> None:
        """Count one more letter, by the state it is in now."""
        match state:
            case MessageState.SENT:
                self.sent += 1
            case MessageState.DEAD:
                self.dead += 1
            case MessageState.VOID:
                self.void += 1
            case _:
                self.postponed += 1


def deliver(
    settings: Mapping[str, Any],
    resolve: Resolve,
    limit: int | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Delivered:
    """Send what is due, at most `limit` letters, until nothing is left or `stopped` says so."""
    done, hand = Delivered(), Hand()
    tried: tuple[Claimed, Outcome] | None = None
    with Ways(settings) as ways:
        while True:
            more = 0 if stopped() else None if limit is None else limit - done.handled
            # One transaction puts on record what became of a letter and takes the next, and is over before that is
            # sent: a crash repeats the one letter that was on its way, no other.
            with transaction():
                if tried:
                    claims.finish(*tried)
                letter = hand.following(ways.closed, more)
            if letter is None:
                return done
            tried = letter, _outcome(letter, resolve, ways)
            done.count(tried[1].state)


class Hand:
    """The letters that one claim took; they share its lease, and what cannot surely be sent within it goes back."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self.letters: deque[Claimed] = deque()
        self.claimed_at = _moments()

    def following(self, closed: set[Way], more: int | None) -> Claimed | None:
        """Return the next letter, claiming where none is left; None when nothing is due. Needs a transaction."""
        self.give_back(lambda letter: letter.way in closed)
        if self._is_old() or more == 0:
            self.give_back()
        if not self.letters and (more is None or more > 0):
            self.claimed_at = _moments()
            self.letters.extend(claims.claim(closed, HANDFUL if more is None else min(HANDFUL, more)))
        return self.letters.popleft() if self.letters else None

    def give_back(self, which: Callable[[Claimed], bool] = lambda _: True) -> None:
        """Let letters wait again that were not tried. Needs a transaction."""
        claims.give_back([letter for letter in self.letters if which(letter)])
        self.letters = deque(letter for letter in self.letters if not which(letter))

    def _is_old(self) -> bool:
        """Tell whether a send that began now could outlast the lease; connecting and sending have a deadline each."""
        passed = max(now - then for now, then in zip(_moments(), self.claimed_at, strict=True))
        return LEASE.total_seconds() - passed < 2 * contract.SEND_SECONDS + 10


def _moments() -> tuple[float, float]:
    """Return seconds on both clocks: one can be set back, the other stands still while the machine sleeps."""
    return clock.utc().timestamp(), monotonic()


class Ways:
    """The channels of one run: each opened once, closed to further letters when it is down or has had its share."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """Open nothing yet."""
        self.settings = settings
        self.closed: set[Way] = set()
        self.sent: Counter[Way] = Counter()
        self.opened: dict[tuple[str, EndpointAddress | None], Channel] = {}
        self.closing = ExitStack()

    def __enter__(self) -> "Ways":
        """Open channels from here on."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close every channel."""
        self.closing.close()

    def send(self, letter: Claimed, addressee: Addressee) -> None:
        """Send a letter its way, or raise what the channel raises."""
        kind = CHANNELS[letter.channel]
        channel = self._channel(letter.way)
        files = letter.files if kind.takes_files else ()
        db.session.rollback()  # no transaction stays open while a server is talked to
        try:
            channel.send(_worded(letter, addressee, self._contents(files)))
        except ChannelDown:
            self.closed.add(letter.way)
            raise
        self.sent[letter.way] += 1
        if self.sent[letter.way] == kind.per_run:
            self.closed.add(letter.way)

    def _channel(self, way: Way) -> Channel:
        address = _endpoint(way) if CHANNELS[way.channel].needs_endpoint else None
        if (way.channel, address) not in self.opened:
            channel = CHANNELS[way.channel].open(self.settings, address)
            self.closing.callback(channel.close)
            self.opened[way.channel, address] = channel
        return self.opened[way.channel, address]

    def _contents(self, files: tuple[File, ...]) -> tuple[Attachment, ...]:
        root: Path = self.settings["TRACKER_DATA_DIR"]
        return tuple(_attachment(root, file) for file in files)


def _endpoint(way: Way) -> EndpointAddress:
    row = db.session.execute(
        select(Endpoint.url, Endpoint.secret).where(
            Endpoint.id == way.endpoint_id, Endpoint.kind == way.channel, Endpoint.active
        )
    ).one_or_none()
    if row is None:
        raise PermanentError("通知渠道已停用或不存在，请到“发送渠道”中启用后重发")
    return EndpointAddress(row.url, sealing.unseal(row.secret))


def _attachment(root: Path, file: File) -> Attachment:
    try:
        return Attachment(file.name, storage.path_of(root, file.sha256).read_bytes())
    except OSError as error:
        raise TemporaryError(f"附件“{file.name}”读不出来（{error.strerror}）") from error


def _worded(letter: Claimed, addressee: Addressee, files: tuple[Attachment, ...]) -> Outgoing:
    body = greeted(confidential.sent(letter.kind, Body(letter.text, letter.html)), addressee.salutation)
    return Outgoing(
        key=letter.key,
        address=addressee.address,
        subject=letter.subject,
        text=body.text,
        html=body.html,
        day=letter.day,
        recipient=letter.recipient,
        queued_at=letter.queued_at,
        attachments=files,
    )


def _outcome(letter: Claimed, resolve: Resolve, ways: Ways) -> Outcome:
    """Send a letter and tell what became of it; any surprise is an error to try again."""
    addressee, now = NOBODY, clock.utc()
    try:
        addressee = _addressee(letter, resolve)
        ways.send(letter, addressee)
    except NotNeeded as reason:
        return Outcome(MessageState.VOID, now, error=str(reason))
    except (PermanentError, sealing.CannotUnseal) as error:
        return _given_up(letter, str(error), addressee)
    except TemporaryError as error:
        return _put_off(letter, str(error), addressee)
    except Exception as error:
        log.exception("letter %s could not be sent", letter.key)
        return _put_off(letter, f"程序错误（{type(error).__name__}），详见日志", addressee)
    return Outcome(MessageState.SENT, now, *_known(addressee), sent_at=clock.utc())


def _addressee(letter: Claimed, resolve: Resolve) -> Addressee:
    if letter.kind == TEST:
        return Addressee(letter.address, "")  # A test goes where the administrator sends it, whoever that is.
    try:
        return resolve(letter)
    finally:
        db.session.rollback()  # no transaction stays open while a server is talked to


def _put_off(letter: Claimed, error: str, addressee: Addressee) -> Outcome:
    """Let a letter wait longer with each attempt, and give it up after the last."""
    if letter.attempts >= MAX_ATTEMPTS:
        return _given_up(letter, f"试了{letter.attempts}次仍未发出，已放弃。最后一次：{error}", addressee)
    wait = timedelta(minutes=BACK_OFF_MINUTES[min(letter.attempts, len(BACK_OFF_MINUTES)) - 1])
    return Outcome(MessageState.PENDING, clock.utc() + wait, *_known(addressee), error)


def _given_up(letter: Claimed, error: str, addressee: Addressee) -> Outcome:
    log.warning("letter %s given up: %s", letter.key, error)
    return Outcome(MessageState.DEAD, clock.utc(), *_known(addressee), error)


def _known(addressee: Addressee) -> tuple[str, str]:
    """Return address and salutation as they go on record."""
    return one_line(addressee.address, ADDRESS_LENGTH), one_line(addressee.salutation, SALUTATION_LENGTH)
