"""Pages of years of appraisal: the list, beginning one, its units, its scheme."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.appraisal import decisions, opening, queries
from tracker.appraisal.queries import UnitSheet, UnknownAppraisal
from tracker.appraisal.schemes import KnownScheme, known_scheme, scheme_names
from tracker.db import transaction
from tracker.rules.appraisal.decisions import settings_of
from tracker.rules.appraisal.problems import PROBLEM_TEXT
from tracker.rules.appraisal.scheme import Clause, Section, Sheet
from tracker.rules.appraisal.special import MOST
from tracker.rules.appraisal.steps import STAGE_TEXT, Part, Stage
from tracker.rules.appraisal.wording import kind_of, plain, worth
from tracker.rules.permissions import Action, may
from tracker.rules.status import MoveRefused
from tracker.rules.words import Words, say
from tracker.web.access import allowed
from tracker.web.appraisal.common import shown
from tracker.web.appraisal.sheet_views import minus
from tracker.web.language import flash
from tracker.web.session import actor

appraisal_years = Blueprint("appraisal_years", __name__)

Answer = str | Response | tuple[str, int]

BADGE = {
    Stage.OPEN: "in_progress",
    Stage.COMPILED: "under_review",
    Stage.APPROVED: "pending",
    Stage.PUBLISHED: "completed",
}

SECTION_TEXT: dict[Section, Words] = {
    Section.WORK: say("业务工作"),
    Section.TEAM: say("队伍建设"),
    Section.SPECIAL: say("特色工作"),
    Section.BOTTOM_LINE: say("突破底线"),
}


# ---- the list


@appraisal_years.get("/appraisal")
@allowed(Action.VIEW_APPRAISAL)
def index() -> str:
    """List the years that the person sees, with the form that begins one for whoever decides."""
    return _index()


def _index(problem: str = "", chosen: str = "") -> str:
    found = queries.appraisals(actor())
    may_begin = may(actor(), Action.DECIDE_APPRAISAL)
    begun = {year.scheme for year, _ in found if year.issuer_id == actor().district_id}
    return render_template(
        "appraisal/index.html",
        years=[(shown(year), year, issuer) for year, issuer in found],
        badges=BADGE,
        schemes=[known_scheme(name) for name in scheme_names() if name not in begun] if may_begin else [],
        may_begin=may_begin,
        problem=problem,
        chosen=chosen,
    )


@appraisal_years.post("/appraisal/begin")
@allowed(Action.DECIDE_APPRAISAL)
def begin() -> Answer:
    """Begin the year of a scheme for the person's bureau."""
    chosen = request.form.get("scheme", "")
    if chosen not in scheme_names():
        return _index(say("请选择一份考评方案。"), chosen), 422
    try:
        with transaction():
            found = opening.open_appraisal(actor(), clock.now(), chosen).id
    except MoveRefused as refused:
        return _index(str(refused), chosen), 409
    flash(say("考评已经开始。各科室现在能看到本科室的考评表；负责汇总的科室可以登记。"), "success")
    return redirect(url_for("appraisal_years.overview", appraisal_id=found), 303)


# ---- one year


@dataclass(frozen=True)
class UnitRow:
    """A unit's year in a line."""

    sheet: UnitSheet
    entries: int
    contested: int
    bottom_line: str
    total: str


def _year(appraisal_id: int) -> Any:
    try:
        return queries.appraisal_of(actor(), appraisal_id)
    except UnknownAppraisal:
        abort(404)


def _known(found: Any) -> KnownScheme:
    """Return the scheme of a year; say so where its text is not the one that the year began with."""
    try:
        return queries.scheme_of(found)
    except UnknownAppraisal as refused:
        raise MoveRefused(str(refused)) from None


@appraisal_years.get("/appraisal/<id:appraisal_id>")
@allowed(Action.VIEW_APPRAISAL)
def overview(appraisal_id: int) -> Answer:
    """Show the units of a year; a unit is led to its own sheet, whoever only reads to the result."""
    found = _year(appraisal_id)
    year = shown(found)
    if year.part is Part.READER:
        return redirect(f"/appraisal/{appraisal_id}/result")
    if not year.works_on_all:
        own = queries.own_unit(actor(), found) or abort(404)
        return redirect(url_for("appraisal_sheets.sheet", appraisal_id=appraisal_id, unit_id=own.id))
    _known(found)
    rows = list(map(_unit_row, queries.sheets(actor(), appraisal_id, clock.today())))
    return render_template(
        "appraisal/year.html",
        shown=year,
        year=found,
        rows=rows,
        steps=_steps(year.stage),
        own_unit=actor().unit_id,
        compiler=next((row.sheet.unit.name for row in rows if row.sheet.unit.unit_id == found.compiler_id), ""),
        undecided=len(decisions.open_matters(found, decisions.of_subjects(found, ""))),
    )


