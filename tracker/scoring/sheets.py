"""The whole score sheet of a plan on a day, frozen once and counted again whenever somebody doubts it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from tracker.audit.models import AuditEntry
from tracker.db import db
from tracker.plans.models import Plan
from tracker.rules import scoring
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.scoring import Line
from tracker.scoring import ledger, queries
from tracker.scoring.models import Freeze

FROZE = "freeze_scores"
"""The act by which the sheet's hash goes on record."""


@dataclass(frozen=True)
class Check:
    """A district's score counted in two ways: rolled up in the database, and line by line from the record."""

    district_id: int
    district: str
    rolled_up: Decimal
    replayed: Decimal
    frozen: Decimal | None = None

    @property
    def agrees(self) -> bool:
        """Tell whether all figures are the same."""
        return self.rolled_up == self.replayed and self.frozen in (None, self.rolled_up)


@dataclass(frozen=True)
class Replay:
    """Every district's check of a day; whether the frozen sheet has its hash, and says the same as the record."""

    day: date
    checks: list[Check]
    sealed: Freeze | None = None
    intact: bool = True
    unchanged: bool = True

    @property
    def agrees(self) -> bool:
        """Tell whether nothing differs."""
        return self.intact and self.unchanged and all(check.agrees for check in self.checks)


def frozen(plan_id: int) -> Freeze | None:
    """Return the plan's final sheet, if it was made."""
    return db.session.scalar(select(Freeze).where(Freeze.plan_id == plan_id))


def sheet(plan: Plan, day: date) -> str:
    """Return every district's standing and lines on `day` as JSON whose words and order depend on the record alone."""
    return json.dumps(_content(plan, day), ensure_ascii=False, sort_keys=True)


def digest(text: str) -> str:
    """Return the sha256 of a sheet."""
    return hashlib.sha256(text.encode()).hexdigest()


def _content(plan: Plan, day: date) -> dict[str, object]:
    rule, lines = queries.rule_of(plan), _lines(plan, day)
    return {
        "plan": plan.doc_number,
        "day": day.isoformat(),
        "rule": {"base": _plain(rule.base), "per_miss": _plain(rule.per_miss), "late_counts": rule.late_counts},
        "districts": [
            {
                "district": standing.district,
                "rank": standing.rank,
                "score": _plain(standing.points.score),
                "deducted": _plain(standing.points.deducted),
                "raw_deduction": _plain(standing.points.raw_deduction),
                "lines": [_told(line) for line in lines[standing.district_id]],
            }
            for standing in queries.scoreboard(plan, day)
        ],
    }


def _lines(plan: Plan, day: date) -> dict[int, list[Line]]:
    """Return the lines of every district, from the facts of the record alone. Three queries."""
    rule, entries = queries.rule_of(plan), ledger.entries(plan.id, day)
    return {
        district_id: scoring.explain(rule, facts, day, entries.get(district_id, []))
        for district_id, facts in queries.facts_by_district(plan, day).items()
    }


def _told(line: Line) -> dict[str, object]:
    return {
        "task": line.fact.number if line.fact else None,
        "due_on": line.fact.due_on.isoformat() if line.fact and line.fact.due_on else None,
        "outcome": line.outcome.value,
        "points": _plain(line.points),
        "reason": line.reason,
    }


def _plain(points: Decimal) -> str:
    return f"{points.normalize():f}"


def replay(actor: Actor, plan: Plan, day: date) -> Replay:
    """Count every score of `day` in both ways, and hold the frozen sheet against them where it is of that day."""
    require(actor, Action.REPLAY_SCORES)
    sealed = frozen(plan.id)
    kept = _kept(sealed) if sealed and sealed.day == day else {}
    lines = _lines(plan, day)
    checks = [
        Check(
            standing.district_id,
            standing.district,
            standing.points.score,
            sum((line.points for line in lines[standing.district_id]), Decimal(0)),
            kept.get(standing.district),
        )
        for standing in queries.scoreboard(plan, day)
    ]
    unchanged = not kept or (sealed is not None and sheet(plan, day) == sealed.sheet)
    return Replay(day, checks, sealed, sealed is None or _is_intact(sealed), unchanged)


def _is_intact(sealed: Freeze) -> bool:
    """Tell whether the sheet has its hash, and whether that is the one that went on record."""
    said = select(AuditEntry.detail).where(
        AuditEntry.act == FROZE, AuditEntry.object_type == "plan", AuditEntry.object_id == sealed.plan_id
    )
    recorded = any(sealed.sha256 in detail for detail in db.session.scalars(said))
    return recorded and digest(sealed.sheet) == sealed.sha256


def _kept(sealed: Freeze) -> dict[str, Decimal]:
    try:
        districts = json.loads(sealed.sheet)["districts"]
        return {entry["district"]: Decimal(entry["score"]) for entry in districts}
    except (ValueError, KeyError, TypeError, ArithmeticError):  # Whoever altered it need not have kept its form.
        return {}
