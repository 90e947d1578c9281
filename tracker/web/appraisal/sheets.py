"""Pages of a unit's year: its sheet, recording something of it, an entry with what came of it."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from tracker import clock
from tracker.appraisal import attribution, decisions, entries, files, history, mirrors, opening, queries
from tracker.appraisal.altered import ADVICE
from tracker.appraisal.entries import EntryRefused, Recording
from tracker.appraisal.files import Proof
from tracker.appraisal.queries import Recorded, UnitSheet, UnknownAppraisal
from tracker.db import transaction
from tracker.reminders import year_letters
from tracker.rules.appraisal.steps import Stage
from tracker.rules.appraisal.wording import needs, worth
from tracker.rules.permissions import Action
from tracker.rules.status import MoveRefused
from tracker.rules.words import Words, say
from tracker.uploads import FileRefused
from tracker.web import paging
from tracker.web.access import allowed
from tracker.web.appraisal import sheet_views as views
from tracker.web.appraisal.common import base_url, shown, wanted_sheet
from tracker.web.appraisal.proofs import take_off
from tracker.web.appraisal.sheet_forms import AnswerForm, Choices, RecordForm, ReverseForm
from tracker.web.downloads import kept_file
from tracker.web.forms import FILE_STATUS
from tracker.web.language import flash
from tracker.web.receiving import received
from tracker.web.session import actor

appraisal_sheets = Blueprint("appraisal_sheets", __name__)

UNIT = "/appraisal/<id:appraisal_id>/units/<id:unit_id>"
ENTRY = "/appraisal/<id:appraisal_id>/entries/<id:entry_id>"
Answer = str | Response | tuple[str, int]


# ---- the sheet


@appraisal_sheets.get(UNIT)
@allowed(Action.VIEW_APPRAISAL)
def sheet(appraisal_id: int, unit_id: int) -> str:
    """Show a unit's year, item by item, with everything that was recorded; ?on= as it stood on a past day."""
    found, today = wanted_sheet(appraisal_id, unit_id), clock.today()
    past = asked if (asked := paging.day()) < today else None
    return sheet_page(history.on(found, past, today), past) if past else sheet_page(found)


def sheet_page(found: UnitSheet, past: date | None = None, typed: Any = None) -> str:
    """Return the page of a unit's year; `typed` is what was sent about a task and not kept."""
    may_attribute = past is None and bool(found.taken) and attribution.may_attribute(actor(), found.appraisal)
    own = found.unit.unit_id == actor().unit_id
    # Until a unit hands its year in, what it gives itself is a draft of its own; no day is kept of a draft.
    self_scores = past is None and (own or found.unit.submitted_on is not None)
    return render_template(
        "appraisal/sheet.html",
        shown=shown(found.appraisal),
        sheet=found,
        past=past,
        own=own,
        sharing=_sharing(found),
        totals=views.totals_of(found),
        work=views.item_rows(found, found.year.work, self_scores),
        team=views.item_rows(found, found.year.team, self_scores),
        bottom_line=views.item_rows(found, found.year.bottom_line, self_scores),
        applications=views.application_rows(found),
        told=views.told,
        self_scores=self_scores,
        advice=ADVICE,
        bureau_score=f"/scores/{found.appraisal.issuer_id}",
        sections=opening.unit_names(found.known) if may_attribute else [],
        typed=typed,
        longest_reason=decisions.LONGEST_REASON,
        payers=mirrors.payers(found.known.scheme, found.answers_for),
    )


# ---- recording


def _recordable(appraisal_id: int, unit_id: int) -> UnitSheet:
    """Return a sheet under which the person may record now; raise Forbidden, MoveRefused."""
    found = wanted_sheet(appraisal_id, unit_id)
    entries.require_appraiser(actor(), found.appraisal, found.unit)
    entries.require_stage(found.appraisal, Stage.OPEN)
    return found


