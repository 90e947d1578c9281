"""What a district's score would be with some tasks accepted by a day, and which of them to do first."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import render_template, request

from tracker.rules import forecasts as rules
from tracker.rules.status import STATUS_TEXT
from tracker.scoring import forecasts, queries, terms
from tracker.scoring.forecasts import Forecast, ForecastRefused, UnknownTasks
from tracker.scoring.queries import Standing
from tracker.web.overview.links import COUNTED, opens_tasks
from tracker.web.paging import day_of
from tracker.web.scoring.leads import leads
from tracker.web.session import actor

MOST = 200
"""So many tasks are taken from an address; more do not fit into it."""


def outlook_page(plan: Any, unit_id: int, asked: date) -> str:
    """Return the page: the open tasks in the order of what they save, and the forecast for those that are ticked."""
    person = actor()
    by = max(asked, day_of("by") or rules.horizon(terms.at(plan, asked).procedure, asked))
    chosen = [value for value in request.args.getlist("complete")[:MOST] if value]
    outlook, final, problem = None, "", ""
    try:
        outlook = forecasts.outlook(person, plan, unit_id, asked, by, chosen)
    except UnknownTasks as unknown:
        problem, chosen = str(unknown), []
        outlook = forecasts.outlook(person, plan, unit_id, asked, by)
    except ForecastRefused as refused:
        final = str(refused)
    standing = outlook.now if outlook else queries.explanation(person, plan, unit_id, asked).standing
    lead = leads(plan.id, queries.rule_of(plan, asked), asked)
    return render_template(
        "scoring/forecast.html",
        opens=opens_tasks(person),
        plan=plan,
        standing=standing,
        forecast=outlook.forecast if outlook and chosen else None,
        savings=outlook.savings if outlook else [],
        sides=_sides(standing, outlook.forecast, bool(chosen)) if outlook else [],
        over=_over(outlook.forecast.before) if outlook else 0,
        final=final,
        problem=problem,
        chosen=set(chosen),
        due_link=lead(unit_id, COUNTED, due_by=asked - timedelta(days=1)),
        day=asked,
        by=by,
        states=STATUS_TEXT,
    )


def _sides(now: Standing, forecast: Forecast, chosen: bool) -> list[tuple[str, Standing]]:
    """Return the standings to compare: as it is, by the day with nothing done, by the day with the ticked ones done."""
    found = [("now", now), ("then", forecast.before)]
    return [*found, ("after", forecast.after)] if chosen else found


def _over(standing: Standing) -> Decimal:
    """Return how many points are lost beyond the cap."""
    return standing.points.raw_deduction - standing.points.deducted
