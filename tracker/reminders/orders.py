"""督办单: what ticked assignments would stand on which unit's paper, and the record that it was issued."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, select

from tracker.assignments.models import Assignment
from tracker.audit import operations as audit
from tracker.db import db
from tracker.people.models import Organization, User
from tracker.plans.models import Plan, Task
from tracker.reminders.urge_words import UrgeRefused
from tracker.reminders.urges import checked, ticked
from tracker.rules.calendar import days_overdue
from tracker.rules.orders import Colour, colour_of
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.score_terms import Rule
from tracker.rules.status import LIVE, Light, Status, light
from tracker.rules.words import say
from tracker.scoring import terms

MAX_UNITS = 30


@dataclass(frozen=True)
class Line:
    """An assignment on the paper; the rule is the sentence about what is not completed that holds on the day."""

    id: int
    doc_number: str
    number: str
    text: str
    due_on: date | None
    days_late: int
    light: Light
    rule_quote: str
    rule_source: str
    task_id: int
    extensions: int = 0
    original_due_on: date | None = None


@dataclass(frozen=True)
class UnitOrder:
    """What one unit gets a paper about, and of which colour."""

    unit_id: int
    unit: str
    lines: tuple[Line, ...]

    @property
    def colour(self) -> Colour:
        """The colour that the lights tell."""
        return colour_of(line.light for line in self.lines)


@dataclass(frozen=True)
class Sheet:
    """One paper as it is issued."""

    order: UnitOrder
    number: str
    text: str
    reply_by: date
    contact: str
    issuer: str
    day: date
    base_url: str


@dataclass(frozen=True)
class Orders:
    """The papers that ticked assignments come to, how many are left out because they are closed or under review."""

    units: tuple[UnitOrder, ...]
    left_out: int
    issuer: str
    phone: str


def orders(actor: Actor, day: date, ids: Collection[int]) -> Orders:
    """Return the papers, one for each unit. Raise as urges.preview does. Three queries."""
    require(actor, Action.URGE)
    rows = _rows(actor, checked(ids))
    going = [row for row in rows if Status(row.status) in LIVE - {Status.UNDER_REVIEW}]
    rules = terms.rules_at({row.plan_id for row in going}, day)
    found = [
        UnitOrder(unit_id, unit, tuple(_line(row, day, rules[row.plan_id]) for row in of_unit))
        for (unit_id, unit), of_unit in groupby(going, lambda row: (row.unit_id, row.unit))
    ]
    if len(found) > MAX_UNITS:
        raise UrgeRefused(
            say("一次最多给 {most} 个单位生成督办单，您选了 {n} 个。请分批生成。", most=MAX_UNITS, n=len(found))
        )
    return Orders(tuple(found), len(rows) - len(going), *_sender(actor))


def _rows(actor: Actor, ids: list[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    columns = (
        *(Assignment.completed_on, Task.id.label("task_id")),
        *(Plan.near_days, Assignment.plan_id),
    )
    order = (Organization.position, Assignment.unit_id, Assignment.due_on, Task.position, Assignment.id)
    return ticked(actor, ids, columns, order, say("不能督办本单位自己承办的事项：由市局督办人员或审核处室督办。"))


def _line(row: Row[*tuple[Any, ...]], day: date, rule: Rule) -> Line:
    return Line(
        row.id,
        row.doc_number,
        row.number,
        row.text,
        row.due_on,
        days_overdue(row.due_on, day),
        light(Status(row.status), row.due_on, row.completed_on, day, row.near_days),
        rule.quote,
        rule.source,
        row.task_id,
        row.extensions,
        row.original_due_on,
    )


def _sender(actor: Actor) -> tuple[str, str]:
    """Return the sender's unit and telephone."""
    row = db.session.execute(
        select(Organization.name, User.phone, Organization.phone)
        .join(Organization, Organization.id == User.unit_id)
        .where(User.id == actor.id)
    ).one_or_none()
    return (row[0], row[1] or row[2]) if row else ("", "")


def issue(actor: Actor, at: datetime, sheets: Sequence[Sheet]) -> None:
    """Put on record what was issued to whom under which number."""
    require(actor, Action.URGE)
    for sheet in sheets:
        for line in sheet.order.lines:
            detail = f"{sheet.number}，{sheet.order.unit}，{sheet.order.colour}，{sheet.reply_by} 前反馈"
            of_unit, of_task = sheet.order.unit_id, line.task_id
            audit.record(
                actor, at, "issue_order", "assignment", line.id, detail, about_unit=of_unit, about_task=of_task
            )
