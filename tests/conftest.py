"""What every test may ask for: a migrated or seeded database, a browser-like client, the command line, a query count.

TRACKER_TEST_DATABASE chooses the database: sqlite (default) or postgresql.
"""

import contextvars
import io
import itertools
import json
import os
import shutil
import socket
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, event, update

from tests import postgres
from tests.client import Client, forget_what_was_read
from tests.compiled import (
    COMPILED,
    STATEMENTS,
    addresses_compiled_once,
    areas_registered_once,
    garbage_looked_for_seldom,
    hashing_quickly,
    statements_compiled_once,
)
from tests.selection import needs_one_database
from tracker import clock
from tracker.app import create_app
from tracker.cli import main
from tracker.db import db, transaction
from tracker.people.models import User
from tracker.seeding import seed_all

TODAY = date(2021, 6, 24)
ZONE = ZoneInfo("Asia/Shanghai")
SECRET = "a-secret-that-only-the-tests-know-of"
FOLDER_VARIABLE = "TRACKER_TEST_FOLDER"
"""How the worker processes learn of the one folder for databases."""

MEMORY = Path("/dev/shm")
ROOM = 1 << 30

COUNTED = {
    "matrix_cells": "permission matrix, cells tried over HTTP",
    "matrix_states": "permission matrix, moves tried in every state",
    "abuse_cases": "abuse cases tried",
}
"""What tests count by record_property, in the words of the summary."""

