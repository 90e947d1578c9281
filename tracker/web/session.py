"""The signed-in person: the cookie carries a random key, everything else of the session stands in the database."""

import logging

from flask import Flask, redirect, request, url_for
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_user
from sqlalchemy.exc import DatabaseError
from werkzeug.wrappers import Response

from tracker import clock
from tracker.audit import operations as audit
from tracker.db import db, transaction
from tracker.i18n import LANGUAGES
from tracker.people import displays, logins, queries, sessions
from tracker.people.logins import Browser
from tracker.people.sessions import Standing
from tracker.rules.permissions import Actor
from tracker.rules.words import say
from tracker.web import holding, language
from tracker.web.failures import page
from tracker.web.language import LANGUAGE

log = logging.getLogger("tracker.web")
login_manager = LoginManager()

COOKIE = "tracker_session"
KEY, LAST = "_user_id", "last"
"""What the cookie holds: the session's key where Flask-Login looks for it, and whose it was."""

SAFE_METHODS = ("GET", "HEAD")

FORM_KEPT = "X-Form-Kept"
"""Tells a script that sends while somebody writes whether the text was kept; the page says it in words."""

KEPT = say("您写的文字已由系统保留：同一人重新登录后，页面上方会有提示，可以放回表单继续。附件须重新选择。")


class Visitor(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps of a request's person: the key of the cookie and the session it belongs to."""

    def __init__(self, key: str, standing: Standing | None = None) -> None:
        """Keep both."""
        self.key, self.standing = key, standing

    def get_id(self) -> str:
        """Return what stands in the cookie."""
        return self.key


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(key: object) -> Visitor | None:
    if not isinstance(key, str):  # A cookie signed by an older version holds anything.
        return None
    found = sessions.standing(key, clock.utc(), clock.today())
    if found is None:
        return None
    language.speak_to(found.display.language)
    return Visitor(key, found)


@login_manager.unauthorized_handler  # type: ignore[untyped-decorator]
def _to_login() -> Response | tuple[str, int, dict[str, str]]:
    if request.method not in SAFE_METHODS:
        kept = holding.keep(cookie.get(LAST))
        return *page(401, KEPT if kept else ""), {FORM_KEPT: "yes" if kept else "no"}
    return redirect(url_for("auth.login", next=request.full_path.rstrip("?")))


def standing() -> Standing | None:
    """Return the session of this request, if anybody is signed in."""
    return current_user.standing if current_user.is_authenticated else None


def signed_in() -> Actor | None:
    """Return the signed-in person, if any."""
    found = standing()
    return found.actor if found else None


def actor() -> Actor:
    """Return the signed-in person of a page that demands one."""
    found: Actor = current_user.standing.actor
    return found


def browser() -> Browser:
    """Return where this request comes from."""
    return Browser(request.remote_addr or "", request.user_agent.string, clock.now(), clock.utc())


def begin(user_id: int, key: str) -> None:
    """Hand a new session's key to the browser.

    The secret of the forms is new with it, unless the same person signs in again: whoever was signed out while
    writing can then go back and send what was typed.
    """
    chosen = cookie.get(LANGUAGE) if cookie.get(LAST, user_id) == user_id else None
    if cookie.get(LAST) != user_id:
        cookie.clear()
    cookie[LAST] = user_id
    if chosen:
        cookie[LANGUAGE] = chosen  # Who still owes a code is spoken to in it, too.
    found = sessions.standing(key, clock.utc(), clock.today())
    if found and chosen in LANGUAGES and chosen != found.display.language:
        # Whoever chose a language on the login page wants it on the pages behind it.
        with transaction():
            displays.choose(found.actor, {LANGUAGE: str(chosen)})
    login_user(Visitor(key))


def end() -> None:
    """Sign the browser out, and forget everything its cookie held."""
    found = signed_in()
    with transaction():
        sessions.end(str(cookie.get(KEY, "")))
        if found:
            audit.record(found, clock.now(), "logout", "user", found.id)
    cookie.clear()


def pending() -> int | None:
    """Return who showed the right password in this browser and still owes the second factor."""
    key = cookie.get(KEY)
    return sessions.pending(key, clock.utc(), clock.today()) if isinstance(key, str) else None


def pass_factor() -> Actor | None:
    """Turn the half-signed-in session into a full one under a new key; None where it ran out meanwhile."""
    key, user_id = str(cookie.get(KEY, "")), pending()
    if user_id is None:
        return None
    with transaction():
        version = sessions.version(key)
        sessions.end(key)
        new = None if version is None else logins.sign_in(user_id, version, browser(), factor_shown=True)
        found = None if new is None or version is None else queries.session_actor(user_id, version, clock.today())
    if new is not None:
        begin(user_id, new.key)
    return found


def note_use(found: Standing) -> None:
    """Note once a minute that a session is in use; a page is shown also where that cannot be written."""
    now = clock.utc()
    if not sessions.is_due(found, now):
        return
    try:
        with transaction():
            sessions.touch(found.id, now)
    except DatabaseError:
        db.session.rollback()
        log.exception("the use of a session could not be noted")


def init_app(app: Flask) -> None:
    """Set up sessions: cookies that scripts and other sites cannot use, and no other host can set."""
    secure = app.config["TRACKER_BASE_URL"].startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME=f"__Host-{COOKIE}" if secure else COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_PATH="/",
    )
    # The database knows the session; which network a telephone is in changes by the minute.
    login_manager.session_protection = None
    login_manager.init_app(app)
