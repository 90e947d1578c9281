"""The whole score sheet of a plan on a day, frozen once and counted again whenever somebody doubts it."""

import json
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from tracker.audit.models import AuditEntry
from tracker.db import db
from tracker.plans.models import Plan
from tracker.rules import pins
from tracker.rules.score_sheets import FORMAT
from tracker.scoring import sheet_seals
from tracker.scoring.models import Freeze
from tracker.scoring.sheet_content import Content, content, first_content

FROZE = "freeze_scores"
"""The act by which the sheet's hash goes on record."""


class Recorded(NamedTuple):
    """What the audit trail says of a freezing: its hash among other words, when it was, and whose act."""

    detail: str
    at: datetime
    by: str


def frozen(plan_id: int) -> Freeze | None:
    """Return the plan's final sheet, if it was made."""
    return db.session.scalar(select(Freeze).where(Freeze.plan_id == plan_id))


def sheet(plan: Plan, day: date, unevaluated: str = "") -> str:
    """Return every district's standing and lines on `day` as JSON whose words and order depend on the record alone."""
    return json.dumps(_sealing(plan, day, unevaluated), ensure_ascii=False, sort_keys=True)


def _sealing(plan: Plan, day: date, unevaluated: str) -> Content:
    return sheet_seals.add(content(plan, day, unevaluated=unevaluated), plan, day)


def digest(text: str) -> str:
    """Return the sha256 of a sheet."""
    return pins.digest(text)


def recorded(plan_id: int) -> list[Recorded]:
    """Return what the audit trail says of the freezing of a plan, the earliest first."""
    said = select(AuditEntry.detail, AuditEntry.at, AuditEntry.name).where(
        AuditEntry.act == FROZE, AuditEntry.object_type == "plan", AuditEntry.object_id == plan_id
    )
    return [Recorded._make(row) for row in db.session.execute(said.order_by(AuditEntry.number))]


def read(sealed: Freeze) -> Content | None:
    """Return what a sealed sheet says; None where it was altered so that nobody can read it."""
    try:
        said = json.loads(sealed.sheet)
    except (ValueError, RecursionError):  # Whoever altered it need not have kept its form.
        return None
    return said if isinstance(said, dict) and _has_districts(said) else None


def _has_districts(said: Content) -> bool:
    districts = said.get("districts")
    return isinstance(districts, list) and all(isinstance(district, dict) for district in districts)


def anew(plan: Plan, said: Content, day: date) -> Content:
    """Return the sheet of `day` made anew from the record, in the format of the sealed one."""
    made = (
        _sealing(plan, day, str(said.get("unevaluated", "")))
        if said.get("format") == FORMAT
        else first_content(plan, day)
    )
    found: Content = json.loads(json.dumps(made, ensure_ascii=False))
    return found
