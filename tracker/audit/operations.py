"""Writes audit entries in the caller's transaction."""

from datetime import datetime

from sqlalchemy import insert

from tracker.audit.models import AuditEntry
from tracker.db import db
from tracker.rules.permissions import Actor


def record(actor: Actor, at: datetime, act: str, object_type: str, object_id: int | None, detail: str = "") -> None:
    """Put one act on record; it stands or falls with the caller's transaction."""
    db.session.execute(
        insert(AuditEntry).values(
            at=at,
            day=at.date(),
            account=actor.account,
            act=act,
            object_type=object_type,
            object_id=object_id,
            detail=detail,
        )
    )
