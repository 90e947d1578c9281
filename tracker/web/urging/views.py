"""催办 of ticked assignments, with a preview of who gets what, and pauses of an assignment's reminders."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from tracker import clock, i18n, uploads
from tracker.assignments import queries as assignments
from tracker.db import transaction
from tracker.outbox.operations import Attached
from tracker.reminders import bulk_urging, pauses
from tracker.reminders import urges as queries
from tracker.reminders import urging as operations
from tracker.reminders.bulk_urging import Order
from tracker.reminders.pauses import PauseRefused
from tracker.reminders.urge_words import MAX_SUBJECT, MAX_TEXT, WORDINGS, UrgeRefused, clean, clean_subject
from tracker.reminders.urges import Item
from tracker.reminders.urging import Urged
from tracker.rules.calendar import days_overdue
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.assignments.views import page as assignment_page
from tracker.web.forms import FILE_STATUS
from tracker.web.language import flash
from tracker.web.paging import whole
from tracker.web.receiving import received
from tracker.web.session import actor
from tracker.web.urging.forms import PauseForm, UrgeForm
from tracker.work import operations as work

urging = Blueprint("urging", __name__)

Answer = str | Response | tuple[str, int]

OWN_LISTS = re.compile(r"/(?:overdue|ledger|todo|assignments/[0-9]{1,10})(?:\?[A-Za-z0-9_.~=&%+-]*)?")
"""Where a 催办 may have been begun, and leads back to."""

MAX_FILES = 3
MAX_FILE_MB = 5
"""Mail servers refuse large letters, and this one goes to many."""


@urging.post("/urge/preview")
@allowed(Action.URGE)
def preview() -> Answer:
    """Show who would get which letter about the ticked assignments, and what is left out and why."""
    return _answer(_begin, ticked())


@urging.post("/assignments/<id:assignment_id>/urge")
@allowed(Action.URGE)
def urge_one(assignment_id: int) -> Answer:
    """Urge one assignment: with a text at once, without one show the preview."""
    return _answer(_send if "text" in request.form else _begin, [assignment_id])


@urging.post("/urge")
@allowed(Action.URGE)
def urge() -> Answer:
    """Send what was previewed, as far as it may still be sent."""
    return _answer(_send, ticked())


def _answer(act: Callable[[list[int]], Answer], ids: list[int]) -> Answer:
    """Do it, or lead back to the list where none or too many are ticked."""
    try:
        return act(ids)
    except UrgeRefused as refused:
        flash(str(refused), "warning")
        return redirect(back_to(), 303)


def _begin(ids: list[int]) -> str:
    return _page(ids, UrgeForm(formdata=None), request.form.get("template", ""))


def _page(ids: list[int], form: UrgeForm, chosen: str = "") -> str:
    found = queries.preview(actor(), clock.now(), ids)
    chosen = chosen if chosen in WORDINGS else found.wording
    if form.text.data is None:
        form.text.data = WORDINGS[chosen].text
    return render_template(
        "urging/preview.html",
        preview=found,
        form=form,
        ids=",".join(map(str, sorted(ids))),
        wordings=WORDINGS,
        chosen=next((word for word, wording in WORDINGS.items() if wording.text == form.text.data), ""),
        back=back_to(),
        late=lambda item: days_overdue(item.due_on, found.day),
        most=MAX_TEXT,
        subject_most=MAX_SUBJECT,
        endings=list(uploads.ALLOWED),
        max_files=MAX_FILES,
        max_mb=MAX_FILE_MB,
        long=len(set(ids)) > bulk_urging.AT_ONCE,
    )


def _send(ids: list[int]) -> Answer:
    form = UrgeForm()
    try:
        subject = clean_subject(form.subject.data or "")
    except UrgeRefused as refused:
        form.subject.errors = [str(refused)]
        return _page(ids, form), 422
    try:
        text, files = clean(form.text.data or ""), _files()
    except UrgeRefused as refused:
        form.text.errors = [str(refused)]
        return _page(ids, form), 422
    try:
        stored = _stored(files)
    except uploads.FileRefused as refused:
        form.files.errors = [str(refused)]
        return _page(ids, form), FILE_STATUS[refused.why]
    if len(set(ids)) > bulk_urging.AT_ONCE:
        return _ask(
            bulk_urging.Order(tuple(sorted(set(ids))), text, subject, tuple(stored), clock.now(), i18n.language())
        )
    with transaction():
        base = current_app.config["TRACKER_BASE_URL"]
        done = operations.urge(actor(), clock.now(), ids, text, base, stored, subject)
    flash(_told(done), "success" if done.letters else "warning")
    return redirect(back_to(), 303)


def _ask(order: Order) -> Response:
    """Ask for a long 催办 as long work; a second click within the minute asks for no other."""
    queries.preview(actor(), clock.now(), order.ids)  # Whoever may not send it is told so now.
    same = json.dumps([order.ids, order.text, order.subject, [file.sha256 for file in order.attachments]])
    digest = hashlib.sha256(same.encode()).hexdigest()[:24]
    key = f"urge {actor().id} {digest} {clock.utc():%Y-%m-%d %H:%M}"
    title = say("催办 {n} 项", n=len(order.ids))
    with transaction():
        work_id = work.ask(actor(), clock.utc(), "urge", title, order.stored(), key)
    return redirect(url_for("work.piece", work_id=work_id), 303)


def ticked() -> list[int]:
    """Return the ticked assignments, as a list sends them one by one or a preview all in one field."""
    sent = [*request.form.getlist("id"), *filter(None, request.form.get("ids", "").split(","))]
    found = [id_ for id_ in map(whole, sent) if id_ is not None]
    # What is no number of a record answers like a missing one.
    return found if len(found) == len(sent) else abort(404)


def back_to() -> str:
    """Return the list that the person came from; any address but our own lists leads to the overdue list."""
    asked = request.form.get("back", "")
    return asked if OWN_LISTS.fullmatch(asked) else url_for("overview.overdue")


def _told(done: Urged) -> str:
    missed = (
        say("{n} 项未催（{reasons}）", n=len(done.left_out), reasons=_reasons(done.left_out)) if done.left_out else ""
    )
    if not done.letters:
        return say("没有发出催办信：{missed}。", missed=missed)
    sent = say("已向 {n} 人发出催办信 {n} 封，涉及 {items} 项", n=done.letters, items=done.items)
    return say("{sent}；{missed}。", sent=sent, missed=missed) if missed else say("{sent}。", sent=sent)


def _reasons(left_out: Sequence[Item]) -> object:
    counts = Counter(item.left_out.short for item in left_out if item.left_out)
    if len(counts) == 1:
        return next(iter(counts))
    return [say("{why} {n} 项", why=short, n=n) for short, n in counts.items()]


def _files() -> list[FileStorage]:
    return [file for file in request.files.getlist("files") if file.filename]


def _stored(files: Sequence[FileStorage]) -> list[Attached]:
    """Check and store the attachments before the letters' transaction begins."""
    if len(files) > MAX_FILES:
        raise uploads.FileRefused(
            say("最多附 {max_files} 个文件，您选了 {found} 个。请合并后再传。", max_files=MAX_FILES, found=len(files)),
            uploads.Why.CONTENT,
        )
    return [Attached(name, kept.sha256, kept.size) for name, kept in received(files, MAX_FILE_MB)]


