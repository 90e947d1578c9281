"""One assignment: its page, and the steps of its loop that need no report."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.assignments import closing, comments, dues, extensions, operations, queries, reviewing
from tracker.assignments.operations import OWN_UNIT, StaleAssignment
from tracker.assignments.queries import Detail
from tracker.assignments.state import PRESENT
from tracker.db import transaction
from tracker.overview import timeline
from tracker.people import queries as people
from tracker.plans import freezes
from tracker.plans import queries as plans
from tracker.reminders import outlook, pauses
from tracker.reminders.urges import may_urge
from tracker.reports import operations as report_operations
from tracker.reports import queries as reports
from tracker.reports.queries import Filed
from tracker.rules.calendar import days_overdue
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action, Actor, may
from tracker.rules.reports import ReportState
from tracker.rules.status import (
    LIGHT_TEXT,
    LIVE,
    MOVE_TEXT,
    TRANSITIONS,
    WORKING,
    Duty,
    Move,
    RequestState,
    Status,
    light,
    moves_from,
    status_text,
)
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.assignments.approvals import approvals
from tracker.web.assignments.course import course
from tracker.web.assignments.forms import CommentForm
from tracker.web.assignments.onward import onward
from tracker.web.extensions.forms import ExtensionForm
from tracker.web.forms import Form
from tracker.web.language import flash, moment
from tracker.web.paging import whole
from tracker.web.plans.progress import parts
from tracker.web.reports.words import shown
from tracker.web.session import actor
from tracker.web.urging.forms import PauseForm
from tracker.workdays import queries as workdays

assignments = Blueprint("assignments", __name__, url_prefix="/assignments")

MAX_REASON = 500
STEPS_SHOWN = 12
"""Reminders ahead on the page; after them only weekly ones follow."""


OF_REPORTS = {Move.REOPEN: report_operations.reopen, Move.RECHECK: report_operations.recheck}
"""The supervisor's steps that concern the reports, too."""

SUPERVISED = tuple(
    move for move, edge in TRANSITIONS.items() if edge.duty is Duty.SUPERVISOR and move is not Move.RECORD
)
"""The supervisor's steps on one assignment; what is recorded as done is so for a whole task, on its page."""


@assignments.get("/<id:assignment_id>")
@allowed(Action.VIEW_ASSIGNMENTS)
def assignment(assignment_id: int) -> str:
    """Show one assignment: the sentence of the plan, what may be done now, and everything that happened."""
    return page(assignment_id)


FORMS: dict[str, type[Form]] = {
    "pause_form": PauseForm,
    "extension_form": ExtensionForm,
    "comment_form": CommentForm,
}
"""The forms of the page, by the names under which a refused one comes back to it."""


CLOSED = (
    *("acknowledge", "report", "correct", "recall", "urge", "pause", "review", "ask_extension"),
    *("sign", "unsigned", "supervise", "close", "decide_extension"),
)
"""Acts that end once a plan's scores are final."""


def page(assignment_id: int, error: str = "", reason: str = "", wanted: str = "", **forms: Form) -> str:
    """Return the assignment's page, with a refused decision's text, or a refused form, kept in it.

    `wanted` names a decision that was overtaken; it is shown beside what happened meanwhile.
    """
    detail = queries.get(actor(), assignment_id) or abort(404)
    filed, today, paused = reports.filed(assignment_id), clock.today(), pauses.of(assignment_id)
    asked, moved, frozen = extensions.of(assignment_id), dues.history(assignment_id), freezes.is_frozen(detail.plan_id)
    acts = _acts(actor(), detail) | (dict.fromkeys(CLOSED) if frozen else {})
    talk = timeline.Talk(asked, comments.of(assignment_id), acts["hide_comments"])
    events = timeline.events(assignment_id, filed, paused, talk)
    ahead = _ahead(detail, paused, today)
    signal = light(detail.status, detail.due_on, detail.completed_on, today, detail.near_days)
    return render_template(
        "assignments/assignment.html",
        item=detail,
        onward=onward(actor(), detail.id, today),
        light=(signal.value, LIGHT_TEXT[signal]),
        status_text=status_text(detail.status, detail.closed_on, today),
        late_days=days_overdue(detail.due_on, today) if signal.value == "overdue" else 0,
        day=today,
        reviewers=queries.reviewer_names(detail.task_id),
        contact=people.contacts([detail.unit_id]).get(detail.unit_id),
        reports=[shown(entry) for entry in filed],
        approvals=approvals(assignment_id, filed),
        again=_again(filed, events),
        course=course(events),
        parties=plans.parties(detail.task_id),
        offices=_offices(detail),
        urged=[event for event in events if event.kind == "urged"],
        pause=pauses.standing(paused, today),
        ahead=ahead,
        pause_days=(today + timedelta(days=1), today + timedelta(days=pauses.MAX_DAYS)),
        moved=moved,
        granted=sum(change.extension_id is not None for change in moved),
        waiting=next((extension for extension in asked if extension.state == RequestState.ASKED), None),
        obstacle=extensions.obstacle(detail.status, detail.due_on, today),
        longest_comment=comments.LONGEST,
        acts=acts,
        closed=freezes.FROZEN if frozen else "",
        **parts.of_assignment(actor(), detail, today),
        error=error,
        reason=reason,
        conflict=_overtaken(events, wanted, reason) if wanted else None,
        **{name: forms.get(name) or kind(formdata=None) for name, kind in FORMS.items()},
    )


