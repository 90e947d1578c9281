"""The first page by role, the overview, help."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.assignments import usual_plans
from tracker.assignments.queries import state_at
from tracker.overview import dashboard, queries
from tracker.overview.dashboard import ComingTask
from tracker.people.helpers import helpers
from tracker.plans import queries as plans
from tracker.rules.calendar import shifted_month
from tracker.rules.permissions import Action, may
from tracker.rules.status import Light
from tracker.rules.words import say
from tracker.scoring import queries as scoring
from tracker.scoring import visibility
from tracker.web import printing
from tracker.web.access import allowed
from tracker.web.charts import burn_up
from tracker.web.overview.links import COUNTED, DONE, ledger
from tracker.web.paging import day, number
from tracker.web.places import first_page
from tracker.web.scheduler.alarm import alarm
from tracker.web.scoring.leads import leads
from tracker.web.session import actor

home = Blueprint("home", __name__)

WORST = 5


@home.get("/")
@allowed(Action.OWN_ACCOUNT)
def index() -> Response:
    """Lead each role to its own first page."""
    return redirect(url_for(first_page(actor().role)))


@home.get("/overview")
@allowed(Action.VIEW_RANKING)
def overview() -> str | Response:
    """Show the figures, how the plan comes along, the worst five, and what is due next; without scores its progress."""
    plan, asked, person = usual_plans.published(actor(), number("plan")), day(), actor()
    if not plan.scored:
        return redirect(url_for("plan_progress.page", plan_id=plan.id, on=request.args.get("on") or None))
    figures, state = queries.figures(person, plan, asked), state_at(asked)
    progress = dashboard.progress(person, plan, state, asked)
    board = scoring.scoreboard(plan, asked)
    shown = visibility.shown(person, plan, board, clock.today())
    values: dict[str, Any] = {
        "plan": plan,
        "day": asked,
        "figures": figures,
        "worst": _worst(shown),
        "own_only": len(shown) < len(board),
        "months": progress.months,
        "chart": burn_up(progress.months, progress.total, plan.issued_on.year),
        "coming": _by_month(dashboard.coming(person, plan, state, asked), asked),
    }
    if printing.is_wanted():
        title = say("{number} 办理情况总览", number=plan.doc_number)
        return printing.print_page("overview", title, say("截至 {day:long}，区局责任事项", day=asked), **values)
    return render_template(
        "home/overview.html",
        **values,
        links=_links(plan.id, asked),
        ledger=ledger,
        lead=leads(plan.id, scoring.rule_of(plan, asked), asked),
        counted=COUNTED,
        done=DONE,
        overdue=(Light.OVERDUE,),
        plans=plans.published_choices(),
        may_explain=may(person, Action.VIEW_SCORE),
        alarm=alarm(person),
        print_address=printing.print_address(),
    )


def _worst(board: list[scoring.Standing]) -> list[scoring.Standing]:
    return sorted(
        (standing for standing in board if standing.points.deducted),
        key=lambda standing: (standing.points.score, -standing.tally.missed),
    )[:WORST]


def _links(plan_id: int, asked: date) -> dict[str, str]:
    """Return where each figure leads: to the rows that it counts."""
    return {
        # Due by the evening before: on the due day itself there is still time.
        "due": ledger(plan_id, asked, COUNTED, due_by=asked - timedelta(days=1)),
        "completed": ledger(plan_id, asked, DONE),
        "overdue": ledger(plan_id, asked, (Light.OVERDUE,)),
        "near": ledger(plan_id, asked, (Light.NEAR,)),
    }


def _by_month(tasks: list[ComingTask], asked: date) -> list[tuple[date, list[ComingTask]]]:
    """Return this month and the next, each with what falls due in it."""
    this = dashboard.month_of(asked)
    return [
        (month, [task for task in tasks if dashboard.month_of(task.due_on) == month])
        for month in (this, shifted_month(this, 1))
    ]


@home.get("/help")
@allowed(Action.OWN_ACCOUNT)
def help_page() -> str:
    """Explain in the user's words what the role does, and whom to ask."""
    return render_template("home/help.html", helpers=helpers(actor(), clock.today()))


@home.get("/help/keys")
@allowed(Action.OWN_ACCOUNT)
def keys() -> str:
    """Show the keys of the keyboard; the sheet that `?` opens is taken from here."""
    return render_template("home/help_keys.html")
