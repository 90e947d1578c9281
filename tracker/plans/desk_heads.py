"""Writes anew what an imported document says about itself, and counts months without a year from its year."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from tracker.db import db
from tracker.plans import desk_queries, desk_repairs
from tracker.plans.desk_queries import AlreadyPublished, stamp_of_head
from tracker.plans.desk_record import StaleTask, Step, draft_of, held, keep_steps
from tracker.plans.models import ImportChange
from tracker.rules.deadlines import read_deadline
from tracker.rules.permissions import Actor
from tracker.rules.plan_text import editing
from tracker.rules.plan_text.drafts import PlanDraft


@dataclass(frozen=True)
class Head:
    """What a document says about itself, as a person wants it."""

    doc_number: str
    title: str
    issuer: str
    issued_on: date


def edit_head(actor: Actor, at: datetime, import_id: int, seen: str, wanted: Head) -> int:
    """Write the head anew and count months without a year from its year; return how many deadlines that moved."""
    found = held(actor, import_id)
    draft = draft_of(found)
    if stamp_of_head(draft.head) != seen:
        raise StaleTask
    if wanted.doc_number and (plan_id := desk_queries.plan_with_number(wanted.doc_number)):
        raise AlreadyPublished(plan_id, wanted.doc_number)
    old, day = draft.head, wanted.issued_on
    changed = editing.edit_head(draft, wanted.doc_number, wanted.title, wanted.issuer, day)
    steps = [
        Step("head", field=field, before=str(before or ""), after=str(after or ""))
        for field in ("doc_number", "title", "issuer", "issued_on")
        if (before := getattr(old, field)) != (after := getattr(changed.head, field))
    ]
    changed, moved = _dated_anew(changed, old.issued_on.year if old.issued_on else None, day.year)
    keep_steps(actor, at, found, changed, [*steps, *moved])
    desk_repairs.close(actor, at, found, changed, {}, ("head_incomplete",))
    return len(moved)


def _dated_anew(draft: PlanDraft, old: int | None, new: int) -> tuple[PlanDraft, list[Step]]:
    """Read deadlines again that were read from their own wording and the year of the head."""
    steps = []
    for task in draft.tasks if old != new else ():
        raw = task.deadline.raw
        if not raw or task.deadline != read_deadline(raw, old) or (spec := read_deadline(raw, new)) == task.deadline:
            continue
        before, after = (f"{each.due_on or ''}" for each in (task.deadline, spec))
        draft = editing.put(draft, replace(task, deadline=spec))
        steps.append(Step("date", task.number, "deadline", before, after))
    return draft, steps


def was_edited(import_id: int) -> bool:
    """Tell whether a person wrote the head."""
    wanted = select(ImportChange.id).where(ImportChange.import_id == import_id, ImportChange.what == "head").limit(1)
    return db.session.scalar(wanted) is not None
