"""A mail server, a clock to move, and letters."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
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
from tracker.outbox.channels import Addressee, addresses
from tracker.outbox.claims import Claimed
from tracker.outbox.delivery import Delivered
from tracker.outbox.models import Message

NOW = datetime(2021, 3, 1, 1, tzinfo=UTC)

Clock = Callable[..., None]


@pytest.fixture(autouse=True)
def _loopback_may_be_reached() -> None:
    """Let letters go to the servers of the tests, also where a test has no application."""
    addresses.configure((ip_network("127.0.0.0/8"), ip_network("::1/128")))


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


def resolve(letter: Claimed) -> Addressee:
    """Give everyone an address and no salutation."""
    return Addressee(address_of(letter.recipient), "")


def address_of(account: str) -> str:
    """The address that everyone has."""
    return f"{account}@example.invalid"


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], tuple[str, str]]:
    """Make a certificate for localhost, which the client trusts or not."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("跳过 TLS 测试：没有 openssl 命令")
    files = str(tmp_path / "certificate.pem"), str(tmp_path / "key.pem")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", files[1])
    name = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-out", files[0])
    subprocess.run([openssl, "req", "-x509", *key, *name], check=True, capture_output=True)

    def make(trusted: bool) -> tuple[str, str]:
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", files[0])
        return files

    return make


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
        return delivery.deliver(settings(url or server.url), options.pop("resolve", resolve), **options)

    return run


def fate(message: Message) -> Message:
    """Return the letter as it is on record now."""
    db.session.rollback()
    return db.session.scalars(
        select(Message).where(Message.id == message.id).execution_options(populate_existing=True)
    ).one()
