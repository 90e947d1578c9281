"""Remarks on an assignment's page."""

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.assignments import comments as remarks
from tracker.assignments import queries
from tracker.assignments.comments import CommentRefused
from tracker.db import transaction
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.assignments.forms import CommentForm
from tracker.web.assignments.views import page
from tracker.web.language import flash
from tracker.web.session import actor

comments = Blueprint("comments", __name__)

Answer = Response | tuple[str, int]


@comments.post("/assignments/<id:assignment_id>/comments")
@allowed(Action.COMMENT)
def add(assignment_id: int) -> Answer:
    """Add a remark to an assignment."""
    queries.get(actor(), assignment_id) or abort(404)
    form = CommentForm()
    try:
        with transaction():
            comment = remarks.add(actor(), clock.now(), assignment_id, form.body.data or "")
    except CommentRefused as refused:
        form.body.errors = [str(refused)]
        return page(assignment_id, comment_form=form), 422
    flash(say("留言已发布。"), "success")
    return _back(assignment_id, comment.id)


@comments.post("/comments/<id:comment_id>/hide")
@allowed(Action.HIDE_COMMENT)
def hide(comment_id: int) -> Answer:
    """Hide a remark, with a reason that everybody sees."""
    comment = remarks.get(comment_id) or abort(404)
    reason = request.form.get("reason", "")
    try:
        with transaction():
            remarks.hide(actor(), clock.now(), comment_id, reason)
    except CommentRefused as refused:
        return page(comment.assignment_id, str(refused), reason), 422
    flash(say("留言已隐藏，原文只有督办人员看得到。"), "success")
    return _back(comment.assignment_id, comment_id)


def _back(assignment_id: int, comment_id: int) -> Response:
    here = url_for("assignments.assignment", assignment_id=assignment_id, _anchor=f"comment-{comment_id}")
    return redirect(here, 303)
