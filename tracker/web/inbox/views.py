"""The person's own letters: the list, one letter, marking as read."""

from flask import Blueprint, abort, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.outbox import operations, queries
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.inbox.words import linked
from tracker.web.language import flash
from tracker.web.outbox.words import KIND_TEXT
from tracker.web.paging import Page, page_number
from tracker.web.session import actor

inbox = Blueprint("inbox", __name__)


@inbox.get("/inbox")
@allowed(Action.OWN_LETTERS)
def letters() -> str:
    """List the person's letters, the newest first."""
    number = page_number()
    found = queries.inbox(actor().account, number)
    page = Page(number, found.total, queries.PAGE_SIZE)
    if page.number != number:
        found = queries.inbox(actor().account, page.number)
    return render_template("inbox/inbox.html", rows=found.rows, page=page, kinds=KIND_TEXT)


@inbox.get("/inbox/<id:message_id>")
@allowed(Action.OWN_LETTERS)
def letter(message_id: int) -> str:
    """Show one letter as it was written; opening it marks nothing, because no page that is only looked at writes."""
    found = queries.own_letter(actor().account, message_id) or abort(404)
    body = linked(found.text, current_app.config["TRACKER_BASE_URL"])
    return render_template("inbox/letter.html", letter=found, body=body)


@inbox.post("/inbox/<id:message_id>/read")
@allowed(Action.OWN_LETTERS)
def mark_read(message_id: int) -> Response:
    """Mark one letter as read; a second time changes nothing."""
    if queries.own_letter(actor().account, message_id) is None:
        abort(404)
    with transaction():
        operations.mark_read(actor(), clock.now(), message_id)
    return redirect(url_for("inbox.letters"), 303)


@inbox.post("/inbox/read")
@allowed(Action.OWN_LETTERS)
def mark_all_read() -> Response:
    """Mark every letter as read."""
    with transaction():
        number = operations.mark_read(actor(), clock.now())
    flash(
        say("已将 {number} 封信标为已读。", number=number) if number else say("没有未读的信。"),
        "success" if number else "info",
    )
    return redirect(url_for("inbox.letters"), 303)
