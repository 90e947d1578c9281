"""Pages of objections to entries."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.appraisal import appeals as desk
from tracker.appraisal import entries, queries
from tracker.appraisal.entries import EntryRefused
from tracker.appraisal.queries import Recorded, UnitSheet, UnknownAppraisal
from tracker.db import transaction
from tracker.reminders import year_letters
from tracker.rules.appraisal import wording
from tracker.rules.appraisal.points import Entry
from tracker.rules.appraisal.steps import Stage
from tracker.rules.permissions import Action
from tracker.rules.score_terms import ANSWER_DAYS
from tracker.rules.status import MoveRefused, RequestState
from tracker.rules.words import Words, say
from tracker.web.access import allowed
from tracker.web.appraisal.appeals_forms import AppealForm, DecisionForm
from tracker.web.appraisal.common import Shown, base_url, wanted_sheet, wanted_year
from tracker.web.language import flash
from tracker.web.paging import Page, choice, page_number
from tracker.web.session import actor

appraisal_appeals = Blueprint("appraisal_appeals", __name__)

PLACE = "/appraisal/<id:appraisal_id>/appeals"
ENTRY = "/appraisal/<id:appraisal_id>/entries/<id:entry_id>/appeal"
Answer = str | Response | tuple[str, int]

STATE_TEXT = {
    RequestState.ASKED: say("待裁定"),
    RequestState.GRANTED: say("裁定成立"),
    RequestState.REFUSED: say("裁定不成立"),
}
GRANT, REFUSE = "grant", "refuse"
SIZE = 50


@appraisal_appeals.get(PLACE)
@allowed(Action.VIEW_APPRAISAL)
def index(appraisal_id: int) -> str:
    """List the objections that the person sees: all, or those of their own unit."""
    shown, found = wanted_year(appraisal_id), queries.appraisal_of(actor(), appraisal_id)
    if not shown.works_on_all and queries.own_unit(actor(), found) is None:
        abort(404)
    state = RequestState(choice("state", set(RequestState), RequestState.ASKED))
    counts = desk.counts(actor(), found)
    page = Page(page_number(), counts[state], SIZE)
    return render_template(
        "appraisal/appeals.html",
        year=shown,
        state=state,
        states=STATE_TEXT,
        counts=counts,
        page=page,
        rows=desk.listed(actor(), found, state, clock.today(), SIZE, page.size * (page.number - 1)),
        quotes=_quotes(found),
        told=_told(found),
        own_id=actor().id,
        answer_days=ANSWER_DAYS,
    )


def _quotes(found: Any) -> dict[str, str]:
    """Return the words of every clause, and the title of every item whose total is entered, by its code."""
    scheme = queries.scheme_of(found).scheme
    titles = {item.code: item.title for _, item in scheme.items()}
    return titles | {clause.code: clause.quote for _, _, clause in scheme.clauses()}


def _told(found: Any) -> Callable[[desk.Line], list[Words]]:
    """Return what tells how many cases and points an objection in the list is about."""
    clauses = {clause.code: clause for _, _, clause in queries.scheme_of(found).scheme.clauses()}
    return lambda row: wording.told(clauses.get(row.code), Entry(row.code, row.number, points=row.points))


# ---- objecting


@appraisal_appeals.get(ENTRY)
@allowed(Action.ANSWER_APPRAISAL)
def new(appraisal_id: int, entry_id: int) -> str:
    """Show an entry with the form that objects to it, or say why nobody can."""
    return _form_page(appraisal_id, entry_id, AppealForm(formdata=None))


@appraisal_appeals.post(ENTRY)
@allowed(Action.ANSWER_APPRAISAL)
def appeal(appraisal_id: int, entry_id: int) -> Answer:
    """Object to an entry of the person's own unit."""
    _wanted(appraisal_id, entry_id)
    form = AppealForm()
    try:
        with transaction():
            words = form.reason.data or ""
            asked = year_letters.appeal(actor(), clock.now(), appraisal_id, entry_id, words, base_url())
    except EntryRefused as refused:
        form.reason.errors = [refused.problems["reason"]]
        return _form_page(appraisal_id, entry_id, form), 422
    except MoveRefused as refused:
        form.reason.errors = [say("没有提交：{why}", why=str(refused))]
        return _form_page(appraisal_id, entry_id, form), 409
    flash(say("异议已提交考评领导小组，应在 {n} 个工作日内答复。", n=ANSWER_DAYS), "success")
    return _to(appraisal_id, asked.id)


