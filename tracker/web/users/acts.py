"""What is done about an account with one button: closing and opening it, a new password, another role, signing out."""

from collections.abc import Callable

from flask import Blueprint, abort, redirect, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.people import account_lists, accounts, passwords
from tracker.people.account_details import DetailsRefused
from tracker.people.account_lists import EXPIRED, AccountRow
from tracker.people.accounts import AccountStands, StaleAccount
from tracker.rules.permissions import ROLE_TEXT, Action, Role
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.session import actor
from tracker.web.users.forms import RoleForm
from tracker.web.users.views import account_page, password_page

account_acts = Blueprint("account_acts", __name__, url_prefix="/admin/users/<id:user_id>")


def _found(user_id: int) -> AccountRow:
    return account_lists.get(actor(), user_id) or abort(404)


def _done(user_id: int, act: Callable[[], object], words: str, idle: str = "") -> Response | tuple[str, int]:
    """Do something about an account and say so; `idle` is said where there was nothing to do."""
    found = _found(user_id)
    try:
        with transaction():
            changed = act()
    except AccountStands as stands:
        return account_page(found, refused=str(stands)), 409
    flash(words if changed else idle, "success")
    return redirect(url_for("users.account", user_id=user_id), 303)


@account_acts.post("/disable")
@allowed(Action.EDIT_USERS)
def disable(user_id: int) -> Response | tuple[str, int]:
    """Close an account."""
    return _done(
        user_id,
        lambda: accounts.disable(actor(), clock.now(), user_id, clock.today()),
        say("账号已停用，原有登录已失效。"),
        say("账号本来就已停用。"),
    )


@account_acts.post("/enable")
@allowed(Action.EDIT_USERS)
def enable(user_id: int) -> Response | tuple[str, int]:
    """Open a closed account again."""
    answer = _done(
        user_id,
        lambda: accounts.enable(actor(), clock.now(), user_id),
        say("账号已启用。"),
        say("账号本来就已启用。"),
    )
    if _found(user_id).state(clock.today()) == EXPIRED:
        flash(say("失效日期已过，仍不能登录：请把失效日期改晚或清空。"), "warning")
    return answer


@account_acts.post("/reset")
@allowed(Action.EDIT_USERS)
def reset(user_id: int) -> str:
    """Give a one-time password, and show it this once."""
    password = accounts.one_time_password(_found(user_id).account)
    password_hash = passwords.hashed(password)
    with transaction():
        accounts.reset_password(actor(), clock.now(), user_id, password, password_hash)
    return password_page(user_id, password, say("密码已重置"))


@account_acts.post("/role")
@allowed(Action.GRANT_ROLES)
def role(user_id: int) -> Response | tuple[str, int]:
    """Give another role, on request in another unit."""
    found, form = _found(user_id), RoleForm()
    if not form.validate():
        return account_page(found, role_form=form), 422
    wanted, unit_id, version = Role(form.role.data), form.unit_id, int(form.version.data) if form.version.data else None
    try:
        return _done(
            user_id,
            lambda: accounts.set_role(actor(), clock.now(), user_id, version, wanted, unit_id, clock.today()),
            say("角色已修改，原有登录已失效。"),
            say("没有改动。"),
        )
    except DetailsRefused as refused:
        form.unit.errors = [str(refused)]
        return account_page(found, role_form=form), 422
    except StaleAccount as stale:
        return _role_conflict(stale.now, form), 409


def _role_conflict(now: AccountRow, form: RoleForm) -> str:
    units = {unit.id: unit.name for unit in account_lists.units(actor(), clock.today())}
    form.version.data = str(now.version)
    return account_page(
        now,
        role_form=form,
        conflict={
            "form": "role-form",
            "mine": [
                (say("角色"), ROLE_TEXT[Role(form.role.data)]),
                (say("单位"), units.get(form.unit_id or now.unit_id, now.unit)),
            ],
            "theirs": [(say("角色"), now.role_text), (say("单位"), now.unit)],
        },
    )


@account_acts.post("/sessions/revoke")
@allowed(Action.GRANT_ROLES)
def end_sessions(user_id: int) -> Response | tuple[str, int]:
    """Sign a person out everywhere."""
    return _done(user_id, lambda: accounts.end_sessions(actor(), clock.now(), user_id), say("已在所有设备上退出登录。"))


@account_acts.post("/unlock")
@allowed(Action.EDIT_USERS)
def unlock(user_id: int) -> Response | tuple[str, int]:
    """Lift the lock that wrong passwords brought."""
    return _done(
        user_id,
        lambda: accounts.unlock(actor(), clock.now(), user_id),
        say("账号已解锁，可以立即登录。"),
        say("账号没有锁定。"),
    )


@account_acts.post("/factor/reset")
@allowed(Action.EDIT_USERS)
def reset_factor(user_id: int) -> Response | tuple[str, int]:
    """Forget the second factor of who lost the telephone."""
    return _done(
        user_id,
        lambda: accounts.reset_factor(actor(), clock.now(), user_id),
        say("两步验证已重置，原有登录已失效。本人下次登录后可重新设置。"),
        say("这个账号没有设置两步验证。"),
    )
