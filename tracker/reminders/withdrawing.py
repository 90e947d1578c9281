"""Takes a publication back together with the letters that speak of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, func, select, update

from tracker.assignments import undoing
from tracker.assignments.models import Assignment
from tracker.db import db
from tracker.outbox.models import Message, MessageState
from tracker.plans.desk_record import LONGEST_REASON
from tracker.reminders.models import Notice
from tracker.rules.permissions import Actor
from tracker.rules.words import say

GONE = (MessageState.SENT, MessageState.SENDING)
WAITING = (MessageState.PENDING, MessageState.DEAD)


@dataclass(frozen=True)
class Letters:
    """How many letters about a plan went out, and how many wait."""

    sent: int
    waiting: int


@dataclass(frozen=True)
class Withdrawn:
    """What was taken back: the number of the document, letters out and withdrawn, units that stay."""

    doc_number: str
    letters: Letters
    stay: tuple[str, ...]


class ReasonMissing(ValueError):
    """A publication is not taken back without a reason."""


def letters(plan_id: int) -> Letters:
    """Count the letters about a plan. Two queries."""
    return Letters(_count(plan_id, Message.state.in_(GONE)), _count(plan_id, Message.state.in_(WAITING)))


def _count(plan_id: int, state: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(Message).where(Message.id.in_(_of(plan_id)), state)) or 0


def _of(plan_id: int) -> Select[int]:
    own = select(Assignment.id).where(Assignment.plan_id == plan_id)
    return select(Notice.message_id).where(Notice.assignment_id.in_(own))


def undo(actor: Actor, at: datetime, import_id: int, reason: str) -> Withdrawn:
    """Take the publication of an import back: its plan, assignments and letters that wait; raise UndoRefused.

    A letter that waits and speaks of other plans too is withdrawn whole; what it says of those goes out with the
    next one.
    """
    given = reason.strip()
    if not given or len(given) > LONGEST_REASON:
        raise ReasonMissing(say("请写明撤回的理由，最多 {most} 字。", most=LONGEST_REASON))
    found = undoing.hold(actor, import_id)
    plan_id = found.plan_id or 0
    own = select(Assignment.id).where(Assignment.plan_id == plan_id)
    told = letters(plan_id)
    void = update(Message).where(Message.id.in_(_of(plan_id)), Message.state.in_(WAITING))
    for statement in (void.values(state=MessageState.VOID), delete(Notice).where(Notice.assignment_id.in_(own))):
        db.session.execute(statement, execution_options={"synchronize_session": False})
    undone = undoing.take_back(actor, at, found, given)
    return Withdrawn(undone.doc_number, told, undone.stay)
