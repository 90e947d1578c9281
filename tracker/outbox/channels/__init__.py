"""The ways a letter can go out, one per line of CHANNELS."""

from collections.abc import Callable, Mapping
from typing import Any

from tracker.outbox.channels import email
from tracker.outbox.channels.contract import Channel, ChannelDown, Outgoing, PermanentError, TemporaryError

__all__ = ["CHANNELS", "Channel", "ChannelDown", "Outgoing", "PermanentError", "TemporaryError"]

CHANNELS: dict[str, Callable[[Mapping[str, Any]], Channel]] = {
    "email": email.open_channel,
}
"""Kind of channel to the function that makes one from the settings; making one connects to nothing yet."""