def _unit_row(sheet: UnitSheet) -> UnitRow:
    standing = [each for each in sheet.recorded if each.reversal is None]
    return UnitRow(
        sheet=sheet,
        entries=len(standing),
        contested=sum(each.is_contested for each in standing),
        bottom_line=minus(sheet.year.bottom_line_points),
        total=minus(sheet.year.total),
    )


def _steps(stage: Stage) -> list[dict[str, str]]:
    """Return how far a year is, as steps."""
    order = list(Stage)
    reached = order.index(stage)
    state = ["done" if place < reached or stage is Stage.PUBLISHED else "todo" for place in range(len(order))]
    if stage is not Stage.PUBLISHED:
        state[reached] = "current"
    return [{"label": STAGE_TEXT[each], "state": word} for each, word in zip(order, state, strict=True)]


# ---- its scheme


@dataclass(frozen=True)
class ClauseLine:
    """A clause of the scheme as the page lists it, with what is said about it beside."""

    clause: Clause
    kind: Words
    worth: Words
    notes: tuple[Words | str, ...]


@dataclass(frozen=True)
class Oddity:
    """Something odd about the text: the line, the words there, what is proposed, and why."""

    line: int
    concerns: str
    quote: str
    proposed: str
    said: Words | str


@appraisal_years.get("/appraisal/<id:appraisal_id>/scheme")
@allowed(Action.VIEW_APPRAISAL)
def scheme(appraisal_id: int) -> str:
    """Show every clause of a year's scheme with its place in the text, what is odd, and what is undecided."""
    found = _year(appraisal_id)
    known = _known(found)
    caps = _caps(settings_of(queries.decisions(found), known.terms).caps, known)
    return render_template(
        "appraisal/scheme.html",
        shown=shown(found),
        year=found,
        known=known,
        scheme=known.scheme,
        parts=[(section, SECTION_TEXT[section], known.scheme.of_section(section)) for section in Section],
        titles={sheet.code: _title(sheet) for sheet in known.scheme.sheets},
        clauses={clause.code: _clause_line(known, clause, caps) for _, _, clause in known.scheme.clauses()},
        totals=known.terms.totals_entered,
        oddities=_oddities(known),
        undecided=known.terms.undecided,
        special_most=plain(MOST),
        lines=known.text.splitlines(),
    )


def _caps(decided: Mapping[str, Decimal], known: KnownScheme) -> dict[str, Decimal]:
    """Return the caps that the text leaves open: as decided, or the usual reading."""
    return {each.clause: decided.get(each.clause, each.values[0]) for each in known.terms.caps}


def _title(sheet: Sheet) -> Words | str:
    return "、".join(sheet.units) if sheet.units else SECTION_TEXT[sheet.section]


def _clause_line(known: KnownScheme, clause: Clause, caps: dict[str, Decimal]) -> ClauseLine:
    terms, notes = known.terms, list[Words | str]()
    notes += [each.reason for each in terms.disabled if each.clause == clause.code]
    notes += [each.reason for each in terms.caps if each.clause == clause.code]
    notes += [each.reason for each in terms.exclusions if each.clause == clause.code]
    notes += [each.reason for each in terms.mirrors if each.clause == clause.code]
    group = terms.group_of(clause.code)
    if group:
        others = next(each for each in terms.alternatives if clause.code in each.clauses)
        codes = [code for code in others.clauses if code != clause.code]
        notes.append(say("与 {codes} 择一：{reason}", codes=codes, reason=others.reason))
    return ClauseLine(clause, kind_of(clause), worth(clause, caps.get(clause.code)), tuple(notes))


def _oddities(known: KnownScheme) -> list[Oddity]:
    """Return what is odd about the text, found by the checks and by reading, in the order of its lines."""
    found = [
        Oddity(each.line, each.concerns, "", "", say(PROBLEM_TEXT[each.code].source, what=each.what))
        for each in known.problems
    ]
    found += [Oddity(each.line, each.concerns, each.quote, each.proposed, each.reason) for each in known.terms.remarks]
    return sorted(found, key=lambda each: each.line)
