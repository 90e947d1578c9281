"""The page of what a search found."""

from urllib.parse import urlencode

from flask import Blueprint, render_template

from tracker import clock
from tracker.overview.search import search
from tracker.rules.marks import around, pieces
from tracker.rules.permissions import Action, may
from tracker.web.access import allowed
from tracker.web.paging import words
from tracker.web.session import actor

searching = Blueprint("searching", __name__)

LONGEST = 60
"""Characters that can be searched for, as in every list."""


@searching.get("/search")
@allowed(Action.VIEW_PLANS)
def results() -> str:
    """Show what was found, by kind."""
    typed = words("q", LONGEST)
    return render_template(
        "search/results.html",
        typed=typed,
        found=search(actor(), typed, clock.today()),
        pieces=pieces,
        around=around,
        query=urlencode({"q": typed}),
        may_edit_units=may(actor(), Action.EDIT_UNITS),
        may_explain=may(actor(), Action.VIEW_SCORE),
    )
