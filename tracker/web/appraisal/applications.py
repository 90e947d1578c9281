"""Pages of special work: a unit's applications, and what they are judged to be worth."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.appraisal import applications as desk
from tracker.appraisal import entries, files, queries, special
from tracker.appraisal.applications import State
from tracker.appraisal.entries import EntryRefused
from tracker.appraisal.queries import UnknownAppraisal
from tracker.appraisal.special import MOST, ApplicationRefused, Overtaken, written
from tracker.db import transaction
from tracker.reminders import year_letters
from tracker.rules.appraisal.special import MOST as MOST_POINTS
from tracker.rules.appraisal.special import added
from tracker.rules.permissions import Action, may
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.appraisal.applications_forms import ApplicationForm, ItemForm, JudgeForm, clause_choices, refuse
from tracker.web.appraisal.common import Shown, base_url, wanted_sheet, wanted_year
from tracker.web.appraisal.proofs import NotTaken, megabytes, offered, take_off
from tracker.web.language import flash
from tracker.web.paging import Page, choice, number, page_number
from tracker.web.session import actor

appraisal_special = Blueprint("appraisal_special", __name__)

PLACE = "/appraisal/<id:appraisal_id>/special"
ONE = f"{PLACE}/<id:application_id>"
Answer = str | Response | tuple[str, int]

STATE_TEXT = {State.WAITING: say("待评定"), State.JUDGED: say("已评定"), State.WITHDRAWN: say("已撤回")}
SIZE = 50


@appraisal_special.get(PLACE)
@allowed(Action.VIEW_APPRAISAL)
def index(appraisal_id: int) -> str:
    """List the applications that the person sees, with what each unit's judged ones add."""
    shown = wanted_year(appraisal_id)
    found, own = _year(appraisal_id)
    if not shown.works_on_all and own is None:
        abort(404)
    asked_unit = number("unit")
    state = State(choice("state", set(State), State.WAITING))
    counts = desk.counts(actor(), found, asked_unit)
    page = Page(page_number(), counts[state], SIZE)
    return render_template(
        "appraisal/special.html",
        year=shown,
        own=own,
        may_apply=own is not None and shown.is_open and may(actor(), Action.ANSWER_APPRAISAL),
        state=state,
        states=STATE_TEXT,
        counts=counts,
        asked_unit=asked_unit,
        totals=desk.totals(actor(), found),
        most=MOST_POINTS,
        page=page,
        rows=desk.listed(actor(), found, state, asked_unit, SIZE, page.size * (page.number - 1)),
    )


def _year(appraisal_id: int) -> tuple[Any, Any]:
    found = queries.appraisal_of(actor(), appraisal_id)
    return found, queries.own_unit(actor(), found)


# ---- applying


@appraisal_special.get("/appraisal/<id:appraisal_id>/units/<id:unit_id>/special/new")
@allowed(Action.ANSWER_APPRAISAL)
def new(appraisal_id: int, unit_id: int) -> str:
    """Show the empty form of annex 4."""
    shown, unit = _own_unit(appraisal_id, unit_id)
    return _form_page(shown, unit, ApplicationForm(formdata=None))


@appraisal_special.post("/appraisal/<id:appraisal_id>/units/<id:unit_id>/special/new")
@allowed(Action.ANSWER_APPRAISAL)
def apply(appraisal_id: int, unit_id: int) -> Answer:
    """Apply for special work."""
    _own_unit(appraisal_id, unit_id)
    form = ApplicationForm()
    try:
        with transaction():
            wanted = form.applying
            row = year_letters.apply(actor(), clock.now(), appraisal_id, unit_id, wanted, base_url())
    except ApplicationRefused as refused:
        refuse(form, refused.problems)
        return _form_page(*_own_unit(appraisal_id, unit_id), form, twin=refused.twin), 422
    flash(say("已提交申报。评定之前可以修改、撤回，也可以上传附页。"), "success")
    return _to(appraisal_id, row.id)


def _own_unit(appraisal_id: int, unit_id: int) -> tuple[Shown, Any]:
    """Return the year and the person's own unit in it; whoever asks for another one is told that there is none."""
    shown = wanted_year(appraisal_id)
    _, own = _year(appraisal_id)
    if own is None or own.id != unit_id:
        abort(404)
    return shown, own


