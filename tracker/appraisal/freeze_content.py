"""What is frozen of a year: everything that its result rests on, in values that JSON can hold."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tracker.appraisal.frozen import Content
from tracker.appraisal.mirrors import Taken
from tracker.appraisal.models import (
    Appraisal,
    AppraisalDecision,
    AppraisalEntry,
    AppraisalFile,
    SpecialApplication,
)
from tracker.appraisal.queries import Recorded, UnitSheet
from tracker.rules.appraisal.ballots import Outcome
from tracker.rules.appraisal.decisions import GRADE, subject
from tracker.rules.appraisal.grades import Standing, standings
from tracker.rules.appraisal.points import Result
from tracker.rules.appraisal.sealed import FORMAT
from tracker.rules.appraisal.year import Settings, Year
from tracker.rules.decimals import plain


def content(
    found: Appraisal,
    sheets: Sequence[UnitSheet],
    outcomes: Mapping[int, Outcome],
    decided: Mapping[str, Sequence[AppraisalDecision]],
    day: date,
) -> Content:
    """Return what the year says of every unit.

    `outcomes` are those of the ballots by the unit's number in the year, `decided` all decisions by subject.
    """
    known, ranked = sheets[0].known, ranking(sheets)
    # Units of one sheet share what the city took.
    took = {(each.clause, each.fact.assignment_id): each for sheet in sheets for each in sheet.taken}
    rows = sorted((row for rows in decided.values() for row in rows), key=lambda row: row.id)
    return {
        "format": FORMAT,
        "scheme": found.scheme,
        "sha256": found.scheme_sha256,
        "doc_number": known.scheme.doc_number,
        "title": found.title,
        "starts_on": found.starts_on.isoformat(),
        "ends_on": found.ends_on.isoformat(),
        "compiled_on": _day(found.compiled_on),
        "compiled_by": found.compiled_by,
        "day": day.isoformat(),
        "settings": _settings(sheets[0].settings),
        "decisions": [_decision(row) for row in rows],
        "taken": [_taken(each) for each in took.values()],
        "units": [_unit(sheet, ranked[sheet.unit.name], outcomes.get(sheet.unit.id), decided) for sheet in sheets],
    }


def ranking(sheets: Sequence[UnitSheet]) -> dict[str, Standing]:
    """Return where each unit stands, by its name, the first place first."""
    totals = {sheet.unit.name: sheet.year.total for sheet in sheets}
    barred = [sheet.unit.name for sheet in sheets if sheet.year.is_barred]
    return {standing.unit: standing for standing in standings(totals, barred)}


def _settings(settings: Settings) -> Content:
    return {
        "caps": {clause: plain(points) for clause, points in settings.caps.items()},
        "enabled": list(settings.enabled),
        "split": list(settings.split),
        "ends_at_zero": settings.ends_at_zero,
    }


def _decision(row: AppraisalDecision) -> Content:
    return _listed(row, "id", "subject", "value", "reason", "day", "at", by="actor_name")


def _taken(taken: Taken) -> Content:
    told = ("number", "text", "due_on", "status", "completed_on", "excused")
    return (
        _listed(taken, "clause", "doc_number", "lines", "points", "reason", plan="plan_id")
        | _listed(taken.fact, *told, assignment="assignment_id")
        | {"section": taken.section or None}
    )


def _unit(
    sheet: UnitSheet,
    standing: Standing,
    outcome: Outcome | None,
    decided: Mapping[str, Sequence[AppraisalDecision]],
) -> Content:
    unit, year = sheet.unit, sheet.year
    graded = decided.get(subject(GRADE, str(unit.id)), ())
    return {
        "id": unit.id,
        "unit": unit.name,
        "organization": unit.unit_id,
        **_listed(unit, "summary", "city_material", "submitted_on", "submitted_by"),
        "self_scores": [
            _listed(row, "item", "points", "note", "at", by="actor_name")
            for row in sorted(sheet.self_scores.values(), key=lambda row: row.item)
        ],
        "applications": [_application(row) for row in sheet.applications],
        "files": [_file(row) for row in sheet.files],
        "entries": [_entry(each) for each in sheet.recorded],
        "items": [_item(each) for each in (*year.work, *year.team, *year.bottom_line)],
        "points_of": _points(year),
        "ballots": None if outcome is None else _outcome(outcome),
        "barred": standing.barred,
        "barred_by": [{"id": each.row.id, "code": each.row.code} for each in _barring(sheet)],
        "place": standing.place,
        "grade": graded[0].value if graded else "",
    }


def _barring(sheet: UnitSheet) -> list[Recorded]:
    """Return what stands below the bottom line, which bars the unit from 优秀."""
    codes = {line.clause.code for each in sheet.year.bottom_line for line in each.lines}
    return [each for each in sheet.recorded if each.reversal is None and each.row.code in codes]


def _application(row: SpecialApplication) -> Content:
    written = ("title", "idea", "contents", "results", "contact", "phone", "filed_at", "filed_by", "withdrawn_at")
    return _listed(row, "id", *written, "recognised", "points", "judgement", "judged_at", "judged_by")


def _entry(each: Recorded) -> Content:
    return _row(each.row) | {
        "reversal": None if each.reversal is None else _row(each.reversal),
        "answers": [_listed(row, "id", "text", "at", by="actor_name") for row in each.answers],
        "appeals": [
            _listed(
                row, "id", "reason", "state", "day", "decided_at", "decided_by", "answer", at="asked_at", by="asked_by"
            )
            for row in each.appeals
        ],
        "files": [_file(row) for row in each.files],
    }


def _row(row: AppraisalEntry) -> Content:
    names = ("id", "code", "count", "place", "points", "day", "note", "line", "at")
    return _listed(row, *names, application="application_id", by="actor_name")


def _file(row: AppraisalFile) -> Content:
    named = {"application": "application_id", "at": "uploaded_at", "by": "uploaded_by"}
    return _listed(row, "id", "name", "sha256", "size", **named)


def _item(result: Result) -> Content:
    return {
        "code": result.item.code,
        "start": plain(result.start),
        "points": plain(result.points),
        "unapplied": plain(result.unapplied),
        "clauses": [
            {"code": line.clause.code, "raw": plain(line.raw), "applied": plain(line.applied)}
            for line in result.lines
            if line.entries
        ],
    }


def _points(year: Year) -> Content:
    return {
        "work": plain(year.work_points),
        "team": plain(year.team_points),
        "special": plain(year.special.points),
        "special_raw": plain(year.special.raw),
        "bottom_line": plain(year.bottom_line_points),
        "total": plain(year.total),
        "awaits": list(year.awaits),
    }


def _outcome(outcome: Outcome) -> Content:
    return _listed(outcome, "leaders", "units", "leaders_voted", "units_voted", "weighted")


def _listed(row: object, *names: str, **named: str) -> Content:
    """Return fields of a row by their names, or by others, in values that JSON can hold."""
    fields = dict.fromkeys(names) | named
    return {name: _value(getattr(row, field or name)) for name, field in fields.items()}


def _value(value: Any) -> Any:
    """Return a value so that it is the same from either database."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return _day(value) if isinstance(value, date) else value


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
