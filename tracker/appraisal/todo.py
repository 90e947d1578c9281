"""What a person has to do in a year of appraisal under way; a secret ballot is no to-do, whoever holds its paper."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from tracker import clock
from tracker.appraisal import appeals
from tracker.appraisal.models import (
    Appraisal,
    AppraisalAnswer,
    AppraisalAppeal,
    AppraisalEntry,
    AppraisalUnit,
    SpecialApplication,
)
from tracker.appraisal.special import STANDS, WAITS
from tracker.db import UtcDateTime, db
from tracker.rules.appraisal.steps import Stage
from tracker.rules.permissions import Action, Actor, Scope
from tracker.rules.status import RequestState

NEW_DAYS = 14
"""How long an entry is listed as new. Nobody has to answer one, nor has the scheme a last day for objections but that
the year is compiled: a line that stood until then would be read by nobody."""

OWN_DAYS = 30
"""How long before the end of the period a unit is asked for its own appraisal, as at the year's end (l.37)."""


class Sort(StrEnum):
    """What is to be done: by a unit, by whoever judges special work, by the leading group."""

    ENTRIES = "entries"
    OWN = "own"
    JUDGE = "judge"
    RETURNED = "returned"
    REOPENED = "reopened"
    APPEALS = "appeals"
    APPROVE = "approve"
    PUBLISH = "publish"


class Duty(NamedTuple):
    """Something to do in a year: how many of it, by when where there is such a day, `unit_id` the own unit's number."""

    sort: Sort
    appraisal_id: int
    title: str
    number: int = 1
    by: date | None = None
    unit_id: int = 0


def open_duties(actor: Actor, day: date) -> tuple[Duty, ...]:
    """Return what a person has to do in years under way, what presses first.

    None for whoever takes no part in any; one query otherwise, and the two of the calendar where an objection waits.
    """
    reach = actor.reach(Action.VIEW_APPRAISAL)
    if reach is Scope.UNIT and actor.unit_id is not None:
        return tuple(_of_unit(actor.unit_id, day))
    if reach is Scope.DISTRICT and actor.district_id is not None:
        return tuple(_of_leading(actor, actor.district_id, day))
    return ()


# ---- a unit, and the one that compiles


def _of_unit(unit_id: int, day: date) -> list[Duty]:
    since = datetime.combine(day - timedelta(days=NEW_DAYS), time(), clock.now().tzinfo)
    rows = db.session.execute(_UNITS_YEARS, {"unit": unit_id, "since": since})
    found: list[Duty] = []
    for year_id, title, ends_on, number, submitted_at, compile_anew, new, unjudged in rows:
        found += [Duty(Sort(compile_anew), year_id, title)] if compile_anew else []
        if number is not None and submitted_at is None and day >= ends_on - timedelta(days=OWN_DAYS):
            found.append(Duty(Sort.OWN, year_id, title, by=ends_on, unit_id=number))
        found += [Duty(Sort.ENTRIES, year_id, title, new, unit_id=number)] if new else []
        found += [Duty(Sort.JUDGE, year_id, title, unjudged)] if unjudged else []
    return found


def _new_entries() -> ScalarSelect[int]:
    """Count what was recorded of a unit of late, stands, and to which the unit said nothing and objected in no way."""
    row, undoing = AppraisalEntry, aliased(AppraisalEntry)
    return (
        select(func.count(row.id))
        .where(
            row.appraisal_unit_id == AppraisalUnit.id,
            row.at >= bindparam("since", type_=UtcDateTime()),
            row.reverses_id.is_(None),
            ~exists().where(undoing.reverses_id == row.id),
            ~exists().where(AppraisalAnswer.entry_id == row.id),
            ~exists().where(AppraisalAppeal.entry_id == row.id),
        )
        .correlate(AppraisalUnit)
        .scalar_subquery()
    )


