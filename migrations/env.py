"""Runs the migrations inside the application's own engine; each one is a single transaction."""

import logging

from alembic import context
from flask import current_app

logging.getLogger("alembic").setLevel(logging.WARNING)
extension = current_app.extensions["migrate"]
engine = extension.db.engine
metadata = extension.db.metadata


def run() -> None:
    """Migrate as a writer, so that two starts at once follow one another."""
    with engine.connect().execution_options(writes=True) as connection:
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
