"""How letters are claimed by the handful: what is not sent goes back untouched, and a crash loses and doubles none."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.factories import make_endpoint
from tests.outbox.conftest import NOW, Clock, fate, resolve, settings
from tests.outbox.hooks import hook_server
from tests.outbox.server import MailServer
from tracker import storage
from tracker.db import db, transaction
from tracker.outbox import claims, delivery, queries
from tracker.outbox.channels import Addressee, contract
from tracker.outbox.channels.robot import PER_MINUTE
from tracker.outbox.claims import LEASE, Claimed
from tracker.outbox.delivery import HANDFUL, Delivered
from tracker.outbox.models import Message
from tracker.outbox.operations import Attached, Letter, enqueue

Queue = Callable[..., Message]
Deliver = Callable[..., Delivered]


class Crash(BaseException):
    """What no handler catches, as little as a SIGKILL."""


def untouched(letters: list[Message]) -> bool:
    return all((fate(letter).state, fate(letter).attempts) == ("pending", 0) for letter in letters)


def test_a_stopped_run_gives_back_what_it_holds(queue: Queue, deliver: Deliver) -> None:
    letters, stop = [queue() for _ in range(HANDFUL)], threading.Event()

    def and_stop(letter: Claimed) -> Addressee:
        stop.set()
        return resolve(letter)

    assert deliver(resolve=and_stop, stopped=stop.is_set) == Delivered(sent=1)
    assert untouched(letters[1:])


def test_a_crash_leaves_its_handful_until_the_lease_ends(
    queue: Queue, deliver: Deliver, server: MailServer, later: Clock
) -> None:
    letters = [queue() for _ in range(HANDFUL + 2)]

    def crash_at_the_third(letter: Claimed) -> Addressee:
        if letter.id == letters[2].id:
            raise Crash
        return resolve(letter)

    with pytest.raises(Crash):
        deliver(resolve=crash_at_the_third)
    assert len(server.received) == 2
    assert deliver() == Delivered(sent=2)
    later(seconds=LEASE.total_seconds())
    assert deliver() == Delivered(sent=HANDFUL - 2)
    assert len({mail["Message-ID"] for mail in server.received}) == len(server.received) == len(letters)


def test_a_letter_is_recorded_before_the_next_is_sent(queue: Queue, deliver: Deliver) -> None:
    letters = [queue() for _ in range(3)]
    seen = []

    def look(letter: Claimed) -> Addressee:
        seen.append([fate(each).state for each in letters])
        return resolve(letter)

    deliver(resolve=look)
    assert seen == [["sending"] * 3, ["sent", "sending", "sending"], ["sent", "sent", "sending"]]


@pytest.mark.parametrize("on_the_wall", [True, False])
def test_a_handful_that_grew_old_on_either_clock_is_claimed_anew(
    on_the_wall: bool, queue: Queue, deliver: Deliver, later: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters, slept, taken = [queue() for _ in range(3)], 0.0, []
    monkeypatch.setattr(delivery, "monotonic", lambda: slept)
    claim = claims.claim
    monkeypatch.setattr(claims, "claim", lambda *asked: taken.append(asked) or claim(*asked))

    def slowly(letter: Claimed) -> Addressee:
        nonlocal slept
        if on_the_wall:
            later(seconds=LEASE.total_seconds() - 2 * contract.SEND_SECONDS)
        else:
            slept += LEASE.total_seconds() - 2 * contract.SEND_SECONDS
        return resolve(letter)

    assert deliver(resolve=slowly) == Delivered(sent=3)
    assert [fate(letter).attempts for letter in letters] == [1, 1, 1]
    assert len(taken) == 4


def test_a_robot_gets_no_more_than_its_share_of_a_run(queue: Queue, later: Clock) -> None:
    with hook_server() as hooks:
        hooks.usual = (200, '{"errcode": 0}')
        with transaction():
            full, other = (make_endpoint(kind="wecom", url=hooks.url).id for _ in range(2))
        letters = [queue(channel="wecom", endpoint_id=full) for _ in range(PER_MINUTE + 5)]
        queue(channel="wecom", endpoint_id=other)
        assert delivery.deliver(settings(), resolve) == Delivered(sent=PER_MINUTE + 1)
        assert untouched(letters[PER_MINUTE:])
        assert delivery.deliver(settings(), resolve) == Delivered(sent=5)


def test_letters_of_an_unknown_channel_wait(queue: Queue, deliver: Deliver) -> None:
    letter = queue(channel="pigeon")
    assert deliver() == Delivered()
    assert untouched([letter])


def test_a_needless_letter_is_void_with_the_reason(queue: Queue, deliver: Deliver, server: MailServer) -> None:
    def needless(letter: Claimed) -> Addressee:
        raise delivery.NotNeeded("已全部办结")

    letter = queue()
    assert deliver(resolve=needless) == Delivered(void=1)
    assert (fate(letter).state, fate(letter).error) == ("void", "已全部办结")
    assert not server.received


def worded(**fields: object) -> Letter:
    words = {"subject": "通知", "text": "正文", "html": "<p>正文</p>", "reason": "缘由"}
    return Letter(key="k", kind="urge", channel="email", recipient="anna", day=NOW.date(), **{**words, **fields})


def test_a_letter_waits_for_its_hour(deliver: Deliver, later: Clock, app: object) -> None:
    with transaction():
        enqueue(worded(not_before=NOW + timedelta(hours=1)), NOW)
    assert deliver() == Delivered()
    later(hours=1)
    assert deliver() == Delivered(sent=1)


def test_an_hour_that_is_past_holds_up_nothing(deliver: Deliver, app: object) -> None:
    with transaction():
        enqueue(worded(not_before=NOW - timedelta(hours=1)), NOW)
    assert deliver() == Delivered(sent=1)


def test_attachments_travel_with_their_chinese_names(
    server: MailServer, later: Clock, app: object, tmp_path: Path
) -> None:
    name, content = "关于推进司法所建设的通知（第一季度）.docx", bytes(range(256)) * 100
    (tmp_path / "draft").write_bytes(content)
    with (tmp_path / "draft").open("rb") as stream:
        kept = storage.keep(tmp_path, stream, 10**6)
    with transaction():
        letter = enqueue(worded(attachments=(Attached(name, kept.sha256, kept.size),)), NOW)
    assert letter
    assert delivery.deliver(settings(server.url, tmp_path), resolve) == Delivered(sent=1)
    (mail,) = server.received
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content()) == (name, content)
    assert [each.name for each in queries.letter(letter).attachments] == [name]


def test_an_attachment_that_cannot_be_read_puts_the_letter_off(deliver: Deliver, app: object) -> None:
    with transaction():
        letter = enqueue(worded(attachments=(Attached("通知.pdf", "0" * 64, 1),)), NOW)
    assert deliver() == Delivered(postponed=1)
    assert "通知.pdf" in queries.letter(letter).error


@pytest.mark.once
def test_the_next_letters_are_found_by_index(queue: Queue) -> None:
    queue()
    statements: list[str] = []
    with transaction():
        raw = db.session.connection().connection.driver_connection
        raw.set_trace_callback(statements.append)
        claims.claim({claims.Way("wecom", 1)}, HANDFUL)
        raw.set_trace_callback(None)
    (claim,) = [statement for statement in statements if "UPDATE" in statement]
    plan = " ".join(row[3] for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {claim}")))
    assert "ix_message_waiting" in plan
    assert "TEMP B-TREE" not in plan
