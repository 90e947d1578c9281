"""What may be asked to be closed: never a requirement, of a plan with years nothing without evidence (R4-01)."""

from sqlalchemy import select

from tracker.assignments import closures, years
from tracker.assignments.models import Assignment
from tracker.db import db
from tracker.reports import queries
from tracker.reports.models import Evidence, Report
from tracker.rules.plan_text.drafts import TaskKind
from tracker.rules.words import say

REQUIREMENT = say("这是工作要求，只报告进展，不申请办结。请选“报送进展”。")
NO_FILE = say("本方案的事项逐项销号，须有佐证：申请办结请至少上传一份佐证材料。")
UNPROVEN = say("办结申请没有附佐证材料，不能通过：本方案的事项逐项销号，须有佐证。请退回，由承办单位补充。")


def is_requirement(assignment_id: int) -> bool:
    """Tell whether an assignment is of a task that is only reported on."""
    return closures.terms_of(assignment_id).kind == TaskKind.REQUIREMENT


def why_not(assignment: Assignment, report: Report, correcting: bool) -> tuple[str, str]:
    """Return why a completion report cannot be filed, and the field to correct; two empty strings where it can."""
    if is_requirement(assignment.id):
        return REQUIREMENT, "done"
    return (NO_FILE, "files") if is_missing(assignment, report, correcting) else ("", "")


def is_missing(assignment: Assignment, report: Report, correcting: bool = True) -> bool:
    """Tell whether a completion report lacks the evidence that its plan asks for; a correction has what was accepted.

    Three queries at most beside the plan's years.
    """
    if not years.runs_for_years(assignment.plan_id) or _has_file(report.id):
        return False
    accepted = queries.accepted(assignment.id) if correcting else None
    return accepted is None or not _has_file(accepted.id)


def _has_file(report_id: int) -> bool:
    return db.session.scalar(select(Evidence.id).where(Evidence.report_id == report_id).limit(1)) is not None
