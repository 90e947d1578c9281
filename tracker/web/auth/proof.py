"""Asks for a password or a code: every try is counted before it is looked at, and a refusal says how long to wait."""

from collections.abc import Callable
from typing import TypeVar

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from tracker import clock
from tracker.audit import operations as audit
from tracker.audit.operations import Outcome
from tracker.db import transaction
from tracker.people import attempts, factors, logins, security
from tracker.people.attempts import Locked
from tracker.people.factors import Shown
from tracker.people.passwords import TooManyLogins
from tracker.rules.passwords import MIN_LENGTHS
from tracker.rules.permissions import Actor
from tracker.rules.security import Policy
from tracker.rules.words import say

Found = TypeVar("Found")

WAIT_SECONDS = 5


def proven(account: str, password: str) -> logins.Proven | None:
    """Return the account whose password this is; raise Locked, TooManyLogins."""
    return _counted(account, lambda: logins.prove(account, password, clock.today()))


def shown(user_id: int, account: str, code: str) -> Shown | None:
    """Tell whether a code is the person's second factor, and use it up; raise Locked, CannotUnseal."""

    def look() -> Shown | None:
        with transaction():
            return factors.passes(user_id, code, clock.utc())

    return _counted(account, look)


def _counted(account: str, look: Callable[[], Found]) -> Found:
    now = clock.utc()
    # Asked without a write first, so that whoever hammers at a locked account holds nobody up.
    if until := attempts.locked_until(account, now):
        raise Locked(until, now)
    with transaction():
        attempt_id = attempts.begin(account, request.remote_addr or "", now)
    try:
        return look()
    except TooManyLogins:
        with transaction():
            attempts.take_back(attempt_id)
        raise


def note_refusal(who: Actor, account: str, detail: str = "") -> None:
    """Put on record that a password or a code was wrong, and the lock that the last allowed one brings."""
    with transaction():
        words = f"{account} {detail}".strip()
        audit.record(who, clock.now(), "login_refused", "user", who.id, words, outcome=Outcome.REFUSED)
        if attempts.locked_until(account, clock.utc()):
            audit.record(who, clock.now(), "lock_account", "user", who.id, account, outcome=Outcome.REFUSED)


def refusal(refused: Locked | TooManyLogins) -> tuple[int, int]:
    """Return status and seconds to wait."""
    return (429, refused.seconds) if isinstance(refused, Locked) else (503, WAIT_SECONDS)


def answer(template: str, status: int, wait: int, **context: object) -> Response:
    """Return a page that says when to come back, where there is something to wait for."""
    response = make_response(render_template(template, **context), status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def password_rule() -> str:
    """Say what a new password must be."""
    policy = security.current(clock.utc()).password_policy
    least = MIN_LENGTHS[policy]
    if policy is Policy.DENGBAO:
        return say("至少 {least} 位，大写字母、小写字母、数字、符号占三类；不含账号名，也不能是常见密码。", least=least)
    return say("至少 {least} 位；不含账号名，也不能是常见密码。", least=least)
