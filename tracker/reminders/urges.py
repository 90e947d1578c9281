"""Manual 催办 to look at: what ticked assignments would send now, and how often each was urged."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, func, select
from sqlalchemy.exc import NoResultFound

from tracker.assignments.models import Assignment
from tracker.assignments.queries import EXTENDED, visible
from tracker.db import db
from tracker.outbox.channels import CHANNELS
from tracker.people import queries as people
from tracker.people.models import Organization
from tracker.people.queries import Person
from tracker.plans.models import Plan, Task
from tracker.reminders import pauses, preferences
from tracker.reminders.models import Notice, Urge
from tracker.reminders.pauses import Pause
from tracker.reminders.policy import DEFAULT_POLICY, Policy, policies
from tracker.reminders.preferences import Way
from tracker.reminders.urge_words import UrgeRefused
from tracker.rules.notices import NoticeKind
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action, Actor, Forbidden, Role, may, require
from tracker.rules.status import LIVE, STATUS_TEXT, Status
from tracker.rules.words import say

MAX_ITEMS = 500
LONGEST_LIST = 5000
"""More assignments than this are not listed in a SELECT: drivers limit how many values a statement may carry."""


def channel_text(channel: str) -> str:
    """Return the reader's word for a channel; one that is no longer offered keeps its own name."""
    return CHANNELS[channel].label if channel in CHANNELS else channel


def step_of(urge_id: int) -> str:
    """Return by which step the notices of a 催办 are known."""
    return f"{NoticeKind.URGE}_{urge_id}"


class Count(NamedTuple):
    """How often an assignment was urged, and when and by whom the last time."""

    number: int
    last_at: datetime
    last_by: str


class Reason(NamedTuple):
    """Why nothing goes out: in a few words that sum up, and in a sentence."""

    short: str
    full: str


@dataclass(frozen=True)
class Item:
    """A ticked assignment: its people, or why it is left out."""

    id: int
    number: str
    doc_number: str
    text: str
    unit_id: int
    unit: str
    due_on: date | None
    extensions: int
    original_due_on: date | None
    recipients: tuple[Person, ...]
    urged: Count | None
    reminded_on: date | None
    left_out: Reason | None


@dataclass(frozen=True)
class Recipient:
    """Somebody who gets one letter about so many of the assignments."""

    person: Person
    items: tuple[Item, ...]
    ways: tuple[Way, ...]

    @property
    def channels(self) -> str:
        """The ways in the reader's words."""
        return say("{each}", each=list(dict.fromkeys(channel_text(way.channel) for way in self.ways)))


@dataclass(frozen=True)
class Preview:
    """What a 催办 of the ticked assignments would send on a day."""

    day: date
    going: tuple[Item, ...]
    left_out: tuple[Item, ...]
    recipients: tuple[Recipient, ...]

    @property
    def wording(self) -> str:
        """The template that suits what goes out."""
        if any(len(recipient.items) > 1 for recipient in self.recipients):
            return "summary"
        late = [item.due_on is not None and item.due_on < self.day for item in self.going]
        return "overdue" if late and all(late) else "plain"


# ---- what would be sent


def may_urge(actor: Actor, unit_id: int) -> bool:
    """Tell whether the person may urge what a unit owes, within their scope: nobody but a supervisor their own."""
    return may(actor, Action.URGE) and (actor.role is Role.SUPERVISOR or unit_id != actor.unit_id)


def preview(actor: Actor, at: datetime, ids: Collection[int]) -> Preview:
    """Return what would be sent now. Raise UrgeRefused for none or too many, Forbidden for those of one's own unit.

    A foreign assignment answers like a missing one: NoResultFound. A fixed number of queries.
    """
    require(actor, Action.URGE)
    items = _items(actor, at, checked(ids))
    going = tuple(item for item in items if item.left_out is None)
    return Preview(at.date(), going, tuple(item for item in items if item.left_out), _recipients(going))


def checked(ids: Collection[int]) -> list[int]:
    """Return the ids once each and in order; raise UrgeRefused for none or too many."""
    wanted = sorted(set(ids))
    if not wanted:
        raise UrgeRefused(say("请先勾选要催办的事项。"))
    if len(wanted) > MAX_ITEMS:
        raise UrgeRefused(
            say("一次最多催办 {max_items} 项，您选了 {n} 项。请筛选后分批催办。", max_items=MAX_ITEMS, n=len(wanted))
        )
    return wanted


@dataclass(frozen=True)
class _Facts:
    """What decides about each of the ticked assignments, asked for all at once."""

    at: datetime
    handlers: dict[int, list[Person]]
    urged: dict[int, Count]
    paused: dict[int, Pause]
    policies: dict[int, Policy]
    reminded: dict[int, date]


def _items(actor: Actor, at: datetime, ids: list[int]) -> list[Item]:
    rows = _rows(actor, ids)
    day = at.date()
    facts = _Facts(
        at,
        people.handlers({row.unit_id for row in rows}, day),
        counts(ids),
        pauses.standing_of(ids, day),
        policies(),
        _reminded(ids),
    )
    return [_item(row, facts) for row in rows]


