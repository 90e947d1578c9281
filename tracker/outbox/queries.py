"""Letters with their fate, each person's own letters, and the endpoints of chat robots."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select

from tracker import clock
from tracker.db import db
from tracker.letters import Body, greeted
from tracker.outbox import confidential
from tracker.outbox.models import Endpoint, Message, MessageAttachment, MessageState

PAGE_SIZE = 50

RECENT = 20_000
"""Among how many of the newest letters an endpoint's last success and failure are looked for: no index holds them."""


# ---- the administrator's list


@dataclass(frozen=True)
class LetterRow:
    """A line of the list of letters; moments are UTC."""

    id: int
    day: date
    kind: str
    recipient: str
    address: str
    channel: str
    subject: str
    reason: str
    state: str
    attempts: int
    queued_at: datetime
    next_try_at: datetime
    sent_at: datetime | None
    error: str


@dataclass(frozen=True)
class LetterPage:
    """One page of the list, and how many letters there are in all."""

    rows: list[LetterRow]
    total: int


@dataclass(frozen=True)
class FileRow:
    """An attachment of a letter, in the evidence store under its hash."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class LetterDetail(LetterRow):
    """A letter as it will be or was sent; its salutation is that of the moment of sending, empty before."""

    key: str
    endpoint_id: int | None
    copy: bool
    salutation: str
    text: str
    html: str
    read_at: datetime | None
    attachments: list[FileRow] = field(default_factory=list)

    @property
    def confidential(self) -> bool:
        """Whether its words are for the recipient alone."""
        return self.kind in confidential.KINDS


_ROW = [getattr(Message, name) for name in LetterRow.__dataclass_fields__]
_DETAIL = [
    *_ROW,
    Message.key,
    Message.endpoint_id,
    Message.copy,
    Message.salutation,
    Message.body_text.label("text"),
    Message.body_html.label("html"),
    Message.read_at,
]


def letters(
    page: int = 1,
    size: int = PAGE_SIZE,
    state: str | None = None,
    *,
    kind: str | None = None,
    channel: str | None = None,
    recipient: str | None = None,
    day: date | None = None,
    among: Select[str] | None = None,
) -> LetterPage:
    """Return one page of letters to accounts `among` a selection, the newest first, without their bodies."""
    wanted = _wanted(among, state=state, kind=kind, channel=channel, recipient=recipient, day=day)
    statement = select(*_ROW).where(*wanted).order_by(Message.id.desc()).limit(size).offset((page - 1) * size)
    rows = [LetterRow(**row._mapping) for row in db.session.execute(statement).all()]
    total = db.session.scalar(select(func.count()).select_from(Message).where(*wanted)) or 0
    return LetterPage(rows, total)


def letter(message_id: int, among: Select[str] | None = None) -> LetterDetail | None:
    """Return one letter to an account `among` a selection, with its words and attachments. Two queries."""
    row = db.session.execute(select(*_DETAIL).where(Message.id == message_id, *_wanted(among))).one_or_none()
    if row is None:
        return None
    words = {name: confidential.shown(row.kind, getattr(row, name)) for name in ("text", "html")}
    return LetterDetail(**{**row._mapping, **words}, attachments=_files(message_id))


def _files(message_id: int) -> list[FileRow]:
    statement = (
        select(MessageAttachment.name, MessageAttachment.sha256, MessageAttachment.size)
        .where(MessageAttachment.message_id == message_id)
        .order_by(MessageAttachment.position)
    )
    return [FileRow(**row._mapping) for row in db.session.execute(statement)]


def _wanted(among: Select[str] | None, **asked: object) -> list[ColumnElement[bool]]:
    wanted = [getattr(Message, name) == value for name, value in asked.items() if value is not None]
    return wanted if among is None else [*wanted, Message.recipient.in_(among)]


def counts(
    *,
    kind: str | None = None,
    channel: str | None = None,
    recipient: str | None = None,
    day: date | None = None,
    among: Select[str] | None = None,
) -> dict[str, int]:
    """Return how many letters to accounts `among` a selection are in each state."""
    wanted = _wanted(among, kind=kind, channel=channel, recipient=recipient, day=day)
    grouped = select(Message.state, func.count()).where(*wanted).group_by(Message.state)
    found = dict(db.session.execute(grouped).all())
    return {state.value: found.get(state.value, 0) for state in MessageState}


def keys_of(kind: str, day: date) -> set[str]:
    """Return the keys of one kind of letter that were queued for a day."""
    return set(db.session.scalars(select(Message.key).where(Message.day == day, Message.kind == kind)))


# ---- one's own


@dataclass(frozen=True)
class InboxRow:
    """A line of a person's inbox; `at` is when the letter was written."""

    id: int
    kind: str
    subject: str
    at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class InboxPage:
    """One page of the inbox, and how many letters it holds in all."""

    rows: list[InboxRow]
    total: int


@dataclass(frozen=True)
class OwnLetter(InboxRow):
    """A letter as its reader sees it."""

    text: str
    attachments: list[FileRow]


