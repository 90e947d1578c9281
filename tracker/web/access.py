"""Who may open a page: @allowed(Action.…) asks for a signed-in person whose role holds the action."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask_login import login_required

from tracker.rules.permissions import Action, require
from tracker.web.session import actor

View = TypeVar("View", bound=Callable[..., Any])


def allowed(action: Action) -> Callable[[View], View]:
    """Open a page only to roles that hold `action`."""

    def wrap(view: View) -> View:
        @wraps(view)
        @login_required  # type: ignore[untyped-decorator]
        def guarded(*args: Any, **kwargs: Any) -> Any:
            require(actor(), action)
            return view(*args, **kwargs)

        return guarded  # type: ignore[return-value]

    return wrap
