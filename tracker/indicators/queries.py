"""Finds rounds, the units in them and what they answered, within what the asking person may see."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from tracker.db import db
from tracker.indicators.forms import KnownForm, known_form
from tracker.indicators.models import Answer, AnswerChange, Explanation, OfficeFigure, Round, RoundUnit
from tracker.people.models import Organization
from tracker.rules.indicators import checks
from tracker.rules.indicators.rounds import SOURCE_TEXT, Progress, Source, Stage, Term, due_on, is_late, progress
from tracker.rules.indicators.terms import Level
from tracker.rules.indicators.values import EMPTY, State, Value
from tracker.rules.permissions import Action, Actor, Scope, may, require
from tracker.rules.words import say


class UnknownRound(LookupError):
    """No round has this number, or none that the person may see; the message says so."""


@dataclass(frozen=True)
class Held:
    """What stands in one blank and who put it there; `version` is 0 where nobody ever wrote in it."""

    value: Value
    version: int = 0
    by: str = ""
    at: datetime | None = None
    source: Source = Source.FORM

    @property
    def source_text(self) -> str:
        """How it came there."""
        return SOURCE_TEXT[self.source]


NOTHING = Held(EMPTY)


@dataclass(frozen=True)
class Sheet:
    """A unit's answers in a round: who it is, until when, how far, every blank that was written in."""

    id: int
    version: int
    round: Round
    unit_id: int
    unit: str
    known: KnownForm
    held: Mapping[str, Held]
    explained: Mapping[str, Explanation]
    extended_to: date | None
    extension_reason: str
    prepared_by: str
    checked_by: str
    phone: str
    submitted_on: date | None
    submitted_by: str

    @property
    def answers(self) -> dict[str, Value]:
        """The values alone, as the rules take them."""
        return {blank: held.value for blank, held in self.held.items()}

    @property
    def due(self) -> date:
        """The unit's last day."""
        return due_on(term_of(self.round), self.extended_to)

    @property
    def answered(self) -> int:
        """How many indicators leave nothing open, of those that were begun or need nothing."""
        return checks.answered_indicators(self.known.form, self.known.terms, self.answers)

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The blanks that are asked and empty."""
        return checks.unanswered(self.known.form, self.known.terms, self.answers)

    @property
    def asked(self) -> frozenset[str]:
        """The blanks that the unit has to fill in, or has; those of which nobody knows yet are in."""
        return checks.asked(self.known.form, self.known.terms, self.answers)

    @property
    def objections(self) -> tuple[checks.Objection, ...]:
        """What does not fit, warnings that were explained included."""
        return checks.objections(self.known.terms, self.answers)

    def explanation(self, objection: checks.Objection) -> Explanation | None:
        """Return why a warning stands, where it was written for exactly these figures."""
        found = self.explained.get(objection.name)
        fits = found is not None and (found.left_figure, found.right_figure) == (objection.left, objection.right)
        return found if fits else None

    @property
    def open_objections(self) -> tuple[checks.Objection, ...]:
        """What stands in the way of submitting: whatever blocks, and warnings without an explanation."""
        return tuple(each for each in self.objections if each.level is Level.BLOCK or self.explanation(each) is None)

    def progress(self) -> Progress:
        """How far the unit is."""
        written = sum(held.value.state is not State.EMPTY for held in self.held.values())
        return progress(written, self.submitted_on, self.due)

    def is_late(self, day: date) -> bool:
        """Tell whether it owes its answers past its last day."""
        return self.round.closed_on is None and is_late(self.submitted_on, self.due, day)


def term_of(found: Round) -> Term:
    """Return when a round runs, as the rules take it."""
    return Term(found.opens_on, found.closes_on, found.closed_on)


def why_closed(found: Round, submitted_on: date | None, day: date) -> str:
    """Say why a unit cannot write on a day; an empty string where it can, also when it is late."""
    stage = term_of(found).stage(day)
    if stage is Stage.PLANNED:
        return say("填报从 {day:long} 开始，现在还不能填写。", day=found.opens_on)
    if stage is Stage.CLOSED:
        return say("填报已于 {day:long} 结束，不能再填。需要更正的，请联系市局督办人员。", day=found.closed_on)
    if submitted_on is not None:
        return say("本区已于 {day:long} 上报，不能再改。需要修改的，由区局负责人撤回后再填。", day=submitted_on)
    return ""


def _seen(actor: Actor) -> ColumnElement[bool]:
    """Say that a round unit is one the person may see."""
    if actor.reach(Action.VIEW_INDICATORS) is Scope.ALL:
        return Round.id == Round.id
    return RoundUnit.unit_id == actor.district_id


def rounds(actor: Actor) -> list[Round]:
    """Return the rounds that the person may see, the latest first. One query."""
    require(actor, Action.VIEW_INDICATORS)
    wanted = select(Round).order_by(Round.opens_on.desc(), Round.id.desc())
    if actor.reach(Action.VIEW_INDICATORS) is not Scope.ALL:
        wanted = wanted.where(Round.id.in_(select(RoundUnit.round_id).where(RoundUnit.unit_id == actor.district_id)))
    return list(db.session.scalars(wanted))


def round_of(actor: Actor, round_id: int) -> Round:
    """Return a round that the person may see; raise UnknownRound."""
    found = next((each for each in rounds(actor) if each.id == round_id), None)
    if found is None:
        raise UnknownRound(say("没有找到这次指标填报。"))
    return found


def sheet(actor: Actor, round_id: int, unit_id: int) -> Sheet:
    """Return a unit's answers in a round; raise UnknownRound where the person may not see them. Three queries."""
    require(actor, Action.VIEW_INDICATORS)
    found = sheets(units_of(RoundUnit.round_id == round_id, RoundUnit.unit_id == unit_id, _seen(actor)))
    if not found:
        raise UnknownRound(say("没有找到这次指标填报。"))
    return found[0]


