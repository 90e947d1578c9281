"""Pages of a unit's own appraisal of its year."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.appraisal import applications, files, own
from tracker.appraisal.own import Overtaken, OwnRefused, Written
from tracker.db import transaction
from tracker.reminders import year_letters
from tracker.rules.permissions import Action, Actor, may
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.appraisal.common import base_url, wanted_sheet, wanted_year
from tracker.web.appraisal.own_forms import OwnForm, Sides
from tracker.web.appraisal.proofs import NotTaken, megabytes, offered, take_off
from tracker.web.language import flash
from tracker.web.session import actor
from tracker.web.typed import name_fields

appraisal_own = Blueprint("appraisal_own", __name__)

PLACE = "/appraisal/<id:appraisal_id>/units/<id:unit_id>/own"
Answer = str | Response | tuple[str, int]
Act = Callable[[Actor, datetime, int, int, Written], None]


@appraisal_own.get(PLACE)
@allowed(Action.VIEW_APPRAISAL)
def page(appraisal_id: int, unit_id: int) -> str:
    """Show what a unit says of its year: to itself as a form, to whoever compiles and decides once it is handed in."""
    return _page(appraisal_id, unit_id)


def _page(
    appraisal_id: int, unit_id: int, form: OwnForm | None = None, conflict: Sides | None = None, problem: str = ""
) -> str:
    shown, sheet = wanted_year(appraisal_id), wanted_sheet(appraisal_id, unit_id)
    is_own = sheet.unit.unit_id == actor().unit_id and may(actor(), Action.ANSWER_APPRAISAL)
    submitted = sheet.unit.submitted_at is not None
    writable = is_own and shown.is_open and not submitted
    listed = [file for file in sheet.files if file.application_id is None]
    return render_template(
        "appraisal/own.html",
        year=shown,
        sheet=sheet,
        form=form or OwnForm(sheet),
        is_own=is_own,
        writable=writable,
        may_recall=is_own and shown.is_open and submitted,
        readable=is_own or submitted,
        files=listed,
        withdrawn=files.withdrawn(unit_id),
        removable=[file.id for file in listed] if writable else [],
        passage=applications.said(sheet, "总结自评"),
        conflict=conflict,
        problem=problem,
        megabytes=megabytes(),
        most=own.LONGEST_TEXT,
        most_note=own.LONGEST_NOTE,
    )


@appraisal_own.post(PLACE)
@allowed(Action.ANSWER_APPRAISAL)
def save(appraisal_id: int, unit_id: int) -> Answer:
    """Keep what the unit writes; it is not handed in."""
    return _answer(appraisal_id, unit_id, own.save, say("已保存，还没有提交。填完后点“保存并提交”。"))


@appraisal_own.post(f"{PLACE}/submit")
@allowed(Action.ANSWER_APPRAISAL)
def submit(appraisal_id: int, unit_id: int) -> Answer:
    """Keep what the form says and hand it in."""
    return _answer(appraisal_id, unit_id, _submit, say("自评已提交。考评汇总之前可以撤回修改。"))


def _submit(person: Actor, at: datetime, appraisal_id: int, unit_id: int, written: Written) -> None:
    year_letters.submit(person, at, appraisal_id, unit_id, written, base_url())


def _answer(appraisal_id: int, unit_id: int, act: Act, done: str) -> Answer:
    form = OwnForm(wanted_sheet(appraisal_id, unit_id), request.form)
    name_fields(form.labels)
    try:
        with transaction():
            act(actor(), clock.now(), appraisal_id, unit_id, form.written)
    except OwnRefused as refused:
        form.refuse(refused.problems)
        return _page(appraisal_id, unit_id, form), 422
    except Overtaken:
        sides = form.sides(wanted_sheet(appraisal_id, unit_id), actor().name)
        return _page(appraisal_id, unit_id, form, sides), 409
    flash(done, "success")
    return _back(appraisal_id, unit_id)


def _back(appraisal_id: int, unit_id: int, anchor: str | None = None) -> Response:
    address: Any = url_for("appraisal_own.page", appraisal_id=appraisal_id, unit_id=unit_id, _anchor=anchor)
    return redirect(address, 303)


@appraisal_own.post(f"{PLACE}/recall")
@allowed(Action.ANSWER_APPRAISAL)
def recall(appraisal_id: int, unit_id: int) -> Response:
    """Take back what was handed in."""
    wanted_sheet(appraisal_id, unit_id)
    with transaction():
        own.recall(actor(), clock.now(), appraisal_id, unit_id)
    flash(say("自评已撤回，修改后请重新提交。"), "success")
    return _back(appraisal_id, unit_id)


@appraisal_own.post(f"{PLACE}/files")
@allowed(Action.ANSWER_APPRAISAL)
def upload(appraisal_id: int, unit_id: int) -> Answer:
    """Add a file to the unit's summary."""
    wanted_sheet(appraisal_id, unit_id)
    try:
        proof = offered()
    except NotTaken as refused:
        return _page(appraisal_id, unit_id, problem=str(refused)), refused.status
    with transaction():
        new_one = files.attach(actor(), clock.now(), appraisal_id, unit_id, proof)
    told = say("“{name}”已附上。", name=proof.name) if new_one else say("“{name}”已经附在这里。", name=proof.name)
    flash(told, "success")
    return _back(appraisal_id, unit_id, "files")


@appraisal_own.post(f"{PLACE}/files/<id:file_id>/withdraw")
@allowed(Action.ANSWER_APPRAISAL)
def withdraw_file(appraisal_id: int, unit_id: int, file_id: int) -> Response:
    """Take a file off the unit's summary."""
    wanted_sheet(appraisal_id, unit_id)
    take_off(lambda: files.withdraw(actor(), clock.now(), appraisal_id, unit_id, file_id))
    return _back(appraisal_id, unit_id, "files")