def _choices(found: UnitSheet) -> Choices:
    """Say what can be recorded here; what proves special work is recorded at its application."""
    terms = found.known.terms
    closed = {each.clause for each in terms.disabled} - set(found.settings.enabled)
    closed |= {each.clause for each in terms.mirrors if mirrors.is_mirrored(terms.mirrors, each.clause)}
    return Choices(found.items, terms.totals_entered, closed)


def _sharing(found: UnitSheet) -> list[str]:
    return [unit.name for unit in entries.sharing(found)]


def _record_page(found: UnitSheet, form: RecordForm, refused: str = "") -> str:
    code = form.code.data or ""
    clause, sharing = form.choices.clauses.get(code), _sharing(found)
    form.name_fields(sharing)
    return render_template(
        "appraisal/record.html",
        shown=shown(found.appraisal),
        sheet=found,
        sharing=sharing,
        form=form,
        refused=refused,
        clause=clause,
        item=form.choices.item_of(code),
        told_worth=worth(clause, views.cap_of(found, code)) if clause else "",
        told_needs=needs(clause) if clause else "",
        last_day=min(found.appraisal.ends_on, clock.today()),
        megabytes=current_app.config["TRACKER_MAX_UPLOAD_MB"],
    )


@appraisal_sheets.get(f"{UNIT}/record")
@allowed(Action.APPRAISE)
def new(appraisal_id: int, unit_id: int) -> str:
    """Show the form that records something of a unit; ?code= chooses the clause."""
    found = _recordable(appraisal_id, unit_id)
    day = min(found.appraisal.ends_on, clock.today())
    asked = request.args.get("code", "")
    form = RecordForm(formdata=None, data={"day": day.isoformat(), "count": "1", "code": asked})
    form.offer(_choices(found))
    return _record_page(found, form)


@appraisal_sheets.post(f"{UNIT}/record")
@allowed(Action.APPRAISE)
def record(appraisal_id: int, unit_id: int) -> Answer:
    """Record something of a unit, with a file that proves it if there is one."""
    found, form = _recordable(appraisal_id, unit_id), RecordForm()
    form.offer(_choices(found))
    status, proofs = 422, []
    try:
        proofs = _received(form.file.data)
    except FileRefused as refused:
        form.file.errors, status = [str(refused)], FILE_STATUS[refused.why]
    wanted = form.recording
    try:
        with transaction():
            others = _record(found, form, wanted, proofs)
    except EntryRefused as refused:
        form.refuse(refused.problems)
        return _record_page(found, form), status
    except MoveRefused as refused:
        return _record_page(found, form, str(refused)), 409
    if others:
        flash(say("同一条也登记给了{others}，各自计分，撤销时分别撤销。", others=others), "success")
    return _back_to_sheet(found, wanted.code)


def _record(found: UnitSheet, form: RecordForm, wanted: Recording, proofs: list[Proof]) -> list[str]:
    """Record something of a unit, and of those that share its sheet where that was asked; return their names."""
    others = entries.sharing(found) if form.also.data else ()
    for unit in (found.unit, *others):
        about = found.appraisal.id, unit.id
        try:
            row = year_letters.record(actor(), clock.now(), *about, wanted, base_url())
        except EntryRefused as refused:
            if unit is found.unit:
                raise
            problems, name = refused.problems.items(), unit.name
            raise EntryRefused({field: say("{unit}：{why}", unit=name, why=why) for field, why in problems}) from None
        for proof in proofs:
            files.attach(actor(), clock.now(), *about, proof, entry_id=row.id)
    return [unit.name for unit in others]


def _received(sent: Any) -> list[Proof]:
    chosen = [sent] if isinstance(sent, FileStorage) and sent.filename else []
    return [Proof(name, kept) for name, kept in received(chosen, current_app.config["TRACKER_MAX_UPLOAD_MB"])]