def _rows(actor: Actor, ids: list[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    columns = (Assignment.plan_id, Assignment.level, Organization.phone, Plan.offices_report)
    order = (Assignment.due_on, Plan.id, Task.position, Assignment.id)
    return ticked(actor, ids, columns, order, say("不能催办本单位自己承办的事项：由市局督办人员或审核处室催办。"))


def ticked(
    actor: Actor, ids: list[int], columns: Iterable[Any], order: Iterable[Any], own: str
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the ticked assignments with task, plan and unit, and further `columns`; `own` refuses one's own unit's.

    Raise NoResultFound for a foreign one or one that is missing, and Forbidden. One query.
    """
    statement = (
        select(
            *(Assignment.id, Assignment.unit_id, Assignment.status, Assignment.due_on),
            *(EXTENDED.label("extensions"), Assignment.original_due_on),
            *(Organization.name.label("unit"), Task.number, Task.text, Plan.doc_number),
            *columns,
        )
        .join(Task, Task.id == Assignment.task_id)
        .join(Plan, Plan.id == Assignment.plan_id)
        .join(Organization, Organization.id == Assignment.unit_id)
        .where(Assignment.id.in_(ids), visible(actor))
        .order_by(*order)
    )
    rows = db.session.execute(statement).all()
    if len(rows) != len(ids):
        raise NoResultFound
    if not all(may_urge(actor, row.unit_id) for row in rows):
        raise Forbidden(own)
    return rows


def _reminded(ids: list[int]) -> dict[int, date]:
    """Return for each assignment the day of its last notice that went out by itself. One query."""
    statement = (
        select(Notice.assignment_id, func.max(Notice.day))
        .where(Notice.assignment_id.in_(ids), Notice.kind != NoticeKind.URGE)
        .group_by(Notice.assignment_id)
    )
    return dict(db.session.execute(statement).all())


def _item(row: Row[*tuple[Any, ...]], facts: _Facts) -> Item:
    return Item(
        row.id,
        row.number,
        row.doc_number,
        row.text,
        row.unit_id,
        row.unit,
        row.due_on,
        row.extensions,
        row.original_due_on,
        tuple(facts.handlers.get(row.unit_id, ())),
        facts.urged.get(row.id),
        facts.reminded.get(row.id),
        _silent(row) or _paused(row, facts) or _cooling(row, facts) or _nobody(row, facts),
    )


def _silent(row: Row[*tuple[Any, ...]]) -> Reason | None:
    status = Status(row.status)
    if status not in LIVE:
        return Reason(say("已不再办理"), say("{status}，不用再催。", status=STATUS_TEXT[status]))
    if status is Status.UNDER_REVIEW:
        return Reason(say("已提交待审核"), say("承办单位已申请办结，正等待审核，下一步不在承办单位。"))
    if row.level == OrganizationKind.JUSTICE_OFFICE and not row.offices_report:
        return Reason(say("不要求司法所填报"), say("本方案设定为不要求司法所填报。"))
    return None


def _paused(row: Row[*tuple[Any, ...]], facts: _Facts) -> Reason | None:
    pause = facts.paused.get(row.id)
    return (
        Reason(
            say("已暂停提醒"),
            say(
                "{by}已暂停提醒，{until_day} 恢复：{reason}",
                by=pause.by,
                until_day=pause.until_day,
                reason=pause.reason,
            ),
        )
        if pause
        else None
    )


def _cooling(row: Row[*tuple[Any, ...]], facts: _Facts) -> Reason | None:
    urged = facts.urged.get(row.id)
    hours = facts.policies.get(row.plan_id, DEFAULT_POLICY).notices.urge_hours
    if urged is None or facts.at - urged.last_at >= timedelta(hours=hours):
        return None
    # The letter is for people of one zone: the moment's own.
    last = urged.last_at.astimezone(facts.at.tzinfo)
    again = last + timedelta(hours=hours)
    return Reason(
        say("{hours} 小时内已催办", hours=hours),
        say(
            "{last_by}已于 {last:%m-%d %H:%M} 催办，{again:%m-%d %H:%M} 以后可以再催。",
            last_by=urged.last_by,
            last=last,
            again=again,
        ),
    )


def _nobody(row: Row[*tuple[Any, ...]], facts: _Facts) -> Reason | None:
    if row.unit_id in facts.handlers:
        return None
    call = (
        say("{unit}没有在用的经办人账号。请致电 {phone}，并请系统管理员补上经办人。", unit=row.unit, phone=row.phone)
        if row.phone
        else say("{unit}没有在用的经办人账号，也没有登记电话。请系统管理员补上经办人和电话。", unit=row.unit)
    )
    return Reason(say("没有可收信的人"), call)


def _recipients(going: Iterable[Item]) -> tuple[Recipient, ...]:
    """Gather what each person is urged about, in the order of the assignments."""
    found: dict[Person, list[Item]] = {}
    for item in going:
        for person in item.recipients:
            found.setdefault(person, []).append(item)
    ways = preferences.channels_of([person.id for person in found])
    return tuple(Recipient(person, tuple(items), tuple(ways[person.id])) for person, items in found.items())


# ---- what was sent


def counts(assignment_ids: Collection[int], day: date | None = None) -> dict[int, Count]:
    """Return how often assignments were urged, on no day after `day`; never urged ones are absent. One query."""
    if not assignment_ids:
        return {}
    sums = select(Urge.assignment_id, func.count().label("number"), func.max(Urge.id).label("last")).group_by(
        Urge.assignment_id
    )
    if len(assignment_ids) <= LONGEST_LIST:
        sums = sums.where(Urge.assignment_id.in_(sorted(set(assignment_ids))))
    summed = (sums if day is None else sums.where(Urge.day <= day)).subquery()
    rows = db.session.execute(
        select(Urge.assignment_id, summed.c.number, Urge.at, Urge.actor_name).join(summed, summed.c.last == Urge.id)
    )
    return {id_: Count(number, at, by) for id_, number, at, by in rows}


def of(assignment_id: int) -> list[Urge]:
    """Return every 催办 of an assignment, the newest first."""
    return list(db.session.scalars(select(Urge).where(Urge.assignment_id == assignment_id).order_by(Urge.id.desc())))
