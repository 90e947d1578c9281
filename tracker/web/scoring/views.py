"""The score board, and a district's explanation with its forecast."""

from datetime import date

from flask import Blueprint, Response, render_template, request

from tracker import clock
from tracker.overview.tables import Table
from tracker.plans import queries as plans
from tracker.rules.permissions import Action, Scope, may
from tracker.scoring import queries
from tracker.scoring.queries import Standing, UnknownTasks
from tracker.web.access import allowed
from tracker.web.downloads import file_kind, table_file
from tracker.web.paging import SIZE, Page, day, number, page_number
from tracker.web.session import actor

scoring = Blueprint("scoring", __name__, url_prefix="/scores")


@scoring.get("")
@allowed(Action.VIEW_RANKING)
def board() -> str | Response:
    """Rank the districts on any day."""
    plan, asked, person = plans.published(number("plan")), day(), actor()
    standings = queries.scoreboard(plan, asked)
    kind = file_kind()
    if kind and may(person, Action.EXPORT_SCORE):
        return table_file(_table(standings, asked), kind)
    page = Page(page_number(), len(standings))
    shown = standings[(page.number - 1) * SIZE : page.number * SIZE]
    return render_template(
        "scoring/board.html",
        plan=plan,
        standings=shown,
        page=page,
        day=asked,
        explains=lambda id_: (
            may(person, Action.VIEW_SCORE)
            and (person.reach(Action.VIEW_SCORE) is Scope.ALL or person.district_id == id_)
        ),
    )


def _table(standings: list[Standing], asked: date) -> Table:
    return Table(
        "得分排名",
        f"截至 {asked}，导出于 {clock.now():%Y-%m-%d %H:%M}",
        ("名次", "区局", "得分", "应扣", "实扣", "应办结中已办结", "应办结", "全部已办结", "任务数", "逾期后办结"),
        [
            (
                standing.rank,
                standing.district,
                standing.points.score,
                standing.points.raw_deduction,
                standing.points.deducted,
                standing.tally.completed_due,
                standing.tally.due,
                standing.tally.completed,
                standing.tally.total,
                standing.tally.late,
            )
            for standing in standings
        ],
    )


@scoring.get("/<id:unit_id>")
@allowed(Action.VIEW_SCORE)
def explanation(unit_id: int) -> str:
    """Explain a district's score line by line, and what it would be with some tasks accepted."""
    plan, asked = plans.published(number("plan")), day()
    found = queries.explanation(actor(), plan, unit_id, asked)
    chosen = [value for value in request.args.getlist("complete") if value]
    forecast, problem = None, ""
    if chosen:
        try:
            forecast = queries.forecast(actor(), plan, unit_id, asked, chosen)
        except UnknownTasks as unknown:
            problem = str(unknown)
    return render_template(
        "scoring/explanation.html",
        plan=plan,
        found=found,
        day=asked,
        forecast=forecast,
        problem=problem,
        chosen=set(chosen),
    )
