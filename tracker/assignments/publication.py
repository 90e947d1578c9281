"""Publishes an import: its plan, the units it needs and every assignment, in one transaction and once only."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select, update

from tracker import clock
from tracker.assignments import operations
from tracker.assignments.models import Assignment
from tracker.audit import operations as audit
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans import creation, desk_blockers, desk_making, desk_record, desk_repairs, desk_settings, desk_units
from tracker.plans.creation import key_of
from tracker.plans.desk_blockers import Blocker, Desk
from tracker.plans.desk_queries import patches_of
from tracker.plans.desk_units import Made
from tracker.plans.models import Anomaly, Plan, PlanImport, Task
from tracker.plans.settings import Means, Source
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.plan_text.drafts import PlanDraft
from tracker.rules.plans import Early, ImportState
from tracker.rules.words import say


class PublicationRefused(ValueError):
    """An import that cannot be published as it is; `blockers` say what to mend and where."""

    def __init__(self, blockers: tuple[Blocker, ...]) -> None:
        """Keep them."""
        super().__init__("".join(blocker.words for blocker in blockers))
        self.blockers = blockers


class StaleImport(ValueError):
    """Somebody changed the import after the person looked at it."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(say("您打开页面之后，这份导入又有了改动，没有发布。请看过最新的预演再发布。"))


@dataclass(frozen=True)
class Published:
    """A plan that came out of an import, and how many assignments were handed out."""

    plan_id: int
    doc_number: str
    number: int


def publish(actor: Actor, at: datetime, import_id: int, version: int) -> Published:
    """Make an import the plan that everybody sees, if nobody changed it since `version`.

    Raise ImportClosed where it is published already, StaleImport, PublicationRefused or PlanRefused.
    """
    require(actor, Action.EDIT_PLAN)
    found = desk_record.held(actor, import_id)
    if found.version != version:
        raise StaleImport
    now = desk_blockers.of(found, at.date())
    if now.blockers:
        raise PublicationRefused(now.blockers)
    made, plan = stored(actor, at, found, now)
    number = hand_out(actor, at, plan, now)
    found.units = desk_units.kept(replace(now.chosen, made=made))
    found.state, found.plan_id = ImportState.PUBLISHED, plan.id
    desk_repairs.close(actor, at, found, signed(now), now.wanted.early)
    db.session.execute(update(Anomaly).where(Anomaly.import_id == found.id).values(plan_id=plan.id))
    desk_record.note(actor, at, found, "publish", after=f"{number}")
    audit.record(actor, at, "publish_import", "plan_import", found.id, f"{plan.doc_number} {number}")
    return Published(plan.id, plan.doc_number, number)


def hand_out(actor: Actor, at: datetime, plan: Plan, now: Desk) -> int:
    """Publish the stored plan of an import, and take on record what was done before it was issued; return how much."""
    number = operations.publish(actor, at, plan)
    recorded = select(Task).where(Task.plan_id == plan.id, Task.early == Early.RECORDED).order_by(Task.position)
    reasons = {task.number: one.reason for task in now.draft.tasks if (one := now.wanted.early.get(key_of(task)))}
    for task in db.session.scalars(recorded):
        operations.record_done(actor, at, task, reasons[task.number])
    return number


def publish_once(actor: Actor, at: datetime, import_id: int, version: int) -> Published:
    """Publish as `publish` does; where this very version is published already, return what came of it."""
    found = db.session.get_one(PlanImport, import_id, with_for_update=True)
    if found.state == ImportState.PUBLISHED and found.version == version + 1 and found.plan_id is not None:
        plan = db.session.get_one(Plan, found.plan_id)
        handed_out = select(func.count()).select_from(Assignment).where(Assignment.plan_id == plan.id)
        return Published(plan.id, plan.doc_number, db.session.scalar(handed_out) or 0)
    return publish(actor, at, import_id, version)


def expected(import_id: int) -> int:
    """Return about how many assignments an import will hand out; 0 where nobody knows yet."""
    found = db.session.get(PlanImport, import_id)
    if found is None:
        return 0
    now = desk_blockers.of(found, clock.today())
    return sum(len(named.units) * len(named.tasks) for named in now.units.names)


def stored(actor: Actor, at: datetime, found: PlanImport, now: Desk) -> tuple[Made, Plan]:
    """Store the plan of an import with the units it needs, unpublished; names that nobody knows bind nobody."""
    draft = signed(now)
    changed = desk_repairs.reworded(found.id, draft)
    making = desk_making.make(actor, at, draft, now.chosen)
    unknown = {named.name: Means() for named in now.units.unknown}
    plan = creation.create_plan(
        actor,
        at,
        desk_repairs.as_printed(draft, changed),
        source=Source(found.filename, found.text, json.loads(found.places), found.kind, found.file_sha256),
        settings=desk_settings.settings_of(now.wanted, draft, {**making.means, **unknown}),
        patches=patches_of(found.patches),
        anomalies=False,
    )
    desk_repairs.note_reworded(actor, at, plan.id, changed)
    return making.made, plan


def signed(now: Desk) -> PlanDraft:
    """Return the draft of an import; one that nobody signed bears the name of the issuer that was chosen."""
    if now.draft.head.issuer or now.chosen.issuer is None:
        return now.draft
    unit = db.session.get_one(Organization, now.chosen.issuer)
    return replace(now.draft, head=replace(now.draft.head, issuer=unit.name))