def _again(filed: list[Filed], events: list[timeline.Event]) -> dict[str, Any] | None:
    """Return why the report under review is there again: it corrects an accepted one, or a supervisor asked for it."""
    newest = filed[0] if filed and filed[0].report.state == ReportState.FILED else None
    if newest is None or not (newest.correction or newest.rechecked):
        return None
    asked = next((event for event in events if event.what == MOVE_TEXT[Move.RECHECK]), None)
    return {"correction": newest.correction, "asked": None if newest.correction else asked}


def _overtaken(events: list[timeline.Event], wanted: str, reason: str) -> dict[str, Any] | None:
    """Lay what happened to an assignment last beside the decision that came too late; letters change nothing."""
    act, words = say("处理"), say("意见")
    last = next((event for event in events if event.kind not in ("reminder", "urged")), None)
    if last is None:
        return None
    return {
        "theirs": {"who": last.who, "when": moment(last.at), "fields": [(act, last.what), (words, last.reason)]},
        "mine": {"who": actor().name, "fields": [(act, wanted), (words, reason)]},
    }


def _ahead(detail: Detail, paused: list[pauses.Pause], today: date) -> list[outlook.Step]:
    """Return the reminders that are still to come; those within a pause are not."""
    pause = pauses.standing(paused, today)
    steps = outlook.outlook(detail.id, pause.until_day if pause else today, workdays.calendar())
    return steps[:STEPS_SHOWN]


def _offices(detail: Detail) -> list[dict[str, Any]]:
    """Return how the 司法所 of a district stand with the same task, as far as the reader may see them."""
    if detail.level != OrganizationKind.DISTRICT_BUREAU:
        return []
    today = clock.today()
    below = queries.Filter(
        plan_id=detail.plan_id,
        district_id=detail.district_id,
        task_id=detail.task_id,
        level=OrganizationKind.JUSTICE_OFFICE,
    )
    found = []
    for row in queries.rows(actor(), PRESENT, today, below, "unit"):
        signal = light(row.status, row.due_on, row.completed_on, today, row.near_days)
        found.append({"row": row, "light": (signal.value, LIGHT_TEXT[signal])})
    return found


def _acts(person: Actor, detail: Detail) -> dict[str, Any]:
    """Return what this person may do with the assignment now."""
    moves = moves_from(detail.status)
    handler = queries.is_handler(person, detail.unit_id)
    owed = detail.status in LIVE
    return {
        "acknowledge": handler and Move.ACKNOWLEDGE in moves,
        "report": handler and detail.status in WORKING,
        "correct": handler and detail.status is Status.COMPLETED,
        "recall": handler and Move.RECALL in moves and detail.signed_off_on is None,
        "urge": owed and may_urge(person, detail.unit_id),
        "pause": owed and may(person, Action.PAUSE_REMINDERS),
        "decide_at": "sign-off" if may(person, Action.SIGN_OFF) else "review",
        "review": Move.ACCEPT in moves and reviewing.is_turn(person, detail.id),
        "ask_extension": owed and may(person, Action.ASK_EXTENSION) and extensions.may_ask(person, detail.id),
        "comment": may(person, Action.COMMENT) and comments.may_comment(person, detail.id),
        "hide_comments": may(person, Action.HIDE_COMMENT),
        **_signing(person, detail),
        **_supervising(person, detail),
    }


