"""A unit's objections to what was recorded of it: by when answered, by whom not, upheld or refused, and their list."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, select

from tracker.appraisal import entries, queries
from tracker.appraisal.entries import EntryRefused
from tracker.appraisal.models import Appraisal, AppraisalAppeal, AppraisalEntry, AppraisalUnit
from tracker.appraisal.queries import UnknownAppraisal
from tracker.db import db
from tracker.people.models import User
from tracker.people.queries import serving
from tracker.rules import appeals as rules
from tracker.rules.appeals import Clock
from tracker.rules.appraisal.steps import Part, Stage
from tracker.rules.permissions import Action, Actor, Forbidden, holders, require
from tracker.rules.score_terms import ANSWER_DAYS
from tracker.rules.status import MoveRefused, RequestState
from tracker.rules.words import say
from tracker.workdays import queries as workdays

LONGEST = 500


def open_count(appraisal_id: int) -> int:
    """Return how many objections of a year wait for their answer, whoever asks. One query."""
    return db.session.scalar(_counted(appraisal_id).where(AppraisalAppeal.state == RequestState.ASKED)) or 0


def _counted(appraisal_id: int) -> Select[int]:
    return (
        select(func.count(AppraisalAppeal.id))
        .join(AppraisalEntry, AppraisalEntry.id == AppraisalAppeal.entry_id)
        .join(AppraisalUnit, AppraisalUnit.id == AppraisalEntry.appraisal_unit_id)
        .where(AppraisalUnit.appraisal_id == appraisal_id)
    )


# ---- objecting


def appeal(actor: Actor, at: datetime, appraisal_id: int, entry_id: int, reason: str) -> AppraisalAppeal:
    """Object to an entry of one's own unit; raise EntryRefused, MoveRefused, Forbidden, UnknownAppraisal."""
    found = entries.locked(actor, appraisal_id)
    row, unit = entries.entry_of(found, entry_id)
    entries.require_own(actor, unit)
    if refused := why_not(found, row):
        raise MoveRefused(refused)
    asked = AppraisalAppeal(
        entry_id=row.id, reason=_words("reason", reason), day=at.date(), asked_at=at, asked_by=actor.name
    )
    db.session.add(asked)
    db.session.flush()  # its number goes on record
    entries.put_on_record(actor, at, "appeal_appraisal", unit, f"{row.code} #{row.id}；{asked.reason}")
    return asked


def why_not(found: Appraisal, row: AppraisalEntry) -> str:
    """Return why an entry cannot be objected to now; an empty text where it can. Two queries."""
    if found.stage == Stage.COMPILED:
        return say("考评已经汇总，不能再提出异议。领导小组退回汇总之后才可以再提。")
    if found.stage != Stage.OPEN:
        return say("考评结果已经审定，不能再提出异议。登记有误的，请领导小组重新审定。")
    if db.session.scalar(_reversals(row.id)) is not None:
        return say("这条登记已经撤销，不用再提异议。")
    state = db.session.scalar(
        select(AppraisalAppeal.state).where(
            AppraisalAppeal.entry_id == row.id, AppraisalAppeal.state != RequestState.REFUSED
        )
    )
    if state is None:
        return ""
    if state == RequestState.ASKED:
        return say("对这条登记已经提出过异议，请等待裁定。")
    return say("对这条登记的异议已经裁定成立，不用再提。")


def _reversals(entry_id: int) -> Select[int]:
    return select(AppraisalEntry.id).where(AppraisalEntry.reverses_id == entry_id)


def _words(field: str, text: str) -> str:
    text = text.strip()
    if not text:
        raise EntryRefused({field: say("请写明理由。")})
    if len(text) > LONGEST:
        raise EntryRefused({field: say("最多 {most} 字，现有 {found} 字，请精简。", most=LONGEST, found=len(text))})
    return text


# ---- deciding


def decide(
    actor: Actor, at: datetime, appraisal_id: int, appeal_id: int, granted: bool, answer: str
) -> AppraisalAppeal:
    """Uphold an objection, which takes the entry's effect back, or refuse it; both with a reason.

    Raise Forbidden also for whoever recorded the entry; EntryRefused, MoveRefused, UnknownAppraisal.
    """
    require(actor, Action.DECIDE_APPRAISAL)
    found = entries.locked(actor, appraisal_id)
    asked, row, unit = _rows(found, appeal_id)
    if queries.part_of(actor, found) is not Part.LEADING:
        raise Forbidden(say("异议由考评领导小组裁定。"))
    entries.require_stage(found, Stage.OPEN)
    if asked.state != RequestState.ASKED:
        raise MoveRefused(say("这条异议已由{who}裁定，请刷新页面查看。", who=asked.decided_by))
    if refused := refusal(actor, found, row, at.date()):
        raise Forbidden(refused)
    asked.answer, asked.decided_at, asked.decided_by = _words("answer", answer), at, actor.name
    asked.state = RequestState.GRANTED if granted else RequestState.REFUSED
    if granted and db.session.scalar(_reversals(row.id)) is None:
        entries.add_reversal(actor, at, row, unit, f"异议成立：{asked.answer}"[:LONGEST])
    told = "成立" if granted else "不成立"
    entries.put_on_record(actor, at, "decide_appraisal_appeal", unit, f"{row.code} #{row.id}：{told}；{asked.answer}")
    return asked


