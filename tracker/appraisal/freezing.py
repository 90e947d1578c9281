"""Freezes a year as the leading group approved it, and verifies later that the record still says the same."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select

from tracker.appraisal import ballots, decisions, frozen, frozen_files, queries, sealing_acts
from tracker.appraisal.altered import Altered
from tracker.appraisal.freeze_content import content
from tracker.appraisal.frozen import Content
from tracker.appraisal.models import Appraisal, AppraisalFreeze
from tracker.appraisal.queries import UnknownAppraisal
from tracker.appraisal.sealing_acts import Earlier
from tracker.db import db
from tracker.rules import pins
from tracker.rules.appraisal import sealed as rules
from tracker.rules.appraisal.sealed import YEAR
from tracker.rules.appraisal.steps import Part
from tracker.rules.permissions import Actor
from tracker.rules.score_sheets import Difference
from tracker.rules.words import say


@dataclass(frozen=True)
class Verification:
    """What was found of a frozen year: where its seal is broken, where the record says something else now, which files
    are not on disk as they were. `files` counts those that were looked for; `earlier` are the seals that were replaced,
    each with what is wrong with it."""

    sealed: AppraisalFreeze | None
    seal: tuple[Difference, ...] = ()
    record: tuple[Difference, ...] = ()
    stored: tuple[Difference, ...] = ()
    units: int = 0
    entries: int = 0
    files: int = 0
    earlier: tuple[Earlier, ...] = ()

    @property
    def found(self) -> tuple[Difference, ...]:
        """Everything that differs, the causes first."""
        return (*self.seal, *self.stored, *self.record, *(each for seal in self.earlier for each in seal.differs))

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
    latest = select(func.max(AppraisalFreeze.number)).where(AppraisalFreeze.appraisal_id == found.id)
    row = AppraisalFreeze(
        appraisal_id=found.id,
        number=(db.session.scalar(latest) or 0) + 1,
        day=at.date(),
        sheet=sheet,
        sha256=pins.digest(sheet),
        at=at,
        actor_name=actor.name,
    )
    db.session.add(row)
    return row


def verify(actor: Actor, appraisal_id: int, data_dir: Path) -> Verification:
    """Hold a frozen year against its hash, the audit trail, the record, and the files on disk; raise UnknownAppraisal.

    Whoever works on all units may: what differs tells of entries.
    """
    found = queries.appraisal_of(actor, appraisal_id)
    if queries.part_of(actor, found) not in (Part.LEADING, Part.COMPILER):
        raise UnknownAppraisal
    every, acts = frozen.every(found), sealing_acts.of(found)
    earlier = tuple(sealing_acts.earlier(row, acts) for row in every if row.replaced_at is not None)
    sealed = next((row for row in every if row.replaced_at is None), None)
    if sealed is None:
        gone = (Difference(YEAR, say("已经审定，封存的内容却不在")),)
        return Verification(None, gone if found.approved_on else sealing_acts.lost(every, acts), earlier=earlier)
    seal = (*sealing_acts.of_standing(found, sealed, acts), *sealing_acts.lost(every, acts))
    said = frozen.read(sealed)
    if said is None:
        return Verification(sealed, (*seal, Difference(YEAR, say("封存的内容已无法读取"))), earlier=earlier)
    kept = [unit.get("entries") for unit in said["units"]]
    return Verification(
        sealed,
        seal,
        _record(found, sealed, said),
        tuple(frozen_files.differences(said, data_dir)),
        units=len(said["units"]),
        entries=sum(len(rows) for rows in kept if isinstance(rows, list)),
        files=frozen_files.count(said),
        earlier=earlier,
    )


def _record(found: Appraisal, sealed: AppraisalFreeze, said: Content) -> tuple[Difference, ...]:
    try:
        now = anew(found, sealed.day)
    except Altered as changed:
        return (Difference(YEAR, changed.what),)
    except (LookupError, TypeError, ValueError, ArithmeticError) as broken:
        # What no operation writes: points that are no number.
        return (Difference(YEAR, say("记录里有无法计算的内容，被改动过：{what}", what=str(broken)[:80])),)
    return tuple(rules.differences(said, json.loads(pins.canonical(now))))
