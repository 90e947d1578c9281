"""Pages of rounds of indicators: the list, opening one, its units, more time for one of them, its end."""

from datetime import timedelta

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.indicators import forms as indicator_forms
from tracker.indicators import queries, questions
from tracker.indicators import rounds as operations
from tracker.indicators.queries import term_of
from tracker.indicators.rounds import OpeningRefused
from tracker.reminders import round_letters
from tracker.rules.indicators.rounds import STAGE_TEXT
from tracker.rules.permissions import Action, Scope, may
from tracker.rules.status import MoveRefused
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.indicators import round_views as views
from tracker.web.indicators.round_forms import MoreTimeForm, OpeningForm
from tracker.web.language import flash
from tracker.web.paging import choice, whole
from tracker.web.session import actor

indicator_rounds = Blueprint("indicator_rounds", __name__)

Answer = str | Response | tuple[str, int]

TERM = timedelta(days=14)
"""How long a round lasts unless somebody says otherwise."""


@indicator_rounds.get("/indicators")
@allowed(Action.VIEW_ASSIGNMENTS)
def index() -> Answer:
    """List the rounds that the person sees; an office is led to what it is asked for."""
    if not may(actor(), Action.VIEW_INDICATORS) and may(actor(), Action.GIVE_FIGURES):
        return redirect("/indicators/figures")
    day = clock.today()
    return render_template(
        "indicators/index.html",
        rows=views.round_rows(actor(), day),
        of_city=_sees_all(),
        may_run=may(actor(), Action.RUN_ROUNDS),
        day=day,
        first_form=indicator_forms.form_names()[0],
    )


def _sees_all() -> bool:
    return actor().reach(Action.VIEW_INDICATORS) is Scope.ALL


# ---- opening


@indicator_rounds.get("/indicators/rounds/new")
@allowed(Action.RUN_ROUNDS)
def new() -> str:
    """Show the form that opens a round, with every district ticked."""
    day = clock.today()
    form = OpeningForm(
        data={
            "year": str(day.year - 1),
            "opens_on": day.isoformat(),
            "closes_on": (day + TERM).isoformat(),
            "unit_ids": [str(unit.id) for unit in operations.units(actor(), day)],
        }
    )
    return _new_page(form)


def _new_page(form: OpeningForm) -> str:
    titles = [(name, indicator_forms.known_form(name).form.title) for name in indicator_forms.form_names()]
    form.offer(titles, operations.units(actor(), clock.today()))
    return render_template("indicators/new.html", form=form)


@indicator_rounds.post("/indicators/rounds/new")
@allowed(Action.RUN_ROUNDS)
def open_round() -> Answer:
    """Open the round that was typed in, and write to its units."""
    form = OpeningForm()
    wanted = form.opening
    if wanted is None:
        return _new_page(form), 422
    try:
        with transaction():
            base_url = current_app.config["TRACKER_BASE_URL"]
            found = round_letters.open_round(actor(), clock.now(), wanted, base_url)
    except OpeningRefused as refused:
        form.refuse(refused.problems)
        return _new_page(form), 422
    flash(say("填报已建立，已给 {n} 个单位的经办人和负责人发信。", n=len(wanted.unit_ids)), "success")
    return redirect(url_for("indicator_rounds.overview", round_id=found.id), 303)


# ---- one round


@indicator_rounds.get("/indicators/<id:round_id>")
@allowed(Action.VIEW_INDICATORS)
def overview(round_id: int) -> Answer:
    """Show how far each unit of a round is; a district is led to its own form."""
    found, day = queries.round_of(actor(), round_id), clock.today()
    if not _sees_all():
        return redirect(f"/indicators/{round_id}/{actor().district_id}")
    rows, show = views.unit_rows(actor(), round_id, day), choice("show", set(views.SHOWN))
    asked = questions.questions(actor(), round_id)
    stage, unit_ids = term_of(found).stage(day), {row.sheet.id: row.sheet.unit_id for row in rows}
    return render_template(
        "indicators/round.html",
        round=found,
        stage=stage,
        stage_text=STAGE_TEXT[stage],
        rows=[row for row in rows if row.fits(show)],
        shown=show,
        counts={word: sum(row.fits(word) for row in rows) for word in views.SHOWN},
        tabs=views.SHOWN,
        total=len(indicator_forms.known_form(found.form).form.indicators),
        asked=len(asked),
        unanswered=sum(each.is_open for each in asked),
        corrections=[(change, unit, unit_ids[change.round_unit_id]) for change, unit in queries.corrections(round_id)],
        may_run=may(actor(), Action.RUN_ROUNDS),
    )


@indicator_rounds.get("/indicators/<id:round_id>/<id:unit_id>/extend")
@allowed(Action.RUN_ROUNDS)
def more_time(round_id: int, unit_id: int) -> str:
    """Show the form that grants a unit more time."""
    return _extend_page(round_id, unit_id, MoreTimeForm())


def _extend_page(round_id: int, unit_id: int, form: MoreTimeForm, refused: str = "") -> str:
    sheet = queries.sheet(actor(), round_id, unit_id)
    return render_template("indicators/extend.html", round=sheet.round, sheet=sheet, form=form, refused=refused)


@indicator_rounds.post("/indicators/<id:round_id>/<id:unit_id>/extend")
@allowed(Action.RUN_ROUNDS)
def extend(round_id: int, unit_id: int) -> Answer:
    """Grant a unit more time."""
    sheet = queries.sheet(actor(), round_id, unit_id)
    form = MoreTimeForm()
    until = form.until_day
    if until is None:
        return _extend_page(round_id, unit_id, form), 422
    try:
        with transaction():
            operations.extend(actor(), clock.now(), round_id, unit_id, until, form.reason.data or "")
    except MoveRefused as refused:
        return _extend_page(round_id, unit_id, form, str(refused)), 409
    flash(say("{unit}的截止日已延到 {day:long}。", unit=sheet.unit, day=until), "success")
    return redirect(url_for("indicator_rounds.overview", round_id=round_id), 303)


@indicator_rounds.get("/indicators/<id:round_id>/close")
@allowed(Action.RUN_ROUNDS)
def end(round_id: int) -> str:
    """Show who would be missing if the round ended now, and ask."""
    return _close_page(round_id)


def _close_page(round_id: int, refused: str = "") -> str:
    found, day = queries.round_of(actor(), round_id), clock.today()
    rows = views.unit_rows(actor(), round_id, day)
    return render_template(
        "indicators/close.html",
        round=found,
        missing=[row for row in rows if row.missing],
        submitted=sum(not row.missing for row in rows),
        waiting=sum(row.missing and day <= row.sheet.due for row in rows),
        units=len(rows),
        total=len(indicator_forms.known_form(found.form).form.indicators),
        unanswered=sum(each.is_open for each in questions.questions(actor(), round_id)),
        refused=refused,
    )


@indicator_rounds.post("/indicators/<id:round_id>/close")
@allowed(Action.RUN_ROUNDS)
def close(round_id: int) -> Answer:
    """End a round for good, if as many units are missing as the person saw."""
    seen = whole(request.form.get("missing_seen", ""))
    try:
        with transaction():
            operations.close(actor(), clock.now(), round_id, -1 if seen is None else seen)
    except MoveRefused as refused:
        return _close_page(round_id, str(refused)), 409
    flash(say("填报已结束。以后只能由督办人员更正，更正前后的数和理由都保留。"), "success")
    return redirect(url_for("indicator_rounds.overview", round_id=round_id), 303)
