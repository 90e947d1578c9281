"""Who may open a page: @allowed(Action.…) asks for a signed-in person whose role holds the action."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import current_app, redirect, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from tracker.people.sessions import Standing
from tracker.rules.permissions import Action, require
from tracker.web import session
from tracker.web.session import actor

View = TypeVar("View", bound=Callable[..., Any])

GUARDED = "asks_who_is_there"
PASSWORD, FACTOR, LOGOUT = "auth.password", "auth.factor", "auth.logout"


def allowed(action: Action) -> Callable[[View], View]:
    """Open a page only to roles that hold `action`."""

    def wrap(view: View) -> View:
        @wraps(view)
        @login_required  # type: ignore[untyped-decorator]
        def guarded(*args: Any, **kwargs: Any) -> Any:
            require(actor(), action)
            return view(*args, **kwargs)

        setattr(guarded, GUARDED, True)
        return guarded  # type: ignore[return-value]

    return wrap


def guard() -> Any:
    """Before anything else of a request is looked at, ask who is there; lead to the password that must be changed."""
    view = current_app.view_functions.get(request.endpoint or "")
    if not getattr(view, GUARDED, False):
        return None
    found = session.standing()
    if found is None:
        return session.login_manager.unauthorized()
    session.note_use(found)
    return _lead_away(found)


def _lead_away(found: Standing) -> Response | None:
    """Lead to what must be done first: a password of one's own, a second factor.

    A password that only grew old lets a form through, or what was typed in it would be lost.
    """
    if request.endpoint in (PASSWORD, LOGOUT):
        return None
    reading = request.method in session.SAFE_METHODS
    first = PASSWORD if found.must_change or (found.password_old and reading) else ""
    if not first and found.factor_owed and request.blueprint != "auth" and FACTOR in current_app.view_functions:
        first = FACTOR
    if not first:
        return None
    target = request.full_path.rstrip("?") if reading else ""
    return redirect(url_for(first, next=target), 302 if reading else 303)
