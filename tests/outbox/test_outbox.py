"""Letters are queued once per key, and listed with their fate."""

from contextlib import suppress
from datetime import date

import pytest
from flask import Flask

from tests.factories import make_message
from tests.outbox.conftest import NOW, fate
from tracker.db import db, transaction
from tracker.outbox import queries
from tracker.outbox.models import Message, MessageState
from tracker.outbox.operations import Letter, enqueue, enqueue_all

pytestmark = pytest.mark.usefixtures("app")


def letter(key: str = "digest:2021-03-01:anna", **fields: str) -> Letter:
    words = {"subject": "提醒", "text": "正文", "html": "<p>正文</p>", "reason": "到期当月 1项", **fields}
    return Letter(key=key, kind="digest", channel="email", recipient="anna", day=date(2021, 3, 1), **words)


def test_a_key_is_queued_once() -> None:
    with transaction():
        first = enqueue(letter(), NOW)
    with transaction():
        assert first
        assert enqueue(letter(subject="别的"), NOW) is None
        assert set(enqueue_all([letter(), letter("another")], NOW)) == {"another"}
    assert fate(db.session.get_one(Message, first)).subject == "提醒"


def test_nothing_is_queued_when_the_cause_is_undone() -> None:
    with suppress(ZeroDivisionError), transaction():
        enqueue(letter(), NOW)
        raise ZeroDivisionError
    assert queries.letters().total == 0


def test_a_subject_is_stored_as_one_line() -> None:
    with transaction():
        enqueue(letter(subject="一\r\n二\u2028三\x00四" + "长" * 300), NOW)
    (row,) = queries.letters().rows
    assert row.subject.startswith("一 二 三 四长")
    assert len(row.subject) == 200


def test_the_list_is_paged_newest_first(app: Flask) -> None:
    with transaction():
        for number in range(5):
            make_message(recipient=f"p{number}", state=MessageState.DEAD if number == 0 else MessageState.PENDING)
    assert [row.recipient for row in queries.letters(page=2, size=2).rows] == ["p2", "p1"]
    assert queries.letters(state=MessageState.DEAD).total == 1
    assert queries.counts() == {"pending": 4, "sending": 0, "sent": 0, "dead": 1, "void": 0}
