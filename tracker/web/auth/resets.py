"""A forgotten password: a link is mailed, and whoever opens it sets a new one."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.people import operations as people
from tracker.people import passwords
from tracker.people import resets as links
from tracker.people.passwords import TooManyLogins
from tracker.people.resets import Owner
from tracker.rules.passwords import PasswordRefused
from tracker.rules.words import say
from tracker.web.auth.forms import NewPasswordForm, ResetForm
from tracker.web.auth.proof import answer, password_rule, refusal
from tracker.web.failures import page
from tracker.web.language import flash

resets = Blueprint("resets", __name__)

OF_NO_USE = say("这个链接用过了，过期了，或者不完整。请在登录页点“忘记密码”重新申请，以最新一封信里的链接为准。")


@resets.route("/reset", methods=["GET", "POST"])
def ask() -> str | tuple[str, int]:
    """Mail a link; the answer is the same whether or not there is such an account."""
    form = ResetForm()
    if not form.validate_on_submit():
        return render_template("auth/reset.html", form=form, sent=False), 422 if form.errors else 200
    with transaction():
        links.ask(form.account.data or "", clock.now(), clock.utc(), current_app.config["TRACKER_BASE_URL"])
    return render_template("auth/reset.html", form=form, sent=True)


@resets.route("/reset/<token>", methods=["GET", "POST"])
def new(token: str) -> Response | tuple[str, int]:
    """Set a new password; a link that is of no use answers alike, whatever is wrong with it."""
    owner = links.owner(token, clock.utc(), clock.today())
    if owner is None:
        return page(404, OF_NO_USE)
    form, status, wait = NewPasswordForm(), 200, 0
    if form.validate_on_submit():
        try:
            if not _set(token, owner, form.new.data or ""):
                return page(404, OF_NO_USE)
            flash(say("密码已重设，原有的登录全部退出。请用新密码登录。"), "success")
            return redirect(url_for("auth.login"), 303)
        except PasswordRefused as refused:
            form.new.errors = [str(refused)]
        except TooManyLogins as refused:
            form.form_errors, status, wait = [str(refused)], *refusal(refused)
    status = status if wait or not form.errors else 422
    return answer("auth/reset_new.html", status, wait, form=form, owner=owner, rule=password_rule(), here=request.path)


def _set(token: str, owner: Owner, password: str) -> bool:
    people.check_password(owner.account, password)
    password_hash = passwords.hashed(password)
    with transaction():
        return links.use(token, clock.now(), clock.utc(), password, password_hash)
