"""What a year still lacks before it may be compiled, or approved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.appraisal import ballots, decisions
from tracker.appraisal.freeze_content import ranking
from tracker.appraisal.models import Appraisal, AppraisalDecision
from tracker.appraisal.queries import UnitSheet
from tracker.rules.appraisal.decisions import CONFIRM, SETTING, YES, subject
from tracker.rules.appraisal.grades import SEATS, Candidates, Grade, Standing, candidates
from tracker.rules.appraisal.scheme import Clause, Kind
from tracker.rules.status import MoveRefused
from tracker.rules.words import say


class Lack(StrEnum):
    """What sort of thing is missing."""

    OBJECTION = "objection"
    APPLICATION = "application"
    POINTS = "points"
    MEETING = "meeting"
    OWN = "own"
    PERIOD = "period"
    PLACES = "places"
    BALLOTS = "ballots"
    MATTERS = "matters"
    GRADE = "grade"
    CONFIRMATION = "confirmation"
    ALTERED = "altered"


WARNINGS = (Lack.PLACES, Lack.BALLOTS, Lack.MATTERS, Lack.PERIOD, Lack.OWN)
"""What only has to be seen: a unit that hands nothing in, or a table that the city never issues, must not keep the year
open."""

WEIGHTY = (*SETTING, CONFIRM)
"""The kinds of open matters on which points rest: what is only noted need not be decided."""

Decided = Mapping[str, Sequence[AppraisalDecision]]
"""Decisions by subject, the latest first."""


@dataclass(frozen=True)
class Missing:
    """One thing that is missing: in words, and which unit, entry or application it is about."""

    lack: Lack
    words: str
    unit_id: int = 0
    about: int = 0
    unit: str = ""

    @property
    def is_warning(self) -> bool:
        """Tell whether it only has to be seen."""
        return self.lack in WARNINGS


class NotReady(MoveRefused):
    """A step for which something is missing."""

    def __init__(self, message: str, missing: Sequence[Missing]) -> None:
        """Keep the list."""
        super().__init__(message)
        self.missing = tuple(missing)


def before_compiling(found: Appraisal, sheets: Sequence[UnitSheet], decided: Decided, day: date) -> tuple[Missing, ...]:
    """Return what is missing before a year is compiled, warnings last."""
    closed = ballots.is_closed(found.id)
    return (*_unsettled(sheets, closed), *_warnings(found, sheets, decided, closed, day))


def before_approving(
    found: Appraisal, sheets: Sequence[UnitSheet], graded: Mapping[int, Grade], decided: Decided, day: date
) -> tuple[Missing, ...]:
    """Return what is missing before a year is approved, warnings last: what is unsettled, units without a grade, grades
    that no longer fit, an odd sign that was used and not confirmed (X2-01)."""
    closed = ballots.is_closed(found.id)
    lacks = (*_unsettled(sheets, closed), *_grades(sheets, graded), *_unconfirmed(sheets, decided))
    return (*lacks, *_warnings(found, sheets, decided, closed, day))


def excellence_refused(unit: str, ranked: Mapping[str, Standing], others: int) -> str:
    """Return why a unit may not be 优秀, where `others` already are; an empty text where it may."""
    standing, open_to = ranked[unit], candidates(ranked.values())
    if standing.barred:
        return say("{unit}存在突破底线扣分情况，不得评为优秀。", unit=unit)
    if unit not in _in_question(open_to):
        return say(
            "{unit}名列第 {place}，名额按哪种读法都轮不到它，不能评为优秀：前 {seats} 名才能评为优秀。",
            unit=unit,
            place=standing.place,
            seats=SEATS,
        )
    if others >= SEATS:
        return say("优秀最多 {seats} 个，已经评了 {n} 个。要改评，请先改其中一个的等次。", seats=SEATS, n=others)
    return ""


def _in_question(found: Candidates) -> set[str]:
    """Return whoever may be 优秀 in either reading."""
    readings = (found.kept_empty, found.passed_on)
    return {unit for reading in readings for unit in (*reading.certain, *reading.tied)}


def _unsettled(sheets: Sequence[UnitSheet], closed: bool | None) -> Iterator[Missing]:
    for sheet in sheets:
        yield from _of_unit(sheet)
    if closed is False:
        yield Missing(Lack.MEETING, say("述职测评还没有结束。"))


def _of_unit(sheet: UnitSheet) -> Iterator[Missing]:
    unit = sheet.unit
    for each, told in zip(sheet.strays, sheet.altered, strict=True):
        yield Missing(Lack.ALTERED, told, unit.id, each.row.id)
    for each in sheet.recorded:
        if each.is_contested:
            words = say("{unit}对 {code} 登记的异议还没有裁定。", unit=unit.name, code=each.row.code)
            yield Missing(Lack.OBJECTION, words, unit.id, each.row.id)
    for application in sheet.applications:
        if application.judged_at is None and application.withdrawn_at is None:
            words = say("{unit}的特色工作“{title}”还没有评定。", unit=unit.name, title=application.title)
            yield Missing(Lack.APPLICATION, words, unit.id, application.id)
    if codes := sheet.year.awaits:
        words = say("{unit}还有要填的得分：{codes}。", unit=unit.name, codes=list(codes))
        yield Missing(Lack.POINTS, words, unit.id)


def _warnings(
    found: Appraisal, sheets: Sequence[UnitSheet], decided: Decided, closed: bool | None, day: date
) -> Iterator[Missing]:
    for sheet in sheets:
        if codes := _not_judged(sheet):
            words = say(
                "{unit}还没有登记名次或视情评分：{codes}。没有登记的不扣也不加。", unit=sheet.unit.name, codes=codes
            )
            yield Missing(Lack.PLACES, words, sheet.unit.id)
    if closed is None:
        # l.35: its result is one of the grounds of the grades, though not added to the points.
        yield Missing(Lack.BALLOTS, say("还没有举行述职测评；方案以它的结果为评定等次的依据之一。"))
    weighty = [each for each in decisions.open_matters(found, decided) if each.kind in WEIGHTY]
    if weighty:
        words = say("影响得分或要确认读法的未定事项还有 {n} 处没有决定，现按预置的办法计。", n=len(weighty))
        yield Missing(Lack.MATTERS, words)
    for sheet in sheets:
        if sheet.unit.submitted_on is None:
            words = say("{unit}还没有上报自评。", unit=sheet.unit.name)
            yield Missing(Lack.OWN, words, sheet.unit.id, unit=sheet.unit.name)
    if day <= found.ends_on:
        yield Missing(Lack.PERIOD, say("考评周期到 {day:long} 才结束。", day=found.ends_on))


def _not_judged(sheet: UnitSheet) -> list[str]:
    """Return the clauses of a unit's own sheet that wait for a place in a table, or for points that somebody judges."""
    by_hand = sheet.known.terms.totals_entered
    lines = (line for each in sheet.year.work if each.item.code not in by_hand for line in each.lines)
    return [line.clause.code for line in lines if not line.entries and _is_judged(line.clause)]


