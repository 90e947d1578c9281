"""Asking for a later due day, and deciding on it."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.assignments import extensions as requests
from tracker.assignments import queries as assignments
from tracker.assignments.extensions import ExtensionRefused
from tracker.db import transaction
from tracker.rules.permissions import Action
from tracker.rules.status import REQUEST_TEXT, RequestState
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.assignments.views import page as assignment_page
from tracker.web.extensions.forms import ExtensionForm
from tracker.web.language import flash
from tracker.web.paging import SIZE, Page, choice, page_number
from tracker.web.session import actor

extensions = Blueprint("extensions", __name__)

Answer = Response | tuple[str, int]

DECISIONS = {"grant": RequestState.GRANTED, "refuse": RequestState.REFUSED}


@extensions.get("/extensions")
@allowed(Action.DECIDE_EXTENSION)
def index() -> str:
    """List the requests that wait for a decision, or those decided."""
    counts = requests.counts()
    state = RequestState(choice("state", {state.value for state in RequestState}, RequestState.ASKED.value))
    page = Page(page_number(), counts[state])
    return render_template(
        "extensions/index.html",
        tabs=[
            {
                "label": REQUEST_TEXT[tab],
                "href": f"/extensions?state={tab.value}",
                "active": tab is state,
                "count": counts[tab],
            }
            for tab in RequestState
        ],
        state=state.value,
        rows=requests.rows(state, SIZE, (page.number - 1) * SIZE),
        page=page,
        day=clock.today(),
    )


@extensions.post("/assignments/<id:assignment_id>/extensions")
@allowed(Action.ASK_EXTENSION)
def ask(assignment_id: int) -> Answer:
    """Ask for a later due day of an assignment of the district."""
    assignments.get(actor(), assignment_id) or abort(404)
    form = ExtensionForm()
    due_day = form.due_day
    if not (form.reason.data or "").strip():
        form.reason.errors = [say("请写明申请延期的理由。")]
    if not (form.progress.data or "").strip():
        form.progress.errors = [say("请写明现有进展：已经做了什么，还差什么。")]
    if due_day is None or form.reason.errors or form.progress.errors:
        return assignment_page(assignment_id, extension_form=form), 422
    try:
        with transaction():
            reason, progress = form.reason.data or "", form.progress.data or ""
            requests.ask(actor(), clock.now(), assignment_id, due_day, reason, progress)
    except ExtensionRefused as refused:
        form[refused.field].errors = [str(refused)]
        return assignment_page(assignment_id, extension_form=form), 422
    flash(say("延期申请已提交，等待市局督办人员裁定。批准之前时限不变。"), "success")
    return redirect(url_for("assignments.assignment", assignment_id=assignment_id), 303)


@extensions.post("/extensions/<id:extension_id>/decide")
@allowed(Action.DECIDE_EXTENSION)
def decide(extension_id: int) -> Answer:
    """Grant a request, or refuse it with a reason."""
    extension = requests.get(extension_id) or abort(404)
    assignment_id = extension.assignment_id
    decision, reason = DECISIONS.get(request.form.get("decision", "")), request.form.get("reason", "")
    if decision is None:
        return assignment_page(assignment_id, say("请选择批准或驳回这条延期申请。"), reason), 422
    try:
        with transaction():
            requests.decide(actor(), clock.now(), extension_id, decision, reason)
    except ExtensionRefused as refused:
        return assignment_page(assignment_id, str(refused), reason), 422
    granted = decision is RequestState.GRANTED
    flash(say("已批准延期，提醒按新的时限重新安排。") if granted else say("已驳回延期申请，时限不变。"), "success")
    return redirect(url_for("assignments.assignment", assignment_id=assignment_id), 303)
