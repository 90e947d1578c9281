"""The page of a form that was kept: what was typed, back into its form, or away with it."""

import re
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from tracker import clock
from tracker.assignments import queries as assignments
from tracker.db import transaction
from tracker.people import held
from tracker.people.held import Held
from tracker.reports import operations
from tracker.reports.operations import ReportRefused, StaleReport
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.assignments.forms import CommentForm
from tracker.web.assignments.views import page as assignment_page
from tracker.web.extensions.forms import ExtensionForm
from tracker.web.forms import Form
from tracker.web.held.words import FIELD_TEXT
from tracker.web.holding import is_typed
from tracker.web.language import flash
from tracker.web.reports import page as report_page
from tracker.web.reports.forms import ReportForm
from tracker.web.session import actor
from tracker.web.urging.forms import PauseForm

held_forms = Blueprint("held_forms", __name__, url_prefix="/held")

Answer = Response | str | tuple[str, int]

REPORT = re.compile(r"/assignments/([1-9][0-9]{0,9})/report")
STEP = re.compile(r"/assignments/([1-9][0-9]{0,9})/(comments|extensions|pause|review|sign-off|supervise)")

FORMS: dict[str, tuple[str, type[Form]]] = {
    "comments": ("comment_form", CommentForm),
    "extensions": ("extension_form", ExtensionForm),
    "pause": ("pause_form", PauseForm),
}
"""The forms of an assignment's page by the end of the address they are sent to; the others hold a reason alone."""


@held_forms.get("/<id:held_id>")
@allowed(Action.OWN_ACCOUNT)
def show(held_id: int) -> str:
    """Show what was typed, and what can be done with it."""
    found = _own(held_id)
    typed = [(name, value) for name, value in found.fields.items() if is_typed(name) and value.strip()]
    return render_template(
        "held/form.html",
        held=found,
        fields=[(FIELD_TEXT.get(name) or say("栏目 {name}", name=name), value) for name, value in typed],
        can_go_back=bool(REPORT.fullmatch(found.page) or STEP.fullmatch(found.page)),
        place=_place(found.page),
        others=held.others(actor(), held_id, clock.utc()),
        days=held.KEPT_FOR.days,
    )


@held_forms.post("/<id:held_id>/restore")
@allowed(Action.OWN_ACCOUNT)
def restore(held_id: int) -> Answer:
    """Put the text back into its form, which is not sent by that."""
    found = _own(held_id)
    if of_report := REPORT.fullmatch(found.page):
        return _into_draft(found, int(of_report[1]))
    of_step = STEP.fullmatch(found.page) or abort(404)
    name, kind = FORMS.get(of_step[2], ("", Form))
    assignments.get(actor(), int(of_step[1])) or abort(404)
    _forget(held_id)
    if not name:
        return assignment_page(int(of_step[1]), reason=found.fields.get("reason", ""))
    return assignment_page(int(of_step[1]), **{name: kind(MultiDict(found.fields), meta={"csrf": False})})


@held_forms.post("/<id:held_id>/discard")
@allowed(Action.OWN_ACCOUNT)
def discard(held_id: int) -> Response:
    """Throw the text away."""
    _own(held_id)
    _forget(held_id)
    flash(say("已丢弃。"), "success")
    return redirect(url_for("home.index"), 303)


def _own(held_id: int) -> Held:
    found: Held = held.get(actor(), held_id, clock.utc()) or abort(404)
    return found


def _forget(held_id: int) -> None:
    with transaction():
        held.drop(actor(), held_id)


def _into_draft(found: Held, assignment_id: int) -> Answer:
    """Write what was typed into the draft, unless somebody wrote in it since: then both are shown side by side."""
    detail = report_page.own(assignment_id)
    form = ReportForm(MultiDict(found.fields), meta={"csrf": False})
    content, _ = report_page.unfinished(form, detail.progress)
    token, version = report_page.named(form)
    try:
        with transaction():
            operations.save(
                actor(), clock.now(), assignment_id, content, token=token, version=version, correcting=form.corrects
            )
            held.drop(actor(), found.id)
    except ReportRefused as refused:
        form[refused.field or "done"].errors = [str(refused)]
        return report_page.form_page(detail, form), 422
    except StaleReport as stale:
        return report_page.form_page(detail, form, report_page.sides(stale, form)), 409
    flash(say("写的内容已放回草稿，请核对后报送。"), "success")
    return redirect(url_for("reports.new", assignment_id=assignment_id), 303)


def _place(page: str) -> str:
    """Return the nearest page on the way to where a form was sent."""
    ways: Any = current_app.create_url_adapter(None) or current_app.url_map.bind("")
    parts = page.split("/")
    for length in range(len(parts), 1, -1):
        address = "/".join(parts[:length])
        try:
            ways.match(address, "GET")
        except (HTTPException, RequestRedirect):
            continue
        return address
    return "/"
