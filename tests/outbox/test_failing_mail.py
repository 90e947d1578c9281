"""A mail server that is down, slow, refuses, drops or dies: the right state each time, and recovery without a hand."""

from collections.abc import Callable

import pytest

from tests.outbox.conftest import Clock, fate
from tests.outbox.server import CUT, DROP, MailServer, free_port
from tracker.outbox.channels import contract
from tracker.outbox.delivery import Delivered
from tracker.outbox.models import Message

Queue = Callable[..., Message]
Deliver = Callable[..., Delivered]


def states(letters: list[Message]) -> list[str]:
    return [fate(letter).state for letter in letters]


def copies(server: MailServer) -> dict[str, int]:
    """How often each Message-ID was on the wire."""
    ids = [mail["Message-ID"] for mail in server.received]
    return {each: ids.count(each) for each in ids}


@pytest.mark.parametrize("answer", ["421 closing", "450 busy", "451 try later", "452 full"])
def test_a_4xx_is_tried_again_and_arrives_once(
    answer: str, queue: Queue, deliver: Deliver, server: MailServer, later: Clock
) -> None:
    letters = [queue() for _ in range(4)]
    server.answers = [answer, "250 OK", answer, "250 OK"]
    assert deliver() == Delivered(sent=2, postponed=2)
    later(minutes=1)
    assert deliver() == Delivered(sent=2)
    assert states(letters) == ["sent"] * 4
    assert list(copies(server).values()) == [1] * 4


@pytest.mark.parametrize("answer", ["550 no such user", "554 never", "552 too large"])
def test_a_5xx_is_dead_with_its_reason_and_stops_no_other(
    answer: str, queue: Queue, deliver: Deliver, server: MailServer, later: Clock
) -> None:
    letters = [queue() for _ in range(3)]
    server.answers = ["250 OK", answer]
    assert deliver() == Delivered(sent=2, dead=1)
    assert states(letters) == ["sent", "dead", "sent"]
    assert answer in fate(letters[1]).error
    later(days=30)
    assert deliver() == Delivered()


def test_a_letter_cut_off_half_way_arrives_once(
    queue: Queue, deliver: Deliver, server: MailServer, later: Clock
) -> None:
    letters = [queue(body_text="长" * 100_000) for _ in range(3)]
    server.answers = [CUT]
    assert deliver() == Delivered(sent=2, postponed=1)
    later(minutes=1)
    assert deliver() == Delivered(sent=1)
    assert states(letters) == ["sent"] * 3
    assert list(copies(server).values()) == [1] * 3


def test_a_server_that_takes_a_letter_and_dies_gets_one_more_copy_and_none_is_lost(
    queue: Queue, deliver: Deliver, server: MailServer, later: Clock
) -> None:
    letters = [queue() for _ in range(10)]
    server.answers = ["250 OK", DROP, "250 OK", DROP]
    assert deliver() == Delivered(sent=8, postponed=2)
    later(minutes=1)
    assert deliver() == Delivered(sent=2)
    assert states(letters) == ["sent"] * 10
    assert sorted(copies(server).values()) == [1] * 8 + [2] * 2


def test_a_server_that_was_down_gets_everything_when_it_is_back(
    queue: Queue, deliver: Deliver, server: MailServer, later: Clock
) -> None:
    letters = [queue() for _ in range(20)]
    for _ in range(3):
        assert deliver(f"smtp://127.0.0.1:{free_port()}") == Delivered(postponed=1)
    assert sum(fate(letter).attempts for letter in letters) == 3
    assert deliver() == Delivered(sent=17)
    later(minutes=1)
    assert deliver() == Delivered(sent=3)
    assert list(copies(server).values()) == [1] * 20


def test_a_server_that_thinks_too_long_is_left_and_gets_the_letter_later(
    queue: Queue, deliver: Deliver, server: MailServer, later: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = queue()
    server.seconds = 5
    with monkeypatch.context() as patch:
        patch.setattr(contract, "SEND_SECONDS", 0.3)
        assert deliver() == Delivered(postponed=1)
    assert "超过0.3秒未完成" in fate(letter).error
    server.seconds = 0
    later(minutes=1)
    assert deliver() == Delivered(sent=1)


def test_mail_that_is_down_holds_up_no_other_channel(queue: Queue, deliver: Deliver) -> None:
    mails, others = [queue() for _ in range(10)], [queue(channel="in_app") for _ in range(10)]
    assert deliver(f"smtp://127.0.0.1:{free_port()}") == Delivered(sent=10, postponed=1)
    assert states(others) == ["sent"] * 10
    assert sum(fate(letter).attempts for letter in mails) == 1
