"""Filing reports, reviewing them, fetching evidence."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from tracker import clock, uploads
from tracker.assignments import queries as assignments
from tracker.assignments.operations import StaleAssignment
from tracker.assignments.queries import Detail
from tracker.db import transaction
from tracker.plans import freezes
from tracker.reports import operations, queries
from tracker.reports.operations import ReportRefused, StaleReport, Upload
from tracker.reports.pins import PinBroken
from tracker.rules.permissions import Action
from tracker.rules.reports import ReportKind, ReportState
from tracker.rules.status import WORKING, MoveRefused, Status
from tracker.rules.words import say
from tracker.storage import Kept
from tracker.web.access import allowed
from tracker.web.assignments.onward import OPEN, REVIEW, remember
from tracker.web.assignments.views import MAX_REASON, reason_typed, seen, too_long
from tracker.web.assignments.views import page as assignment_page
from tracker.web.downloads import kept_file
from tracker.web.forms import FILE_STATUS
from tracker.web.language import flash
from tracker.web.paging import whole
from tracker.web.receiving import received
from tracker.web.reports.choices import DECISIONS, INTENTS, SAVING, SIGNED_OFF
from tracker.web.reports.forms import CORRECTING, LABELS, ReportForm
from tracker.web.reports.page import files_sent, form_page, given, named, own, sides, written
from tracker.web.session import actor

reports = Blueprint("reports", __name__)


@reports.get("/assignments/<id:assignment_id>/report")
@allowed(Action.HANDLE)
def new(assignment_id: int) -> str:
    """Show the form, with the unfinished draft if there is one."""
    detail = own(assignment_id)
    if freezes.is_frozen(detail.plan_id):
        raise MoveRefused(freezes.FROZEN)
    accepted = queries.accepted(detail.id) if detail.status is Status.COMPLETED else None
    if detail.status not in WORKING and accepted is None:
        raise MoveRefused(operations.NOT_NOW)
    draft = queries.draft(assignment_id)
    form = ReportForm(obj=draft or accepted, formdata=None)
    form.token.data = draft.form_token if draft else secrets.token_urlsafe(24)
    form.version.data = str(draft.version if draft else 0)
    if accepted is not None:
        form.correcting.data = CORRECTING
    if draft is None or accepted is not None:
        form.progress.data = detail.progress
    return form_page(detail, form)


@reports.post("/assignments/<id:assignment_id>/report")
@allowed(Action.HANDLE)
def file(assignment_id: int) -> Response | tuple[str, int]:
    """Save the draft, file progress, or ask for the assignment to be closed."""
    detail, form = own(assignment_id), ReportForm()
    intent = "take" if "take" in request.form else request.form.get("intent", "")
    if intent not in INTENTS:
        abort(400)
    if intent == "copy":
        _copy(form, queries.previous(assignment_id))
    if not form.validate() and not (intent in SAVING and set(form.errors) <= {"done"}):
        _look_at_progress(form, detail.progress)
        return form_page(detail, form), 422
    try:
        _file(assignment_id, form, intent, [*_stored(), *_taken(detail)])
    except ReportRefused as refused:
        form[refused.field or "done"].errors = [str(refused)]
        return form_page(detail, form), 422
    except uploads.FileRefused as refused:
        form.files.errors = [str(refused)]
        return form_page(detail, form), FILE_STATUS[refused.why]
    except StaleReport as stale:
        return form_page(detail, form, sides(stale, form)), 409
    flash(INTENTS[intent], "success")
    if intent in SAVING:
        return redirect(url_for("reports.new", assignment_id=assignment_id), 303)
    remember(OPEN)
    return redirect(url_for("assignments.assignment", assignment_id=assignment_id), 303)


def _look_at_progress(form: ReportForm, least: int) -> None:
    """Say at once what else is wrong, where filing would say it only after the rest is mended."""
    progress = form.progress.data
    if progress is not None and not form.progress.errors and not operations.is_progress(least, progress):
        form.progress.errors = [operations.no_progress(least)]


def _copy(form: ReportForm, previous: Any) -> None:
    """Fill what is still empty with what was reported last."""
    for name in LABELS:
        if previous is not None and not (form[name].data or "").strip():
            form[name].data = getattr(previous, name)


def _file(assignment_id: int, form: ReportForm, intent: str, stored: list[Upload]) -> None:
    asks = intent in ("completion", "correction")
    content = written(form, ReportKind.COMPLETION if asks else ReportKind.PROGRESS)
    token, version = named(form)
    act = operations.save if intent in SAVING else operations.file
    correcting = intent == "correction" or (intent in SAVING and form.corrects)
    with transaction():
        act(
            actor(),
            clock.now(),
            assignment_id,
            content,
            token=token,
            version=version,
            uploads=stored,
            correcting=correcting,
        )


def _stored() -> list[Upload]:
    limit = current_app.config["TRACKER_MAX_UPLOAD_MB"]
    return [Upload(name, kept) for name, kept in received(files_sent(), limit)]


def _taken(detail: Detail) -> list[Upload]:
    """Return the offered file that somebody chose, if they did and the draft lacks it: nothing is uploaded again."""
    if "take" not in request.form:
        return []
    chosen, draft = whole(request.form["take"]), queries.draft(detail.id)
    have = {file.sha256 for file in queries.files_of(draft.id)} if draft else set()
    for file in given(detail):
        if file.id == chosen:
            return [] if file.sha256 in have else [Upload(file.name, Kept(file.sha256, file.size))]
    raise ReportRefused(say("这个文件已从指标里移去，没有附上。请核对后再选，或另外上传。"), "files")


@reports.post("/assignments/<id:assignment_id>/review")
@allowed(Action.REVIEW)
def review(assignment_id: int) -> Response | tuple[str, int]:
    """Let a city office or the supervisor accept the completion report, or return it with a reason."""
    return _decided(assignment_id, operations.review)


@reports.post("/assignments/<id:assignment_id>/sign-off")
@allowed(Action.SIGN_OFF)
def sign_off(assignment_id: int) -> Response | tuple[str, int]:
    """Let the district's lead accept or return: a 司法所's report for good, the district's own before the city."""
    return _decided(assignment_id, operations.sign_off)


