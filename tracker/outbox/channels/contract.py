"""What delivery and every channel agree on: the letter handed over, and the sorts of failure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


class PermanentError(Exception):
    """The letter can never arrive; the message is for the administrator."""


class TemporaryError(Exception):
    """The letter may arrive later; the message is for the administrator."""


class ChannelDown(TemporaryError):
    """Nothing can go out this way at present, whatever the letter."""


@dataclass(frozen=True)
class Outgoing:
    """A letter with the address that holds at the moment of sending; a repeat of the same letter is equal."""

    key: str
    address: str
    subject: str
    text: str
    html: str
    day: date
    recipient: str
    queued_at: datetime


class Channel(Protocol):
    """One way out, kept open for a run. `send` returns when the letter was taken, or raises one of the errors above."""

    def send(self, letter: Outgoing) -> None:
        """Hand the letter over within SEND_SECONDS."""

    def close(self) -> None:
        """End the connection, if there is one."""


SEND_SECONDS = 30
"""The longest a send may take in all; delivery's lease is longer, so that nobody else sends the letter meanwhile."""
