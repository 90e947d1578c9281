"""The ways a letter can go out, one per line of CHANNELS."""

from tracker.outbox.channels import dingtalk, email, feishu, in_app, webhook, wecom
from tracker.outbox.channels.contract import (
    Addressee,
    Attachment,
    Channel,
    ChannelDown,
    ChannelKind,
    EndpointAddress,
    NotNeeded,
    Outgoing,
    PermanentError,
    TemporaryError,
)
from tracker.outbox.channels.robot import PER_MINUTE
from tracker.rules.words import say

__all__ = [
    "CHANNELS",
    "Addressee",
    "Attachment",
    "Channel",
    "ChannelDown",
    "ChannelKind",
    "EndpointAddress",
    "NotNeeded",
    "Outgoing",
    "PermanentError",
    "TemporaryError",
]

CHANNELS: dict[str, ChannelKind] = {
    "email": ChannelKind(say("邮件"), email.open_channel, needs_endpoint=False, takes_files=True),
    "in_app": ChannelKind(say("站内"), in_app.open_channel, needs_endpoint=False),
    "wecom": ChannelKind(say("企业微信"), wecom.open_channel, needs_endpoint=True, per_run=PER_MINUTE),
    "dingtalk": ChannelKind(say("钉钉"), dingtalk.open_channel, needs_endpoint=True, per_run=PER_MINUTE),
    "feishu": ChannelKind(say("飞书"), feishu.open_channel, needs_endpoint=True, per_run=PER_MINUTE),
    "webhook": ChannelKind("Webhook", webhook.open_channel, needs_endpoint=True),
}
"""The kinds of channel by the name they have on record."""
