"""The database: engine rules, naming of constraints, transactions, and the shared column types."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

try:
    import fcntl
except ImportError:  # Windows: writers wait as SQLite lets them.
    fcntl = None  # type: ignore[assignment]

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_ESCAPES = str.maketrans({sign: f"/{sign}" for sign in "/%_"})


def holding(text: str) -> str:
    """Return the pattern of LIKE, with / as its escape, for whatever holds a text."""
    return f"%{text.translate(_ESCAPES)}%"


FOREVER = date(9999, 12, 31)
"""The end of a period that has not ended; a value, so that one comparison finds the state of any day."""


class Base(DeclarativeBase):
    """The declarative base of every table."""

    metadata = MetaData(naming_convention=NAMES)


LARGEST_ID = 2**31 - 1
"""What an integer key of either database can be."""

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:

    class Model(Base):
        """What rooms derive their tables from."""

        __abstract__ = True
else:
    Model = db.Model


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored as UTC in either database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into UTC; a naive one is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC moment."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Versioned:
    """A row that people edit: an update of a version that is no longer there is refused."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        """Let SQLAlchemy compare and raise the version in every UPDATE."""
        return {"version_id_col": cls.version}


@contextmanager
def transaction() -> Iterator[None]:
    """Run one write: begin it as a writer, commit at the end, roll everything back on any error.

    What the session read before is let go first: on SQLite a reader that turns into a writer would
    fail or overwrite what another wrote meanwhile (the database would not say so).
    """
    session = db.session
    session.rollback()
    session.expire_all()
    with _in_turn(session.get_bind()):
        session.connection(execution_options={"writes": True})
        try:
            yield
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def undone_unless(kept: bool) -> Iterator[None]:
    """Run a part of a transaction, and then let it be as if it had not happened: the time it takes tells nothing."""
    part = db.session.begin_nested()
    yield
    if kept:
        part.commit()
    else:
        part.rollback()


_writing = Lock()


@contextmanager
def _in_turn(engine: Engine | Connection) -> Iterator[None]:
    """Let SQLite's writers queue on a lock file beside the database; anything else decides for itself.

    SQLite's own waiting looks again after ever longer pauses, so that under load the lock lies free while all sleep.
    The system gives the file's lock to the next in line at once, and takes it back from a process that dies.
    """
    file = engine.engine.url.database
    if engine.dialect.name != "sqlite" or not file or not os.path.isfile(file) or fcntl is None:
        yield
        return
    with _writing, open(f"{file}.lock", "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def insert_once(model: type[Base], values: dict[str, Any]) -> bool:
    """Insert a row unless a unique key already holds it; tell whether it was inserted."""
    session = db.session
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(model).values(**values).on_conflict_do_nothing()
    # Without the option psycopg's count of inserted rows is thrown away.
    result = session.execute(statement, execution_options={"preserve_rowcount": True})
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def engine_options(url: str) -> dict[str, Any]:
    """Return the engine options for a database address."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 30}}
    return {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8}


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver's own BEGIN would be a reader's; the engine below says BEGIN itself.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
