"""Decides what becomes of a task that was due before its document was issued (X3-01)."""

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.assignments import early
from tracker.db import transaction
from tracker.plans import queries
from tracker.plans.changes import ChangeRefused
from tracker.plans.operations import StaleText
from tracker.rules.permissions import Action
from tracker.rules.status import MoveRefused
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.paging import whole
from tracker.web.plans.progress.forms import EarlyForm
from tracker.web.plans.task_page import task_page
from tracker.web.session import actor

early_tasks = Blueprint("early_tasks", __name__)


@early_tasks.post("/tasks/<id:task_id>/early")
@allowed(Action.EDIT_PLAN)
def decide(task_id: int) -> Response | tuple[str, int]:
    """Put the supervisor's choice on record, unless someone else was faster."""
    if queries.task(actor(), task_id) is None:
        abort(404)
    form, version = EarlyForm(), whole(request.form.get("version", ""))
    if version is None:
        abort(400)
    if not form.validate():
        return task_page(task_id, opened="early", form=form), 422
    choice = next(choice for choice in early.CHOICE_TEXT if choice == form.choice.data)
    try:
        with transaction():
            reason = form.reason.data or ""
            number = early.decide(actor(), clock.now(), task_id, version, choice, form.due_on, reason)
    except StaleText as stale:
        return task_page(task_id, clash=stale, opened="early", form=form), 409
    except ChangeRefused as refused:
        form[refused.field].errors = [str(refused)]
        return task_page(task_id, opened="early", form=form), 422
    except MoveRefused as refused:
        return task_page(task_id, refused=str(refused), opened="early", form=form), 409
    flash(say("已按“{choice}”处理，涉及 {n} 个责任事项。", choice=early.CHOICE_TEXT[choice], n=number), "success")
    return redirect(url_for("plans.task", task_id=task_id), 303)
