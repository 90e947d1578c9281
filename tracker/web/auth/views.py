"""Login and logout."""

import re

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import logout_user
from werkzeug.wrappers import Response

from tracker import clock
from tracker.audit import operations as audit
from tracker.db import transaction
from tracker.people import operations as people
from tracker.people import queries
from tracker.rules.permissions import SYSTEM
from tracker.web import session
from tracker.web.auth.forms import LoginForm

auth = Blueprint("auth", __name__)

OWN_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9_\-./?=&%+]*")
WRONG = "账号或密码不正确。忘记密码请联系本单位管理员。"


def safe_next(target: str) -> str:
    """Return where to go after login: one of our own addresses, or the first page."""
    return target if OWN_PATH.fullmatch(target) else url_for("home.index")


@auth.route("/login", methods=["GET", "POST"])
def login() -> str | Response | tuple[str, int]:
    """Sign in."""
    form = LoginForm()
    target = safe_next(request.values.get("next", ""))
    if session.signed_in() and request.method == "GET":
        return redirect(target)
    if form.validate_on_submit():
        if _signed_in(form.account.data or "", form.password.data or ""):
            return redirect(target, 303)
        form.password.errors = [WRONG]
    status = 422 if form.errors else 200
    return render_template("auth/login.html", form=form, next=target), status


def _signed_in(account: str, password: str) -> bool:
    user = people.authenticate(account, password, clock.today())
    with transaction():
        if user is None:
            audit.record(SYSTEM, clock.now(), "login_refused", "user", None, account[:60])
            return False
        actor = queries.actor_of(user)
        audit.record(actor, clock.now(), "login", "user", user.id)
    session.sign_in(actor, user.session_version)
    return True


@auth.post("/logout")
def logout() -> Response:
    """Sign out."""
    logout_user()
    return redirect(url_for("auth.login"), 303)
