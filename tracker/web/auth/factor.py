"""One's own second factor: set up with the telephone, its recovery codes made anew, switched off."""

import io
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import segno
from flask import Response as FlaskResponse
from flask import abort, redirect, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.people import attempts, factors, own, sessions
from tracker.people.attempts import Locked
from tracker.people.factors import FactorRefused
from tracker.people.passwords import TooManyLogins
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.sealing import CannotUnseal
from tracker.web import session
from tracker.web.access import allowed
from tracker.web.auth.codes import UNREADABLE, WRONG
from tracker.web.auth.forms import BeginForm, CodeForm, ProofForm
from tracker.web.auth.proof import answer, note_refusal, proven, refusal, shown
from tracker.web.language import flash
from tracker.web.places import safe_next
from tracker.web.session import actor

NOT_RIGHT = say("动态口令不正确。请核对手机的时间是否准确，等出现新的六位数字再输入。")
NOT_PROVEN = say("密码不正确。")


@allowed(Action.OWN_ACCOUNT)
def factor() -> Response:
    """Show whether a second factor is on, and set one up: first the password, then the telephone's first digits."""
    if request.method == "POST" and not factors.is_on(own.number(actor())):
        return _confirm() if request.form.get("step") == "confirm" else _begin()
    return _page()


def _page(status: int = 200, wait: int = 0, **forms: Any) -> Response:
    """Show the page; a form that was refused is given."""
    on = factors.is_on(own.number(actor()))
    seed = None if on else factors.begun(own.number(actor()))
    shown_forms = {
        "begin": BeginForm(formdata=None),
        "code": CodeForm(formdata=None),
        "proof": ProofForm(formdata=None),
    }
    context = {**shown_forms, **forms, "on": on, "seed": seed, "left": factors.left(own.number(actor())) if on else 0}
    standing, target = session.standing(), safe_next(request.values.get("next", ""))
    return answer("account/factor.html", status, wait, standing=standing, next=target, **context)


def _begin() -> Response:
    form = BeginForm()
    if not form.validate():
        return _page(422, begin=form)
    try:
        if proven(actor().account, form.password.data or "") is None:
            note_refusal(actor(), actor().account)
            form.password.errors = [NOT_PROVEN]
            return _page(422, begin=form)
    except (Locked, TooManyLogins) as refused:
        form.form_errors = [str(refused)]
        return _page(*refusal(refused), begin=form)
    with transaction(), suppress(FactorRefused):  # Another window was faster; the page shows what stands.
        attempts.clear(actor().account)
        factors.begin(actor())
    return redirect(url_for("auth.factor", next=safe_next(request.values.get("next", ""))), 303)


def _confirm() -> Response:
    form = CodeForm()
    if not form.validate():
        return _page(422, code=form)
    codes = None
    with suppress(FactorRefused, CannotUnseal), transaction():
        codes = factors.confirm(actor(), clock.now(), clock.utc(), form.code.data or "")
        if codes:
            sessions.end_others(own.number(actor()), str(cookie.get(session.KEY, "")))
    if codes is None:
        form.code.errors = [NOT_RIGHT]
        return _page(422, code=form)
    return _codes_page(codes, say("两步验证已启用"))


def _codes_page(codes: list[str], done: str) -> Response:
    """Show new recovery codes in the answer itself: reloading shows others, and nothing keeps them."""
    target = safe_next(request.values.get("next", ""))
    return answer("account/codes.html", 200, 0, codes=codes, done=done, next=target)


@allowed(Action.OWN_ACCOUNT)
def picture() -> Response:
    """Send what the telephone takes a picture of, while the second factor waits to be confirmed."""
    seed = factors.begun(own.number(actor())) or abort(404)
    drawn = io.BytesIO()
    segno.make(factors.address(seed, actor().account), error="m").save(
        drawn, kind="svg", scale=5, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return FlaskResponse(drawn.getvalue(), mimetype="image/svg+xml")


@allowed(Action.OWN_ACCOUNT)
def renew() -> Response:
    """Give new recovery codes to whoever shows password and code."""
    return _proved(lambda: _codes_page(_renewed(), say("新的恢复码")))


def _renewed() -> list[str]:
    with transaction():
        return factors.renew_codes(actor(), clock.now())


@allowed(Action.OWN_ACCOUNT)
def switch_off() -> Response:
    """Let the password alone open the account again, for whoever shows password and code."""

    def off() -> Response:
        with transaction():
            factors.switch_off(actor(), clock.now())
        flash(say("两步验证已停用，以后只凭密码登录。"), "success")
        return redirect(url_for("me.account"), 303)

    return _proved(off)


def _proved(act: Callable[[], Response]) -> Response:
    """Do what password and code allow; else show what is wrong with them."""
    if not factors.is_on(own.number(actor())):
        flash(say("两步验证没有启用。"), "info")
        return redirect(url_for("auth.factor"), 303)
    form = ProofForm()
    if not form.validate():
        return _page(422, proof=form)
    try:
        if _is_proof(form):
            return act()
    except (Locked, TooManyLogins) as refused:
        form.form_errors = [str(refused)]
        return _page(*refusal(refused), proof=form)
    except CannotUnseal:
        form.code.errors = [UNREADABLE]
    return _page(422, proof=form)


def _is_proof(form: ProofForm) -> bool:
    """Look at the password first: a code is used up only beside the right one."""
    me = actor()
    if proven(me.account, form.password.data or "") is None:
        note_refusal(me, me.account)
        form.password.errors = [NOT_PROVEN]
        return False
    if shown(own.number(me), me.account, form.code.data or "") is None:
        note_refusal(me, me.account, "第二步")
        form.code.errors = [WRONG]
        return False
    with transaction():
        attempts.clear(me.account)
    return True
