"""Writes audit entries in the caller's transaction."""

from datetime import datetime

from sqlalchemy import func, insert, select

from tracker.audit.models import AuditEntry
from tracker.db import db
from tracker.rules.permissions import Actor

_NEXT = select(func.coalesce(func.max(AuditEntry.number), 0) + 1).scalar_subquery()


def record(actor: Actor, at: datetime, act: str, object_type: str, object_id: int | None, detail: str = "") -> None:
    """Put one act on record; it stands or falls with the caller's transaction."""
    db.session.execute(
        insert(AuditEntry).values(
            number=_NEXT,
            at=at,
            day=at.date(),
            account=actor.account,
            name=actor.name,
            role=actor.role,
            unit_id=actor.unit_id,
            unit=actor.unit_name,
            act=act,
            object_type=object_type,
            object_id=object_id,
            detail=detail,
        )
    )
