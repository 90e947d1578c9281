"""Letters to a WeCom (企业微信) group robot; its key stands in the address, so there is nothing to sign.

Codes as listed in the platform's documentation of group robots and of global error codes.
"""

from collections.abc import Mapping
from typing import Any

from tracker.outbox.channels.contract import Channel, EndpointAddress, Outgoing
from tracker.outbox.channels.robot import RobotChannel, Verdicts, mobile, words

TEXT_BYTES = 2048
"""The most a text message may hold."""

VERDICTS = Verdicts(
    fields=("errcode",),
    words=("errmsg",),
    full=frozenset({45009, 45033}),
    never={
        93000: "机器人地址无效或机器人已被移出群，请更正通知渠道",
        93004: "机器人已停用，请在群中启用",
        93008: "机器人不在群中，请重新添加",
        40008: "消息类型不被接受",
        40058: "消息内容不被接受",
        44004: "消息内容为空",
        45002: "消息内容过长",
    },
)


def open_channel(_settings: Mapping[str, Any], endpoint: EndpointAddress | None) -> Channel:
    """Return the channel of one robot."""
    assert endpoint is not None  # nosec B101 # for the type alone: CHANNELS says who needs one
    return RobotChannel(endpoint, request, VERDICTS)


def request(endpoint: EndpointAddress, letter: Outgoing) -> tuple[str, dict[str, Any]]:
    """Return the robot's address and a text message that mentions the addressee where a mobile number is known."""
    text: dict[str, Any] = {"content": words(letter, TEXT_BYTES)}
    if number := mobile(letter):
        text["mentioned_mobile_list"] = [number]
    return endpoint.url, {"msgtype": "text", "text": text}
