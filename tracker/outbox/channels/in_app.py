"""Letters in the person's own inbox here: nothing leaves, being on record as sent is all there is to it."""

from collections.abc import Mapping
from typing import Any

from tracker.outbox.channels.contract import Channel, EndpointAddress, Outgoing


def open_channel(_settings: Mapping[str, Any], _endpoint: EndpointAddress | None) -> Channel:
    """Return the inbox."""
    return InAppChannel()


class InAppChannel:
    """Takes every letter."""

    def send(self, letter: Outgoing) -> None:
        """Have nothing to do: the inbox shows what delivery marks as sent."""

    def close(self) -> None:
        """Have nothing to close."""
