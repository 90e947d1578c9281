"""Names the bureau's own section that answers for a task for which the city took points (R2-08): another sheet pays,
and its points do not move. Nothing is changed: the latest decision holds, the earlier ones stay listed."""

from datetime import date, datetime

from tracker.appraisal import decisions, entries, frozen, mirrors, queries
from tracker.appraisal.decisions import DecisionRefused
from tracker.appraisal.mirrors import Taken
from tracker.appraisal.models import Appraisal, AppraisalDecision
from tracker.appraisal.queries import UnknownAppraisal
from tracker.audit import operations as audit
from tracker.rules.appraisal.decisions import LINE, subject
from tracker.rules.appraisal.steps import Part, Stage
from tracker.rules.permissions import Action, Actor, Forbidden, may, require
from tracker.rules.words import say

STAGES = (Stage.OPEN, Stage.COMPILED)
"""Until the result is approved."""


def may_attribute(actor: Actor, found: Appraisal) -> bool:
    """Tell whether a person may name sections in a year now: whoever compiles it, and the leading group."""
    part = queries.part_of(actor, found)
    return may(actor, Action.APPRAISE) and part in (Part.LEADING, Part.COMPILER) and found.stage in STAGES


def attribute(
    actor: Actor, at: datetime, appraisal_id: int, assignment_id: int, section: str, reason: str, seen: int
) -> AppraisalDecision:
    """Name the section that answers for a task; `seen` is the number of the decision seen, or 0.

    Raise DecisionRefused, Overtaken where somebody else named one meanwhile, MoveRefused, Forbidden, UnknownAppraisal.
    """
    require(actor, Action.APPRAISE)
    found = entries.locked(actor, appraisal_id)
    if queries.part_of(actor, found) not in (Part.LEADING, Part.COMPILER):
        raise Forbidden(say("责任科室由负责汇总的科室或者考评领导小组指明。"))
    entries.require_stage(found, *STAGES)
    task = _task(found, assignment_id, at.date())
    problems = decisions.reason_problems(reason)
    if section not in {unit.name for unit in queries.units(found)}:
        problems["section"] = say("请选择由哪个科室负责。")
    if problems:
        raise DecisionRefused(problems)
    about = subject(LINE, str(assignment_id))
    row = decisions.add(actor, at, found, about, section, reason, next(iter(task.named), None), seen)
    words = f"{task.doc_number} 第{task.fact.number}项任务：{section}；{row.reason}"
    audit.record(actor, at, "attribute_appraisal", "appraisal", found.id, words)
    return row


def _task(found: Appraisal, assignment_id: int, day: date) -> Taken:
    """Return a task for which the city took points by a day; raise UnknownAppraisal where it took none."""
    took = frozen.city_took(found, queries.scheme_of(found).terms.mirrors, day)
    for each in mirrors.attributed(took, queries.decision_rows(found)):
        if each.fact.assignment_id == assignment_id:
            return each
    raise UnknownAppraisal(say("市局没有因这项任务扣分，不用指明责任科室。"))
