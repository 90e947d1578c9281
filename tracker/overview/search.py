"""One search over tasks, documents and units, within what a person may see: three queries, whatever was typed."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true

from tracker.db import db, holding
from tracker.people.models import Organization, OrganizationAlias
from tracker.plans.models import Plan, PlanState, Task
from tracker.rules.marks import searched
from tracker.rules.permissions import Action, Actor, Scope, require

MOST = 20
"""Hits of a kind on the page; how many there are in all is said beside them."""

ITEM = re.compile(r"第?\s*([0-9]{1,4})\s*[项号条]?")
"""A task by its number: 7, 第7项."""

BRACKETS = str.maketrans("[]【】（）()［］", "〔〕〔〕〔〕〔〕〔〕")
"""The year of a document number stands in 〔〕, which few keyboards have."""


class TaskHit(NamedTuple):
    """A task of a published plan."""

    id: int
    number: str
    text: str
    plan_id: int
    doc_number: str
    due_on: date | None
    deadline_raw: str


class PlanHit(NamedTuple):
    """A published plan."""

    id: int
    doc_number: str
    title: str
    issuer: str
    issued_on: date


class UnitHit(NamedTuple):
    """A unit; `alias` is another name of it by which it was found."""

    id: int
    name: str
    kind: str
    alias: str | None


@dataclass(frozen=True)
class Found:
    """What was found: at most MOST of each kind, and how many there are."""

    words: tuple[str, ...]
    tasks: list[TaskHit]
    task_total: int
    plans: list[PlanHit]
    plan_total: int
    units: list[UnitHit]
    unit_total: int

    @property
    def total(self) -> int:
        """How many hits there are in all."""
        return self.task_total + self.plan_total + self.unit_total


def search(actor: Actor, typed: str, day: date) -> Found:
    """Find every word of `typed`, also of two or one characters; nothing typed finds nothing. Three queries."""
    require(actor, Action.VIEW_PLANS)
    words = searched(typed)
    if not words:
        return Found((), [], 0, [], 0, [], 0)
    tasks, task_total = _hits(_tasks(words, typed.strip()))
    plans, plan_total = _hits(_plans(words))
    units, unit_total = _hits(_units(actor, words, day))
    return Found(
        words,
        [TaskHit(*row) for row in tasks],
        task_total,
        [PlanHit(*row) for row in plans],
        plan_total,
        [UnitHit(*row) for row in units],
        unit_total,
    )


def _hits(found: Select[*tuple[Any, ...]]) -> tuple[list[Any], int]:
    """Return the first rows without their last column, which counts them all."""
    rows = db.session.execute(found.add_columns(func.count().over()).limit(MOST)).all()
    return [row[:-1] for row in rows], int(rows[0][-1]) if rows else 0


def _holds(column: Any, word: str) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = column.ilike(holding(word), escape="/")
    return condition


def _tasks(words: tuple[str, ...], typed: str) -> Select[*tuple[Any, ...]]:
    found = and_(*(_holds(Task.text, word) for word in words))
    order: list[Any] = [Plan.issued_on.desc(), Plan.id, Task.position]
    if numbered := ITEM.fullmatch(typed):
        is_it = Task.number == numbered[1].lstrip("0")
        found, order = or_(is_it, found), [~is_it, *order]
    columns = (Task.id, Task.number, Task.text, Plan.id, Plan.doc_number, Task.due_on, Task.deadline_raw)
    published = (Plan.state == PlanState.PUBLISHED, Task.withdrawn_on.is_(None))
    return select(*columns).join(Plan, Plan.id == Task.plan_id).where(*published, found).order_by(*order)


def _plans(words: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    found = [
        or_(_holds(Plan.title, word), _holds(Plan.doc_number, word.translate(BRACKETS)), _holds(Plan.issuer, word))
        for word in words
    ]
    columns = (Plan.id, Plan.doc_number, Plan.title, Plan.issuer, Plan.issued_on)
    return select(*columns).where(Plan.state == PlanState.PUBLISHED, *found).order_by(Plan.issued_on.desc(), Plan.id)


def _units(actor: Actor, words: tuple[str, ...], day: date) -> Select[*tuple[Any, ...]]:
    aliases = and_(
        OrganizationAlias.organization_id == Organization.id, *(_holds(OrganizationAlias.name, word) for word in words)
    )
    named = [or_(_holds(Organization.name, word), _holds(Organization.short_name, word)) for word in words]
    alias = select(func.min(OrganizationAlias.name)).where(aliases).correlate(Organization).scalar_subquery()
    standing = (Organization.valid_from <= day, Organization.valid_until > day)
    return (
        select(Organization.id, Organization.name, Organization.kind, alias)
        .where(*standing, _reached(actor), or_(and_(*named), exists().where(aliases)))
        .order_by(Organization.kind, Organization.position, Organization.id)
    )


def _reached(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a unit lies within what the person may see of assignments."""
    match actor.reach(Action.VIEW_ASSIGNMENTS):
        case Scope.ALL | Scope.OFFICE:
            return true()
        case Scope.DISTRICT if actor.district_id is not None:
            return or_(Organization.id == actor.district_id, Organization.parent_id == actor.district_id)
        case _:
            return Organization.id == actor.unit_id
