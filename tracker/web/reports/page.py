"""The page of the report form: whose it is, what it holds, and both texts where two people wrote."""

import secrets
from collections.abc import Collection
from typing import Any

from flask import abort, current_app, render_template, request
from werkzeug.datastructures import FileStorage

from tracker import uploads
from tracker.assignments import closures
from tracker.assignments import queries as assignments
from tracker.assignments.queries import Detail
from tracker.indicators import files as indicator_files
from tracker.indicators.files import GivenFile
from tracker.reports import queries
from tracker.reports.operations import Content, StaleReport
from tracker.rules.reports import SITUATION_TEXT, ReportKind, ReportState, Situation
from tracker.rules.status import Status
from tracker.rules.words import say
from tracker.web.language import moment
from tracker.web.paging import whole
from tracker.web.reports.forms import LABELS, LONGEST_TOKEN, ReportForm
from tracker.web.session import actor

CHOOSE_AGAIN = say("内容改正后请重新选择附件：浏览器不保留已选的文件。")


def own(assignment_id: int) -> Detail:
    """Return an assignment that the person may report on, or answer as for one that is not there, or not theirs."""
    detail: Detail = assignments.get(actor(), assignment_id) or abort(404)
    if not assignments.is_handler(actor(), detail.unit_id):
        abort(403)
    return detail


def form_page(
    detail: Detail, form: ReportForm, conflict: dict[str, Any] | None = None, preview: list[Any] | None = None
) -> str:
    """Return the page with a form on it, whatever became of that form."""
    draft = queries.draft(detail.id)
    files = queries.files_of(draft.id) if draft else []
    if (form.errors or conflict or preview) and not form.files.errors and files_sent():
        form.files.errors = [CHOOSE_AGAIN]
    return render_template(
        "reports/form.html",
        item=detail,
        form=form,
        previous=queries.previous(detail.id),
        returned=assignments.changes(detail.id)[0] if detail.status is Status.RETURNED else None,
        correcting=form.corrects,
        terms=closures.terms_of(detail.id),
        files=files,
        offers=given(detail, {file.sha256 for file in files}),
        saved=draft,
        endings=list(uploads.ALLOWED),
        limit=current_app.config["TRACKER_MAX_UPLOAD_MB"],
        conflict=conflict,
        preview=preview,
    )


def given(detail: Detail, have: Collection[str] = ()) -> list[GivenFile]:
    """Return what the unit gave for indicators of the task, and can attach without another upload."""
    return indicator_files.of_task(detail.unit_id, detail.plan_number, detail.task_number, have)


def files_sent() -> list[FileStorage]:
    """Return the files of this request's form."""
    return [file for file in request.files.getlist("files") if file.filename]


def named(form: ReportForm) -> tuple[str, int]:
    """Return the name of a form and the version of the draft it was opened with; a made-up one is refused."""
    token, version = form.token.data or "", whole(form.version.data or "0")
    if version is None or not 0 < len(token) <= LONGEST_TOKEN:
        abort(400)
    return token, version


def written(form: ReportForm, kind: ReportKind = ReportKind.PROGRESS) -> Content:
    """Return what a valid form says."""
    return Content(
        **{name: (form[name].data or "").strip() for name in LABELS},
        situation=Situation(form.situation.data),
        progress=100 if kind is ReportKind.COMPLETION else form.progress.data or 0,
        kind=kind,
    )


def unfinished(form: ReportForm, least: int) -> tuple[Content, bool]:
    """Return what a form says that somebody is still writing, and whether its progress had to be left out."""
    progress, situation = form.progress.data, form.situation.data or ""
    readable = progress is not None and least <= progress <= 100
    texts: dict[str, Any] = {name: form[name].data or "" for name in LABELS}
    content = Content(
        **texts,
        situation=Situation(situation) if situation in set(Situation) else Situation.SMOOTH,
        progress=progress if readable and progress is not None else least,
    )
    return content, not readable


def sides(stale: StaleReport, form: ReportForm) -> dict[str, Any]:
    """Lay both texts side by side, and let the form continue from the one that stands."""
    theirs = stale.theirs
    draft = theirs.state == ReportState.DRAFT
    form.token.data = theirs.form_token if draft else secrets.token_urlsafe(24)
    form.version.data = str(theirs.version if draft else 0)
    return {
        "mine": {"who": actor().name, "fields": _told(stale.mine)},
        "theirs": {"who": theirs.author_name, "when": moment(theirs.saved_at), "fields": _told(theirs)},
    }


def _told(side: Any) -> list[tuple[str, str]]:
    """Return a report as lines of a comparison."""
    texts = [(LABELS[name], getattr(side, name)) for name in LABELS]
    return [
        *texts,
        (say("总体情况"), SITUATION_TEXT[Situation(side.situation)]),
        (say("完成进度（%）"), str(side.progress)),
    ]
