"""A district's own evaluation (R1-06): written by its clerks, handed in by its lead, late or in time."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from tracker import text
from tracker.audit import operations as audit
from tracker.db import db, insert_once
from tracker.plans import freezes
from tracker.plans.models import Plan
from tracker.rules.evaluation import Stage
from tracker.rules.permissions import Action, Actor
from tracker.rules.score_terms import Procedure
from tracker.rules.status import MoveRefused
from tracker.rules.words import say
from tracker.scoring import evaluation_queries as queries
from tracker.scoring import terms, verdicts
from tracker.scoring.evaluation_queries import District, mark
from tracker.scoring.models import SelfEvaluation
from tracker.scoring.queries import UnknownDistrict, require_district
from tracker.scoring.verdicts import RowsChanged, RowsRefused, Said


@dataclass(frozen=True)
class Written:
    """A form as somebody sent it: the summary, the token of the one it was opened with, and the rows."""

    summary: str
    seen: str
    rows: dict[int, Said]


def save(actor: Actor, at: datetime, plan: Plan, district_id: int, written: Written, rest: bool = False) -> None:
    """Keep what a district writes; with `rest` all tasks of which nothing was said yet as the record says.

    Raise RowsRefused, RowsChanged, TextRefused, MoveRefused, UnknownDistrict; then nothing is kept.
    """
    require_district(actor, district_id, Action.SELF_EVALUATE)
    held, found = _held(plan, district_id, at)
    told = _keep(actor, at, held, found, written, strict=False)
    if rest:
        by_record = verdicts.by_record(_now(plan, district_id, at).items, Stage.SELF)
        verdicts.keep(actor, at, Stage.SELF, plan.id, by_record)
        told.append(f"其余 {len(by_record)} 项按记录填写")
    if told:
        audit.record(actor, at, "save_self_evaluation", "plan", plan.id, "；".join(told), about_unit=district_id)


def submit(actor: Actor, at: datetime, plan: Plan, district_id: int, written: Written) -> None:
    """Keep what the form says and hand it in; the lead signs what was seen, so nothing may have changed since.

    Raise as `save` does; what is missing is refused like what is wrong.
    """
    require_district(actor, district_id, Action.SUBMIT_SELF_EVALUATION)
    held, found = _held(plan, district_id, at)
    told = _keep(actor, at, held, found, written, strict=True)
    missing = [item.assignment_id for item in _now(plan, district_id, at).items if item.own.verdict is None]
    if missing or not held.summary:
        problem = ("verdict", say("还没有填写自评，填写完再上报。"))
        raise RowsRefused(dict.fromkeys(missing, problem), "" if held.summary else say("请写自评小结。"))
    held.submitted_on, held.submitted_at, held.submitted_by = at.date(), at, actor.name
    db.session.flush()  # a lost race shows here, not at commit
    detail = "；".join((plan.doc_number, *told))
    audit.record(actor, at, "submit_self_evaluation", "plan", plan.id, detail, about_unit=district_id)


def recall(actor: Actor, at: datetime, plan: Plan, district_id: int) -> None:
    """Take back what was handed in, until the city has begun its evaluation; raise MoveRefused."""
    require_district(actor, district_id, Action.SUBMIT_SELF_EVALUATION)
    freezes.require_open(plan.id)
    held = _row(plan.id, district_id)
    if held is None or held.submitted_on is None:
        raise MoveRefused(say("自评还没有上报，不用撤回。"))
    if queries.evaluation(plan.id) is not None:
        raise MoveRefused(say("市局已经开始评估，自评不能再撤回。需要补充的，请联系市局督办人员。"))
    held.submitted_on, held.submitted_at, held.submitted_by = None, None, ""
    db.session.flush()  # a lost race shows here, not at commit
    audit.record(actor, at, "recall_self_evaluation", "plan", plan.id, plan.doc_number, about_unit=district_id)


def why_closed(procedure: Procedure, submitted_on: date | None, published_on: date | None, day: date) -> str:
    """Say why nothing can be written on a day; an empty string where it can, also when it is late."""
    begins = queries.begins_on(procedure)
    if begins is None:
        return say("本方案没有设定自评时间，不用填写自评。")
    if submitted_on is not None:
        return say("自评已于 {day:long} 上报，不能再改。", day=submitted_on)
    if published_on is not None:
        return say("评估结果已于 {day:long} 公布，自评不能再填。", day=published_on)
    return say("自评从 {day:long} 起填写。", day=begins) if day < begins else ""


def _held(plan: Plan, district_id: int, at: datetime) -> tuple[SelfEvaluation, District]:
    """Hold the district's own evaluation until the caller has committed, and return it with its tasks."""
    freezes.require_open(plan.id)
    insert_once(SelfEvaluation, {"plan_id": plan.id, "district_id": district_id})
    held = _row(plan.id, district_id)
    if held is None:
        raise UnknownDistrict(say("没有找到本区的自评。"))
    found, done = queries.evaluation(plan.id), terms.at(plan, at.date()).procedure
    closed = why_closed(done, held.submitted_on, found.published_on if found else None, at.date())
    if closed:
        raise MoveRefused(closed)
    return held, _now(plan, district_id, at)


def _row(plan_id: int, district_id: int) -> SelfEvaluation | None:
    wanted = select(SelfEvaluation).where(SelfEvaluation.plan_id == plan_id, SelfEvaluation.district_id == district_id)
    return db.session.scalar(wanted.with_for_update())


def _now(plan: Plan, district_id: int, at: datetime) -> District:
    found = queries.district(plan, district_id, at.date())
    if found is None:
        raise UnknownDistrict(say("没有找到本区的自评：本单位没有承担本方案的任务。"))
    return found


def _keep(
    actor: Actor, at: datetime, held: SelfEvaluation, found: District, written: Written, strict: bool
) -> list[str]:
    """Store summary and rows; return what was new, for the record."""
    text.check(written.summary)
    stale = verdicts.changed(found.items, Stage.SELF, written.rows, strict)
    theirs = _other_summary(held, written, strict)
    if stale or theirs is not None:
        raise RowsChanged(stale, theirs)
    new = verdicts.check(found.items, Stage.SELF, written.rows)
    verdicts.keep(actor, at, Stage.SELF, held.plan_id, new)
    told = [verdicts.words(new)] if new else []
    if written.summary != held.summary and written.seen != mark(written.summary):
        held.summary = written.summary
        told.append("自评小结")
        db.session.flush()  # a lost race shows here, not at commit
    return told


def _other_summary(held: SelfEvaluation, written: Written, strict: bool) -> str | None:
    """Return the summary that stands where somebody else changed it since the form was opened."""
    stale = written.seen != mark(held.summary) and written.summary != held.summary
    return held.summary if stale and (strict or written.seen != mark(written.summary)) else None