def _back_to_sheet(before: UnitSheet, code: str) -> Response:
    """Lead to the sheet, at the item that an entry belongs to, and say what changed there."""
    appraisal_id, unit_id = before.appraisal.id, before.unit.id
    after = queries.sheet(actor(), appraisal_id, unit_id, clock.today())
    item = code.partition(".")[0]
    flash(_change(before, after, item), "success")
    place = url_for("appraisal_sheets.sheet", appraisal_id=appraisal_id, unit_id=unit_id, _anchor=item)
    return redirect(place, 303)


def _change(before: UnitSheet, after: UnitSheet, item_code: str) -> Words:
    """Say what an entry changed: "办公室 3 严肃会风纪律：10 → 8 分"."""
    if item_code not in before.results or item_code not in after.results:
        return say("{unit}：已办理。", unit=before.unit.name)
    old, new = before.results[item_code], after.results[item_code]
    item = old.item
    named = {"unit": before.unit.name, "number": item.number, "title": item.title or item.text}
    awaited = {each for each in before.year.awaits if each.partition(".")[0] == item_code}
    if awaited - set(after.year.awaits):
        return say("{unit} {number} {title}：待填 → {after} 分", **named, after=views.minus(new.points))
    if old.points == new.points:
        return say("{unit} {number} {title}：已记下，本项仍为 {after} 分", **named, after=views.minus(new.points))
    moved = {"before": views.minus(old.points), "after": views.minus(new.points)}
    return say("{unit} {number} {title}：{before} → {after} 分", **named, **moved)


# ---- an entry


def _wanted_entry(appraisal_id: int, entry_id: int) -> tuple[UnitSheet, Recorded]:
    """Return an entry with its unit's sheet, where the person sees that, or answer that there is none."""
    try:
        row, unit = entries.entry_of(queries.appraisal_of(actor(), appraisal_id), entry_id)
    except UnknownAppraisal:
        abort(404)
    found = wanted_sheet(appraisal_id, unit.id)
    return found, next(each for each in found.recorded if each.row.id == row.id)


def _entry_page(
    found: UnitSheet,
    recorded: Recorded,
    answer_form: AnswerForm | None = None,
    reverse_form: ReverseForm | None = None,
    problem: str = "",
    refused: str = "",
) -> str:
    year = shown(found.appraisal)
    clause = found.clause(recorded.row.code)
    own = found.unit.unit_id == actor().unit_id
    stands = recorded.reversal is None
    may_answer = own and year.stage in (Stage.OPEN, Stage.COMPILED)
    may_reverse = stands and year.may_appraise(found.unit.unit_id)
    may_attach = year.is_open and files.may_attach_to_entry(actor(), found.appraisal, found.unit)
    return render_template(
        "appraisal/entry.html",
        shown=year,
        sheet=found,
        recorded=recorded,
        clause=clause,
        advice=ADVICE if recorded in found.strays else "",
        item=_item_of(found, recorded.row.code),
        told=views.told(recorded, clause),
        told_worth=worth(clause, views.cap_of(found, clause.code)) if clause else "",
        own=own,
        may_appeal=own and year.is_open and stands and (recorded.appeal is None or recorded.appeal.state == "refused"),
        answer_form=(answer_form or AnswerForm(formdata=None)) if may_answer else None,
        reverse_form=(reverse_form or ReverseForm(formdata=None)) if may_reverse else None,
        may_attach=may_attach,
        withdrawn=files.withdrawn(found.unit.id, entry_id=recorded.row.id),
        removable=[
            file.id
            for file in recorded.files
            if may_attach and files.may_withdraw(actor(), found.appraisal, found.unit, file)
        ],
        problem=problem,
        refused=refused,
        megabytes=current_app.config["TRACKER_MAX_UPLOAD_MB"],
    )


def _item_of(found: UnitSheet, code: str) -> Any:
    """Return the item of an entry, special work included."""
    wanted = code.partition(".")[0]
    return next((item for _, item in found.known.scheme.items() if item.code == wanted), None)


