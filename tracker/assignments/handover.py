"""Hands over what a unit still owes when it is merged into another, and lets no unit close that still owes anything.

Nothing of the days before changes. What the unit owed is withdrawn on the day of the merger; what only it owed the
successor is handed anew on that day, with the same due day. So each assignment keeps its unit, level and district, and
the history of either tells when the duty passed.
"""

from datetime import date, datetime

from sqlalchemy import func, select

from tracker.assignments import districts, dues, mergers, operations
from tracker.assignments.about import about
from tracker.assignments.mergers import Item, Merger, Outcome, Reviews, preview
from tracker.assignments.models import Assignment, StatusChange, TaskReviewer
from tracker.audit import operations as audit
from tracker.db import db
from tracker.people import queries as people
from tracker.people import unit_mergers, units
from tracker.people.models import Organization
from tracker.people.unit_mergers import Fate
from tracker.people.units import UnitStands
from tracker.plans import freezes
from tracker.plans.models import Plan
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.status import LIVE, Move, Status


class MergerChanged(ValueError):
    """A merger that would not do any more what the preview said; `now` is what it would do."""

    def __init__(self, now: Merger) -> None:
        """Keep it."""
        super().__init__("预览之后情况有变动，没有合并。请核对下面的新预览。")
        self.now = now


# ---- merging


def merge(actor: Actor, at: datetime, unit_id: int, into_id: int, fate: Fate, digest: str) -> Merger:
    """Merge a unit into another on the day of `at`, exactly as the preview with this digest said; return it.

    Raise LookupError, UnitStands, UnitRefused, MoveRefused, or MergerChanged.
    """
    require(actor, Action.EDIT_UNITS)
    unit, into = _hold(unit_id, into_id)
    found = preview(actor, unit_id, into_id, at.date(), fate, at.date())
    if found.digest != digest:
        raise MergerChanged(found)
    for item in found.items:
        if item.outcome is not Outcome.SEALED:
            _hand_over(actor, at, item, into)
    _pass_reviews(unit.id, into.id, found.reviews)
    _pass_offices(actor, at, unit, into)
    unit_mergers.absorb(actor, at, unit, into, found.names, fate)
    audit.record(actor, at, "merge_unit", "organization", unit.id, _words(found), about_unit=unit.id)
    return found


def _hold(unit_id: int, into_id: int) -> tuple[Organization, Organization]:
    """Return both units, and keep everybody else from them and from what the first owes."""
    ids = sorted({unit_id, into_id})
    held = select(Organization).where(Organization.id.in_(ids)).order_by(Organization.id).with_for_update()
    known = {unit.id: unit for unit in db.session.scalars(held.execution_options(populate_existing=True))}
    if unit_id not in known or into_id not in known:
        raise LookupError("没有这个单位。请从列表中选择。")
    owed = select(Assignment).where(Assignment.unit_id == unit_id).order_by(Assignment.id).with_for_update()
    db.session.scalars(owed.execution_options(populate_existing=True)).all()
    return known[unit_id], known[into_id]


def _hand_over(actor: Actor, at: datetime, item: Item, into: Organization) -> None:
    """Withdraw what the merged unit owes, and hand it to the successor unless that has the task already."""
    old = db.session.get_one(Assignment, item.id)
    taken = "由其承接本项" if item.outcome is Outcome.GIVEN else f"其本来就承办本项（{item.theirs_text}）"
    operations.withdraw_merged(actor, at, old, f"合并至{into.name}，{taken}")
    if item.outcome is not Outcome.GIVEN:
        return
    member, unit = people.member(into.id), db.session.get_one(Organization, old.unit_id)
    new = Assignment(
        plan_id=item.plan_id,
        task_id=item.task_id,
        unit_id=member.id,
        district_id=member.district_id,
        level=member.kind,
        due_on=item.due_on,
        original_due_on=item.original_due_on,
        issued_on=at.date(),
        status=Status.PENDING,
    )
    db.session.add(new)
    db.session.flush()  # its id begins its history
    reason = f"{unit.name}并入，承接其未办结的本项（原为{item.status_text}，进度 {item.progress}%）"
    db.session.add(
        StatusChange(
            assignment_id=new.id,
            move=Move.DISPATCH,
            to_status=Status.PENDING,
            day=at.date(),
            at=at,
            actor_id=actor.id,
            actor_name=actor.name,
            reason=reason,
        )
    )
    dues.carry(actor, at, old.id, new.id)
    audit.record(actor, at, "hand_over", "assignment", new.id, reason, **about(new))


