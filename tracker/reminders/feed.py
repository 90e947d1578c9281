"""Each person's calendar feed: its secret address, whose it is, and the due days that stand in it."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from icalendar import Alarm, Calendar, Event, vDuration
from sqlalchemy import Select, delete, or_, select, update

from tracker.assignments.models import Assignment
from tracker.assignments.queries import state_at
from tracker.assignments.state import State
from tracker.audit import operations as audit
from tracker.db import db, insert_once
from tracker.i18n import translate
from tracker.people import queries as people
from tracker.people.models import User
from tracker.plans.models import Plan, PlanState, Task
from tracker.reminders.models import CalendarFeed
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action, Actor, Role, may, require
from tracker.rules.words import say

SHORT = 40
"""Characters of a task's text in an event's title."""

ASKED_AGAIN = timedelta(hours=12)
"""How often calendars should fetch the feed."""

ALARM = timedelta(days=-7, hours=9)
"""Nine in the morning, seven days before: an all-day event begins at midnight, when nobody wants to be woken."""

OVERSEERS = frozenset({Role.SUPERVISOR, Role.LEADER, Role.ADMIN})
"""Who owes nothing, and therefore sees each task of the plans once."""


# ---- the address


def create_feed(actor: Actor, at: datetime) -> str:
    """Give a person a new secret for their feed and return it; the one before is worth nothing from now on.

    Only its hash is stored, so that it can be shown this once.
    """
    require(actor, Action.OWN_LETTERS)
    token = secrets.token_urlsafe(32)
    values = {"token_hash": _hash(token), "created_at": at}
    if not insert_once(CalendarFeed, {"user_id": actor.id, **values}):
        db.session.execute(update(CalendarFeed).where(CalendarFeed.user_id == actor.id).values(**values))
    audit.record(actor, at, "create_feed", "user", actor.id)
    return token


def revoke_feed(actor: Actor, at: datetime) -> bool:
    """Let a person's feed exist no longer; tell whether there was one."""
    require(actor, Action.OWN_LETTERS)
    gone = db.session.execute(delete(CalendarFeed).where(CalendarFeed.user_id == actor.id))
    if not gone.rowcount:  # type: ignore[attr-defined]
        return False
    audit.record(actor, at, "revoke_feed", "user", actor.id)
    return True


def has_feed(user_id: int) -> bool:
    """Tell whether a person has a feed. One query."""
    return db.session.scalar(select(CalendarFeed.user_id).where(CalendarFeed.user_id == user_id)) is not None


class Owner(NamedTuple):
    """Whose feed it is, and the language of the account."""

    actor: Actor
    language: str


def feed_owner(token: str, day: date) -> Owner | None:
    """Return whose feed a secret opens on a day; None for a wrong one and for whoever may no longer come in."""
    row = db.session.execute(
        select(User.id, User.session_version, User.language)
        .join(CalendarFeed, CalendarFeed.user_id == User.id)
        .where(CalendarFeed.token_hash == _hash(token))
    ).one_or_none()
    actor = None if row is None else people.session_actor(row.id, row.session_version, day)
    return None if row is None or actor is None else Owner(actor, row.language)


def _hash(token: str) -> str:
    # The secret has 256 random bits: a slow hash, made for passwords that people invent, would add nothing.
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


# ---- what stands in it


@dataclass(frozen=True)
class DueDay:
    """The due day of an assignment or, for those who owe nothing, of a task."""

    kind: str
    id: int
    number: str
    text: str
    due_on: date
    issued_on: date
    plan: str

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/{self.kind}s/{self.id}"


def due_days(actor: Actor, day: date) -> list[DueDay]:
    """Return the due days of what is still owed on `day`: a person's own unit's, or every task's. Two queries."""
    state = state_at(day)
    if not may(actor, Action.VIEW_PLANS):
        return []
    if actor.role in OVERSEERS:
        return [DueDay("task", *row) for row in db.session.execute(_tasks(state))]
    # A district's lead answers for the bureau itself; its 司法所 have feeds of their own.
    unit_id = actor.district_id if actor.role is Role.LEAD else actor.unit_id
    return [DueDay("assignment", *row) for row in db.session.execute(_assignments(state, unit_id))]


def _assignments(state: State, unit_id: int | None) -> Select[*tuple[Any, ...]]:
    statement = (
        select(
            Assignment.id,
            Task.number,
            Task.text,
            Assignment.due_on,
            Assignment.issued_on,
            Plan.doc_number,
        )
        .select_from(Assignment)
        .join(Task, Task.id == Assignment.task_id)
        .join(Plan, Plan.id == Assignment.plan_id)
        .where(
            Plan.state == PlanState.PUBLISHED,
            Assignment.unit_id == unit_id,
            Assignment.due_on.is_not(None),
            or_(Assignment.level != OrganizationKind.JUSTICE_OFFICE, Plan.offices_report),
            state.live,
        )
        .order_by(Assignment.due_on, Assignment.id)
    )
    return state.apply(statement)


def _tasks(state: State) -> Select[*tuple[Any, ...]]:
    owed = state.apply(
        select(Assignment.id)
        .where(
            Assignment.task_id == Task.id,
            or_(Assignment.level != OrganizationKind.JUSTICE_OFFICE, Plan.offices_report),
            state.live,
        )
        .correlate(Task, Plan)
    )
    return (
        select(Task.id, Task.number, Task.text, Task.due_on, Plan.issued_on, Plan.doc_number)
        .join(Plan, Plan.id == Task.plan_id)
        .where(Plan.state == PlanState.PUBLISHED, Task.due_on.is_not(None), owed.exists())
        .order_by(Task.due_on, Task.id)
    )


def ics(name: str, found: list[DueDay], base_url: str) -> bytes:
    """Return due days as an iCalendar file in the language spoken now; of the same due days always the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//tracker//duban//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", translate(name))
    calendar.add("refresh-interval", ASKED_AGAIN, parameters={"VALUE": "DURATION"})
    # The same for Outlook.
    calendar.add("x-published-ttl", vDuration(ASKED_AGAIN))
    host = urlsplit(base_url).hostname or "localhost"
    for due in found:
        calendar.add_component(_event(due, base_url, host))
    content: bytes = calendar.to_ical()
    return content


def _event(due: DueDay, base_url: str, host: str) -> Event:
    text = " ".join(due.text.split())
    short = text if len(text) <= SHORT else f"{text[:SHORT]}…"
    title = say("【督办】第{number}项 {text}（截至{day:short}）", number=due.number, text=short, day=due.due_on)
    link = f"{base_url}{due.path}"
    source = say("依据：{plan} 第{number}项", plan=due.plan, number=due.number)
    where = say("办理和查看：{link}", link=link)
    event = Event()
    event.add("uid", f"{due.kind}-{due.id}-{due.due_on:%Y%m%d}@{host}")
    # The day of issue and not the moment of asking: what did not change looks unchanged.
    event.add("dtstamp", datetime.combine(due.issued_on, time(), UTC))
    event.add("dtstart", due.due_on)
    event.add("summary", translate(title))
    event.add("description", f"{text}\n\n{translate(source)}\n{translate(where)}")
    event.add("url", link)
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", translate(say("还有 7 天到期：{title}", title=title)))
    alarm.add("trigger", ALARM)
    event.add_component(alarm)
    return event
