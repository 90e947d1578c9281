"""The city's evaluation of a plan's districts: how far each is, each district's tasks, the publication."""

from typing import Any

from flask import Blueprint, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.assignments import usual_plans
from tracker.db import transaction
from tracker.plans import queries as plans
from tracker.reminders import evaluation_results
from tracker.rules.evaluation import Stage
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.scoring import evaluation_queries as queries
from tracker.scoring import evaluations
from tracker.scoring.evaluation_queries import District
from tracker.scoring.verdicts import RowsChanged, RowsRefused
from tracker.web.access import allowed
from tracker.web.evaluations import pages
from tracker.web.evaluations.forms import Sheet, sides
from tracker.web.language import flash
from tracker.web.session import actor
from tracker.web.typed import name_fields

evaluation_pages = Blueprint("evaluations", __name__)

Answer = str | Response | tuple[str, int]
REST = "rest"


def _plan(plan_id: int) -> Any:
    return plans.scored(plan_id)


def _to(plan_id: int) -> Response:
    return redirect(url_for("evaluations.overview", plan_id=plan_id), 303)


def _district(plan: Any, unit_id: int) -> District:
    """Return a district's evaluation as its page shows it."""
    day = evaluations.shown_on(queries.evaluation(plan.id), clock.today())
    return queries.district(plan, unit_id, day) or abort(404)


@evaluation_pages.get("/evaluation")
@allowed(Action.EVALUATE)
def current() -> Response:
    """Lead to the evaluation of the usual plan."""
    return redirect(url_for("evaluations.overview", plan_id=usual_plans.scored(actor()).id))


@evaluation_pages.get("/plans/<id:plan_id>/evaluation")
@allowed(Action.EVALUATE)
def overview(plan_id: int) -> str:
    """Show how far the evaluation of every district is."""
    return pages.overview_page(_plan(plan_id))


@evaluation_pages.post("/plans/<id:plan_id>/evaluation")
@allowed(Action.EVALUATE)
def begin(plan_id: int) -> Response:
    """Begin the evaluation."""
    with transaction():
        evaluations.open_evaluation(actor(), clock.now(), _plan(plan_id))
    flash(say("评估已经开始。请逐区认定，全部认定后公布。"), "success")
    return _to(plan_id)


@evaluation_pages.post("/plans/<id:plan_id>/evaluation/rest")
@allowed(Action.EVALUATE)
def rest(plan_id: int) -> str | Response:
    """Judge everything of which nothing was said yet as the record says, once the page that says how much was seen."""
    seen = request.form.get("seen")
    if seen is None:
        return pages.rest_page(_plan(plan_id))
    with transaction():
        number = evaluations.judge_rest(actor(), clock.now(), _plan(plan_id), seen)
    flash(say("已按记录认定 {n} 项。", n=number), "success")
    return _to(plan_id)


@evaluation_pages.post("/plans/<id:plan_id>/evaluation/publish")
@allowed(Action.EVALUATE)
def publish(plan_id: int) -> Response:
    """Publish the results, and write to the districts' leads."""
    base = current_app.config["TRACKER_BASE_URL"]
    with transaction():
        letters = evaluation_results.publish(actor(), clock.now(), _plan(plan_id), request.form.get("seen", ""), base)
    flash(say("评估结果已经公布，得分即按结果计算；已给区局负责人发信 {n} 封。", n=letters), "success")
    return _to(plan_id)


@evaluation_pages.get("/plans/<id:plan_id>/evaluation/<id:unit_id>")
@allowed(Action.EVALUATE)
def district(plan_id: int, unit_id: int) -> str:
    """Show one district's tasks: what the record says, its own word, the city's."""
    plan = _plan(plan_id)
    return pages.district_page(plan, _district(plan, unit_id))


@evaluation_pages.post("/plans/<id:plan_id>/evaluation/<id:unit_id>")
@allowed(Action.EVALUATE)
def judge(plan_id: int, unit_id: int) -> Answer:
    """Keep the city's word on a district's tasks, all rows or none."""
    plan = _plan(plan_id)
    sheet = Sheet(_district(plan, unit_id), Stage.CITY, request.form)
    name_fields(sheet.labels)
    wants_rest = request.form.get("intent") == REST
    try:
        with transaction():
            number = evaluations.judge(actor(), clock.now(), _plan(plan_id), unit_id, sheet.said, wants_rest)
    except RowsRefused as refused:
        sheet.refuse(refused)
        return _again(plan_id, unit_id, sheet), 422
    except RowsChanged as stale:
        sheet.accept_seen(stale)
        return _again(plan_id, unit_id, sheet, sides(stale)), 409
    flash(say("已保存 {n} 项认定。", n=number) if number else say("没有改动，不用保存。"), "success")
    if wants_rest:
        return _to(plan_id)
    return redirect(url_for("evaluations.district", plan_id=plan_id, unit_id=unit_id), 303)


def _again(plan_id: int, unit_id: int, sheet: Sheet, conflict: Any = None) -> str:
    """Show the form once more: a refused transaction let go of what was read."""
    plan = _plan(plan_id)
    return pages.district_page(plan, _district(plan, unit_id), sheet, conflict)
