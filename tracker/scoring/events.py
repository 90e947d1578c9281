"""Everything a plan's scores rest on as a table of events, one row each, for whoever wants to count them anew."""

from collections.abc import Callable
from typing import Any

from tracker.plans.models import Plan
from tracker.rules.score_history import Event, Kind
from tracker.rules.status import Status
from tracker.scoring import record

Cells = list[Any]

COLUMNS: dict[str, Callable[[Event], Any]] = {
    "at": lambda event: event.at.isoformat() if event.at else "",
    "day": lambda event: event.day,
    "kind": lambda event: event.kind.value,
    "move": lambda event: event.move.value if event.move else "",
    "district_id": lambda event: _district_id(event) or "",
    "level": lambda event: event.item.level if event.item else "",
    "unit_id": lambda event: event.item.unit_id if event.item else "",
    "unit": lambda event: event.item.unit if event.item else "",
    "task": lambda event: event.item.number if event.item else "",
    "task_id": lambda event: event.item.task_id if event.item else "",
    "assignment_id": lambda event: event.item.id if event.item else "",
    "from_status": lambda event: event.from_status.value if event.from_status else "",
    "to_status": lambda event: event.status.value if event.status else "",
    "done_on": lambda event: (event.done_on or event.day) if event.status is Status.COMPLETED else "",
    "due_on": lambda event: _due(event),
    "original": lambda event: event.item.original_due_on if event.item and event.kind is Kind.DUE else None,
    "extension": lambda event: int(event.is_extension) if event.kind is Kind.DUE else "",
    "points": lambda event: event.entry.points if event.entry else "",
    "rule": lambda event: event.rule.number if event.rule else "",
    "base": lambda event: event.rule.base if event.rule else "",
    "per_miss": lambda event: event.rule.per_miss if event.rule else "",
    "cap": lambda event: event.rule.cap if event.rule else "",
    "late_counts": lambda event: int(event.rule.late_counts) if event.rule else "",
    "offices": lambda event: event.rule.offices.value if event.rule else "",
    "share": lambda event: event.rule.share if event.rule else "",
    "verdict": lambda event: event.verdict.value if event.verdict else "",
    "reason": lambda event: event.reason,
    "actor": lambda event: event.actor,
}
"""Each column and where it comes from. Programs read them by name: a column may be added, and none is ever renamed."""

HEADS = ("seq", "plan", *COLUMNS, "district")


def _district_id(event: Event) -> int:
    """Return whom an event concerns: where something went over to another district, the new one."""
    return event.item.district_id if event.item and event.kind is not Kind.DISTRICT else event.district_id


def _due(event: Event) -> Any:
    """Return the day by which a thing is due from this event on: only the first step and a change of it say so."""
    if event.kind is Kind.DUE:
        return event.due_on
    return event.item.first_due_on if event.item and event.kind is Kind.STEP and not event.from_status else None


def rows(plan: Plan) -> list[Cells]:
    """Return every event of a plan in order, in the columns of HEADS."""
    history = record.of(plan)
    names = history.districts
    found: list[Cells] = []
    for number, event in enumerate(history.events, 1):
        cells = [value(event) for value in COLUMNS.values()]
        found.append([number, plan.doc_number, *cells, names.get(_district_id(event), "")])
    return found
