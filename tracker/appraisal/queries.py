"""Finds years of appraisal and puts each unit's together, within what the asking person may see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from sqlalchemy import ColumnElement, false, or_, select

from tracker.appraisal import frozen, mirrors
from tracker.appraisal.altered import Altered, own_items, scheme_named, settings_in_force, without_sheet
from tracker.appraisal.mirrors import Taken
from tracker.appraisal.models import (
    Appraisal,
    AppraisalAnswer,
    AppraisalAppeal,
    AppraisalDecision,
    AppraisalEntry,
    AppraisalFile,
    AppraisalSelfScore,
    AppraisalUnit,
    SpecialApplication,
)
from tracker.appraisal.schemes import KnownScheme
from tracker.db import db
from tracker.people.models import Organization
from tracker.rules.appraisal import points as rules_of_points
from tracker.rules.appraisal import wording
from tracker.rules.appraisal import year as rules
from tracker.rules.appraisal.points import Entry, Result
from tracker.rules.appraisal.scheme import Clause, Item
from tracker.rules.appraisal.steps import Part, Stage, sees_results
from tracker.rules.appraisal.year import Settings, Year
from tracker.rules.permissions import Action, Actor, Scope, require
from tracker.rules.status import RequestState
from tracker.rules.words import Words, say


class UnknownAppraisal(LookupError):
    """No appraisal, unit or entry has this number, or none that the person may see; the message says so."""

    def __init__(self, message: str = "") -> None:
        """Say it in general where nothing more is known."""
        super().__init__(message or say("没有找到这次考评，或者您看不到它。"))


@dataclass(frozen=True)
class Recorded:
    """An entry with what came of it: what took its effect back, what the unit said, its objections, its files."""

    row: AppraisalEntry
    reversal: AppraisalEntry | None = None
    answers: tuple[AppraisalAnswer, ...] = ()
    appeals: tuple[AppraisalAppeal, ...] = ()
    files: tuple[AppraisalFile, ...] = ()

    @property
    def entry(self) -> Entry:
        """The same, as the rules take it."""
        return Entry(self.row.code, self.row.count, self.row.place, self.row.points)

    @property
    def appeal(self) -> AppraisalAppeal | None:
        """The latest objection."""
        return self.appeals[-1] if self.appeals else None

    @property
    def is_contested(self) -> bool:
        """Tell whether an objection waits for its answer."""
        return self.appeal is not None and self.appeal.state == RequestState.ASKED


@dataclass(frozen=True)
class UnitSheet:
    """A unit's year: everything recorded of it, and what it comes to.

    `taken` is what the city took, where a clause of the unit follows that, `answers_for` what it took from another's
    sheet and this unit answers for; `settings` what was decided.
    """

    appraisal: Appraisal
    unit: AppraisalUnit
    known: KnownScheme
    settings: Settings
    recorded: tuple[Recorded, ...]
    taken: tuple[Taken, ...]
    self_scores: Mapping[str, AppraisalSelfScore]
    applications: tuple[SpecialApplication, ...]
    files: tuple[AppraisalFile, ...] = ()
    answers_for: tuple[Taken, ...] = ()

    @cached_property
    def year(self) -> Year:
        """The points of the year; raise Altered where the scheme has no sheet for the unit."""
        if not self.is_known:
            raise Altered(without_sheet(self.unit.name))
        counting = [each.entry for each in self.standing]
        return rules.year_of(
            self.known.scheme,
            self.known.terms,
            self.unit.name,
            [*counting, *(taken.entry for taken in self.taken)],
            special=[each.points for each in self.applications if each.points is not None],
            totals=self.totals,
            settings=self.settings,
        )

    @cached_property
    def is_known(self) -> bool:
        """Tell whether the scheme has a sheet for the unit: without one nothing can be worked out."""
        return rules.sheet_of(self.known.scheme, self.known.terms, self.unit.name) is not None

    @cached_property
    def strays(self) -> tuple[Recorded, ...]:
        """What is on record under no clause by which the unit is appraised: it counts nothing."""
        codes = rules.recordable(self.known.scheme, self.known.terms, self.unit.name)
        return tuple(each for each in self.recorded if each.row.code not in codes)

    @property
    def altered(self) -> tuple[Words, ...]:
        """What no operation writes, each in words."""
        if not self.is_known:
            return (without_sheet(self.unit.name),)
        return tuple(
            say(
                "{unit}的登记 {id} 记在 {code} 下，考评方案里该科室没有这一条，没有计入",
                unit=self.unit.name,
                id=each.row.id,
                code=each.row.code,
            )
            for each in self.strays
        )

    @property
    def totals(self) -> dict[str, Decimal]:
        """The totals entered by hand, the latest of each item (X2-06)."""
        by_hand = self.known.terms.totals_entered
        entered = (each.row for each in self.standing if each.row.code in by_hand)
        return {row.code: row.points for row in entered if row.points is not None}

    @cached_property
    def standing(self) -> tuple[Recorded, ...]:
        """What was not taken back, in the order of its days: a table of June replaces one of March, entered later."""
        left = (each for each in self.recorded if each.reversal is None)
        return tuple(sorted(left, key=lambda each: (each.row.day, each.row.id)))

    @cached_property
    def idle(self) -> Mapping[int, Words]:
        """Why entries, by number, count nothing beside others of their clause though they stand."""
        clauses = {clause.code: clause for _, _, clause in self.known.scheme.clauses()}
        by_code: dict[str, list[Recorded]] = {}
        for each in self.standing:
            if each.row.application_id is None and not self.is_evidence(each.row.code):
                by_code.setdefault(each.row.code, []).append(each)
        return {
            found[place].row.id: wording.idle_because(clauses.get(code), found[-1].row.day)
            for code, found in by_code.items()
            for place in rules_of_points.idle(clauses.get(code), [each.entry for each in found])
        }

    @property
    def items(self) -> tuple[Item, ...]:
        """The items by which the unit is appraised, but for special work, in the order of the text."""
        return tuple(each.item for each in (*self.year.work, *self.year.team, *self.year.bottom_line))

    @property
    def results(self) -> dict[str, Result]:
        """What each item came to, by its code."""
        return {each.item.code: each for each in (*self.year.work, *self.year.team, *self.year.bottom_line)}

    def of(self, code: str) -> tuple[Recorded, ...]:
        """Return what was recorded under a clause or item, the earliest first."""
        return tuple(each for each in self.recorded if each.row.code == code)

    def is_evidence(self, clause: str) -> bool:
        """Tell whether a clause counts nothing of itself, since somebody enters the total of its item (X2-06)."""
        item, dot, _ = clause.partition(".")
        return bool(dot) and item in self.known.terms.totals_entered

    def taken_for(self, clause: str) -> tuple[Taken, ...]:
        """Return what the city took for a clause that follows it."""
        return tuple(each for each in self.taken if each.clause == clause)

    def told(self, each: Recorded) -> list[Words]:
        """Say what an entry tells beside its day: how many, which place, how many points."""
        return wording.told(self.clause(each.row.code), each.entry)

    def clause(self, code: str) -> Clause | None:
        """Return a clause of the scheme by its code; None for an item whose total is entered."""
        return next((clause for _, _, clause in self.known.scheme.clauses() if clause.code == code), None)


@dataclass
class _Records:
    """Everything on record of the units of a year, by unit."""

    entries: dict[int, list[Recorded]] = field(default_factory=dict)
    self_scores: dict[int, dict[str, AppraisalSelfScore]] = field(default_factory=dict)
    applications: dict[int, list[SpecialApplication]] = field(default_factory=dict)
    files: dict[int, list[AppraisalFile]] = field(default_factory=dict)


# ---- who sees what


def part_of(actor: Actor, found: Appraisal) -> Part:
    """Return as what a person takes part in a year."""
    reach = actor.reach(Action.VIEW_APPRAISAL)
    if reach is Scope.DISTRICT and actor.district_id == found.issuer_id:
        return Part.LEADING
    if actor.unit_id == found.compiler_id:
        return Part.COMPILER
    return Part.UNIT if reach is Scope.UNIT else Part.READER


def _seen(actor: Actor) -> ColumnElement[bool]:
    """Say that a year is one the person may see: its own bureau's; the city's, published ones."""
    reach = actor.reach(Action.VIEW_APPRAISAL)
    if reach is Scope.ALL:
        return Appraisal.stage == Stage.PUBLISHED
    if reach is Scope.DISTRICT:
        return Appraisal.issuer_id == (actor.district_id or 0)
    if reach is Scope.UNIT:
        takes_part = select(AppraisalUnit.appraisal_id).where(AppraisalUnit.unit_id == actor.unit_id)
        return or_(Appraisal.compiler_id == actor.unit_id, Appraisal.id.in_(takes_part))
    return false()


def appraisals(actor: Actor) -> list[tuple[Appraisal, str]]:
    """Return the years that a person sees, with the bureau's name, the latest first. One query."""
    require(actor, Action.VIEW_APPRAISAL)
    wanted = select(Appraisal, Organization.name).join(Organization, Organization.id == Appraisal.issuer_id)
    rows = db.session.execute(wanted.where(_seen(actor)).order_by(Appraisal.ends_on.desc(), Appraisal.id.desc()))
    return [(found, issuer) for found, issuer in rows]


