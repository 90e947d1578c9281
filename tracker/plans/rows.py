"""Makes the rows of a plan's milestones, years and anomalies from what was read."""

import json
from datetime import date

from tracker.plans.models import Anomaly, Milestone, Plan, PlanYear
from tracker.rules.plan_text.drafts import MilestoneDraft, Problem, YearGoalDraft
from tracker.rules.plan_text.patches import Patch

BASELINE_DAYS = 92
"""A year of which less is left when the plan goes out is taken stock of, not judged."""


def milestone(plan_id: int, position: int, draft: MilestoneDraft) -> Milestone:
    """Return the row of a dated step of the plan."""
    notes = []
    if draft.sessions:
        notes.append(f"分{draft.sessions}期、每期{draft.days_per_session}天")
    if draft.window.ambiguous:
        notes.append("原文时限有两种理解，按较晚一日计")
    if draft.outside_phase:
        notes.append("时间超出所在阶段标题的起止")
    return Milestone(
        plan_id=plan_id,
        position=position,
        kind=draft.kind,
        title=draft.title,
        owner=draft.owner,
        date_raw=draft.window.raw,
        starts_on=draft.window.starts_on,
        due_on=draft.window.ends_on,
        line_from=draft.line_from,
        line_to=draft.line_to,
        note="；".join(notes),
    )


def year(plan: Plan, goal: YearGoalDraft) -> PlanYear:
    """Make a year; the one that ends within a quarter of the document's own day is a baseline (X4-05)."""
    left = date(goal.year, 12, 31) - plan.issued_on
    return PlanYear(
        plan_id=plan.id,
        year=goal.year,
        name=goal.name,
        goal=goal.text,
        baseline=left.days < BASELINE_DAYS,
        line_from=goal.line_from,
        line_to=goal.line_to,
    )


def anomaly(problem: Problem, plan_id: int | None = None, import_id: int | None = None) -> Anomaly:
    """Return the row of something odd about the source."""
    return Anomaly(
        plan_id=plan_id,
        import_id=import_id,
        code=problem.code,
        severity=problem.severity.value,
        line_from=problem.line_from,
        line_to=problem.line_to,
        message=problem.message,
        handled=problem.handled,
        found=problem.found,
        tasks=json.dumps(list(problem.tasks), ensure_ascii=False),
    )


def patched(patch: Patch, plan_id: int | None = None, import_id: int | None = None) -> Anomaly:
    """Return the row of a corrected line."""
    return Anomaly(
        plan_id=plan_id,
        import_id=import_id,
        code="patched",
        severity="notice",
        line_from=patch.line,
        line_to=patch.line,
        message=f"更正：“{patch.old}”改为“{patch.new}”。",
        handled=f"{patch.author}：{patch.reason}",
    )
