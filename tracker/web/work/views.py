"""One's own long work: the list, one piece with its progress, its result, and leaving it off."""

import json

from flask import Blueprint, Response, abort, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from tracker import clock
from tracker.db import transaction
from tracker.overview.tables import Table
from tracker.reminders import runs
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.downloads import stored_file, table_file
from tracker.web.language import flash
from tracker.web.session import actor
from tracker.work import operations, queries
from tracker.works import result_path

work = Blueprint("work", __name__, url_prefix="/jobs")


@work.get("")
@allowed(Action.OWN_ACCOUNT)
def index() -> str:
    """List what one asked for."""
    return render_template("work/index.html", rows=queries.of(actor()))


@work.get("/<id:work_id>")
@allowed(Action.OWN_ACCOUNT)
def piece(work_id: int) -> str:
    """Show how far a piece of work is."""
    found = queries.own(actor(), work_id)
    return render_template("work/piece.html", piece=found, idle=found.open and _nobody_works())


def _nobody_works() -> bool:
    pulse = runs.pulse()
    return pulse is None or pulse.dead


@work.get("/<id:work_id>/state")
@allowed(Action.OWN_ACCOUNT)
def state(work_id: int) -> Response:
    """Answer a page that waits: how many steps are done, and whether it still goes on."""
    found = queries.own(actor(), work_id)
    answer = {"done": found.done, "total": found.total, "open": found.open}
    return Response(json.dumps(answer), mimetype="application/json")


@work.post("/<id:work_id>/stop")
@allowed(Action.OWN_ACCOUNT)
def stop(work_id: int) -> AnyResponse:
    """Leave a piece of work off."""
    queries.own(actor(), work_id)
    with transaction():
        asked = operations.stop(actor(), clock.utc(), work_id)
    flash(say("已要求停下。") if asked else say("已经结束，不用再停。"), "success" if asked else "info")
    return redirect(url_for("work.piece", work_id=work_id), 303)


@work.get("/<id:work_id>/result")
@allowed(Action.OWN_ACCOUNT)
def result(work_id: int) -> Response:
    """Send what came of it."""
    found = queries.own(actor(), work_id)
    path = result_path(current_app.config["TRACKER_DATA_DIR"], found.result_sha256)
    if not found.result_sha256 or not path.is_file():
        abort(404)
    return stored_file(path, found.result_name)


@work.get("/<id:work_id>/failures")
@allowed(Action.OWN_ACCOUNT)
def failures(work_id: int) -> Response:
    """Send the lines that could not be done as a table, to be mended and tried again."""
    found = queries.own(actor(), work_id)
    if not found.failures:
        abort(404)
    heads, *rows = found.failures
    return table_file(Table(say("没有办成的"), found.title, heads, rows), "xlsx")