def _rows(found: Appraisal, appeal_id: int) -> tuple[AppraisalAppeal, AppraisalEntry, AppraisalUnit]:
    rows = db.session.execute(
        select(AppraisalAppeal, AppraisalEntry, AppraisalUnit)
        .join(AppraisalEntry, AppraisalEntry.id == AppraisalAppeal.entry_id)
        .join(AppraisalUnit, AppraisalUnit.id == AppraisalEntry.appraisal_unit_id)
        .where(AppraisalAppeal.id == appeal_id, AppraisalUnit.appraisal_id == found.id)
    ).one_or_none()
    if rows is None:
        raise UnknownAppraisal(say("没有找到这条异议，或者您看不到它。"))
    return rows[0], rows[1], rows[2]


def refusal(actor: Actor, found: Appraisal, row: AppraisalEntry, day: date) -> str:
    """Return why a person of the leading group must not answer an objection, with who may; else an empty text."""
    if actor.id is None or row.actor_id != actor.id:
        return ""
    may_decide = select(User.name).where(
        User.unit_id == found.issuer_id,
        User.role.in_(sorted(holders(Action.DECIDE_APPRAISAL))),
        User.id != actor.id,
        serving(day),
    )
    others = list(db.session.scalars(may_decide.order_by(User.id)))
    if others:
        return say("您登记了这一条，这条异议须由他人裁定。可以裁定的人：{others}。", others=others)
    return say(
        "您登记了这一条，这条异议须由他人裁定。现在没有其他人可以裁定，请系统管理员为本局增设一个领导小组成员的账号。"
    )


# ---- the clock, the list


def clock_of(asked_on: date, day: date) -> Clock:
    """Return how long there is still time to answer what was asked on a day. Two queries."""
    return next(iter(_clocks([asked_on], day).values()))


def _clocks(days: Iterable[date], day: date) -> dict[date, Clock]:
    asked = set(days)
    if not asked:
        return {}
    is_working = workdays.calendar().is_working
    return {each: rules.clock_on(rules.answer_by(each, ANSWER_DAYS, is_working), day, is_working) for each in asked}


class Line(NamedTuple):
    """An objection in the list: what it is about, and what became of it; `clock` while it is open."""

    id: int
    unit_id: int
    unit: str
    entry_id: int
    code: str
    note: str
    number: int
    points: Decimal | None
    recorder_id: int | None
    reason: str
    day: date
    asked_by: str
    state: str
    answer: str
    decided_by: str
    decided_at: datetime | None


def _seen(actor: Actor, found: Appraisal) -> list[ColumnElement[bool]]:
    """Say which objections a person sees: all, or those of their own unit."""
    if queries.part_of(actor, found) in (Part.LEADING, Part.COMPILER):
        return []
    return [AppraisalUnit.unit_id == actor.unit_id]


def counts(actor: Actor, found: Appraisal) -> dict[RequestState, int]:
    """Return how many objections that a person sees stand in each state. One query."""
    wanted = _counted(found.id).where(*_seen(actor, found)).add_columns(AppraisalAppeal.state)
    numbers = {
        RequestState(state): number for number, state in db.session.execute(wanted.group_by(AppraisalAppeal.state))
    }
    return {state: numbers.get(state, 0) for state in RequestState}


def listed(
    actor: Actor, found: Appraisal, state: RequestState, day: date, limit: int, offset: int = 0
) -> list[tuple[Line, Clock | None]]:
    """Return objections that a person sees: open ones the oldest first, decided ones the latest. Three queries."""
    of_entry, of_unit = AppraisalEntry, AppraisalUnit
    asked = AppraisalAppeal
    order = asked.id.asc() if state is RequestState.ASKED else asked.decided_at.desc()
    wanted = (
        select(asked.id, of_unit.id, of_unit.name, of_entry.id, of_entry.code, of_entry.note, of_entry.count)
        .add_columns(of_entry.points, of_entry.actor_id, asked.reason, asked.day, asked.asked_by, asked.state)
        .add_columns(asked.answer, asked.decided_by, asked.decided_at)
        .join(of_entry, of_entry.id == asked.entry_id)
        .join(of_unit, of_unit.id == of_entry.appraisal_unit_id)
        .where(of_unit.appraisal_id == found.id, asked.state == state, *_seen(actor, found))
        .order_by(order, asked.id.desc())
    )
    rows = [Line(*row) for row in db.session.execute(wanted.limit(limit).offset(offset))]
    clocks = _clocks((row.day for row in rows if state is RequestState.ASKED), day)
    return [(row, clocks.get(row.day)) for row in rows]


def entry_of(actor: Actor, found: Appraisal, appeal_id: int) -> tuple[AppraisalAppeal, AppraisalEntry, AppraisalUnit]:
    """Return an objection that a person sees, with its entry and unit; raise UnknownAppraisal. One query."""
    asked, row, unit = _rows(found, appeal_id)
    if queries.part_of(actor, found) not in (Part.LEADING, Part.COMPILER) and unit.unit_id != actor.unit_id:
        raise UnknownAppraisal(say("没有找到这条异议，或者您看不到它。"))
    return asked, row, unit
