"""The duty of the one working scheduler: taken, kept and given back by the database's own clock."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, update

from tracker import clock
from tracker.db import db, insert_once
from tracker.reminders.models import Lease
from tracker.reminders.queries import DUTY

SECONDS = 45
"""How long a silent holder keeps the duty; three heartbeats of 15 seconds."""


def hold(holder: str) -> bool:
    """Take or keep the duty and note the heartbeat; tell whether it is the holder's. The caller commits."""
    long_ago = datetime(2000, 1, 1, tzinfo=clock.utc().tzinfo)
    insert_once(Lease, {"name": DUTY, "holder": "", "until": long_ago, "beat_at": long_ago})
    free = or_(Lease.holder == holder, Lease.until <= _now())
    return _change(free, holder=holder, until=_now(SECONDS), beat_at=_now())


def release(holder: str) -> None:
    """Give the duty back, so that the next process need not wait; the caller commits."""
    _change(Lease.holder == holder, until=_now())


def _change(condition: ColumnElement[bool], **new: Any) -> bool:
    statement = update(Lease).where(and_(Lease.name == DUTY, condition)).values(**new)
    result = db.session.execute(statement, execution_options={"synchronize_session": False})
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def _now(later: int = 0) -> ColumnElement[Any]:
    """Return the database's moment, so many seconds later, in the form that UtcDateTime stores."""
    if db.session.get_bind().dialect.name == "postgresql":
        return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, later)
    return literal_column(f"strftime('%Y-%m-%d %H:%M:%f', 'now', '+{later} seconds') || '000'")
