"""Administers accounts: makes, changes, disables and re-opens them, within what the acting person may touch."""

import secrets
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from tracker import clock
from tracker.audit import operations as audit
from tracker.db import FOREVER, db
from tracker.people import account_lists, attempts, factors, operations, sessions
from tracker.people.account_details import (
    FIELD_TEXT,
    Details,
    DetailsRefused,
    account_name,
    grantable,
    problems,
    told,
)
from tracker.people.account_lists import AccountRow, Unit
from tracker.people.models import Organization, ResetLink, User
from tracker.people.operations import AccountRefused
from tracker.people.queries import serving
from tracker.rules import passwords as password_rules
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action, Actor, Forbidden, Post, Role, Scope, require
from tracker.rules.words import say

ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Signs that nobody mistakes for each other on paper."""


class AccountStands(ValueError):
    """A change that the service could not do without the account for; the message says what to do first."""


class StaleAccount(ValueError):
    """An account that somebody else changed meanwhile; `now` is how it stands."""

    def __init__(self, now: AccountRow) -> None:
        """Keep it."""
        super().__init__(say("别人刚刚修改了这个账号。"))
        self.now = now


def one_time_password(account: str) -> str:
    """Return a random password that is easy to read out; about 90 bits."""
    while True:
        found = "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
        try:
            password_rules.check(found, account)
        except password_rules.PasswordRefused:
            continue
        return found


def _refuse_wrong(role: Role, details: Details, kind: OrganizationKind) -> None:
    if found := problems(role, details, kind):
        raise DetailsRefused(found)


def _unit(actor: Actor, unit_id: int, day: date) -> Unit:
    """Return the unit of an account to be made or moved; a foreign one is refused exactly like a missing one."""
    for unit in account_lists.units(actor, day):
        if unit.id == unit_id:
            return unit
    if actor.reach(Action.EDIT_USERS) is Scope.ALL:
        raise DetailsRefused({"unit": say("没有这个单位，或它已撤并。请另选单位。")})
    raise Forbidden(say("只能为本区的单位办理账号。其他单位请联系系统管理员。"))


# ---- making and changing


def create(
    actor: Actor, at: datetime, account: str, role: Role, details: Details, password_hash: str, day: date
) -> int:
    """Make an account whose password must be changed at once; return its number."""
    require(actor, Action.EDIT_USERS)
    if role not in grantable(actor):
        raise Forbidden(say("只能新建本区的经办账号。其他角色请联系系统管理员。"))
    _refuse_wrong(role, details, _unit(actor, details.unit_id, day).kind)
    try:
        user = operations.create_user(
            actor,
            at,
            account=account_name(account),
            name=details.name,
            role=role,
            unit_id=details.unit_id,
            # Its hash was made before the transaction, which others wait for.
            password="",  # nosec B106 # only the hash counts
            password_hash=password_hash,
            email=details.email,
            phone=details.phone,
            post=details.post,
            valid_until=details.valid_until,
            must_change=True,
        )
    except AccountRefused as refused:
        raise DetailsRefused({"account": str(refused)}) from None
    except IntegrityError:
        # Somebody else made it between the look and the write.
        raise DetailsRefused(
            {"account": say("账号 {account} 已存在，请换一个。", account=account.strip().casefold())}
        ) from None
    return user.id


def edit(actor: Actor, at: datetime, user_id: int, version: int, details: Details, day: date) -> bool:
    """Change an account's details; tell whether anything was changed. Raise StaleAccount on another version."""
    return change(actor, at, user_id, version, details, None, day)


def set_role(
    actor: Actor, at: datetime, user_id: int, version: int | None, role: Role, unit_id: int | None, day: date
) -> bool:
    """Give an account another role, on request in another unit; tell whether anything was changed.

    Raise StaleAccount on another version, where one was seen: somebody else may have given it another unit.
    """
    require(actor, Action.GRANT_ROLES)
    user = _locked(actor, user_id)
    unit_id = unit_id or user.unit_id
    details = Details(user.name, unit_id, user.email, user.phone, Post(user.post), user.valid_until)
    return change(actor, at, user_id, user.version if version is None else version, details, role, day)


def change(
    actor: Actor, at: datetime, user_id: int, version: int, details: Details, role: Role | None, day: date
) -> bool:
    """Change details, and the role where one is given; ends the sessions of who gets another unit or role."""
    user = _locked(actor, user_id)
    if user.version != version:
        raise StaleAccount(_seen(actor, user_id))
    before, new_role = _seen(actor, user_id), role or Role(user.role)
    moved = details.unit_id != user.unit_id
    kind, unit = _place(actor, user, details, day)
    _refuse_wrong(new_role, details, kind)
    if new_role != before.role:
        _refuse_own(actor, user, say("不能修改自己的角色，请由另一位系统管理员办理。"))
        require(actor, Action.GRANT_ROLES)
    if new_role != Role.ADMIN or details.valid_until != FOREVER:
        _keep_an_administrator(user, day)
    old, new = told(before.role, before, before.unit), told(new_role, details, unit)
    differing = [field for field in FIELD_TEXT if old[field] != new[field]]
    if not differing and not moved:
        return False
    if details.email != user.email:
        _void_links(user)
    user.name, user.email, user.phone, user.post = details.name, details.email, details.phone, details.post
    user.unit_id, user.role, user.valid_until = details.unit_id, new_role, details.valid_until
    if moved or new_role != before.role:
        _end_sessions(user)
    act = "set_role" if new_role != before.role else "edit_user"
    detail = "；".join(f"{FIELD_TEXT[field]}：{old[field]} → {new[field]}" for field in differing)
    audit.record(actor, at, act, "user", user.id, f"{user.account} {detail}", about_unit=user.unit_id)
    return True


