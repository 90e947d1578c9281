"""The duty of the one working scheduler: taken, kept and given back by the database's own clock."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select, text, type_coerce, update

from tracker.db import UtcDateTime, db, insert_once
from tracker.reminders.models import Lease
from tracker.reminders.queries import DUTY

SECONDS = 8
"""How long a silent holder keeps the duty; four heartbeats of two seconds."""


FROZEN_MS = 4000
"""PostgreSQL ends a session that stops for so long amid asking for the duty: its lock would keep all others out."""


class Duty(StrEnum):
    """What asking for the duty came to."""

    ANOTHERS = "another's"
    KEPT = "kept"
    TAKEN = "taken"
    """It had run out, also if it was the asker's own, who slept: whatever was due meanwhile is to be made up."""


def is_free(holder: str) -> bool:
    """Tell, reading only, whether `hold` may succeed; those who stand by ask this and disturb no writer."""
    held = select(Lease.holder).where(Lease.name == DUTY, Lease.holder != holder, ~_run_out())
    return db.session.scalar(held) is None


def hold(holder: str) -> Duty:
    """Keep or take the duty and note the heartbeat. The caller commits."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = {FROZEN_MS}"))
    if _change(and_(Lease.holder == holder, ~_run_out()), until=moment(SECONDS), beat_at=moment()):
        return Duty.KEPT
    insert_once(Lease, {"name": DUTY, "holder": "", "until": moment(), "beat_at": moment()})
    taken = _change(_run_out(), holder=holder, until=moment(SECONDS), beat_at=moment())
    return Duty.TAKEN if taken else Duty.ANOTHERS


def release(holder: str) -> None:
    """Give the duty back, so that the next process need not wait; the caller commits."""
    _change(Lease.holder == holder, until=moment())


def moment(later: int = 0) -> ColumnElement[datetime]:
    """Return the database's moment, so many seconds later, in the form that UtcDateTime stores."""
    if db.session.get_bind().dialect.name == "postgresql":
        now: ColumnElement[Any] = func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, later)
    else:
        now = literal_column(f"strftime('%Y-%m-%d %H:%M:%f', 'now', '+{later} seconds') || '000'")
    return type_coerce(now, UtcDateTime())


def _run_out() -> ColumnElement[bool]:
    """Match a duty whose time is over, and one that lies so far ahead that the clock must have been set back."""
    return or_(Lease.until <= moment(), Lease.until > moment(SECONDS + 1))


def _change(condition: ColumnElement[bool], **new: Any) -> bool:
    statement = update(Lease).where(and_(Lease.name == DUTY, condition)).values(**new)
    result = db.session.execute(statement, execution_options={"synchronize_session": False})
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]
