"""Reads entries exactly as they are stored, in constant memory; what we could not have written stays visible."""

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from tracker.audit.chain import Row

# As text on PostgreSQL too: a moment such as infinity has no other form here.
_AS_TEXT = {"at": "CAST(at AT TIME ZONE 'UTC' AS text)", "day": "CAST(day AS text)"}
_IN_ORDER = {
    "sqlite": text(f"SELECT {', '.join(Row._fields)} FROM audit_entry ORDER BY number"),  # nosec B608 # our columns
    "postgresql": text(
        f"SELECT {', '.join(_AS_TEXT.get(name, name) for name in Row._fields)} "  # nosec B608 # our columns
        "FROM audit_entry ORDER BY number"
    ),
}
AT_ONCE = 1000


def rows(connection: Connection) -> Generator[Row]:
    """Return every entry by number; whoever stops early closes the iterator."""
    dialect = connection.dialect.name
    with _any_text(connection):
        found = connection.execute(_IN_ORDER[dialect], execution_options={"yield_per": AT_ONCE})
        try:
            for raw in found:
                row = Row(*raw)
                yield row if dialect == "sqlite" else row._replace(at=_padded(row.at))
        finally:
            found.close()


def _padded(at: Any) -> Any:
    """Return a moment as it is hashed; PostgreSQL leaves out the zeros of a fraction."""
    try:
        return datetime.fromisoformat(at).isoformat(" ", "microseconds")
    except (TypeError, ValueError):
        return at


@contextmanager
def _any_text(connection: Connection) -> Iterator[None]:
    """Let SQLite hand over bytes that are no UTF-8, so that one broken letter is found and not an error."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    before, driver.text_factory = driver.text_factory, _decoded
    try:
        yield
    finally:
        driver.text_factory = before


def _decoded(stored: bytes) -> str:
    return stored.decode("utf-8", "surrogateescape")
