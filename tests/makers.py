"""Rows of the tables around accounts, requests and scores, and the factory of every table."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests import appraisal_makers as appraisals
from tests import factories as make
from tests import import_makers as imported
from tests import indicator_makers as indicators
from tests.factories import (
    AT,
    DAY,
    DUE,
    add,
    make_assignment,
    make_organization,
    make_plan,
    make_task,
    make_user,
    numbers,
)
from tracker.assignments.models import Comment, DistrictChange, DueChange, Extension
from tracker.audit.models import AuditHead
from tracker.people.models import (
    HeldForm,
    LoginAttempt,
    LoginSession,
    RecoveryCode,
    ResetLink,
    SavedView,
    SecondFactor,
    SecuritySetting,
)
from tracker.plans.models import TaskChange
from tracker.reports.models import ApprovalPin
from tracker.rules.evaluation import Stage, Verdict
from tracker.rules.reports import PinStep
from tracker.scoring.models import (
    Appeal,
    Deduction,
    Evaluation,
    EvaluationResult,
    Freeze,
    ScoreRule,
    SelfEvaluation,
)
from tracker.work.models import Work


def make_audit_head(**fields: Any) -> AuditHead:
    """The end of an empty chain."""
    return add(AuditHead(**{"id": 1, "number": 0, "hash": "", **fields}))


def _of_a_user(fields: dict[str, Any]) -> dict[str, Any]:
    return {} if "user_id" in fields else {"user_id": make_user().id}


def make_login_session(**fields: Any) -> LoginSession:
    """A new person's browser."""
    named = {"key_hash": f"{next(numbers):064x}", "session_version": 1, "created_at": AT, "seen_at": AT}
    return add(LoginSession(**{**named, **_of_a_user(fields), **fields}))


def make_login_attempt(**fields: Any) -> LoginAttempt:
    """A try to sign in."""
    return add(LoginAttempt(**{"account": f"user-{next(numbers)}", "at": AT, **fields}))


def make_second_factor(**fields: Any) -> SecondFactor:
    """A new person's confirmed second factor, with a seed nobody can read."""
    return add(SecondFactor(**{"seed": "sealed", "confirmed_at": AT, **_of_a_user(fields), **fields}))


def make_recovery_code(**fields: Any) -> RecoveryCode:
    """An unused code of a new person."""
    return add(RecoveryCode(**{"code_hash": f"{next(numbers):064x}", **_of_a_user(fields), **fields}))


def make_reset_link(**fields: Any) -> ResetLink:
    """An unused link of a new person."""
    named = {"token_hash": f"{next(numbers):064x}", "created_at": AT, "expires_at": AT + timedelta(hours=1)}
    return add(ResetLink(**{**named, **_of_a_user(fields), **fields}))


def make_security_setting(**fields: Any) -> SecuritySetting:
    """A changed setting."""
    return add(
        SecuritySetting(**{"name": f"setting-{next(numbers)}", "value": "1", "at": AT, "actor_name": "测试", **fields})
    )


def make_task_change(**fields: Any) -> TaskChange:
    """A correction of a new task."""
    own = {} if "task_id" in fields else {"task_id": make_task().id}
    named = {
        "what": "text",
        "before": "旧",
        "after": "新",
        "reason": "测试",
        "day": DAY,
        "at": AT,
        "actor_name": "测试",
    }
    return add(TaskChange(**{**named, **own, **fields}))


def make_extension(**fields: Any) -> Extension:
    """A request for one more month."""
    own = {} if "assignment_id" in fields else {"assignment_id": make_assignment().id}
    days = {"old_due_on": DUE, "new_due_on": date(2021, 4, 30), "day": DAY}
    return add(Extension(**{"reason": "测试", "asked_at": AT, "asked_by": "测试", **days, **own, **fields}))


def make_comment(**fields: Any) -> Comment:
    """A remark on a new assignment."""
    own = {} if "assignment_id" in fields else {"assignment_id": make_assignment().id}
    return add(Comment(**{"body": "测试", "at": AT, "author_name": "测试", **own, **fields}))


