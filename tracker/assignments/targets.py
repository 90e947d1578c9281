"""The quantities that a task names, and what each unit says it has reached of them; the newest word counts."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from tracker.assignments import queries
from tracker.assignments.about import about
from tracker.assignments.models import Assignment, TargetValue
from tracker.audit import operations as audit
from tracker.db import db
from tracker.plans import freezes
from tracker.plans.models import TaskTarget
from tracker.rules.permissions import Actor, Forbidden
from tracker.rules.words import say

LONGEST_NOTE = 300
_AMOUNT = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,2})?")


class TargetRefused(ValueError):
    """A quantity that cannot be stored; the message says how to write it."""


@dataclass(frozen=True)
class Reached:
    """One quantity of a task, and what a unit said of it, the newest word first; met is None where nothing is said."""

    target: TaskTarget
    said: list[TargetValue]

    @property
    def met(self) -> bool | None:
        """Whether the newest amount reaches what is asked; None too where only a frequency is named."""
        if not self.said or self.target.amount is None:
            return None
        return self.said[0].amount >= self.target.amount


def of_task(task_id: int) -> list[TaskTarget]:
    """Return a task's quantities as printed. One query."""
    found = select(TaskTarget).where(TaskTarget.task_id == task_id).order_by(TaskTarget.position)
    return list(db.session.scalars(found))


def of_assignment(assignment_id: int, task_id: int) -> list[Reached]:
    """Return a task's quantities with what one unit said. One query, and a second one where there are any."""
    targets = of_task(task_id)
    if not targets:
        return []
    said: dict[int, list[TargetValue]] = {}
    values = select(TargetValue).where(TargetValue.assignment_id == assignment_id).order_by(TargetValue.id.desc())
    for value in db.session.scalars(values):
        said.setdefault(value.target_id, []).append(value)
    return [Reached(target, said.get(target.id, [])) for target in targets]


def reach(actor: Actor, at: datetime, assignment_id: int, target_id: int, amount: str, note: str) -> TargetValue:
    """Put on record what a unit has reached. Raise Forbidden, MoveRefused or TargetRefused."""
    assignment = db.session.get_one(Assignment, assignment_id, with_for_update=True)
    if not queries.is_handler(actor, assignment.unit_id):
        raise Forbidden(say("只有承办单位的经办人可以办理此事项。"))
    freezes.require_open(assignment.plan_id)
    target = next((one for one in of_task(assignment.task_id) if one.id == target_id), None)
    if target is None:
        raise TargetRefused(say("请选择要填报的目标。"))
    if len(note.strip()) > LONGEST_NOTE:
        raise TargetRefused(say("说明最多 {n} 字，请精简。", n=LONGEST_NOTE))
    kept = TargetValue(
        assignment_id=assignment_id,
        target_id=target_id,
        amount=amount_read(amount),
        note=note.strip(),
        day=at.date(),
        at=at,
        actor_id=actor.id,
        actor_name=actor.name,
    )
    db.session.add(kept)
    detail = f"{target.raw}：{kept.amount} {kept.note}".strip()
    audit.record(actor, at, "reach_target", "assignment", assignment_id, detail, **about(assignment))
    return kept


def amount_read(typed: str) -> Decimal:
    """Read an amount of at most two decimals; raise TargetRefused."""
    plain = typed.strip()
    if not _AMOUNT.fullmatch(plain):
        raise TargetRefused(say("达到的数量应是不小于 0 的数，最多两位小数，例如 2 或 120.5。"))
    return Decimal(plain)
