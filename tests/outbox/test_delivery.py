"""What becomes of letters when the mail server accepts, refuses, stalls or dies."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from tests.outbox.conftest import NOW, Clock, address_of, fate, resolve, settings
from tests.outbox.server import DROP, MailServer, dripping_server, free_port, mail_server, refuse_login
from tracker.db import transaction
from tracker.outbox import claims, delivery
from tracker.outbox.channels import Addressee, PermanentError, contract, email
from tracker.outbox.claims import Claimed, Outcome
from tracker.outbox.delivery import BACK_OFF_MINUTES, LEASE, MAX_ATTEMPTS, Delivered
from tracker.outbox.models import Message, MessageState

Queue = Callable[..., Message]
Deliver = Callable[..., Delivered]


def claim() -> list[Claimed]:
    with transaction():
        return claims.claim(set(), 1)


def test_a_letter_arrives_in_both_forms_and_is_marked_sent(queue: Queue, deliver: Deliver, server: MailServer) -> None:
    letter = queue(recipient="anna", subject="【督办提醒】三月", body_text="正文", body_html="<p>正文</p>")
    assert deliver() == Delivered(sent=1)
    (mail,) = server.received
    assert (mail["To"], mail["Subject"]) == ("anna@example.invalid", "【督办提醒】三月")
    assert mail["From"] == "督办台账 <tracker@example.invalid>"
    assert [part.get_content().strip() for part in mail.iter_parts()] == ["正文", "<p>正文</p>"]
    sent = fate(letter)
    assert (sent.state, sent.sent_at, sent.address) == ("sent", NOW, "anna@example.invalid")
    assert deliver() == Delivered()


def test_one_connection_serves_a_whole_run(queue: Queue, deliver: Deliver, server: MailServer) -> None:
    for _ in range(5):
        queue()
    assert deliver() == Delivered(sent=5)
    assert len(server.connections) == 1


def test_a_temporary_refusal_is_tried_again_with_the_same_message_id(
    queue: Queue, deliver: Deliver, server: MailServer, later: Clock
) -> None:
    server.answers = ["451 try later", DROP]
    letter = queue()
    assert deliver() == Delivered(postponed=1)
    waiting = fate(letter)
    assert (waiting.state, waiting.next_try_at) == ("pending", NOW + timedelta(minutes=1))
    assert waiting.error == "邮件服务器暂不接收：451 try later"
    assert deliver() == Delivered()
    later(minutes=1)
    assert deliver() == Delivered(postponed=1)
    assert fate(letter).error.startswith("通信失败")
    later(minutes=BACK_OFF_MINUTES[1])
    assert deliver() == Delivered(sent=1)
    assert len(server.received) == 2
    assert len({mail["Message-ID"] for mail in server.received}) == 1
    assert fate(letter).attempts == 3


def test_after_a_lost_connection_the_other_letters_still_go_out(
    queue: Queue, deliver: Deliver, server: MailServer
) -> None:
    server.answers = [DROP]
    for _ in range(3):
        queue()
    assert deliver() == Delivered(sent=2, postponed=1)


def test_a_final_refusal_is_not_tried_again(queue: Queue, deliver: Deliver, server: MailServer, later: Clock) -> None:
    server.refused = {"anna@example.invalid": "550 no such user"}
    refused, good = queue(recipient="anna"), queue(recipient="bert")
    assert deliver() == Delivered(sent=1, dead=1)
    assert (fate(refused).state, fate(refused).error) == ("dead", "邮件服务器拒收：550 no such user")
    assert fate(good).state == "sent"
    later(days=30)
    assert deliver() == Delivered()


def test_without_a_server_one_letter_is_tried_and_the_rest_stay_untouched(queue: Queue, deliver: Deliver) -> None:
    first, second = queue(), queue()
    assert deliver(f"smtp://127.0.0.1:{free_port()}") == Delivered(postponed=1)
    assert fate(first).error.startswith("连不上邮件服务器 127.0.0.1:")
    assert (fate(second).state, fate(second).attempts) == ("pending", 0)


def test_a_wrong_sender_address_costs_no_letter(queue: Queue, deliver: Deliver, server: MailServer) -> None:
    server.sender_answer = "550 not for you"
    first, second = queue(), queue()
    assert deliver() == Delivered(postponed=1)
    assert "TRACKER_MAIL_FROM" in fate(first).error
    assert fate(second).attempts == 0


def test_a_wrong_password_costs_no_letter(queue: Queue, deliver: Deliver) -> None:
    letter = queue()
    from_login = {"authenticator": refuse_login, "auth_require_tls": False}
    with mail_server(**from_login) as server:
        url = server.url.replace("smtp://", "smtp://tracker:wr%40ng@")
        assert deliver(url) == Delivered(postponed=1)
    assert "535" in fate(letter).error
    assert fate(letter).state == "pending"


def test_a_dripping_server_is_given_up_in_time(queue: Queue, deliver: Deliver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "SEND_SECONDS", 0.4)
    letter, stop = queue(), threading.Event()
    with dripping_server(stop) as url:
        began = time.monotonic()
        assert deliver(url) == Delivered(postponed=1)
        assert time.monotonic() - began < 3
    assert "超过0.4秒未完成" in fate(letter).error


def test_a_send_ends_long_before_its_lease() -> None:
    assert timedelta(seconds=2 * contract.SEND_SECONDS + email.QUIT_SECONDS) < LEASE


def test_who_may_not_get_mail_gets_none(queue: Queue, deliver: Deliver, server: MailServer) -> None:
    def disabled(letter: Claimed) -> Addressee:
        raise PermanentError("收件人已停用")

    letter = queue()
    assert deliver(resolve=disabled) == Delivered(dead=1)
    assert (fate(letter).state, fate(letter).error) == ("dead", "收件人已停用")
    assert not server.received


def test_an_unexpected_error_puts_the_letter_off(queue: Queue, deliver: Deliver) -> None:
    def broken(letter: Claimed) -> Addressee:
        raise ZeroDivisionError

    letter = queue()
    assert deliver(resolve=broken) == Delivered(postponed=1)
    assert fate(letter).error == "程序错误（ZeroDivisionError），详见日志"


def test_a_letter_is_given_up_after_the_last_attempt(
    queue: Queue, deliver: Deliver, server: MailServer, later: Clock
) -> None:
    letter = queue()
    server.answers = ["451 no"] * MAX_ATTEMPTS
    for _ in range(MAX_ATTEMPTS - 1):
        assert deliver() == Delivered(postponed=1)
        later(minutes=BACK_OFF_MINUTES[-1])
    assert deliver() == Delivered(dead=1)
    assert fate(letter).error.startswith(f"试了{MAX_ATTEMPTS}次仍未发出，已放弃")


def test_a_claimed_letter_is_nobody_elses_until_the_lease_ends(
    queue: Queue, deliver: Deliver, server: MailServer, later: Clock
) -> None:
    letter = queue()
    assert len(claim()) == 1  # and its sender crashes
    assert deliver() == Delivered()
    later(seconds=LEASE.total_seconds() - 1)
    assert deliver() == Delivered()
    later(seconds=1)
    assert deliver() == Delivered(sent=1)
    assert fate(letter).attempts == 2


def test_a_sender_whose_lease_ran_out_changes_nothing(queue: Queue, deliver: Deliver, later: Clock) -> None:
    letter = queue()
    (slow,) = claim()
    later(seconds=LEASE.total_seconds())
    deliver()
    with transaction():
        claims.finish(slow, Outcome(MessageState.DEAD, NOW))
        claims.give_back([slow])
    assert fate(letter).state == "sent"


def test_a_run_stops_at_its_limit_and_when_told_to(queue: Queue, deliver: Deliver) -> None:
    for _ in range(3):
        queue()
    assert deliver(limit=2) == Delivered(sent=2)
    assert deliver(stopped=lambda: True) == Delivered()
    assert deliver() == Delivered(sent=1)


def test_several_senders_at_once_send_each_letter_once(app: Flask, queue: Queue, server: MailServer) -> None:
    letters = [queue(recipient=f"person-{n}") for n in range(40)]
    done: list[Delivered] = []

    def send() -> None:
        with app.app_context():
            done.append(delivery.deliver(settings(server.url), resolve))

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(each.sent for each in done) == 40
    assert sorted(mail["To"] for mail in server.received) == sorted(address_of(each.recipient) for each in letters)
