"""批量填“无变化”: shows what would be filed for the ticked assignments, then files it."""

import re
import secrets

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.reports import unchanged
from tracker.reports.operations import StaleReport
from tracker.reports.unchanged import UnchangedRefused
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.paging import whole
from tracker.web.session import actor

Answer = str | Response | tuple[str, int]

TOKEN = re.compile(r"[A-Za-z0-9_-]{20,40}")


@allowed(Action.HANDLE)
def preview() -> Answer:
    """Show what would be filed, and what is left out and why; nothing is written."""
    try:
        return _page(_ids(), secrets.token_urlsafe(24))
    except UnchangedRefused as refused:
        return _led_back(str(refused))


@allowed(Action.HANDLE)
def file() -> Answer:
    """File what was shown, as far as it may still be filed."""
    ids, token = _ids(), request.form.get("token", "")
    if not TOKEN.fullmatch(token):
        abort(400)
    try:
        with transaction():
            items = unchanged.file(actor(), clock.now(), ids, token)
    except UnchangedRefused as refused:
        return _led_back(str(refused))
    except StaleReport as stale:
        flash(str(stale), "warning")
        return _page(ids, token), 409
    left_out = sum(1 for item in items if item.left_out)
    filed = len(items) - left_out
    if left_out:
        flash(say("已填报“无变化” {n} 项；{left} 项没有填，请逐项填报。", n=filed, left=left_out), "warning")
    else:
        flash(say("已填报“无变化” {n} 项。", n=filed), "success")
    return redirect(url_for("overview.todo", tab="open"), 303)


def _page(ids: list[int], token: str) -> str:
    items = unchanged.preview(actor(), ids)
    return render_template(
        "overview/unchanged.html",
        going=[item for item in items if not item.left_out],
        left_out=[item for item in items if item.left_out],
        text=unchanged.TEXT,
        token=token,
        day=clock.today(),
    )


def _led_back(message: str) -> Response:
    flash(message, "warning")
    return redirect(url_for("overview.todo", tab="open"), 303)


def _ids() -> list[int]:
    """Return the ticked assignments; what is no number of a record answers like a missing one."""
    sent = request.form.getlist("id")
    found = [id_ for id_ in map(whole, sent) if id_ is not None]
    return found if len(found) == len(sent) else abort(404)
