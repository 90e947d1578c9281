"""Where the acts of this thread or request come from; the doors say it, the record keeps it."""

from contextvars import ContextVar
from typing import NamedTuple

CLI, SCHEDULER = "cli", "scheduler"
ADDRESS_LENGTH, REQUEST_LENGTH = 45, 20


class Origin(NamedTuple):
    """A client's address, or the word of another door, and the number of the request."""

    address: str = ""
    request_id: str = ""


_origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - a tuple


def come_from(address: str, request_id: str = "") -> None:
    """Say where what follows comes from."""
    _origin.set(Origin(address[:ADDRESS_LENGTH], request_id[:REQUEST_LENGTH]))


def present() -> Origin:
    """Return where the present acts come from."""
    return _origin.get()
