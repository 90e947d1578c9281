"""One's own long work: how far it is and what came of it."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tracker.db import db
from tracker.rules.permissions import Actor
from tracker.rules.words import say, unpacked
from tracker.work.models import Work, WorkState
from tracker.work.operations import OPEN, waiting

STATE_TEXT = {
    WorkState.WAITING: say("排队中"),
    WorkState.RUNNING: say("进行中"),
    WorkState.DONE: say("已完成"),
    WorkState.FAILED: say("未完成"),
    WorkState.CANCELLED: say("已取消"),
}

LIST_LENGTH = 50


@dataclass(frozen=True)
class Piece:
    """A piece of work as its page shows it."""

    id: int
    title: str
    state: WorkState
    done: int
    total: int
    outcome: str
    failures: list[list[str]]
    result_name: str
    result_sha256: str
    stop_asked: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def state_text(self) -> str:
        """The state in the reader's words."""
        return STATE_TEXT[self.state]

    @property
    def badge(self) -> str:
        """The state as badges of pages know it."""
        return {WorkState.DONE: "ok", WorkState.FAILED: "failed", WorkState.CANCELLED: "closed"}.get(
            self.state, "pending"
        )

    @property
    def open(self) -> bool:
        """Whether it still goes on."""
        return self.state in OPEN


def own(actor: Actor, work_id: int) -> Piece:
    """Return one's own piece of work; raise NoResultFound for a missing one and for another's alike."""
    return _piece(db.session.scalars(select(Work).where(Work.id == work_id, Work.owner_id == actor.id)).one())


def of(actor: Actor) -> list[Piece]:
    """Return one's own work, the newest first."""
    wanted = select(Work).where(Work.owner_id == actor.id).order_by(Work.id.desc()).limit(LIST_LENGTH)
    return [_piece(row) for row in db.session.scalars(wanted)]


def any_waiting(at: datetime) -> bool:
    """Tell whether there is work that nobody does."""
    return db.session.scalar(select(Work.id).where(waiting(at)).limit(1)) is not None


def kept_results() -> set[str]:
    """Return the hashes of all results that somebody may still fetch."""
    return set(db.session.scalars(select(Work.result_sha256).where(Work.result_sha256 != "")))


def _piece(row: Work) -> Piece:
    return Piece(
        row.id,
        unpacked(row.title),
        WorkState(row.state),
        row.done,
        row.total,
        unpacked(row.outcome),
        json.loads(row.failures),
        row.result_name,
        row.result_sha256,
        row.stop_asked,
        row.created_at,
        row.started_at,
        row.ended_at,
    )
