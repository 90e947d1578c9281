"""The document behind a plan, line by line, and the desk where a person decides what is odd about it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.plans import anomalies, provenance, queries
from tracker.plans.anomalies import STATE_TEXT, DecisionRefused, StaleDecision
from tracker.rules.permissions import Action, may
from tracker.rules.plans import AnomalyState
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.paging import Page, page_number
from tracker.web.plans.words import MARK_TEXT, SEVERITY_TEXT
from tracker.web.session import actor

plan_sources = Blueprint("plan_sources", __name__)

LINES = 200
"""Lines of a document on a page."""

AT_ONCE = 20
"""Anomalies on a page; each carries a form."""


@plan_sources.get("/plans/<id:plan_id>/source")
@allowed(Action.VIEW_PLANS)
def source(plan_id: int) -> str:
    """Show the document line by line, with the tasks that were read from it."""
    plan = queries.get(actor(), plan_id) or abort(404)
    total, lines = provenance.document(actor(), plan, LINES, (page_number() - 1) * LINES)
    page = Page(page_number(), total, LINES)
    if page.number != page_number():
        _, lines = provenance.document(actor(), plan, LINES, (page.number - 1) * LINES)
    return render_template(
        "plans/source.html",
        plan=plan,
        lines=lines,
        page=page,
        words=MARK_TEXT,
        may_edit=may(actor(), Action.EDIT_PLAN),
    )


def source_url(plan_id: int) -> Callable[[int], str]:
    """Return where a line of a plan's document is shown."""
    return lambda line: url_for(
        "plan_sources.source", plan_id=plan_id, page=1 + (line - 1) // LINES, _anchor=f"L{line}"
    )


@plan_sources.get("/plans/<id:plan_id>/anomalies")
@allowed(Action.VIEW_PLANS)
def of_plan(plan_id: int) -> str:
    """List what is odd about a plan's document."""
    return _desk(plan_id=plan_id)


@plan_sources.get("/plans/import/<id:import_id>/anomalies")
@allowed(Action.EDIT_PLAN)
def of_import(import_id: int) -> str:
    """List what is odd about a document on its way to a plan."""
    return _desk(import_id=import_id)


@plan_sources.post("/plans/<id:plan_id>/anomalies")
@allowed(Action.EDIT_PLAN)
def accept_of_plan(plan_id: int) -> Response:
    """Accept one sort of what is odd about a plan's document."""
    return _accept_all(plan_id=plan_id)


@plan_sources.post("/plans/import/<id:import_id>/anomalies")
@allowed(Action.EDIT_PLAN)
def accept_of_import(import_id: int) -> Response:
    """Accept one sort of what is odd about a document on its way to a plan."""
    return _accept_all(import_id=import_id)


def _accept_all(plan_id: int | None = None, import_id: int | None = None) -> Response:
    desk = anomalies.desk(actor(), plan_id, import_id) or abort(404)
    with transaction():
        number = anomalies.accept_all(actor(), clock.now(), desk.of, request.form.get("code", ""), "")
    flash(say("{n} 处已照原文接受。", n=number), "success")
    return redirect(_list_url(plan_id, import_id), 303)


@plan_sources.post("/anomalies/<id:anomaly_id>")
@allowed(Action.EDIT_PLAN)
def decide(anomaly_id: int) -> Response | tuple[str, int]:
    """Put on record what a person decided about one of them."""
    found = anomalies.get(actor(), anomaly_id) or abort(404)
    plan_id, import_id = found.plan_id, None if found.plan_id else found.import_id
    words, state, seen = (request.form.get(name, "") for name in ("words", "state", "seen"))
    try:
        if state not in set(AnomalyState):
            raise DecisionRefused(say("请先选择一种决定。"))
        with transaction():
            anomalies.decide(actor(), clock.now(), anomaly_id, seen, AnomalyState(state), words)
    except (DecisionRefused, StaleDecision) as refused:
        page = _desk(plan_id, import_id, only=anomaly_id, refused=str(refused), typed=(state, words))
        return page, 409 if isinstance(refused, StaleDecision) else 422
    flash(say("决定已保存。"), "success")
    return redirect(f"{_list_url(plan_id, import_id)}?view={_asked_state() or ''}#a{anomaly_id}", 303)


def _asked_state() -> AnomalyState | None:
    asked = request.values.get("view", "")
    return AnomalyState(asked) if asked in set(AnomalyState) else None


def _desk(
    plan_id: int | None = None,
    import_id: int | None = None,
    *,
    only: int | None = None,
    refused: str = "",
    typed: tuple[str, str] = ("", ""),
) -> str:
    """Return the list, or after a refusal the one anomaly with what was typed."""
    desk = anomalies.desk(actor(), plan_id, import_id) or abort(404)
    state = _asked_state()
    counts = anomalies.counts(desk.of)
    page = Page(page_number(), counts[state] if state else sum(counts.values()), AT_ONCE)
    rows = anomalies.listed(desk.of, state, AT_ONCE, (page.number - 1) * AT_ONCE, only)
    here = request.path if only is None else _list_url(plan_id, import_id)
    return render_template(
        "plans/anomalies.html",
        title=desk.title,
        trail=_trail(desk, plan_id, import_id),
        rows=rows,
        page=page,
        sorts=anomalies.undecided(desk.of) if only is None else [],
        list_url=_list_url(plan_id, import_id),
        tabs=_tabs(here, counts, state),
        view=state or "",
        task_ids=anomalies.task_ids(plan_id, (number for row in rows for number in row.tasks)) if plan_id else {},
        source_url=source_url(plan_id) if plan_id else None,
        may_decide=may(actor(), Action.EDIT_PLAN),
        choices=list(STATE_TEXT.items()),
        state_text=STATE_TEXT,
        severity_text=SEVERITY_TEXT,
        refused=refused,
        opened=only,
        typed_state=typed[0],
        typed=typed[1],
    )


def _list_url(plan_id: int | None, import_id: int | None) -> str:
    return url_for(".of_plan", plan_id=plan_id) if plan_id else url_for(".of_import", import_id=import_id)


def _trail(desk: Any, plan_id: int | None, import_id: int | None) -> list[tuple[str, str | None]]:
    above = f"/plans/{plan_id}" if plan_id else f"/plans/import/{import_id}"
    return [(say("方案"), "/plans"), (desk.name, above), (say("原文须知"), None)]


def _tabs(here: str, counts: dict[AnomalyState, int], state: AnomalyState | None) -> list[dict[str, Any]]:
    whole = {"label": say("全部"), "href": here, "active": state is None, "count": sum(counts.values())}
    parts = [
        {"label": text, "href": f"{here}?view={value.value}", "active": state is value, "count": counts[value]}
        for value, text in STATE_TEXT.items()
    ]
    return [whole, *parts]
