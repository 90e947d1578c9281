"""Queues letters in the caller's transaction, each key once; sends them again by hand; marks them as read."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import escape
from sqlalchemy import insert, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

from tracker import clock
from tracker.audit import operations as audit
from tracker.db import db
from tracker.i18n import translate
from tracker.letters import Body, one_line
from tracker.outbox import confidential, queries
from tracker.outbox.channels import mail
from tracker.outbox.models import Endpoint, Message, MessageAttachment, MessageState
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.words import say

REASON_LENGTH, ADDRESS_LENGTH = 200, 120

TEST = "test"
"""The kind of letter by which an administrator tries a channel; its address is given, not looked up."""

AGAIN = re.compile(r"~(\d+)\Z")
"""What is added to a key where the letter was sent and is sent once more."""


class LetterRefused(ValueError):
    """A letter that cannot be sent as asked; the message says why."""


@dataclass(frozen=True)
class Attached:
    """A file of the evidence store that goes with a letter, under the name its reader sees."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Letter:
    """A worded letter without salutation; `recipient` is an account, whose address is looked up when it is sent.

    It is not sent before the real moment `not_before`. `unit_id` is the unit the recipient gets it for; a `copy` is
    the same letter on one more channel.
    """

    key: str
    kind: str
    channel: str
    recipient: str
    subject: str
    text: str
    html: str
    reason: str
    day: date
    endpoint_id: int | None = None
    unit_id: int | None = None
    copy: bool = False
    not_before: datetime | None = None
    address: str = ""
    attachments: tuple[Attached, ...] = ()


def enqueue(letter: Letter, at: datetime) -> int | None:
    """Queue one letter; return its id, or None where its key was queued before."""
    return enqueue_all([letter], at).get(letter.key)


def enqueue_all(letters: Sequence[Letter], at: datetime) -> dict[str, int]:
    """Queue letters; return the ids of those whose keys were new."""
    if not letters:
        return {}
    ready = clock.utc()
    rows = [_row(letter, at, ready) for letter in letters]
    ids = dict(db.session.execute(_insert_once().returning(Message.key, Message.id), rows).all())
    files = [
        {
            "message_id": ids[letter.key],
            "position": position,
            "name": one_line(file.name),
            "sha256": file.sha256,
            "size": file.size,
        }
        for letter in letters
        if letter.key in ids
        for position, file in enumerate(letter.attachments, 1)
    ]
    if files:
        db.session.execute(insert(MessageAttachment), files)
    return ids


def _insert_once() -> PostgresInsert | SqliteInsert:
    if db.session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(Message).on_conflict_do_nothing()
    return sqlite.insert(Message).on_conflict_do_nothing()


def _row(letter: Letter, at: datetime, ready: datetime) -> dict[str, Any]:
    body = confidential.stored(letter.kind, Body(letter.text, letter.html))
    return {
        "key": letter.key,
        "kind": letter.kind,
        "channel": letter.channel,
        "endpoint_id": letter.endpoint_id,
        "recipient": letter.recipient,
        "unit_id": letter.unit_id,
        "copy": letter.copy,
        "address": letter.address,
        "subject": one_line(letter.subject),
        "body_text": body.text,
        "body_html": body.html,
        "reason": one_line(letter.reason, REASON_LENGTH),
        "day": letter.day,
        "queued_at": at,
        "next_try_at": max(ready, letter.not_before or ready),
        **WAITING_ANEW,
    }


WAITING_ANEW: Mapping[str, Any] = {"state": MessageState.PENDING, "attempts": 0, "error": ""}


# ---- by hand


def resend(actor: Actor, at: datetime, message_id: int) -> int:
    """Send a letter at once that did not arrive, or once more one that was sent; return the id of what waits now."""
    require(actor, Action.RESEND)
    letter = db.session.get(Message, message_id)
    if letter is None:
        raise LetterRefused(say("这封信已不存在，请刷新列表。"))
    if letter.kind in confidential.KINDS:
        raise LetterRefused(say("信中的链接只给本人、限时一次，不能代为重发。请本人在登录页点“忘记密码”重新申请。"))
    if letter.state == MessageState.SENDING:
        raise LetterRefused(say("这封信正在发送，请过两分钟看结果，再决定是否重发。"))
    waiting = _once_more(letter, at) if letter.state == MessageState.SENT else _wake(letter)
    audit.record(actor, at, "resend", "message", waiting, letter.key)
    return waiting


