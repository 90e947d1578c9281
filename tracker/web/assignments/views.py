"""One assignment: its page, and the steps of its loop that need no report."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock, text
from tracker.assignments import operations, queries
from tracker.assignments.operations import StaleAssignment
from tracker.assignments.queries import Detail
from tracker.db import transaction
from tracker.overview import timeline
from tracker.people import queries as people
from tracker.reminders import outlook, pauses
from tracker.reminders.urges import may_urge
from tracker.reports import operations as report_operations
from tracker.reports import queries as reports
from tracker.reports.queries import Filed
from tracker.rules.calendar import days_overdue
from tracker.rules.permissions import Action, Actor, may
from tracker.rules.reports import KIND_TEXT, SITUATION_TEXT, STATE_TEXT, ReportKind, ReportState, Situation
from tracker.rules.status import (
    LIGHT_TEXT,
    LIVE,
    MOVE_TEXT,
    STATUS_TEXT,
    TRANSITIONS,
    WORKING,
    Duty,
    Move,
    Status,
    light,
    moves_from,
)
from tracker.web.access import allowed
from tracker.web.paging import whole
from tracker.web.session import actor
from tracker.web.urging.forms import PauseForm
from tracker.workdays import queries as workdays

assignments = Blueprint("assignments", __name__, url_prefix="/assignments")

MAX_REASON = 500
STEPS_SHOWN = 12
"""Reminders ahead on the page; after them only weekly ones follow."""


@assignments.get("/<id:assignment_id>")
@allowed(Action.VIEW_ASSIGNMENTS)
def assignment(assignment_id: int) -> str:
    """Show one assignment: the sentence of the plan, what may be done now, and everything that happened."""
    return page(assignment_id)


def page(assignment_id: int, error: str = "", reason: str = "", pause_form: PauseForm | None = None) -> str:
    """Return the assignment's page, with a refused decision's text kept in its form."""
    detail = queries.get(actor(), assignment_id) or abort(404)
    filed, today, paused = reports.filed(assignment_id), clock.today(), pauses.of(assignment_id)
    events = timeline.events(assignment_id, filed, paused)
    shown = light(detail.status, detail.due_on, detail.completed_on, today, detail.near_days)
    return render_template(
        "assignments/assignment.html",
        item=detail,
        light=(shown.value, LIGHT_TEXT[shown]),
        status_text=STATUS_TEXT[detail.status],
        late_days=days_overdue(detail.due_on, today) if shown.value == "overdue" else 0,
        day=today,
        reviewers=queries.reviewer_names(detail.task_id),
        contact=people.contacts([detail.unit_id]).get(detail.unit_id),
        reports=[_shown(entry) for entry in filed],
        events=events,
        urged=[event for event in events if event.kind == "urged"],
        pause=pauses.standing(paused, today),
        ahead=_ahead(detail, paused, today),
        pause_form=pause_form or PauseForm(formdata=None),
        pause_days=(today + timedelta(days=1), today + timedelta(days=pauses.MAX_DAYS)),
        acts=_acts(actor(), detail),
        error=error,
        reason=reason,
    )


def _ahead(detail: Detail, paused: list[pauses.Pause], today: date) -> list[outlook.Step]:
    """Return the reminders that are still to come; those within a pause are not."""
    pause = pauses.standing(paused, today)
    steps = outlook.outlook(detail.id, pause.until_day if pause else today, workdays.calendar())
    return steps[:STEPS_SHOWN]


def _shown(entry: Filed) -> dict[str, Any]:
    report = entry.report
    return {
        "report": report,
        "files": entry.files,
        "review": entry.review,
        "done": text.to_html(report.done),
        "problems": text.to_html(report.problems),
        "next_steps": text.to_html(report.next_steps),
        "help_needed": text.to_html(report.help_needed),
        "situation": SITUATION_TEXT[Situation(report.situation)],
        "state": STATE_TEXT[ReportState(report.state)],
        "kind": KIND_TEXT[ReportKind(report.kind)],
    }


def _acts(person: Actor, detail: Detail) -> dict[str, Any]:
    """Return what this person may do with the assignment now."""
    moves = moves_from(detail.status)
    handler = queries.is_handler(person, detail.unit_id)
    supervisor = may(person, Action.SUPERVISE)
    return {
        "acknowledge": handler and Move.ACKNOWLEDGE in moves,
        "report": handler and detail.status in WORKING,
        "recall": handler and Move.RECALL in moves,
        "urge": detail.status in LIVE and may_urge(person, detail.unit_id),
        "pause": detail.status in LIVE and may(person, Action.PAUSE_REMINDERS),
        "decide_at": "sign-off" if may(person, Action.SIGN_OFF) else "review",
        "review": Move.ACCEPT in moves and queries.is_reviewer(person, detail.id),
        "supervise": [
            (move.value, MOVE_TEXT[move]) for move in moves if supervisor and TRANSITIONS[move].duty is Duty.SUPERVISOR
        ],
    }


@assignments.post("/<id:assignment_id>/sign")
@allowed(Action.HANDLE)
def sign(assignment_id: int) -> Response:
    """Sign for the assignment."""
    if _visible(assignment_id).status is Status.IN_PROGRESS:
        # A second click on a slow line: what it asks for is done already.
        return _back(assignment_id)
    with transaction():
        operations.change_status(actor(), clock.now(), assignment_id, Move.ACKNOWLEDGE)
    flash("已签收，请按时限填报进展。", "success")
    return _back(assignment_id)


@assignments.post("/<id:assignment_id>/recall")
@allowed(Action.HANDLE)
def recall(assignment_id: int) -> Response:
    """Take back a completion report that nobody has reviewed."""
    _visible(assignment_id)
    with transaction():
        report_operations.recall(actor(), clock.now(), assignment_id)
    flash("已撤回办结申请，可以修改后重新提交。", "success")
    return _back(assignment_id)


@assignments.post("/<id:assignment_id>/supervise")
@allowed(Action.SUPERVISE)
def supervise(assignment_id: int) -> Response | tuple[str, int]:
    """Exempt, withdraw or reopen, with a reason."""
    _visible(assignment_id)
    allowed_moves = {move for move, edge in TRANSITIONS.items() if edge.duty is Duty.SUPERVISOR}
    move = request.form.get("move", "")
    reason = request.form.get("reason", "").strip()[:MAX_REASON]
    if move not in allowed_moves:
        abort(400)
    if not reason:
        return page(assignment_id, f"{MOVE_TEXT[Move(move)]}必须写明理由。"), 422
    try:
        with transaction():
            if move == Move.REOPEN:
                report_operations.reopen(actor(), clock.now(), assignment_id, reason, seen())
            else:
                operations.change_status(actor(), clock.now(), assignment_id, Move(move), reason, seen())
    except StaleAssignment as stale:
        return page(assignment_id, str(stale), reason), 409
    flash(f"已{MOVE_TEXT[Move(move)]}。", "success")
    return _back(assignment_id)


def seen() -> int | None:
    """Return the version of the assignment that the form was shown with."""
    return whole(request.form.get("version", ""))


def _visible(assignment_id: int) -> Detail:
    """Return the assignment, or answer as for a missing one."""
    found: Detail = queries.get(actor(), assignment_id) or abort(404)
    return found


def _back(assignment_id: int) -> Response:
    return redirect(url_for("assignments.assignment", assignment_id=assignment_id), 303)
