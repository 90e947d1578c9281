"""Puts a document on its way to a plan, and takes it off again."""

import json
from dataclasses import dataclass
from datetime import datetime

from tracker.audit import operations as audit
from tracker.db import db
from tracker.plans import desk_queries, rows
from tracker.plans.desk_queries import AlreadyOpen, AlreadyPublished
from tracker.plans.desk_record import StaleTask, held, note
from tracker.plans.models import PlanImport
from tracker.plans.noting import noted
from tracker.plans.readers import Reading
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.plan_text import editing
from tracker.rules.plan_text.drafts import PlanDraft
from tracker.rules.plan_text.keeping import keep
from tracker.rules.plans import ImportState


@dataclass(frozen=True)
class Upload:
    """A file that was read: its name as sent, the hash under which it is kept, and what it says."""

    filename: str
    file_sha256: str
    reading: Reading


def open_import(actor: Actor, at: datetime, upload: Upload, draft: PlanDraft) -> PlanImport:
    """Put a document on its way; raise AlreadyOpen or AlreadyPublished where it is on it, or arrived."""
    require(actor, Action.EDIT_PLAN)
    refuse_known(upload.file_sha256, draft)
    keyed = editing.keyed(noted(upload.reading, draft))
    who = {"created_by": actor.name, "created_at": at, "changed_by": actor.name, "changed_at": at}
    made = PlanImport(
        filename=upload.filename,
        kind=upload.reading.kind[:10],
        file_sha256=upload.file_sha256,
        text=upload.reading.text,
        places=json.dumps(list(upload.reading.places), ensure_ascii=False),
        draft=keep(keyed),
        created_by_id=actor.id,
        **who,
    )
    db.session.add(made)
    db.session.flush()  # its id is needed by what is odd about it
    db.session.add_all(rows.anomaly(problem, import_id=made.id) for problem in keyed.problems)
    note(actor, at, made, "open", after=f"识别出 {len(keyed.tasks)} 项任务")
    audit.record(actor, at, "open_import", "plan_import", made.id, made.filename)
    return made


def refuse_known(file_sha256: str, draft: PlanDraft) -> None:
    """Raise AlreadyOpen or AlreadyPublished for a document that is on its way, or arrived."""
    if open_ := desk_queries.open_with_file(file_sha256):
        raise AlreadyOpen(open_)
    number = draft.head.doc_number
    if number and (plan_id := desk_queries.plan_with_number(number)):
        raise AlreadyPublished(plan_id, number)


def drop(actor: Actor, at: datetime, import_id: int, version: int) -> PlanImport:
    """Leave an import off; what was done stays on record. Raise StaleTask where somebody worked on it meanwhile."""
    found = held(actor, import_id)
    if found.version != version:
        raise StaleTask
    found.state = ImportState.DROPPED
    note(actor, at, found, "drop")
    audit.record(actor, at, "drop_import", "plan_import", found.id, found.filename)
    return found
