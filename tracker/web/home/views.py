"""The first page by role, the overview, help."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.overview import queries
from tracker.plans import queries as plans
from tracker.rules.permissions import Action, Role, may
from tracker.scoring import queries as scoring
from tracker.web.access import allowed
from tracker.web.paging import day, number
from tracker.web.scheduler.alarm import alarm
from tracker.web.session import actor

home = Blueprint("home", __name__)

WORST = 5
FIRST_PAGES: dict[Role, str] = {
    Role.ADMIN: "home.overview",
    Role.SUPERVISOR: "overview.overdue",
    Role.LEADER: "home.overview",
    Role.AUDITOR: "audit.entries",
}
"""Where each role begins; everybody else begins with the to-do list."""


@home.get("/")
@allowed(Action.OWN_ACCOUNT)
def index() -> Response:
    """Lead each role to its own first page."""
    return redirect(url_for(FIRST_PAGES.get(actor().role, "overview.todo")))


@home.get("/overview")
@allowed(Action.VIEW_RANKING)
def overview() -> str:
    """Show the figures, the worst five, and where to look next."""
    plan, asked = plans.published(number("plan")), day()
    board = scoring.scoreboard(plan, asked)
    worst = sorted(
        (standing for standing in board if standing.points.deducted),
        key=lambda standing: (standing.points.score, -standing.tally.missed),
    )[:WORST]
    return render_template(
        "home/overview.html",
        plan=plan,
        day=asked,
        figures=queries.figures(actor(), plan, asked),
        worst=worst,
        may_explain=may(actor(), Action.VIEW_SCORE),
        alarm=alarm(actor()),
        query=request.query_string.decode(),
    )


@home.get("/help")
@allowed(Action.OWN_ACCOUNT)
def help_page() -> str:
    """Explain the loop, the lights and the score in the user's words."""
    return render_template("home/help.html")
