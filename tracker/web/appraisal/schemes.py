"""Pages of the scheme that a year follows: what it holds, each of its sheets, and its own text line by line."""

from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, abort, render_template

from tracker.appraisal import queries
from tracker.appraisal.altered import settings_in_force
from tracker.appraisal.schemes import KnownScheme
from tracker.rules.appraisal.problems import PROBLEM_TEXT
from tracker.rules.appraisal.scheme import Clause, Scheme, Section, Sheet
from tracker.rules.appraisal.special import MOST
from tracker.rules.appraisal.wording import kind_of, worth
from tracker.rules.appraisal.year import caps_in_force
from tracker.rules.decimals import plain
from tracker.rules.permissions import Action
from tracker.rules.words import Words, say
from tracker.web.access import allowed
from tracker.web.appraisal.common import shown, wanted_appraisal

appraisal_schemes = Blueprint("appraisal_schemes", __name__)

SECTION_TEXT: dict[Section, Words] = {
    Section.WORK: say("业务工作"),
    Section.TEAM: say("队伍建设"),
    Section.SPECIAL: say("特色工作"),
    Section.BOTTOM_LINE: say("突破底线"),
}


@dataclass(frozen=True)
class SheetRow:
    """A sheet of the scheme in a line: its part, whose it is, and how much stands on it."""

    sheet: Sheet
    part: Words
    title: Words | str
    clauses: int

    @property
    def points(self) -> str:
        """The full points that the heading names; those of special work are named by the text."""
        if self.sheet.section is Section.SPECIAL:
            return plain(MOST)
        return "" if self.sheet.points is None else plain(self.sheet.points)


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


@appraisal_schemes.get("/appraisal/<id:appraisal_id>/scheme")
@allowed(Action.VIEW_APPRAISAL)
def contents(appraisal_id: int) -> str:
    """Show what a year's scheme holds, what is odd about it, and what it leaves undecided."""
    found = wanted_appraisal(appraisal_id)
    known = queries.scheme_of(found)
    return render_template(
        "appraisal/scheme.html",
        shown=shown(found),
        year=found,
        scheme=known.scheme,
        rows=_rows(known.scheme),
        oddities=_oddities(known),
        undecided=known.terms.undecided,
    )


@appraisal_schemes.get("/appraisal/<id:appraisal_id>/scheme/<code>")
@allowed(Action.VIEW_APPRAISAL)
def one_sheet(appraisal_id: int, code: str) -> str:
    """Show every clause of a sheet with how it counts and its place in the text."""
    found = wanted_appraisal(appraisal_id)
    known = queries.scheme_of(found)
    rows = _rows(known.scheme)
    row = next((each for each in rows if each.sheet.code == code), None) or abort(404)
    caps = caps_in_force(known.terms, settings_in_force(queries.decisions(found), known))
    return render_template(
        "appraisal/scheme_sheet.html",
        shown=shown(found),
        year=found,
        rows=rows,
        row=row,
        clauses={clause.code: _clause_line(known, clause, caps) for item in row.sheet.items for clause in item.clauses},
        totals=known.terms.totals_entered,
    )


@appraisal_schemes.get("/appraisal/<id:appraisal_id>/scheme/text")
@allowed(Action.VIEW_APPRAISAL)
def text(appraisal_id: int) -> str:
    """Show the scheme's own text, each line by its number, and which item was read from it."""
    found = wanted_appraisal(appraisal_id)
    known = queries.scheme_of(found)
    return render_template(
        "appraisal/scheme_text.html",
        shown=shown(found),
        year=found,
        scheme=known.scheme,
        lines=known.text.splitlines(),
        items={item.line: item.code for _, item in known.scheme.items()},
    )


def _rows(scheme: Scheme) -> list[SheetRow]:
    return [
        SheetRow(sheet, SECTION_TEXT[sheet.section], _title(sheet), sum(len(item.clauses) for item in sheet.items))
        for sheet in scheme.sheets
    ]


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
