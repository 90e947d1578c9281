"""Reads what was frozen of a year: from its approval on, that is what is shown."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from tracker.appraisal.mirrors import Taken
from tracker.appraisal.models import Appraisal, AppraisalFreeze
from tracker.db import db
from tracker.rules.scoring import Fact
from tracker.rules.status import Status

Content = dict[str, Any]


def of(found: Appraisal) -> AppraisalFreeze | None:
    """Return what was frozen of a year, if it was. One query."""
    return db.session.scalar(select(AppraisalFreeze).where(AppraisalFreeze.appraisal_id == found.id))


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
