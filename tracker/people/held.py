"""What somebody sent after the session had run out: kept sealed for the same person, never sent again by itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, delete, func, select

from tracker import sealing
from tracker.db import UtcDateTime, db
from tracker.people.models import HeldForm
from tracker.rules.permissions import Action, Actor, require

MOST = 5
"""Forms kept of one person; a further one takes the place of the oldest."""

KEPT_FOR = timedelta(days=7)
LARGEST = 20_000
"""Characters of a form's names and values that are kept."""

PAGE_LENGTH = 200


@dataclass(frozen=True)
class Held:
    """A form as it was sent: where to, when, its names and values."""

    id: int
    page: str
    held_at: datetime
    fields: dict[str, str]


class CannotHold(ValueError):
    """A form that is too large, or holds nothing that somebody typed."""


def hold(user_id: int, page: str, fields: Mapping[str, str], at: datetime) -> None:
    """Keep a form for a person; of several sent to one page the last. Raise CannotHold. `at` is the real moment."""
    content = json.dumps(dict(fields), ensure_ascii=False)
    if not fields or len(content) > LARGEST or len(page) > PAGE_LENGTH:
        raise CannotHold
    purge(at)
    db.session.execute(delete(HeldForm).where(HeldForm.user_id == user_id, HeldForm.page == page))
    older = db.session.scalars(
        select(HeldForm.id).where(HeldForm.user_id == user_id).order_by(HeldForm.id.desc()).offset(MOST - 1)
    )
    db.session.execute(delete(HeldForm).where(HeldForm.id.in_(older.all())))
    db.session.add(HeldForm(user_id=user_id, page=page, fields=sealing.seal(content), held_at=at))


def purge(at: datetime) -> None:
    """Remove what nobody came back for."""
    db.session.execute(delete(HeldForm).where(HeldForm.held_at <= at - KEPT_FOR))


def _own(actor: Actor, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return HeldForm.user_id == actor.id, HeldForm.held_at > at - KEPT_FOR


def get(actor: Actor, held_id: int, at: datetime) -> Held | None:
    """Return one of the person's own forms; another's answers like a missing one."""
    require(actor, Action.OWN_ACCOUNT)
    found = db.session.scalar(select(HeldForm).where(HeldForm.id == held_id, *_own(actor, at)))
    if found is None:
        return None
    return Held(found.id, found.page, found.held_at, json.loads(sealing.unseal(found.fields)))


def others(actor: Actor, held_id: int, at: datetime) -> list[tuple[int, datetime]]:
    """Return the number and moment of the person's other forms, the newest first."""
    wanted = select(HeldForm.id, HeldForm.held_at).where(HeldForm.id != held_id, *_own(actor, at))
    return [(row.id, row.held_at) for row in db.session.execute(wanted.order_by(HeldForm.id.desc()))]


def drop(actor: Actor, held_id: int) -> None:
    """Forget a form that was put back, or is not wanted any more."""
    require(actor, Action.OWN_ACCOUNT)
    # What somebody wrote and never sent is nobody else's matter: no entry on record.
    db.session.execute(delete(HeldForm).where(HeldForm.id == held_id, HeldForm.user_id == actor.id))


NEWEST = select(func.max(HeldForm.id)).where(
    HeldForm.user_id == bindparam("user_id"), HeldForm.held_at > bindparam("held_since", type_=UtcDateTime())
)
"""The last form kept for a person, for the notice on every page."""


def newest_of(actor: Actor, at: datetime) -> dict[str, object]:
    """Return what NEWEST asks of a person."""
    return {"user_id": actor.id, "held_since": at - KEPT_FOR}