def appraisal_of(actor: Actor, appraisal_id: int) -> Appraisal:
    """Return a year by its number; raise UnknownAppraisal where the person does not see it. One query."""
    require(actor, Action.VIEW_APPRAISAL)
    found = db.session.scalar(select(Appraisal).where(Appraisal.id == appraisal_id, _seen(actor)))
    if found is None:
        raise UnknownAppraisal
    return found


def units(found: Appraisal) -> list[AppraisalUnit]:
    """Return the units of a year in the order of the scheme. One query."""
    wanted = select(AppraisalUnit).where(AppraisalUnit.appraisal_id == found.id)
    return list(db.session.scalars(wanted.order_by(AppraisalUnit.position)))


def scheme_of(found: Appraisal) -> KnownScheme:
    """Return the scheme of a year; raise Altered where there is none, or its text is not that of the beginning."""
    known = scheme_named(found)
    if known.sha256 != found.scheme_sha256:
        raise Altered(say("考评方案的文本与开始考评时不同，不能用它计分"))
    return known


# ---- what they come to


def sheet(actor: Actor, appraisal_id: int, unit_id: int, day: date) -> UnitSheet:
    """Return a unit's year by its number in the year; raise UnknownAppraisal where the person may not see it.

    A unit sees its own; whoever compiles or decides sees all. A fixed number of queries.
    """
    found = appraisal_of(actor, appraisal_id)
    wanted = [AppraisalUnit.id == unit_id, AppraisalUnit.appraisal_id == found.id]
    if part_of(actor, found) not in (Part.LEADING, Part.COMPILER):
        wanted.append(AppraisalUnit.unit_id == actor.unit_id)
    unit = db.session.scalar(select(AppraisalUnit).where(*wanted))
    if unit is None:
        raise UnknownAppraisal(say("没有找到这个科室的考评，或者您看不到它。"))
    return _sheets(found, [unit], day)[0]


