"""Gives years of appraisal, a unit's sheet and a result as plain JSON values; points are decimal text."""

from typing import Any

from tracker import clock
from tracker.appraisal import export, queries, results
from tracker.appraisal.altered import Altered
from tracker.appraisal.models import Appraisal, AppraisalFreeze, SpecialApplication
from tracker.appraisal.papers import plain
from tracker.appraisal.queries import Recorded, UnitSheet
from tracker.rules.appraisal.ballots import Outcome
from tracker.rules.appraisal.grades import Reading
from tracker.rules.appraisal.points import NONE, Line, Result

Json = dict[str, Any]


def year_json(found: Appraisal) -> Json:
    """Give a year as plain values; `altered` says what somebody altered of it outside the service."""
    try:
        doc_number, altered = queries.scheme_of(found).scheme.doc_number, ""
    except Altered as broken:
        doc_number, altered = "", str(broken)
    return {
        "id": found.id,
        "doc_number": doc_number,
        "title": found.title,
        "scheme": found.scheme,
        "starts_on": found.starts_on,
        "ends_on": found.ends_on,
        "stage": found.stage,
        "units": [unit.name for unit in queries.units(found)],
        "altered": altered,
    }


def sheet_json(sheet: UnitSheet) -> Json:
    """Give a unit's sheet: parts, items, clauses, entries, what the city took, applications."""
    year = sheet.year
    parts = (
        ("work", year.work, year.work_points),
        ("team", year.team, year.team_points),
        ("bottom_line", year.bottom_line, year.bottom_line_points),
    )
    return {
        "year": sheet.appraisal.id,
        "doc_number": sheet.known.scheme.doc_number,
        "unit": sheet.unit.name,
        "stage": sheet.appraisal.stage,
        "total": plain(year.total),
        "work": plain(year.work_points),
        "team": plain(year.team_points),
        "special": plain(year.special.points),
        "bottom_line": plain(year.bottom_line_points),
        "barred": year.is_barred,
        "awaits": list(year.awaits),
        "altered": list(sheet.altered),
        "parts": [
            {"part": name, "points": plain(points), "items": [_item(sheet, each) for each in found]}
            for name, found, points in parts
        ],
        "applications": {
            "raw": plain(year.special.raw),
            "points": plain(year.special.points),
            "unapplied": plain(year.special.unapplied),
            "filed": [_application(sheet, each) for each in sheet.applications],
        },
    }


def _item(sheet: UnitSheet, result: Result) -> Json:
    item, own = result.item, sheet.self_scores.get(result.item.code)
    return {
        "code": item.code,
        "number": item.number,
        "title": item.title,
        "text": item.text,
        "source_line": item.line,
        "full": None if item.points is None else plain(item.points),
        "start": plain(result.start),
        "points": plain(result.points),
        "unapplied": plain(result.unapplied),
        "self": plain(own.points) if own else None,
        "clauses": [_clause(sheet, line) for line in result.lines],
        "totals": [entry_json(sheet, each) for each in sheet.of(item.code)],
    }


def _clause(sheet: UnitSheet, line: Line) -> Json:
    clause, counts = line.clause, not sheet.is_evidence(line.clause.code)
    return {
        "code": clause.code,
        "quote": clause.quote,
        "source_line": clause.line,
        "kind": clause.kind.value,
        "gives": clause.gives,
        "counts": counts,
        "raw": plain(line.raw),
        "applied": plain(line.applied if counts else NONE),
        "unapplied": plain(line.unapplied if counts else line.raw),
        "entries": [entry_json(sheet, each) for each in sheet.of(clause.code)],
        "taken": [
            {
                "doc_number": taken.doc_number,
                "task": taken.fact.number,
                "due_on": taken.fact.due_on,
                "points": plain(taken.points),
                "line": taken.lines,
                "reason": taken.reason,
                "section": taken.section,
                "section_reason": taken.named[0].reason if taken.named else "",
            }
            for taken in sheet.taken_for(clause.code)
        ],
    }


def entry_json(sheet: UnitSheet, each: Recorded) -> Json:
    """Give an entry with what took its effect back."""
    row, undone = each.row, each.reversal
    return {
        "id": row.id,
        "day": row.day,
        "count": row.count,
        "place": row.place,
        "points": None if row.points is None else plain(row.points),
        "told": " ".join(sheet.told(each)),
        "note": row.note,
        "line": row.line,
        "by": row.actor_name,
        "at": clock.local(row.at),
        "state": export.state_of(sheet, each),
        "reversed": {"id": undone.id, "reason": undone.note, "by": undone.actor_name} if undone else None,
    }


def _application(sheet: UnitSheet, each: SpecialApplication) -> Json:
    evidence = [entry for entry in sheet.recorded if entry.row.application_id == each.id]
    return {
        "id": each.id,
        "title": each.title,
        "state": export.application_state(each),
        "recognised": each.recognised,
        "points": None if each.points is None else plain(each.points),
        "judgement": each.judgement,
        "evidence": [{"code": entry.row.code, **entry_json(sheet, entry)} for entry in evidence],
    }


def row_json(row: results.Row) -> Json:
    """Give a unit's row of the result."""
    return {
        "place": row.place,
        "unit": row.unit,
        "work": plain(row.work),
        "team": plain(row.team),
        "special": plain(row.special),
        "bottom_line": plain(row.bottom_line),
        "total": plain(row.total),
        "barred": row.barred,
        "awaits": list(row.awaits),
        "grade": row.grade.value if row.grade else None,
        "ballots": _ballots(row.ballots) if row.ballots else None,
    }


def _ballots(outcome: Outcome) -> Json:
    means = {"leaders": outcome.leaders, "units": outcome.units, "weighted": outcome.weighted, "shown": outcome.shown}
    told: Json = {name: None if mean is None else plain(mean) for name, mean in means.items()}
    return told | {"leaders_voted": outcome.leaders_voted, "units_voted": outcome.units_voted}


def reading_json(reading: Reading) -> Json:
    """Give who is 优秀 in one reading."""
    return {"certain": list(reading.certain), "tied": list(reading.tied), "left": reading.left}


def replaced_json(row: AppraisalFreeze) -> Json:
    """Give an approval of a year that no longer stands, and why."""
    return {
        "version": row.number,
        "sha256": row.sha256,
        "approved_on": row.day,
        "approved_by": row.actor_name,
        "published_on": row.published_on,
        "replaced_at": clock.local(row.replaced_at) if row.replaced_at else None,
        "replaced_by": row.replaced_by,
        "reason": row.replaced_reason,
    }