def _form_page(
    shown: Shown,
    unit: Any,
    form: ApplicationForm,
    row: Any = None,
    conflict: dict[str, Any] | None = None,
    twin: int | None = None,
) -> str:
    return render_template(
        "appraisal/application_new.html",
        year=shown,
        unit=unit,
        form=form,
        row=row,
        most=MOST,
        conflict=conflict,
        twin=twin,
    )


def _to(appraisal_id: int, application_id: int, anchor: str | None = None) -> Response:
    address = url_for(
        "appraisal_special.view", appraisal_id=appraisal_id, application_id=application_id, _anchor=anchor
    )
    return redirect(address, 303)


def _item_form() -> ItemForm:
    """Return the form of an item of annex 2, of today unless somebody says otherwise."""
    stands = {"code": request.args.get("item", ""), "day": clock.today().isoformat()}
    return ItemForm(formdata=None, data=stands)


@appraisal_special.get(f"{ONE}/change")
@allowed(Action.ANSWER_APPRAISAL)
def edit(appraisal_id: int, application_id: int) -> Answer:
    """Show the form of annex 4 with what was written in it."""
    shown, sheet, row = _wanted(appraisal_id, application_id)
    _own_unit(appraisal_id, sheet.unit.id)
    if row.judged_at is not None or row.withdrawn_at is not None:
        flash(say("这份申报已经评定或撤回，不能再修改。"), "info")
        return _to(appraisal_id, application_id)
    return _form_page(shown, sheet.unit, ApplicationForm.of(row), row)


@appraisal_special.post(f"{ONE}/change")
@allowed(Action.ANSWER_APPRAISAL)
def change(appraisal_id: int, application_id: int) -> Answer:
    """Write an application anew."""
    _wanted(appraisal_id, application_id)
    form = ApplicationForm()
    try:
        with transaction():
            special.change(actor(), clock.now(), appraisal_id, application_id, form.applying, form.seen_version)
    except ApplicationRefused as refused:
        refuse(form, refused.problems)
        shown, sheet, row = _wanted(appraisal_id, application_id)
        return _form_page(shown, sheet.unit, form, row, twin=refused.twin), 422
    except Overtaken:
        return _overtaken(appraisal_id, application_id, form), 409
    flash(say("申报已修改。"), "success")
    return _to(appraisal_id, application_id)


def _overtaken(appraisal_id: int, application_id: int, form: ApplicationForm) -> str:
    shown, sheet, row = _wanted(appraisal_id, application_id)
    form.seen.data = str(row.version)
    theirs = {name: getattr(row, name) for name in MOST}
    mine = {name: written(getattr(form.applying, name)) for name in MOST}
    conflict = {
        "theirs": {"who": sheet.unit.name, "fields": form.told(theirs)},
        "mine": {"who": actor().name, "fields": form.told(mine)},
    }
    return _form_page(shown, sheet.unit, form, row, conflict)


@appraisal_special.post(f"{ONE}/withdraw")
@allowed(Action.ANSWER_APPRAISAL)
def withdraw(appraisal_id: int, application_id: int) -> Response:
    """Take an application back."""
    _wanted(appraisal_id, application_id)
    with transaction():
        special.withdraw(actor(), clock.now(), appraisal_id, application_id)
    flash(say("申报已撤回。"), "success")
    return _to(appraisal_id, application_id)


# ---- one application


def _wanted(appraisal_id: int, application_id: int) -> tuple[Shown, Any, Any]:
    """Return the year, the unit's sheet and an application that the person sees, or answer that there is none."""
    shown = wanted_year(appraisal_id)
    found, _ = _year(appraisal_id)
    try:
        unit_id = desk.unit_of(actor(), found, application_id)
    except UnknownAppraisal:
        abort(404)
    sheet = wanted_sheet(appraisal_id, unit_id)
    return shown, sheet, next(row for row in sheet.applications if row.id == application_id)


@appraisal_special.get(ONE)
@allowed(Action.VIEW_APPRAISAL)
def view(appraisal_id: int, application_id: int) -> str:
    """Show an application with its evidence and its judgement."""
    return _page(appraisal_id, application_id)