def own_unit(actor: Actor, found: Appraisal) -> AppraisalUnit | None:
    """Return the person's own unit in a year; None for whoever has none there. One query."""
    wanted = select(AppraisalUnit).where(AppraisalUnit.appraisal_id == found.id, AppraisalUnit.unit_id == actor.unit_id)
    return db.session.scalar(wanted)


def sheets(actor: Actor, appraisal_id: int, day: date) -> list[UnitSheet]:
    """Return the years of all units; raise UnknownAppraisal where the person does not see them all yet.

    A fixed number of queries.
    """
    found = appraisal_of(actor, appraisal_id)
    if not sees_results(part_of(actor, found), Stage(found.stage)):
        raise UnknownAppraisal(say("考评结果在审定公布前保密。"))
    return every_sheet(found, day)


def every_sheet(found: Appraisal, day: date, *, anew: bool = False) -> list[UnitSheet]:
    """Return the years of all units, whoever asks; `anew`, from the record alone, whatever was frozen."""
    return _sheets(found, units(found), day, anew=anew)


def _sheets(found: Appraisal, wanted: Iterable[AppraisalUnit], day: date, *, anew: bool = False) -> list[UnitSheet]:
    known, chosen = scheme_of(found), list(wanted)
    decided = decision_rows(found)
    settings = settings_in_force({row.subject: row.value for row in decided}, known)
    records = _records([unit.id for unit in chosen])
    codes = {unit.id: _codes(known, unit.name, settings) for unit in chosen}
    answering = mirrors.sections_named(decided) & {unit.name for unit in chosen}
    followed = tuple(m for m in known.terms.mirrors if answering or any(m.clause in own for own in codes.values()))
    taken = mirrors.attributed(frozen.city_took(found, followed, day, anew=anew) if followed else (), decided)
    return [
        UnitSheet(
            appraisal=found,
            unit=unit,
            known=known,
            settings=settings,
            recorded=tuple(records.entries.get(unit.id, ())),
            taken=tuple(each for each in taken if each.clause in codes[unit.id]),
            self_scores=records.self_scores.get(unit.id, {}),
            applications=tuple(records.applications.get(unit.id, ())),
            files=tuple(records.files.get(unit.id, ())),
            answers_for=mirrors.answered_for(taken, unit.name, codes[unit.id]),
        )
        for unit in chosen
    ]


