"""The second step of a login: the digits of the telephone, or a recovery code."""

import logging

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.people import factors, own
from tracker.people.attempts import Locked
from tracker.people.factors import Shown
from tracker.rules.permissions import SYSTEM
from tracker.rules.words import say
from tracker.sealing import CannotUnseal
from tracker.web import session
from tracker.web.auth.forms import CodeForm
from tracker.web.auth.proof import answer, note_refusal, refusal, shown
from tracker.web.failures import page
from tracker.web.language import flash
from tracker.web.places import safe_next

log = logging.getLogger("tracker.web")

WRONG = say("动态口令或恢复码不正确，或者已经用过。请等手机上出现新的口令再试；输错次数过多会锁定账号。")
UNREADABLE = say("动态口令现在无法核对。请改用恢复码登录，或联系管理员重置两步验证。")


def code() -> Response | tuple[str, int]:
    """Ask whoever gave the right password for the second factor."""
    target = safe_next(request.values.get("next", ""))
    user_id = session.pending()
    if user_id is None:
        return _nobody_waits(target)
    form, status, wait = CodeForm(), 200, 0
    if form.validate_on_submit():
        try:
            if _passed(user_id, form.code.data or ""):
                return redirect(target, 303)
            form.code.errors = [WRONG]
        except Locked as refused:
            form.form_errors, status, wait = [str(refused)], *refusal(refused)
        except CannotUnseal:
            log.exception("the second factor of account %d cannot be read", user_id)
            form.code.errors = [UNREADABLE]
    return answer("auth/code.html", status if wait or not form.errors else 422, wait, form=form, next=target)


def _nobody_waits(target: str) -> Response | tuple[str, int]:
    if session.signed_in():
        return redirect(target, 303 if request.method == "POST" else 302)
    return page(401) if request.method == "POST" else redirect(url_for("auth.login", next=target))


def _passed(user_id: int, typed: str) -> bool:
    """Open the door to the right code."""
    account = own.account_name(user_id)
    found = shown(user_id, account, typed)
    if found is None:
        note_refusal(SYSTEM, account, "第二步")
        return False
    if session.pass_factor() is None:
        return False
    if found is Shown.RECOVERY:
        with transaction():
            left = factors.note_recovery(user_id, clock.now(), account)
        flash(
            say("您用掉了一个恢复码，还剩 {left} 个。手机丢失或更换的，请到“本人账号”重新设置两步验证。", left=left),
            "warning",
        )
    return True
