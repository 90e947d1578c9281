"""Creates organizations and accounts, checks passwords, ends sessions."""

from datetime import date, datetime

from sqlalchemy import delete

from tracker import clock
from tracker.audit import operations as audit
from tracker.db import FOREVER, db
from tracker.people import attempts, passwords, security, sessions
from tracker.people.models import Group, Marker, Organization, OrganizationAlias, User
from tracker.people.queries import user_by_account
from tracker.people.seats import misplaced
from tracker.rules import passwords as password_rules
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import POST_TEXT, Actor, Post, Role
from tracker.rules.words import say

LENGTHS = {
    "account": (say("账号"), 60),
    "name": (say("姓名"), 60),
    "email": (say("邮箱"), 120),
    "phone": (say("电话"), 40),
}
"""How long the details of an account may be, as the table holds them."""


class AccountRefused(ValueError):
    """An account that cannot be made or changed as asked; the message says why."""


def add_organization(
    *,
    slug: str,
    parent_id: int | None,
    kind: OrganizationKind,
    name: str,
    short_name: str,
    position: int,
    source_note: str,
) -> Organization:
    """Add a node to the tree."""
    organization = Organization(
        slug=slug,
        parent_id=parent_id,
        kind=kind,
        name=name,
        short_name=short_name,
        position=position,
        source_note=source_note,
    )
    db.session.add(organization)
    db.session.flush()  # its id is needed by its aliases and children
    return organization


def add_alias(organization_id: int, name: str) -> None:
    """Let documents name an organization otherwise."""
    db.session.add(OrganizationAlias(organization_id=organization_id, name=name))


def add_group(root_id: int, name: str, member_kind: OrganizationKind) -> None:
    """Add a collective recipient below a root."""
    db.session.add(Group(root_id=root_id, name=name, member_kind=member_kind))


def create_user(
    actor: Actor,
    at: datetime,
    *,
    account: str,
    name: str,
    role: Role,
    unit_id: int,
    password: str,
    email: str = "",
    phone: str = "",
    post: Post = Post.NONE,
    valid_until: date = FOREVER,
    demo: bool = False,
    password_hash: str = "",
    must_change: bool = False,
) -> User:
    """Make an account; raise AccountRefused or PasswordRefused. `password_hash` spares hashing one password often."""
    account = account.strip().casefold()
    if not account or not account.isascii() or not account.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise AccountRefused(say("账号只能由英文字母、数字、点、横线和下划线组成。"))
    _refuse_long(account=account, name=name, email=email, phone=phone)
    if user_by_account(account):
        raise AccountRefused(say("账号 {account} 已存在，请换一个。", account=account))
    _refuse_misplaced(role, unit_id)
    if not password_hash:
        check_password(account, password)
    user = User(
        account=account,
        name=name,
        role=role,
        post=post,
        valid_until=valid_until,
        unit_id=unit_id,
        email=email,
        phone=phone,
        demo=demo,
        password_hash=password_hash or passwords.hashed(password),
        created_at=at,
        password_set_at=at,
        must_change=must_change,
    )
    db.session.add(user)
    db.session.flush()  # its id goes on record
    audit.record(actor, at, "create_user", "user", user.id, account, about_unit=user.unit_id)
    return user


def _refuse_long(**fields: str) -> None:
    for field, value in fields.items():
        label, limit = LENGTHS[field]
        if len(value) > limit:
            raise AccountRefused(say("{label}过长：最多 {limit} 个字符。", label=label, limit=limit))


def _refuse_misplaced(role: Role, unit_id: int) -> None:
    """Refuse a role in a unit that would give it other powers than it means: a section's clerk, a whole district's."""
    unit = db.session.get_one(Organization, unit_id)
    if wrong := misplaced(role, OrganizationKind(unit.kind)):
        raise AccountRefused(wrong)


def check_password(account: str, password: str) -> None:
    """Raise PasswordRefused for a password that the policy in force does not allow the account."""
    password_rules.check(password, account, security.current(clock.utc()).password_policy)


def set_password(
    actor: Actor, at: datetime, user: User, password: str, *, must_change: bool = False, password_hash: str = ""
) -> None:
    """Change a password, end every session of the account and lift its lock; `must_change` makes it good for once.

    `password_hash` spares hashing inside the transaction.
    """
    check_password(user.account, password)
    user.password_hash = password_hash or passwords.hashed(password)
    user.password_set_at = at
    user.must_change = must_change
    _end_sessions(user)
    attempts.clear(user.account)
    audit.record(actor, at, "set_password", "user", user.id, user.account, about_unit=user.unit_id)


def _end_sessions(user: User) -> None:
    """End every session: those of today by their rows, any that somebody else is just opening by the version."""
    user.session_version += 1
    sessions.end_all(user.id)


def set_post(actor: Actor, at: datetime, user: User, post: Post) -> None:
    """Change the post by which the escalation ladder finds a person."""
    before, user.post = Post(user.post), post
    audit.record(actor, at, "set_post", "user", user.id, f"{POST_TEXT[before]} → {POST_TEXT[post]}")


def disable(actor: Actor, at: datetime, user: User) -> None:
    """Close an account and end its sessions; the name stays in history."""
    user.active = False
    _end_sessions(user)
    audit.record(actor, at, "disable_user", "user", user.id)


def authenticate(account: str, password: str, day: date) -> User | None:
    """Return the account if it is in use on `day` and the password is its own; unknown names take the same time."""
    user = user_by_account(account)
    right = passwords.matches(user.password_hash if user else None, password)
    return user if user and right and user.active and user.valid_until > day else None


def set_marker(name: str, value: str) -> None:
    """Note a fact about this installation."""
    db.session.execute(delete(Marker).where(Marker.name == name))
    db.session.add(Marker(name=name, value=value))