def _of_a_district(fields: dict[str, Any]) -> dict[str, Any]:
    plan = {} if "plan_id" in fields else {"plan_id": make_plan().id}
    return plan if "district_id" in fields else {**plan, "district_id": make_organization().id}


def make_deduction(**fields: Any) -> Deduction:
    """One point off a new district."""
    named = {"points": Decimal(1), "reason": "测试", "day": DAY, "at": AT, "actor_name": "测试"}
    return add(Deduction(**{**named, **_of_a_district(fields), **fields}))


def make_appeal(**fields: Any) -> Appeal:
    """An undecided appeal of a new district."""
    named = {"points": Decimal(1), "reason": "测试", "day": DAY, "asked_at": AT, "asked_by": "测试"}
    return add(Appeal(**{**named, **_of_a_district(fields), **fields}))


def make_freeze(**fields: Any) -> Freeze:
    """The final sheet of a new plan."""
    own = {} if "plan_id" in fields else {"plan_id": make_plan().id}
    named = {"day": DAY, "sheet": "{}", "sha256": "0" * 64, "at": AT, "actor_name": "测试"}
    return add(Freeze(**{**named, **own, **fields}))


def _owned(fields: dict[str, Any]) -> dict[str, Any]:
    return {} if "owner_id" in fields else {"owner_id": make_user().id}


def make_score_rule(**fields: Any) -> ScoreRule:
    """The second version of a new plan's rule, equal to the first but for what `fields` say."""
    named = {"number": 2, "day": DAY, "base_points": Decimal(20), "points_per_miss": Decimal(1), "late_counts": False}
    of_plan = {} if "plan_id" in fields else {"plan_id": make_plan().id}
    return add(ScoreRule(**{**named, "reason": "设定", "at": AT, "actor_name": "督办", **of_plan, **fields}))


def make_due_change(**fields: Any) -> DueChange:
    """A due day of a new assignment that was moved by a month."""
    of_it = {} if "assignment_id" in fields else {"assignment_id": make_assignment().id}
    named = {"old_due_on": DUE, "new_due_on": DUE + timedelta(days=30), "day": DAY, "at": AT, "actor_name": "督办"}
    return add(DueChange(**{**named, **of_it, **fields}))


def make_district_change(**fields: Any) -> DistrictChange:
    """A new assignment that went over to another district."""
    of_it = {} if "assignment_id" in fields else {"assignment_id": make_assignment().id}
    districts = {name: make_organization().id for name in ("old_district_id", "new_district_id") if name not in fields}
    named = {"day": DAY, "at": AT, "actor_name": "管理员"}
    return add(DistrictChange(**{**named, **of_it, **districts, **fields}))


def make_approval_pin(**fields: Any) -> ApprovalPin:
    """What was accepted of a new report, without any content."""
    if "report_id" not in fields:
        report = make.make_report()
        fields = {"report_id": report.id, "assignment_id": report.assignment_id, **fields}
    named = {"step": PinStep.ACCEPTED, "content": "{}", "sha256": "0" * 64, "day": DAY, "at": AT, "actor_name": "审核"}
    return add(ApprovalPin(**{**named, **fields}))


def make_evaluation(**fields: Any) -> Evaluation:
    """An evaluation of a new plan that was opened."""
    of_plan = {} if "plan_id" in fields else {"plan_id": make_plan().id}
    return add(Evaluation(**{"opened_on": DAY, "opened_at": AT, "opened_by": "督办", **of_plan, **fields}))


def make_evaluation_result(**fields: Any) -> EvaluationResult:
    """The city's word on a new assignment: done."""
    if "assignment_id" not in fields:
        found = make_assignment()
        fields = {"assignment_id": found.id, "plan_id": found.plan_id, **fields}
    named = {"stage": Stage.CITY, "verdict": Verdict.DONE, "day": DAY, "at": AT, "actor_name": "督办"}
    return add(EvaluationResult(**{**named, **fields}))


