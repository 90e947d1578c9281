"""While a report is being written: what the page saves by itself, files one by one, and how the text will look."""

from flask import Blueprint, Response, abort, current_app, get_template_attribute, jsonify, request

from tracker import clock, text, uploads
from tracker.db import transaction
from tracker.i18n import translate
from tracker.reports import operations, queries
from tracker.reports.operations import ReportRefused, StaleReport, Upload
from tracker.rules.permissions import Action
from tracker.rules.status import MoveRefused
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.forms import FILE_STATUS
from tracker.web.receiving import received
from tracker.web.reports import page
from tracker.web.reports.forms import LABELS, ReportForm
from tracker.web.session import actor

report_drafts = Blueprint("report_drafts", __name__)


@report_drafts.post("/assignments/<id:assignment_id>/report/draft")
@allowed(Action.HANDLE)
def autosave(assignment_id: int) -> tuple[Response, int]:
    """Save what was typed so far, and say when; a conflict comes back with both texts."""
    detail, form = page.own(assignment_id), ReportForm()
    token, version = page.named(form)
    content, left_out = page.unfinished(form, detail.progress)
    now = clock.now()
    try:
        with transaction():
            report = operations.save(
                actor(),
                now,
                assignment_id,
                content,
                token=token,
                version=version,
                by_itself=True,
                correcting=form.corrects,
            )
            kept = report.version
    except (ReportRefused, MoveRefused) as refused:
        return _answer(409 if isinstance(refused, MoveRefused) else 422, words=translate(str(refused)))
    except StaleReport as stale:
        conflict = page.sides(stale, form)
        html = get_template_attribute("macros/drafts.html", "conflict")(detail, conflict, form)
        return _answer(409, words=translate(str(stale)), html=html)
    saved = say("已自动保存 {time}", time=f"{now:%H:%M:%S}")
    partly = say("{saved}；完成进度须在 {least} 与 100 之间，暂未保存", saved=saved, least=detail.progress)
    return _answer(200, words=translate(partly if left_out else saved), token=token, version=kept)


@report_drafts.post("/assignments/<id:assignment_id>/report/files")
@allowed(Action.HANDLE)
def attach(assignment_id: int) -> tuple[Response, int]:
    """Take one file into the draft, and say what was looked at."""
    page.own(assignment_id)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        abort(400)
    try:
        ((name, kept),) = received([sent], current_app.config["TRACKER_MAX_UPLOAD_MB"])
        with transaction():
            operations.attach(actor(), clock.now(), assignment_id, Upload(name, kept))
    except uploads.FileRefused as refused:
        return _answer(FILE_STATUS[refused.why], words=translate(str(refused)))
    except (ReportRefused, MoveRefused) as refused:
        return _answer(409, words=translate(str(refused)))
    draft = queries.draft(assignment_id)
    html = get_template_attribute("macros/drafts.html", "files")(queries.files_of(draft.id) if draft else [])
    scanned = bool(current_app.config["TRACKER_CLAMD"])
    done = (
        say("已上传：类型与内容相符，病毒扫描通过") if scanned else say("已上传：类型与内容相符（本系统未设病毒扫描）")
    )
    return _answer(201, words=translate(done), html=html)


@report_drafts.post("/assignments/<id:assignment_id>/report/preview")
@allowed(Action.HANDLE)
def preview(assignment_id: int) -> str | tuple[str, int]:
    """Show how the text will look, with the form below as it was; nothing is stored."""
    detail, form = page.own(assignment_id), ReportForm()
    shown = []
    for name, label in LABELS.items():
        try:
            shown.append((label, text.to_html(form[name].data or "")))
        except text.TextRefused as refused:
            form[name].errors = [str(refused)]
    if form.errors:
        return page.form_page(detail, form), 422
    return page.form_page(detail, form, preview=shown)


def _answer(code: int, **said: object) -> tuple[Response, int]:
    return jsonify(said), code