# ---- pauses


@urging.post("/assignments/<id:assignment_id>/pause")
@allowed(Action.PAUSE_REMINDERS)
def pause(assignment_id: int) -> Answer:
    """Pause the assignment's reminders until a day, with a reason."""
    assignments.get(actor(), assignment_id) or abort(404)
    form = PauseForm()
    until_day = form.until_day
    if until_day is None:
        return assignment_page(assignment_id, pause_form=form), 422
    try:
        with transaction():
            pauses.pause(actor(), clock.now(), assignment_id, until_day, form.why.data or "")
    except PauseRefused as refused:
        form[refused.field or "until"].errors = [str(refused)]
        return assignment_page(assignment_id, pause_form=form), 422
    flash(say("已暂停提醒，{until_day} 恢复。得分和逾期照常计算。", until_day=until_day), "success")
    return redirect(url_for("assignments.assignment", assignment_id=assignment_id), 303)


@urging.post("/assignments/<id:assignment_id>/resume")
@allowed(Action.PAUSE_REMINDERS)
def resume(assignment_id: int) -> Answer:
    """End the standing pause."""
    assignments.get(actor(), assignment_id) or abort(404)
    with transaction():
        ended = pauses.resume(actor(), clock.now(), assignment_id)
    flash(*((say("已恢复提醒。"), "success") if ended else (say("提醒没有暂停，不用恢复。"), "info")))
    return redirect(url_for("assignments.assignment", assignment_id=assignment_id), 303)