# --- the run ---------------------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, keep the developer's settings out, and reserve a folder for the databases."""
    config.addinivalue_line("markers", "once: needs to run on one database only")
    for name in [name for name in os.environ if name.startswith("TRACKER_") and "_TEST_" not in name]:
        del os.environ[name]
    if FOLDER_VARIABLE not in os.environ:
        os.environ[FOLDER_VARIABLE] = tempfile.mkdtemp(prefix="tracker-", dir=quick_disk())
        config.add_cleanup(release_folder)
    # Servers and commands are started by the hundred: each would compile the whole program anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def release_folder() -> None:
    """Remove the databases, once every worker has ended."""
    shutil.rmtree(os.environ.pop(FOLDER_VARIABLE), ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that one database is enough for."""
    for item in items:
        if needs_one_database(item):
            item.add_marker("once")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was counted, and why tests were skipped; a line for each reason, not for each test."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    for counted, words in COUNTED.items():
        tried = sum(number for report in reports for name, number in report.user_properties if name == counted)
        if tried:
            terminalreporter.write_line(f"{words}: {tried}")
    for reason in sorted({report.longrepr[2] for report in terminalreporter.stats.get("skipped", [])}):
        terminalreporter.write_line(reason.removeprefix("Skipped: "))


def quick_disk() -> str | None:
    """Memory that looks like a disk, where there is enough: databases that nobody keeps need not wait for a disk."""
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return str(MEMORY) if roomy else None


def on_postgresql() -> bool:
    """Tell which database this run is for."""
    choice = os.environ.get("TRACKER_TEST_DATABASE", "sqlite")
    if choice not in ("sqlite", "postgresql"):
        raise pytest.UsageError(f"TRACKER_TEST_DATABASE is sqlite or postgresql, not {choice}")
    return choice == "postgresql"


@pytest.fixture(scope="session", autouse=True)
def _only_loopback() -> Iterator[None]:
    """Refuse every connection that would leave the machine."""
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _require_loopback(address[0])
        connect(self, address)

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        _require_loopback(host)
        return resolve(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket, "getaddrinfo", guarded_resolve)
        yield


def _require_loopback(host: Any) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name not in (None, "", "localhost", "::1", "0.0.0.0", "::") and not name.startswith("127."):
        raise ConnectionRefusedError(f"tests do not talk to {name}")


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> Iterator[None]:
    with hashing_quickly():
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_applications(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Make the pages, the addresses and the statements of an application once for all of them."""
    with garbage_looked_for_seldom(), addresses_compiled_once(), statements_compiled_once():
        model = create_app(settings("sqlite://", tmp_path_factory.mktemp("model")))
        clock.configure(ZONE, None)
        with areas_registered_once(model):
            yield


# --- databases -------------------------------------------------------------------------------------------------


class Databases(Protocol):
    """Makes the databases of one kind, by address."""

    def create(self, name: str) -> str:
        """Make an empty database."""

    def copy(self, template: str) -> str:
        """Copy a database that nobody is connected to."""

    def drop(self, address: str) -> None:
        """Remove a copy."""

    def close(self) -> None:
        """Let go of what serves the databases."""


class SqliteDatabases:
    """Copies files."""

    def __init__(self, folder: Path, worker: str) -> None:
        """Keep the files in `folder`; `worker` keeps their names apart."""
        self.prefix = f"sqlite:///{folder / worker}"
        self.numbers = itertools.count(1)

    def create(self, name: str) -> str:
        """Name a file that SQLite will make."""
        return f"{self.prefix}-{name}.db"

    def copy(self, template: str) -> str:
        """Copy the file."""
        address = self.create(str(next(self.numbers)))
        shutil.copyfile(*(name.removeprefix("sqlite:///") for name in (template, address)))
        return address

    def drop(self, address: str) -> None:
        """Remove the file and its journals."""
        file = Path(address.removeprefix("sqlite:///"))
        for path in file.parent.glob(f"{file.name}*"):
            path.unlink()

    def close(self) -> None:
        """Leave the folder to whoever reserved it."""


@pytest.fixture(scope="session")
def databases(worker_id: str) -> Iterator[Databases]:
    """The databases of the kind this run is for."""
    kind = postgres.PostgresDatabases if on_postgresql() else SqliteDatabases
    made = kind(Path(os.environ[FOLDER_VARIABLE]), worker_id)
    yield made
    made.close()


@pytest.fixture(scope="session")
def empty_template(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the newest structure and no rows, made by the real chain of migrations."""
    address = databases.create("empty")
    with running(address, tmp_path_factory.mktemp("data")):
        flask_migrate.upgrade()
    return address


@pytest.fixture(scope="session")
def seeded_template(databases: Databases, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The organizations, the published 28-task plan and the demo accounts, without any history."""
    address = databases.copy(empty_template)
    with running(address, tmp_path_factory.mktemp("data")), transaction():
        seed_all(datetime.combine(TODAY, time(9), ZONE), demo=True)
        # Nobody in the tests is here for the first time, but where the tour itself is asked for.
        db.session.execute(update(User).values(toured_at=datetime.combine(TODAY, time(9), ZONE)))
    return address


@contextmanager
def running(address: str, data_dir: Path, **overrides: str) -> Iterator[Flask]:
    """An application on a database, its context pushed; every connection is closed at the end."""
    engines: weakref.WeakSet[Engine] = weakref.WeakSet()

    def remember(connection: Connection) -> None:
        engines.add(connection.engine)

    event.listen(Engine, "engine_connect", remember)
    try:
        app = create_app(settings(address, data_dir) | overrides)
        app.testing = True
        app.test_client_class = Client
        app.jinja_env.bytecode_cache = COMPILED
        with app.app_context():
            db.engine.update_execution_options(compiled_cache=STATEMENTS)
            yield app
    finally:
        event.remove(Engine, "engine_connect", remember)
        for engine in engines:
            engine.dispose()
        clock.configure(ZONE, None)


def settings(address: str, data_dir: Path) -> dict[str, str]:
    """The environment of an application under test."""
    return {
        "TRACKER_ENV": "test",
        "TRACKER_DATABASE_URL": address,
        "TRACKER_DATA_DIR": str(data_dir),
        "TRACKER_SECRET_KEY": SECRET,
        "TRACKER_TODAY": TODAY.isoformat(),
        "TRACKER_RATE_LIMIT": "0",
        "TRACKER_WEBHOOK_NETWORKS": "127.0.0.0/8,::1/128",
    }


@pytest.fixture
def database_url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    """The address of this test's own database: seeded where the test asks for `seeded`, else empty."""
    template = "seeded_template" if "seeded" in request.fixturenames else "empty_template"
    address = databases.copy(request.getfixturevalue(template))
    yield address
    databases.drop(address)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on this test's own database, its context pushed; the business day is TODAY."""
    with running(database_url, tmp_path / "data") as app:
        yield app


@pytest.fixture
def seeded(app: Flask) -> Flask:
    """The application with organizations, demo accounts and the published 28-task plan; no history."""
    return app


@pytest.fixture
def on_day(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], date]:
    """Set the business day, for the application and for the command line: on_day("2021-03-01")."""

    def set_day(day: str) -> date:
        app.config["TRACKER_TODAY"] = date.fromisoformat(day)
        monkeypatch.setenv("TRACKER_TODAY", day)
        clock.configure(ZONE, app.config["TRACKER_TODAY"])
        return date.fromisoformat(day)

    return set_day


# --- counting queries ------------------------------------------------------------------------------------------


@dataclass
class Queries:
    """The statements that reached the database; SELECTs apart."""

    statements: list[str] = field(default_factory=list)

    @property
    def selects(self) -> list[str]:
        """The reading ones."""
        return [statement for statement in self.statements if statement.startswith(("SELECT", "WITH", "("))]


@pytest.fixture
def query_count() -> Callable[[], AbstractContextManager[Queries]]:
    """Count statements: `with query_count() as queries: …; assert len(queries.selects) <= 4`."""

    @contextmanager
    def counting() -> Iterator[Queries]:
        queries = Queries()

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
                queries.statements.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield queries
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return counting


# --- the web door ----------------------------------------------------------------------------------------------


@pytest.fixture
def client(app: Flask) -> Client:
    """A visitor of the application; ask for `seeded` as well to have someone to sign in as."""
    visitor = app.test_client()
    assert isinstance(visitor, Client)
    return visitor


# --- the command line ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ran:
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output, after a command that succeeded."""
        assert self.code == 0, self.err
        return json.loads(self.out)


@pytest.fixture
def cli(app: Flask, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run a command in this process on this test's database: cli("scores", "--on", "2021-03-01", "--json").json."""
    for name, value in settings(database_url, tmp_path / "data").items():
        if name not in os.environ:
            monkeypatch.setenv(name, value)

    def run(*arguments: object) -> Ran:
        forget_what_was_read()
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        with monkeypatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setattr(sys, "argv", ["tracker", *map(str, arguments)])
            code = contextvars.Context().run(_exit_code)
        clock.configure(ZONE, app.config["TRACKER_TODAY"])
        return Ran(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))

    return run


def _exit_code() -> int:
    try:
        main()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return 0
