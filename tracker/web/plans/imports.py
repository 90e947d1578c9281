"""Tasks added from a spreadsheet: looked at first, then confirmed; all of them or none."""

import json
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer
from werkzeug.wrappers import Response as Redirect

from tracker import clock
from tracker.assignments import changes
from tracker.db import transaction
from tracker.people import queries as people
from tracker.plans import imports, queries
from tracker.plans.changes import ChangeRefused, require_changeable, taken_numbers, usual_group
from tracker.plans.imports import ImportRefused, Preview, Row
from tracker.rules.permissions import Action
from tracker.rules.status import MoveRefused
from tracker.rules.words import say
from tracker.spreadsheets import SpreadsheetRefused, read_rows
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.session import actor
from tracker.workbooks import CONTENT, SIZE, TYPE, Limits

task_imports = Blueprint("task_imports", __name__)

Answer = Redirect | str | tuple[str, int]

STATUS = {TYPE: 415, SIZE: 413, CONTENT: 422}
HOURS = 12
LARGEST = 900_000
"""What fits into a form; a list so long is better imported in parts."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@task_imports.get("/plans/<id:plan_id>/tasks/import")
@allowed(Action.EDIT_PLAN)
def upload(plan_id: int) -> str:
    """Show the form for a file."""
    return _upload_page(plan_id, [])


def _upload_page(plan_id: int, problems: list[str]) -> str:
    return render_template(
        "plans/import.html",
        plan=queries.get(actor(), plan_id) or abort(404),
        problems=problems,
        usual=usual_group(plan_id),
        most=imports.MOST_TASKS,
    )


@task_imports.get("/plans/<id:plan_id>/tasks/import/template.xlsx")
@allowed(Action.EDIT_PLAN)
def template(plan_id: int) -> Response:
    """Send an empty list with its heads."""
    queries.get(actor(), plan_id) or abort(404)
    response = Response(imports.template(), mimetype=XLSX)
    response.headers["Content-Disposition"] = "attachment; filename*=UTF-8''%E5%A2%9E%E8%A1%A5%E4%BB%BB%E5%8A%A1.xlsx"
    return response


@task_imports.post("/plans/<id:plan_id>/tasks/import")
@allowed(Action.EDIT_PLAN)
def preview(plan_id: int) -> Answer:
    """Show which tasks a file would add, before any is."""
    queries.get(actor(), plan_id) or abort(404)
    file = request.files.get("file")
    if file is None or not file.filename:
        return _upload_page(plan_id, [say("请先选择文件。")]), 422
    try:
        rows = imports.find_rows(read_rows(file.filename, file.stream.read(Limits().size + 1)))
        found = _read(plan_id, rows)
    except SpreadsheetRefused as refused:
        return _upload_page(plan_id, [str(refused)]), STATUS[refused.kind]
    except ImportRefused as refused:
        return _upload_page(plan_id, refused.problems), 409 if refused.taken else 422
    except MoveRefused as refused:
        return _upload_page(plan_id, [str(refused)]), 409
    signed = _signer().dumps([plan_id, found.rows])
    if len(signed) > LARGEST:
        return _upload_page(plan_id, [say("任务内容太长，一次放不下：请分几次导入。")]), 413
    return _preview_page(plan_id, found, str(signed))


def _read(plan_id: int, rows: list[tuple[int, Row]]) -> Preview:
    """Return what rows would add now; raise ImportRefused or MoveRefused."""
    plan, today = queries.known(plan_id), clock.today()
    require_changeable(plan)
    directory = people.directory(plan.issuer_id, today)
    return imports.read(rows, directory, taken_numbers(plan_id), usual_group(plan_id), today)


def _preview_page(plan_id: int, found: Preview, signed: str, reason: str = "", problem: str = "") -> str:
    return render_template(
        "plans/import_preview.html",
        plan=queries.get(actor(), plan_id) or abort(404),
        found=found,
        signed=signed,
        reason=reason,
        problem=problem,
    )


@task_imports.post("/plans/<id:plan_id>/tasks/import/confirm")
@allowed(Action.EDIT_PLAN)
def confirm(plan_id: int) -> Answer:
    """Add the tasks that were looked at."""
    queries.get(actor(), plan_id) or abort(404)
    signed, reason = request.form.get("rows", ""), request.form.get("reason", "")
    rows = _signed_rows(plan_id, signed)
    if rows is None:
        return _upload_page(
            plan_id, [say("核对页已超过 {hours} 小时，或内容被改动过。请重新选择文件。", hours=HOURS)]
        ), 422
    try:
        with transaction():
            found = _read(plan_id, rows)
            added = changes.create_many(actor(), clock.now(), plan_id, found.tasks, reason)
    except ImportRefused as refused:
        return _upload_page(plan_id, refused.problems), 409 if refused.taken else 422
    except MoveRefused as refused:
        return _upload_page(plan_id, [str(refused)]), 409
    except ChangeRefused as refused:
        return _preview_page(plan_id, found, signed, reason, str(refused)), 422
    flash(say("{n} 项任务已增补，并已交办到责任单位。", n=len(added)), "success")
    return redirect(url_for("plans.plan", plan_id=plan_id), 303)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="task-import", serializer=json)


def _signed_rows(plan_id: int, signed: str) -> list[tuple[int, Row]] | None:
    """Return the rows of this plan that a page of ours carried; None for anything else."""
    try:
        loaded: Any = _signer().loads(signed, max_age=HOURS * 3600)
    except (BadSignature, SignatureExpired):
        return None
    signed_for, rows = loaded
    return [(at, (row[0], row[1], row[2], row[3])) for at, row in rows] if signed_for == plan_id else None
