"""Takes what a unit says it has reached of a task's quantities."""

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.assignments import queries, targets
from tracker.db import transaction
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.assignments.views import page
from tracker.web.language import flash
from tracker.web.paging import whole
from tracker.web.session import actor

target_values = Blueprint("target_values", __name__)


@target_values.post("/assignments/<id:assignment_id>/targets")
@allowed(Action.HANDLE)
def reach(assignment_id: int) -> Response | tuple[str, int]:
    """Put one amount on record."""
    if queries.get(actor(), assignment_id) is None:
        abort(404)
    target_id = whole(request.form.get("target", "")) or 0
    amount, note = request.form.get("amount", ""), request.form.get("note", "")
    try:
        with transaction():
            targets.reach(actor(), clock.now(), assignment_id, target_id, amount, note)
    except targets.TargetRefused as refused:
        return page(assignment_id, str(refused), f"{amount} {note}".strip()), 422
    flash(say("已记下达到的数量。"), "success")
    return redirect(url_for("assignments.assignment", assignment_id=assignment_id) + "#targets", 303)
