"""Organizations with their aliases and groups, and user accounts."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import FOREVER, Model, UtcDateTime, Versioned
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Post, Role


def one_of(column: str, values: type[StrEnum]) -> str:
    """Return the SQL condition that a column holds one of an enumeration's values."""
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


class Organization(Versioned, Model):
    """A node of the tree of bureaus, offices and 司法所; `successor_id` is the unit it was merged into."""

    __tablename__ = "organization"
    __table_args__ = (
        UniqueConstraint("parent_id", "name"),
        CheckConstraint(one_of("kind", OrganizationKind), name="kind"),
        CheckConstraint("valid_from < valid_until", name="validity"),
        Index("ix_organization_kind_position", "kind", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    kind: Mapped[str] = mapped_column(String(20))
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    short_name: Mapped[str] = mapped_column(String(30))
    position: Mapped[int]
    phone: Mapped[str] = mapped_column(String(40), default="")
    source_note: Mapped[str] = mapped_column(String(200), default="")
    valid_from: Mapped[date] = mapped_column(default=date(1949, 10, 1))
    valid_until: Mapped[date] = mapped_column(default=FOREVER)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))


class OrganizationAlias(Model):
    """Another name under which documents know an organization, for the days it was used."""

    __tablename__ = "organization_alias"
    __table_args__ = (UniqueConstraint("organization_id", "name"), Index("ix_organization_alias_name", "name"))

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    valid_from: Mapped[date] = mapped_column(default=date(1949, 10, 1))
    valid_until: Mapped[date] = mapped_column(default=FOREVER)


class Group(Model):
    """A collective recipient such as 各区局: every organization of one kind below a root."""

    __tablename__ = "organization_group"
    __table_args__ = (
        UniqueConstraint("root_id", "name"),
        CheckConstraint(one_of("member_kind", OrganizationKind), name="member_kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    root_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    name: Mapped[str] = mapped_column(String(60))
    member_kind: Mapped[str] = mapped_column(String(20))


class User(Versioned, Model):
    """A person's account; `session_version` is part of every session, so raising it ends them all.

    From `valid_until` on the person can neither sign in nor get letters. `must_change` asks for a password of the
    person's own before anything else. `language`, `theme`, `text_size` and `keys` (of the keyboard) are how the person
    wants pages; `toured_at` is when the first-visit tour was seen or left.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint(one_of("role", Role), name="role"),
        CheckConstraint(one_of("post", Post), name="post"),
        Index(
            "ix_user_account_unit_role",
            "unit_id",
            "role",
            sqlite_where=text("active = 1"),
            postgresql_where=text("active"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    post: Mapped[str] = mapped_column(String(20), default=Post.NONE)
    unit_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    email: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    valid_until: Mapped[date] = mapped_column(default=FOREVER)
    demo: Mapped[bool] = mapped_column(default=False)
    must_change: Mapped[bool] = mapped_column(default=False)
    password_set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    session_version: Mapped[int] = mapped_column(default=1)
    language: Mapped[str] = mapped_column(String(5), default="zh")
    theme: Mapped[str] = mapped_column(String(10), default="auto")
    text_size: Mapped[str] = mapped_column(String(10), default="normal")
    keys: Mapped[bool] = mapped_column(default=True)
    toured_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LoginSession(Model):
    """A browser that signed in; the cookie holds a random key of which only the hash is kept here.

    While `factor_due` the password was right but the second factor has not been shown yet.
    """

    __tablename__ = "login_session"
    __table_args__ = (Index("ix_login_session_user", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    session_version: Mapped[int]
    factor_due: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    address: Mapped[str] = mapped_column(String(45), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")


class LoginAttempt(Model):
    """A try to sign in, counted before the password is looked at; a right one removes those of its account.

    `account` is the name as typed, folded, also where nobody bears it: unknown names lock like known ones.
    """

    __tablename__ = "login_attempt"
    __table_args__ = (Index("ix_login_attempt_account", "account", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(45), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SecondFactor(Model):
    """A person's TOTP seed, encrypted; it counts from `confirmed_at` on, and no step of it counts twice."""

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    seed: Mapped[str] = mapped_column(String(300))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Model):
    """One of a person's codes for a lost telephone; each works once."""

    __tablename__ = "recovery_code"
    __table_args__ = (Index("ix_recovery_code_user", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ResetLink(Model):
    """A mailed link with which a person sets a new password, once and for a short while."""

    __tablename__ = "reset_link"
    __table_args__ = (Index("ix_reset_link_user", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SecuritySetting(Versioned, Model):
    """One security setting that an administrator changed; the others stand at their defaults in the rules."""

    __tablename__ = "security_setting"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(120))


class Marker(Model):
    """A fact about this installation that every page must show, such as invented history."""

    __tablename__ = "marker"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))


class SavedView(Model):
    """A list's filters under a name: of one person, or `shared` with everybody who may open the page.

    `page` is the list's address and `query` what stands behind its question mark.
    """

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("owner_id", "page", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    page: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(Text, default="")
    shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HeldForm(Model):
    """What somebody sent after the session had run out, kept for the same person's next login; encrypted.

    `page` is the address to which the form was sent; `fields` are its names and values as sealed JSON.
    """

    __tablename__ = "held_form"
    __table_args__ = (Index("ix_held_form_user", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    page: Mapped[str] = mapped_column(String(200))
    fields: Mapped[str] = mapped_column(Text)
    held_at: Mapped[datetime] = mapped_column(UtcDateTime)
