"""What holds for every channel: taken once, tried again, refused for good, given up in time, repeated as its equal."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any, Protocol

import pytest
from sqlalchemy import update

from tests.factories import make_endpoint
from tests.outbox.conftest import NOW, Clock, fate, resolve, settings
from tests.outbox.hooks import DRIP, HookServer, hook_server
from tests.outbox.server import mail_server
from tracker.db import db, transaction
from tracker.outbox import delivery
from tracker.outbox.channels import CHANNELS, Addressee, contract
from tracker.outbox.claims import Claimed
from tracker.outbox.delivery import BACK_OFF_MINUTES, Delivered
from tracker.outbox.models import Endpoint, Message

Queue = Callable[..., Message]


class OtherEnd(Protocol):
    """Who takes the letters of a channel, as a test sees it."""

    settings: dict[str, Any]
    endpoint: dict[str, str]

    def refuse_for_now(self) -> None:
        """Answer the next letter that it may come again."""

    def refuse_for_good(self) -> None:
        """Answer the next letter that it must not come again."""

    def stall(self) -> None:
        """Answer the next letter without end."""

    def received(self) -> list[Any]:
        """Tell what was taken, in a form that is equal for equal letters."""


class Nobody:
    """The inbox has no other end: it takes everything."""

    def __init__(self, stack: ExitStack) -> None:
        self.settings, self.endpoint = settings(), {}

    def received(self) -> list[Any]:
        return ["there"]


class MailEnd:
    """A mail server."""

    def __init__(self, stack: ExitStack) -> None:
        self.server = stack.enter_context(mail_server())
        self.settings, self.endpoint = settings(self.server.url), {}

    def refuse_for_now(self) -> None:
        self.server.answers = ["451 try later"]

    def refuse_for_good(self) -> None:
        self.server.answers = ["554 never"]

    def stall(self) -> None:
        self.server.seconds = 5

    def received(self) -> list[Any]:
        return [mail.as_bytes() for mail in self.server.received]


class HookEnd:
    """A web server that answers like a robot: yes, not now, never, as (status, body)."""

    def __init__(
        self, stack: ExitStack, yes: tuple[int, str], later: tuple[int, str], never: tuple[int, str], query: str = ""
    ) -> None:
        self.server: HookServer = stack.enter_context(hook_server())
        self.server.usual, self.later, self.never = yes, later, never
        self.settings = settings()
        self.endpoint = {"url": self.server.url + query, "secret": "SEC-test"}

    def refuse_for_now(self) -> None:
        self.server.answers = [self.later]

    def refuse_for_good(self) -> None:
        self.server.answers = [self.never]

    def stall(self) -> None:
        self.server.answers = [DRIP]

    def received(self) -> list[Any]:
        return [(request.path, request.query, request.body) for request in self.server.received]


def coded(**fields: Any) -> str:
    return json.dumps(fields)


ENDS: dict[str, Callable[[ExitStack], Any]] = {
    "email": MailEnd,
    "in_app": Nobody,
    "wecom": lambda stack: HookEnd(
        stack,
        (200, coded(errcode=0, errmsg="ok")),
        (200, coded(errcode=45009, errmsg="api freq out of limit")),
        (200, coded(errcode=93000, errmsg="invalid webhook url")),
        "?key=test-key",
    ),
    "dingtalk": lambda stack: HookEnd(
        stack,
        (200, coded(errcode=0, errmsg="ok")),
        (200, coded(errcode=130101, errmsg="send too fast")),
        (200, coded(errcode=310000, errmsg="sign not match")),
        "?access_token=test-token",
    ),
    "feishu": lambda stack: HookEnd(
        stack,
        (200, coded(code=0, msg="success", data={})),
        (400, coded(code=9499, msg="too many request", data={})),
        (200, coded(code=19021, msg="sign match fail", data={})),
    ),
    "webhook": lambda stack: HookEnd(stack, (204, ""), (503, "busy"), (403, "forbidden")),
}
"""Who stands at the other end of each channel."""

TALKING = sorted(set(ENDS) - {"in_app"})
CODED = ("wecom", "dingtalk", "feishu")


@pytest.fixture
def end(kind: str) -> Iterator[OtherEnd]:
    """The other end of the channel under test."""
    with ExitStack() as stack:
        yield ENDS[kind](stack)


@pytest.fixture
def letter(kind: str, end: OtherEnd, queue: Queue) -> Message:
    """A letter that waits for the channel under test."""
    with transaction():
        endpoint_id = make_endpoint(kind=kind, **end.endpoint).id if end.endpoint else None
    return queue(channel=kind, endpoint_id=endpoint_id, subject="【督办提醒】三月", body_text="正文")


def deliver(end: OtherEnd) -> Delivered:
    return delivery.deliver(end.settings, resolve)


def unplug(endpoint_id: int) -> None:
    with transaction():
        db.session.get_one(Endpoint, endpoint_id).url = "http://127.0.0.1:9/hook"


def wake(letter: Message) -> None:
    with transaction():
        db.session.execute(update(Message).where(Message.id == letter.id).values(state="pending", sent_at=None))


def test_every_channel_is_under_contract() -> None:
    assert set(ENDS) == set(CHANNELS)


@pytest.mark.parametrize("kind", CHANNELS)
def test_a_letter_that_is_taken_is_sent_once(letter: Message, end: OtherEnd) -> None:
    assert deliver(end) == Delivered(sent=1)
    assert (fate(letter).state, fate(letter).sent_at, fate(letter).error) == ("sent", NOW, "")
    assert deliver(end) == Delivered()
    assert len(end.received()) == 1


@pytest.mark.parametrize("kind", TALKING)
def test_a_letter_refused_for_now_arrives_later(letter: Message, end: OtherEnd, later: Clock) -> None:
    end.refuse_for_now()
    assert deliver(end) == Delivered(postponed=1)
    waiting = fate(letter)
    assert (waiting.state, waiting.next_try_at) == ("pending", NOW + timedelta(minutes=BACK_OFF_MINUTES[0]))
    assert waiting.error
    later(minutes=BACK_OFF_MINUTES[0])
    assert deliver(end) == Delivered(sent=1)
    assert (fate(letter).state, fate(letter).attempts) == ("sent", 2)


@pytest.mark.parametrize("kind", TALKING)
def test_a_letter_refused_for_good_is_dead_with_the_reason(letter: Message, end: OtherEnd, later: Clock) -> None:
    end.refuse_for_good()
    assert deliver(end) == Delivered(dead=1)
    dead = fate(letter)
    assert (dead.state, dead.sent_at) == ("dead", None)
    assert any(sign in dead.error for sign in ("554", "93000", "310000", "19021", "403"))
    later(days=30)
    assert deliver(end) == Delivered()


@pytest.mark.parametrize("kind", CODED)
@pytest.mark.parametrize("body", ["", "not json", "[]", '{"errcode": "0"}', '{"errcode": 7, "code": 7}', "x" * 100_000])
def test_a_good_status_without_the_platforms_own_yes_is_not_sent(letter: Message, end: HookEnd, body: str) -> None:
    end.server.usual = (200, body)
    assert deliver(end) == Delivered(postponed=1)
    assert fate(letter).state == "pending"


@pytest.mark.parametrize("kind", TALKING)
def test_an_answer_without_end_is_given_up_in_time(
    letter: Message, end: OtherEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contract, "SEND_SECONDS", 0.4)
    end.stall()
    began = time.monotonic()
    assert deliver(end) == Delivered(postponed=1)
    assert time.monotonic() - began < 3
    assert "超过0.4秒未完成" in fate(letter).error


@pytest.mark.parametrize("kind", TALKING)
def test_nobody_at_the_other_end_costs_one_letter_its_turn(
    letter: Message, kind: str, end: OtherEnd, queue: Queue
) -> None:
    second = queue(channel=kind, endpoint_id=letter.endpoint_id)
    other = queue(channel="in_app")
    if letter.endpoint_id is None:
        end.settings["TRACKER_MAIL_URL"] = "smtp://127.0.0.1:9"
    else:
        unplug(letter.endpoint_id)
    assert deliver(end) == Delivered(sent=1, postponed=1)
    assert (fate(letter).state, fate(second).attempts, fate(other).state) == ("pending", 0, "sent")


@pytest.mark.parametrize("kind", CHANNELS)
def test_a_repeat_is_its_equal(letter: Message, end: OtherEnd) -> None:
    for _ in range(2):
        assert deliver(end) == Delivered(sent=1)
        wake(letter)
    assert end.received()[0] == end.received()[-1]


@pytest.mark.parametrize("kind", CHANNELS)
def test_a_letter_greets_whoever_it_is_for_now(letter: Message, end: OtherEnd) -> None:
    def named(_: Claimed) -> Addressee:
        return Addressee("anna@example.invalid", "松江区司法局 测试用户")

    assert delivery.deliver(end.settings, named) == Delivered(sent=1)
    assert (fate(letter).salutation, fate(letter).address) == ("松江区司法局 测试用户", "anna@example.invalid")
    assert fate(letter).body_text == "正文"