def make_self_evaluation(**fields: Any) -> SelfEvaluation:
    """A district's own evaluation that was not handed in yet."""
    named = {} if "plan_id" in fields else {"plan_id": make_plan().id}
    unit = {} if "district_id" in fields else {"district_id": make_organization().id}
    return add(SelfEvaluation(**{**named, **unit, **fields}))


def make_saved_view(**fields: Any) -> SavedView:
    """A new person's list of what is overdue."""
    named = {"page": "/ledger", "name": f"视图{next(numbers)}", "query": "light=overdue", "created_at": AT}
    return add(SavedView(**{**named, **_owned(fields), **fields}))


def make_held_form(**fields: Any) -> HeldForm:
    """What a new person sent too late, sealed so that nobody can read it."""
    named = {"page": "/reports/1", "fields": "sealed", "held_at": AT}
    return add(HeldForm(**{**named, **_of_a_user(fields), **fields}))


def make_work(**fields: Any) -> Work:
    """A new person's long work that nobody has begun."""
    named = {"key": f"{next(numbers):064x}", "kind": "export", "title": '[null, "测试"]', "created_at": AT}
    return add(Work(**{**named, **_owned(fields), **fields}))


MAKERS = {
    maker.__annotations__["return"].__tablename__: maker
    for maker in (
        make.make_organization,
        make.make_alias,
        make.make_group,
        make.make_user,
        make.make_marker,
        make.make_source,
        make.make_plan,
        make.make_section,
        make.make_task,
        make.make_responsibility,
        make.make_milestone,
        make.make_anomaly,
        make.make_assignment,
        make.make_task_reviewer,
        make.make_status_change,
        make.make_report,
        make.make_evidence,
        make.make_review,
        make.make_message,
        make.make_notice,
        make.make_lease,
        make.make_policy,
        make.make_offset,
        make.make_rung,
        make.make_quiet_period,
        make.make_pause,
        make.make_urge,
        make.make_reminder_run,
        make.make_preference,
        make.make_endpoint,
        make.make_preferred_endpoint,
        make.make_calendar_feed,
        make.make_attachment,
        make.make_job_run,
        make.make_workday_override,
        make.make_holiday_year,
        make.make_audit_entry,
        make_audit_head,
        make_login_session,
        make_login_attempt,
        make_second_factor,
        make_recovery_code,
        make_reset_link,
        make_security_setting,
        make_task_change,
        make_extension,
        make_comment,
        make_deduction,
        make_appeal,
        make_freeze,
        make_score_rule,
        make_due_change,
        make_district_change,
        make_approval_pin,
        make_evaluation,
        make_evaluation_result,
        make_self_evaluation,
        make_saved_view,
        make_held_form,
        make_work,
        imported.make_plan_import,
        imported.make_import_change,
        imported.make_plan_year,
        imported.make_task_target,
        imported.make_task_descent,
        imported.make_year_review,
        imported.make_target_value,
        indicators.make_indicator_round,
        indicators.make_indicator_round_unit,
        indicators.make_indicator_answer,
        indicators.make_indicator_answer_change,
        indicators.make_indicator_explanation,
        indicators.make_indicator_office_figure,
        indicators.make_indicator_spared_question,
        indicators.make_indicator_definition,
        indicators.make_indicator_form_decision,
        indicators.make_indicator_question,
        indicators.make_indicator_file,
        appraisals.make_appraisal,
        appraisals.make_appraisal_unit,
        appraisals.make_appraisal_self_score,
        appraisals.make_special_application,
        appraisals.make_special_judgement,
        appraisals.make_appraisal_entry,
        appraisals.make_appraisal_answer,
        appraisals.make_appraisal_appeal,
        appraisals.make_appraisal_file,
        appraisals.make_appraisal_decision,
        appraisals.make_ballot_meeting,
        appraisals.make_ballot_paper,
        appraisals.make_ballot_outcome,
        appraisals.make_appraisal_freeze,
    )
}
"""The factory of every table, by its name."""
