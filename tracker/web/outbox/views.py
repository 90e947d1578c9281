"""The list of letters with their fate."""

from flask import Blueprint, render_template

from tracker.outbox import queries
from tracker.reminders import queries as reminders
from tracker.rules.permissions import Action
from tracker.web.access import allowed
from tracker.web.paging import Page, page_number

outbox = Blueprint("outbox", __name__, url_prefix="/admin")


@outbox.get("/letters")
@allowed(Action.VIEW_OUTBOX)
def letters() -> str:
    """Show what was sent, what waits, what failed."""
    number = page_number()
    found = queries.letters(number, queries.PAGE_SIZE)
    page = Page(number, found.total, queries.PAGE_SIZE)
    return render_template(
        "outbox/letters.html", rows=found.rows, page=page, counts=queries.counts(), beat=reminders.heartbeat()
    )