@appraisal_sheets.get(ENTRY)
@allowed(Action.VIEW_APPRAISAL)
def entry(appraisal_id: int, entry_id: int) -> str:
    """Show an entry with its clause, the unit's answers, objections and files."""
    return _entry_page(*_wanted_entry(appraisal_id, entry_id))


@appraisal_sheets.post(f"{ENTRY}/answer")
@allowed(Action.ANSWER_APPRAISAL)
def answer(appraisal_id: int, entry_id: int) -> Answer:
    """Put on record what the unit says to an entry."""
    found, recorded = _wanted_entry(appraisal_id, entry_id)
    form = AnswerForm()
    try:
        with transaction():
            words = form.text.data or ""
            year_letters.answer(actor(), clock.now(), appraisal_id, entry_id, words, base_url())
    except EntryRefused as refused:
        form.text.errors = [refused.problems["text"]]
        return _entry_page(found, recorded, answer_form=form), 422
    flash(say("答复已保存，负责汇总的科室和领导小组都能看到。"), "success")
    return _back_to_entry(appraisal_id, entry_id)


@appraisal_sheets.post(f"{ENTRY}/reverse")
@allowed(Action.APPRAISE)
def reverse(appraisal_id: int, entry_id: int) -> Answer:
    """Take an entry's effect back."""
    found, recorded = _wanted_entry(appraisal_id, entry_id)
    form = ReverseForm()
    try:
        with transaction():
            words = form.reason.data or ""
            year_letters.reverse(actor(), clock.now(), appraisal_id, entry_id, words, base_url())
    except EntryRefused as refused:
        form.reason.errors = [refused.problems["reason"]]
        return _entry_page(found, recorded, reverse_form=form), 422
    except MoveRefused as refused:
        return _entry_page(found, recorded, reverse_form=form, refused=str(refused)), 409
    return _back_to_sheet(found, recorded.row.code)


@appraisal_sheets.post(f"{ENTRY}/files")
@allowed(Action.APPRAISE)
def upload(appraisal_id: int, entry_id: int) -> Answer:
    """Store a file and attach it to the entry."""
    found, recorded = _wanted_entry(appraisal_id, entry_id)
    try:
        proofs = _received(request.files.get("file"))
    except FileRefused as refused:
        return _entry_page(found, recorded, problem=str(refused)), FILE_STATUS[refused.why]
    if not proofs:
        return _entry_page(found, recorded, problem=say("请先选择要上传的文件。")), 422
    with transaction():
        at = clock.now()
        new = files.attach(actor(), at, appraisal_id, found.unit.id, proofs[0], entry_id=entry_id)
    name = proofs[0].name
    flash(say("“{name}”已附上。", name=name) if new else say("“{name}”已经附在这里。", name=name), "success")
    return _back_to_entry(appraisal_id, entry_id)


@appraisal_sheets.post(f"{ENTRY}/files/<id:file_id>/withdraw")
@allowed(Action.APPRAISE)
def withdraw_file(appraisal_id: int, entry_id: int, file_id: int) -> Response:
    """Take a file off the entry."""
    found, _ = _wanted_entry(appraisal_id, entry_id)
    about = appraisal_id, found.unit.id, file_id, entry_id
    take_off(lambda: files.withdraw(actor(), clock.now(), *about))
    return _back_to_entry(appraisal_id, entry_id)


def _back_to_entry(appraisal_id: int, entry_id: int) -> Response:
    return redirect(url_for("appraisal_sheets.entry", appraisal_id=appraisal_id, entry_id=entry_id), 303)


@appraisal_sheets.get("/appraisal/files/<id:file_id>")
@allowed(Action.VIEW_APPRAISAL)
def fetch(file_id: int) -> Response:
    """Send a file as an attachment."""
    try:
        name, sha256 = files.download(actor(), file_id)
    except UnknownAppraisal:
        abort(404)
    return kept_file("appraisal file", file_id, sha256, name)
