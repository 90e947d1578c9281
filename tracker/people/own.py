"""What people see and change of their own account: the displayed name, and where they are signed in."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tracker.audit import operations as audit
from tracker.audit.models import AuditEntry
from tracker.db import db
from tracker.people import sessions
from tracker.people.models import Organization, User
from tracker.rules.passwords import writable
from tracker.rules.permissions import ROLE_TEXT, Action, Actor, Forbidden, Role, require
from tracker.rules.words import say

NAME_LENGTH = 60


class NameRefused(ValueError):
    """A name that cannot be shown; the message says why."""


class StaleName(ValueError):
    """The account was changed since the page was opened; `now` is how it stands."""

    def __init__(self, now: "OwnAccount") -> None:
        """Keep how it stands."""
        super().__init__(say("账号资料刚被修改，您的修改没有保存。"))
        self.now = now


@dataclass(frozen=True)
class OwnAccount:
    """One's own account."""

    account: str
    name: str
    role: str
    unit: str
    email: str
    phone: str
    version: int

    @property
    def role_text(self) -> str:
        """The role in the reader's words."""
        return ROLE_TEXT[Role(self.role)]


@dataclass(frozen=True)
class Login:
    """When and from where somebody signed in."""

    at: datetime
    address: str


def number(actor: Actor) -> int:
    """Return the number of the person's account; the service itself has none."""
    if actor.id is None:
        raise Forbidden(say("没有本人账号。"))
    return actor.id


def account(actor: Actor) -> OwnAccount:
    """Return the person's account. One query."""
    columns = (User.account, User.name, User.role, Organization.name.label("unit"), User.email, User.phone)
    found = select(*columns, User.version).join(Organization, Organization.id == User.unit_id)
    return OwnAccount(*db.session.execute(found.where(User.id == actor.id)).one())


def account_name(user_id: int) -> str:
    """Return under which name somebody signs in, who has not done so yet."""
    return db.session.get_one(User, user_id).account


def last_logins(actor: Actor) -> list[Login]:
    """Return the newest two logins, of which the first is mostly the present one."""
    mine = (AuditEntry.account == actor.account, AuditEntry.act == "login")
    newest = select(AuditEntry.at, AuditEntry.address).where(*mine).order_by(AuditEntry.number.desc()).limit(2)
    return [Login(*row) for row in db.session.execute(newest)]


def rename(actor: Actor, at: datetime, version: int, name: str) -> bool:
    """Change one's own displayed name; tell whether it is another one. Raise NameRefused or StaleName."""
    require(actor, Action.OWN_ACCOUNT)
    new = unicodedata.normalize("NFC", name).strip()
    if not new:
        raise NameRefused(say("请填写显示的姓名。"))
    if len(new) > NAME_LENGTH:
        raise NameRefused(say("姓名过长：最多 {most} 个字。", most=NAME_LENGTH))
    if not writable(new):
        raise NameRefused(say("姓名只能写一行，不能有换行或看不见的字符。"))
    user = db.session.get_one(User, actor.id, with_for_update=True)
    if user.version != version:
        raise StaleName(account(actor))
    if new == user.name:
        return False
    audit.record(actor, at, "rename_self", "user", user.id, f"姓名：{user.name} → {new}", about_unit=user.unit_id)
    user.name = new
    return True


def end_session(actor: Actor, at: datetime, session_id: int) -> bool:
    """Sign one of one's own browsers out; tell whether there was such a one."""
    if not sessions.end_one(number(actor), session_id):
        return False
    audit.record(actor, at, "end_own_sessions", "user", actor.id, "一处")
    return True


def end_sessions(actor: Actor, at: datetime) -> None:
    """Sign oneself out everywhere."""
    sessions.end_all(number(actor))
    audit.record(actor, at, "end_own_sessions", "user", actor.id, "全部")
