"""Units from a spreadsheet: preview of what it would change, and applying exactly that."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.people import unit_sheets
from tracker.people.unit_sheets import Comparison, Line, SheetRefused, compare
from tracker.people.units import StaleUnit, UnitRefused
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.spreadsheets import SpreadsheetRefused, read_rows
from tracker.uploads import clean_name
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.session import actor
from tracker.workbooks import CONTENT, SIZE, TYPE, Limits

unit_imports = Blueprint("unit_imports", __name__, url_prefix="/admin/units/import")

LIMITS = Limits(size=2 << 20, rows=2000, columns=20)
STATUS = {TYPE: 415, SIZE: 413, CONTENT: 422}
"""What a refused spreadsheet answers."""

PREVIEWED, LIFETIME = "unit-import", 2 * 3600


class PageTooOld(ValueError):
    """A form that this service did not make for this person, or too long ago."""


class ChangedMeanwhile(ValueError):
    """Units that are not any more as the preview said."""


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=PREVIEWED)


def _posted() -> Any:
    """Return what the preview of this person was given; raise PageTooOld."""
    try:
        sent = _signer().loads(request.form.get("rows", ""), max_age=LIFETIME)
    except BadSignature:
        raise PageTooOld from None
    if sent["by"] != actor().id:
        raise PageTooOld
    return sent


@unit_imports.get("")
@allowed(Action.EDIT_UNITS)
def upload() -> str:
    """Show how a sheet must look, and the form that sends it."""
    return _upload_page()


def _upload_page(problem: str = "") -> str:
    return render_template(
        "units/upload.html",
        problem=problem,
        heads=unit_sheets.HEADS,
        demanded=unit_sheets.DEMANDED,
        megabytes=LIMITS.size >> 20,
        most_rows=LIMITS.rows,
    )


@unit_imports.post("")
@allowed(Action.EDIT_UNITS)
def preview() -> str | tuple[str, int]:
    """Show what a sheet would change, before anything does."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _upload_page(say("请先选择要导入的表格。")), 422
    try:
        sheet = unit_sheets.lines(read_rows(file.filename, file.stream.read(LIMITS.size + 1), limits=LIMITS))
    except SpreadsheetRefused as refused:
        return _upload_page(str(refused)), STATUS[refused.kind]
    except SheetRefused as refused:
        return _upload_page(str(refused)), 422
    found = compare(actor(), sheet, clock.today())
    return _preview_page(found, sheet, clean_name(file.filename)), 422 if found.refused else 200


def _preview_page(found: Comparison, sheet: Sequence[Line], source: str, changed: str = "") -> str:
    # The rows travel through the page, so that nothing is kept of a sheet that nobody confirms.
    lines = [(line.row, dict(line.cells)) for line in sheet]
    carried = {"by": actor().id, "seen": found.seen, "source": source, "lines": lines}
    return render_template(
        "units/preview.html",
        found=found,
        source=source,
        carried=_signer().dumps(carried) if found.writes else "",
        changed=changed,
    )


@unit_imports.post("/confirm")
@allowed(Action.EDIT_UNITS)
def confirm() -> Response | tuple[str, int]:
    """Apply what was previewed, all of it or nothing, unless a unit changed since."""
    try:
        carried = _posted()
    except PageTooOld:
        return _upload_page(say("预览已失效，没有导入。请重新上传表格。")), 422
    sheet = [Line(row, cells) for row, cells in carried["lines"]]
    try:
        with transaction():
            found = compare(actor(), sheet, clock.today())
            if found.seen != carried["seen"] or not found.writes:
                raise ChangedMeanwhile
            unit_sheets.apply(actor(), clock.now(), found)
    except (ChangedMeanwhile, UnitRefused, StaleUnit) as refused:
        words = (
            say("没有导入：{refused}", refused=str(refused))
            if str(refused)
            else say("预览之后单位有变动，没有导入。请核对下面的新预览。")
        )
        return _preview_page(compare(actor(), sheet, clock.today()), sheet, carried["source"], words), 409
    flash(say("表格已导入：新建 {n} 个，修改 {n2} 个。", n=len(found.new), n2=len(found.changed)), "success")
    return redirect(url_for("units.index"), 303)
