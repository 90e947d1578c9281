"""Everything that the scores of a plan rest on as a file, for whoever wants to count them anew."""

from flask import Blueprint, Response

from tracker import clock
from tracker.assignments import usual_plans
from tracker.overview.tables import Table, exact_csv
from tracker.people import queries as people
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.scoring import events
from tracker.web.access import allowed
from tracker.web.downloads import file_kind, made_file, table_file
from tracker.web.paging import number
from tracker.web.session import actor

score_events = Blueprint("score_events", __name__, url_prefix="/scores")


@score_events.get("/events")
@allowed(Action.REPLAY_SCORES)
def export() -> Response:
    """Send every event of a plan's scores: CSV for programs, or with `format=xlsx` a workbook for people."""
    plan, kind = usual_plans.scored(actor(), number("plan")), file_kind() or "csv"
    rows = events.rows(plan)
    if kind == "xlsx":
        note = say("{number}，导出于 {at}", number=plan.doc_number, at=f"{clock.now():%Y-%m-%d %H:%M}")
        # The heads are names for programs, the same in every language.
        return table_file(Table(say("得分事件"), note, events.HEADS, rows, again=True), kind)
    # Programs read this file, so that nothing stands above its heads: invented data say so in its name.
    name = say("得分事件（演示数据）.csv") if people.marker("demo_history") else say("得分事件.csv")
    return made_file(exact_csv(events.HEADS, rows), "text/csv", name)