def _codes(known: KnownScheme, name: str, settings: Settings) -> frozenset[str]:
    """Return the clauses of a unit's own items."""
    own = own_items(known, name, settings) if rules.sheet_of(known.scheme, known.terms, name) else ()
    return frozenset(clause.code for item in own for clause in item.clauses)


def decision_rows(found: Appraisal) -> list[AppraisalDecision]:
    """Return everything that was decided, the earliest first. One query."""
    wanted = select(AppraisalDecision).where(AppraisalDecision.appraisal_id == found.id)
    return list(db.session.scalars(wanted.order_by(AppraisalDecision.id)))


def decisions(found: Appraisal) -> dict[str, str]:
    """Return what was decided last of each subject. One query."""
    return {row.subject: row.value for row in decision_rows(found)}


def _records(ids: list[int]) -> _Records:
    """Gather what is on record of units. Six queries."""
    found = _Records()
    of_entry: dict[int, list[AppraisalFile]] = {}
    for file in db.session.scalars(
        select(AppraisalFile)
        .where(AppraisalFile.appraisal_unit_id.in_(ids), AppraisalFile.withdrawn_at.is_(None))
        .order_by(AppraisalFile.id)
    ):
        if file.entry_id is None:
            found.files.setdefault(file.appraisal_unit_id, []).append(file)
        else:
            of_entry.setdefault(file.entry_id, []).append(file)
    found.entries = _entries(ids, of_entry)
    for score in db.session.scalars(select(AppraisalSelfScore).where(AppraisalSelfScore.appraisal_unit_id.in_(ids))):
        found.self_scores.setdefault(score.appraisal_unit_id, {})[score.item] = score
    for application in db.session.scalars(
        select(SpecialApplication).where(SpecialApplication.appraisal_unit_id.in_(ids)).order_by(SpecialApplication.id)
    ):
        found.applications.setdefault(application.appraisal_unit_id, []).append(application)
    return found


def _entries(ids: list[int], files: dict[int, list[AppraisalFile]]) -> dict[int, list[Recorded]]:
    of_units = AppraisalEntry.appraisal_unit_id.in_(ids)
    rows = list(db.session.scalars(select(AppraisalEntry).where(of_units).order_by(AppraisalEntry.id)))
    reversals = {row.reverses_id: row for row in rows if row.reverses_id is not None}
    answers: dict[int, list[AppraisalAnswer]] = {}
    appeals: dict[int, list[AppraisalAppeal]] = {}
    for answer in db.session.scalars(
        select(AppraisalAnswer)
        .join(AppraisalEntry, AppraisalEntry.id == AppraisalAnswer.entry_id)
        .where(of_units)
        .order_by(AppraisalAnswer.id)
    ):
        answers.setdefault(answer.entry_id, []).append(answer)
    for appeal in db.session.scalars(
        select(AppraisalAppeal)
        .join(AppraisalEntry, AppraisalEntry.id == AppraisalAppeal.entry_id)
        .where(of_units)
        .order_by(AppraisalAppeal.id)
    ):
        appeals.setdefault(appeal.entry_id, []).append(appeal)
    found: dict[int, list[Recorded]] = {}
    for row in rows:
        if row.reverses_id is None:
            found.setdefault(row.appraisal_unit_id, []).append(
                Recorded(
                    row,
                    reversals.get(row.id),
                    tuple(answers.get(row.id, ())),
                    tuple(appeals.get(row.id, ())),
                    tuple(files.get(row.id, ())),
                )
            )
    return found
