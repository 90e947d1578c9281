"""Counts what units were asked for and what they were spared, because they had given it for the same year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import aliased

from tracker.db import db
from tracker.indicators import queries
from tracker.indicators.forms import known_form
from tracker.indicators.models import OfficeFigure, Round, RoundUnit, SparedQuestion
from tracker.people.models import Organization
from tracker.rules.indicators.form import Indicator
from tracker.rules.permissions import Action, Actor, Scope, require


@dataclass(frozen=True)
class Load:
    """What one unit was asked for in a round, and what it was spared; `is_office` tells 司法所 from districts."""

    round: Round
    unit_id: int
    unit: str
    is_office: bool
    asked: int
    spared: int


def _within(actor: Actor) -> ColumnElement[bool]:
    """Say that an organization is the person's district or stands below it, or any."""
    if actor.reach(Action.VIEW_INDICATORS) is Scope.ALL:
        return true()
    return or_(Organization.id == actor.district_id, Organization.parent_id == actor.district_id)


def loads(actor: Actor) -> list[Load]:
    """Return every unit's load by round, the latest round first, districts before offices. Five queries."""
    require(actor, Action.VIEW_INDICATORS)
    spared = _spared()
    found = [*_districts(actor, spared), *_offices(actor, spared)]
    return sorted(found, key=lambda load: (load.round.opens_on, load.round.id, not load.is_office), reverse=True)


def _spared() -> dict[tuple[int, int], int]:
    wanted = select(SparedQuestion.round_id, SparedQuestion.unit_id, func.count())
    rows = db.session.execute(wanted.group_by(SparedQuestion.round_id, SparedQuestion.unit_id))
    return {(round_id, unit_id): number for round_id, unit_id, number in rows}


def _districts(actor: Actor, spared: dict[tuple[int, int], int]) -> list[Load]:
    found = []
    for sheet in queries.sheets(queries.units_of(_within(actor))):
        avoided = spared.get((sheet.round.id, sheet.unit_id), 0)
        found.append(Load(sheet.round, sheet.unit_id, sheet.unit, False, len(sheet.asked) - avoided, avoided))
    return found


def _offices(actor: Actor, spared: dict[tuple[int, int], int]) -> list[Load]:
    wanted = (
        select(Round, Organization.id, Organization.name, func.count(OfficeFigure.id))
        .join(RoundUnit, RoundUnit.round_id == Round.id)
        .join(OfficeFigure, OfficeFigure.round_unit_id == RoundUnit.id)
        .join(Organization, Organization.id == OfficeFigure.unit_id)
        .where(_within(actor))
        .group_by(Round.id, Organization.id)
        .order_by(Organization.position, Organization.id)
    )
    found = []
    for each, unit_id, name, asked in db.session.execute(wanted):
        avoided = spared.get((each.id, unit_id), 0)
        found.append(Load(each, unit_id, name, True, asked - avoided, avoided))
    return found


@dataclass(frozen=True)
class Behind:
    """One question behind a figure: which blank, and where it was answered or who asks."""

    key: str
    indicator: Indicator
    given_in: str
    asked_by: str
    asked_at: datetime | None
    answered_at: datetime | None


def behind(actor: Actor, load: Load) -> tuple[list[Behind], list[Behind]]:
    """Return the questions that a unit was asked, and those that it was spared. Two queries."""
    require(actor, Action.VIEW_INDICATORS)
    spared = _spared_rows(load)
    keys = {each.key for each in spared}
    asked = _asked_rows(load) if load.is_office else _form_rows(load)
    return [each for each in asked if each.key not in keys], spared


def _indicators(load: Load) -> dict[str, Indicator]:
    return {key: indicator for key, indicator, _ in known_form(load.round.form).form.fields()}


def _spared_rows(load: Load) -> list[Behind]:
    given = aliased(Round)
    wanted = (
        select(SparedQuestion, given.title)
        .join(given, given.id == SparedQuestion.given_in_id)
        .where(SparedQuestion.round_id == load.round.id, SparedQuestion.unit_id == load.unit_id)
        .order_by(SparedQuestion.blank)
    )
    indicators = _indicators(load)
    rows: Sequence[tuple[SparedQuestion, str]] = db.session.execute(wanted).all()
    return [Behind(row.blank, indicators[row.blank], title, "", row.at, None) for row, title in rows]


def _asked_rows(load: Load) -> list[Behind]:
    wanted = (
        select(OfficeFigure)
        .join(RoundUnit, RoundUnit.id == OfficeFigure.round_unit_id)
        .where(RoundUnit.round_id == load.round.id, OfficeFigure.unit_id == load.unit_id)
        .order_by(OfficeFigure.blank)
    )
    indicators = _indicators(load)
    return [
        Behind(row.blank, indicators[row.blank], "", row.asked_by, row.asked_at, row.answered_at)
        for row in db.session.scalars(wanted)
    ]


def _form_rows(load: Load) -> list[Behind]:
    """Return the blanks of the form that the round asks the district for."""
    opened = load.round.opened_at
    wanted = queries.units_of(RoundUnit.round_id == load.round.id, RoundUnit.unit_id == load.unit_id)
    asked = queries.sheets(wanted)[0].asked
    indicators = _indicators(load)
    return [Behind(key, indicators[key], "", load.round.opened_by, opened, None) for key in indicators if key in asked]
