"""Give a scheme as plain JSON values, in the form of `tracker appraisal scheme --json`."""

from decimal import Decimal
from typing import Any

from tracker.rules.appraisal.problems import PROBLEM_TEXT, SchemeProblem
from tracker.rules.appraisal.scheme import Clause, Item, Scheme, Sheet
from tracker.rules.appraisal.terms import SchemeTerms

Json = dict[str, Any]


def scheme_json(scheme: Scheme, terms: SchemeTerms, problems: tuple[SchemeProblem, ...]) -> Json:
    """Give everything as plain values: what is printed, what is said about it beside, and what is odd."""
    return {
        "doc_number": scheme.doc_number,
        "title": scheme.title,
        "issuer": scheme.issuer,
        "starts_on": scheme.starts_on,
        "ends_on": scheme.ends_on,
        "issued_on": scheme.issued_on,
        "passages": [{"line": each.line, "quote": each.quote} for each in scheme.passages],
        "sheets": [_sheet(each, terms) for each in scheme.sheets],
        "problems": [{"code": each.code, "line": each.line, "message": message(each)} for each in problems],
        "remarks": [
            {"line": each.line, "quote": each.quote, "reason": each.reason, "proposed": each.proposed}
            for each in (*terms.undecided, *terms.remarks)
        ],
    }


def message(problem: SchemeProblem) -> str:
    """Say what is odd."""
    return PROBLEM_TEXT[problem.code].format(what=problem.what)


def _sheet(sheet: Sheet, terms: SchemeTerms) -> Json:
    return {
        "code": sheet.code,
        "section": sheet.section,
        "line": sheet.line,
        "units": list(sheet.units),
        "points": _plain(sheet.points),
        "sum": _plain(sheet.sum),
        "items": [_item(each, terms) for each in sheet.items],
    }


def _item(item: Item, terms: SchemeTerms) -> Json:
    return {
        "code": item.code,
        "number": item.number,
        "line": item.line,
        "title": item.title,
        "text": item.text,
        "points": _plain(item.points),
        "owners": [terms.unit(owner) for owner in item.owners],
        "owner_printed": item.owner_printed,
        "total_entered": terms.totals_entered.get(item.code, ""),
        "clauses": [_clause(each, terms) for each in item.clauses],
    }


def _clause(clause: Clause, terms: SchemeTerms) -> Json:
    return {
        "code": clause.code,
        "line": clause.line,
        "quote": clause.quote,
        "kind": clause.kind,
        "gives": clause.gives,
        "points": _plain(clause.points),
        "least": _plain(clause.least),
        "unit": clause.unit,
        "cap": _plain(clause.cap),
        "places": [[each.first, each.last, _plain(each.points)] for each in clause.places],
        "group": clause.group or terms.group_of(clause.code),
        "disabled": next((each.reason for each in terms.disabled if each.clause == clause.code), ""),
    }


def _plain(points: Decimal | None) -> str | None:
    return None if points is None else f"{points:f}"
