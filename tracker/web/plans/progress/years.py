"""A plan of several years: what each year wants, how far the units came, and the reviewers' yearly words."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.assignments import years
from tracker.assignments.years import VERDICT_TEXT, ReviewRefused
from tracker.db import transaction
from tracker.plans import queries as plans
from tracker.rules.permissions import Action
from tracker.rules.status import MoveRefused
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.paging import Page, address, choice, number, page_number, whole
from tracker.web.session import actor

plan_years = Blueprint("plan_years", __name__)

UNITS = 50
NONE = "none"
"""The verdict, in an address, of what nobody has reviewed yet."""

VERDICTS = (*((verdict.value, text) for verdict, text in VERDICT_TEXT.items()), (NONE, say("未评定")))


@plan_years.get("/plans/<id:plan_id>/years")
@allowed(Action.VIEW_ASSIGNMENTS)
def page(plan_id: int) -> str:
    """Show the goals of each year, and item by item how many units reached them."""
    plan = plans.published(plan_id)
    return render_template(
        "plans/progress/years.html",
        plan=plan,
        years=years.of_plan(plan_id),
        items=years.items(actor(), plan_id),
        verdicts=VERDICTS,
        unsaid=NONE,
        today=clock.today(),
        opens=years.opens,
    )


@plan_years.get("/plans/<id:plan_id>/years/<id:task_id>")
@allowed(Action.VIEW_ASSIGNMENTS)
def item(plan_id: int, task_id: int) -> str:
    """Show what was said of one item's units, year by year; to reviewers the form."""
    return _item(plan_id, task_id)


def _item(plan_id: int, task_id: int, refused: dict[str, Any] | None = None) -> str:
    plan, task = plans.published(plan_id), _require_item(plan_id, task_id)
    year, verdict = number("year"), choice("verdict", {word for word, _ in VERDICTS})
    found = [unit for unit in years.units(actor(), task_id) if _is_wanted(unit, year, verdict)]
    shown = Page(page_number(), len(found), UNITS)
    units = found[(shown.number - 1) * UNITS : shown.number * UNITS]
    known, today = years.of_plan(plan_id), clock.today()
    return render_template(
        "plans/progress/year_item.html",
        plan=plan,
        task=task,
        section=plans.section_title(task.section_id),
        years=known,
        open_years=[one.year for one in known if years.opens(one.year) <= today],
        units=units,
        page=shown,
        may_review=bool(units) and years.may_review(actor(), units[0].assignment_id),
        verdicts=VERDICTS[:-1],
        texts=dict(VERDICTS),
        chosen=(year, verdict),
        longest=years.LONGEST,
        refused=refused or {},
        address=address,
    )


def _is_wanted(unit: years.UnitYears, year: int | None, verdict: str) -> bool:
    if year is None or not verdict:
        return True
    said = unit.said.get(year)
    return said[0].verdict == verdict if said else verdict == NONE


@plan_years.post("/plans/<id:plan_id>/years/<id:task_id>")
@allowed(Action.REVIEW)
def review(plan_id: int, task_id: int) -> Response | tuple[str, int]:
    """Put a reviewer's word on one unit's year on record."""
    _require_item(plan_id, task_id)
    typed = {name: request.form.get(name, "").strip() for name in ("assignment", "year", "verdict", "comment")}
    chosen = whole(typed["assignment"]) or 0
    if chosen not in {unit.assignment_id for unit in years.units(actor(), task_id)}:
        return _item(plan_id, task_id, {**typed, "field": "assignment", "message": say("请选择单位。")}), 422
    try:
        with transaction():
            year, said = whole(typed["year"]) or 0, (typed["verdict"], typed["comment"].replace("\r\n", "\n"))
            years.review(actor(), clock.now(), chosen, year, *said)
    except ReviewRefused as refused:
        return _item(plan_id, task_id, {**typed, "field": refused.field, "message": str(refused)}), 422
    except MoveRefused as refused:
        return _item(plan_id, task_id, {**typed, "field": "year", "message": str(refused)}), 409
    flash(say("年度评定已保存。"), "success")
    return redirect(url_for("plan_years.item", plan_id=plan_id, task_id=task_id), 303)


def _require_item(plan_id: int, task_id: int) -> Any:
    """Return a plan's task; one of another plan is missing."""
    task = plans.task(actor(), task_id)
    if task is None or task.plan_id != plan_id:
        abort(404)
    return task
