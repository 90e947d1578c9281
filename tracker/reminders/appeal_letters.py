"""Letters about objections: to whoever may answer when one is filed or waits, to the district's leads once answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from tracker.db import db
from tracker.people import queries as people
from tracker.people.models import User
from tracker.people.queries import Person, serving
from tracker.plans.models import Plan
from tracker.reminders import queries
from tracker.reminders.digest import shortened
from tracker.reminders.models import ReminderRun
from tracker.reminders.telling import Telling, tell
from tracker.rules.appeals import Clock, due_reminders
from tracker.rules.permissions import Actor, Role
from tracker.rules.status import RequestState
from tracker.rules.words import say
from tracker.scoring import appeals, operations
from tracker.scoring import queries as scores
from tracker.scoring.appeals import Row
from tracker.scoring.models import Appeal
from tracker.scoring.operations import LineKey
from tracker.workdays import queries as workdays

KIND = "appeal"
NOBODY = say("有一项异议现在没有人可以裁定：现有的督办人员都经办过这一行。请增设一个督办人员账号，由新的督办人员裁定。")


@dataclass(frozen=True)
class Sheet:
    """One letter before it is addressed: its subject, its first sentence, its lines; `reason` is for the record."""

    subject: str
    intro: str
    lines: tuple[dict[str, Any], ...]
    reason: str
    day: date
    base_url: str


def file(actor: Actor, at: datetime, plan: Plan, district_id: int, key: LineKey, reason: str, base_url: str) -> Appeal:
    """Object to a line, and write to those who may answer, or else to the administrators. Raise as the objection."""
    found = operations.appeal(actor, at, plan, district_id, key, reason)
    (row,), day = appeals.by_ids([found.id]), at.date()
    clock = appeals.clocks([row], day)[row.id]
    sheet = Sheet(
        say(
            "【异议】{district}对{what}提出异议，应于 {by} 前答复",
            district=row.district,
            what=what(row),
            by=clock.answer_by,
        ),
        say("有一项异议等待裁定。登记这条扣分、审核过这项任务、在评估中认定过它的人不能裁定。")
        if can_be_answered(found, day)
        else NOBODY,
        (_line(row, clock, base_url),),
        f"{row.district}提出异议",
        day,
        base_url,
    )
    persons = people.persons(_accounts(_readers([found], day)[found.id]))
    _queue(f"{KIND}:{found.id}:filed", sheet, persons.values(), at)
    return found


def answer(
    actor: Actor, at: datetime, district_id: int, appeal_id: int, granted: bool, words: str, base_url: str
) -> str:
    """Answer an objection, and write to the district's leads; return the outcome in words. Raise as the answer."""
    found = operations.decide(actor, at, district_id, appeal_id, granted, words)
    db.session.flush()  # the letter is worded from what is on record
    (row,) = appeals.by_ids([found.id])
    outcome = _outcome(found, at.date())
    sheet = Sheet(
        say("【异议】{what}：{outcome}", what=what(row), outcome=outcome),
        say("{who}已裁定贵局的异议：{outcome}。", who=row.decided_by, outcome=outcome),
        (_line(row, None, base_url),),
        f"裁定{row.district}的异议",
        at.date(),
        base_url,
    )
    leads = select(User.account).where(User.unit_id == district_id, User.role == Role.LEAD, serving(at.date()))
    _queue(f"{KIND}:{found.id}:answered", sheet, people.persons(db.session.scalars(leads)).values(), at)
    return outcome


def _outcome(found: Appeal, day: date) -> str:
    if found.state != RequestState.GRANTED:
        return say("异议不成立")
    if scores.gave_back(db.session.get_one(Plan, found.plan_id), found, day):
        return say("异议成立，所扣的分已退回")
    return say("异议成立；这一行现在不扣分，没有分可退")


