"""A mail server, a clock to move, and letters."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import make_message
from tests.outbox.server import MailServer, mail_server
from tracker import clock
from tracker.db import db, transaction
from tracker.outbox import delivery
from tracker.outbox.delivery import Delivered
from tracker.outbox.models import Message

NOW = datetime(2021, 3, 1, 1, tzinfo=UTC)

Clock = Callable[..., None]


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server that accepts everything unless told otherwise."""
    with mail_server() as server:
        yield server


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Move the clock on: later(minutes=1); it stands still otherwise."""
    moment = NOW

    def move(**amount: float) -> None:
        nonlocal moment
        moment += timedelta(**amount)

    monkeypatch.setattr(clock, "utc", lambda: moment)
    return move


def settings(url: str = "", folder: Path = Path()) -> dict[str, Any]:
    """The settings that delivery reads."""
    return {"TRACKER_MAIL_URL": url, "TRACKER_MAIL_FROM": "tracker@example.invalid", "TRACKER_DATA_DIR": folder}


def address_of(account: str) -> str:
    """Give everyone an address."""
    return f"{account}@example.invalid"


@pytest.fixture
def queue(app: Flask, later: Clock) -> Callable[..., Message]:
    """Queue a letter and commit: queue(recipient="anna")."""

    def put(**fields: Any) -> Message:
        with transaction():
            return make_message(**{"next_try_at": NOW, **fields})

    return put


@pytest.fixture
def deliver(server: MailServer, later: Clock) -> Callable[..., Delivered]:
    """Run delivery against the server."""

    def run(url: str = "", **options: Any) -> Delivered:
        return delivery.deliver(settings(url or server.url), options.pop("address_of", address_of), **options)

    return run


def fate(message: Message) -> Message:
    """Return the letter as it is on record now."""
    db.session.rollback()
    return db.session.scalars(
        select(Message).where(Message.id == message.id).execution_options(populate_existing=True)
    ).one()
