"""Pauses of an assignment's reminders: a supervisor's word, with its reason and its end; no score knows of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, exists, func, select, update

from tracker.assignments.about import about
from tracker.assignments.models import Assignment
from tracker.audit import operations as audit
from tracker.db import db
from tracker.reminders.models import ReminderPause
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.status import LIVE, STATUS_TEXT, Status
from tracker.rules.words import say

MAX_DAYS = 180
MAX_REASON = 500


class PauseRefused(ValueError):
    """A pause that is not taken; the message is for the person who asked, `field` the part of the form to mend."""

    def __init__(self, message: str, field: str = "") -> None:
        """Keep both."""
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Pause:
    """One pause: silent from `first_day` on, reminded again from `until_day` on."""

    first_day: date
    until_day: date
    reason: str
    at: datetime
    by: str


def is_paused(day: date | BindParameter[Any]) -> ColumnElement[bool]:
    """Return the condition that an assignment is not reminded of on a day; for a SELECT that holds Assignment."""
    return exists().where(ReminderPause.assignment_id == Assignment.id, *_standing(day))


def resumed_on(day: date) -> ScalarSelect[Any]:
    """Return the last day, up to `day`, on which an assignment's pause ended; for a SELECT that holds Assignment."""
    return (
        select(func.max(ReminderPause.until_day))
        .where(ReminderPause.assignment_id == Assignment.id, ReminderPause.until_day <= day)
        .correlate(Assignment)
        .scalar_subquery()
    )


def _standing(day: date | BindParameter[Any]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ReminderPause.first_day <= day, ReminderPause.until_day > day


def of(assignment_id: int) -> list[Pause]:
    """Return every pause of an assignment, the newest first."""
    rows = db.session.scalars(
        select(ReminderPause).where(ReminderPause.assignment_id == assignment_id).order_by(ReminderPause.id.desc())
    )
    return [_pause(row) for row in rows]


def _pause(row: ReminderPause) -> Pause:
    return Pause(row.first_day, row.until_day, row.reason, row.at, row.actor_name)


def standing_of(assignment_ids: Collection[int], day: date) -> dict[int, Pause]:
    """Return of each assignment the pause that stands on a day; those without one are absent. One query."""
    rows = db.session.scalars(
        select(ReminderPause)
        .where(ReminderPause.assignment_id.in_(sorted(assignment_ids)), *_standing(day))
        .order_by(ReminderPause.id)
    )
    return {row.assignment_id: _pause(row) for row in rows}


def standing(found: list[Pause], day: date) -> Pause | None:
    """Return of an assignment's pauses the one that stands on a day."""
    return next((pause for pause in found if pause.first_day <= day < pause.until_day), None)


def pause(actor: Actor, at: datetime, assignment_id: int, until_day: date, reason: str) -> None:
    """Pause an assignment's reminders from today until a day, on which they begin again; a standing pause ends.

    Raise PauseRefused for a day or a reason that will not do, and where nothing would be reminded of anyway.
    """
    require(actor, Action.PAUSE_REMINDERS)
    assignment = db.session.get_one(Assignment, assignment_id, with_for_update=True)
    day, reason = at.date(), reason.strip()
    if assignment.status not in LIVE:
        raise PauseRefused(
            say("该事项{status}，本来就不再提醒，不用暂停。", status=STATUS_TEXT[Status(assignment.status)])
        )
    if not day < until_day <= day + timedelta(days=MAX_DAYS):
        last = day + timedelta(days=MAX_DAYS)
        raise PauseRefused(
            say("恢复提醒的日期应在明天到 {last} 之间：一次最多暂停 {max_days} 天。", last=last, max_days=MAX_DAYS),
            "until",
        )
    if not reason or len(reason) > MAX_REASON:
        raise PauseRefused(say("请写明暂停的理由，最多 {max_reason} 字。", max_reason=MAX_REASON), "why")
    _end(assignment_id, day)
    row = {"first_day": day, "until_day": until_day, "reason": reason, "at": at}
    db.session.add(ReminderPause(assignment_id=assignment_id, actor_id=actor.id, actor_name=actor.name, **row))
    audit.record(
        actor, at, "pause_reminders", "assignment", assignment_id, f"{day}/{until_day} {reason}", **about(assignment)
    )


def resume(actor: Actor, at: datetime, assignment_id: int) -> bool:
    """End the standing pause today; tell whether there was one."""
    require(actor, Action.PAUSE_REMINDERS)
    assignment = db.session.get_one(Assignment, assignment_id, with_for_update=True)
    if not _end(assignment_id, at.date()):
        return False
    audit.record(actor, at, "resume_reminders", "assignment", assignment_id, **about(assignment))
    return True


def _end(assignment_id: int, day: date) -> bool:
    ended = (
        update(ReminderPause).where(ReminderPause.assignment_id == assignment_id, *_standing(day)).values(until_day=day)
    )
    return bool(db.session.execute(ended).rowcount)  # type: ignore[attr-defined]
