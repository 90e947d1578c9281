"""Filling in the indicator form: a unit's form, its parts, the history of a blank, handing in and taking back."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from tracker import clock
from tracker.db import transaction
from tracker.i18n import translate
from tracker.indicators import answering, form_desk, queries
from tracker.indicators.answering import LONGEST_REASON, NotReady, Outcome, Typed
from tracker.indicators.queries import NOTHING, Sheet, UnknownRound
from tracker.rules.indicators.decisions import Decision
from tracker.rules.indicators.rounds import SOURCE_TEXT
from tracker.rules.indicators.values import ValueRefused, show_value
from tracker.rules.permissions import Action, may
from tracker.rules.status import MoveRefused
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.indicators import filling_sheet as sheets
from tracker.web.indicators.filling_form import CorrectionForm, CoverForm, Entry, seen, touched, typed
from tracker.web.indicators.filling_names import blank_address, short_name
from tracker.web.indicators.filling_page import PartPage, Sent, stale_words
from tracker.web.language import flash
from tracker.web.paging import whole
from tracker.web.session import actor
from tracker.web.typed import keep_typed, name_fields

indicator_filling = Blueprint("indicator_filling", __name__)

SHEET = "/indicators/<id:round_id>/<id:unit_id>"
PART = f"{SHEET}/part/<int:number>"
BLANK = f"{SHEET}/blank/<key>"
Page = str | Answer | tuple[str, int]


@indicator_filling.get(SHEET)
@allowed(Action.VIEW_INDICATORS)
def sheet(round_id: int, unit_id: int) -> str:
    """Show a unit's form: how far it is, what is missing, what does not fit."""
    return sheets.page(_found(round_id, unit_id))


@indicator_filling.post(f"{SHEET}/cover")
@allowed(Action.ANSWER_INDICATORS)
def cover(round_id: int, unit_id: int) -> Page:
    """Keep the cover's persons."""
    form = CoverForm()
    name_fields({field.name: field.label.text for field in form})
    if not form.validate_on_submit():
        return sheets.page(_found(round_id, unit_id), cover=form), 422
    with transaction():
        answering.save_cover(actor(), clock.now(), round_id, unit_id, form.cover)
    flash(say("封面已保存。"), "success")
    return _to(round_id, unit_id)


@indicator_filling.post(f"{SHEET}/explain")
@allowed(Action.ANSWER_INDICATORS)
def explain(round_id: int, unit_id: int) -> Page:
    """Keep why a warning is right as it stands."""
    name, text = request.form.get("check", ""), request.form.get("text", "")
    if len(text.strip()) > LONGEST_REASON:
        error = say("说明不能超过 {most} 个字，请缩短后再保存。", most=LONGEST_REASON)
        return sheets.page(_found(round_id, unit_id), refused=(name, text, error)), 422
    if not text.strip() and name not in _found(round_id, unit_id).explained:
        return sheets.page(_found(round_id, unit_id), refused=(name, text, say("请写明原因。"))), 422
    with transaction():
        answering.explain(actor(), clock.now(), round_id, unit_id, name, text)
    flash(say("说明已保存。") if text.strip() else say("说明已收回。"), "success")
    return _to(round_id, unit_id, "#checks")


@indicator_filling.post(f"{SHEET}/submit")
@allowed(Action.SUBMIT_INDICATORS)
def submit(round_id: int, unit_id: int) -> Page:
    """Hand the form in; where it is not ready, show what is missing."""
    try:
        with transaction():
            answering.submit(actor(), clock.now(), round_id, unit_id)
    except NotReady as refused:
        return sheets.page(_found(round_id, unit_id), alert=str(refused)), 422
    flash(say("指标已上报市局，填报结束之前可以撤回修改。"), "success")
    return _to(round_id, unit_id)


@indicator_filling.post(f"{SHEET}/recall")
@allowed(Action.SUBMIT_INDICATORS)
def recall(round_id: int, unit_id: int) -> Page:
    """Take back what was handed in."""
    with transaction():
        answering.recall(actor(), clock.now(), round_id, unit_id)
    flash(say("已撤回，修改后请重新上报。"), "success")
    return _to(round_id, unit_id)


@indicator_filling.get(PART)
@allowed(Action.VIEW_INDICATORS)
def part(round_id: int, unit_id: int, number: int) -> str:
    """Show a part of the form, to be filled in or read."""
    return _part(_found(round_id, unit_id), number)


@indicator_filling.post(PART)
@allowed(Action.ANSWER_INDICATORS)
def save_part(round_id: int, unit_id: int, number: int) -> Page | tuple[Response, int]:
    """Keep what can be kept of a part; what was refused or overtaken comes back with its text."""
    asked = _page(_found(round_id, unit_id), number)
    name_fields(asked.names)
    entries = touched(request.form, asked.keys)
    keep_typed((asked.names[key], entry.text) for key, entry in entries.items())
    if request.accept_mimetypes.best == "application/json":
        return _by_itself(round_id, unit_id, number, entries)
    with transaction():
        outcome = answering.save(actor(), clock.now(), round_id, unit_id, typed(entries))
    if outcome.refused or outcome.stale:
        shown = _part(_found(round_id, unit_id), number, Sent(entries, outcome))
        return shown, 409 if outcome.stale else 422
    stored = len(outcome.stored)
    flash(say("已保存，改动 {n} 个空格。", n=stored) if stored else say("填写的内容都已保存。"), "success")
    following = request.form.get("intent") == "next"
    is_last = number == len(asked.form.parts)
    place = "" if following and is_last else f"/part/{number + following}"
    return _to(round_id, unit_id, place)


