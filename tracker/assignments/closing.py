"""Two words on an assignment that change no status: the district's consent (审签), the supervisor's last one (销号)."""

from datetime import datetime

from sqlalchemy import and_, column, select, table

from tracker.assignments import reviewing, years
from tracker.assignments.about import about
from tracker.assignments.models import Assignment
from tracker.assignments.operations import SIGNED, StaleAssignment, present_period, require_supervisor
from tracker.audit import operations as audit
from tracker.db import db
from tracker.plans import freezes
from tracker.rules.permissions import Actor, Forbidden
from tracker.rules.status import STATUS_TEXT, MoveRefused, Status
from tracker.rules.words import say

SIGN_OFF, CLOSE = "sign_off", "close"
"""How the two are known on record."""


def sign_off(actor: Actor, at: datetime, assignment_id: int, opinion: str = "", seen: int | None = None) -> Assignment:
    """Give the district's consent to the report under review; from then on the city may decide.

    Raise Forbidden, MoveRefused, or StaleAssignment where something happened since `seen`.
    """
    assignment = db.session.get_one(Assignment, assignment_id, with_for_update=True)
    if not reviewing.is_signer(actor, assignment_id):
        raise Forbidden(say("此事项不需要您审签：只有方案设定为两级审核时，由本区负责人审签本区局的办结申请。"))
    freezes.require_open(assignment.plan_id)
    _require_seen(assignment, seen)
    if assignment.status != Status.UNDER_REVIEW:
        status = STATUS_TEXT[Status(assignment.status)]
        raise MoveRefused(say("当前状态为“{status}”，没有等待审签的办结申请。请刷新页面查看最新状态。", status=status))
    if not reviewing.is_turn(actor, assignment_id):
        raise MoveRefused(SIGNED)
    present_period(assignment_id, at.date())
    assignment.signed_off_on, assignment.signed_off_by = at.date(), actor.name
    return _recorded(actor, at, SIGN_OFF, assignment, opinion.strip())


def close(actor: Actor, at: datetime, assignment_id: int, seen: int | None = None) -> Assignment:
    """Strike what was completed off the list (销号).

    Raise Forbidden, MoveRefused, or StaleAssignment where something happened since `seen`.
    """
    assignment = db.session.get_one(Assignment, assignment_id, with_for_update=True)
    require_supervisor(actor, assignment)
    if assignment.closed_on is not None:
        raise MoveRefused(
            say(
                "该事项已由{closed_by}于 {closed_on} 销号，不用再次销号。",
                closed_by=assignment.closed_by,
                closed_on=assignment.closed_on,
            )
        )
    if assignment.status != Status.COMPLETED:
        raise MoveRefused(say("没有审核通过的办结报告，不能销号。请先完成审核。"))
    if years.runs_for_years(assignment.plan_id) and not _is_proven(assignment_id):
        raise MoveRefused(say("逐项销号须有佐证：已报送的报告没有附佐证材料，不能销号。请承办单位更正报告并上传。"))
    freezes.require_open(assignment.plan_id)
    _require_seen(assignment, seen)
    present_period(assignment_id, at.date())
    assignment.closed_on, assignment.closed_by = at.date(), actor.name
    return _recorded(actor, at, CLOSE, assignment)


# Reports belong to a floor above; here only counts whether one was filed with evidence.
_REPORT = table("report", column("id"), column("assignment_id"), column("state"))
_EVIDENCE = table("evidence", column("report_id"))


def _is_proven(assignment_id: int) -> bool:
    filed = and_(_REPORT.c.assignment_id == assignment_id, _REPORT.c.state.in_(["filed", "accepted"]))
    proven = select(_REPORT.c.id).join(_EVIDENCE, _EVIDENCE.c.report_id == _REPORT.c.id).where(filed).limit(1)
    return db.session.scalar(proven) is not None


def _require_seen(assignment: Assignment, seen: int | None) -> None:
    if seen is not None and assignment.version != seen:
        raise StaleAssignment


def _recorded(actor: Actor, at: datetime, act: str, assignment: Assignment, detail: str = "") -> Assignment:
    db.session.flush()  # the version is compared here, so that a lost race is told at once
    audit.record(actor, at, act, "assignment", assignment.id, detail, **about(assignment))
    return assignment
