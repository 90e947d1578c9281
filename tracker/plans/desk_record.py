"""The record of a person's work on an import: what may be changed, each step noted, the draft kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.audit import operations as audit
from tracker.db import db
from tracker.plans.desk_queries import Restored, stamp
from tracker.plans.models import ImportChange, PlanImport
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.plan_text import editing
from tracker.rules.plan_text.drafts import Certainty, PlanDraft, TaskDraft
from tracker.rules.plan_text.editing import BY_PERSON, EditRefused
from tracker.rules.plan_text.keeping import keep
from tracker.rules.plans import ImportState
from tracker.rules.words import say

LONGEST_REASON = 500
SIGNS_OF_NUMBER = 20
"""What a change keeps of a task's number."""


class ImportClosed(ValueError):
    """An import that was published or dropped: nothing of it changes any more."""


class StaleTask(ValueError):
    """Somebody else changed the same part of the draft first."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(say("该内容刚被他人修改，您的修改没有保存。"))


@dataclass(frozen=True)
class Step:
    """One line of the record: what was done to which task's field, what stood there and what stands there now."""

    what: str
    number: str = ""
    field: str = ""
    before: str = ""
    after: str = ""
    reason: str = ""


def held(actor: Actor, import_id: int) -> PlanImport:
    """Return an open import to be changed, kept from others meanwhile; raise NoResultFound or ImportClosed."""
    require(actor, Action.EDIT_PLAN)
    found = db.session.get_one(PlanImport, import_id, with_for_update=True)
    if found.state == ImportState.PUBLISHED:
        raise ImportClosed(say("这份方案已经发布，导入记录只能查看。要调整任务，请到方案页变更。"))
    if found.state == ImportState.DROPPED:
        raise ImportClosed(say("这次导入已经放弃，只能查看。需要时请重新上传文件。"))
    return found


def reason_read(reason: str) -> str:
    """Return a reason as it is kept; raise EditRefused where it is too long."""
    given = reason.strip()
    if len(given) > LONGEST_REASON:
        raise EditRefused(say("理由最多 {most} 字，请精简。", most=LONGEST_REASON), "reason")
    return given


def draft_of(found: PlanImport) -> PlanDraft:
    """Return what an import holds now."""
    return Restored.of(found.draft)


def unchanged(draft: PlanDraft, key: str, seen: str) -> TaskDraft:
    """Return a task; raise StaleTask where it is not as it was seen, EditRefused where it is gone."""
    task = editing.task_of(draft, key)
    if stamp(task) != seen:
        raise StaleTask
    return task


def binding(draft: PlanDraft, key: str, seen: str | None) -> TaskDraft:
    """Return a task that may be changed; raise EditRefused where it was withdrawn, and as `unchanged` where `seen`."""
    task = editing.task_of(draft, key)
    if task.withdrawn:
        raise EditRefused(say("第{number}项已经撤下，不能修改；需要时请先恢复这项任务。", number=task.number), "key")
    return task if seen is None else unchanged(draft, key, seen)


def keep_steps(actor: Actor, at: datetime, found: PlanImport, draft: PlanDraft, steps: Sequence[Step]) -> None:
    """Keep what was done, each step on record; nothing where nothing was done."""
    if not steps:
        return
    found.draft = keep(draft)
    for step in steps:
        note(actor, at, found, **vars(step))
    audit.record(actor, at, "edit_import", "plan_import", found.id, "；".join(_told(step) for step in steps[:20]))


def _told(step: Step) -> str:
    return " ".join(part for part in (step.what, step.number, step.field) if part)


def note(
    actor: Actor,
    at: datetime,
    found: PlanImport,
    what: str,
    number: str = "",
    field: str = "",
    before: str = "",
    after: str = "",
    reason: str = "",
) -> None:
    """Put on record what a person did to an import, and who was last at it."""
    found.changed_by, found.changed_at = actor.name, at
    db.session.add(
        ImportChange(
            import_id=found.id,
            what=what,
            task_number=number[:SIGNS_OF_NUMBER],
            field=field,
            before=before,
            after=after,
            reason=reason,
            at=at,
            actor_id=actor.id,
            actor_name=actor.name,
        )
    )


def is_by_person(task: TaskDraft) -> bool:
    """Tell whether a person decided anything about a task."""
    rules = {evidence.rule for evidence in task.evidence.values() if evidence.certainty is Certainty.CERTAIN}
    own = "." in task.key or task.key.startswith("new")
    return own or bool(task.withdrawn) or not rules.isdisjoint({BY_PERSON.rule, editing.CONFIRMED})