def _pass_reviews(unit_id: int, into_id: int, reviews: Reviews) -> None:
    """Let the successor review and lead in place of the office; nobody is put to review their own."""
    rows = db.session.scalars(
        select(TaskReviewer)
        .where(TaskReviewer.office_id.in_([unit_id, into_id]), TaskReviewer.task_id.in_(reviews.tasks))
        .order_by(TaskReviewer.task_id)
    ).all()
    has = {row.task_id for row in rows if row.office_id == into_id}
    for row in rows:
        if row.office_id == unit_id and row.task_id in has:
            db.session.delete(row)
        elif row.office_id == unit_id:
            row.office_id = into_id
    touched = {*reviews.owned, *reviews.countered}
    for plan in db.session.scalars(select(Plan).where(Plan.doc_number.in_(sorted(touched))).with_for_update()):
        plan.owner_id = into_id if plan.owner_id == unit_id else plan.owner_id
        plan.counter_reviewer_id = into_id if plan.counter_reviewer_id == unit_id else plan.counter_reviewer_id
        if plan.owner_id == plan.counter_reviewer_id:
            plan.counter_reviewer_id = None
    db.session.flush()  # a lost race shows here, not at commit


def _pass_offices(actor: Actor, at: datetime, unit: Organization, into: Organization) -> None:
    """Put the 司法所 below the successor, and what they still owe into its district: its lead reviews them now."""
    offices = db.session.scalars(
        select(Organization).where(Organization.parent_id == unit.id).order_by(Organization.position, Organization.id)
    ).all()
    sealed = freezes.sealed()
    for office in offices:
        units.place(actor, at, office, into)
        owed = select(Assignment).where(
            Assignment.unit_id == office.id,
            Assignment.district_id == unit.id,
            Assignment.status.in_(sorted(LIVE)),
            Assignment.plan_id.not_in(sorted(sealed)),
        )
        held = owed.order_by(Assignment.id).with_for_update().execution_options(populate_existing=True)
        for assignment in db.session.scalars(held):
            districts.move(actor, at, assignment, into)


def _words(found: Merger) -> str:
    outcomes = found.outcomes
    return (
        f"{found.unit.name} 并入 {found.into.name}：承接 {outcomes[Outcome.GIVEN]} 项，"
        f"撤销 {outcomes[Outcome.WITHDRAWN]} 项，不动 {outcomes[Outcome.SEALED]} 项；"
        f"{len(found.people)} 人{unit_mergers.FATE_TEXT[found.fate]}；审核 {len(found.reviews.tasks)} 项任务；"
        f"下级单位 {len(found.below)} 个"
    )


# ---- closing


def open_counts() -> dict[int, int]:
    """Return how much each unit owes; units that owe nothing are absent. One query."""
    owed = select(Assignment.unit_id, func.count()).where(Assignment.status.in_(sorted(LIVE)))
    return dict(db.session.execute(owed.group_by(Assignment.unit_id)).all())


def close(actor: Actor, at: datetime, unit_id: int, version: int, day: date) -> None:
    """Let a unit be of no use from a day on, unless something still rests on it; raise StaleUnit or UnitStands."""
    unit = units.locked(actor, unit_id, version, at.date())
    sealed = freezes.sealed()
    owed = sum(item["plan_id"] not in sealed for item in mergers.owed(unit.id, 0))
    if owed:
        raise UnitStands(f"{unit.name}还有 {owed} 项未办结。请改用合并移交给承接单位，或先由督办人员撤销。")
    live = select(Assignment.task_id).where(
        Assignment.status.in_(sorted(LIVE)), Assignment.plan_id.not_in(sorted(sealed))
    )
    reviews = select(func.count()).where(TaskReviewer.office_id == unit.id, TaskReviewer.task_id.in_(live))
    leads = select(func.count()).where(
        Plan.id.not_in(sorted(sealed)), (Plan.owner_id == unit.id) | (Plan.counter_reviewer_id == unit.id)
    )
    tasks, plans = db.session.scalar(reviews) or 0, db.session.scalar(leads) or 0
    if tasks or plans:
        raise UnitStands(
            f"{unit.name}还在审核 {tasks} 项任务、牵头或回避审核 {plans} 个方案。请改用合并，由承接单位接着审核。"
        )
    units.close(actor, at, unit_id, version, day)
