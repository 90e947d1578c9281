"""Reads what was frozen of a year: from its approval on, that is what is shown."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import defer

from tracker.appraisal import mirrors
from tracker.appraisal.mirrors import Taken
from tracker.appraisal.models import Appraisal, AppraisalFreeze
from tracker.db import db
from tracker.rules.appraisal.terms import Mirror
from tracker.rules.scoring import Fact
from tracker.rules.status import Status

Content = dict[str, Any]


def of(found: Appraisal) -> AppraisalFreeze | None:
    """Return what was frozen of a year and stands, if something does. One query."""
    return db.session.scalar(
        select(AppraisalFreeze).where(AppraisalFreeze.appraisal_id == found.id, AppraisalFreeze.replaced_at.is_(None))
    )


def number_of(found: Appraisal) -> int:
    """Return the how manieth approval of a year stands; 0 where none does. One query at most."""
    if not found.approved_on:
        return 0
    wanted = select(AppraisalFreeze.number).where(
        AppraisalFreeze.appraisal_id == found.id, AppraisalFreeze.replaced_at.is_(None)
    )
    return db.session.scalar(wanted) or 0


def every(found: Appraisal) -> Sequence[AppraisalFreeze]:
    """Return everything that was frozen of a year, the first approval first. One query."""
    return db.session.scalars(_every(found)).all()


def replaced(found: Appraisal) -> Sequence[AppraisalFreeze]:
    """Return what was frozen of a year and no longer stands, the first first, without what it says. One query."""
    wanted = _every(found).where(AppraisalFreeze.replaced_at.is_not(None))
    return db.session.scalars(wanted.options(defer(AppraisalFreeze.sheet, raiseload=True))).all()


def _every(found: Appraisal) -> Select[AppraisalFreeze]:
    return (
        select(AppraisalFreeze).where(AppraisalFreeze.appraisal_id == found.id).order_by(AppraisalFreeze.number.asc())
    )


def read(sealed: AppraisalFreeze) -> Content | None:
    """Return what a frozen year says; None where it was altered so that nobody can read it."""
    try:
        said = json.loads(sealed.sheet)
    except (ValueError, RecursionError):  # Whoever altered it need not have kept its form.
        return None
    return said if isinstance(said, dict) and _is_whole(said) else None


def taken(found: Appraisal) -> tuple[Taken, ...] | None:
    """Return what the city had taken when the year was frozen; None where nothing was frozen, or not to be read."""
    sealed = of(found)
    said = read(sealed) if sealed else None
    if said is None:
        return None
    try:
        return tuple(map(_taken, said["taken"]))
    except (KeyError, TypeError, ValueError, ArithmeticError):  # Whoever altered it need not have kept its form.
        return None


def city_took(found: Appraisal, followed: tuple[Mirror, ...], day: date, *, anew: bool = False) -> tuple[Taken, ...]:
    """Return what the city took by a day, or by that of the approval, from which on what was frozen is shown."""
    kept = taken(found) if found.approved_on and not anew else None
    if kept is not None:
        return kept
    return mirrors.mirrored(followed, found.issuer_id, min(found.approved_on or day, found.ends_on))


def _is_whole(said: Content) -> bool:
    return all(isinstance(said.get(name), list) and _all_rows(said[name]) for name in ("units", "taken", "decisions"))


def _all_rows(rows: list[Any]) -> bool:
    return all(isinstance(row, dict) for row in rows)


def _taken(row: Content) -> Taken:
    fact = Fact(
        number=row["number"],
        text=row["text"],
        due_on=_day(row["due_on"]),
        status=Status(row["status"]),
        completed_on=_day(row["completed_on"]),
        assignment_id=row["assignment"],
        excused=row["excused"],
    )
    return Taken(
        clause=row["clause"],
        plan_id=row["plan"],
        doc_number=row["doc_number"],
        fact=fact,
        lines=row["lines"],
        points=Decimal(row["points"]),
        reason=row["reason"],
    )


def _day(said: str | None) -> date | None:
    return None if said is None else date.fromisoformat(said)
