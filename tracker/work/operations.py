"""Long work, asked for once, done by one process piece by piece, stopped or ended."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from tracker.audit import operations as audit
from tracker.db import db, insert_once
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.words import packed
from tracker.work.models import Work, WorkState

HELD = timedelta(seconds=60)
"""How long a silent worker keeps a piece of work; each step holds it anew."""

KEPT = timedelta(days=7)
"""How long what came of it is kept."""

OPEN = (WorkState.WAITING, WorkState.RUNNING)


class Stopped(Exception):
    """Whoever asked for the work wants it no more, or another process has taken it over.

    A kind of work that leaves something done may say so: Stopped(say("…")).
    """


@dataclass(frozen=True)
class Asked:
    """A piece of work in a worker's hands; `done` steps of it were done before."""

    id: int
    kind: str
    owner_id: int
    arguments: dict[str, Any]
    done: int


@dataclass(frozen=True)
class Outcome:
    """What came of it: a sentence, and a file under its name and hash where there is one."""

    words: str
    file_name: str = ""
    sha256: str = ""
    failures: Sequence[Sequence[str]] = ()


def ask(actor: Actor, at: datetime, kind: str, title: str, arguments: dict[str, Any], key: str) -> int:
    """Ask for a piece of work and return its number; the same `key` again asks for nothing more."""
    require(actor, Action.OWN_ACCOUNT)
    values = {
        "key": key,
        "kind": kind,
        "title": packed(title),
        "owner_id": actor.id,
        "arguments": json.dumps(arguments, ensure_ascii=False),
        "created_at": at,
    }
    if insert_once(Work, {**_EMPTY, **values}):
        audit.record(actor, at, "ask_work", "work", None, title)
    return db.session.scalars(select(Work.id).where(Work.key == key)).one()


_EMPTY: dict[str, Any] = {
    "state": WorkState.WAITING,
    "done": 0,
    "total": 0,
    "outcome": "",
    "failures": "[]",
    "result_name": "",
    "result_sha256": "",
    "stop_asked": False,
    "holder": "",
}


def stop(actor: Actor, at: datetime, work_id: int) -> bool:
    """Ask for one's own work to be left off; what nobody has begun ends at once. Tell whether there was any to stop."""
    own = and_(Work.id == work_id, Work.owner_id == actor.id)
    ended = {"state": WorkState.CANCELLED, "ended_at": at}
    at_once = _change(and_(own, Work.state == WorkState.WAITING), ended)
    return at_once or _change(and_(own, Work.state == WorkState.RUNNING), {"stop_asked": True})


# ---- the worker


def waiting(at: datetime) -> ColumnElement[bool]:
    """Match what nobody works on."""
    left = and_(Work.state == WorkState.RUNNING, Work.held_until < at)
    return or_(Work.state == WorkState.WAITING, left)


def claim(holder: str, at: datetime) -> Asked | None:
    """Take the oldest work that nobody does; None where there is none. The caller commits."""
    row = db.session.scalars(select(Work).where(waiting(at)).order_by(Work.id).limit(1)).one_or_none()
    if row is None:
        return None
    taken = {"state": WorkState.RUNNING, "holder": holder, "held_until": at + HELD, "started_at": row.started_at or at}
    if not _change(and_(Work.id == row.id, waiting(at)), taken):
        return None
    return Asked(row.id, row.kind, row.owner_id, json.loads(row.arguments), row.done)


def note(work: Asked, holder: str, at: datetime, done: int, total: int) -> None:
    """Put progress on record and keep hold of the work; raise Stopped where it is no longer wanted, or another's."""
    held = and_(Work.id == work.id, Work.holder == holder, Work.state == WorkState.RUNNING, ~Work.stop_asked)
    if not _change(held, {"done": done, "total": total, "held_until": at + HELD}):
        raise Stopped


def finish(work: Asked, holder: str, at: datetime, outcome: Outcome) -> None:
    """Put on record what came of it."""
    values = {
        "state": WorkState.DONE,
        "done": Work.total,
        "outcome": packed(outcome.words),
        "failures": json.dumps(outcome.failures, ensure_ascii=False),
        "result_name": outcome.file_name,
        "result_sha256": outcome.sha256,
        "ended_at": at,
    }
    _change(and_(Work.id == work.id, Work.holder == holder), values)


def fail(work: Asked, holder: str, at: datetime, why: str, stopped: bool = False) -> None:
    """Put on record that it could not be done, or was left off."""
    state = WorkState.CANCELLED if stopped else WorkState.FAILED
    _change(and_(Work.id == work.id, Work.holder == holder), {"state": state, "outcome": packed(why), "ended_at": at})


def forget(at: datetime) -> int:
    """Drop the work that ended long ago; return how many."""
    old = and_(Work.state.not_in(OPEN), Work.ended_at < at - KEPT)
    return int(db.session.execute(delete(Work).where(old)).rowcount)  # type: ignore[attr-defined]


def _change(condition: ColumnElement[bool], values: dict[str, Any]) -> bool:
    statement = update(Work).where(condition).values(**values)
    result = db.session.execute(statement, execution_options={"synchronize_session": False})
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]
