"""One's own account: what is known of it, the displayed name, and where one is signed in."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length, Regexp

from tracker import clock
from tracker.db import transaction
from tracker.people import factors, own, sessions
from tracker.people.own import NAME_LENGTH, NameRefused, StaleName
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web import session
from tracker.web.access import allowed
from tracker.web.account.devices import device
from tracker.web.forms import Form
from tracker.web.language import flash
from tracker.web.session import actor

me = Blueprint("me", __name__, url_prefix="/account")


class NameForm(Form):
    """The displayed name, which is all that one may change; whatever else is sent is not looked at."""

    display = StringField(
        say("姓名"),
        [
            InputRequired(say("请填写显示的姓名。")),
            Length(max=NAME_LENGTH, message=say("姓名过长：最多 {most} 个字。", most=NAME_LENGTH)),
        ],
    )
    version = HiddenField(say("版本"), validators=[InputRequired(), Regexp(r"[0-9]{1,9}\Z")])


@me.get("")
@allowed(Action.OWN_ACCOUNT)
def account() -> str:
    """Show one's account."""
    return _page()


def _page(form: NameForm | None = None, conflict: dict[str, Any] | None = None) -> str:
    found, now = own.account(actor()), clock.utc()
    if form is None:
        form = NameForm(formdata=None, display=found.name, version=str(found.version))
    return render_template(
        "account/account.html",
        me=found,
        form=form,
        conflict=conflict,
        logins=own.last_logins(actor()),
        sessions=sessions.of_user(own.number(actor()), now),
        standing=session.standing(),
        factor=factors.is_on(own.number(actor())),
        device=device,
    )


@me.post("")
@allowed(Action.OWN_ACCOUNT)
def edit() -> Response | tuple[str, int]:
    """Change the displayed name."""
    form = NameForm()
    if not form.validate():
        return _page(form), 422
    try:
        with transaction():
            changed = own.rename(actor(), clock.now(), int(form.version.data or 0), form.display.data or "")
    except NameRefused as refused:
        form.display.errors = [str(refused)]
        return _page(form), 422
    except StaleName as stale:
        form.version.data = str(stale.now.version)
        return _page(form, {"mine": form.display.data, "theirs": stale.now.name}), 409
    flash(say("姓名已保存。") if changed else say("没有改动。"), "success")
    return redirect(url_for("me.account"), 303)


@me.post("/sessions/<id:session_id>/revoke")
@allowed(Action.OWN_ACCOUNT)
def end_session(session_id: int) -> Response:
    """Sign one of one's browsers out."""
    standing = session.standing()
    with transaction():
        if not own.end_session(actor(), clock.now(), session_id):
            abort(404)
    here = standing is not None and standing.id == session_id
    flash(say("已退出。") if here else say("那一处登录已退出。"), "success")
    return redirect(url_for("auth.login" if here else "me.account"), 303)


@me.post("/sessions/revoke")
@allowed(Action.OWN_ACCOUNT)
def end_sessions() -> Response:
    """Sign oneself out everywhere, here too."""
    with transaction():
        own.end_sessions(actor(), clock.now())
    session.end()
    flash(say("所有设备上的登录都已退出。"), "success")
    return redirect(url_for("auth.login"), 303)
