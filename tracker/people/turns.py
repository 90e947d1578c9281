"""Lets transactions that count before they write do so one after the other."""

from sqlalchemy import func, select

from tracker.db import db


def take_turn(what: str) -> None:
    """Wait until no other open transaction holds the turn of this name; held until the caller's ends.

    SQLite has one writer at a time anyway; PostgreSQL would let two count the same rows and then both write.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))
