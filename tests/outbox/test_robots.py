"""What robots and webhooks are sent: words that fit, signatures that verify, mentions; and what failures never tell."""

import base64
import hashlib
import hmac
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, unquote_plus

import pytest

from tests.outbox.conftest import NOW, Clock, settings
from tests.outbox.hooks import DROP, HookServer, hook_server
from tests.outbox.server import free_port, server_context
from tracker.outbox.channels import (
    CHANNELS,
    ChannelDown,
    EndpointAddress,
    Outgoing,
    PermanentError,
    TemporaryError,
    dingtalk,
    feishu,
    posting,
    robot,
    webhook,
    wecom,
)

SECRET = "SEC-0123456789"
LINK = "http://127.0.0.1:8000/todo"
LETTER = Outgoing(
    key="digest:2021-03-01:黄浦",
    address="13800000000",
    subject="【督办提醒】3月1日：已逾期2项",
    text=f"黄浦区司法局 测试：\n\n您好。\n全部待办：{LINK}\n\n这封信由督办台账自动发出。\n",
    html="<p>您好。</p>",
    day=date(2021, 3, 1),
    recipient="huangpu-clerk",
    queued_at=NOW,
)
LONG = replace(LETTER, text="全面加强新时代司法所建设。\n" * 3000 + LETTER.text)
ROBOTS = {"wecom": wecom, "dingtalk": dingtalk, "feishu": feishu}
YES = (200, '{"errcode": 0, "code": 0}')


@pytest.fixture
def hooks(later: Clock) -> Iterator[HookServer]:
    with hook_server() as hooks:
        hooks.usual = YES
        yield hooks


def send(kind: str, url: str, letter: Outgoing = LETTER, secret: str = SECRET) -> None:
    CHANNELS[kind].open(settings(), EndpointAddress(url, secret)).send(letter)


def text_of(kind: str, letter: Outgoing) -> str:
    _, message = ROBOTS[kind].request(EndpointAddress("http://127.0.0.1/", ""), letter)
    return str(message["content" if kind == "feishu" else "text"]["text" if kind == "feishu" else "content"])


# ---- words


@pytest.mark.parametrize("kind", ROBOTS)
def test_a_short_letter_is_sent_whole(kind: str) -> None:
    assert text_of(kind, LETTER).endswith(f"{LETTER.subject}\n\n{LETTER.text.strip()}")


@pytest.mark.parametrize("kind", ROBOTS)
def test_a_long_letter_is_cut_and_keeps_its_last_link(kind: str) -> None:
    text = text_of(kind, LONG)
    assert len(text.encode()) <= ROBOTS[kind].TEXT_BYTES + len("@13800000000 ")
    assert LETTER.subject in text
    assert text.endswith(f"\n…（内容较长，其余请登录查看）\n{LINK}")
    assert "\ufffd" not in text


def test_a_long_letter_without_a_link_is_cut_as_well() -> None:
    assert len(robot.words(replace(LONG, text="长" * 9000), 2048).encode()) <= 2048


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("13800000000", "13800000000"),
        (" 13800000000 ", "13800000000"),
        ("+8613800000000", "13800000000"),
        ("86-13800000000", "13800000000"),
        ("021-12345678", ""),
        ("", ""),
        ("13800000000转1", ""),
    ],
)
def test_only_a_mobile_number_is_mentioned(address: str, number: str) -> None:
    assert robot.mobile(replace(LETTER, address=address)) == number


def test_wecom_and_dingtalk_mention_and_feishu_cannot(hooks: HookServer) -> None:
    for kind in ROBOTS:
        send(kind, hooks.url)
    at_wecom, at_dingtalk, at_feishu = (request.json for request in hooks.received)
    assert at_wecom["text"]["mentioned_mobile_list"] == ["13800000000"]
    assert at_dingtalk["at"] == {"atMobiles": ["13800000000"], "isAtAll": False}
    assert at_dingtalk["text"]["content"].startswith("@13800000000 ")
    assert "13800000000" not in str(at_feishu)


def test_nobody_is_mentioned_without_a_number(hooks: HookServer) -> None:
    for kind in ROBOTS:
        send(kind, hooks.url, replace(LETTER, address=""))
    assert not any(word in str(request.json) for request in hooks.received for word in ("mobile", "Mobiles", "@"))


# ---- signatures


def test_dingtalk_signs_in_the_address_encoded_once(hooks: HookServer) -> None:
    send("dingtalk", f"{hooks.url}?access_token=test-token")
    (request,) = hooks.received
    moment = str(int(NOW.timestamp() * 1000))
    digest = hmac.new(SECRET.encode(), f"{moment}\n{SECRET}".encode(), hashlib.sha256).digest()
    assert parse_qs(request.query, strict_parsing=True) == {
        "access_token": ["test-token"],
        "timestamp": [moment],
        "sign": [base64.b64encode(digest).decode()],
    }
    assert "%25" not in request.query


def test_feishu_signs_in_the_body(hooks: HookServer) -> None:
    send("feishu", hooks.url)
    (request,) = hooks.received
    moment = str(int(NOW.timestamp()))
    digest = hmac.new(f"{moment}\n{SECRET}".encode(), b"", hashlib.sha256).digest()
    assert (request.json["timestamp"], request.json["sign"]) == (moment, base64.b64encode(digest).decode())