def _wake(letter: Message) -> int:
    """Let an unsent letter wait anew: same key, same Message-ID, so that a mail server sees it is the same."""
    same = (Message.id == letter.id, Message.state == letter.state, Message.attempts == letter.attempts)
    anew = update(Message).where(*same).values(next_try_at=clock.utc(), **WAITING_ANEW).returning(Message.id)
    woken = db.session.scalar(anew.execution_options(synchronize_session=False))
    if woken is None:
        raise LetterRefused(say("这封信的状态刚刚有变化，请刷新后再决定是否重发。"))
    return woken


def _once_more(letter: Message, at: datetime) -> int:
    """Queue a letter that was sent once more, under the next key of its family."""
    base = AGAIN.sub("", letter.key)
    family = select(Message.key, Message.state).where(
        or_(Message.key == base, Message.key.startswith(f"{base}~", autoescape=True))
    )
    found = dict(db.session.execute(family).all())
    if {MessageState.PENDING, MessageState.SENDING} & set(found.values()):
        raise LetterRefused(say("这封信已经重发，正在等待发送，不用再点一次。"))
    last = max(int(match[1]) if (match := AGAIN.search(key)) else 1 for key in found)
    own = (
        "kind",
        "channel",
        "endpoint_id",
        "recipient",
        "unit_id",
        "subject",
        "body_text",
        "body_html",
        "reason",
        "day",
    )
    row = {
        **{name: getattr(letter, name) for name in own},
        "key": f"{base}~{last + 1}",
        "copy": True,
        "address": letter.address if letter.kind == TEST else "",
        "queued_at": at,
        "next_try_at": clock.utc(),
        **WAITING_ANEW,
    }
    new: int | None = db.session.scalar(_insert_once().values(**row).returning(Message.id))
    if new is None:
        raise LetterRefused(say("刚有人重发了这封信，请刷新列表。"))
    _copy_files(letter.id, new)
    return new


def _copy_files(source: int, target: int) -> None:
    names = ("position", "name", "sha256", "size")
    columns = [getattr(MessageAttachment, name) for name in names]
    rows = select(literal(target), *columns).where(MessageAttachment.message_id == source)
    db.session.execute(insert(MessageAttachment).from_select(["message_id", *names], rows))


def send_test(actor: Actor, at: datetime, endpoint_id: int | None, to: str) -> int:
    """Queue a test letter to an endpoint, where `to` is the number to mention or empty, or else by mail to `to`."""
    require(actor, Action.EDIT_CHANNELS)
    channel, to = "email", to.strip()
    if endpoint_id is None:
        if not mail.ADDRESS.fullmatch(to) or len(to) > ADDRESS_LENGTH:
            raise LetterRefused(say("请填写一个正确的电子邮箱地址，再发送测试。"))
    else:
        endpoint = db.session.get(Endpoint, endpoint_id)
        if endpoint is None or not endpoint.active:
            raise LetterRefused(say("这个渠道已停用或不存在，请先启用再发送测试。"))
        channel = endpoint.kind
    # Whoever tries a channel is whom it is shown to: it speaks the language of that person's page.
    text = translate(say("这是督办台账的测试信，由{name}发出。收到它，说明这个渠道可以使用。", name=actor.name)) + "\n"
    letter = Letter(
        key=f"{TEST}:{at.date()}:{secrets.token_hex(8)}",
        kind=TEST,
        channel=channel,
        endpoint_id=endpoint_id,
        recipient=actor.account,
        subject=translate(say("【督办台账】测试")),
        text=text,
        html=f"<p>{escape(text.strip())}</p>\n",
        reason="管理员发送测试",
        day=at.date(),
        copy=True,  # Nobody has to read it, so it stays out of the inbox.
        address=one_line(to, ADDRESS_LENGTH),
    )
    queued = enqueue_all([letter], at)[letter.key]
    audit.record(actor, at, "send_test", "message", queued, channel)
    return queued


def mark_read(actor: Actor, at: datetime, message_id: int | None = None) -> int:
    """Note when the person read one of their letters, or all of them; return how many were unread."""
    require(actor, Action.OWN_LETTERS)
    one = () if message_id is None else (Message.id == message_id,)
    unread = (*queries.in_inbox(actor.account), Message.read_at.is_(None), *one)
    noted = update(Message).where(*unread).values(read_at=at).returning(Message.id)
    return len(db.session.scalars(noted.execution_options(synchronize_session=False)).all())
