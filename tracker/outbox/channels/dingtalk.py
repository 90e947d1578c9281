"""Letters to a DingTalk (钉钉) group robot, signed where it has a secret.

Codes as listed in the platform's documentation of custom robots.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from tracker import clock
from tracker.outbox.channels.contract import Channel, EndpointAddress, Outgoing
from tracker.outbox.channels.robot import RobotChannel, Verdicts, mobile, words

TEXT_BYTES = 15_000
"""Below the 20,000 bytes of a whole message, since JSON needs room for itself and for escapes."""

UNSAFE = "消息内容或链接未通过平台审核"
WRONG_ADDRESS = "机器人地址无效，请更正通知渠道"

VERDICTS = Verdicts(
    fields=("errcode",),
    words=("errmsg",),
    full=frozenset({130101, 410100}),
    never={
        300001: WRONG_ADDRESS,
        300005: WRONG_ADDRESS,
        400101: WRONG_ADDRESS,
        400013: "群已解散，请更换机器人",
        400102: "机器人已停用，请在群中启用",
        400105: "消息类型不被接受",
        310000: "安全设置不符（加签密钥、关键词或来源 IP），请核对通知渠道",
        40035: "消息内容不被接受",
        430101: UNSAFE,
        430102: UNSAFE,
        430103: UNSAFE,
        430104: UNSAFE,
        460101: "消息内容过长",
    },
)


def open_channel(_settings: Mapping[str, Any], endpoint: EndpointAddress | None) -> Channel:
    """Return the channel of one robot."""
    assert endpoint is not None  # nosec B101 # for the type alone: CHANNELS says who needs one
    return RobotChannel(endpoint, request, VERDICTS)


def request(endpoint: EndpointAddress, letter: Outgoing) -> tuple[str, dict[str, Any]]:
    """Return the signed address and a text message; a mention needs the number in the text as well as beside it."""
    content = words(letter, TEXT_BYTES)
    message: dict[str, Any] = {"msgtype": "text", "text": {"content": content}}
    if number := mobile(letter):
        message["text"]["content"] = f"@{number} {content}"
        message["at"] = {"atMobiles": [number], "isAtAll": False}
    return signed(endpoint), message


def signed(endpoint: EndpointAddress) -> str:
    """Return the address with timestamp and signature: HMAC-SHA256, base64, URL-encoded once."""
    if not endpoint.secret:
        return endpoint.url
    moment = str(int(clock.utc().timestamp() * 1000))
    digest = hmac.new(endpoint.secret.encode(), f"{moment}\n{endpoint.secret}".encode(), hashlib.sha256).digest()
    query = urlencode({"timestamp": moment, "sign": base64.b64encode(digest).decode()})
    return f"{endpoint.url}{'&' if urlsplit(endpoint.url).query else '?'}{query}"
