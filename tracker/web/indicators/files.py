"""Files that prove an indicator: uploaded here, or offered because they prove its task or a neighbour already."""

from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.indicators import files, form_desk
from tracker.indicators.files import Proof
from tracker.indicators.queries import UnknownRound
from tracker.indicators.wording import sub_task_text
from tracker.overview import indicator_offers
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.storage import Kept
from tracker.uploads import FileRefused
from tracker.web.access import allowed
from tracker.web.downloads import kept_file
from tracker.web.forms import FILE_STATUS
from tracker.web.indicators.sheets import may_write, wanted_sheet, why_closed
from tracker.web.language import flash
from tracker.web.paging import number, whole
from tracker.web.receiving import received
from tracker.web.session import actor

indicator_files = Blueprint("indicator_files", __name__)

PLACE = "/indicators/<id:round_id>/<id:unit_id>/files"
Answer = str | Response | tuple[str, int]


@indicator_files.get(PLACE)
@allowed(Action.VIEW_INDICATORS)
def page(round_id: int, unit_id: int) -> str:
    """Show the files of one indicator with what is offered, or how many each indicator has."""
    sheet = wanted_sheet(round_id, unit_id)
    asked = number("indicator")
    return _page(sheet, _indicator(sheet, asked)) if asked is not None else _list(sheet)


def _indicator(sheet: Any, asked: int | None) -> Any:
    return next((each for each in sheet.known.form.indicators if each.number == asked), None) or abort(404)


def _list(sheet: Any) -> str:
    return render_template(
        "indicators/files.html", sheet=sheet, indicator=None, counts=files.counts(sheet), closed=why_closed(sheet)
    )


def _page(sheet: Any, indicator: Any, problem: str = "") -> str:
    own = files.attached(sheet, indicator.number)
    have = {each.sha256 for each in own}
    tasks = indicator_offers.tasks(actor(), sheet.unit_id, files.links(sheet, indicator.number))
    offered = indicator_offers.offers(tasks, have)
    have |= {each.sha256 for each in offered}
    return render_template(
        "indicators/files.html",
        sheet=sheet,
        indicator=indicator,
        sub_task=sub_task_text(sheet.known, indicator, form_desk.decided(sheet.known)),
        files=own,
        tasks=tasks,
        offers=offered,
        elsewhere=files.elsewhere(sheet, indicator.number, have),
        problem=problem,
        closed=why_closed(sheet),
        writable=may_write(sheet),
        megabytes=current_app.config["TRACKER_MAX_UPLOAD_MB"],
    )


@indicator_files.post(PLACE)
@allowed(Action.ANSWER_INDICATORS)
def upload(round_id: int, unit_id: int) -> Answer:
    """Store a file and attach it to the indicator."""
    sheet = wanted_sheet(round_id, unit_id)
    indicator = _indicator(sheet, whole(request.form.get("indicator", "")))
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(sheet, indicator, say("请先选择要上传的文件。")), 422
    try:
        ((name, kept),) = received([file], current_app.config["TRACKER_MAX_UPLOAD_MB"])
    except FileRefused as refused:
        return _page(sheet, indicator, str(refused)), FILE_STATUS[refused.why]
    return _attach(sheet, indicator, Proof(name, kept))


@indicator_files.post(f"{PLACE}/take")
@allowed(Action.ANSWER_INDICATORS)
def take(round_id: int, unit_id: int) -> Answer:
    """Attach an offered file: nothing is uploaded again."""
    sheet = wanted_sheet(round_id, unit_id)
    indicator = _indicator(sheet, whole(request.form.get("indicator", "")))
    proof = _offered(sheet, indicator, request.form.get("from", ""), whole(request.form.get("offer", "")))
    return _attach(sheet, indicator, proof)


def _offered(sheet: Any, indicator: Any, source: str, id_: int | None) -> Proof:
    """Return an offer by its number, if it is one of those that the page makes."""
    if source == "evidence":
        tasks = indicator_offers.tasks(actor(), sheet.unit_id, files.links(sheet, indicator.number))
        offered = (each for each in indicator_offers.offers(tasks, ()) if each.evidence_id == id_)
        evidence = next(offered, None) or abort(404)
        return Proof(evidence.name, Kept(evidence.sha256, evidence.size), evidence.evidence_id)
    one = next((each for each in files.elsewhere(sheet, indicator.number, ()) if each.id == id_), None) or abort(404)
    return Proof(one.name, Kept(one.sha256, one.size), one.evidence_id)


def _attach(sheet: Any, indicator: Any, proof: Proof) -> Response:
    with transaction():
        new = files.attach(actor(), clock.now(), sheet.round.id, sheet.unit_id, indicator.number, proof)
    told = (
        say("“{name}”已作为本项依据。", name=proof.name) if new else say("“{name}”已经在本项依据里。", name=proof.name)
    )
    flash(told, "success")
    return _back(sheet.round.id, sheet.unit_id, indicator.number)


@indicator_files.post(f"{PLACE}/<id:file_id>/remove")
@allowed(Action.ANSWER_INDICATORS)
def remove(round_id: int, unit_id: int, file_id: int) -> Response:
    """Take a file off an indicator."""
    wanted_sheet(round_id, unit_id)
    try:
        with transaction():
            indicator = files.remove(actor(), clock.now(), round_id, unit_id, file_id)
    except UnknownRound:
        abort(404)
    flash(say("文件已从本项移去；在别处作为依据的不受影响。"), "success")
    return _back(round_id, unit_id, indicator)


def _back(round_id: int, unit_id: int, indicator: int) -> Response:
    return redirect(url_for("indicator_files.page", round_id=round_id, unit_id=unit_id, indicator=indicator), 303)


@indicator_files.get("/indicators/files/<id:file_id>")
@allowed(Action.VIEW_INDICATORS)
def fetch(file_id: int) -> Response:
    """Send a file as an attachment."""
    try:
        name, sha256 = files.download(actor(), file_id)
    except UnknownRound:
        abort(404)
    return kept_file("indicator file", file_id, sha256, name)
