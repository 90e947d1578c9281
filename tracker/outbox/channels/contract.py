"""What delivery and every channel agree on: the letter handed over, where it goes, and the sorts of failure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol


class PermanentError(Exception):
    """The letter can never arrive; the message is for the administrator."""


class TemporaryError(Exception):
    """The letter may arrive later; the message is for the administrator."""


class ChannelDown(TemporaryError):
    """Nothing can go out this way at present, whatever the letter."""


class NotNeeded(Exception):
    """The letter has lost its object before it was sent; the message says why."""


@dataclass(frozen=True)
class Addressee:
    """Where a letter goes at the moment of sending, and whom it greets; without a salutation it greets nobody."""

    address: str
    salutation: str


@dataclass(frozen=True)
class EndpointAddress:
    """The whole address of a robot or webhook, which may hold its key, and the secret it signs with, if any."""

    url: str
    secret: str


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter."""

    name: str
    content: bytes


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
    attachments: tuple[Attachment, ...] = ()


class Channel(Protocol):
    """One way out, kept open for a run. `send` returns when the letter was taken, or raises one of the errors above."""

    def send(self, letter: Outgoing) -> None:
        """Hand the letter over within SEND_SECONDS."""

    def close(self) -> None:
        """End the connection, if there is one."""


@dataclass(frozen=True)
class ChannelKind:
    """A kind of channel: its name for readers, and how to open one; opening connects to nothing yet.

    `takes_files` tells whether attachments travel along; `per_run` is how many letters one endpoint takes in a run.
    """

    label: str
    open: Callable[[Mapping[str, Any], EndpointAddress | None], Channel]
    needs_endpoint: bool
    takes_files: bool = False
    per_run: int | None = None


SEND_SECONDS = 30
"""The longest a send may take in all; delivery's lease is longer, so that nobody else sends the letter meanwhile."""
