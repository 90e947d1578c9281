"""Freezes a year as the leading group approved it, and verifies later that the record still says the same."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from tracker import clock
from tracker.appraisal import ballots, decisions, frozen, queries
from tracker.appraisal.freeze_content import content
from tracker.appraisal.frozen import Content
from tracker.appraisal.models import Appraisal, AppraisalFreeze
from tracker.appraisal.queries import UnknownAppraisal
from tracker.audit.models import AuditEntry
from tracker.db import db
from tracker.rules import pins
from tracker.rules.appraisal import sealed as rules
from tracker.rules.appraisal.sealed import YEAR
from tracker.rules.appraisal.steps import Part
from tracker.rules.permissions import Actor
from tracker.rules.score_sheets import Difference
from tracker.rules.words import say

APPROVED, PUBLISHED = "approve_appraisal", "publish_appraisal"
"""The act by which the hash goes on record."""


@dataclass(frozen=True)
class Verification:
    """What was found of a frozen year: where its seal is broken, where the record says something else now."""

    sealed: AppraisalFreeze | None
    seal: tuple[Difference, ...] = ()
    record: tuple[Difference, ...] = ()
    units: int = 0
    entries: int = 0

    @property
    def found(self) -> tuple[Difference, ...]:
        """Everything that differs, the causes first."""
        return (*self.seal, *self.record)

    @property
    def agrees(self) -> bool:
        """Tell whether there is a frozen year, and nothing differs."""
        return self.sealed is not None and not self.found


def anew(found: Appraisal, day: date) -> Content:
    """Return what would be frozen of a year on a day, from the record alone."""
    sheets = queries.every_sheet(found, day, anew=True)
    return content(found, sheets, ballots.outcomes(found.id), decisions.of_subjects(found, ""), day)


def freeze(actor: Actor, at: datetime, found: Appraisal) -> AppraisalFreeze:
    """Keep a whole year as it stands, with its sha256; the caller has asked whether it may be."""
    sheet = pins.canonical(anew(found, at.date()))
    row = AppraisalFreeze(
        appraisal_id=found.id,
        day=at.date(),
        sheet=sheet,
        sha256=pins.digest(sheet),
        at=at,
        actor_name=actor.name,
    )
    db.session.add(row)
    return row


def is_intact(row: AppraisalFreeze) -> bool:
    """Tell whether what was frozen still has its hash."""
    return pins.digest(row.sheet) == row.sha256


def verify(actor: Actor, appraisal_id: int) -> Verification:
    """Hold a frozen year against its hash, the audit trail, and the record; raise UnknownAppraisal.

    Whoever works on all units may: what differs tells of entries.
    """
    found = queries.appraisal_of(actor, appraisal_id)
    if queries.part_of(actor, found) not in (Part.LEADING, Part.COMPILER):
        raise UnknownAppraisal
    return verified(found)


def verified(found: Appraisal) -> Verification:
    """Return what verification of a year finds, whoever asks."""
    sealed = frozen.of(found)
    if sealed is None:
        lost = (Difference(YEAR, say("已经审定，封存的内容却不在")),) if found.approved_on else ()
        return Verification(None, seal=lost)
    seal, said = _seal(found, sealed), frozen.read(sealed)
    if said is None:
        return Verification(sealed, seal=(*seal, Difference(YEAR, say("封存的内容已无法读取"))))
    kept = [unit.get("entries") for unit in said["units"]]
    counted = sum(len(rows) for rows in kept if isinstance(rows, list))
    return Verification(sealed, seal, _record(found, sealed, said), len(said["units"]), counted)


def _seal(found: Appraisal, sealed: AppraisalFreeze) -> tuple[Difference, ...]:
    differs = []
    if not is_intact(sealed):
        differs.append(Difference(YEAR, say("内容与校验码不符，封存后被改动过")))
    acts = select(AuditEntry).where(
        AuditEntry.act == APPROVED, AuditEntry.object_type == "appraisal", AuditEntry.object_id == found.id
    )
    act = next((act for act in db.session.scalars(acts) if sealed.sha256 in act.detail), None)
    if act is None:
        differs.append(Difference(YEAR, say("校验码与审计记录中审定时的不同")))
        return tuple(differs)
    said: list[tuple[str, str, str]] = [
        (say("审定人"), act.name, sealed.actor_name),
        (say("审定时刻"), clock.local(act.at).isoformat(" "), clock.local(sealed.at).isoformat(" ")),
    ]
    said += [(say("审定人（考评）"), act.name, found.approved_by), *_published(found)]
    return (*differs, *(Difference(YEAR, what, before, after) for what, before, after in said if before != after))


def _published(found: Appraisal) -> list[tuple[str, str, str]]:
    """Tell who published the year on which day: as the audit trail has it, and as the record does."""
    wanted = select(AuditEntry).where(
        AuditEntry.act == PUBLISHED, AuditEntry.object_type == "appraisal", AuditEntry.object_id == found.id
    )
    act = db.session.scalars(wanted.order_by(AuditEntry.id)).first()
    if act is None and found.published_on is None:
        return []
    return [
        (say("公布人"), act.name if act else "", found.published_by),
        (say("公布日期"), act.day.isoformat() if act else "", str(found.published_on or "")),
    ]


def _record(found: Appraisal, sealed: AppraisalFreeze, said: Content) -> tuple[Difference, ...]:
    try:
        now = anew(found, sealed.day)
    except UnknownAppraisal as changed:  # The text of the scheme is another one.
        return (Difference(YEAR, str(changed)),)
    except (LookupError, TypeError, ValueError, ArithmeticError) as broken:
        # What no operation writes: a unit without a sheet, points that are no number.
        return (Difference(YEAR, say("记录里有无法计算的内容，被改动过：{what}", what=str(broken)[:80])),)
    return tuple(rules.differences(said, json.loads(pins.canonical(now))))
