"""The tabs of what leaders watch: due this week, returned again and again."""

from datetime import date
from urllib.parse import urlencode

from flask import render_template, request

from tracker import clock
from tracker.overview import ledger, watched
from tracker.overview.queries import TodoRow
from tracker.overview.watched import RETURNS, WEEK, Watch
from tracker.rules.calendar import days_overdue, week_of
from tracker.rules.status import LIGHT_TEXT, Light, light, status_text
from tracker.web.overview import filters
from tracker.web.overview.links import OWED
from tracker.web.paging import SIZE, Page, number, page_number, words
from tracker.web.session import actor


def page(tab: str, tabs: list[dict[str, object]], total: int) -> str:
    """Show a watched tab of the to-do list; `total` is how many rows it has without filters."""
    today, person = clock.today(), actor()
    wanted = Watch(number("district"), words("q", filters.LONGEST_SEARCH))
    filtered = wanted != Watch()
    paging = Page(page_number(), watched.count(person, tab, today, wanted) if filtered else total)
    rows = watched.rows(person, tab, today, wanted, SIZE, (paging.number - 1) * SIZE)
    return render_template(
        "overview/watched.html",
        tab=tab,
        tabs=tabs,
        day=today,
        week=week_of(today),
        page=paging,
        rows=rows,
        marks={row.id: mark(row, today) for row in rows},
        light_text=LIGHT_TEXT,
        statuses={row.id: status_text(row.status, row.closed_on, today) for row in rows},
        leads=ledger.lead_offices(row.task_id for row in rows) if rows else {},
        returns=watched.returns([row.id for row in rows]) if rows and tab == RETURNS else {},
        next_link=_next_link(today) if tab == WEEK and not rows else None,
        filtered=filtered,
        districts=filters.district_choices(),
        given=request.args,
    )


def mark(row: TodoRow, today: date) -> tuple[Light, int]:
    """Return the light of a row and how many days late it is."""
    shown = light(row.status, row.due_on, row.completed_on, today, row.near_days)
    return shown, days_overdue(row.due_on, today) if shown is Light.OVERDUE else 0


def _next_link(today: date) -> tuple[date, str] | None:
    """Return the next day on which something falls due, and the address of what does."""
    day = watched.next_due(actor(), today)
    return (day, f"/ledger?{urlencode({'light': OWED, 'due_from': day, 'due_by': day}, safe=',')}") if day else None
