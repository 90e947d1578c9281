"""Puts acts on record: gathered while a transaction runs, chained and written at its end, gone if it rolls back."""

from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import Connection, Table, event, func, insert, select, update
from sqlalchemy.orm import Session, SessionTransaction

from tracker.audit import chain, heads, origin, stored
from tracker.audit.chain import CHAIN_BEGINS, Head, Row
from tracker.audit.models import AuditEntry, AuditHead
from tracker.audit.models import Outcome as Outcome
from tracker.db import db, insert_once
from tracker.rules.permissions import SYSTEM, Actor

VERIFY = "verify_audit"

PENDING, WRITTEN = "audit_pending", "audit_written"
"""What the session holds of a transaction's entries, before and after they are written."""

MARKS = "audit_marks"
"""How many entries the session held as each part of its transaction began."""


class About(TypedDict):
    """The unit and the task that an act was about, as record() takes them."""

    about_unit: int
    about_task: int


def record(
    actor: Actor,
    at: datetime,
    act: str,
    object_type: str,
    object_id: int | None,
    detail: str = "",
    *,
    about_unit: int | None = None,
    about_task: int | None = None,
    outcome: Outcome = Outcome.DONE,
) -> None:
    """Put one act on record; it stands or falls with the caller's transaction, at whose end it is written.

    `about_unit` and `about_task` are the unit and the task that the act was about, where there are such.
    """
    came = origin.present()
    entry = {
        "at": at,
        "day": at.date(),
        "account": actor.account[:60],
        "name": actor.name[:120],
        "role": str(actor.role),
        "unit_id": actor.unit_id,
        "unit": actor.unit_name[:60],
        "act": str(act),
        "outcome": str(outcome),
        "object_type": str(object_type),
        "object_id": object_id,
        "about_unit_id": about_unit,
        "about_task_id": about_task,
        # One entry is one line, whatever was typed: no reader can take a part of it for another entry.
        "detail": " ⏎ ".join(str(detail).splitlines()),
        "address": came.address,
        "request_id": came.request_id,
    }
    db.session().info.setdefault(PENDING, []).append(entry)


def note_verified(actor: Actor, at: datetime, words: str, *, sound: bool) -> None:
    """Put on record that somebody verified the chain, and what came of it."""
    outcome = Outcome.DONE if sound else Outcome.REFUSED
    record(actor, at, VERIFY, "audit_entry", None, words, outcome=outcome)


# Built once, and on the tables themselves, since they run at the end of every transaction that writes.
_ENTRY: Table = AuditEntry.__table__  # type: ignore[assignment]
_HEAD: Table = AuditHead.__table__  # type: ignore[assignment]
_SHIFT = (
    select(_ENTRY.c.id - _ENTRY.c.number).order_by(_ENTRY.c.number.desc()).limit(1).correlate(None).scalar_subquery()
)
"""By how much keys run ahead of numbers: nothing, unless rows were lost before there was a chain."""

_END = select(_HEAD.c.number, _HEAD.c.hash, func.coalesce(_SHIFT, 0).label("shift")).with_for_update(of=_HEAD)
_APPEND = insert(_ENTRY)
_ADVANCE = update(_HEAD)


@event.listens_for(db.session, "before_commit")
def _write(session: Session) -> None:
    """Chain what was gathered and write it, holding the end of the chain until the commit."""
    pending: list[dict[str, Any]] = session.info.pop(PENDING, [])
    if not pending:
        return
    session.flush()  # whatever fails of the act itself fails before others must wait for the end of the chain
    connection = session.connection()
    end = connection.execute(_END).one_or_none()
    if end is None:
        insert_once(AuditHead, {"id": 1, "number": 0, "hash": ""})
        end = connection.execute(_END).one()
    if not end.hash:
        shift, before = end.shift, _begin(connection, pending)
    else:
        shift, before = end.shift, Head(end.number, end.hash)
    known, rows = {before.number: before.hash}, []
    number, previous = before
    for entry in pending:
        number += 1
        row = _row(entry, number, shift, previous)
        previous = known[number] = row.hash
        rows.append({**entry, "id": row.id, "number": number, "hash": previous})
    connection.execute(_APPEND, rows)
    connection.execute(_ADVANCE, {"number": number, "hash": previous})
    session.info[WRITTEN] = known, Head(number, previous)


def _row(entry: dict[str, Any], number: int, shift: int, previous: str) -> Row:
    texts = {"at": chain.moment_text(entry["at"]), "day": entry["day"].isoformat()}
    open_row = Row(**{**entry, **texts, "id": number + shift, "number": number, "hash": ""})
    return open_row._replace(hash=chain.seal(open_row, previous))


def _begin(connection: Connection, pending: list[dict[str, Any]]) -> Head:
    """Begin the chain, and let its first entry vouch for whatever was on record before."""
    count, digest = chain.early_digest(stored.rows(connection))
    if count:
        pending.insert(0, _anchor(pending[0]["at"], chain.anchor_words(count, digest)))
    return Head(count, "")


def _anchor(at: datetime, detail: str) -> dict[str, Any]:
    nobody = {"unit_id": None, "unit": "", "address": "", "request_id": ""}
    about = {"object_id": None, "about_unit_id": None, "about_task_id": None, "object_type": "audit_entry"}
    words = {"act": CHAIN_BEGINS, "outcome": str(Outcome.DONE), "detail": detail}
    person = {"account": SYSTEM.account, "name": SYSTEM.name, "role": str(SYSTEM.role)}
    return {"at": at, "day": at.date(), **person, **nobody, **about, **words}


@event.listens_for(db.session, "after_commit")
def _note_head(session: Session) -> None:
    """Keep the new end of the chain outside the database as well."""
    if written := session.info.pop(WRITTEN, None):
        heads.note(*written)


@event.listens_for(db.session, "after_transaction_create")
def _mark(session: Session, transaction: SessionTransaction) -> None:
    """Remember what was gathered before a part that may be undone."""
    if transaction.nested:
        session.info.setdefault(MARKS, {})[id(transaction)] = len(session.info.get(PENDING, []))


@event.listens_for(db.session, "after_soft_rollback")
def _undo(session: Session, transaction: SessionTransaction) -> None:
    """Let go of the entries of a part that was undone: what did not happen is not on record."""
    if transaction.nested and id(transaction) in session.info.get(MARKS, {}):
        del session.info.get(PENDING, [])[session.info[MARKS][id(transaction)] :]


@event.listens_for(db.session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    """Let nothing of a transaction that is over pass into the next one."""
    if transaction.parent is None:
        session.info.pop(PENDING, None)
        session.info.pop(WRITTEN, None)
        session.info.pop(MARKS, None)
