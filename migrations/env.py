"""Runs the migrations inside the application's own engine; each one is a single transaction."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection

logging.getLogger("alembic").setLevel(logging.WARNING)
extension = current_app.extensions["migrate"]
engine = extension.db.engine
metadata = extension.db.metadata


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Let SQLite replace a table that others refer to, and look at every reference afterwards.

    It alters a table by making it anew; dropping the old one would otherwise count as deleting all its rows.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"migrations left references to rows that are not there: {broken[:5]}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def run() -> None:
    """Migrate as a writer, so that two starts at once follow one another."""
    with engine.connect().execution_options(writes=True) as connection, without_foreign_keys(connection):
        context.configure(
            connection=connection,
            target_metadata=metadata,
            transaction_per_migration=True,
            **extension.configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("migrations need the database itself: run `tracker db upgrade`")
run()