def _page(
    appraisal_id: int,
    application_id: int,
    judge_form: JudgeForm | None = None,
    item_form: ItemForm | None = None,
    problem: str = "",
    overtaken: bool = False,
) -> str:
    shown, sheet, row = _wanted(appraisal_id, application_id)
    state, evidence = desk.state_of(row), desk.evidence(sheet, row.id)
    standing = state is not State.WITHDRAWN
    is_own = sheet.unit.unit_id == actor().unit_id and may(actor(), Action.ANSWER_APPRAISAL)
    may_change = is_own and shown.is_open and state is State.WAITING
    listed = [file for file in sheet.files if file.application_id == row.id]
    may_judge = standing and shown.may_appraise(sheet.unit.unit_id)
    if judge_form and overtaken:
        judge_form.seen.data = str(row.version)
    return render_template(
        "appraisal/application.html",
        year=shown,
        sheet=sheet,
        row=row,
        state=state,
        state_text=STATE_TEXT[state],
        files=listed,
        withdrawn=files.withdrawn(sheet.unit.id, application_id=row.id),
        removable=[file.id for file in listed] if may_change else [],
        evidence=evidence,
        owned=clause_choices([each for each in evidence.items if each.own]),
        others=clause_choices([each for each in evidence.items if not each.own]),
        passage=desk.said(sheet, "特色工作分值"),
        added=added([each.points for each in sheet.applications if each.points is not None]),
        most=MOST_POINTS,
        may_judge=may_judge,
        may_change=may_change,
        judged_by_others=standing and is_own and sheet.unit.unit_id == shown.compiler_id,
        judge_form=judge_form or JudgeForm(formdata=None, data={"seen": str(row.version)}),
        item_form=item_form or _item_form(),
        refused=judge_form if judge_form and judge_form.errors else item_form,
        problem=problem,
        overtaken=overtaken,
        megabytes=megabytes(),
    )


@appraisal_special.post(f"{ONE}/judge")
@allowed(Action.APPRAISE)
def judge(appraisal_id: int, application_id: int) -> Answer:
    """Judge an application, or correct a judgement."""
    _wanted(appraisal_id, application_id)
    form = JudgeForm()
    try:
        with transaction():
            wanted, seen = form.judging, form.seen_version
            year_letters.judge(actor(), clock.now(), appraisal_id, application_id, wanted, seen, base_url())
    except ApplicationRefused as refused:
        refuse(form, refused.problems)
        return _page(appraisal_id, application_id, judge_form=form), 422
    except Overtaken:
        return _page(appraisal_id, application_id, judge_form=form, overtaken=True), 409
    flash(say("已评定。评错了的可以更正，前后两次都留在审计记录里。"), "success")
    return _to(appraisal_id, application_id)


@appraisal_special.post(f"{ONE}/items")
@allowed(Action.APPRAISE)
def record(appraisal_id: int, application_id: int) -> Answer:
    """Record something of annex 2 as evidence of an application."""
    _, sheet, _ = _wanted(appraisal_id, application_id)
    form, unit_id = ItemForm(), sheet.unit.id
    wanted = replace(form.recording, application_id=application_id)
    try:
        with transaction():
            entries.record(actor(), clock.now(), appraisal_id, unit_id, wanted)
    except EntryRefused as refused:
        refuse(form, refused.problems)
        return _page(appraisal_id, application_id, item_form=form), 422
    flash(say("已登记为这份申报的依据。登记错的可以在该条登记的页面撤销。"), "success")
    return _to(appraisal_id, application_id, "evidence")


@appraisal_special.post(f"{ONE}/files")
@allowed(Action.ANSWER_APPRAISAL)
def upload(appraisal_id: int, application_id: int) -> Answer:
    """Add a page or a proof to an application."""
    _wanted(appraisal_id, application_id)
    try:
        proof = offered()
    except NotTaken as refused:
        return _page(appraisal_id, application_id, problem=str(refused)), refused.status
    with transaction():
        new_one = special.attach(actor(), clock.now(), appraisal_id, application_id, proof)
    told = say("“{name}”已附上。", name=proof.name) if new_one else say("“{name}”已经附在这里。", name=proof.name)
    flash(told, "success")
    return _to(appraisal_id, application_id, "files")


@appraisal_special.post(f"{ONE}/files/<id:file_id>/withdraw")
@allowed(Action.ANSWER_APPRAISAL)
def withdraw_file(appraisal_id: int, application_id: int, file_id: int) -> Response:
    """Take a page or a proof off an application."""
    _wanted(appraisal_id, application_id)
    take_off(lambda: special.withdraw_file(actor(), clock.now(), appraisal_id, application_id, file_id))
    return _to(appraisal_id, application_id, "files")
