"""What a drill counts: every way in which a letter can go wrong is noticed."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from drills import record
from drills.record import message_id
from drills.stage import Stage, stage
from tests import factories as make
from tracker.db import transaction
from tracker.outbox.models import MessageState

PROMISED = [{"key": key, "channel": "email"} for key in ("a", "b")]
WIRE = [message_id("a"), message_id("b")]

Stored = Callable[..., None]


@pytest.fixture
def place(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Stage]:
    """A database without anybody."""
    with stage(database_url, tmp_path / "drill", "") as made:
        yield made


@pytest.fixture
def stored(app: Flask) -> Stored:
    """Put letters on record: stored(a="sent", b="pending")."""

    def put(**states: str) -> None:
        with transaction():
            for key, state in states.items():
                sent_at = datetime.now(UTC) if state == MessageState.SENT else None
                make.make_message(key=key, state=state, sent_at=sent_at)

    return put


def problems(place: Stage, wire: list[str], kills: int = 0) -> str:
    return "; ".join(record.compare(place, PROMISED, wire, kills).problems)


def test_nothing_is_wrong_where_each_letter_went_out_once(place: Stage, stored: Stored) -> None:
    stored(a="sent", b="sent")
    assert problems(place, WIRE) == ""


@pytest.mark.parametrize(
    ("states", "wire", "said"),
    [
        ({"a": "sent"}, WIRE, "1 promised but not on record, e.g. b"),
        ({"a": "sent", "b": "sent", "c": "sent"}, WIRE, "1 on record but never promised, e.g. c"),
        ({"a": "sent", "b": "pending"}, WIRE, "1 not sent, e.g. b"),
        ({"a": "sent", "b": "sent"}, WIRE[:1], "1 lost: never on the wire, e.g. b"),
        ({"a": "sent", "b": "sent"}, [*WIRE, "<other>"], "1 on the wire under a Message-ID of no letter"),
        ({"a": "sent", "b": "sent"}, [*WIRE, WIRE[0]], "1 repeats on the wire after 0 kills"),
    ],
)
def test_what_is_wrong_is_said(
    place: Stage, stored: Stored, states: dict[str, str], wire: list[str], said: str
) -> None:
    stored(**states)
    assert said in problems(place, wire)


def test_a_repeat_is_what_a_kill_may_bring(place: Stage, stored: Stored) -> None:
    stored(a="sent", b="sent")
    assert problems(place, [*WIRE, WIRE[0]], kills=1) == ""


def test_what_the_dead_held_is_free(place: Stage, stored: Stored) -> None:
    stored(a="sending")
    record.run_out(place)
    assert record.waiting(place, MessageState.SENDING) == 1
    assert record.leader(place) == 0