def _signing(person: Actor, detail: Detail) -> dict[str, Any]:
    """Return where the report stands between the district and the city, if its plan asks for both."""
    both = detail.review_levels == 2 and detail.level == OrganizationKind.DISTRICT_BUREAU
    unsigned = both and detail.status is Status.UNDER_REVIEW and detail.signed_off_on is None
    return {
        "two_levels": both,
        "unsigned": unsigned,
        "sign": unsigned and may(person, Action.SIGN_OFF),
    }


def _supervising(person: Actor, detail: Detail) -> dict[str, Any]:
    """Return what a supervisor may decide; about the own unit nothing, and the page says why."""
    if not may(person, Action.SUPERVISE):
        return {"supervise": [], "close": False, "decide_extension": False, "recuse": ""}
    own = person.unit_id == detail.unit_id
    moves = [move for move in moves_from(detail.status) if move in SUPERVISED]
    return {
        "supervise": [] if own else [(move.value, MOVE_TEXT[move]) for move in moves],
        "close": not own and detail.status is Status.COMPLETED and detail.closed_on is None,
        "decide_extension": not own and may(person, Action.DECIDE_EXTENSION),
        "recuse": OWN_UNIT if own else "",
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
    flash(say("已签收，请按时限填报进展。"), "success")
    return _back(assignment_id)


@assignments.post("/<id:assignment_id>/recall")
@allowed(Action.HANDLE)
def recall(assignment_id: int) -> Response:
    """Take back a completion report that nobody has reviewed."""
    _visible(assignment_id)
    with transaction():
        report_operations.recall(actor(), clock.now(), assignment_id)
    flash(say("已撤回办结申请，可以修改后重新提交。"), "success")
    return _back(assignment_id)


@assignments.post("/<id:assignment_id>/supervise")
@allowed(Action.SUPERVISE)
def supervise(assignment_id: int) -> Response | tuple[str, int]:
    """Exempt, withdraw or reopen, with a reason."""
    _visible(assignment_id)
    move = request.form.get("move", "")
    reason = reason_typed()
    if move not in set(SUPERVISED):
        abort(400)
    if not reason:
        return page(assignment_id, say("{move}必须写明理由。", move=MOVE_TEXT[Move(move)])), 422
    if len(reason) > MAX_REASON:
        return page(assignment_id, too_long(reason), reason), 422
    try:
        with transaction():
            act = OF_REPORTS.get(Move(move))
            if act is not None:
                act(actor(), clock.now(), assignment_id, reason, seen())
            else:
                operations.change_status(actor(), clock.now(), assignment_id, Move(move), reason, seen())
    except StaleAssignment as stale:
        return page(assignment_id, str(stale), reason, MOVE_TEXT[Move(move)]), 409
    flash(say("已{move}。", move=MOVE_TEXT[Move(move)]), "success")
    return _back(assignment_id)


@assignments.post("/<id:assignment_id>/close")
@allowed(Action.SUPERVISE)
def close(assignment_id: int) -> Response | tuple[str, int]:
    """Strike off what was completed (销号)."""
    _visible(assignment_id)
    try:
        with transaction():
            closing.close(actor(), clock.now(), assignment_id, seen())
    except StaleAssignment as stale:
        return page(assignment_id, str(stale), wanted=say("销号")), 409
    flash(say("已销号。"), "success")
    return _back(assignment_id)


def reason_typed() -> str:
    """Return the reason of a form, its lines ended as the browser counted them."""
    return request.form.get("reason", "").replace("\r\n", "\n").strip()


def too_long(reason: str) -> str:
    """Say that a reason is too long."""
    return say("理由最多 {most} 字，现有 {n} 字，请精简后重新提交。", most=MAX_REASON, n=len(reason))


def seen() -> int | None:
    """Return the version of the assignment that the form was shown with."""
    return whole(request.form.get("version", ""))


def _visible(assignment_id: int) -> Detail:
    """Return the assignment, or answer as for a missing one."""
    found: Detail = queries.get(actor(), assignment_id) or abort(404)
    return found


def _back(assignment_id: int) -> Response:
    return redirect(url_for("assignments.assignment", assignment_id=assignment_id), 303)