def remind(day: date, at: datetime, base_url: str) -> int:
    """Queue one letter to each supervisor about what is to be answered tomorrow or was yesterday; return how many.

    Days that nobody worked off since the last letters are made up for; the same day twice adds nothing.
    """
    calendar = workdays.calendar()
    if not queries.goes_out(day, calendar):
        return 0
    since = _since(day)
    waiting = db.session.scalars(select(Appeal).where(Appeal.state == RequestState.ASKED, Appeal.day < day)).all()
    clocks = appeals.clocks(waiting, day)
    due = [
        found
        for found in waiting
        if due_reminders(clocks[found.id].answer_by, max(since, found.day), day, calendar.is_working)
    ]
    if not due:
        return 0
    rows = {row.id: row for row in appeals.by_ids([found.id for found in due])}
    told = _told(due, day)
    persons = people.persons(_accounts(told))
    queued = 0
    for user_id, ids in told.items():
        theirs = sorted(ids, key=lambda id_: (clocks[id_].answer_by, id_))
        reader = [person for person in persons.values() if person.id == user_id]
        queued += _queue(f"{KIND}:{day}", _reminder(theirs, rows, clocks, day, base_url), reader, at)
    return queued


def _reminder(ids: Sequence[int], rows: dict[int, Row], clocks: dict[int, Clock], day: date, base_url: str) -> Sheet:
    first = clocks[ids[0]].answer_by
    return Sheet(
        say("【异议】{n} 项异议待裁定，最早的应于 {by} 前答复", n=len(ids), by=first),
        say("以下异议快到答复期限，或已经超过，还没有裁定。"),
        tuple(_line(rows[id_], clocks[id_], base_url) for id_ in ids),
        f"{len(ids)} 项异议待裁定",
        day,
        base_url,
    )


def _since(day: date) -> date:
    last = db.session.scalar(select(func.max(ReminderRun.day)).where(ReminderRun.day < day))
    return last or day - timedelta(days=1)


# ---- who may answer


def can_be_answered(found: Appeal, day: date) -> bool:
    """Tell whether some supervisor may answer an open objection."""
    return bool(appeals.deciders([found], day)[found.id])


def _readers(found: Sequence[Appeal], day: date) -> dict[int, list[int]]:
    """Return for each objection the supervisors who may answer it; where none may, who can give one an account."""
    free = appeals.deciders(found, day)
    admins = select(User.id).where(User.role == Role.ADMIN, serving(day)).order_by(User.id)
    appoint = [] if all(free.values()) else list(db.session.scalars(admins))
    return {id_: user_ids or appoint for id_, user_ids in free.items()}


def _told(found: Sequence[Appeal], day: date) -> dict[int, list[int]]:
    """Return for each reader the objections to be reminded of."""
    told: dict[int, list[int]] = {}
    for id_, users in _readers(found, day).items():
        for user_id in users:
            told.setdefault(user_id, []).append(id_)
    return told


def _accounts(user_ids: Iterable[int]) -> list[str]:
    return list(db.session.scalars(select(User.account).where(User.id.in_(sorted(user_ids)))))


# ---- the words


def what(row: Row) -> str:
    """Return what an objection is about, in a few words."""
    return say("第{number}项", number=row.number) if row.assignment_id else say("登记的扣分")


def _line(row: Row, clock: Clock | None, base_url: str) -> dict[str, Any]:
    return {
        "what": what(row),
        "text": shortened(row.text),
        "unit": row.district,
        "doc_number": row.doc_number,
        "points": f"{row.points.normalize():f}",
        "reason": row.reason,
        "asked_by": row.asked_by,
        "day": row.day,
        "clock": clock.told if clock else "",
        "answer": row.answer,
        "decided_by": row.decided_by,
        "link": f"{base_url}/scores/{row.district_id}?plan={row.plan_id}#appeals",
    }


def _queue(key: str, sheet: Sheet, persons: Iterable[Person], at: datetime) -> int:
    """Queue a letter to each of the persons, once; return how many were new."""
    context = {"sheet": sheet, "list_link": f"{sheet.base_url}/appeals"}
    return tell(key, Telling(KIND, context, sheet.reason, sheet.day), persons, at)
