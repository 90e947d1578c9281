"""Sending again by hand, trying a channel, and the endpoints that administrators keep."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import SECRET
from tests.factories import make_attachment, make_endpoint, make_organization
from tests.outbox.conftest import NOW, Clock, fate, settings
from tests.outbox.hooks import hook_server
from tests.outbox.server import MailServer
from tracker import i18n, sealing
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.outbox import endpoints, operations, queries
from tracker.outbox.channels import webhook
from tracker.outbox.delivery import Delivered
from tracker.outbox.delivery import deliver as deliver_with
from tracker.outbox.endpoints import EndpointDraft, EndpointRefused, StaleEndpoint
from tracker.outbox.models import Endpoint, Message, MessageState
from tracker.outbox.operations import LetterRefused
from tracker.rules.permissions import SYSTEM, Actor, Forbidden, Role

Queue = Callable[..., Message]
Deliver = Callable[..., Delivered]

ADMIN = Actor(id=None, account="admin", name="管理员", role=Role.ADMIN, unit_id=None)
CLERK = Actor(id=None, account="clerk", name="经办", role=Role.CLERK, unit_id=None)
DRAFT = EndpointDraft("wecom", "松江督办群", "https://robot.example.invalid/send?key=test-key", "SEC")


def resend(message_id: int, actor: Actor = SYSTEM) -> int:
    with transaction():
        return operations.resend(actor, NOW, message_id)


def acts() -> list[tuple[str, str]]:
    """What people did; what became of the letters is on record as well."""
    by_hand = select(AuditEntry.act, AuditEntry.detail).where(AuditEntry.act != "send_letter")
    return [tuple(row) for row in db.session.execute(by_hand.order_by(AuditEntry.id))]


# ---- sending again


@pytest.mark.parametrize("state", [MessageState.DEAD, MessageState.VOID, MessageState.PENDING])
def test_an_unsent_letter_waits_again_at_once_under_its_key(
    state: MessageState, queue: Queue, deliver: Deliver, server: MailServer, later: Clock
) -> None:
    letter = queue(state=state, attempts=9, error="旧的问题", next_try_at=NOW.replace(year=2022))
    assert resend(letter.id) == letter.id
    assert (fate(letter).state, fate(letter).attempts, fate(letter).error) == ("pending", 0, "")
    assert deliver() == Delivered(sent=1)
    assert acts() == [("resend", letter.key)]


def test_a_sent_letter_is_sent_once_more_as_a_copy(queue: Queue, deliver: Deliver, server: MailServer) -> None:
    letter = queue(kind="urge", body_text="正文", reason="缘由", unit_id=None)
    with transaction():
        make_attachment(message_id=letter.id, name="通知.pdf", sha256="a" * 64, size=7)
    again = queries.letter(resend_sent(letter, deliver))
    assert again is not None
    assert (again.key, again.copy, again.text, again.reason) == (f"{letter.key}~2", True, "正文", "缘由")
    assert [(file.name, file.size) for file in again.attachments] == [("通知.pdf", 7)]
    assert fate(letter).state == "sent"


def resend_sent(letter: Message, deliver: Deliver) -> int:
    with transaction():
        db.session.get_one(Message, letter.id).state = MessageState.SENT
        db.session.get_one(Message, letter.id).sent_at = NOW
    return resend(letter.id)


def test_each_further_copy_has_the_next_number(queue: Queue, deliver: Deliver, server: MailServer) -> None:
    letter = queue()
    for number in (2, 3):
        deliver()
        assert queries.letter(resend(letter.id)).key == f"{letter.key}~{number}"
        deliver()
    copy = db.session.scalars(select(Message).where(Message.key == f"{letter.key}~2")).one()
    assert queries.letter(resend(copy.id)).key == f"{letter.key}~4"
    deliver()
    assert len({mail["Message-ID"] for mail in server.received}) == 4


def test_a_second_click_sends_no_second_copy(queue: Queue, deliver: Deliver) -> None:
    letter = queue()
    deliver()
    resend(letter.id)
    with pytest.raises(LetterRefused, match="已经重发"):
        resend(letter.id)


def test_a_letter_on_its_way_is_not_sent_again(queue: Queue) -> None:
    letter = queue(state=MessageState.SENDING)
    with pytest.raises(LetterRefused, match="正在发送"):
        resend(letter.id)
    with pytest.raises(LetterRefused, match="已不存在"):
        resend(letter.id + 1)
    assert acts() == []


def test_only_some_may_send_again(queue: Queue) -> None:
    letter = queue(state=MessageState.DEAD)
    with pytest.raises(Forbidden):
        resend(letter.id, CLERK)


# ---- trying a channel


def send_test(endpoint_id: int | None, to: str, actor: Actor = ADMIN) -> int:
    with transaction():
        return operations.send_test(actor, NOW, endpoint_id, to)


def nobody_is_asked(_: Any) -> Any:
    raise AssertionError("a test letter needs no addressee")


def test_a_test_mail_goes_to_the_address_given_and_stays_out_of_the_inbox(
    deliver: Deliver, server: MailServer, later: Clock, app: Any
) -> None:
    letter = send_test(None, " someone@example.invalid ")
    assert deliver(resolve=nobody_is_asked) == Delivered(sent=1)
    (mail,) = server.received
    assert (mail["To"], mail["Subject"]) == ("someone@example.invalid", "【督办台账】测试")
    assert queries.letters(kind="test").rows[0].id == letter
    assert queries.inbox("admin").total == 0
    assert acts() == [("send_test", "email")]


def test_a_test_letter_is_in_the_language_of_whoever_sends_it(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "catalogue", lambda language: lambda source: f"{language}: {source}")
    with i18n.speaking("en"):
        letter = db.session.get_one(Message, send_test(None, "someone@example.invalid"))
    assert letter.subject == "en: 【督办台账】测试"
    assert letter.body_text.startswith("en: 这是督办台账的测试信")


def test_a_test_of_a_robot_reaches_it(later: Clock, app: Any) -> None:
    with hook_server() as hooks:
        hooks.usual = (200, '{"errcode": 93000, "errmsg": "invalid webhook url"}')
        with transaction():
            endpoint_id = make_endpoint(kind="wecom", url=hooks.url).id
        letter = send_test(endpoint_id, "13800000000")
        assert deliver_with(settings(), nobody_is_asked) == Delivered(dead=1)
        assert hooks.received[0].json["text"]["mentioned_mobile_list"] == ["13800000000"]
    detail = queries.letter(letter)
    assert detail is not None
    assert "93000" in detail.error
    assert queries.endpoints()[0].last_error == detail.error


def test_a_robot_gets_what_its_sealed_secret_signs(later: Clock, app: Any) -> None:
    with hook_server() as hooks:
        endpoint_id = add(EndpointDraft("webhook", "钩子", hooks.url, "SEC-0815"))
        send_test(endpoint_id, "")
        assert deliver_with(settings(), nobody_is_asked) == Delivered(sent=1)
    (request,) = hooks.received
    signed = f"{request.headers[webhook.TIMESTAMP]}.".encode() + request.body
    assert request.headers[webhook.SIGNATURE] == hmac.new(b"SEC-0815", signed, hashlib.sha256).hexdigest()


def test_under_another_key_nothing_goes_out_and_the_letter_says_what_to_do(later: Clock, app: Any) -> None:
    with hook_server() as hooks:
        letter = send_test(add(EndpointDraft("webhook", "钩子", hooks.url, "SEC-0815")), "")
        sealing.configure("another-secret-of-another-installation")
        try:
            assert deliver_with(settings(), nobody_is_asked) == Delivered(dead=1)
        finally:
            sealing.configure(SECRET)
        assert hooks.received == []
    detail = queries.letter(letter)
    assert detail is not None
    assert "TRACKER_SECRET_KEY" in detail.error


@pytest.mark.parametrize("to", ["", "nobody", "a@b c", "x" * 120 + "@example.invalid"])
def test_a_test_mail_needs_an_address(to: str, app: Any) -> None:
    with pytest.raises(LetterRefused, match="邮箱"):
        send_test(None, to)


def test_a_disabled_endpoint_is_not_tried(app: Any) -> None:
    with transaction():
        endpoint_id = make_endpoint(active=False).id
    with pytest.raises(LetterRefused, match="停用"):
        send_test(endpoint_id, "")
    with pytest.raises(Forbidden):
        send_test(None, "a@example.invalid", CLERK)


# ---- endpoints


def add(draft: EndpointDraft = DRAFT, actor: Actor = ADMIN) -> int:
    with transaction():
        return endpoints.add_endpoint(actor, NOW, draft)


def edit(endpoint_id: int, version: int, draft: EndpointDraft) -> None:
    with transaction():
        endpoints.edit_endpoint(ADMIN, NOW, endpoint_id, version, draft)


def stored(endpoint_id: int) -> Endpoint:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Endpoint, endpoint_id)


def secret(endpoint_id: int) -> str:
    """Return what a channel would sign with."""
    return sealing.unseal(stored(endpoint_id).secret)


def test_a_secret_is_sealed_in_the_table_and_the_longest_one_fits(app: Any) -> None:
    longest = "x" * endpoints.SECRET_BYTES
    endpoint_id = add(replace(DRAFT, secret=longest))
    assert secret(endpoint_id) == longest
    assert longest not in stored(endpoint_id).secret
    assert len(stored(endpoint_id).secret) <= 200


def test_an_endpoint_is_added_shown_without_its_secret_and_put_on_record(app: Any) -> None:
    with transaction():
        unit_id = make_organization().id
    endpoint_id = add(replace(DRAFT, name=" 松江督办群 ", unit_id=unit_id))
    shown = queries.endpoint(endpoint_id)
    assert shown is not None
    assert (shown.name, shown.has_secret, shown.unit_id, shown.active) == ("松江督办群", True, unit_id, True)
    assert "SEC" not in str(shown)
    assert acts() == [("add_endpoint", "wecom 松江督办群")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "email"),
        ("kind", "pigeon"),
        ("name", " "),
        ("name", "长" * 61),
        ("name", "一\n二"),
        ("url", ""),
        ("url", "ftp://robot.example.invalid/"),
        ("url", "https:///send"),
        ("url", "https://robot.example.invalid:99999/"),
        ("url", "https://user:pass@robot.example.invalid/"),
        ("url", "https://robot.example.invalid/a b"),
        ("url", "https://robot.example.invalid/\r\nX: y"),
        ("url", "https://robot.example.invalid/" + "x" * 500),
        ("url", "http://[::1/"),
        ("secret", "x" * 80),
        ("secret", "密" * 27),
        ("secret", "a\nb"),
    ],
)
def test_what_is_wrong_with_an_endpoint_is_said_at_its_field(field: str, value: str, app: Any) -> None:
    with pytest.raises(EndpointRefused) as refused:
        add(replace(DRAFT, **{field: value}))
    assert refused.value.field == field
    assert queries.endpoints() == []
    assert acts() == []


def test_a_name_is_given_once(app: Any) -> None:
    first, second = add(), add(replace(DRAFT, name="另一个群"))
    with pytest.raises(EndpointRefused, match="已有名为"):
        add()
    with pytest.raises(EndpointRefused, match="已有名为"):
        edit(second, 1, DRAFT)
    edit(first, 1, DRAFT)


def test_an_empty_secret_keeps_the_old_one_unless_it_is_to_be_forgotten(app: Any) -> None:
    endpoint_id = add()
    edit(endpoint_id, 1, replace(DRAFT, secret="", name="改名"))
    assert (secret(endpoint_id), stored(endpoint_id).name) == ("SEC", "改名")
    edit(endpoint_id, 2, replace(DRAFT, secret="NEW"))
    assert secret(endpoint_id) == "NEW"
    edit(endpoint_id, 3, replace(DRAFT, secret="", forget_secret=True))
    assert secret(endpoint_id) == ""
    assert "key" not in str(acts())


def test_whoever_comes_second_sees_what_stands(app: Any) -> None:
    endpoint_id = add()
    edit(endpoint_id, 1, replace(DRAFT, name="改名"))
    with pytest.raises(StaleEndpoint) as stale:
        edit(endpoint_id, 1, DRAFT)
    assert stale.value.now.name == "改名"
    with pytest.raises(StaleEndpoint), transaction():
        endpoints.disable_endpoint(ADMIN, NOW, endpoint_id, 1)


def test_the_kind_of_an_endpoint_stays(app: Any) -> None:
    with pytest.raises(EndpointRefused, match="类型不能修改"):
        edit(add(), 1, replace(DRAFT, kind="feishu"))


def test_nothing_goes_out_to_a_disabled_endpoint(queue: Queue, deliver: Deliver) -> None:
    endpoint_id = add()
    letter = queue(channel="wecom", endpoint_id=endpoint_id)
    with transaction():
        endpoints.disable_endpoint(ADMIN, NOW, endpoint_id, 1)
    assert deliver() == Delivered(dead=1)
    assert "已停用" in fate(letter).error


def test_only_administrators_keep_endpoints(app: Any) -> None:
    with pytest.raises(Forbidden):
        add(actor=CLERK)
