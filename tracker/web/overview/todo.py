"""The to-do list: what a person has to sign for, to file, to mend and to review, and what is done."""

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.appraisal.todo import open_duties
from tracker.assignments import extensions, operations, queries
from tracker.db import transaction
from tracker.indicators import queries as indicators
from tracker.overview import ledger, watched
from tracker.overview import queries as overviews
from tracker.overview.queries import TODO_TABS, URGED_TAB, TodoRow
from tracker.rules.permissions import Action, may
from tracker.rules.status import LIGHT_TEXT, Move, RequestState, status_text
from tracker.rules.words import say
from tracker.scoring import appeals, evaluation_queries
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.overview import watching
from tracker.web.paging import SIZE, Page, choice, page_number, whole
from tracker.web.session import actor

REVIEW_TAB = "review"
URGENT = ("returned", URGED_TAB, watched.RETURNS)
"""Tabs whose number calls for attention."""

REPORTABLE = ("open", URGED_TAB)
"""Tabs whose rows can be ticked for 本期无变化."""


@allowed(Action.VIEW_ASSIGNMENTS)
def todo() -> str:
    """Show what the person has to do, under tabs."""
    today = clock.today()
    tabs, counts = _tabs()
    # What others wait for comes before what is one's own.
    order = sorted(tabs, key=lambda word: word != REVIEW_TAB)
    default = next((word for word in order if counts[word] and word != "done"), next(iter(tabs), ""))
    tab = choice("tab", set(tabs), default)
    shown = [_tab(word, label, word == tab, counts[word]) for word, label in tabs.items()] + _requests()
    if tab in watched.TABS:
        return watching.page(tab, shown, counts[tab])
    page = Page(page_number(), counts.get(tab, 0))
    rows = _rows(tab, (page.number - 1) * SIZE)
    return render_template(
        "overview/todo.html",
        tabs=shown,
        tab=tab,
        rows=rows,
        leads=ledger.lead_offices(row.task_id for row in rows) if rows else {},
        page=page,
        day=today,
        marks={row.id: watching.mark(row, today) for row in rows},
        light_text=LIGHT_TEXT,
        statuses={row.id: status_text(row.status, row.closed_on, today) for row in rows},
        asked=evaluation_queries.asked_of(actor(), today),
        awaited=indicators.awaited(actor(), today),
        duties=open_duties(actor(), today),
        can_sign=tab == "receipt",
        can_report=tab in REPORTABLE,
    )


def _tabs() -> tuple[dict[str, str], dict[str, int]]:
    """Return the tabs that the role has, and how much stands under each."""
    person = actor()
    handles, reviews = may(person, Action.HANDLE), may(person, Action.REVIEW) or may(person, Action.SIGN_OFF)
    tabs: dict[str, str] = {}
    counts: dict[str, int] = {}
    if handles:
        tabs = {word: label for word, (label, _) in TODO_TABS.items() if word != "done"}
        tabs[URGED_TAB] = say("催办")
        counts = {**overviews.todo_counts(person), URGED_TAB: overviews.urged_count(person)}
    if reviews:
        tabs[REVIEW_TAB] = say("待我审核") if handles else say("待审核")
        counts[REVIEW_TAB] = overviews.review_count(person)
    tabs.update(watched.tabs_of(person))
    counts.update(watched.counts(person, clock.today()))
    if handles:
        tabs["done"] = TODO_TABS["done"][0]  # What is done stands last.
    return tabs, counts


def _tab(word: str, label: str, active: bool, count: int) -> dict[str, object]:
    return {"label": label, "href": f"/todo?tab={word}", "active": active, "count": count, "urgent": word in URGENT}


def _requests() -> list[dict[str, object]]:
    """Return the tabs that lead a supervisor to the requests for a later due day, and to the objections."""
    if not may(actor(), Action.DECIDE_EXTENSION):
        return []
    objections = appeals.counts(actor(), None, None)[RequestState.ASKED]
    return [
        {"label": say("延期申请"), "href": "/extensions", "count": extensions.counts()[RequestState.ASKED]},
        {"label": say("异议"), "href": "/appeals", "count": objections},
    ]


def _rows(tab: str, offset: int) -> list[TodoRow]:
    if tab == REVIEW_TAB:
        return overviews.review_queue(actor(), SIZE, offset)
    return overviews.todo(actor(), tab, SIZE, offset) if tab else []


@allowed(Action.HANDLE)
def acknowledge() -> Response:
    """Sign for the ticked assignments, all or none."""
    ids = {id_ for id_ in map(whole, request.form.getlist("id")) if id_ is not None}
    if not ids:
        flash(say("请先勾选要签收的事项。"), "warning")
        return redirect(url_for("overview.todo"), 303)
    with transaction():
        for id_ in sorted(ids):
            # A foreign one answers like a missing one.
            queries.get(actor(), id_) or abort(404)
            operations.change_status(actor(), clock.now(), id_, Move.ACKNOWLEDGE)
    flash(say("已签收 {n} 项。", n=len(ids)), "success")
    return redirect(url_for("overview.todo"), 303)