def _by_itself(round_id: int, unit_id: int, number: int, entries: dict[str, Entry]) -> tuple[Response, int]:
    """Keep what a page sends while somebody types, and say what came of it."""
    now = clock.now()
    try:
        with transaction():
            outcome = answering.save(actor(), now, round_id, unit_id, typed(entries))
    except MoveRefused as refused:
        return jsonify(words=translate(str(refused))), 409
    page = _page(_found(round_id, unit_id), number)
    total = len(page.form.indicators)
    said = {
        "stored": outcome.stored,
        "refused": {key: translate(words) for key, words in outcome.refused.items()},
        "stale": {key: _overtaken(outcome, key) for key in outcome.stale},
        "answered": f"{page.found.answered}/{total}",
        "part": f"{page.answered}/{len(page.indicators)}",
        "objections": {
            number: [{"tone": each.tone, "words": translate(each.live)} for each in found]
            for number, found in page.findings_by_indicator().items()
        },
        "by": translate(say("{who} {time} 填写", who=actor().name, time=f"{now:%H:%M}")),
        "words": translate(_saved(outcome, f"{now:%H:%M:%S}")),
    }
    return jsonify(said), 200


def _saved(outcome: Outcome, time: str) -> str:
    open_ = len(outcome.refused) + len(outcome.stale)
    if open_:
        return say("已自动保存 {time}；另有 {n} 个空格没有保存，请看空格下的说明。", time=time, n=open_)
    return say("已自动保存 {time}", time=time)


def _overtaken(outcome: Outcome, key: str) -> dict[str, Any]:
    stale = outcome.stale[key]
    return {
        "theirs": stale.theirs,
        "mine": stale.mine,
        "version": stale.held.version,
        "words": translate(stale_words(stale)),
    }


@indicator_filling.get(BLANK)
@allowed(Action.VIEW_INDICATORS)
def blank(round_id: int, unit_id: int, key: str) -> str:
    """Show who wrote what in a blank, and when."""
    return _blank(_found(round_id, unit_id), key)


@indicator_filling.post(BLANK)
@allowed(Action.RUN_ROUNDS)
def correct(round_id: int, unit_id: int, key: str) -> Page:
    """Correct a blank after the round has ended; both values stay on record."""
    found, form = _found(round_id, unit_id), CorrectionForm()
    name_fields({field.name: field.label.text for field in form})
    if not form.validate_on_submit():
        return _blank(found, key, form), 422
    change = Typed(form.value.data or "", whole(request.form.get("seen", "").partition("|")[0]) or 0)
    try:
        with transaction():
            answering.correct(actor(), clock.now(), round_id, unit_id, key, change, form.reason.data or "")
    except ValueRefused as refused:
        form.value.errors = [str(refused)]
        return _blank(_found(round_id, unit_id), key, form), 422
    except MoveRefused as refused:
        return _blank(_found(round_id, unit_id), key, form, str(refused)), 409
    flash(say("已更正，原数和理由一并留存。"), "success")
    return _to(round_id, unit_id, f"/blank/{key}")


def _found(round_id: int, unit_id: int) -> Sheet:
    return queries.sheet(actor(), round_id, unit_id)


def _page(
    found: Sheet,
    number: int,
    before: Sheet | None = None,
    sent: Sent | None = None,
    decided: Mapping[str, Decision] | None = None,
) -> PartPage:
    if not 1 <= number <= len(found.known.form.parts):
        abort(404)
    return PartPage(found, number, before, sent, decided)


def _part(found: Sheet, number: int, sent: Sent | None = None) -> str:
    before = queries.previous(found)
    page = _page(found, number, before, sent, form_desk.decided(found.known))
    return render_template(
        "indicators/part.html",
        page=page,
        before=before,
        stale=stale_words,
        **sheets.frame(found),
    )


def _blank(found: Sheet, key: str, form: CorrectionForm | None = None, alert: str = "") -> str:
    asked = next(((own, blank) for name, own, blank in found.known.form.fields() if name == key), None)
    if asked is None:
        raise UnknownRound(say("这份指标表没有这个空格。"))
    held = found.held.get(key, NOTHING)
    shown = show_value(asked[1], held.value)
    return render_template(
        "indicators/blank.html",
        indicator=asked[0],
        key=key,
        blank=asked[1],
        held=held,
        text=shown,
        seen=seen(held.version, shown),
        changes=queries.changes(found.id, key),
        form=form or CorrectionForm(formdata=None),
        alert=alert,
        name=short_name(*asked),
        place=blank_address(found, key, asked[0]),
        corrects=found.round.closed_on is not None and may(actor(), Action.RUN_ROUNDS),
        source_text=SOURCE_TEXT,
        **sheets.frame(found),
    )


def _to(round_id: int, unit_id: int, place: str = "") -> Answer:
    return redirect(f"/indicators/{round_id}/{unit_id}{place}", 303)