def _decided(assignment_id: int, act: Callable[..., Any]) -> Response | tuple[str, int]:
    detail = assignments.get(actor(), assignment_id) or abort(404)
    choice = DECISIONS.get(request.form.get("decision", "")) or abort(400)
    reason = reason_typed()
    if choice.needs_reason and not reason:
        return assignment_page(detail.id, say("退回必须写明理由，让承办单位知道要补什么。")), 422
    if len(reason) > MAX_REASON:
        return assignment_page(detail.id, too_long(reason), reason), 422
    try:
        with transaction():
            report = act(actor(), clock.now(), detail.id, choice.decision, reason, seen())
    except StaleAssignment as stale:
        return assignment_page(detail.id, str(stale), reason, choice.name), 409
    except PinBroken as broken:
        return assignment_page(detail.id, str(broken), reason), 409
    flash(SIGNED_OFF if report.state == ReportState.FILED else choice.done, "success")
    remember(REVIEW)
    return redirect(url_for("assignments.assignment", assignment_id=detail.id), 303)


@reports.post("/evidence/<id:evidence_id>/delete")
@allowed(Action.HANDLE)
def detach(evidence_id: int) -> Response:
    """Take a wrong file out of a draft."""
    if not queries.is_within(actor(), evidence_id):
        abort(404)
    with transaction():
        assignment_id = operations.detach(actor(), clock.now(), evidence_id)
    flash(say("附件已从草稿中删除。"), "success")
    return redirect(url_for("reports.new", assignment_id=assignment_id), 303)


@reports.get("/evidence/<id:evidence_id>")
@allowed(Action.VIEW_ASSIGNMENTS)
def evidence(evidence_id: int) -> Response:
    """Send a piece of evidence as an attachment."""
    found = queries.download(actor(), evidence_id) or abort(404)
    return kept_file("evidence", evidence_id, found.sha256, found.name)
