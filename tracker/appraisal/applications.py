"""Finds applications of special work that a person may see, with what they add, and the items that prove them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from tracker.appraisal import queries
from tracker.appraisal.models import Appraisal, AppraisalUnit, SpecialApplication
from tracker.appraisal.queries import Recorded, UnitSheet, UnknownAppraisal
from tracker.appraisal.special import NO_SUCH, STANDS, WAITS
from tracker.db import db
from tracker.rules.appraisal import points, special
from tracker.rules.appraisal.points import Result
from tracker.rules.appraisal.scheme import Item, Passage, Section
from tracker.rules.appraisal.special import Added
from tracker.rules.appraisal.steps import Part
from tracker.rules.permissions import Actor

ANYBODY = "相关科室"
"""Whoever it concerns: the owner of the last item of annex 2."""


class State(StrEnum):
    """What became of an application."""

    WAITING = "waiting"
    JUDGED = "judged"
    WITHDRAWN = "withdrawn"


# ---- evidence


@dataclass(frozen=True)
class Proven:
    """An item of annex 2 with what was recorded of it under an application; `own` where its owners name the unit."""

    item: Item
    own: bool
    recorded: tuple[Recorded, ...]
    result: Result


@dataclass(frozen=True)
class Evidence:
    """The items of annex 2 beside an application: they prove it, and are not added to its points (X2-13)."""

    items: tuple[Proven, ...]

    @property
    def proven(self) -> tuple[Proven, ...]:
        """The items under which something was recorded."""
        return tuple(each for each in self.items if each.recorded)

    @property
    def sum(self) -> Decimal:
        """What the items come to, each up to its own cap."""
        return sum((each.result.points for each in self.items), Decimal(0))


def evidence(sheet: UnitSheet, application_id: int) -> Evidence:
    """Return the items of annex 2 with what was recorded under an application, the unit's own items first."""
    own_entries = [each for each in sheet.recorded if each.row.application_id == application_id]
    counting = [each.entry for each in own_entries if each.reversal is None]
    terms = sheet.known.terms
    groups = {code: terms.group_of(code) for code in {each.clause for each in counting} if terms.group_of(code)}
    found = []
    for item in (item for part in sheet.known.scheme.of_section(Section.SPECIAL) for item in part.items):
        codes = {clause.code for clause in item.clauses}
        recorded = tuple(each for each in own_entries if each.row.code in codes)
        own = any(owner == ANYBODY or terms.unit(owner) == sheet.unit.name for owner in item.owners)
        found.append(Proven(item, own, recorded, points.result(item, counting, groups)))
    return Evidence(tuple(sorted(found, key=lambda each: not each.own)))


def said(sheet: UnitSheet, words: str) -> Passage | None:
    """Return the sentence of the scheme that holds some words; None where it is worded otherwise."""
    return next((each for each in sheet.known.scheme.passages if words in each.quote), None)


# ---- the list


class Line(NamedTuple):
    """An application in the list, with its unit."""

    row: SpecialApplication
    unit: str


def state_of(row: SpecialApplication) -> State:
    """Return what became of an application."""
    if row.withdrawn_at is not None:
        return State.WITHDRAWN
    return State.WAITING if row.judged_at is None else State.JUDGED


_STATES: Mapping[State, tuple[ColumnElement[bool], ...]] = {
    State.WAITING: (WAITS, STANDS),
    State.JUDGED: (SpecialApplication.judged_at.is_not(None),),
    State.WITHDRAWN: (SpecialApplication.withdrawn_at.is_not(None),),
}


def _seen(actor: Actor, found: Appraisal) -> list[ColumnElement[bool]]:
    """Say which applications a person sees: all, or those of their own unit."""
    of_year = [AppraisalUnit.appraisal_id == found.id]
    if queries.part_of(actor, found) in (Part.LEADING, Part.COMPILER):
        return of_year
    return [*of_year, AppraisalUnit.unit_id == actor.unit_id]


def counts(actor: Actor, found: Appraisal, unit_id: int | None = None) -> dict[State, int]:
    """Return how many applications that a person sees are in each state. One query."""
    # Both are NULL of what waits, and at most one is not: their counts tell the rest.
    row = db.session.execute(
        select(
            func.count(SpecialApplication.id),
            func.count(SpecialApplication.judged_at),
            func.count(SpecialApplication.withdrawn_at),
        )
        .join(AppraisalUnit, AppraisalUnit.id == SpecialApplication.appraisal_unit_id)
        .where(*_seen(actor, found), *_of(unit_id))
    ).one()
    return {State.WAITING: row[0] - row[1] - row[2], State.JUDGED: row[1], State.WITHDRAWN: row[2]}


def _of(unit_id: int | None) -> Iterable[ColumnElement[bool]]:
    return () if unit_id is None else (AppraisalUnit.id == unit_id,)


def listed(
    actor: Actor, found: Appraisal, state: State, unit_id: int | None, limit: int, offset: int = 0
) -> list[Line]:
    """Return applications that a person sees, by unit and in the order they came. One query."""
    rows = db.session.execute(
        select(SpecialApplication, AppraisalUnit.name)
        .join(AppraisalUnit, AppraisalUnit.id == SpecialApplication.appraisal_unit_id)
        .where(*_seen(actor, found), *_of(unit_id), *_STATES[state])
        .order_by(AppraisalUnit.position, SpecialApplication.id)
        .limit(limit)
        .offset(offset)
    )
    return [Line(*row) for row in rows]


class Total(NamedTuple):
    """What the judged applications of a unit add, up to the most of the scheme."""

    unit_id: int
    unit: str
    added: Added
    number: int


def totals(actor: Actor, found: Appraisal) -> list[Total]:
    """Return for each unit with judged applications what they add together, in the scheme's order. One query."""
    rows = db.session.execute(
        select(AppraisalUnit.id, AppraisalUnit.name, SpecialApplication.points)
        .join(AppraisalUnit, AppraisalUnit.id == SpecialApplication.appraisal_unit_id)
        .where(*_seen(actor, found), *_STATES[State.JUDGED])
        .order_by(AppraisalUnit.position, SpecialApplication.id)
    )
    gathered: dict[tuple[int, str], list[Decimal]] = {}
    for unit_id, name, judged in rows:
        gathered.setdefault((unit_id, name), []).append(judged or Decimal(0))
    return [Total(*unit, special.added(judged), len(judged)) for unit, judged in gathered.items()]


def unit_of(actor: Actor, found: Appraisal, application_id: int) -> int:
    """Return whose application it is, by its number in the year; raise UnknownAppraisal where it is not seen."""
    unit_id = db.session.scalar(
        select(AppraisalUnit.id)
        .join(SpecialApplication, SpecialApplication.appraisal_unit_id == AppraisalUnit.id)
        .where(SpecialApplication.id == application_id, *_seen(actor, found))
    )
    if unit_id is None:
        raise UnknownAppraisal(NO_SUCH)
    return unit_id