def _wanted(appraisal_id: int, entry_id: int) -> tuple[Shown, UnitSheet, Recorded]:
    """Return the year, the sheet and an entry of the person's own unit, or answer that there is none."""
    shown, found = wanted_year(appraisal_id), queries.appraisal_of(actor(), appraisal_id)
    try:
        row, unit = entries.entry_of(found, entry_id)
    except UnknownAppraisal:
        abort(404)
    if unit.unit_id != actor().unit_id:
        abort(404)
    sheet = wanted_sheet(appraisal_id, unit.id)
    return shown, sheet, next(each for each in sheet.recorded if each.row.id == row.id)


def _form_page(appraisal_id: int, entry_id: int, form: AppealForm) -> str:
    shown, sheet, recorded = _wanted(appraisal_id, entry_id)
    return render_template(
        "appraisal/appeal_new.html",
        year=shown,
        sheet=sheet,
        recorded=recorded,
        clause=sheet.clause(recorded.row.code),
        closed=desk.why_not(sheet.appraisal, recorded.row),
        form=form,
        answer_days=ANSWER_DAYS,
        most=desk.LONGEST,
    )


def _to(appraisal_id: int, appeal_id: int) -> Response:
    return redirect(url_for("appraisal_appeals.view", appraisal_id=appraisal_id, appeal_id=appeal_id), 303)


# ---- deciding


@appraisal_appeals.get(f"{PLACE}/<id:appeal_id>")
@allowed(Action.VIEW_APPRAISAL)
def view(appraisal_id: int, appeal_id: int) -> str:
    """Show an objection with the entry that it is about."""
    return _page(appraisal_id, appeal_id, DecisionForm(formdata=None))


def _page(appraisal_id: int, appeal_id: int, form: DecisionForm) -> str:
    shown, found = wanted_year(appraisal_id), queries.appraisal_of(actor(), appraisal_id)
    try:
        asked, row, unit = desk.entry_of(actor(), found, appeal_id)
    except UnknownAppraisal:
        abort(404)
    sheet = wanted_sheet(appraisal_id, unit.id)
    is_open = asked.state == RequestState.ASKED
    refused = desk.refusal(actor(), found, row, clock.today()) if is_open and shown.leads else ""
    return render_template(
        "appraisal/appeal.html",
        year=shown,
        sheet=sheet,
        asked=asked,
        state_text=STATE_TEXT[RequestState(asked.state)],
        recorded=next(each for each in sheet.recorded if each.row.id == row.id),
        clause=sheet.clause(row.code),
        clock=desk.clock_of(asked.day, clock.today()) if is_open else None,
        may_decide=is_open and shown.leads and shown.stage is Stage.OPEN and not refused,
        refused=refused,
        form=form,
        most=desk.LONGEST,
    )


@appraisal_appeals.post(f"{PLACE}/<id:appeal_id>")
@allowed(Action.DECIDE_APPRAISAL)
def decide(appraisal_id: int, appeal_id: int) -> Answer:
    """Uphold an objection or refuse it."""
    form, decision = DecisionForm(), request.form.get("decision", "")
    if decision not in (GRANT, REFUSE):
        form.answer.errors = [say("请选择成立或不成立。")]
        return _page(appraisal_id, appeal_id, form), 422
    try:
        with transaction():
            words, granted = form.answer.data or "", decision == GRANT
            year_letters.decide(actor(), clock.now(), appraisal_id, appeal_id, granted, words, base_url())
    except EntryRefused as refused:
        form.answer.errors = list(refused.problems.values())
        return _page(appraisal_id, appeal_id, form), 422
    except UnknownAppraisal:
        abort(404)
    flash(say("已裁定成立，这条登记不再计分。") if decision == GRANT else say("已裁定不成立，登记照旧。"), "success")
    return _to(appraisal_id, appeal_id)
