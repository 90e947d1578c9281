"""The imports on their way, a document taken in, and the pages of one: the check, its history, its end."""

from contextlib import closing
from io import BytesIO
from typing import IO, Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock, storage, uploads
from tracker.db import transaction
from tracker.plans import desk_blockers, desk_opening, desk_queries
from tracker.plans.desk_opening import Upload
from tracker.plans.desk_queries import AlreadyOpen, AlreadyPublished, Import
from tracker.plans.desk_record import ImportClosed, StaleTask
from tracker.plans.readers import READERS, Unreadable, read_document
from tracker.plans.readers.limits import MAX_BYTES
from tracker.plans.readers.office import program
from tracker.rules.permissions import Action
from tracker.rules.plan_text.drafts import PlanUnreadable
from tracker.rules.plan_text.reader import read_plan
from tracker.rules.words import say
from tracker.uploads import FileRefused, Why
from tracker.web.access import allowed
from tracker.web.forms import FILE_STATUS
from tracker.web.language import flash
from tracker.web.paging import SIZE, Page, page_number, whole
from tracker.web.plans.wizard import steps, words
from tracker.web.plans.wizard.page import asked_for, check_page, loaded
from tracker.web.plans.wizard.told import told
from tracker.web.session import actor

plan_imports = Blueprint("plan_imports", __name__, url_prefix="/plans/import")

Answer = Response | str | tuple[str, int]

MOST_TEXT = 300_000
"""Signs of a pasted text; the longest plan known has some 40,000, and a form holds one MB."""

PASTED = "粘贴的文字.txt"


@plan_imports.get("")
@allowed(Action.EDIT_PLAN)
def index() -> str:
    """List the imports, and offer to begin one."""
    return _index_page()


def _index_page(problem: str = "", *, link: tuple[str, str] | None = None, text: str = "") -> str:
    return render_template(
        "plans/wizard/index.html",
        rows=desk_queries.open_rows(actor()),
        published=desk_queries.published_rows(actor()),
        steps=steps.bar("upload"),
        step_text=words.STEP_TEXT,
        problem=problem,
        link=link,
        text=text,
        megabytes=_limit() // 1024 // 1024,
        most=MOST_TEXT,
        endings=words.ENDINGS,
        office=bool(program()),
    )


def _limit() -> int:
    return int(min(MAX_BYTES, current_app.config["TRACKER_MAX_UPLOAD_MB"] * 1024 * 1024))


@plan_imports.post("")
@allowed(Action.EDIT_PLAN)
def begin() -> Answer:
    """Read a document and put it on its way; what cannot be read leaves nothing behind."""
    text = request.form.get("text", "")
    try:
        name, content = _sent(text)
        made = _open(name, content)
    except FileRefused as refused:
        return _index_page(str(refused), text=text), FILE_STATUS[refused.why]
    except Unreadable as unreadable:
        return _index_page(str(unreadable), text=text), 422 if _ending(name) in READERS else 415
    except PlanUnreadable as unreadable:
        return _index_page(str(unreadable), text=text), 422
    except AlreadyOpen as known:
        link = (say("继续那一次导入"), f"/plans/import/{known.import_id}")
        return _index_page(str(known), link=link, text=text), 409
    except AlreadyPublished as known:
        return _index_page(str(known), link=(say("打开这份方案"), f"/plans/{known.plan_id}"), text=text), 409
    flash(say("已读取“{name}”，请逐项核对。", name=name), "success")
    return redirect(url_for("import_checks.check", import_id=made), 303)


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _sent(text: str) -> tuple[str, bytes]:
    """Return the name and the bytes of what was sent: a file, or pasted text; raise FileRefused."""
    file = request.files.get("file")
    if file is None or not file.filename:
        if not text.strip():
            raise FileRefused(say("请选择文件，或把方案全文粘贴到文本框里。"), Why.CONTENT)
        if len(text) > MOST_TEXT:
            raise FileRefused(
                say("粘贴的文字最多 {most} 字，现在有 {n} 字。请存成文件后上传。", most=MOST_TEXT, n=len(text)),
                Why.SIZE,
            )
        return PASTED, text.replace("\r\n", "\n").encode()
    with closing(file):
        return _checked(uploads.clean_name(file.filename, say("方案.docx")), file.stream)


def _checked(name: str, stream: IO[bytes]) -> tuple[str, bytes]:
    limit = _limit()
    uploads.scan(name, stream, current_app.config["TRACKER_CLAMD"])
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise FileRefused(
            say("“{name}”超过 {most} MB，请只保留方案正文和任务清单。", name=name, most=limit // 1024 // 1024), Why.SIZE
        )
    return name, content


def _open(name: str, content: bytes) -> int:
    """Read first, then keep the file, then write: a refusal on the way stores nothing."""
    reading = read_document(name, content)
    draft = read_plan(reading.text)
    kept = storage.keep(current_app.config["TRACKER_DATA_DIR"], BytesIO(content), len(content))
    with transaction():
        return desk_opening.open_import(actor(), clock.now(), Upload(name, kept.sha256, reading), draft).id


@plan_imports.get("/<id:import_id>")
@allowed(Action.EDIT_PLAN)
def resume(import_id: int) -> Response:
    """Lead to the step where an import stands."""
    found = loaded(import_id)
    return redirect(f"/plans/import/{found.id}/{_first_left(found)}", 302)


def _first_left(found: Import) -> str:
    """Return the first step of an import that is not done; a finished one is looked at from its beginning."""
    if found.doubts or not found.open:
        return "check"
    desk = desk_blockers.desk(actor(), found.id, clock.today()) or abort(404)
    return "rehearsal" if steps.names_known(desk.units) else "units"


@plan_imports.get("/<id:import_id>/history")
@allowed(Action.EDIT_PLAN)
def history(import_id: int) -> str:
    """Show who did what to an import, and when."""
    found = loaded(import_id)
    asked = page_number()
    total, rows = desk_queries.changes(import_id, SIZE, (asked - 1) * SIZE)
    return render_template(
        "plans/wizard/history.html",
        found=found,
        rows=told(rows),
        page=Page(asked, total),
    )


@plan_imports.post("/<id:import_id>/drop")
@allowed(Action.EDIT_PLAN)
def drop(import_id: int) -> Answer:
    """Leave an import off."""
    found = loaded(import_id)
    version = whole(request.form.get("version", ""))
    if version is None:
        abort(400)
    try:
        with transaction():
            desk_opening.drop(actor(), clock.now(), import_id, version)
    except ImportClosed as closed:
        return _closed(import_id, str(closed)), 409
    except StaleTask:
        who = loaded(import_id).changed_by
        told = say("{who}刚刚处理过“{name}”，没有放弃。请先看看，再决定。", who=who, name=found.filename)
        return _index_page(told, link=(say("打开这次导入"), f"/plans/import/{import_id}")), 409
    flash(say("已放弃“{name}”的导入。办理记录仍可查看。", name=found.filename), "success")
    return redirect(url_for("plan_imports.index"), 303)


def _closed(import_id: int, why: str) -> Any:
    found = loaded(import_id)
    return check_page(found, asked_for(found, ""), refused=why)
