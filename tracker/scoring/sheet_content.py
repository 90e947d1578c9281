"""What a score sheet says: everything that the scores of a plan rest on, in values that JSON can hold."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tracker.plans.models import Plan
from tracker.rules import scoring
from tracker.rules.score_sheets import FORMAT
from tracker.rules.score_terms import Rule
from tracker.rules.scoring import Entry, Fact, Line
from tracker.scoring import facts, ledger, queries, sheet_records, terms
from tracker.scoring.queries import Standing
from tracker.scoring.sheet_records import Records
from tracker.scoring.terms import Terms

Content = dict[str, Any]


def content(plan: Plan, day: date, district_id: int | None = None, unevaluated: str = "") -> Content:
    """Return what the sheet of `day` says of every district, or of one; a fixed number of queries.

    `unevaluated` is why the scores are made final without the results of an evaluation.
    """
    rule, standings = queries.rule_of(plan, day), queries.scoreboard(plan, day)
    known = facts.of(plan, rule, day, district_id)
    entries = ledger.entries(plan.id, day, district_id)
    records = sheet_records.of(plan, day, district_id, bool(rule.needed))
    return {
        "format": FORMAT,
        "plan": plan.doc_number,
        "title": plan.title,
        "source": records.source,
        "day": day.isoformat(),
        "unevaluated": unevaluated,
        "rule": rule.number,
        "rules": [_version(version) for version in reversed(terms.versions(plan)) if _holds(version, day)],
        "evaluation": records.evaluation,
        "tasks": records.tasks,
        "districts": [
            _district(standing, rule, day, known[standing.district_id], entries, records)
            for standing in standings
            if standing.district_id in known
        ],
    }


def first_content(plan: Plan, day: date) -> Content:
    """Return what sheets said before they named a format: the standings and the lines alone."""
    rule, entries = queries.rule_of(plan, day), ledger.entries(plan.id, day)
    known = facts.of(plan, rule, day)
    return {
        "plan": plan.doc_number,
        "day": day.isoformat(),
        "rule": {"base": plain(rule.base), "per_miss": plain(rule.per_miss), "late_counts": rule.late_counts},
        "districts": [
            _points(standing)
            | {
                "district": standing.district,
                "lines": [
                    _first_line(line)
                    for line in scoring.explain(
                        rule, known[standing.district_id], day, entries.get(standing.district_id, [])
                    )
                ],
            }
            for standing in queries.scoreboard(plan, day)
        ],
    }


def _first_line(line: Line) -> Content:
    reason = line.reason
    if line.fact and line.fact.extensions:  # Those sheets did not speak of extensions.
        reason = getattr(reason, "values", {}).get("reason", reason)
    return {
        "task": line.fact.number if line.fact else None,
        "due_on": _day(line.fact.due_on) if line.fact else None,
        "outcome": line.outcome.value,
        "points": plain(line.points),
        "reason": reason,
    }


def _holds(version: Terms, day: date) -> bool:
    return version.rule.since is None or version.rule.since <= day


def _version(version: Terms) -> Content:
    rule, procedure = version.rule, version.procedure
    return {
        "number": rule.number,
        "since": _day(rule.since),
        "base": plain(rule.base),
        "per_miss": plain(rule.per_miss),
        "cap": None if rule.cap is None else plain(rule.cap),
        "late_counts": rule.late_counts,
        "offices": rule.offices.value,
        "share": rule.share,
        "quote": rule.quote,
        "rule_source": rule.source,
        "evaluation_from": _day(procedure.evaluation_from),
        "evaluation_to": _day(procedure.evaluation_to),
        "self_evaluation_on": _day(procedure.self_evaluation_on),
        "appeal_days": procedure.appeal_days,
        "answer_days": procedure.answer_days,
        "board_open": procedure.board_open,
        "reason": version.reason,
        "by": version.by,
    }


def _district(
    standing: Standing,
    rule: Rule,
    day: date,
    known: list[Fact],
    entries: Mapping[int, list[Entry]],
    records: Records,
) -> Content:
    own = entries.get(standing.district_id, [])
    tally = standing.tally
    return _points(standing) | {
        "district_id": standing.district_id,
        "district": standing.district,
        "base": plain(standing.points.base),
        "tally": {
            "total": tally.total,
            "due": tally.due,
            "completed": tally.completed,
            "completed_due": tally.completed_due,
            "missed": tally.missed,
            "late": tally.late,
            "excused": tally.excused,
            "entered": plain(tally.entered),
        },
        "lines": [_line(rule, line) for line in scoring.explain(rule, known, day, own)],
        "entries": [_entry(entry) for entry in own],
        "appeals": records.appeals.get(standing.district_id, []),
        "assignments": [_assignment(fact, records) for fact in known],
    }


def _points(standing: Standing) -> Content:
    return {
        "rank": standing.rank,
        "score": plain(standing.points.score),
        "deducted": plain(standing.points.deducted),
        "raw_deduction": plain(standing.points.raw_deduction),
    }


def _line(rule: Rule, line: Line) -> Content:
    return {
        "assignment": line.fact.assignment_id if line.fact else None,
        "task": line.fact.number if line.fact else None,
        "entry": line.entry.id if line.entry else None,
        "rule": None if line.entry else rule.name,
        "outcome": line.outcome.value,
        "points": plain(line.points),
        "reason": line.reason,
    }


def _entry(entry: Entry) -> Content:
    return {
        "id": entry.id,
        "points": plain(entry.points),
        "reason": entry.reason,
        "day": entry.day.isoformat(),
        "by": entry.by,
    }


def _assignment(fact: Fact, records: Records) -> Content:
    found = {
        "id": fact.assignment_id,
        "task": fact.number,
        "due_on": _day(fact.due_on),
        "original_due_on": _day(fact.original_due_on),
        "extensions": fact.extensions,
        "status": fact.status.value,
        "completed_on": _day(fact.completed_on),
        "excused": fact.excused,
        "judged": None,
        **records.of_assignment(fact.assignment_id),
    }
    if fact.judged:
        found["judged"] = {
            "cause": fact.judged.cause.value,
            "recorded": fact.judged.recorded.value,
            "reason": fact.judged.reason,
        }
    return found


def plain(points: Decimal) -> str:
    """Return points as a sheet holds them: without trailing zeros, and never in powers of ten."""
    return f"{points.normalize():f}"


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def total(lines: Iterable[Mapping[str, Any]]) -> Decimal:
    """Return what the lines of a sheet add up to."""
    return sum((Decimal(line["points"]) for line in lines), Decimal(0))
