"""Opens a year of appraisal again that was approved or published, so that a mistake in it can be put right."""

from datetime import datetime

from tracker.appraisal import entries, frozen, results, sealing_acts
from tracker.appraisal.decisions import DecisionRefused, reason_problems, require_leading
from tracker.appraisal.models import AppraisalFreeze
from tracker.audit import operations as audit
from tracker.rules.appraisal.steps import Stage
from tracker.rules.permissions import Actor
from tracker.rules.status import MoveRefused
from tracker.rules.words import say


def reopen(actor: Actor, at: datetime, appraisal_id: int, reason: str, *, confirmed: bool = False) -> AppraisalFreeze:
    """Open an approved or published year again, and return what was frozen of it, which no longer stands.

    Grades are withdrawn, for points may change; who reads what was published reads the reason. `confirmed` tells that
    the person meant it. Raise DecisionRefused, MoveRefused, Forbidden, UnknownAppraisal.
    """
    found = entries.locked(actor, appraisal_id)
    require_leading(actor, found)
    if found.stage not in (Stage.APPROVED, Stage.PUBLISHED):
        raise MoveRefused(say("考评结果还没有审定，或者刚被重新审定，请刷新页面查看。"))
    problems = reason_problems(reason)
    if not confirmed:
        problems["confirmed"] = say("请勾选确认：现在的结果不再有效，要重新汇总、评定等次、审定。")
    if problems:
        raise DecisionRefused(problems)
    sealed = frozen.of(found)
    if sealed is None or not sealing_acts.is_intact(sealed):
        raise MoveRefused(say("封存的内容与校验码不符，不能重新审定。请先核验结果，并联系系统管理员。"))
    sealed.published_on = found.published_on
    sealed.replaced_at, sealed.replaced_by, sealed.replaced_reason = at, actor.name, reason.strip()
    results.withdraw_grades(actor, at, found, reason)
    found.stage, found.reopened_reason, found.returned_reason = Stage.OPEN, sealed.replaced_reason, ""
    found.compiled_on, found.compiled_by = None, ""
    found.approved_on, found.approved_by = None, ""
    found.published_on, found.published_by = None, ""
    told = f"{sealed.replaced_reason}；sha256 {sealed.sha256}"
    audit.record(actor, at, "reopen_appraisal", "appraisal", found.id, told)
    return sealed
