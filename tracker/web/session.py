"""The signed-in person: Flask-Login's session carries the account and its session version, nothing else."""

from flask import Flask, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user
from werkzeug.wrappers import Response

from tracker import clock
from tracker.people import queries as people
from tracker.rules.permissions import Actor

login_manager = LoginManager()


class Visitor(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps of a person: the actor, and the version of the account's sessions."""

    def __init__(self, actor: Actor, session_version: int) -> None:
        """Keep both."""
        self.actor, self.session_version = actor, session_version

    def get_id(self) -> str:
        """Return what stands in the cookie; raising the account's version makes it worthless."""
        return f"{self.actor.id}:{self.session_version}"


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(key: str) -> Visitor | None:
    user_id, _, version = key.partition(":")
    if not (user_id.isascii() and user_id.isdigit() and version.isascii() and version.isdigit()):
        return None
    actor = people.session_actor(int(user_id), int(version), clock.today())
    return Visitor(actor, int(version)) if actor else None


@login_manager.unauthorized_handler  # type: ignore[untyped-decorator]
def _to_login() -> Response:
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(url_for("auth.login", next=here))


def sign_in(actor: Actor, session_version: int) -> None:
    """Begin the person's session."""
    login_user(Visitor(actor, session_version))


def signed_in() -> Actor | None:
    """Return the signed-in person, if any."""
    return current_user.actor if current_user.is_authenticated else None


def actor() -> Actor:
    """Return the signed-in person of a page that demands one."""
    found: Actor = current_user.actor
    return found


def init_app(app: Flask) -> None:
    """Set up sessions: cookies that scripts and other sites cannot use."""
    app.config.update(
        SESSION_COOKIE_NAME="tracker_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=app.config["TRACKER_BASE_URL"].startswith("https://"),
    )
    login_manager.init_app(app)
