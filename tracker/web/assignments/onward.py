"""Leads whoever is done with one item to the next, so that a dozen of them need no way back to the list."""

from datetime import date
from typing import NamedTuple

from flask import session as cookie

from tracker.overview import queries as overviews
from tracker.overview.queries import TodoRow
from tracker.rules.permissions import Actor

TAB = "onward"
"""Where the cookie says, until the next page, which list the person is working off."""

OPEN, REVIEW = "open", "review"
MOST = 100
"""How far the list is read; whoever has more is told of so many."""


class Onward(NamedTuple):
    """The next item of the list, and how many wait in it."""

    tab: str
    waiting: int
    number: str
    text: str
    href: str


def remember(tab: str) -> None:
    """Note which list the person is working off."""
    cookie[TAB] = tab


def onward(person: Actor, assignment_id: int, day: date) -> Onward | None:
    """Return what comes next in the list noted by the act that led here; nothing on any other visit. One query."""
    tab = cookie.pop(TAB, "")
    if tab == REVIEW:
        return _next(tab, overviews.review_queue(person, MOST, 0), assignment_id, "#review")
    if tab == OPEN:
        # What was reported today is done with for today.
        rows = [row for row in overviews.todo(person, OPEN, MOST, 0) if row.filed_on != day]
        return _next(tab, rows, assignment_id, "/report")
    return None


def _next(tab: str, rows: list[TodoRow], assignment_id: int, place: str) -> Onward | None:
    rest = [row for row in rows if row.id != assignment_id]
    if not rest:
        return None
    return Onward(tab, len(rest), rest[0].number, rest[0].text, f"/assignments/{rest[0].id}{place}")
