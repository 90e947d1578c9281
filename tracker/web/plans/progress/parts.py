"""What the pages of a task and of an assignment tell of leads, of closing, and of due days that had passed."""

from datetime import date
from typing import Any

from tracker.assignments import closures, queries, targets
from tracker.assignments.closures import ROLE_TEXT
from tracker.assignments.early import CHOICE_TEXT
from tracker.assignments.queries import Detail
from tracker.assignments.state import PRESENT, State
from tracker.rules.permissions import Actor
from tracker.rules.plan_text.drafts import TaskKind
from tracker.rules.status import LIGHT_TEXT, LIVE
from tracker.rules.words import say
from tracker.web.plans.progress.forms import EarlyForm


def of_task(task: Any, plan: Any, state: State, day: date) -> dict[str, Any]:
    """Return what the page of a task says of it besides the units themselves."""
    return {
        "closure": closures.of(task.id, plan.closing, state, day, plan.near_days),
        "early_form": EarlyForm(formdata=None),
        "early_text": CHOICE_TEXT,
        "targets": targets.of_task(task.id),
    }


def of_assignment(person: Actor, detail: Detail, day: date) -> dict[str, Any]:
    """Return the unit's part of the task, who leads it, and for a lead how the others stand."""
    terms = closures.terms_of(detail.id)
    role, closing = terms.role, terms.closing
    closure = closures.of(detail.task_id, closing, PRESENT, day, detail.near_days)
    leads = role == "lead"
    others = closures.others(detail.task_id, detail.unit_id, day, detail.near_days) if leads else []
    return {
        "role": {"word": role.value, "text": ROLE_TEXT[role]} if closure.leads or role != "responsible" else None,
        "closure": closure,
        "undated": "" if detail.due_on else _undated(terms),
        "reached": targets.of_assignment(detail.id, detail.task_id),
        "may_reach": queries.is_handler(person, detail.unit_id) and detail.status in LIVE,
        "others": [
            {"owed": one, "role": ROLE_TEXT[one.role], "light": (one.light.value, LIGHT_TEXT[one.light])}
            for one in others
        ],
        "others_open": len(closures.still_open(others)),
        "led_done": bool(closure.leads) and closure.done and not leads and detail.status in LIVE,
        "closable": terms.kind != TaskKind.REQUIREMENT,
    }


EVERY_TEXT = {
    "": say("没有完成时限：按方案的提醒设定定期报告，12月31日前申请年度办结，不计逾期。"),
    "month": say("没有完成时限：每月末报告，12月31日前申请年度办结，不计逾期。"),
    "quarter": say("没有完成时限：每季度末报告，12月31日前申请年度办结，不计逾期。"),
    "year": say("没有完成时限：每年末报告，12月31日前申请年度办结，不计逾期。"),
}

OVER_YEARS = say(
    "原文没有写明时限：按方案的提醒设定定期报告，每年由审核人评定，方案期满时申请办结，须附佐证材料；不计逾期。"
)


def _undated(terms: closures.Terms) -> str:
    """Say what is asked of a task without a due day: reports, and the end of the year (R3-03) or of the plan."""
    if terms.early == "undecided":
        return say("到期早于印发：怎样处理由督办人员决定，此前不亮逾期，也不提醒。")
    if terms.kind == "requirement":
        return say("这是工作要求，不是一次办完的任务：每年末报告一次，不计逾期。")
    if terms.years:
        return OVER_YEARS
    return EVERY_TEXT[terms.report_every]
