"""The lines of a score in words for people and as JSON for scripts, with persons, times and evidence."""

from typing import Any

from tracker.plans.models import Plan
from tracker.rules.score_terms import Rule
from tracker.rules.scoring import Fact, Line, Outcome
from tracker.scoring.circumstances import Happened
from tracker.scoring.grounds import Ground


def told(ground: Ground, rule: Rule, plan: Plan) -> dict[str, Any]:
    """Return a line as scripts read it; the points of all lines add up to the score."""
    line, fact = ground.line, ground.line.fact
    named = None if line.outcome is Outcome.ENTERED else rule
    return {
        "task_number": fact.number if fact else None,
        "task": fact.text if fact else "",
        "points": f"{line.points.normalize():f}",
        "outcome": line.outcome.value,
        "rule": named.name if named else f"deduction/{line.entry.id if line.entry else ''}",
        "rule_version": named.number if named else None,
        "rule_since": named.since if named else None,
        "quote": rule.quote if named else line.reason,
        "rule_source": rule.source,
        "source": f"{plan.doc_number} 第 {fact.line_from}–{fact.line_to} 行" if fact else rule.source,
        "due_on": fact.due_on if fact else None,
        "original_due_on": fact.original_due_on if fact else None,
        "extensions": fact.extensions if fact else 0,
        "days_late": ground.late_days,
        "facts": _facts(ground, line, fact),
        "left_out": ground.left_out,
        "rests_on": _event(ground.rests_on) if ground.rests_on else None,
        "events": [_event(event) for event in ground.found.events],
        "objections": [_event(event) for event in ground.objections],
        "evidence": [
            {"report": event.report_id, "file": file.name, "version": file.version, "sha256": file.sha256}
            for event in ground.found.reports
            for file in event.files
        ],
    }


def _facts(ground: Ground, line: Line, fact: Fact | None) -> list[str]:
    found = [line.reason]
    if line.entry is not None:
        found.append(f"{line.entry.day} {line.entry.by} 登记")
    if fact is not None:
        found += [f"完成时限 {fact.due_on}", f"责任事项 {fact.assignment_id}"]
        if fact.original_due_on:
            found.append(f"原时限 {fact.original_due_on}，延期 {fact.extensions} 次")
    if ground.left_out:
        found.append(ground.left_out)
    found += [_sentence(event) for event in (*ground.found.events, *ground.objections)]
    return found + [f"佐证：{file.name}（第 {file.version} 版）sha256 {file.sha256}" for file in ground.found.files]


def _sentence(event: Happened) -> str:
    why = f"：{event.reason}" if event.reason else ""
    return f"{event.day} {event.by} {event.what}{why}"


def _event(event: Happened) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(),
        "day": event.day,
        "by": event.by,
        "what": event.what,
        "reason": event.reason,
        "report": event.report_id,
    }
