"""A district's own evaluation: written by its clerks, handed in and taken back by its lead."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.assignments import usual_plans
from tracker.db import transaction
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.scoring import evaluation_queries as queries
from tracker.scoring import evaluations, self_evaluations
from tracker.scoring.evaluation_queries import District
from tracker.scoring.queries import UnknownDistrict
from tracker.scoring.self_evaluations import Written
from tracker.scoring.verdicts import RowsChanged, RowsRefused
from tracker.text import TextRefused
from tracker.web.access import allowed
from tracker.web.evaluations import pages
from tracker.web.evaluations.forms import OwnSheet, sides
from tracker.web.language import flash
from tracker.web.paging import number, whole
from tracker.web.session import actor
from tracker.web.typed import name_fields

self_evaluation_pages = Blueprint("self_evaluations", __name__)

Answer = str | Response | tuple[str, int]
Act = Callable[[Any, int, Written], None]


def _plan() -> Any:
    """Return the plan that the address or the form names, or the usual one."""
    asked = number("plan") if request.method == "GET" else whole(request.form.get("plan", ""))
    return usual_plans.scored(actor(), asked)


def _district(plan: Any) -> District:
    """Return the person's own district as its page shows it."""
    day = evaluations.shown_on(queries.evaluation(plan.id), clock.today())
    found = queries.district(plan, actor().district_id or 0, day)
    if found is None:
        raise UnknownDistrict(say("没有找到本区的自评：本单位没有承担本方案的任务。"))
    return found


@self_evaluation_pages.get("/self-evaluation")
@allowed(Action.SELF_EVALUATE)
def page() -> str:
    """Show the own district's evaluation of itself."""
    plan = _plan()
    return pages.own_page(plan, _district(plan))


@self_evaluation_pages.post("/self-evaluation")
@allowed(Action.SELF_EVALUATE)
def save() -> Answer:
    """Keep what the district writes; it is not handed in."""
    rest = request.form.get("intent") == "rest"

    def act(plan: Any, district_id: int, written: Written) -> None:
        self_evaluations.save(actor(), clock.now(), plan, district_id, written, rest)

    return _answer(act, say("自评已保存，还没有上报；上报由区局负责人办理。"))


@self_evaluation_pages.post("/self-evaluation/submit")
@allowed(Action.SUBMIT_SELF_EVALUATION)
def submit() -> Answer:
    """Keep what the form says and hand it in."""

    def act(plan: Any, district_id: int, written: Written) -> None:
        self_evaluations.submit(actor(), clock.now(), plan, district_id, written)

    return _answer(act, say("自评已上报市局。市局开始评估之前可以撤回修改。"))


@self_evaluation_pages.post("/self-evaluation/recall")
@allowed(Action.SUBMIT_SELF_EVALUATION)
def recall() -> Response:
    """Take back what was handed in."""
    plan = _plan()
    with transaction():
        self_evaluations.recall(actor(), clock.now(), _plan(), actor().district_id or 0)
    flash(say("自评已撤回，修改后请重新上报。"), "success")
    return redirect(url_for("self_evaluations.page", plan=plan.id), 303)


def _answer(act: Act, done: str) -> Answer:
    plan = _plan()
    district_id, sheet = actor().district_id or 0, OwnSheet(_district(plan), request.form)
    name_fields(sheet.labels)
    try:
        with transaction():
            act(_plan(), district_id, sheet.written)
    except RowsRefused as refused:
        sheet.refuse(refused)
        return _again(sheet), 422
    except TextRefused as refused:
        sheet.head.summary.errors = [str(refused)]
        return _again(sheet), 422
    except RowsChanged as stale:
        sheet.accept_seen(stale)
        return _again(sheet, sides(stale, sheet.written.summary)), 409
    flash(done, "success")
    return redirect(url_for("self_evaluations.page", plan=plan.id), 303)


def _again(sheet: OwnSheet, conflict: Any = None) -> str:
    """Show the form once more: a refused transaction let go of what was read."""
    plan = _plan()
    return pages.own_page(plan, _district(plan), sheet, conflict)
