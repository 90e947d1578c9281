"""Login, logout, and the change of one's own password."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.people import attempts, logins, passwords, security
from tracker.people import operations as people
from tracker.people.attempts import Locked
from tracker.people.helpers import administrators
from tracker.people.passwords import TooManyLogins
from tracker.rules.passwords import PasswordRefused
from tracker.rules.permissions import SYSTEM, Action
from tracker.rules.words import say
from tracker.web import session
from tracker.web.access import allowed
from tracker.web.auth.forms import LoginForm, PasswordForm
from tracker.web.auth.proof import answer, note_refusal, password_rule, proven, refusal
from tracker.web.language import flash
from tracker.web.places import safe_next
from tracker.web.session import actor

auth = Blueprint("auth", __name__)


@auth.route("/login", methods=["GET", "POST"])
def login() -> Response:
    """Sign in."""
    form = LoginForm()
    target = safe_next(request.values.get("next", ""))
    if session.signed_in() and request.method == "GET":
        return redirect(target)
    status, wait = 200, 0
    if form.validate_on_submit():
        try:
            signed = _signed_in(logins.account_meant(form.account.data or ""), form.password.data or "")
            if signed is not None:
                return redirect(url_for("auth.code", next=target) if signed.factor_due else target, 303)
            form.password.errors = [_wrong()]
        except (Locked, TooManyLogins) as refused:
            form.form_errors, status, wait = [str(refused)], *refusal(refused)
    return answer(
        "auth/login.html",
        status if wait or not form.errors else 422,
        wait,
        form=form,
        next=target,
        limits=security.current(clock.utc()),
        administrators=administrators(clock.today()),
    )


def _wrong() -> str:
    limits = security.current(clock.utc())
    return say(
        "账号或密码不正确。连续输错 {failures} 次，账号锁定 {minutes} 分钟。",
        failures=limits.lock_failures,
        minutes=limits.lock_minutes,
    )


def _signed_in(account: str, password: str) -> logins.SignedIn | None:
    found = proven(account, password)
    if found is None:
        note_refusal(SYSTEM, account)
        return None
    renewed = passwords.renewed(found.password_hash, password)
    with transaction():
        signed = logins.sign_in(found.id, found.version, session.browser())
        if renewed:
            logins.renew_hash(found, renewed)
    if signed is not None:
        session.begin(found.id, signed.key)
    return signed


@auth.post("/logout")
@allowed(Action.OWN_ACCOUNT)
def logout() -> Response:
    """Sign out."""
    session.end()
    return redirect(url_for("auth.login"), 303)


@auth.route("/account/password", methods=["GET", "POST"])
@allowed(Action.OWN_ACCOUNT)
def password() -> Response:
    """Change one's own password, which ends one's sessions in other browsers."""
    form, status, wait = PasswordForm(), 200, 0
    target = safe_next(request.values.get("next", ""))
    if form.validate_on_submit():
        try:
            if _changed(form):
                flash(say("密码已修改，其他设备上的登录已退出。"), "success")
                return redirect(target, 303)
        except (Locked, TooManyLogins) as refused:
            form.form_errors, status, wait = [str(refused)], *refusal(refused)
    return answer(
        "auth/password.html",
        status if wait or not form.errors else 422,
        wait,
        form=form,
        next=target,
        standing=session.standing(),
        rule=password_rule(),
    )


def _changed(form: PasswordForm) -> bool:
    """Change the password; False leaves the reason in the form."""
    old, new = form.old.data or "", form.new.data or ""
    found = proven(actor().account, old)
    if found is None:
        note_refusal(actor(), actor().account)
        form.old.errors = [say("原密码不正确。")]
        return False
    try:
        people.check_password(found.account, new)
    except PasswordRefused as refused:
        form.new.errors = [str(refused)]
    if new == old:
        form.new.errors = [say("新密码不能与原密码相同。")]
    password_hash = "" if form.new.errors else passwords.hashed(new)
    with transaction():
        attempts.clear(found.account)
        if not password_hash:
            return False
        key = logins.change_password(actor(), found, new, password_hash, session.browser())
    if key is not None:
        session.begin(found.id, key)
    return True