def test_without_a_secret_nothing_is_signed(hooks: HookServer) -> None:
    for kind in (*ROBOTS, "webhook"):
        send(kind, hooks.url, secret="")
    assert not any("sign" in f"{request.query}{request.body.decode()}" for request in hooks.received)
    assert webhook.SIGNATURE not in hooks.received[-1].headers


def test_a_webhook_can_check_who_sent_it_and_drop_repeats(hooks: HookServer) -> None:
    send("webhook", hooks.url)
    (request,) = hooks.received
    signed = f"{request.headers[webhook.TIMESTAMP]}.".encode() + request.body
    assert request.headers[webhook.SIGNATURE] == hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert unquote_plus(request.headers[webhook.KEY]) == LETTER.key
    assert request.json == {
        "key": LETTER.key,
        "subject": LETTER.subject,
        "text": LETTER.text,
        "recipient": "huangpu-clerk",
        "day": "2021-03-01",
    }


# ---- answers


@pytest.mark.parametrize(
    ("kind", "status", "body", "error"),
    [
        ("wecom", 200, '{"errcode": 45009}', ChannelDown),
        ("wecom", 200, '{"errcode": 93000}', PermanentError),
        ("wecom", 200, '{"errcode": 40058, "errmsg": "text.content exceed max length"}', PermanentError),
        ("wecom", 200, '{"errcode": -1, "errmsg": "system busy"}', TemporaryError),
        ("wecom", 200, '{"errcode": 424242}', TemporaryError),
        ("wecom", 500, '{"errcode": 0}', TemporaryError),
        ("wecom", 404, "no such page", PermanentError),
        ("dingtalk", 200, '{"errcode": 130101}', ChannelDown),
        ("dingtalk", 200, '{"errcode": 410100}', ChannelDown),
        ("dingtalk", 200, '{"errcode": 300001}', PermanentError),
        ("dingtalk", 200, '{"errcode": 310000, "errmsg": "keywords not in content"}', PermanentError),
        ("feishu", 200, '{"code": 11232, "msg": "frequency limited"}', ChannelDown),
        ("feishu", 400, '{"code": 9499, "msg": "too many request"}', ChannelDown),
        ("feishu", 200, '{"code": 19001}', PermanentError),
        ("feishu", 200, '{"code": 19024, "msg": "Key Words Not Found"}', PermanentError),
        ("feishu", 429, "", TemporaryError),
        ("webhook", 408, "", TemporaryError),
        ("webhook", 429, "", TemporaryError),
        ("webhook", 502, "", TemporaryError),
        ("webhook", 302, "", PermanentError),
        ("webhook", 400, "bad", PermanentError),
        ("webhook", 410, "gone", PermanentError),
    ],
)
def test_an_answer_says_whether_to_come_again(
    hooks: HookServer, kind: str, status: int, body: str, error: type[Exception]
) -> None:
    hooks.usual = (status, body)
    with pytest.raises(error) as raised:
        send(kind, hooks.url)
    assert type(raised.value) is error


def test_the_older_answer_of_feishu_counts_as_well(hooks: HookServer) -> None:
    hooks.usual = (200, '{"StatusCode": 0, "StatusMessage": "success"}')
    send("feishu", hooks.url)
    assert len(hooks.received) == 1


def test_a_redirect_is_not_followed(hooks: HookServer) -> None:
    hooks.usual, hooks.location = (307, ""), hooks.url
    with pytest.raises(PermanentError, match="307"):
        send("webhook", hooks.url)
    assert len(hooks.received) == 1


def test_a_huge_answer_is_not_read_to_its_end(hooks: HookServer) -> None:
    hooks.usual = (400, "长" * 10_000_000)
    answer = posting.post(hooks.url, b"{}", {})
    assert len(answer.body) <= posting.ANSWER_LIMIT
    assert len(answer.words) <= 120


@pytest.mark.parametrize("failure", ["refused", "dropped", "nonsense", "no such host", "wrong address", "plain"])
def test_no_failure_tells_the_key(hooks: HookServer, failure: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    hooks.answers = [DROP]
    url = {
        "refused": f"http://127.0.0.1:{free_port()}/hook",
        "no such host": "http://robot.invalid/hook",
        "wrong address": "http://[::1/hook",
        "plain": hooks.url.replace("http:", "https:"),
    }.get(failure, hooks.url)
    if failure == "nonsense":
        hooks.answers = [(200, "nonsense")]
    with pytest.raises((PermanentError, TemporaryError)) as raised:
        send("wecom", f"{url}?key=test-key")
    assert "key" not in f"{raised.value}{raised.value.__cause__}"
    assert "test-key" not in caplog.text


def test_a_certificate_of_the_machines_own_authority_is_trusted(
    certificate: Callable[[bool], tuple[str, str]], later: Clock
) -> None:
    with hook_server(server_context(*certificate(True))) as hooks:
        hooks.usual = YES
        send("wecom", hooks.url)
        assert len(hooks.received) == 1


def test_an_unknown_certificate_gets_nothing(certificate: Callable[[bool], tuple[str, str]], later: Clock) -> None:
    with hook_server(server_context(*certificate(False))) as hooks:
        with pytest.raises(ChannelDown, match="证书不可信"):
            send("wecom", hooks.url)
        assert not hooks.received