def all_sheets(actor: Actor, round_id: int) -> list[Sheet]:
    """Return the answers of all units of a round that the person may see, in their usual order. Three queries."""
    require(actor, Action.VIEW_INDICATORS)
    return sheets(units_of(RoundUnit.round_id == round_id, _seen(actor)))


def previous(found: Sheet) -> Sheet | None:
    """Return what the unit answered last for an earlier year: what it submitted before what it only began."""
    own, before = aliased(RoundUnit), aliased(Round)
    last = (
        select(own.id)
        .join(before, before.id == own.round_id)
        .where(before.form == found.round.form, before.issuer_id == found.round.issuer_id)
        .where(before.year < found.round.year, own.unit_id == found.unit_id)
        .order_by(own.submitted_on.is_(None), before.year.desc(), before.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    earlier = sheets(units_of(RoundUnit.id == last))
    return earlier[0] if earlier else None


def units_of(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the units of rounds for which all conditions hold, in their usual order, as a SELECT for `sheets`."""
    return (
        select(RoundUnit, Round, Organization.name)
        .join(Round, Round.id == RoundUnit.round_id)
        .join(Organization, Organization.id == RoundUnit.unit_id)
        .where(*conditions)
        .order_by(Organization.position, Organization.id)
    )


def sheets(wanted: Select[*tuple[Any, ...]]) -> list[Sheet]:
    """Return what the units of a SELECT answered. Three queries, whatever their number."""
    rows = db.session.execute(wanted).all()
    ids = [row.RoundUnit.id for row in rows]
    held, explained = _held(ids), _explained(ids)
    return [_sheet(row, held.get(row.RoundUnit.id, {}), explained.get(row.RoundUnit.id, {})) for row in rows]


def _sheet(row: Any, held: Mapping[str, Held], explained: Mapping[str, Explanation]) -> Sheet:
    own: RoundUnit = row.RoundUnit
    return Sheet(
        id=own.id,
        version=own.version,
        round=row.Round,
        unit_id=own.unit_id,
        unit=row.name,
        known=known_form(row.Round.form),
        held=held,
        explained=explained,
        extended_to=own.extended_to,
        extension_reason=own.extension_reason,
        prepared_by=own.prepared_by,
        checked_by=own.checked_by,
        phone=own.phone,
        submitted_on=own.submitted_on,
        submitted_by=own.submitted_by,
    )


def _held(ids: Collection[int]) -> dict[int, dict[str, Held]]:
    found: dict[int, dict[str, Held]] = {}
    # Columns, not rows of the model: a round has thousands of answers, and none is changed here.
    wanted = select(
        Answer.round_unit_id,
        Answer.blank,
        Answer.state,
        Answer.number,
        Answer.text,
        Answer.version,
        Answer.actor_name,
        Answer.at,
        Answer.source,
    )
    for row in db.session.execute(wanted.where(Answer.round_unit_id.in_(ids))):
        held = Held(
            stored_value(row.state, row.number, row.text), row.version, row.actor_name, row.at, Source(row.source)
        )
        found.setdefault(row.round_unit_id, {})[row.blank] = held
    return found


def stored_value(state: str, number: Decimal | None, text: str) -> Value:
    """Return the value that columns keep."""
    return Value(State(state), number, text)


def _explained(ids: Collection[int]) -> dict[int, dict[str, Explanation]]:
    found: dict[int, dict[str, Explanation]] = {}
    for row in db.session.scalars(select(Explanation).where(Explanation.round_unit_id.in_(ids))):
        found.setdefault(row.round_unit_id, {})[row.check_name] = row
    return found


def changes(sheet_id: int, blank: str) -> list[AnswerChange]:
    """Return every change of a blank, the latest first."""
    wanted = select(AnswerChange).where(AnswerChange.round_unit_id == sheet_id, AnswerChange.blank == blank)
    return list(db.session.scalars(wanted.order_by(AnswerChange.id.desc())))


def corrections(round_id: int) -> list[tuple[AnswerChange, str]]:
    """Return what was corrected after a round had ended, with the unit's name, the latest first."""
    wanted = (
        select(AnswerChange, Organization.name)
        .join(RoundUnit, RoundUnit.id == AnswerChange.round_unit_id)
        .join(Organization, Organization.id == RoundUnit.unit_id)
        .where(RoundUnit.round_id == round_id, AnswerChange.source == Source.CORRECTION)
        .order_by(AnswerChange.id.desc())
    )
    return [(row.AnswerChange, row.name) for row in db.session.execute(wanted)]


class Awaited(NamedTuple):
    """What a round still waits for: a district's form, or `figures` numbers that an office is asked for."""

    round_id: int
    unit_id: int
    title: str
    due_on: date
    figures: int = 0


def awaited(actor: Actor, day: date) -> list[Awaited]:
    """Return what running rounds wait for from the person's own unit on a day. One query, or none."""
    if may(actor, Action.ANSWER_INDICATORS):
        return [
            _awaited(*row) for row in db.session.execute(_running(day).where(RoundUnit.unit_id == actor.district_id))
        ]
    if not may(actor, Action.GIVE_FIGURES):
        return []
    number = func.count(OfficeFigure.id)
    open_ = (
        OfficeFigure.unit_id == actor.unit_id,
        OfficeFigure.state == State.EMPTY,
        OfficeFigure.withdrawn_at.is_(None),
    )
    wanted = _running(day).join(OfficeFigure, OfficeFigure.round_unit_id == RoundUnit.id).where(*open_)
    counted = wanted.add_columns(number).group_by(Round.id, RoundUnit.id)
    return [_awaited(*row) for row in db.session.execute(counted)]


def _running(day: date) -> Select[*tuple[Any, ...]]:
    conditions = (Round.closed_on.is_(None), Round.opens_on <= day, RoundUnit.submitted_on.is_(None))
    return (
        select(Round, RoundUnit).join(RoundUnit, RoundUnit.round_id == Round.id).where(*conditions).order_by(Round.id)
    )


def _awaited(found: Round, own: RoundUnit, figures: int = 0) -> Awaited:
    return Awaited(found.id, own.unit_id, found.title, due_on(term_of(found), own.extended_to), figures)


def tallies(round_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return for each round how many of its units have submitted, and how many it has. One query."""
    wanted = select(RoundUnit.round_id, func.count(RoundUnit.submitted_on), func.count()).group_by(RoundUnit.round_id)
    rows = db.session.execute(wanted.where(RoundUnit.round_id.in_(round_ids)))
    return {round_id: (submitted, number) for round_id, submitted, number in rows}


def own_sheets(actor: Actor) -> dict[int, Sheet]:
    """Return what the person's own district answered, by round. Three queries."""
    require(actor, Action.VIEW_INDICATORS)
    return {found.round.id: found for found in sheets(units_of(RoundUnit.unit_id == actor.district_id))}
