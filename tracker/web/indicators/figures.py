"""Figures of offices: asked for and added up by the district, given by each office; the burden they were spared."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.indicators import burden, figures, gathering
from tracker.indicators.answering import Typed
from tracker.indicators.figures import Taken
from tracker.indicators.gathering import Seen
from tracker.indicators.queries import Sheet
from tracker.reminders import round_letters
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.indicators.sheets import may_write, wanted_sheet, why_closed
from tracker.web.language import flash
from tracker.web.paging import number, whole
from tracker.web.session import actor

indicator_figures = Blueprint("indicator_figures", __name__)

PLACE = "/indicators/<id:round_id>/<id:unit_id>/figures"

Answer = str | Response | tuple[str, int]


# ---- the district


@indicator_figures.get(PLACE)
@allowed(Action.VIEW_INDICATORS)
def district(round_id: int, unit_id: int) -> str:
    """Show what a district asked its offices for, what each gave, and what it comes to."""
    return _page(wanted_sheet(round_id, unit_id))


@dataclass(frozen=True)
class Ticked:
    """What was ticked in a form that could not be taken, and why."""

    keys: frozenset[str]
    offices: frozenset[int]
    problem: str


def _page(sheet: Sheet, ticked: Ticked | None = None) -> str:
    offices = figures.offices(actor(), sheet.unit_id, clock.today())
    found = gathering.gathered(sheet, {each.id: each.name for each in offices})
    return render_template(
        "indicators/figures.html",
        sheet=sheet,
        gathered=found,
        summable=figures.summable(sheet.known),
        offices=offices,
        closed=why_closed(sheet),
        writable=may_write(sheet),
        ticked=ticked,
    )


@indicator_figures.post(PLACE)
@allowed(Action.ANSWER_INDICATORS)
def ask(round_id: int, unit_id: int) -> Answer:
    """Ask the chosen offices for the chosen blanks; where nothing is chosen, what is ticked stays."""
    sheet = wanted_sheet(round_id, unit_id)
    keys, offices = _ticked("blank-"), [id_ for text in _ticked("office-") if (id_ := whole(text)) is not None]
    if not why_closed(sheet) and not (keys and offices):
        return _page(sheet, Ticked(frozenset(keys), frozenset(offices), say("请至少选一个空格和一个司法所。"))), 422
    with transaction():
        base_url = current_app.config["TRACKER_BASE_URL"]
        done = round_letters.ask_offices(actor(), clock.now(), round_id, unit_id, keys, offices, base_url)
    flash(
        say(
            "新收集 {asked} 项；{spared} 项同年度已经报过，直接沿用，不再问；{stood} 项已在收集中。",
            asked=done.asked,
            spared=done.spared,
            stood=done.stood,
        ),
        "success",
    )
    return _back(round_id, unit_id)


def _ticked(prefix: str) -> list[str]:
    """Return what follows the prefix in the names of ticked boxes: a form sends no name twice."""
    return [name.removeprefix(prefix) for name in request.form if name.startswith(prefix)]


@indicator_figures.post(f"{PLACE}/confirm")
@allowed(Action.ANSWER_INDICATORS)
def confirm(round_id: int, unit_id: int) -> Response:
    """Take a sum over into the district's form."""
    wanted_sheet(round_id, unit_id)
    sent = request.form
    key = sent.get("key", "")
    seen = Seen(sent.get("total", ""), whole(sent.get("missing", "")) or 0, whole(sent.get("version", "")) or 0)
    with transaction():
        gathering.confirm(actor(), clock.now(), round_id, unit_id, key, seen)
    flash(say("{key} 已按司法所合计填为 {total}。", key=key, total=seen.total), "success")
    return _back(round_id, unit_id)


@indicator_figures.post(f"{PLACE}/withdraw")
@allowed(Action.ANSWER_INDICATORS)
def withdraw(round_id: int, unit_id: int) -> Response:
    """Take a question back from the offices that have not answered it."""
    wanted_sheet(round_id, unit_id)
    key = request.form.get("key", "")
    known = [office.id for office in figures.offices(actor(), unit_id, clock.today())]
    with transaction():
        done = figures.withdraw(actor(), clock.now(), round_id, unit_id, key, known)
    flash(say("{key} 已撤回：{n} 个未报的所不用再填，已报的保留。", key=key, n=done), "success")
    return _back(round_id, unit_id)


def _back(round_id: int, unit_id: int) -> Response:
    return redirect(url_for("indicator_figures.district", round_id=round_id, unit_id=unit_id), 303)


# ---- the office


@indicator_figures.get("/indicators/figures")
@allowed(Action.GIVE_FIGURES)
def office() -> str:
    """Show what the person's office is asked for."""
    return _office_page()


def _office_page(taken: Taken | None = None, typed: dict[int, Typed] | None = None) -> str:
    owed = figures.owed(actor(), clock.today())
    rounds: dict[int, list[Any]] = {}
    for each in owed:
        rounds.setdefault(each.round.id, []).append(each)
    return render_template(
        "indicators/figures_office.html",
        rounds=list(rounds.values()),
        open_count=sum(not each.closed and not each.shown for each in owed),
        taken=taken,
        typed=typed or {},
        today=clock.today(),
    )


@indicator_figures.post("/indicators/figures")
@allowed(Action.GIVE_FIGURES)
def give() -> Answer:
    """Store what the office typed; what cannot be stored is shown again beside the rest."""
    typed = {}
    for name, text in request.form.items():
        id_ = whole(name.removeprefix("figure-")) if name.startswith("figure-") else None
        if id_ is not None:
            typed[id_] = Typed(text, whole(request.form.get(f"seen-{id_}", "")) or 0)
    with transaction():
        taken = figures.give(actor(), clock.now(), typed)
    if taken.refused or taken.stale:
        return _office_page(taken, typed), 422 if taken.refused else 409
    flash(say("已保存，改动 {n} 项。", n=taken.stored), "success")
    return redirect(url_for("indicator_figures.office"), 303)


# ---- the burden


@indicator_figures.get("/indicators/burden")
@allowed(Action.VIEW_INDICATORS)
def load() -> str:
    """Show how often units were asked and spared, with the questions behind one figure where the address names it."""
    loads = burden.loads(actor())
    round_id, unit_id = number("round"), number("unit")
    chosen = next((each for each in loads if (each.round.id, each.unit_id) == (round_id, unit_id)), None)
    asked, spared = burden.behind(actor(), chosen) if chosen else ([], [])
    return render_template(
        "indicators/burden.html",
        loads=loads,
        chosen=chosen,
        asked=asked,
        spared=spared,
        all_asked=sum(each.asked for each in loads),
        all_spared=sum(each.spared for each in loads),
    )
