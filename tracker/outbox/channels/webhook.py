"""Letters as signed JSON to any address: the receiver checks the signature and drops a key it has had."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from tracker import clock
from tracker.outbox.channels import posting
from tracker.outbox.channels.contract import Channel, EndpointAddress, Outgoing

SIGNATURE, TIMESTAMP, KEY = "X-Tracker-Signature", "X-Tracker-Timestamp", "Idempotency-Key"


def open_channel(_settings: Mapping[str, Any], endpoint: EndpointAddress | None) -> Channel:
    """Return the channel of one webhook."""
    assert endpoint is not None  # nosec B101 # for the type alone: CHANNELS says who needs one
    return WebhookChannel(endpoint)


class WebhookChannel:
    """Posts each letter to one address."""

    def __init__(self, endpoint: EndpointAddress) -> None:
        """Remember where to."""
        self.endpoint = endpoint

    def send(self, letter: Outgoing) -> None:
        """Post the letter; every 2xx says that it was taken."""
        content = body(letter)
        answer = posting.post(self.endpoint.url, content, headers(letter, content, self.endpoint.secret))
        if not 200 <= answer.status < 300:
            raise posting.refused(answer)

    def close(self) -> None:
        """Have nothing to close."""


def body(letter: Outgoing) -> bytes:
    """Return the letter as JSON; the same letter always gives the same bytes."""
    fields = {"key": letter.key, "subject": letter.subject, "text": letter.text, "recipient": letter.recipient}
    return json.dumps({**fields, "day": letter.day.isoformat()}, ensure_ascii=False).encode()


def headers(letter: Outgoing, content: bytes, secret: str) -> dict[str, str]:
    """Return what goes with the body: its key, the moment, and HMAC-SHA256 (hex) over moment, full stop and body."""
    moment = str(int(clock.utc().timestamp()))
    found = {"Content-Type": "application/json; charset=utf-8", TIMESTAMP: moment, KEY: quote(letter.key, safe=":#~.@")}
    if secret:
        found[SIGNATURE] = hmac.new(secret.encode(), f"{moment}.".encode() + content, hashlib.sha256).hexdigest()
    return found
