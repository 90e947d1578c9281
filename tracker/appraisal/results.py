"""A year's result: who stands where, the stages it passes through, the grades that the leading group decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from tracker.appraisal import ballots, decisions, entries, freezing, frozen, missing, queries, sealing_acts
from tracker.appraisal.altered import Altered, scheme_named
from tracker.appraisal.decisions import DecisionRefused, reason_problems, require_leading
from tracker.appraisal.freeze_content import content, ranking
from tracker.appraisal.frozen import Content
from tracker.appraisal.missing import Missing, NotReady
from tracker.appraisal.models import Appraisal, AppraisalDecision, AppraisalFreeze
from tracker.appraisal.queries import UnitSheet, UnknownAppraisal
from tracker.audit import operations as audit
from tracker.rules.appraisal.ballots import Outcome
from tracker.rules.appraisal.decisions import GRADE, Matter, subject
from tracker.rules.appraisal.grades import GRADE_TEXT, Candidates, Grade, Standing, candidates
from tracker.rules.appraisal.scheme import Section
from tracker.rules.appraisal.steps import Part, Stage, sees_results
from tracker.rules.permissions import Action, Actor, Forbidden, require
from tracker.rules.status import MoveRefused
from tracker.rules.words import say

NO_GRADE = say("评定的等次里有方案没有的等次")

WITHDRAWN = ""
"""What stands as a grade once the year was returned: it has to be decided anew."""


@dataclass(frozen=True)
class Row:
    """A unit in the result: its points by parts, its place, what bars it, its ballots, and its grade.

    `barred_by` are the entries below the bottom line, by number, clause and day; `awaits` what has still to be entered.
    """

    id: int
    organization_id: int
    unit: str
    work: Decimal
    team: Decimal
    special: Decimal
    bottom_line: Decimal
    total: Decimal
    place: int
    barred: bool
    barred_by: tuple[tuple[int, str, str], ...]
    awaits: tuple[str, ...]
    ballots: Outcome | None
    grade: Grade | None


@dataclass(frozen=True)
class Found:
    """A year's result as a person may see it, the first place first.

    `sealed` is what was frozen, from the approval on; `unreadable` tells that it was altered beyond reading, so that
    the record is shown instead. The rest only whoever works on all units is given.
    """

    appraisal: Appraisal
    rows: tuple[Row, ...]
    candidates: Candidates
    day: date
    shared: tuple[tuple[str, ...], ...] = ()
    """Units that share a sheet: each is ranked and graded by itself, for nothing says otherwise (X2-05)."""
    sealed: AppraisalFreeze | None = None
    unreadable: bool = False
    altered: str = ""
    """What of the record was altered so that it cannot be worked out, and what to do: what was frozen is shown."""
    graded: Mapping[int, Sequence[AppraisalDecision]] | None = None
    """Every decision of a unit's grade, the latest first, by the unit's number."""
    undecided: Sequence[Matter] = ()
    missing: Sequence[Missing] = ()
    """What is missing before the next step."""
    replaced: Sequence[AppraisalFreeze] = ()
    """What was frozen before and no longer stands, the first first, without what it says: as far as the person may
    see it."""


def result(actor: Actor, appraisal_id: int, day: date) -> Found:
    """Return a year's result; raise UnknownAppraisal where the person does not see it yet.

    A fixed number of queries at each stage.
    """
    found = queries.appraisal_of(actor, appraisal_id)
    if not sees_results(queries.part_of(actor, found), Stage(found.stage)):
        raise UnknownAppraisal(say("考评结果在审定公布前保密。"))
    works = _works_on_all(actor, found)
    try:
        shown = _worked_on(found, day) if works else _shown(found, day)
        return replace(shown, shared=_shared(found), replaced=_replaced(found, shown.sealed, works=works))
    except Altered as altered:
        kept = _as_frozen(found)
        if kept is None:
            raise
        graded = _graded(decisions.of_subjects(found, "")) if works else None
        before = _replaced(found, kept.sealed, works=works)
        return replace(kept, graded=graded, altered=str(altered), replaced=before)


def _replaced(found: Appraisal, sealed: AppraisalFreeze | None, *, works: bool) -> Sequence[AppraisalFreeze]:
    """Return what no longer stands of a year that was reopened: to whoever does not work on it, what was published."""
    if not found.reopened_reason and (sealed is None or sealed.number == 1):
        return ()
    return [row for row in frozen.replaced(found) if works or row.published_on is not None]


def _shared(found: Appraisal) -> tuple[tuple[str, ...], ...]:
    sheets = scheme_named(found).scheme.of_section(Section.WORK)
    return tuple(sheet.units for sheet in sheets if len(sheet.units) > 1)


def _works_on_all(actor: Actor, found: Appraisal) -> bool:
    return queries.part_of(actor, found) in (Part.LEADING, Part.COMPILER)


def _shown(found: Appraisal, day: date) -> Found:
    """Return the result alone: as it was frozen, or as it stands."""
    sealed = frozen.of(found)
    rows = rows_of(frozen.read(sealed)) if sealed else None
    if sealed and rows is not None:
        return _found(found, rows, sealed.day, sealed)
    sheets = queries.every_sheet(found, day)
    rows = _rows(content(found, sheets, ballots.outcomes(found.id), decisions.of_subjects(found, ""), day))
    return replace(_found(found, rows, sealed.day if sealed else day, sealed), unreadable=sealed is not None)


def _as_frozen(found: Appraisal) -> Found | None:
    """Return the result as it was frozen, whatever became of the record; None where there is none to be read."""
    sealed = frozen.of(found)
    rows = rows_of(frozen.read(sealed)) if sealed else None
    return _found(found, rows, sealed.day, sealed) if sealed and rows is not None else None


def _found(found: Appraisal, rows: tuple[Row, ...], day: date, sealed: AppraisalFreeze | None) -> Found:
    ranked = tuple(Standing(row.unit, row.total, row.place, row.barred) for row in rows)
    return Found(found, rows, candidates(ranked), day, sealed=sealed)


def _graded(decided: Mapping[str, Sequence[AppraisalDecision]]) -> dict[int, Sequence[AppraisalDecision]]:
    """Return the decisions of grades by the unit's number; a subject that names none was altered, and is nobody's."""
    of_units = {name.removeprefix(subject(GRADE, "")): rows for name, rows in decided.items()}
    return {int(number): rows for number, rows in of_units.items() if number.isdecimal()}


def _worked_on(found: Appraisal, day: date) -> Found:
    """Return the result with all that whoever decides on it looks at."""
    decided = decisions.of_subjects(found, "")
    if found.approved_on:
        shown = _shown(found, day)
    else:
        sheets = queries.every_sheet(found, day)
        said = content(found, sheets, ballots.outcomes(found.id), decided, day)
        shown = _found(found, _rows(said), day, None)
        shown = replace(shown, missing=_missing(found, sheets, decided, day))
    return replace(shown, graded=_graded(decided), undecided=decisions.open_matters(found, decided))


def _missing(
    found: Appraisal, sheets: Sequence[UnitSheet], decided: Mapping[str, Sequence[AppraisalDecision]], day: date
) -> tuple[Missing, ...]:
    if found.stage == Stage.OPEN:
        return missing.before_compiling(found, sheets, decided, day)
    return missing.before_approving(found, sheets, _grades(sheets, _latest(decided)), decided, day)


def _latest(decided: Mapping[str, Sequence[AppraisalDecision]]) -> dict[str, str]:
    return {name: rows[0].value for name, rows in decided.items()}


def _grades(sheets: Sequence[UnitSheet], decided: Mapping[str, str]) -> dict[int, Grade]:
    """Return the grade of each unit that has one, by its number."""
    values = {sheet.unit.id: decided.get(subject(GRADE, str(sheet.unit.id)), WITHDRAWN) for sheet in sheets}
    try:
        return {unit_id: Grade(value) for unit_id, value in values.items() if value != WITHDRAWN}
    except ValueError:
        raise Altered(NO_GRADE) from None


def _rows(said: Content) -> tuple[Row, ...]:
    """Return the rows of a content made now; raise Altered where a grade is none."""
    rows = rows_of(said)
    if rows is None:
        raise Altered(NO_GRADE)
    return rows


def rows_of(said: Content | None) -> tuple[Row, ...] | None:
    """Return the rows of a content, the first place first; None where it was altered beyond its form."""
    try:
        return tuple(sorted(map(_row, said["units"]), key=lambda row: row.place)) if said else None
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError):
        return None


def _row(said: Content) -> Row:
    points, days = said["points_of"], {entry["id"]: entry["day"] for entry in said["entries"]}
    return Row(
        id=said["id"],
        organization_id=said["organization"],
        unit=said["unit"],
        work=Decimal(points["work"]),
        team=Decimal(points["team"]),
        special=Decimal(points["special"]),
        bottom_line=Decimal(points["bottom_line"]),
        total=Decimal(points["total"]),
        place=said["place"],
        barred=said["barred"],
        barred_by=tuple((entry["id"], entry["code"], days[entry["id"]]) for entry in said["barred_by"]),
        awaits=tuple(points["awaits"]),
        ballots=_outcome(said["ballots"]),
        grade=Grade(said["grade"]) if said["grade"] else None,
    )


def _outcome(said: Content | None) -> Outcome | None:
    if said is None:
        return None
    leaders, units = (None if said[name] is None else Decimal(said[name]) for name in ("leaders", "units"))
    return Outcome(leaders, units, said["leaders_voted"], said["units_voted"])


# ---- stages


def compile_(actor: Actor, at: datetime, appraisal_id: int, *, confirmed: bool = False) -> Appraisal:
    """Compile a year for the leading group; raise NotReady with what is missing, MoveRefused, Forbidden.

    `confirmed` tells that the warnings were seen.
    """
    found = entries.locked(actor, appraisal_id)
    require(actor, Action.APPRAISE)
    if not _works_on_all(actor, found):
        raise Forbidden(say("由负责汇总的科室汇总。"))
    entries.require_stage(found, Stage.OPEN)
    decided = decisions.of_subjects(found, "")
    lacks = missing.before_compiling(found, queries.every_sheet(found, at.date()), decided, at.date())
    if any(not each.is_warning for each in lacks):
        raise NotReady(say("还有事情没有办完，不能汇总。"), lacks)
    if lacks and not confirmed:
        raise NotReady(say("请看过下面的提醒，勾选确认后再汇总。"), lacks)
    found.stage, found.compiled_on, found.compiled_by = Stage.COMPILED, at.date(), actor.name
    _recorded(actor, at, "compile_appraisal", found, found.title)
    return found


def return_(actor: Actor, at: datetime, appraisal_id: int, reason: str) -> Appraisal:
    """Return a compiled year with a reason; grades decided so far are withdrawn, for points may change.

    Raise DecisionRefused, MoveRefused, Forbidden.
    """
    found = entries.locked(actor, appraisal_id)
    require_leading(actor, found)
    entries.require_stage(found, Stage.COMPILED)
    if problems := reason_problems(reason):
        raise DecisionRefused(problems)
    withdraw_grades(actor, at, found, reason)
    found.stage, found.compiled_on, found.compiled_by = Stage.OPEN, None, ""
    found.returned_reason = reason.strip()
    _recorded(actor, at, "return_appraisal", found, found.returned_reason)
    return found


def withdraw_grades(actor: Actor, at: datetime, found: Appraisal, reason: str) -> None:
    """Withdraw the grades of a locked year: they have to be decided anew, for points may change."""
    for name, rows in decisions.of_subjects(found, subject(GRADE, "")).items():
        if rows[0].value != WITHDRAWN:
            decisions.add(actor, at, found, name, WITHDRAWN, reason, rows[0], rows[0].id)


def grade(
    actor: Actor,
    at: datetime,
    appraisal_id: int,
    unit_id: int,
    grade: str,
    reason: str,
    seen: int | None = None,
) -> AppraisalDecision:
    """Decide a unit's grade; raise DecisionRefused, Overtaken, MoveRefused, Forbidden, UnknownAppraisal.

    `seen` is the number of the decision that was seen, or 0; without it, the latest.
    """
    found = entries.locked(actor, appraisal_id)
    require_leading(actor, found)
    entries.require_stage(found, Stage.COMPILED)
    unit = entries.unit_of(found, unit_id)
    problems = reason_problems(reason)
    if grade not in set(Grade):
        problems["grade"] = say("请选择等次。")
    elif grade == Grade.EXCELLENT and (refused := _excellence_refused(found, unit_id, at.date())):
        problems["grade"] = refused
    if problems:
        raise DecisionRefused(problems)
    name = subject(GRADE, str(unit.id))
    latest = next(iter(decisions.of_subjects(found, name).get(name, ())), None)
    seen = seen if seen is not None else latest.id if latest else 0
    row = decisions.add(actor, at, found, name, grade, reason, latest, seen)
    entries.put_on_record(actor, at, "grade_appraisal", unit, f"{GRADE_TEXT[Grade(grade)]}；{row.reason}")
    return row


def _excellence_refused(found: Appraisal, unit_id: int, day: date) -> str:
    sheets = queries.every_sheet(found, day)
    graded = _grades(sheets, queries.decisions(found))
    others = sum(each is Grade.EXCELLENT for number, each in graded.items() if number != unit_id)
    unit = next(sheet.unit.name for sheet in sheets if sheet.unit.id == unit_id)
    return missing.excellence_refused(unit, ranking(sheets), others)


def approve(actor: Actor, at: datetime, appraisal_id: int, *, confirmed: bool = False) -> AppraisalFreeze:
    """Approve a compiled year and freeze it; raise NotReady with what is missing, MoveRefused, Forbidden.

    `confirmed` tells that the warnings were seen.
    """
    found = entries.locked(actor, appraisal_id)
    require_leading(actor, found)
    entries.require_stage(found, Stage.COMPILED)
    sheets, decided = queries.every_sheet(found, at.date()), decisions.of_subjects(found, "")
    lacks = missing.before_approving(found, sheets, _grades(sheets, _latest(decided)), decided, at.date())
    if any(not each.is_warning for each in lacks):
        raise NotReady(say("还有事情没有办完，不能审定。"), lacks)
    if lacks and not confirmed:
        raise NotReady(say("请看过下面的提醒，勾选确认后再审定。"), lacks)
    sealed = freezing.freeze(actor, at, found)
    found.stage, found.approved_on, found.approved_by = Stage.APPROVED, at.date(), actor.name
    found.reopened_reason = ""
    _recorded(actor, at, "approve_appraisal", found, f"sha256 {sealed.sha256}")
    return sealed


def publish(actor: Actor, at: datetime, appraisal_id: int) -> Appraisal:
    """Publish an approved year: every unit sees it, and the city. Raise MoveRefused, Forbidden."""
    found = entries.locked(actor, appraisal_id)
    require_leading(actor, found)
    entries.require_stage(found, Stage.APPROVED)
    sealed = frozen.of(found)
    if sealed is None or not sealing_acts.is_intact(sealed):
        raise MoveRefused(say("封存的内容与校验码不符，不能公布。请先核验结果，并联系系统管理员。"))
    found.stage, found.published_on, found.published_by = Stage.PUBLISHED, at.date(), actor.name
    _recorded(actor, at, "publish_appraisal", found, f"sha256 {sealed.sha256}")
    return found


def _recorded(actor: Actor, at: datetime, act: str, found: Appraisal, detail: str) -> None:
    audit.record(actor, at, act, "appraisal", found.id, detail)
