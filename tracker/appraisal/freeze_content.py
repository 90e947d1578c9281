"""What is frozen of a year: everything that its result rests on, in values that JSON can hold."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from tracker.appraisal.frozen import Content
from tracker.appraisal.mirrors import Taken
from tracker.appraisal.models import (
    Appraisal,
    AppraisalDecision,
    AppraisalEntry,
    AppraisalFile,
    AppraisalUnit,
    SpecialApplication,
)
from tracker.appraisal.queries import Recorded, UnitSheet
from tracker.rules.appraisal.ballots import Outcome
from tracker.rules.appraisal.decisions import GRADE, subject
from tracker.rules.appraisal.grades import Standing, standings
from tracker.rules.appraisal.points import Result
from tracker.rules.appraisal.sealed import FORMAT
from tracker.rules.appraisal.year import Settings, Year
from tracker.scoring.sheet_content import plain


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
    return {
        "id": row.id,
        "subject": row.subject,
        "value": row.value,
        "reason": row.reason,
        "day": row.day.isoformat(),
        "at": _at(row.at),
        "by": row.actor_name,
    }


def _taken(taken: Taken) -> Content:
    fact = taken.fact
    return {
        "clause": taken.clause,
        "plan": taken.plan_id,
        "doc_number": taken.doc_number,
        "assignment": fact.assignment_id,
        "number": fact.number,
        "text": fact.text,
        "due_on": _day(fact.due_on),
        "status": fact.status.value,
        "completed_on": _day(fact.completed_on),
        "excused": fact.excused,
        "lines": taken.lines,
        "points": plain(taken.points),
        "reason": str(taken.reason),
    }


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
        **_handed_in(unit),
        "self_scores": [
            {"item": row.item, "points": plain(row.points), "note": row.note, "at": _at(row.at), "by": row.actor_name}
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


def _handed_in(unit: AppraisalUnit) -> Content:
    return {
        "summary": unit.summary,
        "city_material": unit.city_material,
        "submitted_on": _day(unit.submitted_on),
        "submitted_by": unit.submitted_by,
    }


def _application(row: SpecialApplication) -> Content:
    return {
        "id": row.id,
        "title": row.title,
        "idea": row.idea,
        "contents": row.contents,
        "results": row.results,
        "contact": row.contact,
        "phone": row.phone,
        "filed_at": _at(row.filed_at),
        "filed_by": row.filed_by,
        "withdrawn_at": _at(row.withdrawn_at),
        "recognised": row.recognised,
        "points": _plain(row.points),
        "judgement": row.judgement,
        "judged_at": _at(row.judged_at),
        "judged_by": row.judged_by,
    }


def _entry(each: Recorded) -> Content:
    return _row(each.row) | {
        "reversal": None if each.reversal is None else _row(each.reversal),
        "answers": [{"id": a.id, "text": a.text, "at": _at(a.at), "by": a.actor_name} for a in each.answers],
        "appeals": [
            {
                "id": appeal.id,
                "reason": appeal.reason,
                "state": str(appeal.state),
                "day": appeal.day.isoformat(),
                "at": _at(appeal.asked_at),
                "by": appeal.asked_by,
                "decided_at": _at(appeal.decided_at),
                "decided_by": appeal.decided_by,
                "answer": appeal.answer,
            }
            for appeal in each.appeals
        ],
        "files": [_file(row) for row in each.files],
    }


def _row(row: AppraisalEntry) -> Content:
    return {
        "id": row.id,
        "code": row.code,
        "count": row.count,
        "place": row.place,
        "points": _plain(row.points),
        "day": row.day.isoformat(),
        "note": row.note,
        "line": row.line,
        "application": row.application_id,
        "at": _at(row.at),
        "by": row.actor_name,
    }


def _file(row: AppraisalFile) -> Content:
    return {
        "id": row.id,
        "application": row.application_id,
        "name": row.name,
        "sha256": row.sha256,
        "size": row.size,
        "at": _at(row.uploaded_at),
        "by": row.uploaded_by,
    }


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
    return {
        "leaders": _plain(outcome.leaders),
        "units": _plain(outcome.units),
        "leaders_voted": outcome.leaders_voted,
        "units_voted": outcome.units_voted,
        "weighted": _plain(outcome.weighted),
    }


def _plain(points: Decimal | None) -> str | None:
    return None if points is None else plain(points)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _at(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()
