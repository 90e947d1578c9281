"""Letters to a Feishu (飞书) group robot, signed where it has a secret; it cannot mention anybody by telephone number.

Codes as listed in the platform's guide to custom robots.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from tracker import clock
from tracker.outbox.channels.contract import Channel, EndpointAddress, Outgoing
from tracker.outbox.channels.robot import RobotChannel, Verdicts, words

TEXT_BYTES = 15_000
"""Below the 20 kB of a whole message, since JSON needs room for itself and for escapes."""

VERDICTS = Verdicts(
    # The older form of the answer spells its fields otherwise.
    fields=("code", "StatusCode"),
    words=("msg", "StatusMessage"),
    # 9499 says "too many request", with HTTP 400, as well as "Bad Request": only trying again tells which.
    full=frozenset({11232, 11233, 9499, 99991400}),
    never={
        19001: "机器人地址无效，请更正通知渠道",
        19002: "消息内容不被接受",
        19021: "签名校验不通过，请核对通知渠道的密钥和服务器时间",
        19022: "来源 IP 不在机器人的白名单内",
        19024: "消息不含机器人要求的关键词",
        19036: "消息内容过长",
    },
)


def open_channel(_settings: Mapping[str, Any], endpoint: EndpointAddress | None) -> Channel:
    """Return the channel of one robot."""
    assert endpoint is not None  # nosec B101 # for the type alone: CHANNELS says who needs one
    return RobotChannel(endpoint, request, VERDICTS)


def request(endpoint: EndpointAddress, letter: Outgoing) -> tuple[str, dict[str, Any]]:
    """Return the robot's address and a text message with its signature."""
    message = {"msg_type": "text", "content": {"text": words(letter, TEXT_BYTES)}}
    return endpoint.url, {**signature(endpoint.secret), **message}


def signature(secret: str) -> dict[str, str]:
    """Return timestamp and signature: here the text to sign is the key, and what is signed is empty."""
    if not secret:
        return {}
    moment = str(int(clock.utc().timestamp()))
    digest = hmac.new(f"{moment}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": moment, "sign": base64.b64encode(digest).decode()}