def _void_links(user: User) -> None:
    """Let no mailed link set the password any more: it went to another address, or another way was taken."""
    db.session.execute(delete(ResetLink).where(ResetLink.user_id == user.id))


def _place(actor: Actor, user: User, details: Details, day: date) -> tuple[OrganizationKind, str]:
    """Return kind and name of the unit; one that was merged meanwhile may keep the people it has."""
    if details.unit_id != user.unit_id:
        unit = _unit(actor, details.unit_id, day)
        return unit.kind, unit.name
    kept = db.session.get_one(Organization, user.unit_id)
    return OrganizationKind(kept.kind), kept.name


def _locked(actor: Actor, user_id: int) -> User:
    """Return an account that the person may touch, held until the transaction ends; raise NoResultFound, Forbidden."""
    # Administrators first and in one order, so that two of them who disable each other do so one after the other.
    db.session.execute(select(User.id).where(User.role == Role.ADMIN).order_by(User.id).with_for_update())
    user = db.session.scalars(
        select(User)
        .join(Organization, Organization.id == User.unit_id)
        .where(User.id == user_id, account_lists.within(actor, Action.EDIT_USERS))
        .with_for_update(of=User)
        .execution_options(populate_existing=True)
    ).one()
    if Role(user.role) not in grantable(actor):
        raise Forbidden(say("只能办理本区经办人员的账号。其他账号请联系系统管理员。"))
    return user


def _seen(actor: Actor, user_id: int) -> AccountRow:
    found = account_lists.get(actor, user_id)
    if found is None:
        raise Forbidden(say("看不到这个账号。"))
    return found


def _refuse_own(actor: Actor, user: User, why: str) -> None:
    if actor.id == user.id:
        raise Forbidden(why)


def _keep_an_administrator(user: User, day: date) -> None:
    """Raise AccountStands if the account is the last administrator's."""
    others = select(User.id).where(
        User.role == Role.ADMIN, serving(day), User.valid_until == FOREVER, User.id != user.id
    )
    if (
        user.role == Role.ADMIN
        and user.active
        and user.valid_until > day
        and db.session.scalar(others.limit(1)) is None
    ):
        raise AccountStands(
            say(
                "这是最后一位长期有效的系统管理员，不能停用、改任或设失效日期。"
                "请先新建或启用另一位长期有效的系统管理员。"
            )
        )


# ---- closing and opening


def disable(actor: Actor, at: datetime, user_id: int, day: date) -> bool:
    """Close an account and end its sessions; tell whether it was open."""
    user = _locked(actor, user_id)
    _refuse_own(actor, user, say("不能停用自己的账号，请由另一位管理人员办理。"))
    if not user.active:
        return False
    _keep_an_administrator(user, day)
    operations.disable(actor, at, user)
    return True


def enable(actor: Actor, at: datetime, user_id: int) -> bool:
    """Open a closed account again; tell whether it was closed."""
    user = _locked(actor, user_id)
    if user.active:
        return False
    user.active = True
    audit.record(actor, at, "enable_user", "user", user.id, user.account, about_unit=user.unit_id)
    return True


def reset_password(actor: Actor, at: datetime, user_id: int, password: str, password_hash: str) -> None:
    """Give an account a one-time password, hashed before the transaction, and end its sessions."""
    user = _locked(actor, user_id)
    _refuse_own(actor, user, say("自己的密码请在“修改密码”页面办理，需要输入原密码。"))
    operations.set_password(actor, at, user, password, must_change=True, password_hash=password_hash)
    _void_links(user)


def unlock(actor: Actor, at: datetime, user_id: int) -> bool:
    """Lift the lock that wrong passwords brought; tell whether there was one."""
    user = _locked(actor, user_id)
    if attempts.locked_until(user.account, clock.utc()) is None:
        return False
    attempts.unlock(actor, at, user)
    return True


def end_sessions(actor: Actor, at: datetime, user_id: int) -> bool:
    """Sign a person out everywhere."""
    require(actor, Action.GRANT_ROLES)
    user = _locked(actor, user_id)
    _end_sessions(user)
    audit.record(actor, at, "end_sessions", "user", user.id, user.account, about_unit=user.unit_id)
    return True


def reset_factor(actor: Actor, at: datetime, user_id: int) -> bool:
    """Forget the second factor of who lost the telephone, and end the sessions; tell whether there was one."""
    user = _locked(actor, user_id)
    _refuse_own(actor, user, say("自己的两步验证请在自己的账号页面办理。"))
    if not factors.forget(user.id):
        return False
    _end_sessions(user)
    audit.record(actor, at, "reset_factor", "user", user.id, user.account, about_unit=user.unit_id)
    return True


def _end_sessions(user: User) -> None:
    """End every session: those of today by their rows, any that somebody else is just opening by the version."""
    user.session_version += 1
    sessions.end_all(user.id)
