"""A 催办 of many assignments, sent unit by unit: each batch whole, each letter once, however often it is begun."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound

from tracker import i18n
from tracker.assignments.models import Assignment
from tracker.assignments.queries import visible
from tracker.db import db
from tracker.outbox.operations import Attached
from tracker.people.models import Organization
from tracker.plans.models import Plan, Task
from tracker.reminders import urging
from tracker.reminders.models import Notice, Urge
from tracker.reminders.urges import Item, checked, may_urge, step_of
from tracker.rules.notices import NoticeKind
from tracker.rules.permissions import Actor, Forbidden
from tracker.rules.words import say

AT_ONCE = 50
"""So many assignments are urged while the sender waits. Letters are quick to word (171 assignments of 18 people took
0.1 s), but everybody else's steps on what is being urged wait meanwhile, and who sends more wants to see how far it is,
and to be able to stop."""

BATCH = 10
"""Assignments sent in one transaction, if they are not one unit's: others wait for it that long."""

HEADS = (say("文号"), say("序号"), say("任务"), say("单位"), say("不催的原因"))


@dataclass(frozen=True)
class Order:
    """What was asked for, in which language; whatever the sender urged since `asked_at` was urged by this order."""

    ids: tuple[int, ...]
    text: str
    subject: str
    attachments: tuple[Attached, ...]
    asked_at: datetime
    language: str

    def stored(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {**asdict(self), "asked_at": self.asked_at.isoformat()}


def restored(stored: Mapping[str, Any]) -> Order:
    """Return what was stored."""
    files = tuple(Attached(**file) for file in stored["attachments"])
    asked_at = datetime.fromisoformat(stored["asked_at"])
    return Order(tuple(stored["ids"]), stored["text"], stored["subject"], files, asked_at, stored["language"])


class LeftOut(tuple[str, ...]):
    """A line of what was not sent: document, number, task, unit, why."""


def batches(actor: Actor, order: Order) -> tuple[list[list[int]], list[LeftOut]]:
    """Return the assignments in batches that part no unit's, and what the person may not urge any more. One query.

    A letter holds all of its reader's assignments, and a reader belongs to one unit.
    """
    statement = (
        select(
            Assignment.id, Assignment.unit_id, Plan.doc_number, Task.number, Task.text, Organization.name.label("unit")
        )
        .join(Task, Task.id == Assignment.task_id)
        .join(Plan, Plan.id == Assignment.plan_id)
        .join(Organization, Organization.id == Assignment.unit_id)
        .where(Assignment.id.in_(checked(order.ids)), visible(actor))
        .order_by(Organization.position, Assignment.unit_id, Assignment.id)
    )
    rows = db.session.execute(statement).all()
    going = [row for row in rows if may_urge(actor, row.unit_id)]
    foreign = say("不能催办本单位自己承办的事项")
    left_out = [LeftOut((row.doc_number, row.number, row.text, row.unit, foreign)) for row in rows if row not in going]
    gone = set(order.ids) - {row.id for row in rows}
    left_out += [LeftOut(("", "", "", "", say("已不在您的权限范围内"))) for _ in gone]
    return list(_gathered(going)), left_out


def _gathered(rows: Sequence[Any]) -> Iterator[list[int]]:
    batch: list[int] = []
    for _, of_unit in groupby(rows, lambda row: row.unit_id):
        batch += [row.id for row in of_unit]
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def send(actor: Actor, at: datetime, batch: Sequence[int], order: Order, base_url: str) -> list[LeftOut]:
    """Send one batch, as far as it was not sent before; return what is left out. The caller commits."""
    try:
        done = urging.urge(
            actor, at, batch, order.text, base_url, order.attachments, order.subject, since=order.asked_at
        )
    except (NoResultFound, Forbidden):  # Since the batches were made, an assignment left the person's scope.
        return [LeftOut(("", "", "", "", say("已不在您的权限范围内"))) for _ in batch]
    return [_line(item) for item in done.left_out]


def _line(item: Item) -> LeftOut:
    why = item.left_out.full if item.left_out else ""
    return LeftOut((item.doc_number, item.number, item.text, item.unit, why))


def as_lines(left_out: Sequence[LeftOut], language: str) -> list[list[str]]:
    """Return what was left out with its head, in a language; nothing where nothing was."""
    with i18n.speaking(language):
        return [[i18n.translate(cell) for cell in line] for line in (HEADS, *left_out)] if left_out else []


def told(actor: Actor, order: Order, stopped: bool = False) -> str:
    """Say how much was sent, by whichever worker. Two queries."""
    own = (Urge.assignment_id.in_(order.ids), Urge.actor_id == actor.id, Urge.at >= order.asked_at)
    found = db.session.scalars(select(Urge.id).where(*own)).all()
    steps = [step_of(id_) for id_ in found]
    letters = select(func.count(Notice.user_id.distinct())).where(
        Notice.assignment_id.in_(order.ids), Notice.kind == NoticeKind.URGE, Notice.step.in_(steps)
    )
    people, items = db.session.scalar(letters) or 0, len(found)
    left = len(order.ids) - items
    if stopped:
        return say(
            "已按要求停下：已向 {people} 人发出催办信，涉及 {items} 项，不再撤回；其余 {left} 项没有催。",
            people=people,
            items=items,
            left=left,
        )
    if left:
        return say(
            "已向 {people} 人发出催办信，涉及 {items} 项；{left} 项未催，原因见表。",
            people=people,
            items=items,
            left=left,
        )
    return say("已向 {people} 人发出催办信，涉及 {items} 项。", people=people, items=items)
