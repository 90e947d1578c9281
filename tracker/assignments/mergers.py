"""What merging one unit into another would do with everything that rests on it: worked out, nothing written."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from tracker.assignments.models import Assignment, Extension, TaskReviewer
from tracker.db import db
from tracker.people import unit_lists, unit_mergers
from tracker.people.models import Organization
from tracker.people.unit_lists import Member, UnitRow
from tracker.people.unit_mergers import Fate, Names
from tracker.people.units import UnitStands
from tracker.plans import freezes
from tracker.plans.models import Plan, Task
from tracker.rules.permissions import Actor
from tracker.rules.status import LIVE, STATUS_TEXT, RequestState, Status

ONLY_TODAY = (
    "合并当天办理：交办和撤销记在办理的当天。过去的日子的清单和得分不能改；将来的合并请到当天再办，届时按最新情况预览。"
)


class Outcome(StrEnum):
    """What becomes of something that a merged unit owes."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    SEALED = "sealed"


OUTCOME_TEXT = {Outcome.GIVEN: "转由承接", Outcome.WITHDRAWN: "撤销", Outcome.SEALED: "不动"}


@dataclass(frozen=True)
class Item:
    """Something that a unit owes; `theirs` is how the successor stands with the same task, if it has it."""

    id: int
    version: int
    plan_id: int
    doc_number: str
    task_id: int
    number: str
    text: str
    due_on: date | None
    original_due_on: date | None
    progress: int
    status: Status
    theirs: Status | None
    sealed: bool

    @property
    def outcome(self) -> Outcome:
        """What becomes of it."""
        if self.sealed:
            return Outcome.SEALED
        return Outcome.GIVEN if self.theirs is None else Outcome.WITHDRAWN

    @property
    def status_text(self) -> str:
        """How it stands now, in the reader's words."""
        return STATUS_TEXT[self.status]

    @property
    def theirs_text(self) -> str:
        """How the successor stands with it, in the reader's words."""
        return STATUS_TEXT[self.theirs] if self.theirs else ""

    @property
    def orphaned(self) -> bool:
        """Whether nobody will owe it: the successor was relieved of it before."""
        return self.theirs in (Status.WITHDRAWN, Status.EXEMPT) and not self.sealed


@dataclass(frozen=True)
class Below:
    """A 司法所 that goes over to another district, with how much of what it owes does."""

    id: int
    version: int
    name: str
    owed: int


@dataclass(frozen=True)
class Reviews:
    """What a merged office reviews and leads: tasks by id, plans by their numbers, and plans left without a second."""

    tasks: tuple[int, ...]
    owned: tuple[str, ...]
    countered: tuple[str, ...]
    alone: tuple[str, ...]


@dataclass(frozen=True)
class Merger:
    """Everything that merging one unit into another on a day would do."""

    unit: UnitRow
    into: UnitRow
    day: date
    fate: Fate
    items: Sequence[Item]
    people: Sequence[Member]
    below: Sequence[Below]
    names: Names
    reviews: Reviews
    asked: int
    """Requests for a later due day that nobody has decided on."""

    @cached_property
    def outcomes(self) -> Counter[Outcome]:
        """How many of what is owed go which way."""
        return Counter(item.outcome for item in self.items)

    @property
    def overdue(self) -> int:
        """How much of what is handed over is overdue."""
        return sum(
            item.outcome is Outcome.GIVEN and item.due_on is not None and item.due_on < self.day for item in self.items
        )

    @property
    def under_review(self) -> int:
        """How much of what is handed over or withdrawn waits for a review."""
        return sum(item.status is Status.UNDER_REVIEW and not item.sealed for item in self.items)

    @property
    def orphaned(self) -> list[Item]:
        """What nobody will owe."""
        return [item for item in self.items if item.orphaned]

    @property
    def digest(self) -> str:
        """A fingerprint of everything that would be done, with the versions it was worked out from."""
        versions = (self.unit.id, self.unit.version, self.into.id, self.into.version, self.day, self.fate)
        owed = [(item.id, item.version, item.outcome, item.theirs) for item in self.items]
        members = [(person.id, person.version) for person in self.people]
        said = repr((versions, owed, members, self.below, self.names, self.reviews, self.asked))
        return hashlib.sha256(said.encode()).hexdigest()


