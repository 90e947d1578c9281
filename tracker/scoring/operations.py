"""Enters deductions, takes and decides appeals, freezes a plan's scores. Nothing here changes a line that stands."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from tracker.assignments.models import Assignment
from tracker.audit import operations as audit
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans import freezes
from tracker.plans.models import Plan
from tracker.rules.permissions import Action, Actor, Forbidden, require
from tracker.rules.scoring import Entry, Line, Outcome
from tracker.rules.status import MoveRefused, RequestState
from tracker.rules.words import say
from tracker.scoring import appeals, ledger, previews, queries, readiness, sheets
from tracker.scoring.models import Appeal, Deduction, Freeze

MAX_REASON = 500
APPEALABLE = frozenset({Outcome.MISSED, Outcome.LATE, Outcome.ENTERED})
"""The lines that cost points and can be objected to."""


class EntryRefused(ValueError):
    """Something entered that cannot be taken as it is; `field` is what to correct."""

    def __init__(self, field: str, message: str) -> None:
        """Keep the field."""
        super().__init__(message)
        self.field = field


class StaleEntries(ValueError):
    """Points were entered for a district that the person did not know of; `entries` are those."""

    def __init__(self, entries: list[Entry]) -> None:
        """Keep them."""
        super().__init__(say("该区已登记了您打开的页面上没有的扣分，这次没有登记。请核对是否重复。"))
        self.entries = entries


@dataclass(frozen=True)
class LineKey:
    """Which line of a score is meant: a task's (by assignment) or an entered one's."""

    assignment_id: int | None = None
    deduction_id: int | None = None


def deduct(
    actor: Actor,
    at: datetime,
    plan: Plan,
    district_id: int,
    points: Decimal,
    reason: str,
    seen_id: int | None = None,
) -> Deduction:
    """Take points off a district from the day of `at` on; raise EntryRefused, MoveRefused, Forbidden.

    With the number of the newest entry that the person saw, raise StaleEntries where there is a newer one: a form that
    is sent twice takes points off once.
    """
    queries.require_district(actor, district_id, Action.DEDUCT)
    freezes.require_open(plan.id)
    queries.standing(plan, at.date(), district_id)
    if seen_id is not None:
        _require_seen(plan, district_id, at.date(), seen_id)
    entry = Deduction(
        plan_id=plan.id,
        district_id=district_id,
        points=points,
        reason=_reason(reason),
        day=at.date(),
        at=at,
        actor_id=actor.id,
        actor_name=actor.name,
    )
    db.session.add(entry)
    db.session.flush()  # its id goes on record
    detail = f"{plan.doc_number} −{points} {entry.reason}"
    audit.record(actor, at, "deduct", "deduction", entry.id, detail, about_unit=district_id)
    return entry


def _require_seen(plan: Plan, district_id: int, day: date, seen_id: int) -> None:
    # Two who enter at once come one after the other; what merely refers to the district need not wait.
    held = select(Organization.id).where(Organization.id == district_id)
    db.session.execute(held.with_for_update(key_share=True))
    entries = ledger.entries(plan.id, day, district_id).get(district_id, [])
    if unseen := [entry for entry in entries if entry.id > seen_id and entry.points > 0]:
        raise StaleEntries(unseen)


def appeal(actor: Actor, at: datetime, plan: Plan, district_id: int, key: LineKey, reason: str) -> Appeal:
    """Object to one line of a district's score that costs points on the day of `at`.

    Raise EntryRefused, MoveRefused (also where the time for it is over), Forbidden.
    """
    queries.require_district(actor, district_id, Action.APPEAL)
    freezes.require_open(plan.id)
    line = _line(queries.explanation(actor, plan, district_id, at.date()).lines, key)
    _require_window(plan, line, at.date())
    _hold(key)
    _require_unasked(key)
    found = Appeal(
        plan_id=plan.id,
        district_id=district_id,
        assignment_id=key.assignment_id,
        deduction_id=key.deduction_id,
        points=-line.points,
        reason=_reason(reason),
        day=at.date(),
        asked_at=at,
        asked_by=actor.name,
    )
    db.session.add(found)
    db.session.flush()  # its id goes on record
    detail = f"{plan.doc_number} {line.reason} {found.reason}"
    audit.record(actor, at, "appeal", "appeal", found.id, detail, about_unit=district_id)
    return found


def _line(lines: list[Line], key: LineKey) -> Line:
    for line in lines:
        of_task = line.fact is not None and line.fact.assignment_id == key.assignment_id
        of_entry = line.entry is not None and line.entry.id == key.deduction_id
        if (of_task or of_entry) and line.outcome in APPEALABLE and line.points < 0:
            return line
    raise EntryRefused("line", say("请选择要提出异议的扣分行：只有正在扣分的行可以提出异议。"))


def _require_window(plan: Plan, line: Line, day: date) -> None:
    found = appeals.window(plan)
    if found is not None and not found.is_open(line, day):
        raise MoveRefused(
            say(
                "评估结果已于 {published:long} 公布，对这一行的异议到 {closed:long} 为止，现在不能再提出。",
                published=found.published_on,
                closed=found.closes_on(line),
            )
        )


def _hold(key: LineKey) -> None:
    """Let two who object to the same line come one after the other."""
    held = (
        select(Assignment.id).where(Assignment.id == key.assignment_id)
        if key.assignment_id
        else select(Deduction.id).where(Deduction.id == key.deduction_id)
    )
    db.session.execute(held.with_for_update())


def _require_unasked(key: LineKey) -> None:
    """Raise MoveRefused where an appeal against the line is undecided or was upheld."""
    state = db.session.scalar(
        select(Appeal.state).where(
            Appeal.state != RequestState.REFUSED,
            Appeal.assignment_id == key.assignment_id if key.assignment_id else Appeal.deduction_id == key.deduction_id,
        )
    )
    if state == RequestState.ASKED:
        raise MoveRefused(say("这一行已经提出过异议，请等待裁定结果。"))
    if state is not None:
        raise MoveRefused(say("对这一行的异议已经裁定成立，不用再提。"))


def decide(actor: Actor, at: datetime, district_id: int, appeal_id: int, granted: bool, answer: str) -> Appeal:
    """Uphold an appeal, which gives the points back from the day of `at` on, or refuse it; both with a reason.

    Raise Forbidden also for whoever made the line or had the last word on the task.
    """
    require(actor, Action.DECIDE_APPEAL)
    found = db.session.get_one(Appeal, appeal_id, with_for_update=True)
    if found.district_id != district_id:
        raise queries.UnknownDistrict(say("没有找到这个区的这条异议。"))
    plan = db.session.get_one(Plan, found.plan_id)
    freezes.require_open(plan.id)
    if found.state != RequestState.ASKED:
        raise MoveRefused(say("这条异议已由{who}裁定，请刷新页面查看。", who=found.decided_by))
    own = appeals.refusals(actor, [found], at.date())
    if own:
        raise Forbidden(own[found.id])
    found.answer, found.decided_at, found.decided_by = _reason(answer, "answer"), at, actor.name
    found.state = RequestState.GRANTED if granted else RequestState.REFUSED
    if granted:
        found.reversal_id = _reversal(actor, at, found)
    detail = f"{found.state} {found.answer}"
    audit.record(actor, at, "decide_appeal", "appeal", found.id, detail, about_unit=district_id)
    return found


def _reversal(actor: Actor, at: datetime, found: Appeal) -> int:
    line = Deduction(
        plan_id=found.plan_id,
        district_id=found.district_id,
        points=-found.points,
        reason=f"异议成立：{found.answer}"[:MAX_REASON],
        day=at.date(),
        at=at,
        actor_id=actor.id,
        actor_name=actor.name,
    )
    db.session.add(line)
    db.session.flush()  # the appeal names the line
    return line.id


def freeze(actor: Actor, at: datetime, plan: Plan, unevaluated: str = "", seen: str | None = None) -> Freeze:
    """Make a plan's scores of the day of `at` final: from then on nothing that moves them is taken.

    `unevaluated` is why this happens before the results of the plan's evaluation; it is kept on the sheet. `seen` is
    the preview the person decided on; raise PreviewChanged where it is another one now.
    """
    require(actor, Action.FREEZE_SCORES)
    freezes.hold(plan.id)
    if freezes.is_frozen(plan.id):
        raise MoveRefused(say("{number} 的得分已经定稿封存，不能再次定稿。", number=plan.doc_number))
    undecided = db.session.scalar(
        select(Appeal.id).where(Appeal.plan_id == plan.id, Appeal.state == RequestState.ASKED).limit(1)
    )
    if undecided is not None:
        raise MoveRefused(say("还有异议没有裁定，不能定稿。请先裁定全部异议。"))
    until = appeals.open_until(plan, at.date())
    if until is not None and at.date() <= until:
        raise MoveRefused(
            say(
                "区局的异议期到 {until:long} 为止，期满之后才能定稿。"
                "评估结果公布以后才扣的分（新登记的扣分、新逾期的任务），异议期从扣分那天起另算。",
                until=until,
            )
        )
    if seen is not None:
        previews.preview(plan, at.date()).require_seen(seen)
    reason = _reason(unevaluated, "unevaluated") if readiness.evaluation_missing(plan, at.date()) else ""
    sheet = sheets.sheet(plan, at.date(), reason)
    found = Freeze(
        plan_id=plan.id, day=at.date(), sheet=sheet, sha256=sheets.digest(sheet), at=at, actor_name=actor.name
    )
    db.session.add(found)
    db.session.flush()  # two at once: the second finds the plan's place taken
    detail = f"{plan.doc_number} sha256 {found.sha256}{f'，未经评估：{reason}' if reason else ''}"
    audit.record(actor, at, "freeze_scores", "plan", plan.id, detail)
    return found


def _reason(text: str, field: str = "reason") -> str:
    reason = text.strip()
    if not reason:
        raise EntryRefused(field, say("请写明理由。"))
    if len(reason) > MAX_REASON:
        raise EntryRefused(
            field, say("理由最多 {most} 个字，现在有 {found} 个，请精简。", most=MAX_REASON, found=len(reason))
        )
    return reason