_INBOX_ROW = (Message.id, Message.kind, Message.subject, Message.queued_at.label("at"), Message.read_at)


def in_inbox(
    account: str | ColumnElement[str], now: datetime | ColumnElement[Any] | None = None
) -> list[ColumnElement[bool]]:
    """Return the conditions of a person's inbox: every letter whose time has come, whatever channel it takes.

    A letter that could not leave is here all the same, unless nobody was to have it: who left gets no salutation.
    """
    came = and_(Message.attempts == 0, Message.next_try_at <= (clock.utc() if now is None else now))
    theirs = or_(Message.state == MessageState.SENT, Message.salutation != "", came)
    return [Message.recipient == account, ~Message.copy, Message.state != MessageState.VOID, theirs]


def inbox(account: str, page: int = 1, size: int = PAGE_SIZE) -> InboxPage:
    """Return one page of a person's letters, the newest first. Two queries."""
    mine = in_inbox(account)
    statement = select(*_INBOX_ROW).where(*mine).order_by(Message.id.desc()).limit(size).offset((page - 1) * size)
    rows = [InboxRow(**row._mapping) for row in db.session.execute(statement)]
    total = db.session.scalar(select(func.count()).select_from(Message).where(*mine)) or 0
    return InboxPage(rows, total)


def own_letter(account: str, message_id: int) -> OwnLetter | None:
    """Return one letter of a person's inbox as it reads with its salutation; None for anybody else's."""
    columns = (*_INBOX_ROW, Message.body_text, Message.salutation)
    row = db.session.execute(select(*columns).where(Message.id == message_id, *in_inbox(account))).one_or_none()
    if row is None:
        return None
    told = {name: getattr(row, name) for name in InboxRow.__dataclass_fields__}
    text = greeted(Body(confidential.shown(row.kind, row.body_text), ""), row.salutation).text
    return OwnLetter(**told, text=text, attachments=_files(message_id))


UNREAD = (
    select(func.count())
    .select_from(Message)
    .where(*in_inbox(bindparam("account"), bindparam("now", type_=Message.next_try_at.type)), Message.read_at.is_(None))
)
"""How many letters of the inbox of `account` are unread at `now`; built once: every page of everybody asks it."""


def unread_count(account: str) -> int:
    """Return how many letters of a person's inbox are unread."""
    return db.session.scalar(UNREAD, {"account": account, "now": clock.utc()}) or 0


# ---- endpoints


@dataclass(frozen=True)
class EndpointRow:
    """A line of the list of endpoints, with its last success, and its failure since then."""

    id: int
    kind: str
    name: str
    unit_id: int | None
    active: bool
    version: int
    last_sent_at: datetime | None
    last_error: str


@dataclass(frozen=True)
class EndpointDetail:
    """An endpoint as its administrator may see it: everything but the secret."""

    id: int
    kind: str
    name: str
    url: str
    has_secret: bool
    unit_id: int | None
    active: bool
    version: int


def endpoints() -> list[EndpointRow]:
    """Return every endpoint by name, with what became of its newest letters. Three queries."""
    fates = _fates()
    columns = (Endpoint.id, Endpoint.kind, Endpoint.name, Endpoint.unit_id, Endpoint.active, Endpoint.version)
    rows = db.session.execute(select(*columns).order_by(Endpoint.name))
    return [EndpointRow(**row._mapping, **fates.get(row.id, NO_FATE)) for row in rows]


NO_FATE: Mapping[str, Any] = {"last_sent_at": None, "last_error": ""}


def _fates() -> dict[int, dict[str, Any]]:
    newest = select(func.coalesce(func.max(Message.id), 0)).scalar_subquery()
    grouped = db.session.execute(
        select(
            Message.endpoint_id,
            func.max(Message.sent_at).label("sent_at"),
            func.coalesce(func.max(Message.id).filter(Message.state == MessageState.SENT), 0).label("good"),
            func.coalesce(func.max(Message.id).filter(Message.error != ""), 0).label("bad"),
        )
        .where(Message.id > newest - RECENT, Message.endpoint_id.is_not(None))
        .group_by(Message.endpoint_id)
    ).all()
    failed = [row.bad for row in grouped if row.bad > row.good]
    errors = dict(db.session.execute(select(Message.id, Message.error).where(Message.id.in_(failed))).all())
    return {row.endpoint_id: {"last_sent_at": row.sent_at, "last_error": errors.get(row.bad, "")} for row in grouped}


def endpoint(endpoint_id: int) -> EndpointDetail | None:
    """Return one endpoint."""
    row = db.session.get(Endpoint, endpoint_id)
    return None if row is None else endpoint_detail(row)


def endpoint_detail(row: Endpoint) -> EndpointDetail:
    """Return what may be shown of an endpoint."""
    own = ("id", "kind", "name", "url", "unit_id", "active", "version")
    return EndpointDetail(**{name: getattr(row, name) for name in own}, has_secret=bool(row.secret))
