"""The page of a task, as it is shown and as it is shown again with what was refused."""

from flask import abort, render_template

from tracker import clock
from tracker.assignments import queries as assignments
from tracker.assignments.queries import Filter
from tracker.plans import changes, freezes, queries
from tracker.plans.changes import CHANGED_TEXT, Changed
from tracker.plans.operations import StaleText
from tracker.rules.calendar import days_overdue
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action, may
from tracker.rules.status import LIGHT_TEXT, STATUS_TEXT, light
from tracker.web.forms import Form
from tracker.web.paging import day
from tracker.web.plans.change_forms import fresh_forms
from tracker.web.session import actor


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
    rows = assignments.rows(actor(), state, asked, Filter(task_id=task_id), "unit")
    changed = changes.of(task_id)
    may_change = may_edit and plan.state == "published" and not freezes.is_frozen(plan.id)
    return render_template(
        "plans/task.html",
        task=found,
        plan=plan,
        section=queries.section_title(found.section_id),
        parties=queries.parties(task_id),
        reviewers=assignments.reviewer_names(task_id),
        lines=queries.source_lines(plan, found.line_from, found.line_to),
        rows=[row for row in rows if row.level != OrganizationKind.JUSTICE_OFFICE],
        shares=assignments.office_shares(state, task_id) if plan.offices_report else {},
        day=asked,
        show=lambda row: light(row.status, row.due_on, row.completed_on, asked, row.near_days),
        days=lambda due_on: days_overdue(due_on, asked),
        light_text=LIGHT_TEXT,
        status_text=STATUS_TEXT,
        may_edit=may_edit,
        conflict=conflict,
        clash=clash,
        refused=refused,
        sentence=sentence,
        changes=[(CHANGED_TEXT[Changed(change.what)], change) for change in changed],
        original=changes.original_text(found, changed),
        due_moved=any(change.what == Changed.DUE for change in changed),
        may_change=may_change and found.withdrawn_on is None,
        due_passed=found.due_on is not None and found.due_on < clock.today(),
        forms_of={**fresh_forms(found.text), **({opened: form} if form else {})},
        opened=opened,
    )