def _is_judged(clause: Clause) -> bool:
    return clause.kind is Kind.RANK or (clause.kind is Kind.DISC and clause.gives)


def _grades(sheets: Sequence[UnitSheet], graded: Mapping[int, Grade]) -> Iterator[Missing]:
    ranked, excellent = ranking(sheets), sum(grade is Grade.EXCELLENT for grade in graded.values())
    for sheet in sheets:
        unit, grade = sheet.unit, graded.get(sheet.unit.id)
        if grade is None:
            yield Missing(Lack.GRADE, say("{unit}还没有评定等次。", unit=unit.name), unit.id)
        elif grade is Grade.EXCELLENT and (refused := excellence_refused(unit.name, ranked, excellent - 1)):
            yield Missing(Lack.GRADE, refused, unit.id)


def _unconfirmed(sheets: Sequence[UnitSheet], decided: Decided) -> Iterator[Missing]:
    known = sheets[0].known
    signs = {each.concerns for each in known.problems if each.code == "sign"}
    for sheet in sheets:
        used = {each.row.code for each in sheet.recorded if each.reversal is None}
        for code in sorted(signs & used):
            rows = decided.get(subject(CONFIRM, code))
            if not rows or rows[0].value != YES:
                words = say("{unit}按 {code} 扣了分，这一条疑有笔误，请先确认怎样读。", unit=sheet.unit.name, code=code)
                yield Missing(Lack.CONFIRMATION, words, sheet.unit.id)
