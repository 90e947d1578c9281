"""What the database has on record: who is on duty, what waits; and the comparison with what went over the wire."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, UniqueConstraint, func, select, text, update

from drills.stage import Stage, until
from tracker.outbox.models import Message, MessageState
from tracker.reminders.models import Lease, Notice

WAITING = (MessageState.PENDING, MessageState.SENDING)
LONG_AGO = datetime(2021, 1, 1, tzinfo=UTC)


def leader(place: Stage) -> int:
    """Return the process number of whoever holds the duty by the record, also if it is dead; 0 for nobody."""
    with place.engine.connect() as connection:
        holder = connection.scalar(select(Lease.holder))
    return int(holder.split(":")[-2]) if holder else 0


def waiting(place: Stage, *states: MessageState) -> int:
    """Return how many letters are not sent yet, or are in some of these states."""
    with place.engine.connect() as connection:
        found = select(func.count()).select_from(Message).where(Message.state.in_(states or WAITING))
        return connection.scalar(found) or 0


def missing(place: Stage, keys: Collection[str]) -> int:
    """Return how many of these letters are not on record."""
    with place.engine.connect() as connection:
        return len(set(keys) - set(connection.scalars(select(Message.key))))


def run_out(place: Stage) -> None:
    """Let what dead processes hold run out now instead of after 8 seconds (duty) and 120 seconds (letter).

    Only for when no scheduler lives: what a living one holds is its own.
    """
    until(lambda: not _busy(place), seconds=10)
    stuck = update(Message).where(Message.state == MessageState.SENDING)
    with place.engine.begin() as connection:
        connection.execute(update(Lease).values(until=LONG_AGO))
        connection.execute(stuck.values(next_try_at=LONG_AGO))


def _busy(place: Stage) -> int:
    """Count what the server still does for dead clients; a file has no server."""
    if place.engine.dialect.name == "sqlite":
        return 0
    busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with place.engine.connect() as connection:
        return int(connection.scalar(text(f"{busy} AND state = 'active'")) or 0)


# ---- the comparison


@dataclass
class Figures:
    """What a drill came to; an empty list of problems is what it is for."""

    expected: int
    recorded: int
    sent: int
    wire: int
    repeats: int
    most_copies: int
    problems: list[str] = field(default_factory=list)

    def lines(self) -> Iterable[str]:
        """Yield the figures and the problems in words."""
        yield f"letters: expected {self.expected}, on record {self.recorded}, sent {self.sent}"
        yield (
            f"on the wire: {self.wire}, of which repeats {self.repeats} "
            f"(same Message-ID, at most {self.most_copies} copies of one)"
        )
        yield from (f"PROBLEM: {problem}" for problem in self.problems)


def compare(place: Stage, letters: Iterable[Mapping[str, Any]], accepted: Iterable[str], kills: int) -> Figures:
    """Hold the letters that a dry run promised against the record, and the record against the wire."""
    promised = {letter["key"]: letter["channel"] for letter in letters}
    wire = Counter(accepted)
    with place.engine.connect() as connection:
        states = dict(connection.execute(select(Message.key, Message.state)).all())
        problems = _soundness(connection)
    by_mail = {message_id(key): key for key, channel in promised.items() if channel == "email"}
    lost = [key for number, key in by_mail.items() if number not in wire]
    repeats = wire.total() - len(wire)
    problems += _named("promised but not on record", promised.keys() - states.keys())
    problems += _named("on record but never promised", states.keys() - promised.keys())
    problems += _named("not sent", [key for key, state in states.items() if state != MessageState.SENT])
    problems += _named("lost: never on the wire", lost)
    problems += _named("on the wire under a Message-ID of no letter", wire.keys() - by_mail.keys())
    if repeats > kills:
        problems.append(f"{repeats} repeats on the wire after {kills} kills")
    sent = sum(state == MessageState.SENT for state in states.values())
    most = max(wire.values(), default=0)
    return Figures(len(promised), len(states), sent, wire.total(), repeats, most, problems)


def _key(model: type[Notice]) -> list[ColumnElement[Any]]:
    assert isinstance(model.__table__, Table)
    return next([*rule.columns] for rule in model.__table__.constraints if isinstance(rule, UniqueConstraint))


def message_id(key: str) -> str:
    """Return the Message-ID that belongs to a letter, whoever sends it and however often."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@localhost>"


def _named(what: str, keys: Collection[str]) -> list[str]:
    return [f"{len(keys)} {what}, e.g. {', '.join(sorted(keys)[:3])}"] if keys else []


def _soundness(connection: Connection) -> list[str]:
    """Tell what is wrong with the database: its files, its references, and rows that a unique key should refuse."""
    problems = []
    if connection.dialect.name == "sqlite":
        answers = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        problems += [f"integrity: {answer}" for answer in answers if answer != "ok"]
        problems += [f"reference: {row}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check").all()]
    else:
        connection.exec_driver_sql("SET LOCAL enable_indexscan = off")
        connection.exec_driver_sql("SET LOCAL enable_indexonlyscan = off")
    for what, columns in (("letter", [Message.key]), ("notice", _key(Notice))):
        twice = select(*columns).group_by(*columns).having(func.count() > 1)
        problems += [f"{what} recorded twice: {tuple(row)}" for row in connection.execute(twice)]
    return problems
