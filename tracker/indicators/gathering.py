"""Adds up what offices gave, blank by blank, with who is missing; the district confirms a sum, none adds itself up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from tracker.db import db
from tracker.indicators import answering, figures
from tracker.indicators.answering import Typed
from tracker.indicators.models import OfficeFigure, Round, SparedQuestion
from tracker.indicators.queries import NOTHING, Held, Sheet, stored_value
from tracker.indicators.wording import sentence
from tracker.people.models import Organization
from tracker.rules.indicators.form import Blank, Indicator
from tracker.rules.indicators.rounds import Source
from tracker.rules.indicators.values import State, Value, plain, show_value
from tracker.rules.permissions import Actor
from tracker.rules.status import MoveRefused
from tracker.rules.words import say


@dataclass(frozen=True)
class Part:
    """What one office gave for a blank; `spared` says in which round, where it was not asked again."""

    office_id: int
    office: str
    value: Value
    shown: str
    by: str
    at: datetime | None
    asked_by: str
    spared: str


@dataclass(frozen=True)
class Gathered:
    """A blank with its offices' parts, and what stands in the district's form."""

    key: str
    indicator: Indicator
    blank: Blank
    parts: tuple[Part, ...]
    held: Held
    unasked: tuple[str, ...] = ()
    """The district's offices whose part is not in the sum because nobody asks them for it any more, or ever did."""

    @property
    def given(self) -> list[Part]:
        """The parts that are numbers."""
        return [part for part in self.parts if part.value.number is not None]

    @property
    def missing(self) -> list[Part]:
        """The offices that owe theirs."""
        return [part for part in self.parts if part.value.state is State.EMPTY]

    @property
    def is_whole(self) -> bool:
        """Tell whether every office of the district has given its part."""
        return not self.missing and not self.unasked

    @property
    def total(self) -> str:
        """The sum as it is typed; 不适用 once every office has said so, empty where there is nothing to add up yet."""
        if self.given:
            return plain(sum((part.value.number or Decimal(0) for part in self.given), Decimal(0)))
        return "" if self.missing or not self.parts else show_value(self.blank, self.parts[0].value)

    @property
    def stands(self) -> str:
        """What stands in the district's form."""
        return show_value(self.blank, self.held.value)

    @property
    def sentence(self) -> str:
        """The words around the blank."""
        return sentence(self.indicator, self.blank)


def gathered(sheet: Sheet, offices: Mapping[int, str]) -> list[Gathered]:
    """Return the blanks that a district asked its offices for, with their parts; `offices` are all it has, by id.

    Two queries.
    """
    wanted = (
        select(OfficeFigure, Organization.name)
        .join(Organization, Organization.id == OfficeFigure.unit_id)
        .where(OfficeFigure.round_unit_id == sheet.id, OfficeFigure.withdrawn_at.is_(None))
        .order_by(Organization.position, Organization.id)
    )
    spared = _spared_titles(sheet.round.id)
    parts: dict[str, list[Part]] = {}
    blanks = {key: blank for key, _, blank in sheet.known.form.fields()}
    for row, name in db.session.execute(wanted):
        value = stored_value(row.state, row.number, "")
        told = show_value(blanks[row.blank], value)
        came = spared.get((row.unit_id, row.blank), "")
        part = Part(row.unit_id, name, value, told, row.answered_by, row.answered_at, row.asked_by, came)
        parts.setdefault(row.blank, []).append(part)
    return [
        Gathered(key, indicator, blank, tuple(parts[key]), sheet.held.get(key, NOTHING), _unasked(parts[key], offices))
        for key, indicator, blank in sheet.known.form.fields()
        if key in parts
    ]


def _unasked(parts: Iterable[Part], offices: Mapping[int, str]) -> tuple[str, ...]:
    asked = {part.office_id for part in parts}
    return tuple(name for id_, name in offices.items() if id_ not in asked)


def _spared_titles(round_id: int) -> dict[tuple[int, str], str]:
    wanted = (
        select(SparedQuestion.unit_id, SparedQuestion.blank, Round.title)
        .join(Round, Round.id == SparedQuestion.given_in_id)
        .where(SparedQuestion.round_id == round_id)
    )
    return {(unit, blank): title for unit, blank, title in db.session.execute(wanted)}


@dataclass(frozen=True)
class Seen:
    """What the district saw when it confirmed a sum: the sum, how many offices lack, the version of its own answer."""

    total: str
    missing: int
    version: int


def confirm(actor: Actor, at: datetime, round_id: int, unit_id: int, key: str, seen: Seen) -> None:
    """Put the sum of the offices' parts into the district's form; raise MoveRefused where it is another by now."""
    found, _ = answering.writable(actor, at, round_id, unit_id)
    offices = {each.id: each.name for each in figures.offices(actor, unit_id, at.date())}
    one = next((each for each in gathered(found, offices) if each.key == key), None)
    if one is None or not one.total:
        raise MoveRefused(say("还没有司法所报这个数，不能合计。"))
    if (one.total, len(one.missing) + len(one.unasked)) != (seen.total, seen.missing):
        raise MoveRefused(say("司法所的数刚有变化：现在合计 {total}。请核对后再确认。", total=one.total))
    outcome = answering.save(actor, at, round_id, unit_id, {key: Typed(one.total, seen.version)}, Source.OFFICES)
    if outcome.stale:
        raise MoveRefused(
            say("这个空格刚被他人改为 {theirs}，没有写入。请核对后再确认。", theirs=outcome.stale[key].theirs)
        )
    if outcome.refused:
        raise MoveRefused(outcome.refused[key])
