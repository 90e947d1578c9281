"""How pages are shown, kept with each person's account; a visitor's language stays with the browser."""

from flask import Blueprint, abort, redirect, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.i18n import LANGUAGES
from tracker.people import displays as choices
from tracker.people.displays import CHOICES, UnknownChoice
from tracker.rules.permissions import Action
from tracker.web.access import allowed
from tracker.web.language import LANGUAGE
from tracker.web.places import safe_next
from tracker.web.session import actor

displays = Blueprint("displays", __name__)


@displays.post("/account/display")
@allowed(Action.OWN_ACCOUNT)
def choose() -> Response:
    """Keep what was chosen, and lead back to the page."""
    wanted = {name: request.form[name] for name in CHOICES if name in request.form}
    try:
        with transaction():
            choices.choose(actor(), wanted)
    except UnknownChoice:
        abort(422)
    if "language" in wanted:
        cookie[LANGUAGE] = wanted["language"]
    return redirect(safe_next(request.form.get("next", "")), 303)


@displays.post("/account/tour")
@allowed(Action.OWN_ACCOUNT)
def tour() -> Response:
    """Note that the first-visit tour was seen or left; begin it anew where that is wanted."""
    step = request.form.get("step", "")
    if step not in ("done", "again"):
        abort(422)
    with transaction():
        choices.end_tour(actor(), clock.now() if step == "done" else None)
    return redirect(url_for("home.index") if step == "again" else safe_next(request.form.get("next", "")), 303)


@displays.post("/language")
def speak() -> Response:
    """Keep a visitor's language in the browser: the login page has nobody yet."""
    wanted = request.form.get("language", "")
    if wanted not in LANGUAGES:
        abort(422)
    cookie[LANGUAGE] = wanted
    return redirect(safe_next(request.form.get("next", "")), 303)
