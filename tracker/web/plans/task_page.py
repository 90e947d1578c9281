"""The page of a task, as it is shown and as it is shown again with what was refused."""

from datetime import date
from typing import Any

from flask import abort, render_template

from tracker import clock
from tracker.assignments import districts
from tracker.assignments import queries as assignments
from tracker.assignments.queries import Filter
from tracker.assignments.state import State
from tracker.plans import amendments, changes, freezes, provenance, queries
from tracker.plans.changes import CHANGED_TEXT, Changed
from tracker.plans.operations import StaleText
from tracker.rules.calendar import days_overdue
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action, may
from tracker.rules.status import LIGHT_TEXT, STATUS_TEXT, light
from tracker.rules.words import say
from tracker.web.forms import Form
from tracker.web.overview.links import COUNTED, DONE, ledger
from tracker.web.paging import day
from tracker.web.plans.change_forms import fresh_forms
from tracker.web.plans.progress import parts
from tracker.web.plans.sources import source_url
from tracker.web.plans.words import CERTAINTY_TEXT, FIELD_TEXT, RULE_TEXT
from tracker.web.session import actor

DESCENT_TEXT = {"split": say("拆分"), "merged": say("合并")}
WORDS: dict[str, Any] = {
    "descent_text": DESCENT_TEXT,
    "light_text": LIGHT_TEXT,
    "status_text": STATUS_TEXT,
    "counted": COUNTED,
    "done": DONE,
}


def task_page(
    task_id: int,
    conflict: StaleText | None = None,
    *,
    clash: StaleText | None = None,
    refused: str = "",
    sentence: str | None = None,
    opened: str = "",
    form: Form | None = None,
) -> str:
    """Return the page; `opened` names the form that comes back with what was typed into it.

    `conflict` is one of the standard by which the task counts as done, `clash` one of the task itself; `sentence` is
    a standard that was refused.
    """
    found = queries.task(actor(), task_id) or abort(404)
    plan = queries.get(actor(), found.plan_id) or abort(404)
    asked, may_edit = day(), may(actor(), Action.EDIT_PLAN)
    state = assignments.state_at(asked)
    rows = _rows(state, asked, task_id)
    may_change = may_edit and plan.state == "published" and not freezes.is_frozen(plan.id)
    return render_template(
        "plans/task.html",
        task=found,
        plan=plan,
        rows=rows,
        shares=_shares(state, task_id, rows) if plan.offices_report else {},
        share_link=lambda district, lights: ledger(
            plan.id, asked, lights, level=OrganizationKind.JUSTICE_OFFICE.value, district=district, task=task_id
        ),
        day=asked,
        show=lambda row: light(row.status, row.due_on, row.completed_on, asked, row.near_days),
        days=lambda due_on: days_overdue(due_on, asked),
        may_edit=may_edit,
        conflict=conflict,
        clash=clash,
        clashing=_clashing(found, opened, form) if clash and form else None,
        refused=refused,
        sentence=sentence,
        may_change=may_change and found.withdrawn_on is None,
        due_passed=found.due_on is not None and found.due_on < clock.today(),
        forms_of={**fresh_forms(found.text), **({opened: form} if form else {})},
        opened=opened,
        **parts.of_task(found, plan, state, asked),
        **_printed(found, plan),
        **_history(found),
        **WORDS,
    )


def _printed(found: Any, plan: Any) -> dict[str, Any]:
    """Return what the document says of a task, where each field was read, and who reviews it."""
    return {
        "section": queries.section_title(found.section_id),
        "parties": queries.parties(found.id),
        "reviewers": assignments.reviewer_names(found.id),
        "lines": provenance.around(plan, found),
        "reads": provenance.reads_of(found),
        "source_url": source_url(plan.id),
        "reading": {"words": FIELD_TEXT, "rules": RULE_TEXT, "sure": CERTAINTY_TEXT},
    }


def _history(found: Any) -> dict[str, Any]:
    """Return how a task was changed, and what the document itself says."""
    changed = changes.of(found.id)
    return {
        "changes": [(CHANGED_TEXT[Changed(change.what)], change) for change in changed],
        "original": changes.original_text(found, changed),
        "came_from": amendments.ancestors(found.id),
        "became": amendments.descendants(found.id),
        "due_moved": any(change.what == Changed.DUE for change in changed),
    }


def _rows(state: State, asked: date, task_id: int) -> list[Any]:
    """Return how each unit stands with the task; 司法所 are told as a share of their district's row."""
    rows = assignments.rows(actor(), state, asked, Filter(task_id=task_id), "unit")
    bound = {row.unit_id for row in rows if row.level == OrganizationKind.DISTRICT_BUREAU}
    return [row for row in rows if row.level != OrganizationKind.JUSTICE_OFFICE or row.district_id not in bound]


def _shares(state: State, task_id: int, rows: list[Any]) -> dict[int, tuple[int, int]]:
    """Return for each district among the rows how many of its 司法所 have completed the task, and how many owe it."""
    listed = {row.unit_id for row in rows}
    return {unit: share for unit, share in districts.office_shares(state, task_id).items() if unit in listed}


def _clashing(found: Any, opened: str, form: Any) -> dict[str, list[tuple[str, str]]]:
    """Return what a form of the page asks for beside what the task says now."""
    due = found.due_on.isoformat() if found.due_on else say("无截止日")
    text, reason = (say("任务内容"), found.text), (say("理由"), form["reason"].data or "")
    match opened:
        case "edit":
            return {"theirs": [text], "mine": [(say("任务内容"), form["text"].data or ""), reason]}
        case "due":
            stored = (say("完成时限"), due)
            return {"theirs": [text, stored], "mine": [(say("完成时限"), form["due"].data or ""), reason]}
        case "early":
            return {"theirs": [text, (say("完成时限"), due)], "mine": [*form.told]}
        case _:
            return {"theirs": [text, (say("处理"), say("保留"))], "mine": [(say("处理"), say("撤下")), reason]}