# ---- looking ahead


def preview(actor: Actor, unit_id: int, into_id: int, day: date, fate: Fate, today: date) -> Merger:
    """Return what a merger would do; raise LookupError for a unit that is not there, UnitStands where it cannot be."""
    unit, into = (unit_lists.get(actor, id_, today) for id_ in (unit_id, into_id))
    if unit is None or into is None:
        raise LookupError("没有这个单位。请从列表中选择。")
    if day != today:
        raise UnitStands(ONLY_TODAY)
    if obstacle := unit_mergers.obstacle(unit, into, day):
        raise UnitStands(obstacle)
    sealed = freezes.sealed()
    members = unit_lists.members(unit.id, today)
    if obstacle := unit_mergers.people_obstacle(actor, members, fate):
        raise UnitStands(obstacle)
    return Merger(
        unit,
        into,
        day,
        fate,
        [Item(**row, sealed=row["plan_id"] in sealed) for row in owed(unit.id, into.id)],
        members,
        _below(unit.id, sealed),
        unit_mergers.names(unit, into, day),
        _reviews(unit.id, into.id, sealed),
        _asked(unit.id),
    )


def owed(unit_id: int, into_id: int) -> list[dict[str, Any]]:
    """Return what a unit owes, and how another stands with the same tasks. One query."""
    theirs = aliased(Assignment)
    rows = db.session.execute(
        select(
            Assignment.id,
            Assignment.version,
            Assignment.plan_id,
            Plan.doc_number,
            Assignment.task_id,
            Task.number,
            Task.text,
            Assignment.due_on,
            Assignment.original_due_on,
            Assignment.progress,
            Assignment.status,
            theirs.status.label("theirs"),
        )
        .join(Task, Task.id == Assignment.task_id)
        .join(Plan, Plan.id == Assignment.plan_id)
        .outerjoin(theirs, and_(theirs.task_id == Assignment.task_id, theirs.unit_id == into_id))
        .where(Assignment.unit_id == unit_id, Assignment.status.in_(sorted(LIVE)))
        .order_by(Assignment.plan_id, Task.position, Assignment.id)
    )
    return [
        {**row._mapping, "status": Status(row.status), "theirs": Status(row.theirs) if row.theirs else None}
        for row in rows
    ]


def _below(unit_id: int, sealed: frozenset[int]) -> list[Below]:
    owed = select(func.count()).where(
        Assignment.unit_id == Organization.id,
        Assignment.status.in_(sorted(LIVE)),
        Assignment.plan_id.not_in(sorted(sealed)),
    )
    rows = db.session.execute(
        select(
            Organization.id,
            Organization.version,
            Organization.name,
            owed.correlate(Organization).scalar_subquery().label("owed"),
        )
        .where(Organization.parent_id == unit_id)
        .order_by(Organization.position, Organization.id)
    )
    return [Below(**row._mapping) for row in rows]


def _reviews(unit_id: int, into_id: int, sealed: frozenset[int]) -> Reviews:
    tasks = db.session.scalars(
        select(TaskReviewer.task_id)
        .join(Task, Task.id == TaskReviewer.task_id)
        .where(TaskReviewer.office_id == unit_id, Task.plan_id.not_in(sorted(sealed)))
        .order_by(TaskReviewer.task_id)
    )
    rows = db.session.execute(
        select(Plan.id, Plan.doc_number, Plan.owner_id, Plan.counter_reviewer_id)
        .where(Plan.id.not_in(sorted(sealed)))
        .order_by(Plan.id)
    ).all()
    both = {unit_id, into_id}
    return Reviews(
        tuple(tasks),
        tuple(row.doc_number for row in rows if row.owner_id == unit_id),
        tuple(row.doc_number for row in rows if row.counter_reviewer_id == unit_id),
        tuple(row.doc_number for row in rows if {row.owner_id, row.counter_reviewer_id} == both),
    )


def _asked(unit_id: int) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Extension)
            .join(Assignment, Assignment.id == Extension.assignment_id)
            .where(
                Assignment.unit_id == unit_id,
                Assignment.status.in_(sorted(LIVE)),
                Extension.state == RequestState.ASKED,
            )
        )
        or 0
    )
