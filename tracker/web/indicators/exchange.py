"""A unit's form out as a workbook and in again: a report first, then exactly what was decided on."""

from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as AnyResponse

from tracker import clock
from tracker.db import transaction
from tracker.indicators import form_desk, queries, returning, workbook
from tracker.indicators.answering import Outcome
from tracker.indicators.returning import Comparison
from tracker.indicators.workbook import LIMITS, Returned, Row
from tracker.overview.tables import FORMATS
from tracker.rules.indicators.merging import Change
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.uploads import FileRefused, clean_name
from tracker.web.access import allowed
from tracker.web.downloads import made_file
from tracker.web.indicators.sheets import may_write, wanted_sheet, why_closed
from tracker.web.language import flash
from tracker.web.session import actor
from tracker.workbooks import CONTENT, SIZE, TYPE, SpreadsheetRefused

indicator_exchange = Blueprint("indicator_exchange", __name__)

PLACE = "/indicators/<id:round_id>/<id:unit_id>/workbook"
STATUS = {TYPE: 415, SIZE: 413, CONTENT: 422}
"""What a refused workbook answers."""

FILE, NOW = "file", "now"
"""What a person decides on a conflict: the file's value, or what stands now."""

Answer = str | AnyResponse | tuple[str, int]


class PageTooOld(ValueError):
    """A form that this service did not make for this person and sheet."""


@indicator_exchange.get(PLACE)
@allowed(Action.VIEW_INDICATORS)
def page(round_id: int, unit_id: int) -> str:
    """Offer the workbook and the form that takes it back."""
    return _upload_page(wanted_sheet(round_id, unit_id))


@indicator_exchange.get(f"{PLACE}.xlsx")
@allowed(Action.VIEW_INDICATORS)
def out(round_id: int, unit_id: int) -> Response:
    """Send the unit's form as a workbook."""
    sheet = wanted_sheet(round_id, unit_id)
    content = workbook.make(sheet, queries.previous(sheet), form_desk.decided(sheet.known))
    name = clean_name(f"{sheet.unit} {sheet.round.title.replace('/', ' ')[:40]} 填报表.xlsx")
    return made_file(content, FORMATS["xlsx"][0], name)


def _upload_page(sheet: Any, problem: str = "") -> str:
    return render_template(
        "indicators/workbook.html",
        sheet=sheet,
        problem=problem,
        closed=why_closed(sheet),
        writable=may_write(sheet),
        megabytes=LIMITS.size >> 20,
    )


@indicator_exchange.post(PLACE)
@allowed(Action.ANSWER_INDICATORS)
def upload(round_id: int, unit_id: int) -> Answer:
    """Show what a workbook would change, before anything does."""
    sheet = wanted_sheet(round_id, unit_id)
    closed = why_closed(sheet)
    if closed:
        return _upload_page(sheet, closed), 409
    file = request.files.get("file")
    if file is None or not file.filename:
        return _upload_page(sheet, say("请先选择填好的工作簿。")), 422
    try:
        name = clean_name(file.filename)
        returned = workbook.read(sheet, name, file.stream.read(LIMITS.size + 1))
    except SpreadsheetRefused as refused:
        return _upload_page(sheet, str(refused)), STATUS[refused.kind]
    except FileRefused as refused:
        return _upload_page(sheet, str(refused)), 422
    return _merge_page(sheet, returning.compare(sheet, returned.rows), name, returned)


def _merge_page(
    sheet: Any,
    found: Comparison,
    name: str,
    returned: Returned | None = None,
    decided: dict[str, str] | None = None,
    problem: str = "",
    unchanged: int | None = None,
) -> str:
    same = len(found.of(Change.UNCHANGED)) if unchanged is None else unchanged
    return render_template(
        "indicators/merge.html",
        sheet=sheet,
        found=found,
        taken=found.of(Change.TAKEN),
        conflicts=found.of(Change.CONFLICT),
        kept=found.of(Change.KEPT),
        same=found.of(Change.SAME),
        unchanged=same,
        name=name,
        missing=returned.missing if returned else (),
        strange=returned.strange if returned else (),
        carried=_signed(sheet, found, name, same),
        decided=decided or {},
        problem=problem,
    )


@indicator_exchange.post(f"{PLACE}/merge")
@allowed(Action.ANSWER_INDICATORS)
def merge(round_id: int, unit_id: int) -> Answer:
    """Store what was decided on; what others changed since the report is shown once more."""
    sheet = wanted_sheet(round_id, unit_id)
    try:
        rows, seen, name, unchanged = _carried(sheet)
    except PageTooOld:
        return _upload_page(sheet, say("这一页已经失效，没有写入。请重新上传工作簿。")), 422
    found = returning.compare(sheet, rows)
    decided = {row.key: request.form.get(f"choice-{row.key}", "") for row in rows}
    open_ones = [line for line in found.of(Change.CONFLICT) if decided[line.row.key] not in (FILE, NOW)]
    if open_ones:
        words = say("还有 {n} 处冲突没有选择，没有写入。请逐处选择后再确认。", n=len(open_ones))
        return _merge_page(sheet, found, name, None, decided, words, unchanged), 422
    outcome = _stored(sheet, found, decided, seen)
    if outcome.stale or outcome.refused:
        return _what_is_left(round_id, unit_id, rows, name, outcome), 409
    flash(say("已写入 {n} 个空格。", n=len(outcome.stored)), "success")
    return redirect(url_for("indicator_exchange.page", round_id=round_id, unit_id=unit_id), 303)


def _stored(sheet: Any, found: Comparison, decided: dict[str, str], seen: dict[str, int]) -> Outcome:
    wanted = returning.chosen(found, {key: choice == FILE for key, choice in decided.items()}, seen)
    with transaction():
        return returning.store(actor(), clock.now(), sheet, wanted)


def _what_is_left(round_id: int, unit_id: int, rows: list[Row], name: str, outcome: Outcome) -> str:
    """Show the rows that others changed since the report once more; the others are stored."""
    sheet = wanted_sheet(round_id, unit_id)
    left = [row for row in rows if row.key in outcome.stale or row.key in outcome.refused]
    words = say(
        "已写入 {n} 个空格；另有 {left} 个在您核对期间被他人改过，没有写入，请重新选择。",
        n=len(outcome.stored),
        left=len(left),
    )
    return _merge_page(sheet, returning.compare(sheet, left), name, None, None, words)


def _signer(sheet: Any) -> URLSafeSerializer:
    salt = f"indicator-workbook-{sheet.round.id}-{sheet.unit_id}"
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=salt)


def _signed(sheet: Any, found: Comparison, name: str, unchanged: int) -> str:
    """Return what the page takes with it: nothing is kept of a workbook that nobody confirms."""
    rows = [(each.row.row, each.row.key, each.row.base, each.row.mine, each.row.trusted) for each in found.carried]
    seen = {line.row.key: line.seen for line in found.carried}
    carried = {"by": actor().id, "name": name, "rows": rows, "seen": seen, "unchanged": unchanged}
    return str(_signer(sheet).dumps(carried))


def _carried(sheet: Any) -> tuple[list[Row], dict[str, int], str, int]:
    try:
        sent = _signer(sheet).loads(request.form.get("rows", ""))
    except BadSignature:
        raise PageTooOld from None
    if sent["by"] != actor().id:
        raise PageTooOld
    return [Row(*row) for row in sent["rows"]], sent["seen"], sent["name"], sent["unchanged"]