def _unjudged(whose: ColumnElement[bool]) -> ScalarSelect[int]:
    """Count the applications of a year that wait for their judgement, of some of its units."""
    return (
        select(func.count(SpecialApplication.id))
        .select_from(AppraisalUnit)
        .join(SpecialApplication, SpecialApplication.appraisal_unit_id == AppraisalUnit.id)
        .where(AppraisalUnit.appraisal_id == Appraisal.id, STANDS, WAITS, whose)
        .correlate(Appraisal)
        .scalar_subquery()
    )


def _compile_anew(compiles: ColumnElement[bool]) -> ColumnElement[Any]:
    """Say that a unit has to compile a year once more, and why: the latest of what the leading group decided."""
    return case(
        (and_(compiles, Appraisal.returned_reason != ""), Sort.RETURNED.value),
        (and_(compiles, Appraisal.reopened_reason != ""), Sort.REOPENED.value),
        else_="",
    )


def _units_years() -> Select[*tuple[Any, ...]]:
    """Select the open years in which a unit takes part: its number there, what is new, what it has to judge."""
    unit_id: ColumnElement[int] = bindparam("unit")
    own = and_(AppraisalUnit.appraisal_id == Appraisal.id, AppraisalUnit.unit_id == unit_id)
    compiles = Appraisal.compiler_id == unit_id
    return (
        select(Appraisal.id, Appraisal.title, Appraisal.ends_on, AppraisalUnit.id, AppraisalUnit.submitted_at)
        .add_columns(_compile_anew(compiles), _new_entries())
        .add_columns(case((compiles, _unjudged(AppraisalUnit.unit_id != unit_id)), else_=0))
        .outerjoin(AppraisalUnit, own)
        .where(Appraisal.stage == Stage.OPEN, or_(compiles, AppraisalUnit.id.is_not(None)))
        .order_by(Appraisal.ends_on, Appraisal.id)
    )


_UNITS_YEARS = _units_years()
"""Made once: every section's first page asks it."""


# ---- the leading group

_STEPS = {Stage.COMPILED: Sort.APPROVE, Stage.APPROVED: Sort.PUBLISH}


def _of_leading(actor: Actor, issuer_id: int, day: date) -> list[Duty]:
    rows = db.session.execute(_BUREAUS_YEARS, {"issuer": issuer_id, "person": actor.id}).all()
    found: list[Duty] = []
    for year_id, title, stage, asked, first, unjudged in rows:
        found += [Duty(Sort.APPEALS, year_id, title, asked, appeals.clock_of(first, day).answer_by)] if asked else []
        found += [Duty(Sort.JUDGE, year_id, title, unjudged)] if unjudged else []
        found += [Duty(_STEPS[stage], year_id, title)] if stage in _STEPS else []
    return found


def _asked(what: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Say something of a year's open objections that a person may decide: not of those to their own entries."""
    others = or_(AppraisalEntry.actor_id.is_(None), AppraisalEntry.actor_id != bindparam("person"))
    return (
        select(what)
        .select_from(AppraisalUnit)
        .join(AppraisalEntry, AppraisalEntry.appraisal_unit_id == AppraisalUnit.id)
        .join(AppraisalAppeal, AppraisalAppeal.entry_id == AppraisalEntry.id)
        .where(AppraisalUnit.appraisal_id == Appraisal.id, AppraisalAppeal.state == RequestState.ASKED, others)
        .correlate(Appraisal)
        .scalar_subquery()
    )


def _bureaus_years() -> Select[*tuple[Any, ...]]:
    """Select a bureau's years that are not published: objections, since when, what the compiling unit applied for."""
    is_open = Appraisal.stage == Stage.OPEN
    number, first = _asked(func.count(AppraisalAppeal.id)), _asked(func.min(AppraisalAppeal.day))
    compilers = _unjudged(AppraisalUnit.unit_id == Appraisal.compiler_id)
    return (
        select(Appraisal.id, Appraisal.title, Appraisal.stage)
        .add_columns(case((is_open, number), else_=0), case((is_open, first)), case((is_open, compilers), else_=0))
        .where(Appraisal.issuer_id == bindparam("issuer"), Appraisal.stage != Stage.PUBLISHED)
        .order_by(Appraisal.ends_on, Appraisal.id)
    )


_BUREAUS_YEARS = _bureaus_years()
